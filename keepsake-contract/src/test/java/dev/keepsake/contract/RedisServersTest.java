package dev.keepsake.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class RedisServersTest {
    @Test
    void aSharedServerAnswersAndSaysWhatItIs() {
        RedisServer server = Servers.redis();
        String url = server.freshSpace();
        assertThat(server.command(url, "PING")).isEqualTo("PONG");
        assertThat(server.version()).matches("Redis \\d+\\.\\d+\\.\\d+");
        assertThat(server.scheme()).isEqualTo("redis");
        assertThat(Servers.redis()).isSameAs(server);
        server.drop(url);
    }

    @Test
    void twoFreshSpacesDoNotSeeEachOther() {
        RedisServer server = Servers.redis();
        String one = server.freshSpace();
        String other = server.freshSpace();
        server.command(one, "SET", "thing", "1");
        server.command(other, "SET", "another", "2");
        assertThat(server.command(one, "KEYS", "*")).isEqualTo("thing");
        assertThat(server.command(other, "KEYS", "*")).isEqualTo("another");
        server.drop(one);
        assertThat(server.command(one, "DBSIZE")).isEqualTo("0");
        assertThat(server.command(other, "GET", "another")).isEqualTo("2");
        server.drop(other);
    }

    @Test
    void aReplyIsGivenAsText() {
        RedisServer server = Servers.redis();
        String url = server.freshSpace();
        String text = "ä \r\n \u0000 € 😀";
        assertThat(server.command(url, "SET", text, text)).isEqualTo("OK");
        assertThat(server.command(url, "GET", text)).isEqualTo(text);
        assertThat(server.command(url, "GET", "absent")).isEqualTo(RedisServer.NIL);
        assertThat(server.command(url, "SET", "empty", "")).isEqualTo("OK");
        assertThat(server.command(url, "GET", "empty")).isEmpty();
        assertThat(server.command(url, "RPUSH", "list", "a", "b")).isEqualTo("2");
        assertThat(server.command(url, "LRANGE", "list", "0", "-1")).isEqualTo("a\nb");
        assertThat(server.command(url, "LRANGE", "none", "0", "-1")).isEmpty();
        assertThat(server.command(url, "EVAL", "return {1, {'x', 'y'}}", "0")).isEqualTo("1\nx\ny");
        assertThatThrownBy(() -> server.command(url, "INCR", "list"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("WRONGTYPE");
        server.drop(url);
    }

    @Test
    void aUrlEscapesThePasswordWhichIsNeeded() {
        RedisServer server = Servers.redis();
        String url = server.freshSpace();
        String login = "keepsake:p%40ss%3Aw%2Frd%3F%23";
        assertThat(URI.create(url).getRawUserInfo()).isEqualTo(login);
        assertThatThrownBy(() -> server.command(url.replace(login + "@", ""), "PING"))
                .hasMessageStartingWith("NOAUTH");
        assertThatThrownBy(() -> server.command(url.replace(login, "keepsake:wrong"), "PING"))
                .hasMessageStartingWith("WRONGPASS");
        assertThatThrownBy(() -> server.command(url.replace("keepsake:", "nobody:"), "PING"))
                .hasMessageStartingWith("WRONGPASS");
        assertThat(server.command(url.replace("keepsake:", ":"), "PING")).isEqualTo("PONG");
        server.drop(url);
    }

    @Test
    void aKilledServerHasWhatWasWrittenWhenItIsStartedAgain() {
        try (RedisServer server = Servers.startRedis()) {
            String url = server.freshSpace();
            int port = server.port();
            server.command(url, "SET", "thing", "1");
            server.kill();
            assertThatThrownBy(() -> server.command(url, "PING")).isInstanceOf(IllegalStateException.class);
            server.restart();
            assertThat(server.port()).isEqualTo(port);
            assertThat(server.command(url, "GET", "thing")).isEqualTo("1");
            server.drop(url);
        }
    }

    @Test
    void argumentsOfTheCallerOutdoTheOthers() {
        try (RedisServer server = Servers.startRedis(
                "--appendfsync", "everysec", "--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru")) {
            String url = server.freshSpace();
            assertThat(server.command(url, "CONFIG", "GET", "appendfsync")).endsWith("\neverysec");
            assertThat(server.command(url, "CONFIG", "GET", "maxmemory-policy")).endsWith("\nallkeys-lru");
            assertThat(server.command(url, "CONFIG", "GET", "appendonly")).endsWith("\nyes");
        }
        String shared = Servers.redis().freshSpace();
        assertThat(Servers.redis().command(shared, "CONFIG", "GET", "maxmemory-policy"))
                .endsWith("\nnoeviction");
        Servers.redis().drop(shared);
    }

    @Test
    void anExpiredKeyIsFoundSoonInEachOfManyDatabases() {
        RedisServer server = Servers.redis();
        String url = server.freshSpace();
        server.command(url, "SET", "thing", "1", "PX", "1");
        await(() -> server.command(url, "DBSIZE").equals("0"));
        server.drop(url);
    }

    @Test
    void aSharedServerIsNotKilledByOneTest() {
        RedisServer server = Servers.redis();
        assertThatThrownBy(server::kill).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(server::restart).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(server::close).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void onANamedServerOnlyEmptyDatabasesFromItsNumberOnAreTaken() {
        try (RedisServer server = Servers.startRedis("--databases", "5")) {
            String start = server.address(0).serverUrl();
            server.command(start + "/2", "SET", "theirs", "1");
            RedisServer named = RedisServer.named(start + "/1");
            String one = named.freshSpace();
            String three = named.freshSpace();
            String four = named.freshSpace();
            assertThat(List.of(one, three, four)).containsExactly(start + "/1", start + "/3", start + "/4");
            assertThatThrownBy(named::freshSpace).hasMessageContaining("none of its 5 databases is left");

            named.drop(three);
            named.drop(one);
            named.drop(start + "/2");
            named.command(three, "SET", "late", "1");
            assertThat(named.freshSpace()).isEqualTo(three);
            assertThat(named.command(three, "DBSIZE")).isEqualTo("0");
            assertThat(named.command(start + "/2", "GET", "theirs")).isEqualTo("1");
            named.drop(three);
            named.drop(four);
        }
    }

    @Test
    void anAddressIsWhatItsUrlSays() {
        assertThat(RedisAddress.parse("redis://some")).isEqualTo(new RedisAddress("some", 6379, null, null, 0));
        assertThat(RedisAddress.parse("redis://a:b%40@some:1/2")).isEqualTo(new RedisAddress("some", 1, "a", "b@", 2));
        assertThat(RedisAddress.parse("redis://:b@some/")).isEqualTo(new RedisAddress("some", 6379, "default", "b", 0));
        assertThat(RedisAddress.parse("redis://a:b%40@some:1/2").url()).isEqualTo("redis://a:b%40@some:1/2");
        for (String wrong : List.of("redis://a@some/1", "redis://some/x", "http://some/1", "redis:some")) {
            assertThatThrownBy(() -> RedisAddress.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aClusterComesUpAndAReplicaTakesThePlaceOfAKilledMaster() {
        try (RedisCluster cluster = Servers.startRedisCluster()) {
            assertThat(cluster.ports()).doesNotHaveDuplicates().hasSize(6);
            for (int port : cluster.ports()) {
                assertThat(cluster.command(port, "CLUSTER", "INFO"))
                        .contains(
                                "cluster_state:ok",
                                "cluster_slots_ok:16384",
                                "cluster_known_nodes:6",
                                "cluster_size:3");
            }
            assertThat(Servers.redis().command(cluster.url(), "CLUSTER", "KEYSLOT", "bar"))
                    .isEqualTo("5061");
            int first = cluster.ports().get(0);
            int last = cluster.ports().get(2);
            assertThat(cluster.command(first, "SET", "bar", "1")).isEqualTo("OK");
            assertThatThrownBy(() -> cluster.command(last, "GET", "bar")).hasMessage("MOVED 5061 127.0.0.1:" + first);
            int replica = cluster.ports().get(3);
            await(() -> cluster.command(replica, "DBSIZE").equals("1"));

            cluster.killMaster(0);
            cluster.await();
            assertThat(cluster.url()).endsWith(":" + cluster.ports().get(1));
            assertThat(cluster.command(replica, "GET", "bar")).isEqualTo("1");
            assertThatThrownBy(() -> cluster.command(last, "GET", "bar")).hasMessage("MOVED 5061 127.0.0.1:" + replica);

            cluster.restartMaster(0);
            cluster.await();
            assertThatThrownBy(() -> cluster.command(first, "GET", "bar"))
                    .hasMessage("MOVED 5061 127.0.0.1:" + replica);
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            ServerProcess.pause();
        }
    }
}
