package dev.keepsake.session;

import dev.keepsake.fault.Problem;
import dev.keepsake.store.Isolation;
import dev.keepsake.store.TransactionOptions;
import java.time.Duration;

/**
 * How a session is to be. Immutable.
 *
 * @param readOnly whether it refuses writes; it then sees one state of the store for each transaction
 * @param patience how long to wait for others before an operation fails as busy
 * @param retries how often a unit of work is run again after a conflict; only where Keepsake runs it, not for a session that is
 *     opened by hand
 * @param forgetting whether the session forgets its objects at commit, so that the next query reads them anew
 * @param isolation how far its transactions are kept apart from others
 */
public record SessionOptions(
        boolean readOnly, Duration patience, int retries, boolean forgetting, Isolation isolation) {
    /** Writes, waits five seconds for others, does not retry, and keeps its objects after commit. */
    public static final SessionOptions DEFAULT =
            new SessionOptions(false, Duration.ofSeconds(5), 0, false, Isolation.DEFAULT);

    /** Checks the numbers. */
    public SessionOptions {
        if (retries < 0 || patience.isNegative()) {
            throw Problem.REQUEST_INVALID
                    .because("retries and patience cannot be negative: %d, %s", retries, patience)
                    .fault();
        }
    }

    /** The same, refusing writes; what is changed in its objects is never written. */
    public SessionOptions readingOnly() {
        return new SessionOptions(true, patience, retries, forgetting, isolation);
    }

    /** The same with another wait. */
    public SessionOptions waiting(Duration longest) {
        return new SessionOptions(readOnly, longest, retries, forgetting, isolation);
    }

    /**
     * The same, running the whole unit of work again in a new session after a conflict or a busy store, so many times, after a
     * short random wait that grows.
     */
    public SessionOptions retrying(int times) {
        return new SessionOptions(readOnly, patience, times, forgetting, isolation);
    }

    /** The same, forgetting its objects at commit. */
    public SessionOptions forgettingAtCommit() {
        return new SessionOptions(readOnly, patience, retries, true, isolation);
    }

    /**
     * The same, kept apart from others so far. More isolation means more conflicts: {@link #retrying} belongs to it.
     *
     * @see dev.keepsake.store.Features#isolations
     */
    public SessionOptions isolated(Isolation wanted) {
        return new SessionOptions(readOnly, patience, retries, forgetting, wanted);
    }

    TransactionOptions transaction() {
        return new TransactionOptions(readOnly, patience, isolation, false);
    }
}
