package dev.keepsake.value;

import dev.keepsake.fault.Problem;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An id made of several named values, in the order of the kind's id fields: {@code user_id=7, package_id=boto}.
 * Immutable; equal when names and values are, whatever their order.
 */
public final class Id implements Comparable<Id> {
    private final Map<String, Object> parts;

    private Id(Map<String, Object> parts) {
        this.parts = parts;
    }

    /**
     * From its parts, in the order given.
     *
     * @throws dev.keepsake.fault.Invalid {@code value-refused} where a part is null or cannot be kept
     */
    public static Id of(Map<String, Object> parts) {
        Map<String, Object> normal = new LinkedHashMap<>();
        parts.forEach((name, part) -> {
            Object value = Values.normalise(part, Path.of(name));
            if (value == null) {
                throw Problem.VALUE_REFUSED
                        .because("a part of an id is null")
                        .at(Path.of(name))
                        .fault();
            }
            normal.put(name, value);
        });
        return new Id(Collections.unmodifiableMap(normal));
    }

    /** From two parts. */
    public static Id of(String name, Object value, String secondName, Object secondValue) {
        Map<String, Object> parts = new LinkedHashMap<>();
        parts.put(name, value);
        parts.put(secondName, secondValue);
        return of(parts);
    }

    /** Name and value of each part, in order. */
    public Map<String, Object> parts() {
        return parts;
    }

    /** The value of the part with that name, or null if it has none. */
    public @Nullable Object part(String name) {
        return parts.get(name);
    }

    /** Compares as maps are compared: by the names in their order, and the value of each; so equal ids compare as 0. */
    @Override
    public int compareTo(Id other) {
        return Values.order(parts, other.parts);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Id id && parts.equals(id.parts);
    }

    @Override
    public int hashCode() {
        return parts.hashCode();
    }

    /** The parts as {@code (user_id=7, package_id=boto)}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("(");
        parts.forEach((name, value) -> text.append(text.length() > 1 ? ", " : "")
                .append(name)
                .append('=')
                .append(value));
        return text.append(')').toString();
    }
}
