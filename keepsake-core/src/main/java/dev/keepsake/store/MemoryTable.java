package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Change;
import dev.keepsake.query.Condition;
import dev.keepsake.schema.Check;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.value.Id;
import dev.keepsake.value.Path;
import dev.keepsake.value.Values;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one kind in memory, by id, with the rules of the kind. A table is changed by the one transaction that
 * copied it, and never again once it is published.
 */
final class MemoryTable {
    private final Kind kind;
    private final Features features;
    private final Map<Object, State> rows = new LinkedHashMap<>();
    private final Map<Index, Map<List<Object>, Object>> uniques = new HashMap<>();
    /** Where the instant is from which on an object is gone; -1 where none goes by itself. */
    private final int expiry;

    private long nextId = 1;

    MemoryTable(Kind kind, Features features) {
        this.kind = kind;
        this.features = features;
        this.expiry = features.expiry() == Features.Expiry.ENFORCED
                ? kind.expiry().map(kind.shape()::position).orElse(-1)
                : -1;
        kind.indexes().stream().filter(Index::unique).forEach(index -> uniques.put(index, new HashMap<>()));
    }

    /** A copy of another table's objects under a kind that may have changed; checks its uniques. */
    static MemoryTable copy(MemoryTable other, Kind kind) {
        MemoryTable copy = new MemoryTable(kind, other.features);
        copy.nextId = other.nextId;
        if (kind == other.kind) {
            copy.rows.putAll(other.rows);
            other.uniques.forEach((index, keys) -> copy.uniques.put(index, new HashMap<>(keys)));
        } else {
            other.rows.forEach((id, state) -> copy.place(id, copy.adapt(state)));
        }
        return copy;
    }

    Kind kind() {
        return kind;
    }

    long nextId() {
        return nextId;
    }

    Collection<State> states() {
        return rows.values();
    }

    Collection<Object> ids() {
        return rows.keySet();
    }

    @Nullable
    State get(Object id) {
        return rows.get(id);
    }

    /** This table where no object's time is over, else a copy without those whose time is. */
    MemoryTable living(Instant now) {
        if (expiry < 0) {
            return this;
        }
        List<Object> over = rows.entrySet().stream()
                .filter(row -> row.getValue().at(expiry) instanceof Instant end && !end.isAfter(now))
                .map(Map.Entry::getKey)
                .toList();
        if (over.isEmpty()) {
            return this;
        }
        MemoryTable living = copy(this, kind);
        over.forEach(living::remove);
        return living;
    }

    /** Adds an object, and gives its id; of a bag, a key that stands for it. Ids and keys that are missing come from the store. */
    Object insert(State state, MemoryStore store) {
        State whole = adapt(state);
        Object id = kind.isBag() ? "row " + store.nextId(kind.name(), nextId) : kind.idOf(whole);
        if (id == null) {
            if (kind.generation() != Generation.IDENTITY) {
                throw Lacking.value(kind, kind.id().getFirst()).fault();
            }
            id = store.nextId(kind.name(), nextId);
            whole = whole.with(kind.id().getFirst(), id);
        }
        if (rows.containsKey(id)) {
            throw Taken.report(kind.name(), kind.id(), String.valueOf(id), true)
                    .at(kind.name() + "/" + Report.quote(id))
                    .fault();
        }
        place(id, whole);
        return id;
    }

    /** Puts an object in the place of an id, and checks the rules that concern it alone. */
    void place(Object id, State state) {
        for (Field field : kind.fields()) {
            if (field.required() && state.get(field.name()) == null) {
                throw Lacking.value(kind, field.name()).fault();
            }
        }
        if (features.checks() == Features.Enforcement.ENFORCED) {
            for (Check check : kind.checks()) {
                if (!check.foreign() && !Condition.parse(check.text(), kind).test(state)) {
                    throw violation(Problem.CHECK_VIOLATION, check.name(), "does not hold: " + check.text())
                            .fault();
                }
            }
        }
        State before = rows.get(id);
        uniques.forEach((index, keys) -> {
            List<Object> key = key(index, state);
            Object other = key.isEmpty() ? null : keys.get(key);
            if (other != null && !other.equals(id)) {
                throw Taken.report(
                                kind.name(),
                                index.parts().stream().map(Index.Part::field).toList(),
                                key.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                                false)
                        .at(kind.name() + "/" + Report.quote(id))
                        .fault();
            }
        });
        uniques.forEach((index, keys) -> {
            if (before != null) {
                keys.remove(key(index, before));
            }
            List<Object> key = key(index, state);
            if (!key.isEmpty()) {
                keys.put(key, id);
            }
        });
        rows.put(id, state);
        if (id instanceof Long number && number >= nextId) {
            nextId = number + 1;
        }
    }

    void remove(Object id) {
        State before = rows.remove(id);
        if (before != null) {
            uniques.forEach((index, keys) -> keys.remove(key(index, before)));
        }
    }

    /** The values of a unique index; empty where one is null, since nulls are never equal. */
    private static List<Object> key(Index index, State state) {
        List<Object> key = new ArrayList<>();
        for (String field : index.fields()) {
            Object value = state.get(field);
            if (value == null) {
                return List.of();
            }
            key.add(value);
        }
        return key;
    }

    Report violation(Problem problem, String rule, String what) {
        return problem.because("%s of kind %s %s", rule, kind.name(), what)
                .fact("kind", kind.name())
                .fact("rule", rule);
    }

    // ---- States in other shapes

    /** A State as this table keeps it: of its shape, absent as null where the store cannot tell. */
    State adapt(State state) {
        return reshaped(state, kind.shape(), features);
    }

    /** A State in another shape: fields by name, those without a place as extra fields. */
    static State reshaped(State state, Shape shape, Features features) {
        boolean absentIsNull = features.absence() == Features.Absence.NULL;
        if (state.shape().equals(shape) && !absentIsNull) {
            return state.keep();
        }
        @Nullable Object[] values = new Object[shape.size()];
        Arrays.fill(values, absentIsNull ? null : State.ABSENT);
        Map<String, @Nullable Object> extra = new LinkedHashMap<>();
        state.toMap().forEach((name, value) -> {
            int position = shape.position(name);
            if (position >= 0) {
                values[position] = value;
            } else if (features.extras() == Features.Extras.KEPT) {
                extra.put(name, value);
            }
        });
        return State.of(shape, values, extra);
    }

    /** The stored State with the named fields of another. */
    static State changed(State stored, State other, List<String> fields) {
        State changed = stored;
        for (String field : fields) {
            int position = other.shape().position(field);
            boolean absent =
                    position >= 0 ? !other.has(position) : !other.extra().containsKey(field);
            changed = changed.with(field, absent ? State.ABSENT : other.get(field));
        }
        return changed;
    }

    /** The State with a change made to it, fitted to the field's type. */
    static State changed(Kind kind, State state, Change change) {
        String field = change.path().field();
        Object value = change.apply(state);
        boolean known =
                value != null && value != State.ABSENT && kind.field(field).isPresent();
        return state.with(field, known ? Values.fit(value, kind.typeAt(Path.of(field)), change.path()) : value);
    }

    /** The id under which a row is kept, for a condition or a message. */
    static String shown(Object id) {
        return id instanceof Id tuple ? tuple.toString() : Report.quote(id);
    }
}
