package dev.keepsake.sql;

import static dev.keepsake.sql.Raw.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.Keepsake;
import dev.keepsake.contract.Row;
import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.session.Session;
import dev.keepsake.session.SessionOptions;
import dev.keepsake.store.Isolation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What happens where transactions want the same. */
abstract class ConflictsContract extends ServerContract {
    private static final SessionOptions AGAIN = SessionOptions.DEFAULT.retrying(1_000);

    /** The wait that this server makes of one. */
    protected abstract Duration patience(Duration wanted);

    /** The wait for locks that a connection is set to. */
    protected abstract String askForPatience();

    /** What it says where nobody set it to anything else. */
    protected abstract String fiveSeconds();

    // ---- deadlocks

    /** Two transactions of which each adds to one counter, then to the other's; why they failed, if they did. */
    private static List<Optional<Fault>> crossing(Keepsake keepsake, SessionOptions options) throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        List<Callable<Optional<Fault>>> tasks = new ArrayList<>();
        for (long first : new long[] {1, 2}) {
            tasks.add(() -> {
                try {
                    keepsake.useTransaction(options, session -> {
                        addOne(session, first);
                        session.flush();
                        both.countDown();
                        await(both);
                        addOne(session, 3 - first);
                        session.flush();
                    });
                    return Optional.empty();
                } catch (Fault fault) {
                    return Optional.of(fault);
                }
            });
        }
        return together(tasks);
    }

    @Test
    @Row("S2-53")
    void ofTwoThatWaitForEachOtherOneIsGivenUp() throws Exception {
        try (Keepsake keepsake = opened(2)) {
            List<Fault> faults = crossing(keepsake, SessionOptions.DEFAULT).stream()
                    .flatMap(Optional::stream)
                    .toList();

            assertThat(faults).singleElement().isInstanceOf(Conflict.class);
            assertThat(faults.getFirst().problem()).isEqualTo(Problem.TRANSACTION_CONFLICT);
            assertThat(faults.getFirst().retryable()).isTrue();
            assertThat(numbers(keepsake)).containsExactly(1L, 1L);
        }
    }

    @Test
    @Row("S2-53")
    void ofTwoThatWaitForEachOtherBothSucceedWithRetries() throws Exception {
        try (Keepsake keepsake = opened(2)) {
            assertThat(crossing(keepsake, AGAIN)).containsOnly(Optional.empty());
            assertThat(numbers(keepsake)).containsExactly(2L, 2L);
        }
    }

    // ---- waiting

    @Test
    @Row("S2-53")
    void whoWaitsLongerThanItsPatienceIsToldThatTheStoreIsBusy() {
        Duration wanted = Duration.ofMillis(700);
        try (Keepsake keepsake = opened(1, "maxConnections=2");
                Session holder = keepsake.session()) {
            addOne(holder, 1);
            holder.flush();

            Duration took = took(() -> {
                Fault fault = refused(
                        Problem.STORE_BUSY,
                        () -> keepsake.useTransaction(
                                SessionOptions.DEFAULT.waiting(wanted), session -> addOne(session, 1)));
                assertThat(fault.retryable()).isTrue();
            });
            assertThat(took)
                    .isBetween(
                            patience(wanted).minusMillis(50), patience(wanted).plusSeconds(3));
            holder.commit();
            try (Session session = keepsake.session();
                    Session other = keepsake.session()) {
                assertThat(List.of(asked(session), asked(other)))
                        .as("the patience of the next")
                        .containsOnly(fiveSeconds());
            }
            assertThat(numbers(keepsake)).containsExactly(1L);
        }
    }

    private String asked(Session session) {
        try (Sql sql = Sql.in(session.transaction())) {
            return String.valueOf(
                    sql.execute(askForPatience()).one().orElseThrow().values());
        }
    }

    @Test
    @Row("S2-53")
    void manySessionsOnFewObjectsAddUpExactly() throws Exception {
        int sessions = 64;
        int each = 3;
        long seed = System.nanoTime();
        try (Keepsake keepsake = opened(10, "maxConnections=8", "connectionWait=60000")) {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < sessions; i++) {
                Random random = new Random(seed + i);
                tasks.add(() -> {
                    List<Long> ids =
                            random.longs(1, 11).distinct().limit(each).boxed().toList();
                    keepsake.useTransaction(AGAIN, session -> ids.forEach(id -> addOne(session, id)));
                    return each;
                });
            }
            together(tasks);

            assertThat(numbers(keepsake).stream().mapToLong(n -> n).sum())
                    .as("seed %d", seed)
                    .isEqualTo((long) sessions * each);
        }
    }

    // ---- isolation

    /**
     * Two transactions that each take one of two counters down if the other is up: write skew (Berenson et al., "A Critique of ANSI SQL
     * Isolation Levels", 1995, A5B).
     */
    private static List<Optional<Fault>> skewed(Keepsake keepsake, SessionOptions options) throws Exception {
        keepsake.useTransaction(session -> {
            addOne(session, 1);
            addOne(session, 2);
        });
        CountDownLatch both = new CountDownLatch(2);
        List<Callable<Optional<Fault>>> tasks = new ArrayList<>();
        for (long mine : new long[] {1, 2}) {
            tasks.add(() -> {
                try {
                    keepsake.useTransaction(options, session -> {
                        long up = session.query(Counter.class).list().stream()
                                .mapToLong(Counter::n)
                                .sum();
                        both.countDown();
                        await(both);
                        if (up == 2) {
                            session.put(new Counter(mine, 0));
                        }
                    });
                    return Optional.empty();
                } catch (Fault fault) {
                    return Optional.of(fault);
                }
            });
        }
        return together(tasks);
    }

    @Test
    @Row("S2-53")
    void byDefaultTwoThatReadWhatTheOtherWritesBothCommit() throws Exception {
        try (Keepsake keepsake = opened(2)) {
            assertThat(skewed(keepsake, SessionOptions.DEFAULT)).containsOnly(Optional.empty());
            assertThat(numbers(keepsake)).containsExactly(0L, 0L);
        }
    }

    @Test
    @Row("S2-53")
    void ofTwoSerializableOnesThatReadWhatTheOtherWritesOneIsAConflict() throws Exception {
        try (Keepsake keepsake = opened(2)) {
            List<Fault> faults = skewed(keepsake, SessionOptions.DEFAULT.isolated(Isolation.SERIALIZABLE)).stream()
                    .flatMap(Optional::stream)
                    .toList();

            assertThat(faults).singleElement().isInstanceOf(Conflict.class);
            assertThat(faults.getFirst().retryable()).isTrue();
            assertThat(numbers(keepsake)).containsExactlyInAnyOrder(0L, 1L);
        }
    }

    @Test
    @Row("S2-53")
    void withRetriesSerializableOnesAreAsIfOneRanAfterTheOther() throws Exception {
        try (Keepsake keepsake = opened(2)) {
            assertThat(skewed(keepsake, AGAIN.isolated(Isolation.SERIALIZABLE))).containsOnly(Optional.empty());
            assertThat(numbers(keepsake)).containsExactlyInAnyOrder(0L, 1L);
            assertThat(keepsake.<Long>inTransaction(
                            SessionOptions.DEFAULT.readingOnly().isolated(Isolation.SERIALIZABLE),
                            session -> session.query(Counter.class).count()))
                    .isEqualTo(2);
        }
    }

    @Test
    @Row("S2-53")
    void isolationEndsWithItsTransaction() {
        try (Keepsake keepsake = opened(1, "maxConnections=1")) {
            keepsake.useTransaction(
                    SessionOptions.DEFAULT.isolated(Isolation.SERIALIZABLE), session -> addOne(session, 1));
            try (Keepsake other = open(url, "maxConnections=1")) {
                // what reads under serializable locks on MariaDB would hold the other up
                try (Session reader = keepsake.session()) {
                    assertThat(reader.query(Counter.class).list()).hasSize(1);
                    other.useTransaction(
                            SessionOptions.DEFAULT.waiting(Duration.ofSeconds(1)), session -> addOne(session, 1));
                }
            }
            assertThat(numbers(keepsake)).containsExactly(2L);
        }
    }
}
