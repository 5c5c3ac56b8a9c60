package dev.keepsake.query;

import dev.keepsake.value.Path;

/**
 * One key of a sort: nulls and absent fields first, or last when descending.
 *
 * @param path what is compared
 * @param descending whether the greatest comes first
 */
public record Order(Path path, boolean descending) {

    /** Reads {@code major_ver} or, descending, {@code -major_ver}. */
    public static Order parse(String text) {
        return text.startsWith("-")
                ? new Order(Path.parse(text.substring(1)), true)
                : new Order(Path.parse(text), false);
    }

    @Override
    public String toString() {
        return (descending ? "-" : "") + path;
    }
}
