package dev.keepsake.redis;

import static dev.keepsake.Keepsake.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Expires;
import dev.keepsake.contract.Await;
import dev.keepsake.contract.On;
import dev.keepsake.contract.RedisServer;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.Servers;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.keyvalue.KeyValue;
import dev.keepsake.query.Selection;
import dev.keepsake.store.Findings;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import jakarta.persistence.Column;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is really in the server, and what other programs do with it. */
@On("redis")
class RedisNativeTest {
    @Table(name = "orders", indexes = @Index(name = "orders_by_customer", columnList = "customer"))
    record Order(
            @Id @GeneratedValue long id,
            String customer,
            @Column(precision = 10, scale = 2) BigDecimal total,
            Instant placed,
            List<String> lines,
            @Nullable String note) {}

    record Visit(String id, @Expires @Nullable Instant until) {}

    private final RedisServer server = Servers.redis();
    private final String url = server.freshSpace();
    private final Keepsake keepsake = Keepsake.open(url, Order.class, Visit.class);

    @AfterEach
    void close() {
        keepsake.close();
    }

    private static Order order(String customer, @Nullable String note) {
        return new Order(
                0,
                customer,
                new BigDecimal("12.50"),
                Instant.parse("2026-01-02T03:04:05.678Z"),
                List.of("tea", "milk"),
                note);
    }

    private List<String> command(String... words) {
        return server.command(url, words).lines().toList();
    }

    @Test
    void anObjectIsAHashThatAnyoneCanRead() {
        keepsake.useTransaction(session -> session.add(order("ann", null)));

        assertThat(command("HGETALL", "{keepsake}:orders:1"))
                .containsExactlyInAnyOrder(
                        "id",
                        "1",
                        "customer",
                        "ann",
                        "total",
                        "12.5",
                        "placed",
                        "2026-01-02T03:04:05.678Z",
                        "lines",
                        "[\"tea\",\"milk\"]",
                        "note",
                        "\0");
        assertThat(command("KEYS", "*"))
                .contains(
                        "{keepsake}:orders:1",
                        "{keepsake}::ids:orders",
                        "{keepsake}::index:orders:orders_by_customer",
                        "{keepsake}::entries:orders",
                        "{keepsake}::sequence:orders",
                        "{keepsake}::kinds",
                        "{keepsake}::revisions");
    }

    @Test
    void theConnectionIsInReachAndWhatItReadsBecomesObjects() {
        keepsake.useTransaction(session -> session.addAll(List.of(order("ann", null), order("bob", "fast"))));

        keepsake.useTransaction(session -> {
            @SuppressWarnings("unchecked") // it is opened for bytes
            StatefulRedisConnection<byte[], byte[]> connection =
                    session.transaction().unwrap(StatefulRedisConnection.class);
            RedisCommands<byte[], byte[]> redis = connection.sync();
            Map<byte[], byte[]> hash = redis.hgetall("{keepsake}:orders:2".getBytes(StandardCharsets.UTF_8));
            List<Order> decoded = session.decode(Order.class, hash);

            assertThat(decoded).containsExactly(session.get(Order.class, 2L));
            assertThat(decoded.getFirst().note()).isEqualTo("fast");
            Fault lacking =
                    catchThrowableOfType(Fault.class, () -> session.decode(Order.class, Map.of("customer", "ann")));
            assertThat(lacking.problem()).isEqualTo(Problem.REQUEST_INVALID);
            Fault other = catchThrowableOfType(Fault.class, () -> session.decode(Order.class, "a text"));
            assertThat(other.problem()).isEqualTo(Problem.REQUEST_INVALID);
        });
        assertThat(catchThrowableOfType(Fault.class, () -> keepsake.store().unwrap(String.class))
                        .problem())
                .isEqualTo(Problem.FEATURE_MISSING);
    }

    @Test
    void aKeyOfSomebodyElseIsLeftAlone() {
        command("SET", "{keepsake}:orders:1", "not ours");

        Fault refused = catchThrowableOfType(
                Fault.class, () -> keepsake.useTransaction(session -> session.add(order("ann", null))));

        assertThat(refused.problem()).isEqualTo(Problem.REQUEST_INVALID);
        assertThat(refused.sentence()).contains("string");
        assertThat(command("GET", "{keepsake}:orders:1")).containsExactly("not ours");
        assertThat(keepsake.query(Order.class).list()).isEmpty();
    }

    @Test
    void whatSomebodyElseWroteWrongIsNamed() {
        keepsake.useTransaction(session -> session.add(order("ann", null)));
        command("HSET", "{keepsake}:orders:1", "placed", "soon");

        Fault wrong = catchThrowableOfType(Fault.class, () -> keepsake.get(Order.class, 1L));

        assertThat(wrong.problem()).isEqualTo(Problem.STATE_UNDECODABLE);
        assertThat(wrong.getMessage()).contains("placed").contains("soon").contains("orders");
    }

    @Test
    @Row("S1-85")
    void keysOfOtherProgramsAreCountersAndListsAsTheyAre() {
        command("SET", "counter", "41");
        command("RPUSH", "words", "one", "two");
        KeyValue<String> text = keepsake.keyValue().text();

        assertThat(text.increment("counter")).isEqualTo(42);
        assertThat(text.pushRight("words", "three")).isEqualTo(3);
        assertThat(command("LRANGE", "words", "0", "-1")).containsExactly("one", "two", "three");
        assertThat(command("GET", "counter")).containsExactly("42");
        keepsake.useTransaction(session -> session.add(order("ann", null)));
        assertThat(text.keys()).containsExactly("counter", "words");
        for (String ours : List.of("{keepsake}:orders:1", "{keepsake:archive}:x", "{keepsake}::kinds")) {
            assertThat(catchThrowableOfType(Fault.class, () -> text.set(ours, "x"))
                            .problem())
                    .isEqualTo(Problem.REQUEST_INVALID);
        }
    }

    @Test
    @Row("S1-95")
    void snapshotsAreTakenOnRequestAndTheServerStartsFromThem() {
        try (RedisServer own = Servers.startRedis("--appendonly", "no", "--save", "")) {
            String there = own.freshSpace();
            try (Keepsake kept = Keepsake.open(there, Order.class)) {
                kept.useTransaction(session -> session.add(order("ann", null)));
                RedisSnapshots snapshots = kept.store().unwrap(RedisSnapshots.class);
                Instant before = Instant.now().minusSeconds(2);
                snapshots.save();
                assertThat(snapshots.lastSave()).isAfter(before);
                kept.useTransaction(session -> session.add(order("bob", null)));
                assertThat(snapshots.saveInBackground()).contains("started");
                own.command(there, "PING");
            }
            Await.until(() -> !own.command(there, "INFO", "persistence").contains("rdb_bgsave_in_progress:1"));
            own.kill();
            own.restart();
            try (Keepsake kept = Keepsake.open(there, Order.class)) {
                assertThat(kept.query(Order.class).list())
                        .extracting(Order::customer)
                        .containsExactly("ann", "bob");
                assertThat(kept.store().check().examples()).isEmpty();
            }
        }
    }

    @Test
    @Row("S1-96")
    void withoutALogASnapshotIsAllThatIsLeft() {
        try (RedisServer own = Servers.startRedis("--appendonly", "no", "--save", "")) {
            String there = own.freshSpace();
            try (Keepsake kept = Keepsake.open(there, Order.class)) {
                kept.useTransaction(session -> session.add(order("ann", null)));
                kept.store().unwrap(RedisSnapshots.class).save();
                kept.useTransaction(session -> session.add(order("bob", null)));
            }
            own.kill();
            own.restart();
            try (Keepsake kept = Keepsake.open(there, Order.class)) {
                assertThat(kept.query(Order.class).list())
                        .extracting(Order::customer)
                        .containsExactly("ann");
                assertThat(kept.store().check().examples()).isEmpty();
            }
        }
    }

    @Test
    void aStreamOfChangesIsWrittenWhereItIsAskedFor() {
        try (Keepsake telling = Keepsake.open(url + "?changes=100", Order.class)) {
            telling.useTransaction(session -> session.add(order("ann", null)));
            telling.useTransaction(session -> session.delete(session.get(Order.class, 1L)));
        }
        assertThat(command("XLEN", "{keepsake}::changes")).containsExactly("2");
        String all = String.join(" ", command("XRANGE", "{keepsake}::changes", "-", "+"));
        assertThat(all).contains("operation insert kind orders id 1").contains("operation delete kind orders id 1");
    }

    @Test
    void whatExpiresIsCleanedFromAllBooks() {
        keepsake.useTransaction(session ->
                session.addAll(List.of(new Visit("a", Instant.now().plusMillis(100)), new Visit("b", null))));
        Await.until(() -> keepsake.find(Visit.class, "a").isEmpty());
        keepsake.query(Visit.class).list(); // meets what is left of it, and has it removed
        Await.until(() -> command("ZCARD", "{keepsake}::expiry:visit").equals(List.of("0")));

        assertThat(command("ZCARD", "{keepsake}::ids:visit")).containsExactly("1");
        assertThat(command("HKEYS", "{keepsake}::entries:visit")).containsExactly("b");
    }

    @Test
    void driftIsFoundAndMended() {
        keepsake.useTransaction(session -> session.addAll(
                List.of(order("ann", null), order("bob", null), order("cid", null), order("dan", null))));
        keepsake.useTransaction(session ->
                session.add(new Visit("v", Instant.now().plusSeconds(1000).truncatedTo(ChronoUnit.MILLIS))));
        command("DEL", "{keepsake}:orders:1");
        command("HSET", "{keepsake}:orders:2", "customer", "eve");
        command("DEL", "{keepsake}::ids:orders");
        command("HDEL", "{keepsake}::entries:orders", "3");
        command("PERSIST", "{keepsake}:visit:v");

        assertThat(keepsake.store().check().wrong()).isGreaterThanOrEqualTo(5);
        assertThat(keepsake.query(Order.class).list()).isEmpty();
        assertThat(keepsake.store().repair().wrong()).isGreaterThanOrEqualTo(5);

        assertThat(keepsake.store().check().examples()).isEmpty();
        assertThat(keepsake.store().check().objects()).isEqualTo(4);
        assertThat(keepsake.query(Order.class).list())
                .extracting(Order::customer)
                .containsExactlyInAnyOrder("eve", "cid", "dan");
        assertThat(keepsake.query(Order.class)
                        .where(field(Order::customer).eq("eve"))
                        .list())
                .hasSize(1);
        assertThat(keepsake.query(Order.class)
                        .where(field(Order::customer).eq("bob"))
                        .list())
                .isEmpty();
        assertThat(Long.parseLong(command("PTTL", "{keepsake}:visit:v").getFirst()))
                .isPositive();
    }

    @Test
    void aRequestIsRenderedAsTheScriptItCalls() {
        keepsake.createAll();
        assertThat(keepsake.store()
                        .render(Selection.of(keepsake.codec(Order.class).kind())))
                .containsExactly("EVALSHA read.lua {keepsake}:orders:*");
        assertThat(Arrays.stream(RedisScript.values()).map(RedisScript::digest))
                .allMatch(digest -> digest.matches("[0-9a-f]{40}"))
                .doesNotHaveDuplicates();
    }

    @Test
    void aBookOfSomebodyElseIsFoundBeforeAnythingIsWritten() {
        keepsake.createAll();
        for (String book : List.of(
                "{keepsake}::ids:orders",
                "{keepsake}::entries:orders",
                "{keepsake}::index:orders:orders_by_customer",
                "{keepsake}::expiry:orders")) {
            command("SET", book, "not ours");
            Fault refused = catchThrowableOfType(
                    Fault.class, () -> keepsake.useTransaction(session -> session.add(order("ann", null))));
            assertThat(refused.problem()).as(book).isEqualTo(Problem.REQUEST_INVALID);
            command("DEL", book);
        }
        assertThat(command("KEYS", "{keepsake}:orders:*")).isEmpty();
    }

    @Test
    void whatCannotBeReadIsToldAndTheRestIsLookedAt() {
        keepsake.useTransaction(
                session -> session.addAll(List.of(order("ann", null), order("bob", null), order("cid", null))));
        command("HSET", "{keepsake}:orders:1", "placed", "soon");
        command("DEL", "{keepsake}:orders:2");
        command("SET", "{keepsake}:orders:2", "text");
        command("HSET", "{keepsake}:orders:9", "id", "3");

        Findings findings = keepsake.store().check();
        assertThat(findings.examples())
                .anyMatch(each -> each.contains("orders:1") && each.contains("placed"))
                .anyMatch(each -> each.contains("orders:2"))
                .anyMatch(each -> each.contains("3") && each.contains("under the key of another"));
        assertThat(findings.objects()).isEqualTo(1);
    }

    @Test
    void theConnectionOfOthersHoldsUpNobody() {
        keepsake.useTransaction(session -> {
            @SuppressWarnings("unchecked") // it is opened for bytes
            StatefulRedisConnection<byte[], byte[]> connection =
                    session.transaction().unwrap(StatefulRedisConnection.class);
            connection.sync().multi();
        });
        keepsake.useTransaction(session -> session.add(order("ann", null)));
        assertThat(keepsake.query(Order.class).list()).hasSize(1);
    }
}
