package dev.keepsake.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.Shard;
import dev.keepsake.contract.Await;
import dev.keepsake.contract.On;
import dev.keepsake.contract.RedisCluster;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.StoreContract;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
        cluster.ports().stream()
                .filter(port -> cluster.command(port, "INFO", "replication").contains("role:master"))
                .forEach(port -> cluster.command(port, "FLUSHALL"));
        return Stores.open(cluster.url());
    }

    record Trainer(String id, int badges) {}

    @Shard("archive")
    record Retired(String id, int badges) {}

    @Test
    void aCommitCoversOneShard() {
        Keepsake keepsake = Keepsake.on(store, Codecs.of(Trainer.class, Retired.class));
        keepsake.createAll();

        Fault spans = refused(
                Problem.COMMIT_SPANS_SHARDS,
                () -> keepsake.useTransaction(
                        session -> session.addAll(List.of(new Trainer("ash", 8), new Retired("oak", 0)))));
        assertThat(spans.getMessage()).contains("trainer").contains("retired").contains("@Shard");
        assertThat(keepsake.find(Trainer.class, "ash")).isEmpty();

        keepsake.useTransaction(session -> session.add(new Trainer("ash", 8)));
        keepsake.useTransaction(session -> session.add(new Retired("oak", 0)));
        assertThat(keepsake.get(Trainer.class, "ash").badges()).isEqualTo(8);
        assertThat(keepsake.query(Retired.class).list()).hasSize(1);
        assertThat(store.inspect().kind("retired").shard()).contains("archive");
    }

    @Test
    void aStoreGoesOnWhenTheReplicaOfAKilledMasterTakesItsPlace() {
        Keepsake keepsake = Keepsake.on(Stores.open(cluster.url() + "?timeout=20000"), Codecs.of(Trainer.class));
        try (keepsake) {
            keepsake.useTransaction(session -> session.add(new Trainer("ash", 8)));
            int master = 0;
            while (cluster.command(cluster.ports().get(master), "DBSIZE").equals("0")) {
                master++;
            }
            int kept = master;
            Await.until(() -> cluster.command(cluster.ports().get(kept + 3), "DBSIZE")
                    .equals(cluster.command(cluster.ports().get(kept), "DBSIZE")));

            cluster.killMaster(kept);
            cluster.await();

            keepsake.useTransaction(session -> session.put(new Trainer("misty", 2)));
            assertThat(keepsake.get(Trainer.class, "ash").badges()).isEqualTo(8);
            assertThat(keepsake.store().check().examples()).isEmpty();
            cluster.restartMaster(kept);
            cluster.await();
        }
    }
}
