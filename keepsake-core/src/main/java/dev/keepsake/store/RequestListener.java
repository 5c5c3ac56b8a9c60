package dev.keepsake.store;

import dev.keepsake.fault.Fault;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Request;
import dev.keepsake.query.Selection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Hears of every request that a store is asked: for logs, counts of statements in tests, measures. */
@FunctionalInterface
public interface RequestListener {
    /** A request was answered, or refused. A cursor is answered when it is open, before its rows are read. */
    void requested(Requested requested);

    /**
     * A selection was answered without an index, because that was allowed: so many objects were read for it. It is told when the cursor
     * is closed.
     */
    default void scanned(Selection selection, long read) {}

    /**
     * A request and what became of it.
     *
     * @param request what was asked
     * @param took how long it took
     * @param failure why it was refused, if it was
     * @param store the store
     */
    record Requested(Request request, Duration took, Optional<Fault> failure, Store store) {
        /** The request as native text, a statement a line, values left out. */
        public List<String> text() {
            return store.render(request);
        }

        /** The request in words, how long it took, and why it failed; no values of objects that are written. */
        @Override
        public String toString() {
            String what =
                    request instanceof Changeset changes ? changes.entries().size() + " writes" : request.toString();
            return what + " (" + took.toMillis() + " ms)"
                    + failure.map(fault -> " failed: " + fault.sentence()).orElse("");
        }
    }
}
