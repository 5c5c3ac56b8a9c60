package dev.keepsake.store;

import java.time.Duration;

/**
 * How a transaction is to be.
 *
 * @param readOnly whether writes are refused
 * @param patience how long to wait for others before it fails as busy
 * @param isolation how far it is kept apart from others
 * @param single whether one object is read, by its id: that is of one moment anyway, so that a store may leave the transaction around it
 *     out. What is asked after it is of a later moment then, and what is read may be undone where a server fails over
 */
public record TransactionOptions(boolean readOnly, Duration patience, Isolation isolation, boolean single) {
    /** Writes, and waits five seconds for others. */
    public static final TransactionOptions WRITE =
            new TransactionOptions(false, Duration.ofSeconds(5), Isolation.DEFAULT, false);

    /** Reads only, one consistent state of the store throughout. */
    public static final TransactionOptions READ =
            new TransactionOptions(true, Duration.ofSeconds(5), Isolation.DEFAULT, false);

    /** The same with another wait. */
    public TransactionOptions waiting(Duration longest) {
        return new TransactionOptions(readOnly, longest, isolation, single);
    }

    /** The same, kept apart from others so far. */
    public TransactionOptions isolated(Isolation wanted) {
        return new TransactionOptions(readOnly, patience, wanted, single);
    }

    /** The same, reading one object. */
    public TransactionOptions once() {
        return new TransactionOptions(true, patience, isolation, true);
    }
}
