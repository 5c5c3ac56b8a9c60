package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Selection;
import org.jspecify.annotations.Nullable;

/**
 * The reports of selections that no index answers, where that is not allowed or reads too much: the same words on every store, to which
 * each adds what can be done. Stateless.
 */
public final class ScanRefusal {
    private ScanRefusal() {}

    /** All objects would be read, which was not allowed. */
    public static Report unasked(Selection selection, @Nullable Object store) {
        return Problem.SCAN_REFUSED
                .because("this would read all of kind %s: %s", selection.kind().name(), selection)
                .store(store);
    }

    /** So many objects would be read, and fewer are allowed. */
    public static Report tooMany(Selection selection, long objects, @Nullable Object store) {
        return Problem.SCAN_REFUSED
                .because(
                        "kind %s has %d objects, more than may be read",
                        selection.kind().name(), objects)
                .store(store);
    }
}
