package dev.keepsake.query;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is computed of a group of rows, under a name. Immutable.
 *
 * @param function what is computed
 * @param field of what; null for the count of all rows
 * @param name its name in the result
 */
public record Figure(
        Aggregation.Function function, @Nullable Term field, String name) implements Selectable {
    /** How many rows there are, named {@code count}. */
    public static Figure count() {
        return new Figure(Aggregation.Function.COUNT, null, "count");
    }

    /** How many values that are not null. */
    public static Figure count(Term field) {
        return of(Aggregation.Function.COUNT, field);
    }

    /** Their sum. */
    public static Figure sum(Term field) {
        return of(Aggregation.Function.SUM, field);
    }

    /** Their arithmetic mean. */
    public static Figure average(Term field) {
        return of(Aggregation.Function.AVG, field);
    }

    /** The least. */
    public static Figure min(Term field) {
        return of(Aggregation.Function.MIN, field);
    }

    /** The greatest. */
    public static Figure max(Term field) {
        return of(Aggregation.Function.MAX, field);
    }

    private static Figure of(Aggregation.Function function, Term field) {
        return new Figure(
                function,
                field,
                function.name().toLowerCase(Locale.ROOT) + "_"
                        + field.path().steps().getLast());
    }

    /** The same under another name. */
    public Figure as(String other) {
        return new Figure(function, field, other);
    }
}
