package dev.keepsake.store;

import dev.keepsake.query.Changeset;
import dev.keepsake.query.Request;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Keeps States: the one interface between Keepsake and a database. Users open one by URL through {@link Stores}.
 *
 * <p>No method means "unsupported" by surprise: what a store lacks is said by {@link #features}, and {@link Guarded} refuses
 * it before the store is asked. A store is safe for use by several threads; a transaction belongs to one.
 */
public interface Store extends AutoCloseable {
    /** Which store it is. */
    StoreInfo info();

    /** What it can do, as its server says. */
    Features features();

    /**
     * Begins a transaction. It costs nothing until its first request, which opens it natively; one that is not committed
     * when it is closed is rolled back.
     */
    Transaction begin(TransactionOptions options);

    /**
     * Makes a transaction ready that adds these objects and does nothing else; {@code get}, called once, does and commits it. What can
     * be done beforehand is done here, so that it goes on beside the one before. Each object has its id.
     */
    default Supplier<WriteResult> prepare(List<Changeset.Insert> inserts) {
        return () -> {
            try (Transaction transaction = begin(TransactionOptions.WRITE)) {
                WriteResult result = transaction.write(new Changeset(List.copyOf(inserts)));
                transaction.commit();
                return result;
            }
        };
    }

    /** How many objects suit one transaction where masses are written in several. */
    default int batch() {
        return 10_000;
    }

    /**
     * A transaction on someone else's native one, which stays open on commit, rollback and close.
     *
     * @throws dev.keepsake.fault.Invalid {@code request-invalid} where the object is none of this store's
     */
    Transaction join(Object nativeTransaction);

    /** The request as native text, a statement a line, values left out; runs nothing. */
    List<String> render(Request request);

    /** How the store would find what is selected. */
    Explanation explain(Selection selection);

    /** Whole numbers that no other object of the kind has or gets, outside any transaction; gaps are possible. */
    List<Long> reserveIds(Kind kind, int count);

    /** The time by the store's clock. */
    Instant now();

    /**
     * The native object of the given type, to use what Keepsake does not wrap.
     *
     * @throws dev.keepsake.fault.Unsupported {@code feature-missing} with the types that there are
     */
    <T> T unwrap(Class<T> nativeType);

    /**
     * Looks whether all that Keepsake keeps beside the objects fits them, beside those who write. Where the database itself keeps its
     * indexes there is nothing to look at.
     */
    default Findings check() {
        return Findings.NONE;
    }

    /** As {@link #check}, and makes what does not fit anew from the objects, which are not changed. */
    default Findings repair() {
        return Findings.NONE;
    }

    /** What a user should know of this server: settings on which it depends what may be lost, a warning where something may. */
    default Map<String, String> settings() {
        return Map.of();
    }

    /** How long {@link Guarded#close} waits for transactions of other threads to end. */
    default Duration closeWait() {
        return Duration.ofSeconds(5);
    }

    /**
     * Closes all connections, also those that a transaction of another thread is using; open transactions are rolled back. A
     * second close does nothing.
     */
    @Override
    void close();
}
