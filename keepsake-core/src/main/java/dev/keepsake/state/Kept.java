package dev.keepsake.state;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The State that stays: an array of values. Equal to another of the same shape, values and extra fields. */
final class Kept implements State {
    private final Shape shape;
    private final @Nullable Object[] values;
    private final Map<String, @Nullable Object> extra;

    private Kept(Shape shape, @Nullable Object[] values, Map<String, @Nullable Object> extra) {
        this.shape = shape;
        this.values = values;
        this.extra = extra;
    }

    static State of(Shape shape, @Nullable Object[] values, Map<String, @Nullable Object> extra) {
        if (values.length != shape.size()) {
            throw new IllegalArgumentException(shape + " has " + shape.size() + " fields, not " + values.length);
        }
        return new Kept(shape, values.clone(), copy(extra));
    }

    static State copy(State state) {
        Shape shape = state.shape();
        @Nullable Object[] values = new Object[shape.size()];
        for (int i = 0; i < values.length; i++) {
            Object value = state.at(i);
            values[i] = value == null && !state.has(i) ? ABSENT : value;
        }
        return new Kept(shape, values, copy(state.extra()));
    }

    private static Map<String, @Nullable Object> copy(Map<String, @Nullable Object> extra) {
        return extra.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(extra));
    }

    static State with(State state, String name, @Nullable Object value) {
        Kept kept = (Kept) copy(state);
        int position = kept.shape.position(name);
        if (position >= 0) {
            kept.values[position] = value;
            return kept;
        }
        Map<String, @Nullable Object> extra = new LinkedHashMap<>(kept.extra);
        if (value == ABSENT) {
            extra.remove(name);
        } else {
            extra.put(name, value);
        }
        return new Kept(kept.shape, kept.values, Collections.unmodifiableMap(extra));
    }

    static Map<String, @Nullable Object> map(State state) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < state.shape().size(); i++) {
            if (state.has(i)) {
                map.put(state.shape().name(i), state.at(i));
            }
        }
        map.putAll(state.extra());
        return map;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public boolean has(int position) {
        return values[position] != ABSENT;
    }

    @Override
    public @Nullable Object at(int position) {
        Object value = values[position];
        return value == ABSENT ? null : value;
    }

    @Override
    public Map<String, @Nullable Object> extra() {
        return extra;
    }

    @Override
    public State keep() {
        return this;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Kept kept
                && shape.equals(kept.shape)
                && map(this).equals(map(kept));
    }

    @Override
    public int hashCode() {
        return map(this).hashCode();
    }

    @Override
    public String toString() {
        return shape.kind() + map(this);
    }
}
