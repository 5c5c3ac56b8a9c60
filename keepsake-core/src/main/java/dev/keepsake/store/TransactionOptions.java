package dev.keepsake.store;

import java.time.Duration;

/**
 * How a transaction is to be.
 *
 * @param readOnly whether writes are refused
 * @param patience how long to wait for others before it fails as busy
 * @param isolation how far it is kept apart from others
 */
public record TransactionOptions(boolean readOnly, Duration patience, Isolation isolation) {
    /** Writes, and waits five seconds for others. */
    public static final TransactionOptions WRITE =
            new TransactionOptions(false, Duration.ofSeconds(5), Isolation.DEFAULT);

    /** Reads only, one consistent state of the store throughout. */
    public static final TransactionOptions READ =
            new TransactionOptions(true, Duration.ofSeconds(5), Isolation.DEFAULT);

    /** The same with another wait. */
    public TransactionOptions waiting(Duration longest) {
        return new TransactionOptions(readOnly, longest, isolation);
    }

    /** The same, kept apart from others so far. */
    public TransactionOptions isolated(Isolation wanted) {
        return new TransactionOptions(readOnly, patience, wanted);
    }
}
