package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.Keepsake;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.TestServer;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.session.Session;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.ServerAddress;
import dev.keepsake.store.ServerParts;
import dev.keepsake.store.StoreUrl;
import dev.keepsake.store.Stores;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How one connects to a database server, and what one is told where that fails: never a password. */
abstract class ConnectingContract {
    record Trainer(String id, int badges) {}

    @TempDir
    Path folder;

    private final TestServer server = server();
    private final String url = server.newDatabase();
    private final ServerAddress address = StoreUrl.parse(url).server(1);

    abstract TestServer server();

    /** An option of the driver that insists on TLS. */
    abstract String encrypted();

    @AfterEach
    void drop() {
        server.drop(url);
    }

    private ServerParts parts() {
        return StoreUrl.of(server.scheme())
                .host(address.host())
                .port(address.port())
                .database(address.database())
                .user(address.user())
                .password(Objects.requireNonNull(address.password()));
    }

    private static long one(Sql sql) {
        return (Long) Objects.requireNonNull(
                sql.execute("select 1").one().orElseThrow().value(0));
    }

    private void connects(StoreUrl url) {
        try (Sql sql = Sql.open(url)) {
            assertThat(one(sql)).isEqualTo(1);
            assertThat(sql.toString())
                    .startsWith(
                            server.scheme() + "  " + address.host() + ":" + address.port() + "/" + address.database());
            assertSecret(sql.toString());
        }
        try (Guarded store = Stores.open(url)) {
            assertThat(store.inspect().kinds()).isEmpty();
            assertSecret(store.info().toString());
        }
    }

    private void assertSecret(String text) {
        String password = Objects.requireNonNull(address.password());
        assertThat(text)
                .doesNotContain(password)
                .doesNotContain(URLEncoder.encode(password, StandardCharsets.UTF_8))
                .doesNotContain("s3cr");
    }

    /** Asserts that direct SQL and a store are refused alike, and that nothing that is thrown tells a password. */
    private Fault refused(Problem problem, StoreUrl url) {
        Fault fault = refused(problem, () -> Sql.open(url).close());
        Fault again = refused(problem, () -> Stores.open(url).close());
        assertThat(again.sentence()).isEqualTo(fault.sentence());
        assertThat(again.facts()).isEqualTo(fault.facts());
        return fault;
    }

    private Fault refused(Problem problem, ThrowingCallable call) {
        Fault fault = catchThrowableOfType(Fault.class, call);
        assertThat(fault).isNotNull();
        StringWriter all = new StringWriter();
        fault.printStackTrace(new PrintWriter(all));
        assertSecret(all.toString());
        assertThat(fault.problem()).as(fault.getMessage()).isEqualTo(problem);
        return fault;
    }

    // ---- ways to connect

    @Test
    @Row({"S1-23", "S2-25"})
    void byUrl() {
        connects(StoreUrl.parse(url));
        assertThat(url).as("what is escaped in it").contains("%");
    }

    @Test
    @Row({"S1-23", "S2-02"})
    void byParts() {
        connects(parts().build());
    }

    @Test
    @Row("S1-23")
    void byProperties() throws IOException {
        Path file = folder.resolve("keepsake.properties");
        Files.writeString(file, """
                db.scheme = %s
                db.host = %s
                db.port = %d
                db.database = %s
                db.user = %s
                db.password = %s
                db.option.connectTimeout = 4000
                """.formatted(
                        server.scheme(),
                        address.host(),
                        address.port(),
                        address.database(),
                        address.user(),
                        address.password()));
        connects(StoreUrl.fromProperties(file, "db."));
    }

    @Test
    @Row({"S1-23", "S2-01"})
    void byFiveVariables() {
        Map<String, String> variables = new HashMap<>(Map.of(
                "DB_HOST", address.host(),
                "DB_PORT", String.valueOf(address.port()),
                "DB_NAME", address.database(),
                "DB_USER", address.user(),
                "DB_PASSWORD", Objects.requireNonNull(address.password())));
        connects(StoreUrl.fromEnvironment(server.scheme(), "DB_", variables));

        variables.remove("DB_USER");
        Fault fault =
                refused(Problem.SETTINGS_INVALID, () -> StoreUrl.fromEnvironment(server.scheme(), "DB_", variables));
        assertThat(fault.sentence()).isEqualTo("DB_USER is missing");
    }

    // ---- what cannot be connected to

    @Test
    @Row("S2-02")
    void aWrongPasswordAndAnUnknownUserAreRefusedAlikeAsTheServerWants() {
        Fault password =
                refused(Problem.ACCESS_DENIED, parts().password("s3cr/s3cr").build());
        assertThat(password.sentence()).isEqualTo("the server refuses the user, or the password");
        assertThat(password.facts().get("store")).hasToString(server.scheme() + "  " + address);

        Fault user = refused(Problem.ACCESS_DENIED, parts().user("nobody").build());
        assertThat(user.sentence()).isEqualTo(password.sentence());
        refused(Problem.ACCESS_DENIED, parts().password("").build());
    }

    @Test
    @Row("S2-02")
    void anUnknownDatabaseIsNamed() {
        Fault fault =
                refused(Problem.DATABASE_MISSING, parts().database("nowhere").build());
        assertThat(fault.sentence()).isEqualTo("there is no database nowhere on the server");
        assertThat(fault.hint()).contains("create it, or check the name behind the host");
    }

    @Test
    @Row("S2-02")
    void anUnknownHostIsTold() {
        // a name that is too long for any, so that nobody is asked for it
        Fault fault = refused(
                Problem.STORE_UNREACHABLE,
                parts().host("a".repeat(64) + ".invalid").build());
        assertThat(fault.sentence()).isEqualTo("there is no host of that name");
    }

    @Test
    @Row("S2-02")
    void aPortThatNobodyListensAtIsTold() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Fault fault = refused(Problem.STORE_UNREACHABLE, parts().port(port).build());
        assertThat(fault.sentence()).isEqualTo("nobody listens at that host and port");
    }

    @Test
    @Row("S2-02")
    void whoNeverAnswersIsGivenUpInTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            StoreUrl url = parts().port(silent.getLocalPort())
                    .option("connectTimeout", "300")
                    .build();
            long start = System.nanoTime();
            Fault fault = refused(Problem.STORE_UNREACHABLE, () -> Sql.open(url));
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(250), Duration.ofSeconds(4));
            assertThat(fault.sentence()).isEqualTo("the server did not answer in time");
            assertThat(fault.hint().orElseThrow()).contains("connectTimeout");
        }
    }

    @Test
    @Row("S2-02")
    void whoTalksOtherwiseIsNoServer() throws IOException {
        try (ServerSocket web = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread answering = Thread.startVirtualThread(() -> {
                try (var client = web.accept()) {
                    client.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // the test is over
                }
            });
            Fault fault = refused(
                    Problem.STORE_UNREACHABLE,
                    () -> Sql.open(parts().port(web.getLocalPort()).build()));
            assertThat(fault.sentence()).startsWith("no connection could be made: ");
            assertThat(fault.hint().orElseThrow())
                    .startsWith("check that a server of that kind is at that host and port");
            answering.interrupt();
        }
    }

    // ---- options

    @Test
    void encryptionThatTheServerHasNotIsTold() {
        Fault fault = refused(Problem.STORE_UNREACHABLE, StoreUrl.parse(url + "?" + encrypted()));
        assertThat(fault.sentence()).startsWith("no encrypted connection could be made: ");
    }

    @Test
    void unknownOptionsAreRefusedWithTheNearName() {
        assertThat(refused(Problem.MALFORMED_URL, StoreUrl.parse(url + "?maxConections=3"))
                        .hint())
                .contains("did you mean maxConnections or minConnections?");
        String misspelt = encrypted().replaceFirst("(.*)=.*", "$1s=s3cr");
        assertThat(refused(Problem.MALFORMED_URL, StoreUrl.parse(url + "?" + misspelt))
                        .hint())
                .contains("did you mean " + encrypted().replaceFirst("=.*", "") + "?");
    }

    @Test
    void valuesThatTheDriverDoesNotKnowAreTold() {
        String value = encrypted().replaceFirst("=.*", "=maybe");
        Fault fault = refused(Problem.MALFORMED_URL, StoreUrl.parse(url + "?" + value));
        assertThat(fault.sentence())
                .startsWith("the driver does not take an option of the URL: ")
                .contains("maybe");
    }

    @Test
    @Row("S2-51")
    void sizesOfThePoolFitEachOther() {
        assertThat(refused(Problem.MALFORMED_URL, StoreUrl.parse(url + "?minConnections=5&maxConnections=2"))
                        .sentence())
                .isEqualTo("minConnections is 5, more than maxConnections, which is 2");
        for (String size : List.of("maxConnections=0", "minConnections=-1", "maxConnections=many")) {
            refused(Problem.MALFORMED_URL, StoreUrl.parse(url + "?" + size));
        }
    }

    // ---- what is told of a connection

    @Test
    @Row({"S2-03", "S2-10", "S2-28"})
    void whatIsConnectedTellsHostAndDatabaseAndWhetherItIsOpen() {
        String where = server.scheme() + "  " + address;
        Sql sql = Sql.open(url);
        assertThat(sql).hasToString(where + "  open");
        sql.close();
        assertThat(sql).hasToString(where + "  closed");
        assertThat(sql.isOpen()).isFalse();
        refused(Problem.CLOSED, () -> sql.execute("select 1"));
        sql.close();

        Keepsake keepsake = Keepsake.open(url, Trainer.class);
        assertThat(keepsake).hasToString("Keepsake on " + where);
        assertThat(keepsake.info()).hasToString(where);
        assertThat(keepsake.info().version()).isNotEmpty();
        keepsake.close();
        refused(Problem.CLOSED, () -> keepsake.find(Trainer.class, "Ash"));
        keepsake.close();
    }

    @Test
    @Row("S2-14")
    void theConnectionOfASessionThatFailedGoesBackClean() {
        try (Keepsake keepsake = Keepsake.open(url + "?maxConnections=1", Trainer.class)) {
            keepsake.createAll();
            for (int i = 0; i < 3; i++) {
                try (Session session = keepsake.session()) {
                    try (Sql sql = Sql.in(session.transaction())) {
                        sql.execute("insert into trainer (id, badges) values (?, ?)", "Ash", 1);
                        refused(Problem.UNKNOWN_KIND, () -> sql.execute("select * from trainers"));
                    }
                }
                assertThat(keepsake.query(Trainer.class).count()).isZero();
            }
        }
    }
}
