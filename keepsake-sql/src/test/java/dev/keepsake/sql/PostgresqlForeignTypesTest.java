package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.value.Bytes;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;

/** Columns that others declared on PostgreSQL: what each native type is, and what of its values does not fit. */
@On("postgresql")
final class PostgresqlForeignTypesTest extends ForeignTypesContract {
    PostgresqlForeignTypesTest() {
        super(Servers.postgresql());
    }

    @BeforeEach
    void types() {
        raw.run(
                "create type mood as enum ('sad', 'ok', 'very happy')",
                "create type pair as (a int, b text)",
                "create domain positive as int check (value > 0)",
                "create domain tiny as positive check (value < 10)",
                "create domain label as varchar(20)",
                "create domain feeling as mood",
                "create domain tags as text[]",
                "create domain \"x as y\" as text");
    }

    @Override
    String mood() {
        return "mood";
    }

    @Override
    String exactly() {
        return "array_to_string(array[v::text], '')";
    }

    @Override
    String shown() {
        return "btrim(v::text)";
    }

    static Stream<Arguments> natives() {
        UUID uuid = UUID.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
        return Stream.of(
                        of("smallint", "-32768", "integer(16)", -32768L, 7L, "7"),
                        of("int", "2147483647", "integer(32)", 2147483647L, -7L, "-7"),
                        of(
                                "bigint",
                                "9007199254740993",
                                "integer",
                                9007199254740993L,
                                Long.MIN_VALUE,
                                "" + Long.MIN_VALUE),
                        of("real", "0.1", "double", 0.1, 2.5, "2.5"),
                        of("double precision", "0.1", "double", 0.1, 1e300, "1e+300"),
                        of(
                                "numeric(10,2)",
                                "12.50",
                                "decimal(10,2)",
                                new BigDecimal("12.5"),
                                new BigDecimal("7.25"),
                                "7.25"),
                        of(
                                "numeric",
                                "0.00000000000000000001",
                                "decimal(38,9)",
                                new BigDecimal("1E-20"),
                                new BigDecimal("7.25"),
                                "7.25"),
                        of(
                                "numeric(5,-2)",
                                "12345",
                                "decimal(38,9)",
                                new BigDecimal("12300"),
                                new BigDecimal("700"),
                                "700"),
                        of("money", "'1234.5'", "text", "$1,234.50", "$7.00", "$7.00"),
                        of("boolean", "true", "boolean", true, false, "false"),
                        of("text", "'Grüße 😀'", "text", "Grüße 😀", "it's \\ \"", "it's \\ \""),
                        of("varchar(5)", "'abc'", "text(5)", "abc", "x", "x"),
                        of("char(5)", "'ab'", "text(5)", "ab", "cd", "cd"),
                        of("name", "'ab'", "text", "ab", "cd", "cd"),
                        of("\"char\"", "'a'", "text", "a", "b", "b"),
                        of(
                                "bytea",
                                "'\\x00ff'",
                                "bytes",
                                Bytes.of(new byte[] {0, -1}),
                                Bytes.of(new byte[] {1}),
                                "\\x01"),
                        of("bit(3)", "B'101'", "text", "101", "011", "011"),
                        of("bit", "B'1'", "text", "1", "0", "0"),
                        of("varbit", "B'1'", "text", "1", "0011", "0011"),
                        of(
                                "date",
                                "'2018-05-31'",
                                "date",
                                LocalDate.of(2018, 5, 31),
                                LocalDate.of(1, 1, 1),
                                "0001-01-01"),
                        of(
                                "time",
                                "'10:30:00.123456'",
                                "time(6)",
                                LocalTime.of(10, 30, 0, 123456000),
                                LocalTime.of(1, 2),
                                "01:02:00"),
                        of("timetz", "'10:30:00+02'", "text", "10:30:00+02", "11:30:00-05", "11:30:00-05"),
                        of(
                                "timestamp",
                                "'2018-05-31 01:44:52.123456'",
                                "datetime(6)",
                                LocalDateTime.of(2018, 5, 31, 1, 44, 52, 123456000),
                                LocalDateTime.of(1000, 1, 2, 3, 4),
                                "1000-01-02 03:04:00"),
                        of(
                                "timestamp(0)",
                                "'2018-05-31 01:44:52'",
                                "datetime(0)",
                                LocalDateTime.of(2018, 5, 31, 1, 44, 52),
                                LocalDateTime.of(2019, 1, 2, 3, 4),
                                "2019-01-02 03:04:00"),
                        of(
                                "timestamptz",
                                "'2018-05-31 01:44:52+02'",
                                "instant(6)",
                                Instant.parse("2018-05-30T23:44:52Z"),
                                Instant.parse("1500-01-01T00:00:00.25Z"),
                                "1500-01-01 00:00:00.25+00"),
                        of("interval", "'1 day 02:03:04'", "text", "1 day 02:03:04", "2 mons", "2 mons"),
                        of(
                                "json",
                                "'{\"b\": 1,  \"a\": [1, 2.50]}'",
                                "any",
                                Map.of("b", 1L, "a", List.of(1L, 2.5)),
                                Map.of("x", 1L),
                                "{\"x\":1}"),
                        of(
                                "jsonb",
                                "'{\"b\": 1,  \"a\": [1, 2.50]}'",
                                "any",
                                Map.of("b", 1L, "a", List.of(1L, 2.5)),
                                Map.of("x", 1L),
                                "{\"x\": 1}"),
                        of("uuid", "'" + uuid + "'", "uuid", uuid, new UUID(1, 2), new UUID(1, 2).toString()),
                        of("inet", "'10.0.0.1'", "text", "10.0.0.1", "::1", "::1/128"),
                        of("cidr", "'10.0.0.0/8'", "text", "10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/16"),
                        of(
                                "macaddr",
                                "'08:00:2b:01:02:03'",
                                "text",
                                "08:00:2b:01:02:03",
                                "08:00:2b:01:02:04",
                                "08:00:2b:01:02:04"),
                        of("point", "'(1,2)'", "text", "(1,2)", "(1.5,2)", "(1.5,2)"),
                        of("box", "'(2,2),(1,1)'", "text", "(2,2),(1,1)", "(3,3),(1,1)", "(3,3),(1,1)"),
                        of(
                                "polygon",
                                "'((0,0),(1,1),(2,0))'",
                                "text",
                                "((0,0),(1,1),(2,0))",
                                "((0,0),(1,1))",
                                "((0,0),(1,1))"),
                        of("int4range", "'[1,5)'", "text", "[1,5)", "[2,7)", "[2,7)"),
                        of(
                                "tsrange",
                                "'[2018-01-01,2018-02-01)'",
                                "text",
                                "[\"2018-01-01 00:00:00\",\"2018-02-01 00:00:00\")",
                                "empty",
                                "empty"),
                        of("tsvector", "'a b'", "text", "'a' 'b'", "'c'", "'c'"),
                        of("oid", "123", "text", "123", "4000000000", "4000000000"),
                        of("xml", "'<a>1</a>'", "text", "<a>1</a>", "<b/>", "<b/>"),
                        of("pair", "row(1, 'x y')", "text", "(1,\"x y\")", "(2,z)", "(2,z)"),
                        of("mood", "'very happy'", "text", "very happy", "sad", "sad"),
                        of("feeling", "'ok'", "text", "ok", "sad", "sad"),
                        of("positive", "3", "integer(32)", 3L, 4L, "4"),
                        of("tiny", "3", "integer(32)", 3L, 4L, "4"),
                        of("label", "'a'", "text(20)", "a", "b", "b"),
                        of("\"x as y\"", "'a'", "text", "a", "b", "b"),
                        of("tags", "'{a,b}'", "list(text)", List.of("a", "b"), List.of("c"), "{c}"),
                        of("int[]", "'{1,null,3}'", "list(integer(32))", Arrays.asList(1L, null, 3L), List.of(), "{}"),
                        of("bigint[]", "'{1,2}'", "list(integer)", List.of(1L, 2L), List.of(3L), "{3}"),
                        of(
                                "text[]",
                                "'{a,\"b,c\",\"d\\\"e\",null,\"null\",\"\"}'",
                                "list(text)",
                                Arrays.asList("a", "b,c", "d\"e", null, "null", ""),
                                List.of("{}", "\\"),
                                "{\"{}\",\"\\\\\"}"),
                        of("varchar(5)[]", "'{a}'", "list(text(5))", List.of("a"), List.of("b"), "{b}"),
                        of(
                                "int[][]",
                                "'{{1,2},{3,4}}'",
                                "list(list(integer(32)))",
                                List.of(List.of(1L, 2L), List.of(3L, 4L)),
                                List.of(List.of(5L)),
                                "{{5}}"),
                        of("boolean[]", "'{t,f}'", "list(boolean)", List.of(true, false), List.of(false), "{f}"),
                        of("real[]", "'{0.1}'", "list(double)", List.of(0.1), List.of(0.5), "{0.5}"),
                        of(
                                "numeric(10,2)[]",
                                "'{1.50}'",
                                "list(decimal(10,2))",
                                List.of(new BigDecimal("1.5")),
                                List.of(new BigDecimal("2")),
                                "{2.00}"),
                        of(
                                "uuid[]",
                                "'{" + uuid + "}'",
                                "list(uuid)",
                                List.of(uuid),
                                List.of(new UUID(1, 2)),
                                "{" + new UUID(1, 2) + "}"),
                        of(
                                "bytea[]",
                                "'{\"\\\\x01ff\"}'",
                                "list(bytes)",
                                List.of(Bytes.of(new byte[] {1, -1})),
                                List.of(Bytes.of(new byte[] {2})),
                                "{\"\\\\x02\"}"),
                        of(
                                "date[]",
                                "'{1500-01-01}'",
                                "list(date)",
                                List.of(LocalDate.of(1500, 1, 1)),
                                List.of(LocalDate.of(1, 1, 1)),
                                "{0001-01-01}"),
                        of(
                                "timestamp[]",
                                "'{2018-03-25 02:30:00.123456}'",
                                "list(datetime(6))",
                                List.of(LocalDateTime.of(2018, 3, 25, 2, 30, 0, 123456000)),
                                List.of(LocalDateTime.of(1000, 1, 2, 3, 4)),
                                "{\"1000-01-02 03:04:00\"}"),
                        of(
                                "timestamptz[]",
                                "'{2018-05-31 01:44:52+02}'",
                                "list(instant(6))",
                                List.of(Instant.parse("2018-05-30T23:44:52Z")),
                                List.of(Instant.parse("1500-01-01T00:00:00Z")),
                                "{\"1500-01-01 00:00:00+00\"}"),
                        of(
                                "time[]",
                                "'{10:30}'",
                                "list(time(6))",
                                List.of(LocalTime.of(10, 30)),
                                List.of(LocalTime.of(1, 2)),
                                "{01:02:00}"),
                        of("mood[]", "'{sad,\"very happy\"}'", "text", "{sad,\"very happy\"}", "{ok}", "{ok}"),
                        of("inet[]", "'{10.0.0.1}'", "text", "{10.0.0.1}", "{::1}", "{::1}"))
                .map(Arguments::of);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "numeric; 'NaN'; NaN",
                "numeric; 'Infinity'; Infinity",
                "real; 'NaN'; NaN",
                "double precision; '-Infinity'; -Infinity",
                "date; 'infinity'; infinity",
                "date; '0044-03-15 BC'; 0044-03-15 BC",
                "date; '12018-05-31'; 12018-05-31",
                "timestamp; '-infinity'; -infinity",
                "timestamp; '0044-03-15 BC'; 0044-03-15",
                "timestamptz; 'infinity'; infinity",
                "time; '24:00:00'; 24:00:00",
                "numeric; 123456789012345678901234567890123456789012345; 12345678901234567",
                "int[]; '{{1,2},{3,4}}'; {{",
                "int[][]; '{1,2}'; {",
                "date[]; '{infinity}'; [infinity]",
                "double precision[]; '{NaN}'; [NaN]",
            })
    void aValueThatIsNoneOfOursIsCorruptWithItsPlaceAndStaysAsItIs(String declared, String literal, String was) {
        isCorrupt(declared, literal, was);
    }

    static Stream<Arguments> cut() {
        return Stream.of(
                Arguments.of("real", 0.123456789012),
                Arguments.of("char(5)", "ab "),
                Arguments.of("name", "é".repeat(32)),
                Arguments.of("varchar(3)", "abcd"),
                Arguments.of("smallint", 40_000L),
                Arguments.of("numeric(4,2)", new BigDecimal("0.125")),
                Arguments.of("mood", "Sad"));
    }

    @Test
    void aBatchOfNativeValuesIsCopied() {
        raw.run("create table t (id int primary key, m mood, i inet, a text[], b bytea, p point, at timestamptz,"
                + " twice int generated always as (id * 2) stored)");
        try (Guarded store = raw.open()) {
            Kind kind = Raw.kind(store, "t");
            State[] states = new State[200];
            for (int i = 0; i < states.length; i++) {
                states[i] = Raw.state(
                        kind,
                        "id",
                        (long) i,
                        "m",
                        "very happy",
                        "i",
                        "10.0.0.1",
                        "a",
                        Arrays.asList("tab\t\\N", null, "{\"x\"}"),
                        "b",
                        Bytes.of(new byte[] {0, 92, -1}),
                        "p",
                        "(1,2)",
                        "at",
                        Instant.EPOCH);
            }
            Raw.insert(store, kind, states);

            assertThat(raw.rows("select a::text, b::text, m, i, p::text, at = 'epoch', count(*), sum(twice)"
                            + " from t group by 1, 2, 3, 4, 5, 6"))
                    .containsExactly(
                            "{\"tab\t\\\\N\",NULL,\"{\\\"x\\\"}\"}|\\x005cff|very happy|10.0.0.1|(1,2)|t|200|39800");
            assertThat(Raw.all(store, kind).getFirst().get("a")).isEqualTo(states[0].get("a"));
        }
    }

    @Test
    void listsAreAskedForTheirElements() {
        try (Guarded store = column("text[]", "'{a,b}'", "'{\"b\",null}'", "'{}'", "null")) {
            Kind kind = Raw.kind(store, "t");

            assertThat(Raw.values(store, kind, "id", Term.of("v").has("b"), "id"))
                    .containsExactly(1L, 2L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").eq(List.of())))
                    .containsExactly(3L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").isNull())).containsExactly(4L);
        }
    }

    @Test
    void aForeignCollationDecidesEqualityAndOrderButNotMatching() {
        raw.run("create collation folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
        decides("text", "folded", "'alice'");
    }

    @Test
    void theCollationOfADatabaseIsThatOfItsColumns() {
        String name = "keepsake_icu_" + Long.toString(System.nanoTime(), 36);
        raw.run("create database " + name + " template template0 encoding 'UTF8' locale_provider icu icu_locale 'de'");
        RawServer german = new RawServer(raw.server(), raw.url().replaceFirst("/[^/?]*\\?.*", "/" + name));
        try (german;
                Guarded store = german.run(
                                "create table t (id int primary key, v text)",
                                "insert into t values (1, 'b'), (2, 'A')")
                        .open()) {
            Kind kind = Raw.kind(store, "t");

            assertThat(kind.field("v").orElseThrow().collation()).isEqualTo("de-x-icu");
            assertThat(Raw.values(store, kind, "v", Term.of("v").startsWith("A"), "v"))
                    .containsExactly("A");
        }
    }

    @Test
    void citextIsEqualAsItsTypeSays() {
        raw.run("create extension if not exists citext with schema public");
        try (Guarded store = column("public.citext", "'Bob'")) {
            Kind kind = Raw.kind(store, "t");

            assertThat(Raw.values(store, kind, "v", Term.of("v").contains("ob")))
                    .containsExactly("Bob");
            assertThat(Raw.values(store, kind, "v", Term.of("v").contains("OB")))
                    .isEmpty();
        }
    }
}
