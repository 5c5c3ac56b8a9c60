package dev.keepsake.redis;

import dev.keepsake.fault.Problem;
import dev.keepsake.keyvalue.NativeKeyValue;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alterations;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Request;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.store.Explanation;
import dev.keepsake.store.Features;
import dev.keepsake.store.Findings;
import dev.keepsake.store.Store;
import dev.keepsake.store.StoreInfo;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.store.WriteResult;
import io.lettuce.core.api.StatefulConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The store on Redis. Each object is a hash; indexes are beside it and written with it. Thread-safe. */
final class RedisStore implements Store {
    /** How often a request is made anew because a kind has changed meanwhile. */
    private static final int ATTEMPTS = 20;

    private final RedisLink link;
    private final RedisOptions options;
    private final RedisCatalog catalog;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean isProbed;

    RedisStore(RedisLink link, RedisOptions options) {
        this.link = link;
        this.options = options;
        this.catalog = new RedisCatalog(link, new RedisKeys(options.prefix()));
    }

    RedisLink link() {
        return link;
    }

    RedisOptions options() {
        return options;
    }

    RedisCatalog catalog() {
        return catalog;
    }

    @Override
    public StoreInfo info() {
        return link.info();
    }

    @Override
    public Features features() {
        return Features.REDIS;
    }

    @Override
    public Transaction begin(TransactionOptions how) {
        return new RedisTransaction(this);
    }

    @Override
    public Supplier<WriteResult> prepare(List<Changeset.Insert> inserts) {
        return new RedisCommit(this, inserts).prepare()::write;
    }

    /** The server answers nobody else while a script runs; a thousand take a few milliseconds. */
    @Override
    public int batch() {
        return 1_000;
    }

    @Override
    public Transaction join(Object nativeTransaction) {
        throw new IllegalStateException("writes are buffered, so that there is no transaction to join");
    }

    /** Does something with a kind that there is, anew where it turns out to be not as it was known; null where there is none. */
    <T> @Nullable T with(Kind wanted, Function<RedisKind, T> work) {
        return with(wanted.name(), known -> work.apply(known.fitting(wanted)));
    }

    /** As {@link #with(Kind, Function)}, of a kind as it is there. */
    <T> @Nullable T with(String name, Function<RedisKind, T> work) {
        for (int attempt = 1; ; attempt++) {
            RedisKind kind = catalog.find(name);
            if (kind == null) {
                return null;
            }
            try {
                return work.apply(kind);
            } catch (RedisOutdated e) {
                catalog.forget();
                if (attempt == ATTEMPTS) {
                    throw RedisErrors.busySchema(name);
                }
            }
        }
    }

    /**
     * The answer of a script.
     *
     * @throws RedisOutdated where a kind is not as the script was told
     */
    List<?> answer(RedisCall call) {
        return current(link.list(call));
    }

    /** Calls a script that does nothing the second time, and gives its answer when it is asked for. */
    Supplier<List<?>> ahead(RedisCall call) {
        Supplier<List<?>> answer = link.start(call);
        return () -> current(answer.get());
    }

    private static List<?> current(List<?> answer) {
        if (word(answer).equals("schema")) {
            throw new RedisOutdated();
        }
        return answer;
    }

    static String word(List<?> answer) {
        return RedisKeys.text((byte[]) answer.getFirst());
    }

    /** Finds out before the first commit whether the user may do all that a commit does. */
    void probe() {
        if (!isProbed) {
            link.list(new RedisCall(RedisScript.PROBE)
                    .key(catalog.keys().probe(UUID.randomUUID().toString()))
                    .with(options.changes() > 0));
            isProbed = true;
        }
    }

    /** Removes what is left of the expired objects of a kind, beside whatever else is done. */
    void sweep(RedisKind kind) {
        link.send(new RedisCall(RedisScript.SWEEP).kind(kind));
    }

    @Override
    public List<String> render(Request request) {
        return switch (request) {
            case Selection selection -> List.of("EVALSHA read.lua " + keysOf(selection.kind()));
            case Rows rows -> List.of("EVALSHA read.lua " + keysOf(rows.source().root()));
            case Aggregation aggregation ->
                List.of("EVALSHA count.lua " + keysOf(aggregation.source().root()));
            case Changeset changes ->
                changes.entries().stream()
                        .map(entry -> "EVALSHA write.lua " + word(entry) + " " + keysOf(entry.kind()))
                        .distinct()
                        .toList();
            case Alterations alterations -> {
                List<String> lines = new ArrayList<>();
                alterations.steps().forEach(step -> lines.add("EVALSHA schema.lua " + step));
                yield lines;
            }
        };
    }

    private static String word(Changeset.Entry entry) {
        return entry.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private String keysOf(Kind kind) {
        return catalog.keys().objects(kind) + "*";
    }

    @Override
    public Explanation explain(Selection selection) {
        throw new IllegalStateException("Features say that there are no plans");
    }

    @Override
    public List<Long> reserveIds(Kind kind, int count) {
        RedisKind known = catalog.findOrCreate(kind);
        long last = link.increased(catalog.keys().sequence(known.kind()), count);
        return LongStream.rangeClosed(last - count + 1, last).boxed().toList();
    }

    @Override
    public Instant now() {
        return link.now();
    }

    @Override
    public <T> T unwrap(Class<T> nativeType) {
        Object found = unwrapped(nativeType);
        if (found == null) {
            throw Problem.FEATURE_MISSING
                    .because("Redis has no %s", nativeType.getName())
                    .store(info())
                    .hint(
                            "ask for StatefulRedisConnection of Lettuce, of a cluster for StatefulRedisClusterConnection, "
                                    + "or for RedisSnapshots")
                    .fault();
        }
        return nativeType.cast(found);
    }

    private @Nullable Object unwrapped(Class<?> nativeType) {
        if (nativeType == NativeKeyValue.class) {
            return new RedisKeyValue(link, catalog.keys());
        }
        if (nativeType == RedisSnapshots.class) {
            return new RedisSnapshots(link);
        }
        if (!StatefulConnection.class.isAssignableFrom(nativeType)) {
            return null;
        }
        StatefulConnection<byte[], byte[]> connection = link.ofOthers();
        return nativeType.isInstance(connection) ? connection : null;
    }

    @Override
    public Findings check() {
        return new RedisRepair(this, false).run();
    }

    @Override
    public Findings repair() {
        return new RedisRepair(this, true).run();
    }

    /** What may be lost when the server stops, as the section "Redis persistence" of its manual says. */
    @Override
    public Map<String, String> settings() {
        Map<String, String> says = link.durability();
        Map<String, String> settings = new LinkedHashMap<>(says);
        boolean isDurable = "yes".equals(says.get("appendonly")) && "always".equals(says.get("appendfsync"));
        if (!isDurable) {
            settings.put(
                    "warning",
                    "yes".equals(says.get("appendonly"))
                            ? "the last commits may be lost when the machine stops; appendfsync always keeps each"
                            : "what was committed since the last snapshot is lost when the server stops;"
                                    + " appendonly yes with appendfsync always keeps each commit");
        }
        return settings;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            link.close();
        }
    }
}
