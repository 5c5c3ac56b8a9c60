package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.fault.Corrupt;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.value.Bytes;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Columns that others declared: what their types mean, and what of their values does not fit. */
@On("sqlite")
final class SqliteForeignTypesTest {
    @TempDir
    Path folder = Path.of("");

    private Guarded column(String declared, String... literals) {
        Raw raw = Raw.in(folder).run("create table t (id integer primary key, v " + declared + ")");
        for (String literal : literals) {
            raw.run("insert into t (v) values (" + literal + ")");
        }
        return raw.open();
    }

    private static List<Object> read(Guarded store) {
        return Raw.values(store, Raw.kind(store, "t"), "v", Condition.all(), "id");
    }

    private static Object type(Guarded store) {
        return Raw.kind(store, "t").field("v").orElseThrow().type().toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "VARCHAR(10); text(10)",
                "NVARCHAR; text",
                "VARCHAR(99999999999); text",
                "CLOB; text",
                "INT; integer",
                "BIGINT UNSIGNED; integer",
                "BOOLEAN; boolean",
                "REAL; double",
                "DOUBLE PRECISION; double",
                "'NUMERIC(10,2)'; 'decimal(10,2)'",
                "'NUMERIC(0, -1)'; 'decimal(38,9)'",
                "DATE; date",
                "DATETIME; datetime(6)",
                "TIME; time(6)",
                "TIMESTAMP WITH TIME ZONE; instant(6)",
                "JSON; any",
                "BLOB; bytes",
                "''; any",
                "STRNG; any",
                "decimal_text; text",
                "'decimal_integer(90,3)'; integer",
            })
    void aDeclaredTypeIsReadAsTheUsualTypeOfItsName(String declared, String type) {
        try (Guarded store = column(declared)) {
            assertThat(String.valueOf(type(store)).replace(" ", "")).isEqualTo(type);
        }
    }

    @Test
    void timesAreReadInAnyIsoForm() {
        try (Guarded store = column(
                "datetime",
                "'2018-05-31 01:44:52'",
                "'2018-05-31 01:44:52.123'",
                "'2018-05-31 01:44:52.123456'",
                "'2018-05-31T01:44:52Z'",
                "'2018-05-31T01:44:52.5+02:00'",
                "'2018-05-31 01:44'",
                "'2018-05-31'",
                "null")) {
            assertThat(read(store))
                    .containsExactly(
                            LocalDateTime.of(2018, 5, 31, 1, 44, 52),
                            LocalDateTime.of(2018, 5, 31, 1, 44, 52, 123_000_000),
                            LocalDateTime.of(2018, 5, 31, 1, 44, 52, 123_456_000),
                            LocalDateTime.of(2018, 5, 31, 1, 44, 52),
                            LocalDateTime.of(2018, 5, 30, 23, 44, 52, 500_000_000),
                            LocalDateTime.of(2018, 5, 31, 1, 44),
                            LocalDateTime.of(2018, 5, 31, 0, 0),
                            null);
        }
    }

    @Test
    void aTimestampKeptAsANumberIsANumber() {
        try (Guarded store = column("timestamp", "null", "1527731092")) {
            assertThat(type(store)).isEqualTo("integer");
            assertThat(read(store)).containsExactly(null, 1527731092L);
        }
    }

    @Test
    void aTimeOfDayIsFoundHoweverItIsWritten() {
        try (Guarded store = column("time", "'10:30'", "'10:30:00'", "'10:30:00.000'", "'09:00:00'")) {
            Kind kind = Raw.kind(store, "t");
            LocalTime halfPastTen = LocalTime.of(10, 30);

            assertThat(Raw.values(store, kind, "id", Term.of("v").eq(halfPastTen), "id"))
                    .containsExactly(1L, 2L, 3L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").lt(halfPastTen)))
                    .containsExactly(4L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").ge(halfPastTen), "v", "id"))
                    .containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void numbersAndBooleansAreRead() {
        try (Guarded store = column("numeric(10,2)", "12.5", "3", "'7.25'", "9007199254740993")) {
            Kind kind = Raw.kind(store, "t");

            assertThat(read(store))
                    .containsExactly(
                            new BigDecimal("12.5"),
                            new BigDecimal("3"),
                            new BigDecimal("7.25"),
                            new BigDecimal("9007199254740993"));
            assertThat(Raw.values(store, kind, "id", Term.of("v").eq(new BigDecimal("9007199254740993"))))
                    .containsExactly(4L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").lt(new BigDecimal("7.250000000000000000001")), "id"))
                    .containsExactly(2L, 3L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").lt(new BigDecimal("7.25"))))
                    .containsExactly(2L);
        }
    }

    @Test
    void aColumnWithoutTypeHoldsAnything() {
        try (Guarded store = column("", "1", "1.5", "'text'", "x'00ff'", "null", "'12'")) {
            Kind kind = Raw.kind(store, "t");

            assertThat(read(store)).containsExactly(1L, 1.5, "text", Bytes.of(new byte[] {0, -1}), null, "12");
            assertThat(Raw.values(store, kind, "id", Term.of("v").gt(1L))).containsExactly(2L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").eq("12"))).containsExactly(6L);
            assertThat(Raw.values(store, kind, "id", Term.of("v.inside").eq("x")))
                    .isEmpty();
            assertThat(Raw.values(store, kind, "id", Term.of("v.inside").isNull(), "v.inside", "id"))
                    .hasSize(6);
            Raw.insert(store, kind, Raw.state(kind, "id", 7L, "v", "0012"), Raw.state(kind, "id", 8L, "v", 5.0));
            assertThat(read(store).subList(6, 8)).containsExactly("0012", 5.0);
        }
    }

    @Test
    void textThatSqliteWouldTurnIntoANumberIsRefusedRatherThanChanged() {
        try (Guarded store = column("strng", "'plain'")) {
            Kind kind = Raw.kind(store, "t");
            Raw.insert(store, kind, Raw.state(kind, "id", 2L, "v", "v12"));

            for (String text : List.of("0012", " 5 ", "1e3", ".5", "-7.")) {
                Fault fault = Raw.refused(
                        Problem.VALUE_REFUSED, () -> Raw.insert(store, kind, Raw.state(kind, "id", 3L, "v", text)));
                assertThat(fault.getMessage()).contains("$.v", "strng");
            }
            assertThat(read(store)).containsExactly("plain", "v12");
        }
    }

    @Test
    void jsonIsReadWrittenAndAskedAsItIs() {
        try (Guarded store = column("json", "'{\"a\": {\"b\": 1}}'", "'[1, 2]'", "'null'", "5", "'\"text\"'")) {
            Kind kind = Raw.kind(store, "t");
            Raw.insert(store, kind, Raw.state(kind, "id", 6L, "v", 17L), Raw.state(kind, "id", 7L, "v", "17"));

            assertThat(read(store))
                    .containsExactly(Map.of("a", Map.of("b", 1L)), List.of(1L, 2L), null, 5L, "text", 17L, "17");
            assertThat(Raw.values(store, kind, "id", Term.of("v.a.b").eq(1L))).containsExactly(1L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").isNull())).containsExactly(3L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").gt(4L), "id")).containsExactly(4L, 6L);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "integer; 'soon'; integer; text soon",
                "real; 'much'; double; text much",
                "real; 9e999; double; Infinity",
                "varchar(10); x'00'; text; bytes",
                "boolean; 2; boolean; 2",
                "datetime; 'soon'; datetime; soon",
                "date; '2018-13-01'; date; 2018-13-01",
                "numeric(10,2); 'many'; decimal; many",
                "json; '{'; ; {",
                "blob; 'text'; bytes; text",
                "text; cast(x'610062' as text); text; a",
            })
    void aValueThatDoesNotFitItsColumnIsCorruptWithItsPlace(
            String declared, String literal, String expected, String was) {
        try (Guarded store = column(declared, "null", literal)) {
            Kind kind = Raw.kind(store, "t");

            Fault fault = Raw.refused(Problem.STATE_UNDECODABLE, () -> Raw.all(store, kind));
            assertThat(fault).isInstanceOf(Corrupt.class);
            assertThat(fault.facts().get("at")).asString().contains("t/2", "$.v");
            assertThat(fault.sentence()).contains(was);
            assertThat(fault.sentence()).contains(expected == null ? "" : "expected " + expected);
        }
    }

    @Test
    void aConditionOnAValueThatDoesNotFitIsCorruptToo() {
        try (Guarded store = column("datetime", "'2018-05-31'", "'soon'")) {
            Kind kind = Raw.kind(store, "t");

            Raw.refused(
                    Problem.STATE_UNDECODABLE,
                    () -> Raw.values(store, kind, "id", Term.of("v").lt(LocalDateTime.of(2020, 1, 1, 0, 0))));
        }
        try (Guarded store = new Raw(folder.resolve("json.db"))
                .run("create table t (id integer primary key, v json)", "insert into t (v) values ('{')")
                .open()) {
            Raw.refused(
                    Problem.STATE_UNDECODABLE,
                    () -> Raw.values(
                            store, Raw.kind(store, "t"), "id", Term.of("v.a").eq(1L)));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "2018-05-31 01:44:52; 2019-01-02 03:04:05.250",
                "2018-05-31 01:44:52.123456; 2019-01-02 03:04:05.250000",
                "2018-05-31T01:44:52.1; 2019-01-02T03:04:05.25",
                "2018-05-31T01:44:52Z; 2019-01-02T03:04:05.25Z",
                "2018-05-31 01:44:52.123+02:00; 2019-01-02 05:04:05.250+02:00",
                "2018-05-31 01:44:52-05; 2019-01-01 22:04:05.25-05",
                "; 2019-01-02 03:04:05.250000",
                "2018-05-31; 2019-01-02 03:04:05.250000",
            })
    void aTimeIsWrittenInTheFormThatTheReplacedOneHad(String before, String after) {
        try (Guarded store = column("datetime", before == null ? "null" : "'" + before + "'")) {
            Kind kind = Raw.kind(store, "t");
            State changed = Raw.state(kind, "id", 1L, "v", LocalDateTime.of(2019, 1, 2, 3, 4, 5, 250_000_000));
            store.write(transaction ->
                    transaction.write(Changeset.of(new Changeset.Update(kind, changed, List.of("v"), Guard.EXISTS))));

            assertThat(Raw.in(folder).rows("select v from t").getFirst().replaceAll("0+$", ""))
                    .isEqualTo(after.replaceAll("0+$", ""));
            assertThat(read(store)).containsExactly(LocalDateTime.of(2019, 1, 2, 3, 4, 5, 250_000_000));
        }
    }

    @Test
    void aTimeIsGuardedWhateverItsForm() {
        try (Guarded store = column("datetime", "'2018-05-31T01:44:52Z'")) {
            Kind kind = Raw.kind(store, "t");
            State loaded = Raw.all(store, kind).getFirst();
            State changed = Raw.state(kind, "id", 1L, "v", LocalDateTime.of(2019, 1, 2, 3, 4, 5));
            store.write(transaction -> transaction.write(
                    Changeset.of(new Changeset.Update(kind, changed, List.of("v"), Guard.of(loaded, List.of("v"))))));

            assertThat(Raw.in(folder).rows("select v from t")).containsExactly("2019-01-02T03:04:05Z");
            Raw.refused(
                    Problem.STALE_OBJECT,
                    () -> store.write(transaction -> transaction.write(Changeset.of(
                            new Changeset.Update(kind, changed, List.of("v"), Guard.of(loaded, List.of("v")))))));
        }
    }

    @Test
    void mixedTimesAreOrderedGroupedAndMeasuredAsTimes() {
        try (Guarded store = column(
                "datetime",
                "'2018-05-31T12:00:00+02:00'",
                "'2018-05-31 10:00:00'",
                "'2018-05-31 09:59:59.999999'",
                "'2018-06-01'",
                "null")) {
            Kind kind = Raw.kind(store, "t");
            LocalDateTime ten = LocalDateTime.of(2018, 5, 31, 10, 0);
            Aggregation byTime =
                    Aggregation.count(kind, Term.of("v").isNull().not()).by("v");
            Aggregation extremes = Aggregation.of(
                    kind,
                    new Aggregation.Measure("least", Aggregation.Function.MIN, dev.keepsake.value.Path.of("v")),
                    new Aggregation.Measure("most", Aggregation.Function.MAX, dev.keepsake.value.Path.of("v")));

            assertThat(Raw.values(store, kind, "id", Condition.all(), "v", "id"))
                    .containsExactly(5L, 3L, 1L, 2L, 4L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").eq(ten), "id"))
                    .containsExactly(1L, 2L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").between(ten, ten.plusDays(1)), "id"))
                    .containsExactly(1L, 2L, 4L);
            List<State> groups =
                    store.read(transaction -> transaction.aggregate(byTime).list());
            assertThat(groups.stream().map(group -> group.at(0)))
                    .containsExactly(ten.minusNanos(1_000), ten, LocalDateTime.of(2018, 6, 1, 0, 0));
            State found = store.read(
                    transaction -> transaction.aggregate(extremes).list().getFirst());
            assertThat(Arrays.asList(found.at(0), found.at(1)))
                    .containsExactly(ten.minusNanos(1_000), LocalDateTime.of(2018, 6, 1, 0, 0));
        }
    }

    @Test
    void datesAndNullsAreReadAndWrittenAsTheyAre() {
        try (Guarded store = column("date", "'2018-05-31'", "null")) {
            Kind kind = Raw.kind(store, "t");
            Raw.insert(
                    store,
                    kind,
                    Raw.state(kind, "id", 3L, "v", LocalDate.of(1, 1, 1)),
                    Raw.state(kind, "id", 4L, "v", null));

            assertThat(read(store)).containsExactly(LocalDate.of(2018, 5, 31), null, LocalDate.of(1, 1, 1), null);
            assertThat(Raw.in(folder).rows("select v from t where id > 2")).containsExactly("0001-01-01", "null");
        }
    }
}
