package dev.keepsake.store;

import java.time.Duration;

/**
 * How a transaction is to be.
 *
 * @param readOnly whether writes are refused
 * @param patience how long to wait for others before it fails as busy
 */
public record TransactionOptions(boolean readOnly, Duration patience) {
    /** Writes, and waits five seconds for others. */
    public static final TransactionOptions WRITE = new TransactionOptions(false, Duration.ofSeconds(5));

    /** Reads only, one consistent state of the store throughout. */
    public static final TransactionOptions READ = new TransactionOptions(true, Duration.ofSeconds(5));

    /** The same with another wait. */
    public TransactionOptions waiting(Duration longest) {
        return new TransactionOptions(readOnly, longest);
    }
}
