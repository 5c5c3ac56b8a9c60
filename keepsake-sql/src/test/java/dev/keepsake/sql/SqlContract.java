package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.Keepsake;
import dev.keepsake.contract.Row;
import dev.keepsake.fault.Corrupt;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Invalid;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Unsupported;
import dev.keepsake.fault.Violation;
import dev.keepsake.session.Session;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import dev.keepsake.store.Transaction;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.Type;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.MessageFormat;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What direct SQL does, on every SQL store. */
@Row("S1-40")
abstract class SqlContract {
    private static final String INSERT = "insert into people (name, count) values (?, ?)";

    private static final Logger LOGGER = Logger.getLogger(Sql.class.getName());

    /** The database, which is empty at the begin of each test. */
    abstract String url();

    /** Where it is, as it tells it itself. */
    abstract String place();

    /** What stands behind the name of an id so that the database counts it. */
    abstract String generated();

    /** The type of bytes. */
    abstract String bytes();

    /** Whether {@code like} ignores the case of ASCII letters. */
    abstract boolean likeIgnoresCase();

    /** Whether a new table is part of the transaction, or ends it. */
    abstract boolean createsInTransactions();

    /** Whether a failed statement is all that fails. */
    abstract boolean goesOnBehindFailures();

    @BeforeEach
    void createPeople() {
        try (Sql sql = open()) {
            sql.execute("create table people (id " + generated() + ", name varchar(100), count integer)");
            sql.execute(INSERT, "Bob", 12);
            sql.execute(INSERT, "Jill", 15);
            sql.execute(INSERT, "Joe", 10);
            sql.commit();
        }
    }

    /** Most tests close without commit, and their warnings tell nothing. */
    @BeforeEach
    void silenceWarnings() {
        LOGGER.setUseParentHandlers(false);
    }

    @AfterEach
    void allowWarnings() {
        LOGGER.setUseParentHandlers(true);
    }

    private Sql open() {
        return Sql.open(url());
    }

    // ---- opening

    @Test
    void anUnknownSchemeIsRefused() {
        refused(Problem.UNKNOWN_SCHEME, () -> Sql.open("sqlitte:a.db")).withMessageContaining("did you mean sqlite?");
    }

    // ---- values

    @Test
    @Row("S1-03")
    void numbersAndTextComeBackAsTheyWere() {
        List<Object> values = List.of(
                Long.MIN_VALUE, Long.MAX_VALUE, "", "na\u00efve \ud83d\ude00", 1e-308, 0.1, Double.MAX_VALUE, "2.5");
        try (Sql sql = open()) {
            List<Object> found = values.stream()
                    .map(value -> sql.execute("select ? as v", value)
                            .one()
                            .orElseThrow()
                            // MariaDB reads a fraction as a decimal, as it reads a literal
                            .value("v", Type.of(value)))
                    .toList();

            assertThat(found).isEqualTo(values);
        }
    }

    @Test
    @Row("S1-03")
    void storedNumbersAndTextComeBackAsTheyWere() {
        try (Sql sql = open()) {
            sql.execute("create table v (i bigint, t text, d double precision)");
            sql.execute("insert into v values (?, ?, ?)", Long.MIN_VALUE, "\ud83d\ude00", 1e-308);
            sql.execute("insert into v values (?, ?, ?)", null, "", null);

            assertThat(sql.execute("select i, t, d from v order by i desc").all())
                    .extracting(SqlRow::values)
                    .containsExactlyInAnyOrder(
                            List.of(Long.MIN_VALUE, "\ud83d\ude00", 1e-308), Arrays.asList(null, "", null));
        }
    }

    @Test
    void plainJavaValuesAreTaken() {
        UUID uuid = UUID.fromString("0190b5e4-7a5c-7b3e-8d1f-0123456789ab");
        List<Object> given = Arrays.asList(
                (short) 3,
                1.5f,
                'x',
                Problem.CLOSED,
                new byte[] {0, -1},
                Optional.of(4),
                Optional.empty(),
                null,
                LocalDate.of(2018, 5, 31));
        try (Sql sql = open()) {
            sql.execute("create table v (a integer, b double precision, c text, d text, e " + bytes()
                    + ", f integer, g text, h text, i date, j text)");
            sql.execute(
                    "insert into v values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    Stream.concat(given.stream(), Stream.of(uuid)).toArray());
            SqlRow row = sql.execute("select * from v").one().orElseThrow();

            assertThat(row.values().subList(0, 8))
                    .containsExactly(3L, 1.5, "x", "CLOSED", Bytes.of(new byte[] {0, -1}), 4L, null, null);
            assertThat(row.value("i", Type.DATE)).isEqualTo(LocalDate.of(2018, 5, 31));
            assertThat(row.value("j", Type.UUID)).isEqualTo(uuid);
        }
    }

    @Test
    void timesAndDecimalsComeBackWhereTheirTypeIsAskedFor() {
        Instant instant = Instant.parse("2018-05-31T01:44:52.123456Z");
        LocalDateTime time = LocalDateTime.of(2018, 5, 31, 1, 44, 52, 123_456_789);
        try (Sql sql = open()) {
            SqlRow row = sql.execute(
                            "select ? as i, ? as t, ? as d, ? as b", instant, time, new BigDecimal("1.50"), true)
                    .one()
                    .orElseThrow();

            assertThat(row.value("i", Type.instant(6))).isEqualTo(instant);
            assertThat(row.value("i", Type.INSTANT)).isEqualTo(Instant.parse("2018-05-31T01:44:52.123Z"));
            assertThat(row.value("t", Type.dateTime(9))).isEqualTo(time);
            assertThat(row.value("d", Type.DECIMAL)).isEqualTo(new BigDecimal("1.5"));
            assertThat(row.value("b", Type.BOOLEAN)).isEqualTo(true);
        }
    }

    @Test
    void whatIsNoValueIsRefused() {
        try (Sql sql = open()) {
            refused(Problem.VALUE_REFUSED, () -> sql.execute("select ?", new Object()));
            refused(Problem.VALUE_REFUSED, () -> sql.execute("select ?", Double.NaN));
            refused(Problem.VALUE_REFUSED, () -> sql.execute("select :n", Map.of("n", List.of(1))))
                    .withMessageContaining(":n");
        }
    }

    // ---- converting

    @Test
    @Row("S1-04")
    void aColumnIsConvertedByTheTypeInItsName() {
        String select = "select '2018-05-31' as \"born [date]\", '5' as \"n [integer]\", '1' as \"raw [colour]\","
                + " '2018-05-31 01:44:52' as \"at [timestamp]\"";
        try (Sql sql = open()) {
            SqlRow plain = sql.execute(select).one().orElseThrow();
            assertThat(plain.columns()).containsExactly("born [date]", "n [integer]", "raw [colour]", "at [timestamp]");
            assertThat(plain.value("born [date]")).isEqualTo("2018-05-31");

            SqlRow row = sql.converting(true).execute(select).one().orElseThrow();
            assertThat(row.columns()).containsExactly("born", "n", "raw", "at");
            assertThat(row.value("born")).isEqualTo(LocalDate.of(2018, 5, 31));
            assertThat(row.value("n")).isEqualTo(5L);
            assertThat(row.value("raw")).isEqualTo("1");
            assertThat(row.value("at")).isEqualTo(LocalDateTime.of(2018, 5, 31, 1, 44, 52));
        }
    }

    @Test
    @Row("S1-04")
    void aValueIsConvertedToTheTypeAskedFor() {
        try (Sql sql = open()) {
            SqlRow row = sql.execute(
                            "select '2018-05-31' as born, 'soon' as late, '[1, 2]' as list, null as empty, 7 as n")
                    .one()
                    .orElseThrow();

            assertThat(row.value("born", Type.DATE)).isEqualTo(LocalDate.of(2018, 5, 31));
            assertThat(row.value("born", Type.DATE_TIME)).isEqualTo(LocalDateTime.of(2018, 5, 31, 0, 0));
            assertThat(row.value("list", Type.list(Type.INTEGER))).isEqualTo(List.of(1L, 2L));
            assertThat(row.value("empty", Type.DATE)).isNull();
            assertThat(row.value(4, Type.TEXT)).isEqualTo("7");
            assertThat(row.value(4, Type.DOUBLE)).isEqualTo(7.0);
            assertThatExceptionOfType(Corrupt.class)
                    .isThrownBy(() -> row.value("late", Type.DATE))
                    .withMessageStartingWith("late holds text soon, expected date");
        }
    }

    @Test
    @Row("S1-04")
    void aTextThatIsNoDateSpoilsOnlyItsOwnColumn() {
        try (Sql sql = open().converting(true)) {
            SqlRow row = sql.execute("select 'soon' as \"born [date]\", 1 as n")
                    .one()
                    .orElseThrow();

            assertThat(row.value("n")).isEqualTo(1L);
            assertThatExceptionOfType(Corrupt.class).isThrownBy(() -> row.value("born"));
            assertThatExceptionOfType(Corrupt.class).isThrownBy(row::values);
        }
    }

    // ---- statements

    @Test
    @Row("S1-05")
    void severalResultsAreOpenAtOnce() {
        try (Sql sql = open()) {
            SqlResult up = sql.execute("select name from people order by name");
            SqlResult down = sql.execute("select name from people order by name desc");

            assertThat(List.of(name(up), name(down), name(up), name(down)))
                    .containsExactly("Bob", "Joe", "Jill", "Jill");
            assertThat(sql.openResults()).isEqualTo(2);
        }
    }

    @Test
    @Row({"S1-06", "S1-63"})
    void aTableIsListedOnceItIsCreated() {
        try (Sql sql = open()) {
            assertThat(sql.tableNames()).containsExactly("people");

            SqlResult result = sql.execute("create table animals (id integer primary key, name varchar(100))");
            assertThat(result.count()).isZero();
            assertThat(result.columns()).isEmpty();
            assertThat(sql.tableNames()).containsExactly("animals", "people");
            sql.execute("create view few as select * from people");
            assertThat(sql.tableNames()).containsExactly("animals", "people");
        }
    }

    @Test
    @Row({"S1-07", "S2-05"})
    void anInsertWithLiteralsCountsOneRow() {
        try (Sql sql = open()) {
            SqlResult result = sql.execute("insert into people (name, count) values ('Bill', 15)");

            assertThat(result.count()).isEqualTo(1);
            assertThat(result.all()).isEmpty();
            assertThat(result.one()).isEmpty();
        }
    }

    @Test
    void anInsertOfOneRowTellsItsId() {
        try (Sql sql = open()) {
            long last = (Long) sql.execute("select max(id) from people")
                    .one()
                    .orElseThrow()
                    .value(0);

            assertThat(sql.execute(INSERT, "Bill", 15).generatedId()).contains(last + 1);
            assertThat(sql.execute("insert into people (name) select name from people where count = 15")
                            .generatedId())
                    .isEmpty();
            assertThat(sql.execute("update people set count = 1").generatedId()).isEmpty();
            assertThat(sql.execute("select * from people").generatedId()).isEmpty();
        }
    }

    @Test
    void anInsertCanReturnRows() {
        try (Sql sql = open()) {
            SqlResult result = sql.execute(
                    "insert into people (name, count) values (?, ?), (?, ?) returning name, count", "A", 1, "B", 2);

            assertThat(result.count()).isEqualTo(-1);
            assertThat(result.stream().map(row -> row.value("name"))).containsExactlyInAnyOrder("A", "B");
            assertThat(count(sql)).isEqualTo(5);
        }
    }

    @Test
    @Row({"S1-08", "S1-24"})
    void parametersAreGivenByPosition() {
        try (Sql sql = open()) {
            assertThat(sql.execute(INSERT, "Jim", 33).count()).isEqualTo(1);
            assertThat(sql.execute("select count from people where name = ?", "Jim")
                            .one()
                            .orElseThrow()
                            .value("count"))
                    .isEqualTo(33L);
        }
    }

    @Test
    @Row("S1-08")
    void aWrongNumberOfArgumentsIsRefusedWithBothNumbers() {
        try (Sql sql = open()) {
            refused(Problem.PARAMETER_MISMATCH, () -> sql.execute(INSERT, "Jim"))
                    .withMessageStartingWith("the statement has 2 parameters, and 1 value is given");
            refused(Problem.PARAMETER_MISMATCH, () -> sql.execute(INSERT, "Jim", 1, 2))
                    .withMessageStartingWith("the statement has 2 parameters, and 3 values are given");
            refused(Problem.PARAMETER_MISMATCH, () -> sql.execute(INSERT))
                    .withMessageStartingWith("the statement has 2 parameters, and 0 values are given");
            refused(Problem.PARAMETER_MISMATCH, () -> sql.execute("select 1", 1))
                    .withMessageStartingWith("the statement has 0 parameters, and 1 value is given");
            assertThat(count(sql)).isEqualTo(3);
        }
    }

    @Test
    @Row("S1-09")
    void aHostileNameIsStoredAsText() {
        String hostile = "Robert'); drop table people;--";
        try (Sql sql = open()) {
            sql.execute(INSERT, hostile, 1);
            sql.execute(
                    "insert into people (name, count) values (:name, :count)",
                    Map.of("name", hostile + "\"`[", "count", 2));

            assertThat(sql.execute("select name from people where count < 3 order by count")
                            .all())
                    .extracting(row -> row.value("name"))
                    .containsExactly(hostile, hostile + "\"`[");
            assertThat(sql.tableNames()).containsExactly("people");
        }
    }

    @Test
    @Row({"S1-10", "S1-24"})
    void parametersAreGivenByName() {
        Map<String, Object> arguments = new HashMap<>(Map.of("username", "Jim"));
        arguments.put("usercount", null);
        try (Sql sql = open()) {
            sql.execute("insert into people (name, count) values (:username, :usercount)", arguments);

            assertThat(sql.execute("select name, count from people where name = :n or name = :n", Map.of("n", "Jim"))
                            .all())
                    .extracting(SqlRow::values)
                    .containsExactly(Arrays.asList("Jim", null));
        }
    }

    @Test
    @Row("S1-10")
    void aMissingNameAndOneTooManyAreRefusedByName() {
        String insert = "insert into people (name, count) values (:username, :usercount)";
        try (Sql sql = open()) {
            refused(Problem.PARAMETER_MISMATCH, () -> sql.execute(insert, Map.of("username", "Jim", "usercoun", 1)))
                    .withMessageStartingWith("there is no value for :usercount")
                    .withMessageContaining("did you mean usercoun?");
            refused(
                            Problem.PARAMETER_MISMATCH,
                            () -> sql.execute(insert, Map.of("username", "Jim", "usercount", 1, "user", 1)))
                    .withMessageStartingWith("the statement has no parameter :user");
            refused(Problem.PARAMETER_MISMATCH, () -> sql.execute(insert))
                    .withMessageStartingWith("there is no value for :username");
            refused(Problem.PARAMETER_MISMATCH, () -> sql.execute(insert, "Jim", 1));
            refused(Problem.PARAMETER_MISMATCH, () -> sql.execute(INSERT, Map.of("name", "Jim")));
        }
    }

    @Test
    @Row("S1-10")
    void aColonInQuotesIsNoParameter() {
        try (Sql sql = open()) {
            SqlRow row = sql.execute("select ':a' as \"x:y\", /* :b */ :c as c -- :d", Map.of("c", "it's :e"))
                    .one()
                    .orElseThrow();

            assertThat(row.columns()).containsExactly("x:y", "c");
            assertThat(row.values()).containsExactly(":a", "it's :e");
        }
    }

    @Test
    @Row("S2-11")
    void aMissingTableIsNamedWithThoseThatAreNear() {
        try (Sql sql = open()) {
            refused(Problem.UNKNOWN_KIND, () -> sql.execute("select * from peoples"))
                    .withMessageStartingWith("there is no kind peoples")
                    .withMessageContaining("select * from peoples")
                    .withMessageContaining("did you mean people?");
        }
    }

    @Test
    @Row("S2-12")
    void behindAFailedStatementTheNextTellsWhatFailedFirst() {
        try (Sql sql = open()) {
            sql.execute("create table trainer (id integer primary key not null, name text not null)");
            sql.commit();

            Fault first = refusal(Problem.UNKNOWN_KIND, () -> sql.execute("select * from trainers"));
            assertThat(first.hint()).contains("did you mean trainer?");
            if (goesOnBehindFailures()) {
                assertThat(sql.execute("select * from trainer").all()).isEmpty();
            } else {
                for (int i = 0; i < 2; i++) {
                    Fault next = refusal(Problem.TRANSACTION_FAILED, () -> sql.execute("select * from trainer"));
                    assertThat(next.facts()).containsEntry("first", first.sentence());
                    assertThat(next).hasCause(first);
                    assertThat(next.hint()).contains("roll back, then begin anew");
                }
            }
            sql.rollback();
            assertThat(sql.execute("select * from trainer").all()).isEmpty();
        }
    }

    @Test
    @Row("S2-12")
    void aSavepointSavesWhatWasBeforeAFailedStatement() {
        try (Sql sql = open()) {
            sql.execute(INSERT, "Jim", 1);
            sql.execute("savepoint here");
            refused(Problem.UNKNOWN_KIND, () -> sql.execute("select * from peoples"));
            sql.execute("rollback to savepoint here");
            assertThat(count(sql)).isEqualTo(4);
            sql.commit();
        }
        assertThat(countNow()).isEqualTo(4);
    }

    @Test
    @Row("S2-13")
    void onlyTheOwnRollbackHelps() {
        try (Sql sql = open();
                Sql other = open()) {
            refused(Problem.UNKNOWN_KIND, () -> sql.execute("select * from peoples"));
            other.rollback();
            if (!goesOnBehindFailures()) {
                refused(Problem.TRANSACTION_FAILED, () -> count(sql));
            }
            sql.rollback();
            assertThat(count(sql)).isEqualTo(3);
        }
    }

    @Test
    @Row("S2-14")
    void afterAFailureItIsClosedAsEver() {
        Sql sql = open();
        refused(Problem.UNKNOWN_KIND, () -> sql.execute("select * from peoples"));
        sql.close();

        assertThat(sql.isOpen()).isFalse();
        assertThat(countNow()).isEqualTo(3);
    }

    @Test
    void oneStatementIsRunAtATime() {
        try (Sql sql = open()) {
            refused(Problem.MALFORMED_STATEMENT, () -> sql.execute("delete from people; drop table people"))
                    .withMessageContaining("give each statement to a call of its own");
            assertThat(count(sql)).isEqualTo(3);
            assertThat(sql.execute("select 1;").all()).hasSize(1);
        }
    }

    @Test
    void whatTheDatabaseRefusesIsTranslated() {
        try (Sql sql = open()) {
            sql.execute("create unique index one_name on people (name)");
            sql.commit();

            refused(Problem.UNIQUE_VIOLATION, () -> sql.execute(INSERT, "Joe", 1));
            sql.rollback();
            refused(Problem.MALFORMED_STATEMENT, () -> sql.execute("selec 1"));
            sql.rollback();
            refused(Problem.UNKNOWN_KIND, () -> sql.execute("select * from nowhere"));
            sql.rollback();
            refused(Problem.UNKNOWN_FIELD, () -> sql.execute("select nowhere from people"));
            assertThat(sql.openResults()).isZero();
        }
    }

    // ---- many rows

    @Test
    void manyRowsAreWrittenInOneGo() {
        List<Object[]> rows = new ArrayList<>();
        for (int i = 0; i < 1_201; i++) {
            rows.add(new Object[] {"name " + i, i});
        }
        try (Sql sql = open()) {
            SqlResult result = sql.executeMany(INSERT, rows);

            assertThat(result.count()).isEqualTo(1_201);
            assertThat(result.counts()).hasSize(1_201).containsOnly(1L);
            assertThat(count(sql)).isEqualTo(1_204);
        }
    }

    @Test
    void manyRowsAreGivenByNameOrAsLists() {
        try (Sql sql = open()) {
            SqlResult result = sql.executeMany(
                    "update people set count = :count where name = :name",
                    List.of(Map.of("name", "Bob", "count", 1), Map.of("name", "Nobody", "count", 2)));
            sql.executeMany(INSERT, List.of(List.of("Jim", 1), Arrays.asList("Tim", null)));

            assertThat(result.counts()).containsExactly(1L, 0L);
            assertThat(result.count()).isEqualTo(1);
            assertThat(sql.execute("select name from people where count = 1 order by name")
                            .all())
                    .extracting(row -> row.value(0))
                    .containsExactly("Bob", "Jim");
        }
    }

    @Test
    void aFailingRowUndoesItsWholeBatchAndIsNamed() {
        List<Object[]> rows = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            rows.add(new Object[] {i == 776 ? "name 3" : "name " + i, i});
        }
        try (Sql sql = open()) {
            sql.execute("create unique index one_name on people (name)");
            sql.execute(INSERT, "before", 0);

            assertThatExceptionOfType(Violation.class)
                    .isThrownBy(() -> sql.executeMany(INSERT, rows))
                    .satisfies(fault -> {
                        assertThat(fault.problem()).isEqualTo(Problem.UNIQUE_VIOLATION);
                        assertThat(fault.sentence()).startsWith("row 777: ");
                        assertThat(fault.facts()).containsEntry("row", 777);
                        assertThat(fault.getCause()).isNotNull();
                    });
            assertThat(count(sql)).isEqualTo(4);
            sql.commit();
        }
        assertThat(countNow()).isEqualTo(4);
    }

    @Test
    void aMisfittingRowUndoesItsWholeBatchAndIsNamed() {
        try (Sql sql = open()) {
            refused(
                            Problem.PARAMETER_MISMATCH,
                            () -> sql.executeMany(INSERT, List.of(List.of("Jim", 1), List.of("Tim"))))
                    .withMessageStartingWith("row 2: the statement has 2 parameters, and 1 value is given");
            refused(Problem.PARAMETER_MISMATCH, () -> sql.executeMany(INSERT, List.of("Jim")))
                    .withMessageStartingWith("row 1: a row is an array, a collection or a map, not Jim");
            refused(Problem.MALFORMED_STATEMENT, () -> sql.executeMany("select ?", List.of(List.of(1))));
            refused(
                    Problem.MALFORMED_STATEMENT,
                    () -> sql.executeMany("delete from people where name = ? returning id", List.of(List.of("Bob"))));
            assertThat(count(sql)).isEqualTo(3);
        }
    }

    @Test
    void noRowsAreNoWrite() {
        try (Sql sql = open()) {
            assertThat(sql.executeMany(INSERT, List.of()).count()).isZero();
        }
    }

    @Test
    @Row("S2-07")
    void aHundredStatementsInALoopLeaveNothingOpen() {
        try (Sql sql = open()) {
            for (int i = 0; i < 100; i++) {
                sql.execute(INSERT, "name " + i, i);
                assertThat(sql.execute("select count from people where name = ?", "name " + i)
                                .one()
                                .orElseThrow()
                                .value(0))
                        .isEqualTo((long) i);
            }
            assertThat(sql.openResults()).isZero();
            assertThat(count(sql)).isEqualTo(103);
            assertThat(countNow()).as("one transaction").isEqualTo(3);
            sql.commit();
            assertThat(countNow()).isEqualTo(103);
        }
    }

    // ---- results

    @Test
    @Row({"S2-09", "N-01"})
    void allRowsHaveTheirValuesInTheOrderOfTheColumns() {
        try (Sql sql = open()) {
            assertThat(sql.execute("select * from people order by id").all())
                    .extracting(SqlRow::values)
                    .containsExactly(List.of(1L, "Bob", 12L), List.of(2L, "Jill", 15L), List.of(3L, "Joe", 10L));
            assertThat(sql.execute("select count, name from people where id = 3")
                            .all())
                    .extracting(SqlRow::values)
                    .containsExactly(List.of(10L, "Joe"));
        }
    }

    @Test
    @Row({"S1-12", "S2-08"})
    void executeGivesTheResult() {
        try (Sql sql = open()) {
            assertThat(sql.execute("select name from people where count > ?", 14)
                            .all())
                    .extracting(row -> row.value("name"))
                    .containsExactly("Jill");
            assertThat(sql.execute("select name from people").count()).isEqualTo(-1);
        }
    }

    @Test
    @Row("S1-13")
    void allGivesWhatIsLeftAndThenNothing() {
        try (Sql sql = open()) {
            SqlResult result = sql.execute("select * from people");

            assertThat(result.all()).hasSize(3);
            assertThat(result.all()).isEmpty();
            sql.commit();
            assertThat(result.all()).isEmpty();
        }
    }

    @Test
    @Row("S1-14")
    void ownUncommittedRowsAreSeen() {
        try (Sql sql = open()) {
            sql.execute(INSERT, "Jim", 1);

            assertThat(count(sql)).isEqualTo(4);
            assertThat(countNow()).isEqualTo(3);
        }
    }

    @Test
    @Row("S1-15")
    void likeFollowsTheDatabase() {
        try (Sql sql = open()) {
            List<SqlRow> found = sql.execute("select name from people where name like :name", Map.of("name", "bob"))
                    .all();

            assertThat(found)
                    .extracting(row -> row.value("name"))
                    .isEqualTo(likeIgnoresCase() ? List.of("Bob") : List.of());
        }
    }

    @Test
    @Row("S1-16")
    void anUpdateCountsTheRowsItChanged() {
        try (Sql sql = open()) {
            assertThat(sql.execute("update people set count=? where name=?", 20, "Jill")
                            .count())
                    .isEqualTo(1);
            assertThat(sql.execute("update people set count=? where name=?", 20, "Nobody")
                            .count())
                    .isZero();
            assertThat(sql.execute("delete from people").count()).isEqualTo(3);
        }
    }

    @Test
    @Row("S1-17")
    void oneGivesARowOrNone() {
        try (Sql sql = open()) {
            SqlResult result = sql.execute("select name from people where name = 'Bob'");

            assertThat(result.one().orElseThrow().value("name")).isEqualTo("Bob");
            assertThat(result.one()).isEmpty();
            assertThat(result.one()).isEmpty();
        }
    }

    @Test
    @Row("S1-18")
    void someGivesUpToThatManyRows() {
        try (Sql sql = open()) {
            SqlResult single = sql.execute("select * from people");
            assertThat(List.of(
                            single.some().size(),
                            single.some().size(),
                            single.some().size(),
                            single.some().size()))
                    .containsExactly(1, 1, 1, 0);

            SqlResult pairs = sql.execute("select * from people");
            assertThat(pairs.some(0)).isEmpty();
            assertThat(pairs.some(2)).hasSize(2);
            assertThat(pairs.some(2)).hasSize(1);
            assertThat(pairs.some(2)).isEmpty();
            refused(Problem.REQUEST_INVALID, () -> pairs.some(-1));
        }
    }

    @Test
    @Row("S1-19")
    void aLoopGoesThroughAllRowsAndClosesTheResult() {
        try (Sql sql = open()) {
            List<Object> names = new ArrayList<>();
            for (SqlRow row : sql.execute("select name from people order by name")) {
                names.add(row.value("name"));
            }

            assertThat(names).containsExactly("Bob", "Jill", "Joe");
            assertThat(sql.openResults()).isZero();
            Iterator<SqlRow> none =
                    sql.execute("select * from people where count < 0").iterator();
            assertThat(none.hasNext()).isFalse();
            assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(none::next);
        }
    }

    @Test
    @Row("S1-19")
    void anEarlyBreakAndCloseLeaveNoOpenStatement() {
        try (Sql sql = open()) {
            try (SqlResult result = sql.execute("select name from people order by name")) {
                for (SqlRow row : result) {
                    assertThat(row.value("name")).isEqualTo("Bob");
                    break;
                }
                assertThat(sql.openResults()).isEqualTo(1);
                assertThat(name(result)).isEqualTo("Jill");
            }

            assertThat(sql.openResults()).isZero();
            sql.execute("drop table people");
            assertThat(sql.tableNames()).isEmpty();
        }
    }

    @Test
    @Row("S1-19")
    void aStreamReadsAsItGoesAndClosesTheResult() {
        try (Sql sql = open()) {
            try (Stream<SqlRow> rows = sql.execute("select name from people order by name").stream()) {
                assertThat(rows.map(row -> row.value(0)).findFirst()).contains("Bob");
            }
            assertThat(sql.openResults()).isZero();
            assertThat(sql.execute("select * from people").stream()).hasSize(3);
            assertThat(sql.openResults()).isZero();
        }
    }

    @Test
    @Row("S1-19")
    void aResultOfOneRowLeavesNothingOpen() {
        try (Sql sql = open()) {
            sql.execute("select count(*) from people").one();
            sql.execute("select * from people where count < 0");

            assertThat(sql.openResults()).isZero();
            sql.execute("drop table people");
        }
    }

    @Test
    void aClosedResultRefusesToBeReadAndKeepsItsColumns() {
        try (Sql sql = open()) {
            SqlResult result = sql.execute("select name from people");
            result.close();
            result.close();

            refused(Problem.CLOSED, result::one).withMessageStartingWith("the result is closed");
            assertThat(result.columns()).containsExactly("name");

            SqlResult committed = sql.execute("select name from people");
            sql.commit();
            refused(Problem.CLOSED, committed::all)
                    .withMessageStartingWith("the transaction of the result was committed");

            SqlResult undone = sql.execute("select name from people");
            Iterator<SqlRow> rows = undone.iterator();
            sql.rollback();
            refused(Problem.CLOSED, rows::hasNext)
                    .withMessageStartingWith("the transaction of the result was rolled back");
        }
    }

    @Test
    @Row("S1-26")
    void aRowIsReadByPositionAndByName() {
        try (Sql sql = open()) {
            SqlResult result = sql.execute("select name, count from people where name = 'Joe'");
            SqlRow row = result.one().orElseThrow();

            assertThat(result.columns()).containsExactly("name", "count");
            assertThat(row.columns()).containsExactly("name", "count");
            assertThat(row.value(0)).isEqualTo("Joe");
            assertThat(row.value("count")).isEqualTo(10L);
            assertThat(row.value("COUNT")).isEqualTo(10L);
            assertThat(row).hasToString("(name=Joe, count=10)");
            assertThat(row)
                    .isEqualTo(sql.execute("select name, count from people where name = 'Joe'")
                            .one()
                            .orElseThrow());
        }
    }

    @Test
    @Row("S1-26")
    void aRowIsStillReadWhenAllElseIsClosed() {
        SqlRow row;
        try (Sql sql = open()) {
            row = sql.execute("select name from people order by name").one().orElseThrow();
        }

        assertThat(row.value("name")).isEqualTo("Bob");
    }

    @Test
    @Row("S1-26")
    void anUnknownColumnIsRefusedWithNearNames() {
        try (Sql sql = open()) {
            SqlRow row = sql.execute("select name, count from people").one().orElseThrow();

            refused(Problem.UNKNOWN_FIELD, () -> row.value("nam")).withMessageContaining("did you mean name?");
            refused(Problem.UNKNOWN_FIELD, () -> row.value(2)).withMessageContaining("positions are 0 to 1");
            refused(Problem.UNKNOWN_FIELD, () -> row.value(-1));
        }
    }

    @Test
    @Row({"S1-26", "S2-54", "N-19"})
    void aNameThatOccursTwiceIsReadByPosition() {
        try (Sql sql = open()) {
            SqlRow row = sql.execute("select a.name, b.name, b.count from people a, people b"
                            + " where a.name = 'Bob' and b.name = 'Joe'")
                    .one()
                    .orElseThrow();

            assertThat(row.columns()).containsExactly("name", "name", "count");
            assertThat(row.values()).containsExactly("Bob", "Joe", 10L);
            assertThat(row.value("count")).isEqualTo(10L);
            refused(Problem.AMBIGUOUS_NAME, () -> row.value("name")).withMessageContaining("more than one column name");
        }
    }

    // ---- transactions

    @Test
    @Row("S2-04")
    void aTableIsThereForOthersAfterTheCommit() {
        try (Sql sql = open();
                Sql other = open()) {
            sql.execute("create table trainer (id integer primary key not null, name text not null)");
            if (createsInTransactions()) {
                assertThat(other.tableNames()).containsExactly("people");
                other.rollback();
            }

            sql.commit();
            assertThat(other.tableNames()).containsExactly("people", "trainer");
        }
    }

    @Test
    @Row({"S2-03", "S2-10"})
    void itTellsWhichDatabaseItIsAndWhetherItIsOpen() {
        Sql sql = open();
        assertThat(sql.toString()).contains(place()).endsWith("  open");
        sql.execute(INSERT, "Jim", 1);
        assertThat(sql.toString()).endsWith("  open, 1 statement not committed");
        sql.close();
        assertThat(sql.toString()).contains(place()).endsWith("  closed");
    }

    @Test
    @Row({"S1-11", "S2-06"})
    void othersSeeWhatIsCommittedAndNothingElse() {
        try (Sql sql = open();
                Sql other = open()) {
            sql.execute(INSERT, "Jim", 1);
            assertThat(count(other)).isEqualTo(3);
            other.rollback();

            sql.commit();
            assertThat(count(other)).isEqualTo(4);
        }
    }

    @Test
    @Row("S1-20")
    void aRollbackBringsTheOldValueBack() {
        try (Sql sql = open()) {
            sql.execute("update people set count = 99 where name = 'Joe'");
            assertThat(countOf(sql, "Joe")).isEqualTo(99L);
            sql.rollback();

            assertThat(countOf(sql, "Joe")).isEqualTo(10L);
            sql.execute("create table animals (id integer)");
            sql.rollback();
            assertThat(sql.tableNames().contains("animals")).isNotEqualTo(createsInTransactions());
        }
    }

    @Test
    @Row("S1-21")
    void closeWithoutCommitRollsBackAndSaysSo() {
        List<String> warnings = warnings(() -> {
            try (Sql sql = open()) {
                sql.execute(INSERT, "Jim", 1);
                sql.execute("update people set count = 99 where name = 'Joe'");
                sql.execute("update people set count = 99 where name = 'Nobody'");
                sql.execute("select * from people");
            }
        });

        assertThat(warnings).singleElement().asString().contains("closed without commit, 2 statements are lost");
        try (Sql sql = open()) {
            assertThat(count(sql)).isEqualTo(3);
            assertThat(countOf(sql, "Joe")).isEqualTo(10L);
        }
    }

    @Test
    @Row("S1-21")
    void closeWithNothingToLoseSaysNothing() {
        assertThat(warnings(() -> {
                    try (Sql sql = open()) {
                        sql.execute(INSERT, "Jim", 1);
                        sql.commit();
                        count(sql);
                    }
                    try (Sql sql = open()) {
                        sql.execute(INSERT, "Tim", 1);
                        sql.rollback();
                        refused(Problem.PARAMETER_MISMATCH, () -> sql.execute(INSERT, "Tim"));
                    }
                }))
                .isEmpty();
    }

    @Test
    @Row("S1-22")
    void committedWorkIsThereAfterReopening() {
        try (Sql sql = open()) {
            sql.execute("update people set count = ? where name = ?", 20, "Joe");
            sql.commit();
        }
        try (Sql sql = open()) {
            assertThat(countOf(sql, "Joe")).isEqualTo(20L);
        }
    }

    @Test
    void aTransactionIsNotBegunOrEndedByText() {
        try (Sql sql = open()) {
            sql.execute(INSERT, "Jim", 1);
            for (String text : List.of("begin", "commit", "rollback", "-- x\nCOMMIT;", "end")) {
                refused(Problem.MALFORMED_STATEMENT, () -> sql.execute(text));
            }
            sql.execute("savepoint here");
            sql.execute(INSERT, "Tim", 1);
            sql.execute("rollback to here");
            assertThat(count(sql)).isEqualTo(4);
            sql.rollback();
            assertThat(count(sql)).isEqualTo(3);
        }
    }

    @Test
    @Row({"S1-25", "S2-10"})
    void useAfterCloseIsRefused() {
        Sql sql = open();
        SqlResult result = sql.execute("select * from people");
        assertThat(sql.isOpen()).isTrue();
        sql.close();
        sql.close();

        assertThat(sql.isOpen()).isFalse();
        refused(Problem.CLOSED, () -> sql.execute("select 1"));
        refused(Problem.CLOSED, () -> sql.execute("select :a", Map.of("a", 1)));
        refused(Problem.CLOSED, () -> sql.executeMany(INSERT, List.of()));
        refused(Problem.CLOSED, sql::commit);
        refused(Problem.CLOSED, sql::rollback);
        refused(Problem.CLOSED, sql::tableNames);
        refused(Problem.CLOSED, result::all);
    }

    // ---- in a transaction of Keepsake's

    /** The table of these tests as a class. */
    @Entity(name = "people")
    static class Person {
        @Id
        @GeneratedValue
        @Nullable
        Long id;

        @Nullable
        String name;

        @Nullable
        Integer count;

        Person() {}

        Person(String name, int count) {
            this.name = name;
            this.count = count;
        }
    }

    @Test
    @Row("S1-41")
    void sqlAndObjectsAreMixedInOneTransaction() {
        try (Keepsake keepsake = Keepsake.open(url(), Person.class)) {
            try (Session session = keepsake.session()) {
                mixed(session);
                session.rollback();
            }
            assertThat(countNow()).isEqualTo(3);

            keepsake.useTransaction(SqlContract::mixed);
            assertThat(countNow()).isEqualTo(5);
            assertThat(keepsake.query(Person.class).where("count", 7).count()).isEqualTo(5);
        }
    }

    /** An object, then SQL through Keepsake, then JDBC, each seeing what was done before. */
    private static void mixed(Session session) {
        session.add(new Person("Jim", 1));
        session.flush();
        try (Sql sql = Sql.in(session.transaction())) {
            assertThat(count(sql)).isEqualTo(4);
            sql.execute(INSERT, "Tim", 2);
        }
        assertThat(session.query(Person.class).count()).isEqualTo(5);
        Connection connection = session.transaction().unwrap(Connection.class);
        try (Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("update people set count = 7")).isEqualTo(5);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        assertThat(session.query(Person.class).untracked().where("name", "Jim").one().count)
                .isEqualTo(7);
    }

    @Test
    @Row("S2-32")
    void aQueryShowsItsSqlWithItsValuesAsParameters() {
        try (Keepsake keepsake = Keepsake.open(url(), Person.class)) {
            assertThat(keepsake.query(Person.class).where("name", "Jill").toSql())
                    .isEqualToIgnoringCase("select id, name, count from people where name = ?");
        }
    }

    @Test
    void insideATransactionItsOwnerEndsIt() {
        try (Guarded store = Stores.open(url())) {
            try (Transaction transaction = store.begin();
                    Sql sql = Sql.in(transaction)) {
                sql.execute(INSERT, "Jim", 1);
                refused(Problem.REQUEST_INVALID, sql::commit);
                refused(Problem.REQUEST_INVALID, sql::rollback);
                refused(Problem.MALFORMED_STATEMENT, () -> sql.execute("commit"));
                assertThat(warnings(sql::close)).isEmpty();
                assertThat(countNow()).isEqualTo(3);
                transaction.commit();
            }
            assertThat(countNow()).isEqualTo(4);

            try (Transaction transaction = store.begin();
                    Sql sql = Sql.in(transaction)) {
                sql.execute(INSERT, "Tim", 1);
                assertThat(count(sql)).isEqualTo(5);
            }
            assertThat(countNow()).isEqualTo(4);
        }
    }

    @Test
    void insideATransactionAFailingBatchIsUndoneAlone() {
        try (Sql sql = open()) {
            sql.execute("create unique index one_name on people (name)");
            sql.commit();
        }
        try (Guarded store = Stores.open(url());
                Transaction transaction = store.begin();
                Sql sql = Sql.in(transaction)) {
            sql.executeMany(INSERT, List.of(List.of("Jim", 1), List.of("Tim", 2)));
            assertThatExceptionOfType(Violation.class)
                    .isThrownBy(() -> sql.executeMany(INSERT, List.of(List.of("Kim", 1), List.of("Jim", 2))))
                    .withMessageStartingWith("row 2: ");
            sql.close();
            transaction.commit();
        }

        assertThat(countNow()).isEqualTo(5);
    }

    @Test
    void whenTheTransactionHasEndedItIsRefused() {
        try (Guarded store = Stores.open(url());
                Transaction transaction = store.begin();
                Sql sql = Sql.in(transaction)) {
            assertThat(sql.isOpen()).isTrue();
            transaction.commit();

            assertThat(sql.isOpen()).isFalse();
            assertThatExceptionOfType(Invalid.class).isThrownBy(() -> sql.execute("select 1"));
        }
    }

    @Test
    void aStoreWithoutSqlRefusesIt() {
        try (Guarded store = Stores.open("memory:");
                Transaction transaction = store.begin()) {
            assertThatExceptionOfType(Unsupported.class).isThrownBy(() -> Sql.in(transaction));
        }
    }

    // ---- tools

    private static Object name(SqlResult result) {
        return result.one().orElseThrow().value("name");
    }

    private static long count(Sql sql) {
        return (Long)
                sql.execute("select count(*) from people").one().orElseThrow().value(0);
    }

    private static Object countOf(Sql sql, String name) {
        return sql.execute("select count from people where name = ?", name)
                .one()
                .orElseThrow()
                .value("count");
    }

    /** As a second connection sees it. */
    private long countNow() {
        try (Sql sql = open()) {
            return count(sql);
        }
    }

    private static ThrowableAssertAlternative<Fault> refused(Problem problem, ThrowingCallable call) {
        return assertThatExceptionOfType(Fault.class)
                .isThrownBy(call)
                .satisfies(fault -> assertThat(fault.problem()).isEqualTo(problem));
    }

    private static Fault refusal(Problem problem, ThrowingCallable call) {
        Fault fault = catchThrowableOfType(Fault.class, call);
        assertThat(fault.problem()).isEqualTo(problem);
        return fault;
    }

    /** The warnings of direct SQL while something runs. */
    private static List<String> warnings(Runnable work) {
        List<String> warnings = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                warnings.add(MessageFormat.format(line.getMessage(), line.getParameters()));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        LOGGER.addHandler(handler);
        try {
            work.run();
        } finally {
            LOGGER.removeHandler(handler);
        }
        return warnings;
    }
}
