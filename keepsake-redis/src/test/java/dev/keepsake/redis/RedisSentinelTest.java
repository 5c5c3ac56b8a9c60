package dev.keepsake.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.Keepsake;
import dev.keepsake.contract.Await;
import dev.keepsake.contract.On;
import dev.keepsake.contract.RedisServer;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.Servers;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import org.junit.jupiter.api.Test;

/** A primary that dies, and the replica that a sentinel puts in its place. */
@On("redis")
class RedisSentinelTest {
    record Trainer(String id, int badges) {}

    @Test
    @Row("S1-80")
    void aStoreGoesOnWithTheReplicaThatASentinelPutsInThePlaceOfThePrimary() {
        try (RedisServer primary = Servers.startRedis();
                RedisServer replica = Servers.startReplica(primary);
                RedisServer sentinel = Servers.startSentinel(primary, "mymaster")) {
            String login = primary.freshSpace().replaceAll("redis://(.*@).*", "$1");
            String url =
                    "redis://" + login + sentinel.host() + ":" + sentinel.port() + "/0?sentinel=mymaster&timeout=20000";
            try (Keepsake keepsake = Keepsake.open(url, Trainer.class)) {
                assertThat(keepsake.info().toString()).isEqualTo("redis  127.0.0.1:" + sentinel.port() + "/0");
                keepsake.useTransaction(session -> session.add(new Trainer("ash", 8)));
                String at = "redis://" + login + replica.host() + ":" + replica.port() + "/0";
                Await.until(() -> replica.command(at, "EXISTS", "{keepsake}:trainer:ash")
                                .equals("1")
                        && sentinel.command("redis://127.0.0.1:" + sentinel.port(), "SENTINEL", "REPLICAS", "mymaster")
                                .contains(String.valueOf(replica.port())));

                primary.kill();
                Await.until(() -> isWritten(keepsake));

                assertThat(keepsake.get(Trainer.class, "ash").badges()).isEqualTo(8);
                assertThat(replica.command(at, "EXISTS", "{keepsake}:trainer:misty"))
                        .isEqualTo("1");
                assertThat(keepsake.store().check().examples()).isEmpty();
            }
        }
    }

    @Test
    @Row("S1-80")
    void aSentinelMayAskForTheSamePasswordAsTheServer() {
        try (RedisServer primary = Servers.startRedis();
                RedisServer sentinel = Servers.startSentinel(
                        primary,
                        "mymaster",
                        "requirepass " + primary.password(),
                        "user " + primary.user() + " on >" + primary.password() + " +@all ~* &*")) {
            String login = primary.freshSpace().replaceAll("redis://(.*@).*", "$1");
            String url = "redis://" + login + sentinel.host() + ":" + sentinel.port() + "/0?sentinel=mymaster";
            try (Keepsake keepsake = Keepsake.open(url + "&sentinelLogin=same", Trainer.class)) {
                keepsake.useTransaction(session -> session.add(new Trainer("ash", 8)));
                assertThat(keepsake.get(Trainer.class, "ash").badges()).isEqualTo(8);
            }
            Fault fault = catchThrowableOfType(Fault.class, () -> Keepsake.open(url, Trainer.class));
            assertThat(fault.problem()).isIn(Problem.ACCESS_DENIED, Problem.STORE_UNREACHABLE);
            assertThat(fault.getMessage()).doesNotContain(primary.password());
        }
    }

    private static boolean isWritten(Keepsake keepsake) {
        try {
            keepsake.useTransaction(session -> session.put(new Trainer("misty", 2)));
            return true;
        } catch (Fault fault) {
            return false; // nobody has taken the primary's place yet
        }
    }
}
