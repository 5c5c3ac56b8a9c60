package dev.keepsake.schema;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An index over fields of a kind.
 *
 * @param name its name, unique in the store
 * @param parts the fields, first the most significant
 * @param unique whether two objects may not have equal values; nulls are never equal to each other
 * @param nativeCondition the condition of a partial index in the store's own language, where it was read from a store
 */
public record Index(
        String name,
        List<Part> parts,
        boolean unique,
        @Nullable String nativeCondition) {

    /**
     * One field of an index.
     *
     * @param field its stored name, or a native expression in parentheses where the index was read from a store
     * @param descending whether it is kept from the greatest to the least
     */
    public record Part(String field, boolean descending) {
        @Override
        public String toString() {
            return descending ? "-" + field : field;
        }
    }

    /** Copies the parts. */
    public Index {
        parts = List.copyOf(parts);
    }

    /** An index over fields; a leading minus is for descending: {@code Index.of("newest", "-major", "-minor")}. */
    public static Index of(String name, String... fields) {
        return new Index(name, parts(fields), false, null);
    }

    /** As {@link #of}, unique. */
    public static Index unique(String name, String... fields) {
        return new Index(name, parts(fields), true, null);
    }

    private static List<Part> parts(String... fields) {
        return Arrays.stream(fields)
                .map(field -> field.startsWith("-") ? new Part(field.substring(1), true) : new Part(field, false))
                .toList();
    }

    /** The stored names of its fields, in order. */
    public List<String> fields() {
        return parts.stream().map(Part::field).toList();
    }

    @Override
    public String toString() {
        return name
                + parts.stream().map(Part::toString).collect(Collectors.joining(", ", "(", ")"))
                + (unique ? " unique" : "")
                + (nativeCondition == null ? "" : " where " + nativeCondition);
    }
}
