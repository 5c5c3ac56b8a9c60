package dev.keepsake.redis;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.keyvalue.NativeKeyValue;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Key-value access by Redis' own commands, on its own keys. Keys that begin as those of objects do are refused: whoever wrote them would
 * change objects behind the back of their indexes. Thread-safe.
 */
final class RedisKeyValue implements NativeKeyValue {
    private final RedisLink link;
    private final RedisKeys keys;

    RedisKeyValue(RedisLink link, RedisKeys keys) {
        this.link = link;
        this.keys = keys;
    }

    /** A command on a key. */
    private interface Command<T extends @Nullable Object> {
        RedisFuture<T> on(RedisClusterAsyncCommands<byte[], byte[]> redis, byte[] key);
    }

    private <T extends @Nullable Object> T read(String key, Command<T> command) {
        byte[] checked = checked(key);
        return told(key, () -> link.ask(redis -> command.on(redis, checked)));
    }

    private <T extends @Nullable Object> T write(String key, Command<T> command) {
        byte[] checked = checked(key);
        return told(key, () -> link.askOnce(redis -> command.on(redis, checked)));
    }

    private byte[] checked(String key) {
        if (keys.isOurs(key)) {
            throw Problem.REQUEST_INVALID
                    .because("keys that begin with {%s are those of objects", keys.prefix())
                    .fact("key", Report.quote(key))
                    .hint("choose another key, or open the store with another prefix")
                    .fault();
        }
        return RedisKeys.bytes(key);
    }

    private static <T extends @Nullable Object> T told(String key, Supplier<T> work) {
        try {
            return work.get();
        } catch (Fault fault) {
            throw refused(key, fault);
        }
    }

    /** What Redis says of the value of a key, in the words of all stores. */
    private static Fault refused(String key, Fault fault) {
        for (Throwable at : RedisErrors.causes(fault)) {
            String message = at instanceof RedisCommandExecutionException ? String.valueOf(at.getMessage()) : "";
            if (message.startsWith("WRONGTYPE")) {
                return NativeKeyValue.wrongType(key, "another sort of value", "what is asked of it")
                        .cause(fault)
                        .fault();
            }
            if (message.contains("not an integer")) {
                return NativeKeyValue.noNumber(key).cause(fault).fault();
            }
            if (message.contains("would overflow")) {
                return NativeKeyValue.overflow(key).cause(fault).fault();
            }
        }
        return fault;
    }

    @Override
    public Optional<byte[]> get(String key) {
        return Optional.ofNullable(this.<byte @Nullable []>read(key, (redis, at) -> redis.get(at)));
    }

    @Override
    public void set(String key, byte[] value, @Nullable Duration life) {
        write(key, (redis, at) -> redis.set(at, value, living(new SetArgs(), life)));
    }

    @Override
    public boolean setIfAbsent(String key, byte[] value, @Nullable Duration life) {
        return write(key, (redis, at) -> redis.set(at, value, living(new SetArgs().nx(), life))) != null;
    }

    private static SetArgs living(SetArgs arguments, @Nullable Duration life) {
        return life == null ? arguments : arguments.px(life);
    }

    @Override
    public boolean delete(String key) {
        return write(key, (redis, at) -> redis.del(at)) > 0;
    }

    @Override
    public boolean exists(String key) {
        return read(key, (redis, at) -> redis.exists(at)) > 0;
    }

    @Override
    public long add(String key, long by) {
        return write(key, (redis, at) -> redis.incrby(at, by));
    }

    @Override
    public long push(String key, List<byte[]> elements, boolean left) {
        byte[][] all = elements.toArray(byte[][]::new);
        return write(key, (redis, at) -> left ? redis.lpush(at, all) : redis.rpush(at, all));
    }

    @Override
    public Optional<byte[]> pop(String key, boolean left) {
        return Optional.ofNullable(
                this.<byte @Nullable []>write(key, (redis, at) -> left ? redis.lpop(at) : redis.rpop(at)));
    }

    @Override
    public List<byte[]> range(String key, long from, long to) {
        return read(key, (redis, at) -> redis.lrange(at, from, to));
    }

    @Override
    public long length(String key) {
        return read(key, (redis, at) -> redis.llen(at));
    }

    @Override
    public boolean expire(String key, @Nullable Duration life) {
        if (life != null) {
            return write(key, (redis, at) -> redis.pexpire(at, life));
        }
        return write(key, (redis, at) -> redis.persist(at)) || exists(key);
    }

    @Override
    public long ttl(String key) {
        return read(key, (redis, at) -> redis.pttl(at));
    }

    @Override
    public List<String> keys(String prefix) {
        Set<String> found = new HashSet<>();
        link.scan(
                null,
                RedisKeys.startingWith(prefix),
                some -> some.stream()
                        .map(RedisKeys::text)
                        .filter(key -> !keys.isOurs(key))
                        .forEach(found::add));
        return List.copyOf(found);
    }
}
