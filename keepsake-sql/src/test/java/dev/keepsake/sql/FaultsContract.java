package dev.keepsake.sql;

import static dev.keepsake.sql.Raw.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.Keepsake;
import dev.keepsake.contract.Proxy;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.TestServer;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Unavailable;
import dev.keepsake.session.Session;
import dev.keepsake.session.SessionOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What a program sees of a server, or of the way to it, that goes wrong, and what is there afterwards. */
abstract class FaultsContract extends ServerContract {
    private static final Duration SOON = Duration.ofSeconds(8);
    /** Longer than the five seconds that the pool may wait between two attempts to connect to a server that is gone. */
    private static final Duration WAIT = Duration.ofSeconds(10);

    /** A server of the test's own, to be killed. */
    protected abstract TestServer start();

    /** How long a connection that was just used is taken to be good without a question, in whole milliseconds, and some more. */
    private static final Duration TRUSTED = Duration.ofMillis(500 + 200);

    @Test
    @Row({"S2-57", "S2-53"})
    void aKilledServerLosesOnlyWhatWasNotCommittedAndIsUsedAgainWhenItIsBack() throws Exception {
        try (TestServer server = start()) {
            String place = server.newDatabase();
            try (Keepsake keepsake = open(place, "connectionWait=" + WAIT.toMillis(), "maxConnections=4")) {
                keepsake.createAll();
                keepsake.useTransaction(session -> session.add(new Counter(1, 0)));

                killedInMidTransaction(server, keepsake);
                server.restart();
                assertThat(numbers(keepsake)).as("nothing half-written").containsExactly(0L);
                keepsake.useTransaction(session -> addOne(session, 1));

                useAtOnce(keepsake, 4);
                long used = System.nanoTime();
                server.kill();
                server.restart();
                until(() -> System.nanoTime() - used > TRUSTED.toNanos());
                assertThat(server(keepsake).pool().getHikariPoolMXBean().getIdleConnections())
                        .as("broken ones")
                        .isGreaterThan(1);
                useAtOnce(keepsake, 4);
                assertThat(numbers(keepsake)).containsExactly(1L);
            }
        }
    }

    private static void killedInMidTransaction(TestServer server, Keepsake keepsake) {
        try (Session session = keepsake.session()) {
            session.add(new Counter(2, 0));
            addOne(session, 1);
            session.flush();
            server.kill();

            assertThat(refused(Problem.STORE_UNREACHABLE, () -> session.find(Counter.class, 3L)))
                    .isInstanceOf(Unavailable.class);
            session.rollback();
            Duration tried = took(() -> refused(Problem.STORE_UNREACHABLE, () -> session.find(Counter.class, 3L)));
            assertThat(tried).isLessThan(WAIT.plusSeconds(2));
        }
        assertThat(server(keepsake).held()).isZero();
    }

    /** So many sessions that each hold a connection at the same time. */
    private static void useAtOnce(Keepsake keepsake, int sessions) throws Exception {
        CountDownLatch all = new CountDownLatch(sessions);
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            tasks.add(() -> keepsake.inTransaction(session -> {
                boolean there = session.find(Counter.class, 1L).isPresent();
                all.countDown();
                await(all);
                return there;
            }));
        }
        assertThat(together(tasks)).containsOnly(true);
    }

    @Test
    @Row("S2-57")
    void aCommitWithoutAnAnswerIsOfUnknownOutcomeAndNeverRunAgain() throws IOException {
        try (Proxy proxy = new Proxy(url);
                Keepsake direct = opened(1);
                Keepsake keepsake = open(proxy.url())) {
            keepsake.useTransaction(session -> addOne(session, 1));
            List<String> runs = new ArrayList<>();

            Fault fault = refused(
                    Problem.COMMIT_OUTCOME_UNKNOWN,
                    () -> keepsake.useTransaction(SessionOptions.DEFAULT.retrying(5), session -> {
                        runs.add("run");
                        addOne(session, 1);
                        session.flush();
                        proxy.swallowNextAnswer();
                    }));
            assertThat(fault).isInstanceOf(Unavailable.class);
            assertThat(fault.retryable()).isFalse();
            assertThat(runs).hasSize(1);
            until(() -> numbers(direct).equals(List.of(2L)));

            keepsake.useTransaction(session -> addOne(session, 1));
            assertThat(numbers(direct)).containsExactly(3L);
        }
    }

    @Test
    @Row("S2-57")
    void aSilentServerIsWaitedForAsLongAsTheUrlSays() throws IOException {
        try (Proxy proxy = new Proxy(url);
                Keepsake direct = opened(1);
                Keepsake keepsake =
                        open(proxy.url(), "socketTimeout=1000", "connectTimeout=1000", "connectionWait=1000")) {
            try (Session session = keepsake.session()) {
                addOne(session, 1);
                session.flush();
                proxy.goSilent();

                assertThat(took(() -> refused(Problem.STORE_UNREACHABLE, () -> session.find(Counter.class, 2L))))
                        .isLessThan(SOON);
                session.rollback();
            }
            assertThat(took(() -> refused(Problem.STORE_UNREACHABLE, () -> keepsake.find(Counter.class, 1L))))
                    .isLessThan(SOON);
            proxy.recover();

            until(() -> works(keepsake));
            assertThat(numbers(direct)).containsExactly(0L);
        }
    }

    private static boolean works(Keepsake keepsake) {
        try {
            return keepsake.find(Counter.class, 1L).isPresent();
        } catch (Unavailable e) {
            return false;
        }
    }

    @Test
    @Row("S2-57")
    void aStatementThatTakesTooLongIsGivenUpAndTheSessionGoesOn() {
        try (Keepsake keepsake = opened(2, "statementTimeout=200");
                Session session = keepsake.session()) {
            addOne(session, 1);
            Duration took = took(() -> {
                try (Sql sql = Sql.in(session.transaction())) {
                    refused(Problem.TIME_LIMIT, () -> sql.execute(sleep(20)).all());
                }
            });
            assertThat(took).isLessThan(SOON);
            session.rollback();
            session.detach(session.get(Counter.class, 1L));
            addOne(session, 2);
            session.commit();

            assertThat(numbers(keepsake)).containsExactly(0L, 1L);
        }
    }
}
