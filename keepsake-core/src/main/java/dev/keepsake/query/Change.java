package dev.keepsake.query;

import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One change that an update by condition makes to each object: a closed set that every store can do. Immutable. */
public sealed interface Change {
    /** What is changed. */
    Path path();

    /** Sets the value, null included; steps on the way that are missing are made as maps. */
    record Set(Path path, @Nullable Object value) implements Change {}

    /** Makes the value absent; where a store cannot tell absent from null, null. */
    record Unset(Path path) implements Change {}

    /** Adds a number, which may be negative; null and absent become the number itself. */
    record Increment(Path path, Object by) implements Change {}

    /** Adds an element at the end of a list; null and absent become a list of it. */
    record Append(Path path, Object value) implements Change {}

    /** Removes all equal elements from a list. */
    record RemoveValue(Path path, Object value) implements Change {}

    /**
     * This change, checked against a kind and fitted to its types.
     *
     * @throws dev.keepsake.fault.Invalid {@code unknown-field}, {@code type-mismatch}; {@code request-invalid} for an id
     */
    default Change resolve(Kind kind) {
        if (kind.id().contains(path().field())) {
            throw Problem.REQUEST_INVALID
                    .because("%s is part of the id of kind %s and never changes", path(), kind.name())
                    .fault();
        }
        Type type = kind.typeAt(path());
        return switch (this) {
            case Set set -> new Set(set.path, Values.fit(set.value, type, set.path));
            case Unset unset -> unset;
            case Increment increment -> {
                if (!Type.numeric(type) && !(type instanceof Type.Any)) {
                    throw Literals.mismatch(increment.path, type, "it cannot be incremented");
                }
                yield new Increment(increment.path, fitted(increment.by, type, increment.path));
            }
            case Append append ->
                new Append(append.path, fitted(append.value, element(type, append.path), append.path));
            case RemoveValue remove ->
                new RemoveValue(remove.path, fitted(remove.value, element(type, remove.path), remove.path));
        };
    }

    private static Object fitted(Object value, Type type, Path at) {
        Object fitted = Values.fit(value, type, at);
        if (fitted == null) {
            throw Problem.REQUEST_INVALID.because("%s is changed by null", at).fault();
        }
        return fitted;
    }

    private static Type element(Type type, Path at) {
        return switch (type) {
            case Type.Sequence list -> list.element();
            case Type.Any any -> any;
            default -> throw Literals.mismatch(at, type, "it is no list");
        };
    }

    /** The value of the changed field of a State, changed: the reference for what a change means in any store. */
    default @Nullable Object apply(State state) {
        String field = path().field();
        Object changed = apply(state.get(field), path().inside());
        int position = state.shape().position(field);
        boolean absent = position >= 0 ? !state.has(position) : !state.extra().containsKey(field);
        return changed == null && absent && !(this instanceof Set) ? State.ABSENT : changed;
    }

    /** The value of the field, changed; {@link State#ABSENT} where the field itself is unset. */
    default @Nullable Object apply(@Nullable Object value, List<String> steps) {
        if (steps.isEmpty()) {
            return last(value);
        }
        if (value != null && !(value instanceof Map<?, ?>)) {
            throw Problem.TYPE_MISMATCH
                    .because("%s leads through %s, which is no map", path(), Type.of(value))
                    .fault();
        }
        Map<String, @Nullable Object> changed = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, member) -> changed.put((String) key, member));
        } else if (this instanceof Unset || this instanceof RemoveValue) {
            return null;
        }
        Object inner = apply(changed.get(steps.getFirst()), steps.subList(1, steps.size()));
        if (inner == State.ABSENT) {
            changed.remove(steps.getFirst());
        } else if (inner != null || this instanceof Set || changed.containsKey(steps.getFirst())) {
            changed.put(steps.getFirst(), inner);
        }
        return Collections.unmodifiableMap(changed);
    }

    private @Nullable Object last(@Nullable Object value) {
        return switch (this) {
            case Set set -> set.value;
            case Unset unset -> State.ABSENT;
            case Increment increment -> incremented(value, increment);
            case Append append -> {
                List<@Nullable Object> longer = new ArrayList<>(list(value));
                longer.add(append.value);
                yield Collections.unmodifiableList(longer);
            }
            case RemoveValue remove -> {
                if (value == null) {
                    yield null;
                }
                List<@Nullable Object> shorter = new ArrayList<>(list(value));
                shorter.removeIf(each -> Values.equal(each, remove.value));
                yield Collections.unmodifiableList(shorter);
            }
        };
    }

    private List<?> list(@Nullable Object value) {
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw Problem.TYPE_MISMATCH
                .because("%s is %s in some object, expected a list", path(), Type.of(value))
                .fault();
    }

    private Object incremented(@Nullable Object value, Increment increment) {
        if (value == null) {
            return increment.by;
        }
        try {
            Object sum = switch (value) {
                case Long l when increment.by instanceof Long by -> Math.addExact(l, by);
                case Double d -> d + ((Number) increment.by).doubleValue();
                case BigDecimal d -> d.add(new BigDecimal(increment.by.toString()));
                case Long l ->
                    increment.by instanceof Double by ? l + by : new BigDecimal(l).add((BigDecimal) increment.by);
                default ->
                    throw Problem.TYPE_MISMATCH
                            .because("%s is %s in some object, expected a number", path(), Type.of(value))
                            .fault();
            };
            return Objects.requireNonNull(Values.normalise(sum, path()));
        } catch (ArithmeticException e) {
            throw Problem.VALUE_REFUSED
                    .because("%s incremented by %s is beyond 64 bits", value, increment.by)
                    .at(path())
                    .fault();
        }
    }
}
