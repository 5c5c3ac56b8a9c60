package dev.keepsake.store;

import java.util.ArrayList;
import java.util.List;

/**
 * What a changeset did.
 *
 * @param ids the id of each inserted object, in order, given or generated; none for objects of a bag
 * @param inserted objects that an insert added
 * @param matched objects that an update found, or a put added or replaced
 * @param modified how many of them changed, as {@link Features.Modified} says
 * @param deleted objects that are gone
 */
public record WriteResult(List<Object> ids, long inserted, long matched, long modified, long deleted) {
    /** Nothing was done. */
    public static final WriteResult NOTHING = new WriteResult(List.of(), 0, 0, 0, 0);

    /** Copies the ids. */
    public WriteResult {
        ids = List.copyOf(ids);
    }

    /** Both results as one. */
    public WriteResult plus(WriteResult other) {
        List<Object> both = new ArrayList<>(ids);
        both.addAll(other.ids);
        return new WriteResult(
                both,
                inserted + other.inserted,
                matched + other.matched,
                modified + other.modified,
                deleted + other.deleted);
    }
}
