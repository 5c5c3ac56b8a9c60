package dev.keepsake.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codecs;
import dev.keepsake.contract.MongoServer;
import dev.keepsake.contract.On;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.Servers;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.StoreUrl;
import dev.keepsake.store.Stores;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs of MongoDB, and what is said where they lead nowhere. */
@On("mongodb single")
class MongoConnectingTest {
    record Trainer(String id, int badges) {}

    private final String url = Servers.mongodbSingle().freshSpace();

    @Test
    @Row({"S1-100", "S1-101", "S4-08"})
    void nothingIsMadeBeforeItIsWritten() {
        try (Keepsake keepsake = Keepsake.open(url, Trainer.class)) {
            assertThat(keepsake.find(Trainer.class, "ash")).isEmpty();
            assertThat(keepsake.store().inspect().names()).isEmpty();
            keepsake.useTransaction(session -> session.add(new Trainer("ash", 8)));
            assertThat(keepsake.get(Trainer.class, "ash").badges()).isEqualTo(8);
            assertThat(keepsake.store().inspect().names()).containsExactly("trainer");
        }
    }

    @Test
    @Row({"S4-04", "S4-11"})
    void aStoreTellsItsHostsAndItsDatabaseAndNoPassword() {
        MongoOptions options = MongoOptions.of(
                StoreUrl.parse("mongodb://ann:s%40cret@one.example:27018,two.example/app?replicaSet=rs0&w=majority"));
        assertThat(options.place()).isEqualTo("one.example:27018,two.example/app");
        assertThat(options.connection().getRequiredReplicaSetName()).isEqualTo("rs0");
        assertThat(options.toString()).doesNotContain("cret");
        try (Keepsake keepsake = Keepsake.open(url, Trainer.class)) {
            assertThat(keepsake.info().toString())
                    .startsWith("mongodb  127.0.0.1:")
                    .doesNotContain("?");
            assertThat(keepsake.info().version()).isNotEmpty();
            assertThat(keepsake.store().settings()).containsKeys("hosts", "warning");
        }
        String said = MongoServer.with(
                url, "retryWrites=true&serverSelectionTimeoutMS=5000&journal=true&authMechanismProperties=TOKEN:cret");
        try (Guarded store = Stores.open(said)) {
            assertThat(store.settings())
                    .containsEntry("retryWrites", "true")
                    .containsEntry("serverSelectionTimeoutMS", "5000")
                    .containsEntry("journal", "true")
                    .doesNotContainKey("warning");
            assertThat(store.settings().toString()).doesNotContain("cret");
        }
    }

    @ParameterizedTest
    @Row("S4-81")
    @ValueSource(
            strings = {
                "mongodb://localhost/app",
                "mongodb://localhost:27017/app",
                "mongodb://one,two:27018,three/app?replicaSet=rs",
                "mongodb://ann:secret@localhost/app",
                "mongodb://ann:p%40ss%3Aw%2Frd@localhost/app?authSource=admin",
                "mongodb://[::1]:27017/app",
                "mongodb://localhost/app?readPreference=primary&appname=keepsake&ssl=false",
                "mongodb://localhost/app?maxPoolSize=50&wtimeoutMS=2500&w=majority",
                "mongodb://localhost/my-data.base-1",
                "mongodb://localhost/app?directConnection=true",
                "mongodb://localhost/app?serverSelectionTimeoutMS=200&connectTimeoutMS=200&retryWrites=true",
                "mongodb://localhost/app?partialCommits=allow"
            })
    void whatTheManualAllowsIsRead(String text) {
        if (text.contains("data.base")) {
            assertThat(refused(text)).contains("no dot");
        } else {
            assertThat(MongoOptions.of(StoreUrl.parse(text)).database()).isEqualTo("app");
        }
    }

    @Test
    @Row({"S4-01", "S4-03", "S4-80", "S4-81"})
    void whatAUrlCannotHoldIsRefusedWithItsReason() {
        assertThat(refused("mongodb://localhost")).isEqualTo("the URL names no database");
        assertThat(refused("mongodb://localhost/")).isEqualTo("the URL names no database");
        assertThat(refused("mongodb://localhost?w=majority")).isEqualTo("the URL names no database");
        Fault unknown = catchThrowableOfType(Fault.class, () -> Stores.open("mongodb://localhost/app?maxPoolSiz=50"));
        assertThat(unknown.sentence()).isEqualTo("there is no option maxPoolSiz");
        assertThat(unknown.getMessage()).contains("maxPoolSize");
        assertThat(refused("mongodb://localhost/app?maxPoolSize=many")).isNotEmpty();
        assertThat(refused("mongodb://localhost:port/app")).containsIgnoringCase("port");
        assertThat(refused("mongodb://localhost:99999/app")).containsIgnoringCase("port");
        assertThat(refused("mongodb:///app")).isNotEmpty();
        assertThat(refused("mongodb://ann:p@ss@localhost/app")).isNotEmpty();
        assertThat(refused("mongodb://localhost/app?partialCommits=maybe"))
                .isEqualTo("partialCommits is one of refuse, allow, continue");
        assertThat(refused("mongodb://localhost/app?validators=strict")).isEqualTo("validators is one of none, create");
        assertThat(refused("mongodb://localhost/app?password=secret")).contains("password");
        assertThat(refused("mongodb+srv://localhost:27017/app")).isNotEmpty();
        assertThat(refused("mongodb:x?w=1")).isEqualTo("the URL names no host");
        assertThat(refused("mongodb://ann:12/34secret@host/app"))
                .isEqualTo("the user or the password holds a / as it is");
        assertThat(refused("mongodb://ann:p@ss/wo.rd@host/app"))
                .isEqualTo("the user or the password holds a / as it is");
        assertThat(MongoOptions.of(StoreUrl.parse("mongodb://localhost/app?appName=a;b"))
                        .connection()
                        .getApplicationName())
                .isEqualTo("a;b");
    }

    private static String refused(String url) {
        Fault fault = catchThrowableOfType(Fault.class, () -> Stores.open(url));
        assertThat(fault).as(url).isNotNull();
        assertThat(fault.problem()).as(fault.getMessage()).isEqualTo(Problem.MALFORMED_URL);
        assertThat(fault.getMessage()).doesNotContain("secret").doesNotContain("p@ss");
        return fault.sentence();
    }

    @Test
    @Row({"S4-13", "S4-05"})
    void noServerIsSaidWithinTheLimitWithTheHostsThatWereTried() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        long start = System.nanoTime();
        Fault fault = catchThrowableOfType(
                Fault.class,
                () -> Stores.open("mongodb://ann:hidden@127.0.0.1:" + port + "/app?serverSelectionTimeoutMS=1000"));

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(900), Duration.ofSeconds(3));
        assertThat(fault.problem()).isEqualTo(Problem.STORE_UNREACHABLE);
        assertThat(fault.sentence()).isEqualTo("no server can be reached: nobody listens there");
        assertThat(fault.getMessage()).doesNotContain("hidden");
        assertThat(fault.facts().toString()).contains("127.0.0.1:" + port + ": Connection refused");
    }

    @Test
    @Row({"S4-15", "S4-80"})
    void aUrlIsMadeOfPartsAndOfTheEnvironment() {
        StoreUrl parts = StoreUrl.of("mongodb")
                .host("localhost")
                .port(27017)
                .database("app")
                .user("ann")
                .password("p@ss:w/rd")
                .option("authSource", "admin")
                .build();
        MongoOptions options = MongoOptions.of(parts);
        assertThat(options.connection().getCredential().getPassword()).isEqualTo("p@ss:w/rd".toCharArray());
        assertThat(options.connection().getCredential().getSource()).isEqualTo("admin");
        assertThat(options.place()).isEqualTo("localhost:27017/app");
    }

    @Test
    void aClientOfSomebodyElseIsUsedAndLeftOpen() {
        String database = url.substring(url.lastIndexOf('/') + 1).replaceAll("\\?.*", "");
        try (MongoClient client = MongoClients.create(url)) {
            try (Keepsake keepsake = Keepsake.on(MongoStores.of(client, database), Codecs.of(Trainer.class))) {
                keepsake.useTransaction(session -> session.add(new Trainer("ash", 8)));
                assertThat(keepsake.info().place()).endsWith("/" + database);
            }
            assertThat(client.getDatabase(database).getCollection("trainer").countDocuments())
                    .isEqualTo(1);
        }
    }

    @Test
    void aClosedStoreSaysSo() {
        Keepsake keepsake = Keepsake.open(url, Trainer.class);
        keepsake.close();
        Fault fault = catchThrowableOfType(Fault.class, () -> keepsake.find(Trainer.class, "ash"));
        assertThat(fault.problem()).isEqualTo(Problem.CLOSED);
    }
}
