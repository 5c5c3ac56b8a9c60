package dev.keepsake.benchmarks;

import dev.keepsake.contract.RedisServer;
import dev.keepsake.contract.Servers;

/**
 * A Redis that this process started, as a server has it that does not wait for its disk; or one that the environment names, as for
 * tests.
 */
record RedisPlaces(RedisServer server, boolean isOwn) implements Databases<RedisPlace> {
    static RedisPlaces open() {
        return System.getenv("KEEPSAKE_REDIS_URL") != null
                ? new RedisPlaces(Servers.redis(), false)
                : new RedisPlaces(Servers.startRedis("--databases", "16", "--hz", "10", "--appendonly", "no"), true);
    }

    @Override
    public RedisPlace create(String peer) {
        return new RedisPlace(server.freshSpace());
    }

    @Override
    public String version() {
        return server.version();
    }

    @Override
    public void close() {
        if (isOwn) {
            server.close();
        }
    }
}
