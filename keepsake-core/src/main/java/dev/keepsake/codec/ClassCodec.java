package dev.keepsake.codec;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Invalid;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Change;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.value.Id;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The codec of a record, of a class with fields, or of one mapped by hand. */
final class ClassCodec<T> implements Codec<T> {
    private final ClassModel<T> model;
    private final Kind kind;
    private final @Nullable Mark mark;
    private final @Nullable Sequence sequence;
    private final @Nullable ClassModel<?> idClass;
    private final List<Relation> relations;
    /** Where each field of the model is in the kind. */
    private final int[] positions;

    private final Path[] paths;
    /** Where each part of the id is in the model, and whether 0 means that there is none yet. */
    private final int[] ids;

    private final boolean zeroIsNone;

    /**
     * What tells objects of one class of a hierarchy from those of another.
     *
     * @param field the stored field
     * @param value what it holds
     */
    record Mark(String field, String value) {}

    ClassCodec(
            ClassModel<T> model,
            Kind kind,
            @Nullable Mark mark,
            @Nullable Sequence sequence,
            @Nullable ClassModel<?> idClass) {
        this.model = model;
        this.kind = kind;
        this.mark = mark;
        this.sequence = sequence;
        this.idClass = idClass;
        this.positions = model.values().stream()
                .mapToInt(value -> kind.shape().position(value.name()))
                .toArray();
        this.paths = model.values().stream().map(value -> Path.of(value.name())).toArray(Path[]::new);
        this.ids = kind.id().stream()
                .mapToInt(part -> model.shape().position(part))
                .toArray();
        this.zeroIsNone = kind.generation() != Generation.GIVEN
                && ids.length == 1
                && model.values().get(ids[0]).raw().isPrimitive();
        List<Relation> all = new ArrayList<>();
        model.values().forEach(value -> {
            if (value.toOne() != null) {
                all.add(value.toOne());
            }
        });
        model.members().forEach(member -> {
            if (member instanceof Member.Many many) {
                all.add(many.relation());
            }
        });
        this.relations = List.copyOf(all);
    }

    ClassModel<T> model() {
        return model;
    }

    @Nullable
    Mark mark() {
        return mark;
    }

    @Override
    public Class<T> type() {
        return model.type();
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public Condition own() {
        return mark == null
                ? Condition.all()
                : Term.of(Path.of(mark.field).toString()).eq(mark.value);
    }

    // ---- States

    @Override
    public State encode(T object) {
        @Nullable Object[] encoded = model.encode(object);
        @Nullable Object[] values = new Object[kind.shape().size()];
        if (values.length > encoded.length) {
            Arrays.fill(values, State.ABSENT);
        }
        for (int i = 0; i < encoded.length; i++) {
            values[positions[i]] = Values.fit(encoded[i], kind.shape().type(positions[i]), paths[i]);
        }
        if (zeroIsNone && Objects.equals(values[positions[ids[0]]], 0L)) {
            values[positions[ids[0]]] = null;
        }
        if (mark != null) {
            values[kind.shape().position(mark.field)] = mark.value;
        }
        return State.of(kind.shape(), values);
    }

    @Override
    public T decode(State state, Links links) {
        try {
            return model.decode(state, links);
        } catch (ClassModel.Undecodable e) {
            throw undecodable(kind, state, e.at, e.why, e);
        }
    }

    static RuntimeException undecodable(Kind kind, State state, String at, String why, Throwable cause) {
        Object id = kind.isBag() ? "" : kind.idOf(state);
        return Problem.STATE_UNDECODABLE
                .because("cannot decode %s %s: %s%s", kind.name(), Report.quote(id), at.isEmpty() ? "" : at + ": ", why)
                .at(kind.name() + "/" + Report.quote(id) + (at.isEmpty() ? "" : " $." + at))
                .cause(cause)
                .hint("mend the stored value, or declare the field with a type that takes it")
                .fault();
    }

    @Override
    public boolean holds(T object, State state) {
        return isMarked(state) && model.holds(object, state);
    }

    /** Whether a State is of an object of this class, and not of another that is kept as the same kind. */
    private boolean isMarked(State state) {
        return mark == null || mark.value.equals(state.get(mark.field));
    }

    /** One of another class has all its fields changed: those that this class lacks are emptied. */
    @Override
    public List<String> changes(T object, State state) {
        if (isMarked(state)) {
            return model.changes(object, state);
        }
        State now = encode(object);
        return kind.shape().slots().stream()
                .map(Shape.Slot::name)
                .filter(name -> !Values.same(now.get(name), state.get(name)))
                .toList();
    }

    @Override
    public boolean fixed(T object) {
        return model.isFixed();
    }

    @Override
    public void fill(T object, State state, Links links) {
        try {
            model.fill(object, state, links);
        } catch (ClassModel.Undecodable e) {
            throw undecodable(kind, state, e.at, e.why, e);
        }
    }

    // ---- members

    @Override
    public T with(T object, String field, @Nullable Object value) {
        for (Member member : model.members()) {
            if (member instanceof Member.Value kept && kept.name().equals(field)) {
                return model.with(object, member, decoded(kept, value));
            }
            if (member instanceof Member.Flat flat) {
                for (int i = 0; i < flat.values().size(); i++) {
                    if (flat.values().get(i).name().equals(field)) {
                        return model.with(object, flat, inner(flat, object, i, value));
                    }
                }
            }
        }
        throw new IllegalArgumentException(kind.name() + " has no member for " + field);
    }

    private static @Nullable Object decoded(Member.Value kept, @Nullable Object value) {
        if (value == null && kept.raw().isPrimitive()) {
            return ZEROS.get(kept.raw());
        }
        return value == null
                ? kept.javaType().ofNull()
                : kept.javaType().decode().apply(value);
    }

    private static final Map<Class<?>, Object> ZEROS = Map.of(
            long.class,
            0L,
            int.class,
            0,
            short.class,
            (short) 0,
            byte.class,
            (byte) 0,
            double.class,
            0.0,
            float.class,
            0f,
            boolean.class,
            false,
            char.class,
            (char) 0);

    private static <I> Object inner(Member.Flat flat, Object owner, int position, @Nullable Object value) {
        @SuppressWarnings("unchecked") // the model of the class of the member
        ClassModel<I> inner = (ClassModel<I>) flat.inner();
        Object held = got(flat, owner);
        if (held == null) {
            throw new IllegalStateException(flat.javaName() + " is null");
        }
        int before = 0;
        for (Member member : inner.members()) {
            if (member instanceof Member.Flat deeper) {
                int after = before + deeper.values().size();
                if (position < after) {
                    return inner.with(inner.type().cast(held), deeper, inner(deeper, held, position - before, value));
                }
                before = after;
            } else if (member instanceof Member.Value part && before++ == position) {
                return inner.with(inner.type().cast(held), part, decoded(part, value));
            }
        }
        throw new IllegalStateException(flat.javaName() + " has no part " + position);
    }

    private static @Nullable Object got(Member member, Object owner) {
        try {
            return (Object) member.getter().invoke(owner);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public T with(T object, Relation relation, @Nullable Object value) {
        return model.with(object, model.member(relation.name()).orElseThrow(), value);
    }

    @Override
    public List<Relation> relations(T object) {
        return relations;
    }

    @Override
    public List<Relation> relations() {
        return relations;
    }

    @Override
    public List<String> names() {
        return model.values().stream().map(Member.Value::javaName).toList();
    }

    // ---- ids

    @Override
    public @Nullable Object idOf(Object object) {
        if (ids.length == 1) {
            Object id = part(object, ids[0]);
            return zeroIsNone && Objects.equals(id, 0L) ? null : id;
        }
        Map<String, Object> parts = new LinkedHashMap<>();
        for (int position : ids) {
            Object value = part(object, position);
            if (value == null) {
                return null;
            }
            parts.put(model.shape().name(position), value);
        }
        return parts.isEmpty() ? null : Id.of(parts);
    }

    private @Nullable Object part(Object object, int position) {
        return Values.fit(model.encode(object, position), model.shape().type(position), paths[position]);
    }

    @Override
    public Object id(Object given) {
        if (given instanceof Ref<?> ref) {
            return id(ref.id()
                    .orElseThrow(() -> Problem.REQUEST_INVALID
                            .because("the reference is to a new %s, which has no id yet", type().getSimpleName())
                            .fault()));
        }
        if (idClass != null && idClass.type().isInstance(given)) {
            @Nullable Object[] parts = idClass.encode(given);
            Map<String, Object> named = new LinkedHashMap<>();
            for (int i = 0; i < parts.length; i++) {
                Object part = parts[i];
                if (part != null) {
                    named.put(idName(idClass.members().get(i).javaName(), i), part);
                }
            }
            return kind.fitId(named.size() == 1 ? named.values().iterator().next() : Id.of(named));
        }
        if (!(given instanceof Id) && kind.id().size() > 1) {
            throw Problem.REQUEST_INVALID
                    .because(
                            "%s is no id of %s, which is identified by %s",
                            Report.quote(given), type().getSimpleName(), String.join(", ", kind.id()))
                    .hint("pass "
                            + (idClass != null ? "a " + idClass.type().getSimpleName() : "Id.of(name, value, ...)"))
                    .fault();
        }
        try {
            return kind.fitId(converted(given));
        } catch (Invalid e) {
            boolean isText = given instanceof String && kind.shape().type(positions[ids[0]]) instanceof Type.Oid;
            throw e.problem()
                    .because("%s is no id of %s: %s", Report.quote(given), type().getSimpleName(), e.sentence())
                    .hintIf(isText, "make one of the text: ObjectId.parse(text)")
                    .cause(e)
                    .fault();
        }
    }

    /** An id of a class of its own as it is kept. */
    private Object converted(Object given) {
        if (ids.length == 1) {
            Member.Value id = model.values().get(ids[0]);
            if (!id.javaType().isPlain() && id.raw().isInstance(given)) {
                return Objects.requireNonNullElse(id.javaType().encoded(given), given);
            }
        }
        return given;
    }

    /** The stored name of a member of the id's class: that of the member of the same name. */
    private String idName(String javaName, int index) {
        for (Member member : model.members()) {
            if (member instanceof Member.Flat flat && flat.inner() == idClass) {
                return flat.values().get(index).name();
            }
        }
        return model.values().stream()
                .filter(value -> value.javaName().equals(javaName))
                .findFirst()
                .map(Member.Value::name)
                .orElse(javaName);
    }

    // ---- checks

    @Override
    public List<String> mistakes(T object) {
        return model.mistakes(object);
    }

    @Override
    public Optional<Sequence> sequence() {
        return Optional.ofNullable(sequence);
    }

    // ---- names

    @Override
    public Path stored(Path javaPath) {
        return Naming.of(this).path(javaPath);
    }

    @Override
    public Condition stored(Condition condition) {
        return Naming.of(this).condition(condition);
    }

    @Override
    public Change stored(Change change) {
        return Naming.of(this).change(change);
    }

    /** A class as the error of a fault names it. */
    static Fault notPart(Class<?> type) {
        return Problem.MODEL_INVALID
                .because("%s is not part of the model", type.getName())
                .fault();
    }
}
