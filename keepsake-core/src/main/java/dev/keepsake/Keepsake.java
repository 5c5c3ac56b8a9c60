package dev.keepsake;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Codecs;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Kind;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Store;
import dev.keepsake.store.Stores;
import dev.keepsake.store.Transaction;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A store and the classes that are kept in it, opened together: the entry to Keepsake.
 *
 * <pre>{@code
 * try (Keepsake keepsake = Keepsake.open("sqlite:pypi.db", Release.class)) {
 *     keepsake.createAll();
 *     Codec<Release> releases = keepsake.codec(Release.class);
 *     keepsake.useTransaction(transaction ->
 *             transaction.write(Changeset.of(new Changeset.Insert(releases.kind(), releases.encode(boto)))));
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads; a transaction belongs to one.
 */
public final class Keepsake implements AutoCloseable {
    private final Guarded store;
    private final Codecs codecs;

    private Keepsake(Guarded store, Codecs codecs) {
        this.store = store;
        this.codecs = codecs;
    }

    /**
     * Opens the store of a URL for the given classes.
     *
     * @throws dev.keepsake.fault.Invalid {@code unknown-scheme}, {@code malformed-url}, or {@code model-invalid} with all
     *     mistakes of the classes; no store is opened then
     */
    public static Keepsake open(String url, Class<?>... types) {
        Codecs codecs = Codecs.of(types);
        return new Keepsake(Stores.open(url), codecs);
    }

    /** For classes, some of them mapped by hand, in a store that is open already; closing this closes it. */
    public static Keepsake on(Store store, Codecs codecs) {
        return new Keepsake(Guarded.of(store), codecs);
    }

    /** The store, behind its guard. */
    public Guarded store() {
        return store;
    }

    /** The codec of one of the classes. */
    public <T> Codec<T> codec(Class<T> type) {
        return codecs.get(type);
    }

    /** Creates the kinds that are missing, and gives them; what exists is never touched. */
    public List<Kind> createAll() {
        return store.createAll(codecs.schema());
    }

    /** Does something in a transaction: commits if it ends well, rolls back if it throws, which passes unchanged. */
    public void useTransaction(Consumer<? super Transaction> work) {
        try (Transaction transaction = store.begin()) {
            work.accept(transaction);
            transaction.commit();
        }
    }

    /** As {@link #useTransaction}, with a result. */
    public <T> T inTransaction(Function<? super Transaction, ? extends T> work) {
        return store.write(work);
    }

    /** A field, or something inside one, by stored name: the beginning of a condition. */
    public static Term field(String path) {
        return Term.of(path);
    }

    /** Closes the store; transactions that are still open are rolled back. */
    @Override
    public void close() {
        store.close();
    }
}
