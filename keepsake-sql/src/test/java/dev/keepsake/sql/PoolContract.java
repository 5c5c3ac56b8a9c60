package dev.keepsake.sql;

import static dev.keepsake.sql.Raw.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.keepsake.Keepsake;
import dev.keepsake.contract.Row;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Unavailable;
import dev.keepsake.session.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections: how many there are, who has them for how long, and what becomes of them. */
abstract class PoolContract extends ServerContract {
    private static final Duration SOON = Duration.ofSeconds(8);

    /** How many connections of others the server has to the database that is asked. */
    protected abstract String countOthers();

    /** What the server calls the connection that asks. */
    protected abstract String me();

    /** Ends the connection of that name. */
    protected abstract String kill(String connection);

    private String ask(String sql) {
        try (Connection connection = shared().connect(url);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void run(String sql) {
        try (Connection connection = shared().connect(url);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String asked(Session session, String sql) {
        try (Sql direct = Sql.in(session.transaction())) {
            return String.valueOf(direct.execute(sql).one().orElseThrow().value(0));
        }
    }

    private static boolean isHeld(Session session) {
        return session.find(Counter.class, 99L).isEmpty();
    }

    // ---- sizes

    @ParameterizedTest
    @Row("S2-51")
    @CsvSource({"maxConnections=0", "minConnections=-1", "minConnections=3&maxConnections=2", "idleTimeout=1"})
    void badSizesAreRefused(String options) {
        refused(Problem.MALFORMED_URL, () -> open(url, options).close());
    }

    @Test
    @Row({"S2-51", "S2-57"})
    void sizesAndTimesAreThoseOfTheUrl() {
        try (Keepsake keepsake =
                opened(0, "minConnections=1", "maxConnections=3", "idleTimeout=20000", "maxLifetime=60000")) {
            HikariDataSource pool = server(keepsake).pool();

            assertThat(pool.getMinimumIdle()).as("idle ones expire down to").isEqualTo(1);
            assertThat(pool.getMaximumPoolSize()).isEqualTo(3);
            assertThat(pool.getIdleTimeout()).isEqualTo(20_000);
            assertThat(pool.getMaxLifetime()).isEqualTo(60_000);
            until(() -> pool.getHikariPoolMXBean().getIdleConnections() == 1);
        }
    }

    @Test
    @Row("S2-51")
    void thereAreNeverMoreConnectionsThanTheUrlAllows() throws Exception {
        try (Keepsake keepsake = opened(1, "maxConnections=3", "connectionWait=30000")) {
            int sessions = 24;
            CountDownLatch three = new CountDownLatch(3);
            CountDownLatch counted = new CountDownLatch(1);
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int i = 0; i < sessions; i++) {
                tasks.add(() -> keepsake.inTransaction(session -> {
                    boolean empty = isHeld(session);
                    three.countDown();
                    await(counted);
                    return empty;
                }));
            }
            AtomicReference<String> most = new AtomicReference<>("");
            Thread counting = Thread.ofVirtual().start(() -> {
                await(three);
                until(() ->
                        server(keepsake).pool().getHikariPoolMXBean().getThreadsAwaitingConnection() == sessions - 3);
                most.set(ask(countOthers()));
                counted.countDown();
            });
            assertThat(together(tasks)).hasSize(sessions).containsOnly(true);
            counting.join();

            assertThat(most.get()).isEqualTo("3");
            assertThat(server(keepsake).held()).isZero();
        }
    }

    // ---- who waits

    /** The line of the test that calls this. */
    private static int line() {
        return StackWalker.getInstance()
                .walk(frames -> frames.skip(1).findFirst().orElseThrow())
                .getLineNumber();
    }

    private static void namesTheHolderOf(Keepsake keepsake, int line) {
        long start = System.nanoTime();
        Fault fault = refused(
                Problem.POOL_EXHAUSTED, () -> keepsake.query(Counter.class).list());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(250), SOON);
        assertThat(fault).isInstanceOf(Unavailable.class);
        assertThat(fault.facts().get("holder 1"))
                .asString()
                .contains(Thread.currentThread().getName() + ", for ")
                .contains("PoolContract.java:" + line + ")");
    }

    @Test
    @Row({"S2-57", "S2-60"})
    void whoGetsNoConnectionIsToldWhoHoldsThemAndWhereTheyWereTaken() {
        try (Keepsake keepsake = opened(1, "maxConnections=1", "connectionWait=300")) {
            try (Session session = keepsake.session()) {
                int line = line() + 1;
                session.find(Counter.class, 1L);
                namesTheHolderOf(keepsake, line);
            }
            try (Session session = keepsake.session()) {
                int line = line() + 1;
                session.query(Counter.class).where(Keepsake.field("n").eq(0L)).list();
                namesTheHolderOf(keepsake, line);
            }
            try (Session session = keepsake.session()) {
                session.add(new Counter(2, 0));
                int line = line() + 1;
                session.flush();
                namesTheHolderOf(keepsake, line);
            }
            int streamed = line() + 1;
            try (Stream<Counter> stream = keepsake.query(Counter.class).stream()) {
                namesTheHolderOf(keepsake, streamed);
                assertThat(stream).hasSize(1);
            }
            keepsake.useTransaction(session -> {
                int line = line() + 1;
                List.of(1L).forEach(id -> session.find(Counter.class, id));
                namesTheHolderOf(keepsake, line);
            });
            assertThat(numbers(keepsake)).hasSize(1);
        }
    }

    @Test
    @Row("S2-57")
    void whoWaitsGetsAConnectionAsSoonAsOneIsFree() throws Exception {
        try (Keepsake keepsake = opened(1, "maxConnections=1", "connectionWait=30000")) {
            AtomicReference<Optional<Counter>> found = new AtomicReference<>(Optional.empty());
            Thread waiting;
            try (Session session = keepsake.session()) {
                isHeld(session);
                waiting = Thread.ofVirtual().start(() -> found.set(keepsake.find(Counter.class, 1L)));
                until(() -> server(keepsake).pool().getHikariPoolMXBean().getThreadsAwaitingConnection() == 1);
            }
            assertThat(waiting.join(SOON)).isTrue();
            assertThat(found.get()).isPresent();
        }
    }

    // ---- how long one is held

    @Test
    @Row("S2-52")
    void aSessionHoldsAConnectionFromItsFirstRequestToTheEndOfItsTransaction() {
        try (Keepsake keepsake = opened(1, "maxConnections=2");
                Session session = keepsake.session()) {
            SqlServer server = server(keepsake);
            session.add(new Counter(2, 0));
            assertThat(server.held()).as("opened, and nothing asked").isZero();
            session.find(Counter.class, 1L);
            assertThat(server.held()).isEqualTo(1);
            session.commit();
            assertThat(server.held()).as("after commit").isZero();
            isHeld(session);
            assertThat(server.held()).isEqualTo(1);
            session.rollback();
            assertThat(server.held()).as("after rollback").isZero();
            keepsake.query(Counter.class).list();
            assertThat(server.held()).as("after a query without a session").isZero();
        }
    }

    @Test
    @Row({"S2-34", "S2-53"})
    void manyUsesLeakNothing() {
        int uses = 10_000;
        try (Keepsake keepsake = opened(1, "maxConnections=1", "connectionWait=30000")) {
            String first = keepsake.inTransaction(session -> asked(session, me()));
            for (int i = 0; i < uses; i++) {
                try (Session session = keepsake.session()) {
                    session.find(Counter.class, 1L);
                    if (i % 1_000 == 0) {
                        addOne(session, 1);
                        session.commit();
                    }
                }
            }
            assertThat(server(keepsake).held()).isZero();
            assertThat(keepsake.openSessions()).isEmpty();
            assertThat(ask(countOthers())).isEqualTo("1");
            assertThat(keepsake.<String>inTransaction(session -> asked(session, me())))
                    .as("one connection all the time")
                    .isEqualTo(first);
            assertThat(numbers(keepsake)).containsExactly(uses / 1_000L);
        }
    }

    @Test
    @Row({"S2-52", "S2-53"})
    void anOpenTransactionNeverGoesBack() {
        try (Keepsake keepsake = opened(1, "maxConnections=1")) {
            assertThatThrownBy(() -> keepsake.useTransaction(session -> {
                        addOne(session, 1);
                        session.flush();
                        throw new IllegalStateException("mine");
                    }))
                    .isExactlyInstanceOf(IllegalStateException.class);
            assertThat(server(keepsake).held()).isZero();
            Session closed = keepsake.session();
            addOne(closed, 1);
            closed.flush();
            closed.close();

            refused(Problem.CLOSED, () -> closed.find(Counter.class, 1L));
            try (Session next = keepsake.session()) {
                assertThat(next.get(Counter.class, 1L).n()).isZero();
                next.commit();
            }
            assertThat(numbers(keepsake)).containsExactly(0L);
            assertThat(ask("select n from counter")).as("and no lock is left").isEqualTo("0");
            run("update counter set n = 5");
            assertThat(numbers(keepsake)).containsExactly(5L);
        }
    }

    @Test
    @Row("S2-52")
    void whoIsInterruptedGivesItsConnectionBack() throws Exception {
        try (Keepsake keepsake = opened(1, "maxConnections=1", "connectionWait=30000")) {
            AtomicReference<Fault> waiting = new AtomicReference<>();
            AtomicReference<Throwable> running = new AtomicReference<>();
            CountDownLatch runs = new CountDownLatch(1);
            Thread runner = Thread.ofVirtual().start(() -> {
                try (Session session = keepsake.session();
                        Sql sql = Sql.in(session.transaction())) {
                    runs.countDown();
                    sql.execute(sleep(30)).all();
                } catch (Fault fault) {
                    running.set(fault);
                }
            });
            await(runs);
            Thread waiter = Thread.ofPlatform().start(() -> {
                try {
                    keepsake.find(Counter.class, 1L);
                } catch (Fault fault) {
                    waiting.set(fault);
                }
            });
            until(() -> server(keepsake).pool().getHikariPoolMXBean().getThreadsAwaitingConnection() == 1);
            waiter.interrupt();
            assertThat(waiter.join(SOON)).isTrue();
            assertThat(waiting.get().problem()).isEqualTo(Problem.STORE_BUSY);
            runner.interrupt();
            assertThat(runner.join(SOON)).isTrue();

            assertThat(running.get()).isInstanceOf(Unavailable.class);
            assertThat(server(keepsake).held()).isZero();
            assertThat(numbers(keepsake)).containsExactly(0L);
        }
    }

    @Test
    @Row("S2-57")
    void aBrokenConnectionIsReplaced() {
        try (Keepsake keepsake = opened(1, "maxConnections=1")) {
            String first;
            try (Session session = keepsake.session()) {
                addOne(session, 1);
                session.flush();
                first = asked(session, me());
                run(kill(first));

                refused(Problem.STORE_UNREACHABLE, () -> {
                    isHeld(session);
                    isHeld(session);
                });
                refused(Problem.TRANSACTION_FAILED, () -> isHeld(session));
                session.rollback();
                assertThat(asked(session, me())).isNotEqualTo(first);
                assertThat(isHeld(session)).isTrue();
            }
            assertThat(numbers(keepsake)).containsExactly(0L);
        }
    }

    // ---- threads

    @Test
    @Row({"S2-50", "S2-60"})
    void aSessionBelongsToItsThreadAndSaysWhereItWasOpened() throws Exception {
        try (Keepsake keepsake = opened(1)) {
            int line = line() + 1;
            try (Session session = keepsake.session()) {
                session.find(Counter.class, 1L);
                List<Fault> faults = together(List.of(
                        () -> refused(Problem.WRONG_THREAD, () -> session.find(Counter.class, 1L)),
                        () -> refused(Problem.WRONG_THREAD, session::commit)));

                assertThat(faults)
                        .allSatisfy(
                                fault -> assertThat(String.valueOf(fault.facts().get("opened")))
                                        .contains("PoolContract.java:" + line + ")"));
                assertThat(keepsake.openSessions())
                        .singleElement()
                        .asString()
                        .contains("PoolContract.java:" + line + ")");
                session.commit();
            }
            assertThat(keepsake.openSessions()).isEmpty();
        }
    }

    // ---- the end

    /** A thread with a session in a transaction, which it goes on with when it is told to. */
    private static final class Other {
        final CountDownLatch wrote = new CountDownLatch(1);
        final CountDownLatch goesOn = new CountDownLatch(1);
        final AtomicReference<@Nullable Fault> fault = new AtomicReference<>();
        final Thread thread;

        Other(Keepsake keepsake, Consumer<Session> rest) {
            thread = Thread.ofVirtual().start(() -> {
                try (Session session = keepsake.session()) {
                    addOne(session, 1);
                    session.flush();
                    wrote.countDown();
                    await(goesOn);
                    rest.accept(session);
                } catch (Fault e) {
                    fault.set(e);
                }
            });
            await(wrote);
        }
    }

    private static boolean refusesMore(Keepsake keepsake) {
        try {
            keepsake.find(Counter.class, 1L);
            return false;
        } catch (Fault fault) {
            return fault.problem() == Problem.CLOSED;
        }
    }

    @Test
    @Row("S2-57")
    void closingWaitsForThoseThatOthersHold() throws Exception {
        try (Keepsake observer = opened(1)) {
            Keepsake keepsake = open(url, "closeWait=30000");
            Other other = new Other(keepsake, session -> {
                session.add(new Ticket(0, "in the same transaction"));
                session.commit();
                refused(Problem.CLOSED, () -> session.find(Counter.class, 99L));
            });
            Thread closing = Thread.ofVirtual().start(keepsake::close);
            until(() -> refusesMore(keepsake));
            assertThat(closing.isAlive()).isTrue();
            other.goesOn.countDown();

            assertThat(closing.join(SOON)).isTrue();
            other.thread.join();
            assertThat(other.fault.get()).isNull();
            assertThat(numbers(observer)).containsExactly(1L);
            assertThat(observer.query(Ticket.class).count()).isEqualTo(1);
        }
    }

    @Test
    @Row("S2-57")
    void closingWaitsNoLongerThanTheUrlSays() throws Exception {
        try (Keepsake observer = opened(1)) {
            Keepsake keepsake = open(url, "closeWait=300");
            Other idle = new Other(keepsake, Session::commit);
            assertThat(took(keepsake::close)).isBetween(Duration.ofMillis(290), SOON);
            idle.goesOn.countDown();
            idle.thread.join();
            assertThat(idle.fault.get()).isNotNull();
            assertThat(String.valueOf(idle.fault.get())).contains("closed");

            Keepsake another = open(url, "closeWait=300");
            CountDownLatch asks = new CountDownLatch(1);
            Other busy = new Other(another, session -> {
                try (Sql sql = Sql.in(session.transaction())) {
                    asks.countDown();
                    sql.execute(sleep(30)).all();
                }
            });
            busy.goesOn.countDown();
            await(asks);
            assertThat(took(another::close)).isLessThan(SOON);
            assertThat(busy.thread.join(SOON)).isTrue();
            assertThat(busy.fault.get()).isNotNull();
            assertThat(numbers(observer)).as("rolled back").containsExactly(0L);
        }
    }

    @Test
    @Row({"S2-57", "S2-56"})
    void closingEndsWhatItsOwnThreadHoldsAtOnce() {
        try (Keepsake observer = opened(1)) {
            Keepsake keepsake = open(url, "closeWait=60000");
            Session session = keepsake.session();
            addOne(session, 1);
            session.flush();

            assertThat(took(keepsake::close)).isLessThan(SOON);
            assertThat(server(observer).held()).isZero();
            refused(Problem.CLOSED, () -> isHeld(session));
            session.close();
            assertThat(numbers(observer)).containsExactly(0L);
        }
    }
}
