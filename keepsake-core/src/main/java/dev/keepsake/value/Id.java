package dev.keepsake.value;

import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** From its parts, in the order given. */
    public static Id of(Map<String, Object> parts) {
        return new Id(Collections.unmodifiableMap(new LinkedHashMap<>(parts)));
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

    /** Compares part by part. */
    @Override
    public int compareTo(Id other) {
        Iterator<Object> theirs = List.copyOf(other.parts.values()).iterator();
        for (Object mine : parts.values()) {
            if (!theirs.hasNext()) {
                return 1;
            }
            int order = Values.order(mine, theirs.next());
            if (order != 0) {
                return order;
            }
        }
        return theirs.hasNext() ? -1 : 0;
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
