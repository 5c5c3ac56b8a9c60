package dev.keepsake.sql;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;

/** Columns that others declared on MariaDB: what each native type is, and what of its values does not fit. */
@On("mariadb")
final class MariadbForeignTypesTest extends ForeignTypesContract {
    MariadbForeignTypesTest() {
        super(Servers.mariadb());
    }

    @Override
    String mood() {
        return "enum('very happy','sad','ok')";
    }

    @Override
    String exactly() {
        return "hex(v)";
    }

    @Override
    String shown() {
        return "concat(v)";
    }

    @Override
    List<String> lenient() {
        return List.of("set sql_mode = ''");
    }

    private static Bytes bytes(int... bytes) {
        byte[] all = new byte[bytes.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) bytes[i];
        }
        return Bytes.of(all);
    }

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
        isCorrupt(declared, literal, was);
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

    @Test
    void aForeignCollationDecidesEqualityAndOrderButNotMatching() {
        for (String collation : List.of("utf8mb4_general_ci", "utf8mb4_uca1400_ai_ci")) {
            raw.run("drop table if exists t");
            decides("varchar(20)", collation, "'älice'");
        }
    }
}
