package dev.keepsake.redis;

import dev.keepsake.schema.Index;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.List;

/** One call of a script while its keys and arguments are put together, in the order in which the script takes them. */
final class RedisCall {
    private final RedisScript script;
    private final List<byte[]> keys = new ArrayList<>();
    private final List<byte[]> arguments = new ArrayList<>();

    RedisCall(RedisScript script) {
        this.script = script;
    }

    RedisCall key(String key) {
        keys.add(RedisKeys.bytes(key));
        return this;
    }

    RedisCall keys(String... more) {
        for (String key : more) {
            key(key);
        }
        return this;
    }

    RedisCall with(String argument) {
        arguments.add(RedisKeys.bytes(argument));
        return this;
    }

    RedisCall with(byte[] argument) {
        arguments.add(argument);
        return this;
    }

    RedisCall with(long number) {
        return with(Long.toString(number));
    }

    RedisCall with(boolean truth) {
        return with(truth ? "1" : "0");
    }

    /** A list, its length before it. */
    RedisCall with(List<byte[]> list) {
        with(list.size());
        arguments.addAll(list);
        return this;
    }

    /** Sends it to a server that has run the script before; another refuses it. */
    <T> RedisFuture<T> byDigest(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        return redis.evalsha(
                script.digest(), script.output(), keys.toArray(byte[][]::new), arguments.toArray(byte[][]::new));
    }

    /** Sends it together with the script. */
    <T> RedisFuture<T> byText(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        return redis.eval(
                script.text(), script.output(), keys.toArray(byte[][]::new), arguments.toArray(byte[][]::new));
    }

    /** A kind, as all scripts take it. */
    RedisCall kind(RedisKind kind) {
        RedisKeys names = kind.keys();
        with(kind.kind().name()).with(kind.revision()).with(names.objects(kind.kind()));
        with(kind.kind().expiry().isPresent());
        key(names.revisions(kind.tag()));
        key(names.entries(kind.kind())).key(names.ids(kind.kind()));
        key(names.expiry(kind.kind())).key(names.sequence(kind.kind()));
        with(kind.kind().indexes().size());
        for (Index index : kind.kind().indexes()) {
            key(names.index(kind.kind(), index.name()));
            with(index.unique());
            with(index.parts().stream()
                    .map(part -> RedisKeys.bytes(part.toString()))
                    .toList());
        }
        return this;
    }
}
