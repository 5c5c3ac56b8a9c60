package dev.keepsake.redis;

import dev.keepsake.fault.Problem;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;

/**
 * The snapshots of a Redis server, which {@code store.unwrap(RedisSnapshots.class)} gives: files with all that it holds, from which it
 * starts again (Redis manual, "Redis persistence"). A server with {@code appendonly yes} starts from that log instead. The servers of a
 * cluster have snapshots of their own, which are asked of each by its own commands. Thread-safe.
 */
public final class RedisSnapshots {
    private static final Duration LONGEST = Duration.ofHours(1);

    private final RedisLink link;

    RedisSnapshots(RedisLink link) {
        this.link = link;
    }

    /**
     * Writes one now, during which the server answers nobody else, and waits until it is written, however long that takes.
     *
     * @throws dev.keepsake.fault.Unavailable {@code store-full} where the disk is
     */
    public void save() {
        asked(redis -> redis.save());
    }

    /**
     * Begins to write one beside everything else.
     *
     * @return what the server says: that it has started
     */
    public String saveInBackground() {
        return asked(redis -> redis.bgsave());
    }

    /** When the last one was done. */
    public Instant lastSave() {
        return asked(redis -> redis.lastsave()).toInstant();
    }

    private <T> T asked(Function<RedisCommands<byte[], byte[]>, T> question) {
        try (StatefulConnection<byte[], byte[]> connection = link.another()) {
            if (!(connection instanceof StatefulRedisConnection<byte[], byte[]> single)) {
                throw Problem.FEATURE_MISSING
                        .because("each server of a cluster has snapshots of its own")
                        .store(link.info())
                        .hint("ask each by its own commands")
                        .fault();
            }
            single.setTimeout(LONGEST);
            return question.apply(single.sync());
        } catch (RedisException e) {
            throw RedisErrors.of(e, link.info());
        }
    }
}
