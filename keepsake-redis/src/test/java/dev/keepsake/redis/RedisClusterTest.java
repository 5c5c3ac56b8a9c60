package dev.keepsake.redis;

import dev.keepsake.contract.On;
import dev.keepsake.contract.RedisCluster;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.StoreContract;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** All that a store promises, on six servers of which three keep a part each. */
@On("redis cluster")
final class RedisClusterTest extends StoreContract {
    private static RedisCluster cluster = unstarted();

    @SuppressWarnings("NullAway") // started before all tests
    private static RedisCluster unstarted() {
        return null;
    }

    @BeforeAll
    static void start() {
        cluster = Servers.startRedisCluster();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    protected Guarded open() {
        cluster.ports().subList(0, 3).forEach(port -> cluster.command(port, "FLUSHALL"));
        return Stores.open(cluster.url());
    }
}
