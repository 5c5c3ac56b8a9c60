package dev.keepsake.redis;

import java.time.Instant;

/**
 * The snapshots of a Redis server, which {@code store.unwrap(RedisSnapshots.class)} gives: files with all that it holds, from which it
 * starts again (Redis manual, "Redis persistence"). A server with {@code appendonly yes} starts from that log instead. Of a cluster
 * each server has its own; these are those of one of them. Thread-safe.
 */
public final class RedisSnapshots {
    private final RedisLink link;

    RedisSnapshots(RedisLink link) {
        this.link = link;
    }

    /**
     * Writes one now, while which the server answers nobody.
     *
     * @throws dev.keepsake.fault.Unavailable {@code store-full} where the disk is
     */
    public void save() {
        link.ask(redis -> redis.save());
    }

    /**
     * Writes one beside everything else.
     *
     * @return what the server says: that it has started
     */
    public String saveInBackground() {
        return link.ask(redis -> redis.bgsave());
    }

    /** When the last one was done. */
    public Instant lastSave() {
        return link.ask(redis -> redis.lastsave()).toInstant();
    }
}
