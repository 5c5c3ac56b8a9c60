package dev.keepsake.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codecs;
import dev.keepsake.contract.On;
import dev.keepsake.contract.RedisServer;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.Servers;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.keyvalue.KeyValue;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.StoreUrl;
import dev.keepsake.store.Stores;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** How one connects to a Redis, and what one is told where that fails: never a password. */
@On("redis")
class RedisConnectingTest {
    record Trainer(String id, int badges) {}

    private final RedisServer server = Servers.redis();
    private final String url = server.freshSpace();

    private String at(String login) {
        return "redis://" + login + server.host() + ":" + server.port() + "/" + url.substring(url.lastIndexOf('/') + 1);
    }

    @Test
    @Row("S1-80")
    void aUrlWithUserPasswordAndNumberConnects() {
        try (Keepsake keepsake = Keepsake.open(url, Trainer.class)) {
            keepsake.useTransaction(session -> session.add(new Trainer("ash", 8)));

            assertThat(keepsake.get(Trainer.class, "ash").badges()).isEqualTo(8);
            assertThat(keepsake.info().toString())
                    .isEqualTo("redis  127.0.0.1:" + server.port() + url.substring(url.lastIndexOf('/')));
            assertThat(keepsake.info().version()).startsWith(server.version().replaceAll("[^0-9.]", ""));
        }
    }

    @Test
    @Row("S1-80")
    void whatTheServerCanIsWhatItsPresetSays() {
        try (Guarded store = Stores.open(url)) {
            assertThat(store.features()).isEqualTo(Features.REDIS);
        }
    }

    @Test
    @Row("S1-80")
    void defaultsNeedNoOptions() {
        RedisOptions options = RedisOptions.of(StoreUrl.parse("redis://localhost"));

        assertThat(options.place()).isEqualTo("localhost/0");
        assertThat(options.address().port()).isEqualTo(6379);
        assertThat(options.tls()).isEmpty();
        assertThat(RedisOptions.of(StoreUrl.parse("rediss://localhost")).tls()).isPresent();
    }

    @Test
    @Row("S1-80")
    void aPasswordAloneIsThatOfTheDefaultUser() {
        String password =
                server.password().replace("%", "%25").replace("/", "%2F").replace("?", "%3F");
        try (KeyValue<byte[]> bytes =
                KeyValue.open(at(":" + password.replace("@", "%40").replace("#", "%23") + "@"))) {
            bytes.text().set("greeting", "hello");
            assertThat(bytes.text().get("greeting")).contains("hello");
        }
    }

    @Test
    void partsMakeAUrl() {
        StoreUrl parts = StoreUrl.of("redis")
                .host(server.host())
                .port(server.port())
                .database("0")
                .user(server.user())
                .password(server.password())
                .build();
        try (Guarded store = Stores.open(parts)) {
            assertThat(store.now()).isNotNull();
        }
    }

    @Test
    void twoPrefixesAreApart() {
        try (Keepsake one = Keepsake.open(url, Trainer.class);
                Keepsake other = Keepsake.open(url + "?prefix=other", Trainer.class)) {
            one.useTransaction(session -> session.add(new Trainer("ash", 8)));

            assertThat(other.find(Trainer.class, "ash")).isEmpty();
            other.useTransaction(session -> session.add(new Trainer("ash", 3)));
            assertThat(one.get(Trainer.class, "ash").badges()).isEqualTo(8);
        }
        assertThat(server.command(url, "EXISTS", "{other}:trainer:ash")).isEqualTo("1");
    }

    @Test
    void aClientOfSomebodyElseIsUsedAndLeftOpen() {
        RedisClient client = RedisClient.create();
        try {
            RedisURI uri = RedisURI.builder()
                    .withHost(server.host())
                    .withPort(server.port())
                    .withAuthentication(server.user(), server.password().toCharArray())
                    .withDatabase(Integer.parseInt(url.substring(url.lastIndexOf('/') + 1)))
                    .build();
            try (Keepsake keepsake = Keepsake.on(RedisStores.of(client, uri), Codecs.of(Trainer.class))) {
                keepsake.useTransaction(session -> session.add(new Trainer("ash", 8)));
                assertThat(keepsake.get(Trainer.class, "ash").badges()).isEqualTo(8);
            }
            assertThat(client.connect(uri).sync().ping()).isEqualTo("PONG");
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }

    // ---- refusals

    private Fault refused(Problem problem, ThrowingCallable what) {
        Fault fault = catchThrowableOfType(Fault.class, what);
        assertThat(fault).as(problem.id()).isNotNull();
        assertThat(fault.problem()).as(fault.getMessage()).isEqualTo(problem);
        StringWriter trace = new StringWriter();
        fault.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain(server.password()).doesNotContain("s3cret");
        return fault;
    }

    @Test
    void aWrongPasswordIsToldFromAMissingOne() {
        assertThat(refused(Problem.ACCESS_DENIED, () -> Stores.open(at("keepsake:s3cret@")))
                        .sentence())
                .contains("does not know");
        assertThat(refused(Problem.ACCESS_DENIED, () -> Stores.open(at(""))).sentence())
                .contains("none was given");
        assertThat(refused(Problem.ACCESS_DENIED, () -> Stores.open(at("nobody:s3cret@")))
                        .getMessage())
                .contains("127.0.0.1:" + server.port());
    }

    @Test
    void aHostThatIsNotThereAndAPortWhereNobodyListensAreToldApart() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertThat(refused(Problem.STORE_UNREACHABLE, () -> Stores.open("redis://127.0.0.1:" + free + "/0"))
                        .sentence())
                .contains("nobody listens");
        assertThat(refused(Problem.STORE_UNREACHABLE, () -> Stores.open("redis://no.such.host.invalid/0"))
                        .sentence())
                .contains("no such host");
    }

    @Test
    void aServerThatSaysNothingIsGivenUpInTime() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            long start = System.nanoTime();
            refused(
                    Problem.TIME_LIMIT,
                    () -> Stores.open(
                            "redis://127.0.0.1:" + silent.getLocalPort() + "/0?connectTimeout=500&timeout=500"));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void aDatabaseThatIsNotThereIsNamed() {
        String none = "redis://" + server.user() + ":" + url.split(":")[2].split("@")[0] + "@" + server.host() + ":"
                + server.port() + "/99999999";
        refused(Problem.DATABASE_MISSING, () -> Stores.open(none));
    }

    @Test
    void whatAUrlCannotHoldIsRefused() {
        for (String wrong : new String[] {
            "redis://localhost/people",
            "redis://localhost/0?prefix=a{b}",
            "redis://localhost/0?prefix=",
            "redis://localhost/0?verify=maybe",
            "redis://localhost/0?timeout=no",
            "redis://localhost/0?pasword=x",
            "redis:///0"
        }) {
            refused(Problem.MALFORMED_URL, () -> Stores.open(wrong));
        }
    }

    @Test
    @Row("S1-96")
    void aServerThatThrowsKeysAwayIsRefused() {
        try (RedisServer evicting = Servers.startRedis("--maxmemory-policy", "allkeys-lru")) {
            assertThat(refused(Problem.FEATURE_MISSING, () -> Stores.open(evicting.freshSpace()))
                            .getMessage())
                    .contains("allkeys-lru")
                    .contains("noeviction");
        }
    }

    @Test
    void aServerWithoutMemoryLeftTakesNoWritesAndLosesNothing() {
        try (RedisServer small = Servers.startRedis("--maxmemory", "6mb", "--appendonly", "no");
                Keepsake keepsake = Keepsake.open(small.freshSpace(), Trainer.class)) {
            keepsake.useTransaction(session -> session.add(new Trainer("ash", 8)));
            Fault full = refused(Problem.STORE_FULL, () -> {
                for (int i = 0; i < 1_000; i++) {
                    Trainer large = new Trainer("x".repeat(20_000) + i, i);
                    keepsake.useTransaction(session -> session.add(large));
                }
            });
            assertThat(full.getMessage()).contains("maxmemory");
            assertThat(keepsake.get(Trainer.class, "ash").badges()).isEqualTo(8);
            assertThat(keepsake.store().check().examples()).isEmpty();
        }
    }

    @Test
    void theUserThatTheHintAdvisesIsEnoughAndOneThatMayLessIsToldBeforeTheFirstCommit() {
        String[] advised = {
            "on",
            ">s3cret",
            "~{keepsake*",
            "+@read",
            "+@write",
            "+@scripting",
            "+@connection",
            "+select",
            "+info",
            "+time"
        };
        acl("advised", advised);
        try (Keepsake keepsake = Keepsake.open(at("advised:s3cret@"), Trainer.class)) {
            keepsake.useTransaction(session -> session.add(new Trainer("ash", 8)));
            assertThat(keepsake.query(Trainer.class).list()).hasSize(1);
            assertThat(keepsake.store().check().objects()).isEqualTo(1);
        }
        acl("advised", "reset");
        acl("advised", advised);
        acl("advised", "-pexpireat");
        try (Keepsake keepsake = Keepsake.open(at("advised:s3cret@"), Trainer.class)) {
            refused(
                    Problem.ACCESS_DENIED,
                    () -> keepsake.useTransaction(session -> session.add(new Trainer("misty", 8))));
            assertThat(keepsake.query(Trainer.class).list()).hasSize(1);
        } finally {
            server.command(url, "ACL", "DELUSER", "advised");
        }
    }

    private void acl(String user, String... rules) {
        List<String> words = new ArrayList<>(List.of("ACL", "SETUSER", user));
        words.addAll(List.of(rules));
        server.command(url, words.toArray(String[]::new));
    }

    @Test
    void aUserWhoMayNotIsToldWhatItMayNot() {
        server.command(
                url, "ACL", "SETUSER", "reader", "on", ">s3cret", "~*", "+@read", "+@connection", "+select", "+info");
        try (Keepsake keepsake = Keepsake.open(at("reader:s3cret@"), Trainer.class)) {
            assertThat(refused(
                                    Problem.ACCESS_DENIED,
                                    () -> keepsake.useTransaction(session -> session.add(new Trainer("ash", 8))))
                            .sentence())
                    .contains("may not");
        } finally {
            server.command(url, "ACL", "DELUSER", "reader");
        }
    }

    @Test
    @Row("S1-96")
    void whatMayBeLostIsSaid() {
        try (Guarded store = Stores.open(url)) {
            assertThat(store.settings()).containsEntry("appendonly", "no").containsKey("warning");
        }
        try (RedisServer durable = Servers.startRedis();
                Guarded store = Stores.open(durable.freshSpace())) {
            assertThat(store.settings())
                    .containsEntry("appendonly", "yes")
                    .containsEntry("appendfsync", "always")
                    .doesNotContainKey("warning");
        }
    }
}
