package dev.keepsake;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Codecs;
import dev.keepsake.keyvalue.KeyValue;
import dev.keepsake.query.Order;
import dev.keepsake.query.Property;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Kind;
import dev.keepsake.session.Query;
import dev.keepsake.session.Session;
import dev.keepsake.session.SessionOptions;
import dev.keepsake.session.Sessions;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Store;
import dev.keepsake.store.StoreInfo;
import dev.keepsake.store.StoreUrl;
import dev.keepsake.store.Stores;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A store and the classes that are kept in it, opened together: the entry to Keepsake.
 *
 * <pre>{@code
 * try (Keepsake keepsake = Keepsake.open("sqlite:pypi.db", Release.class)) {
 *     keepsake.createAll();
 *     keepsake.useTransaction(session -> session.addAll(releases));
 *     List<Release> history = keepsake.query(Release.class)
 *             .where(field(Release::packageId).eq("boto"))
 *             .orderBy(desc(Release::majorVer))
 *             .list();
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads; a session belongs to one.
 */
public final class Keepsake implements AutoCloseable {
    private final Guarded store;
    private final Codecs codecs;
    private final Sessions sessions;
    private @Nullable KeyValue<byte[]> keyValue;

    private Keepsake(Guarded store, Codecs codecs) {
        this.store = store;
        this.codecs = codecs;
        this.sessions = new Sessions(store, codecs);
    }

    /**
     * Opens the store of a URL for the given classes.
     *
     * @throws dev.keepsake.fault.Invalid {@code unknown-scheme}, {@code malformed-url}, or {@code model-invalid} with all
     *     mistakes of the classes; no store is opened then
     */
    public static Keepsake open(String url, Class<?>... types) {
        return open(url, Codecs.of(types));
    }

    /** As {@link #open(String, Class[])}, for a model put together by {@link Codecs#builder}. */
    public static Keepsake open(String url, Codecs codecs) {
        return new Keepsake(Stores.open(url), codecs);
    }

    /** As {@link #open(String, Class[])}, of a URL that is made of parts or settings, such as {@link StoreUrl#fromEnvironment}. */
    public static Keepsake open(StoreUrl url, Class<?>... types) {
        return open(url, Codecs.of(types));
    }

    /** As {@link #open(StoreUrl, Class[])}, for a model put together by {@link Codecs#builder}. */
    public static Keepsake open(StoreUrl url, Codecs codecs) {
        return new Keepsake(Stores.open(url), codecs);
    }

    /** For classes in a store that is open already; closing this closes it. */
    public static Keepsake on(Store store, Codecs codecs) {
        return new Keepsake(Guarded.of(store), codecs);
    }

    // ---- the parts

    /** The store, behind its guard: what works on States, and on any kind. */
    public Guarded store() {
        return store;
    }

    /** Which store it is; without a password. */
    public StoreInfo info() {
        return store.info();
    }

    /** The codec of one of the classes. */
    public <T> Codec<T> codec(Class<T> type) {
        return codecs.get(type);
    }

    /** Creates the kinds that are missing, and gives them; what exists is never touched. */
    public List<Kind> createAll() {
        List<Kind> created = store.createAll(codecs.schema());
        sessions.forgetKinds();
        return created;
    }

    // ---- sessions

    /** Opens a session, which is to be closed, and commits nothing by itself. */
    public Session session() {
        return session(SessionOptions.DEFAULT);
    }

    /** As {@link #session()}, with options. */
    public Session session(SessionOptions options) {
        return sessions.open(options);
    }

    /**
     * Opens a session that takes part in someone else's transaction, such as a {@code java.sql.Connection}: its commit flushes,
     * and the transaction stays open; its rollback undoes the session's part alone.
     */
    public Session joining(Object nativeTransaction) {
        return sessions.join(nativeTransaction);
    }

    /** Does something in a session: commits if it ends well, rolls back if it throws, which passes unchanged. */
    public void useTransaction(Consumer<? super Session> work) {
        useTransaction(SessionOptions.DEFAULT, work);
    }

    /** As {@link #useTransaction(Consumer)}, with options; with retries, the work is done anew in a new session. */
    public void useTransaction(SessionOptions options, Consumer<? super Session> work) {
        sessions.run(options, session -> {
            work.accept(session);
            return true;
        });
    }

    /** As {@link #useTransaction(Consumer)}, with a result. */
    public <R> R inTransaction(Function<? super Session, ? extends R> work) {
        return inTransaction(SessionOptions.DEFAULT, work);
    }

    /** As {@link #inTransaction(Function)}, with options; with retries, the work is done anew in a new session. */
    public <R> R inTransaction(SessionOptions options, Function<? super Session, ? extends R> work) {
        return sessions.run(options, work);
    }

    /** Where the sessions that are open were opened. */
    public List<String> openSessions() {
        return sessions.openSessions();
    }

    // ---- without a session

    /** The object with that id, if there is one, read by itself; it belongs to no session. */
    public <T> Optional<T> find(Class<T> type, Object id) {
        return sessions.find(type, id);
    }

    /**
     * As {@link #find}, where there must be one.
     *
     * @throws dev.keepsake.fault.NotFound {@code object-missing}
     */
    public <T> T get(Class<T> type, Object id) {
        return sessions.get(type, id);
    }

    /** A query that runs in a short reading transaction of its own; its results belong to no session. */
    public <T> Query<T> query(Class<T> type) {
        return sessions.query(type);
    }

    /** A query over a kind that no class stands for, by its stored name and stored names of fields; its results are States. */
    public Query<State> query(String kind) {
        return sessions.query(kind);
    }

    /**
     * Adds masses of objects without a session, in batches, each in a transaction of its own: ten thousand objects, on Redis a
     * thousand. If a batch fails, those before it are kept, and the error says how many objects. While one is written the next is
     * read from the stream, which is closed in the end. Objects do not learn their ids, and their lists must be empty.
     *
     * @return how many there were
     */
    public <T> long load(Class<T> type, Stream<? extends T> objects) {
        return sessions.load(type, objects);
    }

    /** As {@link #load(Class, Stream)}, of a kind that no class stands for, by its stored name. */
    public long load(String kind, Stream<State> objects) {
        return sessions.load(kind, objects);
    }

    /** Values, counters and lists by key, as bytes; {@link KeyValue#text()} has them as text. */
    public synchronized KeyValue<byte[]> keyValue() {
        if (keyValue == null) {
            keyValue = KeyValue.on(store);
        }
        return keyValue;
    }

    // ---- words of queries

    /** A field, or something inside one or behind a reference, by name: the beginning of a condition. */
    public static Term field(String path) {
        return Term.of(path);
    }

    /** A field by its accessor. */
    public static <T, V extends @Nullable Object> Term field(Property<T, V> property) {
        return Term.of(property.name());
    }

    /** Sorts by a field from the least to the greatest. */
    public static <T, V extends @Nullable Object> Order asc(Property<T, V> property) {
        return field(property).asc();
    }

    /** Sorts by a field from the greatest to the least. */
    public static <T, V extends @Nullable Object> Order desc(Property<T, V> property) {
        return field(property).desc();
    }

    /**
     * Closes the store, see {@link Guarded#close}; sessions that are open then are rolled back, and a warning says where they were
     * opened. Those of other threads are given time to end the transaction that they are in.
     */
    @Override
    public void close() {
        try {
            store.close();
        } finally {
            sessions.close();
        }
    }

    /** The store, without a password. */
    @Override
    public String toString() {
        return "Keepsake on " + store.info();
    }
}
