package dev.keepsake.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.Keepsake;
import dev.keepsake.contract.Await;
import dev.keepsake.contract.On;
import dev.keepsake.contract.Proxy;
import dev.keepsake.contract.RedisServer;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.Servers;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.keyvalue.KeyValue;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import dev.keepsake.value.Type;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What becomes of commits when answers are lost, and servers die. */
@On("redis")
class RedisFaultsTest {
    private static final Kind HALVES = Kind.named("halves")
            .required("id", Type.TEXT)
            .id("id")
            .field("pair", Type.INTEGER)
            .index(Index.of("halves_by_pair", "pair"))
            .build();

    record Counter(String id, int count) {}

    @Test
    void aCommitWhoseAnswerIsLostIsAskedForAgainAndDoneOnce() throws IOException {
        String url = Servers.redis().freshSpace();
        try (Proxy proxy = new Proxy(url);
                Keepsake keepsake = Keepsake.open(proxy.url(), Counter.class)) {
            keepsake.createAll();
            keepsake.useTransaction(session -> session.add(new Counter("a", 1)));
            for (int i = 2; i <= 5; i++) {
                int count = i;
                keepsake.useTransaction(session -> {
                    session.put(new Counter("a", session.get(Counter.class, "a").count() + 1));
                    proxy.swallowNextAnswer();
                });
                assertThat(keepsake.get(Counter.class, "a").count()).isEqualTo(count);
            }
            assertThat(keepsake.store().check().examples()).isEmpty();
        }
    }

    @Test
    void anIncrementWhoseAnswerIsLostIsOfUnknownOutcomeAndNotDoneTwice() throws IOException {
        String url = Servers.redis().freshSpace();
        try (Proxy proxy = new Proxy(url);
                KeyValue<byte[]> bytes = KeyValue.open(proxy.url())) {
            KeyValue<String> text = bytes.text();
            assertThat(text.increment("counter")).isEqualTo(1);
            proxy.swallowNextAnswer();
            Fault unknown = catchThrowableOfType(Fault.class, () -> text.increment("counter"));

            assertThat(unknown.problem()).isEqualTo(Problem.COMMIT_OUTCOME_UNKNOWN);
            assertThat(text.get("counter")).contains("2");
        }
    }

    @Test
    void aClosedStoreIsToldAtOnce() {
        KeyValue<byte[]> bytes = KeyValue.open(Servers.redis().freshSpace());
        bytes.close();
        long start = System.nanoTime();

        assertThat(catchThrowableOfType(Fault.class, () -> bytes.get("key")).problem())
                .isEqualTo(Problem.CLOSED);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void anInterruptedThreadIsToldSo() throws IOException {
        try (Proxy proxy = new Proxy(Servers.redis().freshSpace());
                Keepsake keepsake = Keepsake.open(proxy.url(), Counter.class)) {
            keepsake.useTransaction(session -> session.add(new Counter("a", 1)));
            proxy.goSilent();
            Thread.currentThread().interrupt();
            Fault read = catchThrowableOfType(Fault.class, () -> keepsake.get(Counter.class, "a"));
            assertThat(Thread.interrupted()).as("it stays interrupted").isTrue();
            assertThat(read.sentence()).contains("interrupted");
        }
    }

    @Test
    void aReadWhoseAnswerIsLostIsAskedForAgain() throws IOException {
        String url = Servers.redis().freshSpace();
        try (Proxy proxy = new Proxy(url);
                Keepsake keepsake = Keepsake.open(proxy.url(), Counter.class)) {
            keepsake.useTransaction(session -> session.add(new Counter("a", 1)));
            proxy.swallowNextAnswer();

            assertThat(keepsake.get(Counter.class, "a").count()).isEqualTo(1);
        }
    }

    @Test
    void aSilentServerIsWaitedForAsLongAsTheUrlSays() throws IOException {
        String url = Servers.redis().freshSpace();
        try (Proxy proxy = new Proxy(url);
                Keepsake keepsake = Keepsake.open(proxy.url() + "?timeout=500", Counter.class)) {
            keepsake.useTransaction(session -> session.add(new Counter("a", 1)));
            proxy.goSilent();
            long start = System.nanoTime();
            Fault read = catchThrowableOfType(Fault.class, () -> keepsake.get(Counter.class, "a"));
            Fault write = catchThrowableOfType(
                    Fault.class, () -> keepsake.useTransaction(session -> session.add(new Counter("b", 1))));

            assertThat(read.problem()).isEqualTo(Problem.TIME_LIMIT);
            assertThat(write.problem()).isEqualTo(Problem.COMMIT_OUTCOME_UNKNOWN);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    @Row("S1-96")
    void aKilledServerHasEveryAcknowledgedCommitWholeAndIsUsedAgainWhenItIsBack() throws Exception {
        try (RedisServer server = Servers.startRedis();
                Guarded store = Stores.open(server.freshSpace())) {
            store.write(transaction -> transaction.write(Changeset.inserts(HALVES, pair(-1))));
            Set<Long> acknowledged = new ConcurrentSkipListSet<>();
            List<Future<?>> writers = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 8; i++) {
                    long first = i * 1_000_000L;
                    writers.add(threads.submit(() -> writeUntilItFails(store, first, acknowledged)));
                }
                Await.until(() -> acknowledged.size() >= 200);
                server.kill();
                server.restart();
                for (Future<?> each : writers) {
                    each.get();
                }
            }
            Map<Long, Integer> halves = new TreeMap<>();
            store.read(transaction -> {
                transaction
                        .find(Selection.of(HALVES))
                        .list()
                        .forEach(state -> halves.merge((Long) state.get("pair"), 1, Integer::sum));
                return halves;
            });

            assertThat(halves.values()).as("no commit is there in part").containsOnly(2);
            assertThat(halves.keySet()).as("all that was acknowledged").containsAll(acknowledged);
            assertThat(store.check().examples()).isEmpty();
            store.write(transaction -> transaction.write(Changeset.inserts(HALVES, pair(-2))));
        }
    }

    private static List<State> pair(long number) {
        return List.of(
                HALVES.state(Map.of("id", "left " + number, "pair", number)),
                HALVES.state(Map.of("id", "right " + number, "pair", number)));
    }

    private static void writeUntilItFails(Guarded store, long first, Set<Long> acknowledged) {
        for (long number = first; number < first + 400; number++) {
            List<State> pair = pair(number);
            try {
                store.write(transaction -> transaction.write(Changeset.inserts(HALVES, pair)));
                acknowledged.add(number);
            } catch (Fault fault) {
                assertThat(fault.problem())
                        .isIn(
                                Problem.COMMIT_OUTCOME_UNKNOWN,
                                Problem.STORE_UNREACHABLE,
                                Problem.STORE_BUSY,
                                Problem.TIME_LIMIT,
                                Problem.UNIQUE_VIOLATION);
            }
        }
    }

    @Test
    void aServerThatIsGoneIsToldInTime() {
        try (RedisServer server = Servers.startRedis();
                Keepsake keepsake = Keepsake.open(server.freshSpace() + "?timeout=700", Counter.class)) {
            keepsake.useTransaction(session -> session.add(new Counter("a", 1)));
            server.kill();
            long start = System.nanoTime();
            Fault read = catchThrowableOfType(Fault.class, () -> keepsake.get(Counter.class, "a"));
            Fault write = catchThrowableOfType(
                    Fault.class, () -> keepsake.useTransaction(session -> session.add(new Counter("b", 1))));

            assertThat(read.problem()).isEqualTo(Problem.STORE_UNREACHABLE);
            assertThat(write.problem()).isEqualTo(Problem.STORE_UNREACHABLE);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
            server.restart();
            assertThat(keepsake.get(Counter.class, "a").count()).isEqualTo(1);
        }
    }

    @Test
    void aGuardKnowsTheSameValueInAnotherText() {
        Kind notes = Kind.named("notes")
                .required("id", Type.INTEGER)
                .id("id")
                .field("body", Type.ANY)
                .field("size", Type.DOUBLE)
                .build();
        String url = Servers.redis().freshSpace();
        try (Guarded store = Stores.open(url)) {
            store.createAll(Schema.of(List.of(notes)));
            State note = notes.state(Map.of("id", 1L, "body", Map.of("b", 1L, "a", List.of(2L)), "size", 100.0));
            store.write(transaction -> transaction.write(Changeset.inserts(notes, List.of(note))));
            Servers.redis().command(url, "HSET", "{keepsake}:notes:1", "body", "{ \"a\":[2],\"b\" : 1}", "size", "1E2");

            Guard guard = Guard.of(note, List.of("body", "size"));
            State changed = note.with("size", 2.0);
            store.write(transaction ->
                    transaction.write(Changeset.of(new Changeset.Update(notes, changed, List.of("size"), guard))));
            Fault stale = catchThrowableOfType(
                    Fault.class,
                    () -> store.write(transaction -> transaction.write(
                            Changeset.of(new Changeset.Update(notes, changed, List.of("size"), guard)))));

            assertThat(stale.problem()).isEqualTo(Problem.STALE_OBJECT);
            assertThat(stale.getMessage()).contains("size").contains("100.0").contains("2.0");
        }
    }

    @Test
    void numbersGoOnBehindThoseThatWereGiven() {
        Kind numbered = Kind.named("numbered")
                .required("id", Type.INTEGER)
                .id("id")
                .generated(Generation.IDENTITY)
                .field("name", Type.TEXT)
                .build();
        try (Guarded store = Stores.open(Servers.redis().freshSpace())) {
            long given = (1L << 60) + 1;
            store.write(transaction -> transaction.write(
                    Changeset.inserts(numbered, List.of(numbered.state(Map.of("id", given, "name", "given"))))));
            List<Object> ids = store.write(transaction -> transaction.write(
                            Changeset.inserts(numbered, List.of(numbered.state(Map.of("name", "next"))))))
                    .ids();

            assertThat(new TreeSet<>(ids)).containsExactly(given + 1);
        }
    }
}
