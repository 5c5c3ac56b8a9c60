package dev.keepsake.redis;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.store.Pause;
import dev.keepsake.store.StoreInfo;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Redis server or cluster, over one connection that all threads share: their commands follow each other without waiting, which is
 * what Redis is fastest with. Nothing is sent twice by the driver; what may be sent again is sent again here, until the time for it is
 * over. Thread-safe.
 */
final class RedisLink implements AutoCloseable {
    private static final long PAUSE_MILLIS = 20;
    private static final int SCANNED = 1_000;

    /** What there is of Redis that a store is written for. */
    private static final int OLDEST = 6;

    private final StatefulConnection<byte[], byte[]> connection;
    private final RedisClusterAsyncCommands<byte[], byte[]> commands;
    private final Supplier<StatefulConnection<byte[], byte[]>> another;
    private final List<AutoCloseable> closing;
    private final Duration timeout;
    /** Without the version until the server has told it. */
    private volatile StoreInfo info;

    private final boolean isCluster;
    private final boolean failsOver;
    private @Nullable StatefulConnection<byte[], byte[]> ofOthers;
    private volatile boolean closed;

    private RedisLink(
            StatefulConnection<byte[], byte[]> connection,
            RedisClusterAsyncCommands<byte[], byte[]> commands,
            Supplier<StatefulConnection<byte[], byte[]>> another,
            List<AutoCloseable> closing,
            RedisOptions options,
            String scheme) {
        this.connection = connection;
        this.commands = commands;
        this.another = another;
        this.closing = closing;
        this.timeout = options.timeout();
        this.isCluster = connection instanceof StatefulRedisClusterConnection<byte[], byte[]>;
        this.failsOver = isCluster || options.sentinel().isPresent();
        this.info = new StoreInfo(scheme, options.place(), "");
        Map<String, String> says = says(ask(RedisClusterAsyncCommands::info));
        this.info = new StoreInfo(scheme, options.place(), says.getOrDefault("redis_version", ""));
        if (!isCluster && "1".equals(says.get("cluster_enabled"))) {
            throw Problem.FEATURE_MISSING
                    .because("the server is part of a cluster, and the client knows this server alone")
                    .store(info)
                    .hint("open the store by a URL, which finds the others")
                    .fault();
        }
        if (isCluster) {
            for (Supplier<RedisClusterAsyncCommands<byte[], byte[]>> server : keepers(null)) {
                requireKeeping(says(ask(any -> server.get().info())));
            }
        } else {
            requireKeeping(says);
        }
    }

    /** Connects to what a URL says. */
    static RedisLink open(RedisOptions options, String scheme) {
        ClientResources resources = DefaultClientResources.builder()
                .reconnectDelay(Delay.constant(Duration.ofMillis(50)))
                .build();
        List<AutoCloseable> closing = new ArrayList<>();
        closing.add(() -> shutdown(resources));
        try {
            RedisClient client = RedisClient.create(resources);
            closing.addFirst(() -> shutdown(client));
            client.setOptions(clientOptions(ClientOptions.builder(), options).build());
            RedisURI[] found = new RedisURI[1];
            StatefulRedisConnection<byte[], byte[]> single = first(client, options.uris(), found);
            Map<String, String> says = says(single.sync().info("cluster"));
            if ("1".equals(says.get("cluster_enabled"))) {
                single.close();
                return ofCluster(resources, options, closing, scheme);
            }
            return ofSingle(client, found[0], single, options, closing, scheme);
        } catch (RuntimeException e) {
            closeAll(closing);
            throw RedisErrors.of(e, new StoreInfo(scheme, options.place(), ""));
        }
    }

    /** The first server that answers; one that hangs up at once is asked again, since then nobody knows why it did. */
    private static StatefulRedisConnection<byte[], byte[]> first(
            RedisClient client, List<RedisURI> uris, RedisURI[] found) {
        RuntimeException failure = null;
        for (int attempt = 0; attempt < 3; attempt++) {
            for (RedisURI uri : uris) {
                try {
                    found[0] = uri;
                    return client.connect(ByteArrayCodec.INSTANCE, uri);
                } catch (RedisException e) {
                    failure = failure == null || RedisErrors.isHangUp(failure) ? e : failure;
                }
            }
            if (!RedisErrors.isHangUp(Objects.requireNonNull(failure))) {
                break;
            }
        }
        throw Objects.requireNonNull(failure);
    }

    private static RedisLink ofSingle(
            RedisClient client,
            RedisURI uri,
            StatefulRedisConnection<byte[], byte[]> single,
            RedisOptions options,
            List<AutoCloseable> closing,
            String scheme) {
        closing.addFirst(single);
        return new RedisLink(
                single, single.async(), () -> client.connect(ByteArrayCodec.INSTANCE, uri), closing, options, scheme);
    }

    private static RedisLink ofCluster(
            ClientResources resources, RedisOptions options, List<AutoCloseable> closing, String scheme) {
        RedisClusterClient cluster = RedisClusterClient.create(resources, options.uris());
        closing.addFirst(() -> shutdown(cluster));
        cluster.setOptions(clusterOptions(options));
        StatefulRedisClusterConnection<byte[], byte[]> all = cluster.connect(ByteArrayCodec.INSTANCE);
        closing.addFirst(all);
        return new RedisLink(
                all, all.async(), () -> cluster.connect(ByteArrayCodec.INSTANCE), closing, options, scheme);
    }

    /** A connection on a client that somebody else keeps. */
    static RedisLink of(RedisClient client, RedisURI uri, RedisOptions options, String scheme) {
        List<AutoCloseable> closing = new ArrayList<>();
        try {
            StatefulRedisConnection<byte[], byte[]> single = client.connect(ByteArrayCodec.INSTANCE, uri);
            return ofSingle(client, uri, single, options, closing, scheme);
        } catch (RuntimeException e) {
            closeAll(closing);
            throw RedisErrors.of(e, new StoreInfo(scheme, options.place(), ""));
        }
    }

    private static void shutdown(AbstractRedisClient client) throws Exception {
        client.shutdownAsync(0, 2, TimeUnit.SECONDS).get(3, TimeUnit.SECONDS);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // its threads do not keep a program alive
    private static void shutdown(ClientResources resources) {
        resources.shutdown(0, 2, TimeUnit.SECONDS);
    }

    private static <B extends ClientOptions.Builder> B clientOptions(B builder, RedisOptions options) {
        options.tls().ifPresent(tls -> builder.sslOptions(tls.options()));
        builder.autoReconnect(true)
                .replayFilter(command -> true)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .protocolVersion(ProtocolVersion.RESP2)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(options.connectTimeout())
                        .keepAlive(true)
                        .build());
        return builder;
    }

    private static ClusterClientOptions clusterOptions(RedisOptions options) {
        ClusterClientOptions.Builder builder = clientOptions(ClusterClientOptions.builder(), options);
        return builder.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .adaptiveRefreshTriggersTimeout(Duration.ofMillis(500))
                        .enablePeriodicRefresh(Duration.ofSeconds(10))
                        .build())
                .build();
    }

    /** A section of INFO as names and values. */
    private static Map<String, String> says(String info) {
        Map<String, String> says = new LinkedHashMap<>();
        info.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                says.put(line.substring(0, colon), line.substring(colon + 1));
            }
        });
        return says;
    }

    /** A server that throws keys away when its memory is full would lose objects, and leave their entries in indexes. */
    private void requireKeeping(Map<String, String> says) {
        String version = says.getOrDefault("redis_version", "");
        if (version.isEmpty() || Integer.parseInt(version.split("\\.")[0]) < OLDEST) {
            throw Problem.FEATURE_MISSING
                    .because("the server is Redis %s, and Keepsake needs %d or newer", version, OLDEST)
                    .store(info)
                    .fault();
        }
        String policy = says.getOrDefault("maxmemory_policy", "noeviction");
        if (!policy.equals("noeviction")) {
            throw Problem.FEATURE_MISSING
                    .because("the server's maxmemory-policy is %s: it would throw objects away when it is full", policy)
                    .store(info)
                    .hint("set maxmemory-policy noeviction in its configuration, or by CONFIG SET; a server that is a "
                            + "cache is not one to keep objects in")
                    .fault();
        }
    }

    StoreInfo info() {
        return info;
    }

    /** Whether keys lie on several servers, by their tags. */
    boolean isCluster() {
        return isCluster;
    }

    /** A new connection, to be closed by who asks for it. */
    StatefulConnection<byte[], byte[]> another() {
        try {
            return another.get();
        } catch (RedisException e) {
            throw RedisErrors.of(e, info);
        }
    }

    /** A connection for those who ask for one, so that what they begin on it holds up nobody else. */
    synchronized StatefulConnection<byte[], byte[]> ofOthers() {
        if (ofOthers == null) {
            ofOthers = another();
        }
        return ofOthers;
    }

    // ---- asking

    /** What may be done about an answer that was lost. */
    private enum Repeat {
        /** It can be asked again: it does nothing, or nothing the second time. */
        FREELY,
        /** It can be asked again, since it knows itself, and must not be taken for undone. */
        AS_ITSELF,
        /** It must not be asked again. */
        NEVER
    }

    /** The answer to what may be asked again where it was lost: reads, and what does nothing the second time. */
    <T extends @Nullable Object> T ask(Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<T>> question) {
        return ask(question, Repeat.FREELY);
    }

    /**
     * The answer to what must be done once.
     *
     * @throws dev.keepsake.fault.Unavailable {@code commit-outcome-unknown} where it was sent and its answer lost
     */
    <T extends @Nullable Object> T askOnce(
            Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<T>> question) {
        return ask(question, Repeat.NEVER);
    }

    private <T extends @Nullable Object> T ask(
            Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<T>> question, Repeat repeat) {
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean isLost = false;
        while (true) {
            if (closed) {
                throw Problem.CLOSED.because("the store is closed").store(info).fault();
            }
            if (Thread.currentThread().isInterrupted()) {
                throw RedisErrors.of(new InterruptedException(), info);
            }
            try {
                return await(question.apply(commands));
            } catch (ExecutionException | TimeoutException | RedisException | CancellationException e) {
                boolean unsent = RedisErrors.isUnsent(e, failsOver);
                boolean lost = !unsent && RedisErrors.isLost(e);
                isLost |= lost;
                boolean repeats = unsent || (lost && repeat != Repeat.NEVER);
                if (!repeats || System.nanoTime() > deadline || !Pause.millis(PAUSE_MILLIS)) {
                    throw isLost && repeat != Repeat.FREELY
                            ? RedisErrors.unknownOutcome(info, e)
                            : RedisErrors.of(e, info);
                }
            }
        }
    }

    private <T extends @Nullable Object> T await(RedisFuture<T> future) throws ExecutionException, TimeoutException {
        try {
            return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            future.cancel(true);
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExecutionException(e);
        }
    }

    /** What a script answers that does nothing the second time. */
    @Nullable
    Object call(RedisCall call) {
        return call(call, Repeat.FREELY);
    }

    /** What the script of a commit answers, which remembers what it has done. */
    List<?> commit(RedisCall call) {
        return (List<?>) Objects.requireNonNull(call(call, Repeat.AS_ITSELF));
    }

    private @Nullable Object call(RedisCall call, Repeat repeat) {
        try {
            return ask(call::byDigest, repeat);
        } catch (Fault fault) {
            if (RedisErrors.causes(fault).stream().noneMatch(RedisNoScriptException.class::isInstance)) {
                throw fault;
            }
            return ask(call::byText, repeat);
        }
    }

    /** Calls a script whose answer nobody waits for, and that need not be called where it cannot be. */
    @SuppressWarnings("FutureReturnValueIgnored")
    void send(RedisCall call) {
        try {
            call.byDigest(commands).exceptionally(failure -> {
                if (failure instanceof RedisNoScriptException && !closed) {
                    call.byText(commands);
                }
                return null;
            });
        } catch (RedisException e) {
            // it is done another time
        }
    }

    /** Calls a script that does nothing the second time, and gives its list when it is asked for; what fails is then asked again. */
    Supplier<List<?>> start(RedisCall call) {
        RedisFuture<List<?>> started;
        try {
            started = call.byDigest(commands);
        } catch (RedisException e) {
            return () -> list(call);
        }
        return () -> {
            try {
                return await(started);
            } catch (ExecutionException | TimeoutException | CancellationException e) {
                return list(call);
            }
        };
    }

    /** As {@link #call}, of a script that answers a list. */
    List<?> list(RedisCall call) {
        return (List<?>) Objects.requireNonNull(call(call));
    }

    /** When the server writes to its disk; what it does not tell is left out. */
    Map<String, String> durability() {
        Map<String, String> durability = new LinkedHashMap<>();
        String on = says(ask(redis -> redis.info("persistence"))).get("aof_enabled");
        durability.put("appendonly", "1".equals(on) ? "yes" : "no");
        for (String setting : List.of("appendfsync", "save")) {
            try {
                durability.putAll(ask(redis -> redis.configGet(setting)));
            } catch (Fault fault) {
                // many who offer Redis as a service deny CONFIG
            }
        }
        return durability;
    }

    /** An object's hash, unless its kind is not as it is known: both are asked at once, the kind last. */
    Map<byte[], byte[]> whole(String object, RedisKind kind) {
        byte[] key = RedisKeys.bytes(object);
        byte[] revisions = RedisKeys.bytes(kind.keys().revisions(kind.tag()));
        byte[] name = RedisKeys.bytes(kind.kind().name());
        RedisFuture<Map<byte[], byte[]>> hash = commands.hgetall(key);
        byte[] revision = ask(redis -> redis.hget(revisions, name));
        if (!kind.revision().equals(revision == null ? "" : RedisKeys.text(revision))) {
            throw new RedisOutdated();
        }
        try {
            return await(hash);
        } catch (ExecutionException | TimeoutException | CancellationException e) {
            return ask(redis -> redis.hgetall(key));
        }
    }

    // ---- the few plain commands

    Map<String, String> hash(String key) {
        Map<String, String> hash = new LinkedHashMap<>();
        ask(redis -> redis.hgetall(RedisKeys.bytes(key)))
                .forEach((name, value) -> hash.put(RedisKeys.text(name), RedisKeys.text(value)));
        return hash;
    }

    List<String> members(String key) {
        return ask(redis -> redis.smembers(RedisKeys.bytes(key))).stream()
                .map(RedisKeys::text)
                .sorted()
                .toList();
    }

    void addMember(String key, String member) {
        ask(redis -> redis.sadd(RedisKeys.bytes(key), RedisKeys.bytes(member)));
    }

    /** Passes on the keys that match, some at a time and some perhaps twice, of those servers that have keys of a tag, or of all. */
    void scan(@Nullable String tag, byte[] pattern, Consumer<List<byte[]>> found) {
        ScanArgs matching = ScanArgs.Builder.limit(SCANNED).match(pattern);
        for (Supplier<RedisClusterAsyncCommands<byte[], byte[]>> server : keepers(tag)) {
            ScanCursor at = ScanCursor.INITIAL;
            do {
                ScanCursor from = at;
                KeyScanCursor<byte[]> next = ask(any -> server.get().scan(from, matching));
                found.accept(next.getKeys());
                at = next;
            } while (!at.isFinished());
        }
    }

    private List<Supplier<RedisClusterAsyncCommands<byte[], byte[]>>> keepers(@Nullable String tag) {
        if (!(connection instanceof StatefulRedisClusterConnection<byte[], byte[]> cluster)) {
            return List.of(() -> commands);
        }
        int slot = tag == null ? -1 : SlotHash.getSlot(tag);
        return cluster.getPartitions().stream()
                .filter(node -> slot < 0 ? !node.getSlots().isEmpty() : node.hasSlot(slot))
                .filter(node -> node.is(RedisClusterNode.NodeFlag.UPSTREAM))
                .<Supplier<RedisClusterAsyncCommands<byte[], byte[]>>>map(
                        node -> () -> cluster.getConnection(node.getNodeId()).async())
                .toList();
    }

    /** Deletes keys of one tag. */
    void delete(List<String> keys) {
        if (!keys.isEmpty()) {
            ask(redis -> redis.unlink(keys.stream().map(RedisKeys::bytes).toArray(byte[][]::new)));
        }
    }

    Optional<String> field(String key, String field) {
        return Optional.ofNullable(
                        this.<byte @Nullable []>ask(redis -> redis.hget(RedisKeys.bytes(key), RedisKeys.bytes(field))))
                .map(RedisKeys::text);
    }

    void setField(String key, String field, String text) {
        ask(redis -> redis.hset(RedisKeys.bytes(key), RedisKeys.bytes(field), RedisKeys.bytes(text)));
    }

    void removeField(String key, String field) {
        ask(redis -> redis.hdel(RedisKeys.bytes(key), RedisKeys.bytes(field)));
    }

    /** The last of so many numbers, none of which was given before. */
    long increased(String key, long by) {
        return ask(redis -> redis.incrby(RedisKeys.bytes(key), by));
    }

    Instant now() {
        List<byte[]> time = ask(redis -> redis.time());
        long seconds = Long.parseLong(RedisKeys.text(time.get(0)));
        return Instant.ofEpochSecond(seconds, Long.parseLong(RedisKeys.text(time.get(1))) * 1000);
    }

    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            if (ofOthers != null) {
                ofOthers.close();
            }
        }
        closeAll(closing);
    }

    private static void closeAll(List<AutoCloseable> all) {
        for (AutoCloseable each : all) {
            try {
                each.close();
            } catch (Exception e) {
                // it was broken already
            }
        }
    }
}
