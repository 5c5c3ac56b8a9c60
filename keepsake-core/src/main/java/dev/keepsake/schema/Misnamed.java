package dev.keepsake.schema;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reports of names that stand for nothing in a schema, or for something already: the same words on every store, to which each adds
 * what it knows. A store that is null is not named. Stateless.
 */
public final class Misnamed {
    private Misnamed() {}

    /** There is no kind of that name; those that there are may be near. */
    public static Report noKind(String kind, Collection<String> kinds, @Nullable Object store) {
        return Problem.UNKNOWN_KIND
                .because("there is no kind %s", Report.quote(kind))
                .store(store)
                .near(kind, kinds);
    }

    /** There is a kind of that name, where a new one is to have it. */
    public static Report kindTaken(String kind, @Nullable Object store) {
        return Problem.REQUEST_INVALID.because("kind %s is already there", kind).store(store);
    }

    /** The kind has no field of that name. */
    public static Report noField(Kind kind, String field, @Nullable Object store) {
        return Problem.UNKNOWN_FIELD
                .because("kind %s has no field %s", kind.name(), field)
                .store(store)
                .near(field, kind.fields().stream().map(Field::name).toList());
    }

    /** The kind has no index of that name. */
    public static Report noIndex(Kind kind, String index, @Nullable Object store) {
        List<String> indexes = kind.indexes().stream().map(Index::name).toList();
        return Problem.REQUEST_INVALID
                .because("kind %s has no index %s", kind.name(), index)
                .store(store)
                .near(index, indexes);
    }
}
