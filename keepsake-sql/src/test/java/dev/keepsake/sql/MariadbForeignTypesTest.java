package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Columns that others declared on MariaDB: what each native type is, and what of its values does not fit. */
@On("mariadb")
final class MariadbForeignTypesTest {
    private RawServer raw = RawServer.space(Servers.mariadb());

    @AfterEach
    void drop() {
        raw.close();
    }

    private Guarded column(String declared, String... literals) {
        raw.run("create table t (id int primary key, v " + declared + ", other int)");
        for (int i = 0; i < literals.length; i++) {
            raw.run("set sql_mode = ''", "insert into t values (" + (i + 1) + ", " + literals[i] + ", 0)");
        }
        return raw.open();
    }

    private static Object[] of(Object... values) {
        return values;
    }

    private static Bytes bytes(int... bytes) {
        byte[] all = new byte[bytes.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) bytes[i];
        }
        return Bytes.of(all);
    }

    /** Declared, literal, our type, its value, a value to write, and what the database then says it is. */
    static Stream<Arguments> natives() {
        UUID uuid = UUID.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
        Bytes point = bytes(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40);
        return Stream.of(
                        of("tinyint", "-128", "integer(8)", -128L, 7L, "7"),
                        of("tinyint unsigned", "255", "integer(16)", 255L, 0L, "0"),
                        of("tinyint(1)", "1", "boolean", true, false, "0"),
                        of("smallint", "-32768", "integer(16)", -32768L, 7L, "7"),
                        of("smallint unsigned", "65535", "integer(32)", 65535L, 7L, "7"),
                        of("mediumint", "-8388608", "integer(32)", -8388608L, 7L, "7"),
                        of("mediumint unsigned zerofill", "7", "integer(32)", 7L, 16777215L, "16777215"),
                        of("int", "2147483647", "integer(32)", 2147483647L, -7L, "-7"),
                        of("int unsigned", "4294967295", "integer", 4294967295L, 7L, "7"),
                        of(
                                "bigint",
                                "9007199254740993",
                                "integer",
                                9007199254740993L,
                                Long.MIN_VALUE,
                                "" + Long.MIN_VALUE),
                        of(
                                "bigint unsigned",
                                "18446744073709551615",
                                "decimal(20,0)",
                                new BigDecimal("18446744073709551615"),
                                new BigDecimal("7"),
                                "7"),
                        of("bit", "b'1'", "boolean", true, false, "\0"),
                        of("bit(12)", "b'000100000010'", "bytes", bytes(1, 2), bytes(2, 3), "\2\3"),
                        of(
                                "decimal(10,2)",
                                "12.50",
                                "decimal(10,2)",
                                new BigDecimal("12.5"),
                                new BigDecimal("7.25"),
                                "7.25"),
                        of(
                                "decimal(65,30)",
                                "0.000000000000000000000000000001",
                                "decimal(38,9)",
                                new BigDecimal("1E-30"),
                                new BigDecimal("7.25"),
                                "7.250000000000000000000000000000"),
                        of(
                                "decimal(10,2) unsigned",
                                "12.50",
                                "decimal(10,2)",
                                new BigDecimal("12.5"),
                                new BigDecimal("7.25"),
                                "7.25"),
                        of("float", "0.1", "double", 0.1, 2.5, "2.5"),
                        of("float", "16777215", "double", 16777215.0, 3.1415927, "3.14159"),
                        of("double", "0.1", "double", 0.1, 1e300, "1e300"),
                        of("varchar(5)", "'abc'", "text(5)", "abc", "x ", "x "),
                        of("varchar(50) character set latin1", "'Grüße €'", "text(50)", "Grüße €", "Ä", "Ä"),
                        of(
                                "varchar(50) collate utf8mb4_general_ci",
                                "'Bob'",
                                "text(50)",
                                "Bob",
                                "it's \\ \" 😀",
                                "it's \\ \" 😀"),
                        of("char(5)", "'ab'", "text(5)", "ab", "cd", "cd"),
                        of("tinytext", "'ab'", "text", "ab", "cd", "cd"),
                        of("text", "'ab'", "text", "ab", "cd", "cd"),
                        of("mediumtext", "'ab'", "text", "ab", "cd", "cd"),
                        of("longtext", "'ab'", "text", "ab", "cd", "cd"),
                        of("binary(3)", "x'00ff'", "bytes", bytes(0, 255, 0), bytes(1, 2, 3), "\1\2\3"),
                        of("varbinary(5)", "x'00ff'", "bytes", bytes(0, 255), bytes(1), "\1"),
                        of("tinyblob", "x'00ff'", "bytes", bytes(0, 255), bytes(1), "\1"),
                        of("blob", "x'00ff'", "bytes", bytes(0, 255), bytes(1), "\1"),
                        of("longblob", "x'00ff'", "bytes", bytes(0, 255), bytes(1), "\1"),
                        of(
                                "enum('sad','very happy','x as y','it''s, so')",
                                "'very happy'",
                                "text",
                                "very happy",
                                "it's, so",
                                "it's, so"),
                        of("set('a','b','x as y')", "'a,b'", "text", "a,b", "a,x as y", "a,x as y"),
                        of(
                                "date",
                                "'2018-05-31'",
                                "date",
                                LocalDate.of(2018, 5, 31),
                                LocalDate.of(1000, 1, 1),
                                "1000-01-01"),
                        of(
                                "datetime",
                                "'2018-05-31 01:44:52'",
                                "datetime(0)",
                                LocalDateTime.of(2018, 5, 31, 1, 44, 52),
                                LocalDateTime.of(1000, 1, 2, 3, 4),
                                "1000-01-02 03:04:00"),
                        of(
                                "datetime(6)",
                                "'2018-03-25 02:30:00.123456'",
                                "datetime(6)",
                                LocalDateTime.of(2018, 3, 25, 2, 30, 0, 123456000),
                                LocalDateTime.of(1, 1, 2, 3, 4),
                                "0001-01-02 03:04:00.000000"),
                        of(
                                "timestamp(3) null",
                                "'2018-05-31 01:44:52.5'",
                                "instant(3)",
                                Instant.parse("2018-05-31T01:44:52.5Z"),
                                Instant.parse("2001-01-01T00:00:00.25Z"),
                                "2001-01-01 00:00:00.250"),
                        of("time", "'10:30'", "time(0)", LocalTime.of(10, 30), LocalTime.of(1, 2), "01:02:00"),
                        of(
                                "time(6)",
                                "'23:59:59.999999'",
                                "time(6)",
                                LocalTime.of(23, 59, 59, 999999000),
                                LocalTime.of(1, 2),
                                "01:02:00.000000"),
                        of("year", "2018", "integer(16)", 2018L, 1999L, "1999"),
                        of(
                                "json",
                                "'{\"b\": 1,  \"a\": [1, 2.50]}'",
                                "any",
                                Map.of("b", 1L, "a", List.of(1L, 2.5)),
                                Map.of("x", 1L),
                                "{\"x\":1}"),
                        of("uuid", "'" + uuid + "'", "uuid", uuid, new UUID(1, 2), new UUID(1, 2).toString()),
                        of("inet6", "'::1'", "text", "::1", "2001:db8::ff00:42:8329", "2001:db8::ff00:42:8329"),
                        of("inet4", "'10.0.0.1'", "text", "10.0.0.1", "10.0.0.2", "10.0.0.2"),
                        of(
                                "point",
                                "ST_GeomFromText('POINT(1 2)')",
                                "bytes",
                                point,
                                bytes(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x40),
                                "geometry"),
                        of("linestring", "ST_GeomFromText('LINESTRING(1 2,1 2)')", "bytes", null, null, "geometry"),
                        of("geometry", "ST_GeomFromText('POINT(1 2)')", "bytes", point, point, "geometry"))
                .map(Arguments::of);
    }

    private static State first(Guarded store, Kind kind) {
        return Raw.all(store, kind).stream()
                .filter(state -> state.get("id").equals(1L))
                .findFirst()
                .orElseThrow();
    }

    private static void update(Guarded store, Kind kind, State changed, List<String> fields, Guard guard) {
        store.write(transaction -> transaction.write(Changeset.of(new Changeset.Update(kind, changed, fields, guard))));
    }

    @ParameterizedTest
    @MethodSource("natives")
    void aNativeTypeIsReadWrittenAndLeftAlone(
            String declared, String literal, String type, Object value, Object written, String text) {
        try (Guarded store = column(declared, literal)) {
            String asBytes = "select hex(v) from t where id = ";
            String before = raw.rows(asBytes + 1).getFirst();
            Kind kind = Raw.kind(store, "t");
            assertThat(kind.field("v").orElseThrow().type().toString()).isEqualTo(type);
            State loaded = first(store, kind);
            if (value != null) {
                assertThat(loaded.get("v")).isEqualTo(value);
            }

            update(
                    store,
                    kind,
                    Raw.state(kind, "id", 1L, "other", 1L),
                    List.of("other"),
                    Guard.of(loaded, List.of("v", "other")));
            assertThat(raw.rows(asBytes + 1)).containsExactly(before);

            Object second = written == null ? loaded.get("v") : written;
            Raw.insert(store, kind, Raw.state(kind, "id", 2L, "v", second), Raw.state(kind, "id", 3L, "v", null));
            if (!text.equals("geometry")) {
                assertThat(raw.rows("select concat(v) from t where id > 1 order by id"))
                        .containsExactly(text, "null");
            }
            assertThat(Raw.values(store, kind, "v", Term.of("id").eq(2L))).containsExactly(second);
            update(store, kind, Raw.state(kind, "id", 1L, "v", second), List.of("v"), Guard.of(loaded, List.of("v")));
            assertThat(Raw.values(store, kind, "v", Term.of("id").eq(1L))).containsExactly(second);
            assertThat(raw.rows(asBytes + 1)).isEqualTo(raw.rows(asBytes + 2));
            assertThat(Raw.values(store, kind, "id", Term.of("v").isNull())).containsExactly(3L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").eq(second), "id"))
                    .containsExactly(1L, 2L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").isNull().not(), "-v", "id"))
                    .containsExactly(1L, 2L);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "date; '0000-00-00'; 0000-00-00",
                "date; '2018-00-00'; 2018-00-00",
                "datetime; '0000-00-00 00:00:00'; 0000-00-00",
                "datetime(6); '2018-05-00 01:02:03'; 2018-05-00",
                "timestamp null; '0000-00-00 00:00:00'; 0000-00-00",
                "time; '100:00:00'; 100:00:00",
                "time; '-10:00:00'; -10:00:00",
                "time(3); '24:00:00'; 24:00:00",
                "tinyint(1); 2; 2",
                "enum('a'); 'b'; ",
                "decimal(65,0); 123456789012345678901234567890123456789012345; 12345678901234567",
                "longtext check (json_valid(v) or true); '{'; ",
            })
    void aValueThatIsNoneOfOursIsCorruptWithItsPlaceAndStaysAsItIs(String declared, String literal, String was) {
        try (Guarded store = column(declared, "null", literal)) {
            String before = raw.rows("select hex(v) from t where id = 2").getFirst();
            Kind kind = Raw.kind(store, "t");
            if (was != null) {
                Fault fault = Raw.refused(Problem.STATE_UNDECODABLE, () -> Raw.all(store, kind));
                assertThat(fault.facts().get("at")).asString().contains("t/2", "$.v");
                assertThat(fault.sentence()).contains(was);
            }

            update(
                    store,
                    kind,
                    Raw.state(kind, "id", 2L, "other", 1L),
                    List.of("other"),
                    new Guard(Map.of("other", 0L)));
            assertThat(raw.rows("select hex(v), other from t where id = 2")).containsExactly(before + "|1");
        }
    }

    static Stream<Arguments> cut() {
        return Stream.of(
                Arguments.of("float", 0.123456789012),
                Arguments.of("char(5)", "ab "),
                Arguments.of("binary(3)", bytes(1)),
                Arguments.of("varchar(3)", "abcd"),
                Arguments.of("varchar(3) character set latin1", "語"),
                Arguments.of("tinytext", "x".repeat(256)),
                Arguments.of("smallint unsigned", 70_000L),
                Arguments.of("int unsigned", -1L),
                Arguments.of("decimal(4,2)", new BigDecimal("0.125")),
                Arguments.of("enum('sad','2')", "Sad"),
                Arguments.of("enum('sad','glad')", "2"),
                Arguments.of("enum('sad')", ""),
                Arguments.of("set('a','b')", "b,a"),
                Arguments.of("set('a','b')", "3"),
                Arguments.of("timestamp null", Instant.parse("1500-01-01T00:00:00Z")),
                Arguments.of("float(5,2)", 1.125),
                Arguments.of("double(5,2)", 1.125),
                Arguments.of("year", 1800L));
    }

    @ParameterizedTest
    @MethodSource("cut")
    void whatTheDatabaseWouldChangeWithoutAWordIsRefused(String declared, Object value) {
        try (Guarded store = column(declared)) {
            Kind kind = Raw.kind(store, "t");

            Fault fault = Raw.refused(
                    Problem.VALUE_REFUSED, () -> Raw.insert(store, kind, Raw.state(kind, "id", 1L, "v", value)));
            assertThat(fault.facts()).containsKey("at");
            assertThat(raw.rows("select * from t")).isEmpty();
        }
    }

    @Test
    void anEnumerationIsComparedAndSortedAsText() {
        try (Guarded store = column("enum('very happy','sad','ok')", "'very happy'", "'sad'", "'ok'", "null")) {
            Kind kind = Raw.kind(store, "t");

            assertThat(Raw.values(store, kind, "v", Term.of("id").gt(0L), "v"))
                    .containsExactly(null, "ok", "sad", "very happy");
            assertThat(Raw.values(store, kind, "v", Term.of("v").gt("ok"), "-v"))
                    .containsExactly("very happy", "sad");
            assertThat(Raw.values(store, kind, "v", Term.of("v").eq("glad"))).isEmpty();
            assertThat(Raw.values(store, kind, "v", Term.of("v").in("glad", "ok")))
                    .containsExactly("ok");
            assertThat(Raw.values(store, kind, "v", Term.of("v").contains("happy")))
                    .containsExactly("very happy");
            assertThat(Raw.values(store, kind, "id", Term.of("v").eq("sad").not(), "id"))
                    .containsExactly(1L, 3L, 4L);
        }
    }

    @Test
    void aForeignCollationDecidesEqualityAndOrderButNotMatching() {
        for (String collation : List.of("utf8mb4_general_ci", "utf8mb4_uca1400_ai_ci")) {
            raw.run("drop table if exists t");
            try (Guarded store = column("varchar(20) collate " + collation, "'Bob'", "'bob'", "'BOBBY'", "'älice'")) {
                Kind kind = Raw.kind(store, "t");

                assertThat(kind.field("v").orElseThrow().collation()).isEqualTo(collation);
                assertThat(Raw.values(store, kind, "id", Term.of("v").eq("bOB"), "id"))
                        .containsExactly(1L, 2L);
                assertThat(Raw.values(store, kind, "id", Term.of("v").gt("BOB")))
                        .containsExactly(3L);
                assertThat(Raw.values(store, kind, "id", Term.of("v").startsWith("Bo")))
                        .containsExactly(1L);
                assertThat(Raw.values(store, kind, "id", Term.of("v").contains("OB")))
                        .containsExactly(3L);
                assertThat(Raw.values(store, kind, "id", Term.of("v").contains("a")))
                        .isEmpty();
                assertThat(Raw.values(store, kind, "id", Term.of("v").like("b%")))
                        .containsExactly(2L);
                Raw.refused(
                        Problem.STALE_OBJECT,
                        () -> update(
                                store,
                                kind,
                                Raw.state(kind, "id", 1L, "v", "x"),
                                List.of("v"),
                                new Guard(Map.of("v", "BOB"))));
                assertThat(raw.rows("select v from t where id = 1")).containsExactly("Bob");
            }
        }
    }
}
