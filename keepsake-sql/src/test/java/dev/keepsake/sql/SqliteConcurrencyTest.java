package dev.keepsake.sql;

import static dev.keepsake.sql.SqliteFileTest.PEOPLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Unavailable;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.value.Type;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several at once: threads, connections, other programs. */
@On("sqlite")
final class SqliteConcurrencyTest {
    private static final Kind COUNTS = Kind.named("counts")
            .required("id", Type.INTEGER)
            .id("id")
            .field("n", Type.INTEGER)
            .build();
    private static final int THREADS = 8;

    @TempDir
    Path folder = Path.of("");

    private static State person(String name) {
        return Raw.state(PEOPLE, "name", name);
    }

    private static void together(Callable<?> task) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                running.add(threads.submit(task));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", ":memory:"})
    void incrementsOfManyThreadsAddUpExactly(String place) throws Exception {
        String url = place.equals("file") ? Raw.in(folder).url() : "sqlite::memory:";
        int each = 200;
        try (Guarded store = Stores.open(url)) {
            store.createAll(Schema.of(List.of(COUNTS)));
            Raw.insert(store, COUNTS, Raw.state(COUNTS, "id", 1L, "n", 0L));
            together(() -> {
                int done = 0;
                while (done < each) {
                    try {
                        store.write(SqliteConcurrencyTest::increment);
                        done++;
                    } catch (Fault fault) {
                        assertThat(fault.retryable()).as(fault.getMessage()).isTrue();
                    }
                }
                return done;
            });

            assertThat(Raw.values(store, COUNTS, "n", Condition.all())).containsExactly((long) THREADS * each);
        }
    }

    private static Object increment(Transaction transaction) {
        long found =
                transaction.find(Selection.byId(COUNTS, 1L)).list().getFirst().longAt(1);
        return transaction.write(Changeset.of(new Changeset.Update(
                COUNTS, Raw.state(COUNTS, "id", 1L, "n", found + 1), List.of("n"), new Guard(Map.of("n", found)))));
    }

    @Test
    void manyThreadsMakeOneFile() throws Exception {
        try (Guarded store = Raw.in(folder).open()) {
            together(() -> {
                boolean made = false;
                while (!made) {
                    try {
                        store.createAll(Schema.of(List.of(PEOPLE)));
                        made = true;
                    } catch (Fault fault) {
                        // another was first
                        assertThat(fault.retryable() || fault.problem() == Problem.REQUEST_INVALID)
                                .as(fault.getMessage())
                                .isTrue();
                    }
                }
                return Raw.insert(store, PEOPLE, person("Bob"));
            });

            assertThat(Raw.all(store, PEOPLE)).hasSize(THREADS);
        }
    }

    @Test
    void readersSeeOneStateBesideAWriter() {
        try (Guarded store = Raw.in(folder).open()) {
            store.createAll(Schema.of(List.of(PEOPLE)));
            Raw.insert(store, PEOPLE, person("Bob"), person("Jill"));
            try (Transaction reader = store.begin(TransactionOptions.READ);
                    Cursor cursor = reader.find(Selection.of(PEOPLE))) {
                assertThat(cursor.next()).isTrue();
                Raw.insert(store, PEOPLE, person("Joe"));

                assertThat(cursor.list()).hasSize(1);
                assertThat(reader.find(Selection.of(PEOPLE)).list()).hasSize(2);
            }
            assertThat(Raw.all(store, PEOPLE)).hasSize(3);
        }
    }

    @Test
    void inMemoryAReaderMakesTheWriterWaitAndThenBusy() {
        try (Guarded store = Stores.open("sqlite::memory:")) {
            store.createAll(Schema.of(List.of(PEOPLE)));
            Raw.insert(store, PEOPLE, person("Bob"));
            try (Transaction reader = store.begin(TransactionOptions.READ);
                    Transaction writer = store.begin(TransactionOptions.WRITE.waiting(Duration.ofMillis(50)))) {
                assertThat(reader.find(Selection.of(PEOPLE)).list()).hasSize(1);

                assertThat(Raw.refused(Problem.STORE_BUSY, () -> {
                                    writer.write(Changeset.inserts(PEOPLE, List.of(person("Jill"))));
                                    writer.commit();
                                })
                                .retryable())
                        .isTrue();
                assertThat(reader.find(Selection.of(PEOPLE)).list()).hasSize(1);
            }
            Raw.insert(store, PEOPLE, person("Joe"));
            assertThat(Raw.values(store, PEOPLE, "name", Condition.all())).containsExactly("Bob", "Joe");
        }
    }

    @Test
    void aLockedDatabaseIsWaitedForAndThenBusy() throws SQLException {
        Raw raw = Raw.in(folder).run("create table people (id integer primary key, name text)");
        try (Guarded store = raw.open();
                Connection other = raw.connect();
                Statement statement = other.createStatement()) {
            statement.execute("begin immediate");
            long start = System.nanoTime();
            try (Transaction transaction = store.begin(TransactionOptions.WRITE.waiting(Duration.ofMillis(300)))) {
                Fault fault = Raw.refused(
                        Problem.STORE_BUSY, () -> transaction.write(Changeset.inserts(PEOPLE, List.of(person("Bob")))));
                assertThat(fault).isInstanceOf(Unavailable.class);
                assertThat(fault.retryable()).isTrue();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(250), Duration.ofSeconds(4));
            statement.execute("rollback");
            Raw.insert(store, PEOPLE, person("Bob"));

            assertThat(raw.rows("select name from people")).containsExactly("Bob");
        }
    }

    @Test
    void aWriteAfterReadingAnOldStateIsAConflictThatCanBeRetried() {
        Raw raw = Raw.in(folder)
                .run("pragma journal_mode = wal", "create table people (id integer primary key, name text)");
        try (Sql reading = Sql.open(raw.url());
                Guarded store = raw.open()) {
            reading.execute("select * from people").all();
            Raw.insert(store, PEOPLE, person("Bob"));

            Fault fault = Raw.refused(
                    Problem.TRANSACTION_CONFLICT, () -> reading.execute("insert into people (name) values ('Jill')"));
            assertThat(fault).isInstanceOf(Conflict.class);
            assertThat(fault.retryable()).isTrue();
            reading.rollback();
            reading.execute("insert into people (name) values ('Jill')");
            reading.commit();
        }
        assertThat(raw.rows("select name from people")).containsExactly("Bob", "Jill");
    }

    @Test
    void whoReadsOnAfterTheEndIsToldSoAndNotThatThereIsNothingLeft() {
        Guarded store = Raw.in(folder).open();
        store.createAll(Schema.of(List.of(PEOPLE)));
        Raw.insert(store, PEOPLE, person("Bob"), person("Jill"));
        try (Transaction transaction = store.begin()) {
            Cursor open = transaction.find(Selection.of(PEOPLE));
            Cursor read = transaction.find(Selection.of(PEOPLE));
            assertThat(open.next()).isTrue();
            assertThat(read.list()).hasSize(2);
            transaction.write(Changeset.inserts(PEOPLE, List.of(person("Joe"))));
            transaction.commit();

            Raw.refused(Problem.CLOSED, open::next);
            assertThat(read.next()).isFalse();
            open.close();
        }
        assertThat(Raw.all(store, PEOPLE)).hasSize(3);
        Cursor left = store.begin().find(Selection.of(PEOPLE));
        assertThat(left.next()).isTrue();
        store.close();
        Raw.refused(Problem.CLOSED, left::next);
        assertThat(Raw.in(folder).rows("select count(*) from people")).containsExactly("3");
    }

    @Test
    void tenThousandTransactionsLeakNoConnections() {
        Path descriptors = Path.of("/proc/self/fd");
        try (Guarded store = Raw.in(folder).open()) {
            store.createAll(Schema.of(List.of(COUNTS)));
            Raw.insert(store, COUNTS, Raw.state(COUNTS, "id", 1L, "n", 0L));
            String[] before = descriptors.toFile().list();
            for (int i = 0; i < 10_000; i++) {
                try (Transaction transaction =
                        store.begin(i % 10 == 0 ? TransactionOptions.WRITE : TransactionOptions.READ)) {
                    assertThat(transaction.find(Selection.of(COUNTS)).next()).isTrue();
                    if (i % 20 == 0) {
                        increment(transaction);
                        transaction.commit();
                    }
                }
            }
            String[] after = descriptors.toFile().list();

            assertThat(Raw.values(store, COUNTS, "n", Condition.all())).containsExactly(500L);
            assertThat(after == null ? 0 : after.length).isLessThanOrEqualTo(before == null ? 0 : before.length + 5);
        }
    }

    @Test
    void aJoinedTransactionEndsWithoutATraceInTheOther() throws SQLException {
        Raw raw = Raw.in(folder).run("create table people (id integer primary key, name text)");
        try (Guarded store = raw.open();
                Connection theirs = raw.connect();
                Statement statement = theirs.createStatement()) {
            statement.execute("begin");
            try (Transaction joined = store.join(theirs)) {
                joined.write(Changeset.inserts(PEOPLE, List.of(person("kept"))));
                joined.commit();
            }
            try (Transaction joined = store.join(theirs)) {
                joined.write(Changeset.inserts(PEOPLE, List.of(person("undone"))));
            }
            statement.execute("commit");
        }
        assertThat(raw.rows("select name from people")).containsExactly("kept");
    }
}
