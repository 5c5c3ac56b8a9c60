package dev.keepsake.store;

import java.util.ArrayList;
import java.util.Collection;
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

    /** The results of several writes, one after the other, as one. */
    static WriteResult sum(Collection<WriteResult> all) {
        List<Object> ids = new ArrayList<>();
        long inserted = 0;
        long matched = 0;
        long modified = 0;
        long deleted = 0;
        for (WriteResult each : all) {
            ids.addAll(each.ids);
            inserted += each.inserted;
            matched += each.matched;
            modified += each.modified;
            deleted += each.deleted;
        }
        return new WriteResult(ids, inserted, matched, modified, deleted);
    }
}
