package dev.keepsake.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Invalid;
import dev.keepsake.fault.Problem;
import dev.keepsake.value.AnyValue;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {
    private static final Path AT = Path.of("$");

    private static Invalid refusal(String text, Type type) {
        Invalid fault = catchThrowableOfType(Invalid.class, () -> Json.parse(text, type, AT));
        assertThat(fault).as("refusal of %.80s", text).isNotNull();
        return fault;
    }

    @Test
    void valuesSurviveTheRoundTripUntyped() {
        long seed = System.nanoTime();
        AnyValue any = new AnyValue(seed);
        for (int i = 0; i < 20_000; i++) {
            Object value = any.value(3);
            String text = Json.text(value);
            assertThat(Values.same(Json.parse(text), value))
                    .as("seed %d: %s", seed, text)
                    .isTrue();
            assertThat(text).doesNotContain("\n");
        }
    }

    @Test
    void valuesSurviveTheRoundTripTyped() {
        BigDecimal long38 = new BigDecimal("12345678901234567890123456789.123456789");
        Map<Type, Object> values = Map.ofEntries(
                Map.entry(Type.DECIMAL, long38),
                Map.entry(Type.list(Type.DECIMAL), List.of(long38)),
                Map.entry(Type.map(Type.DECIMAL), Map.of("a", long38)),
                Map.entry(new Type.Struct(Map.of("d", Type.list(Type.DECIMAL))), Map.of("d", List.of(long38))),
                Map.entry(new Type.Struct(Map.of("a", Type.TEXT)), Map.of("b", Instant.EPOCH)),
                Map.entry(Type.DOUBLE, 1e300),
                Map.entry(Type.INTEGER, Long.MIN_VALUE),
                Map.entry(Type.TEXT, "\"\\\u0001\u2028\uD83D\uDE80"),
                Map.entry(Type.BYTES, Bytes.of(new byte[] {0, -1})),
                Map.entry(Type.UUID, new UUID(-1, 1)),
                Map.entry(Type.OBJECT_ID, ObjectId.of(new byte[12])),
                Map.entry(Type.DATE, LocalDate.of(1, 1, 1)),
                Map.entry(Type.instant(9), Instant.parse("9999-12-31T23:59:59.123456789Z")),
                Map.entry(Type.ANY, List.of(long38, Bytes.of(), Map.of("$a", 1L))));
        values.forEach((type, value) -> {
            String text = Json.text(value, type);
            assertThat(Json.parse(text, type, AT)).as(text).isEqualTo(value);
        });
    }

    @Test
    void whatHasATypeIsPlainAndWhatHasNoneIsWrapped() {
        Instant time = Instant.parse("2018-05-31T01:44:52Z");
        assertThat(Json.text(time, Type.INSTANT)).isEqualTo("\"2018-05-31T01:44:52.000Z\"");
        assertThat(Json.text(time)).isEqualTo("{\"$date\":\"2018-05-31T01:44:52.000Z\"}");
        assertThat(Json.plain(List.of(time, new BigDecimal("1.5")))).isEqualTo("[\"2018-05-31T01:44:52.000Z\",1.5]");
        assertThat(Json.text(new BigDecimal("1.5"))).isEqualTo("{\"$numberDecimal\":\"1.5\"}");
    }

    @Test
    void theDeepestValueSurvivesAndADeeperOneIsRefused() {
        Object deepest = Bytes.of((byte) 1);
        for (int i = 0; i < Values.MAX_DEPTH; i++) {
            deepest = List.of(deepest);
        }
        assertThat(Json.parse(Json.text(deepest))).isEqualTo(deepest);
        assertThat(refusal("[".repeat(101) + "]".repeat(101), Type.ANY).problem())
                .isEqualTo(Problem.VALUE_REFUSED);
        assertThat(refusal("[".repeat(5_000) + "]".repeat(5_000), Type.ANY).facts())
                .containsKey("at");
        refusal("{\"a\":".repeat(100_000), Type.ANY);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"$date":{"$numberLong":"1000"}} | 1970-01-01T00:00:01Z
            {"$date":1000}                   | 1970-01-01T00:00:01Z
            {"$date":"1970-01-01 00:00:01"}  | 1970-01-01T00:00:01Z
            {"$oid":"5A9427648b0beebeb6958b60"} | 5a9427648b0beebeb6958b60
            {"$numberLong":"-7"}   | -7
            {"$numberInt":"7"}     | 7
            {"$numberDouble":"1"}  | 1.0
            {"$numberDecimal":"1.50"} | 1.5
            {"$uuid":"00000000-0000-0001-0000-000000000002"} | 00000000-0000-0001-0000-000000000002
            {"$binary":{"base64":"AAAAAAAAAAEAAAAAAAAAAg==","subType":"04"}} | 00000000-0000-0001-0000-000000000002
            {"$binary":{"base64":"AQ==","subType":"00"}} | x'01'
            {"$localTime":"01:02"} | 01:02
            {"$regularExpression":1} | {$regularExpression=1}
            """)
    void extendedJsonIsReadRelaxedAndCanonical(String text, String expected) {
        assertThat(Json.parse(text)).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$date\":\"soon\"}",
                "{\"$date\":null}",
                "{\"$oid\":\"5a\"}",
                "{\"$oid\":1}",
                "{\"$uuid\":\"1-1-1-1-1\"}",
                "{\"$numberLong\":\"1.5\"}",
                "{\"$numberLong\":\"99999999999999999999\"}",
                "{\"$numberDecimal\":\"NaN\"}",
                "{\"$numberDecimal\":\"\"}",
                "{\"$binary\":\"AQ==\"}",
                "{\"$binary\":{\"base64\":\"?\"}}",
                "{\"$localDate\":\"2018-02-30\"}",
                "{\"$date\":{\"$numberLong\":\"x\"}}"
            })
    void malformedWrappersAreRefusedWithTheirPlace(String text) {
        Invalid fault = refusal("[1,\n" + text + "]", Type.ANY);
        assertThat(fault.problem()).isEqualTo(Problem.MALFORMED_RECORD);
        assertThat(fault.facts().get("at").toString()).startsWith("line 2, column ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1",
                "[1,]",
                "{\"a\"}",
                "{\"a\":1,}",
                "1 2",
                "{} x",
                "nul",
                "\"abc",
                "{'a':1}",
                "01",
                "+1",
                ".5",
                "NaN",
                "{\"a\":1,\"a\":2}",
                "[1}",
                "\"a\nb\"",
                "\"\\x\"",
                "\uFEFF",
                "// c"
            })
    void malformedTextIsRefusedWithLineAndColumn(String text) {
        Invalid fault = refusal(text, Type.ANY);
        assertThat(fault.problem()).isEqualTo(Problem.MALFORMED_RECORD);
        assertThat(fault.facts().get("at").toString()).matches("line \\d+, column \\d+");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e400",
                "-1e400",
                "\"a\\u0000\"",
                "\"\\uD83D\"",
                "{\"\\u0000\":1}",
                "123456789012345678901234567890123456789",
                "{\"$numberDouble\":\"NaN\"}",
                "{\"$numberDecimal\":\"1E6000\"}",
                "{\"$numberDecimal\":\"1E2147483647\"}",
                "{\"$date\":9223372036854775807}"
            })
    void whatCannotBeKeptIsRefused(String text) {
        assertThat(refusal(text, Type.ANY).problem()).isEqualTo(Problem.VALUE_REFUSED);
    }

    @Test
    void hugeNumbersAreExactOrRefused() {
        assertThat(Json.parse("-0")).isEqualTo(0L);
        assertThat(1 / (double) Json.parse("-0.0")).isPositive();
        assertThat(Json.parse("9223372036854775808")).isEqualTo(new BigDecimal("9223372036854775808"));
        assertThat(Json.parse("1e3")).isEqualTo(1000.0);
        assertThat(Json.parse("1.0", Type.INTEGER, AT)).isEqualTo(1L);
        assertThat(Json.parse("3", Type.DOUBLE, AT)).isEqualTo(3.0);
        refusal("1e999999999", Type.DECIMAL);
        refusal("1.5", Type.INTEGER);
    }

    @Test
    void longTextsAndListsAreRead() {
        String text = "ä".repeat(5_000_000);
        assertThat(Json.parse(Json.text(text))).isEqualTo(text);
        List<Object> list = new ArrayList<>();
        for (long i = 0; i < 100_000; i++) {
            list.add(i);
        }
        assertThat(Json.parse(Json.text(list))).isEqualTo(list);
    }

    @Test
    void theOrderOfKeysIsKept() {
        assertThat(Json.text(Json.parse("{\"b\":1,\"a\":{\"d\":2,\"c\":3}}")))
                .isEqualTo("{\"b\":1,\"a\":{\"d\":2,\"c\":3}}");
    }

    @Test
    void plainTextIsReadByType() {
        assertThat(Json.fromText("t", Type.BOOLEAN, AT)).isEqualTo(true);
        assertThat(Json.fromText("1e3", Type.DOUBLE, AT)).isEqualTo(1000.0);
        assertThat(Json.fromText("1.50", Type.DECIMAL, AT)).isEqualTo(new BigDecimal("1.5"));
        assertThat(Json.fromText("{\"a\":[1]}", Type.ANY, AT)).isEqualTo(Map.of("a", List.of(1L)));
        assertThat(Json.fromText("", Type.TEXT, AT)).isEqualTo("");
        Map<Type, String> wrong = Map.of(
                Type.BOOLEAN,
                "yes",
                Type.INTEGER,
                "1.0",
                Type.DOUBLE,
                "1d",
                Type.UUID,
                "1-1-1-1-1",
                Type.DECIMAL,
                "1,5",
                Type.BYTES,
                "?",
                Type.OBJECT_ID,
                "5a",
                Type.DATE,
                "soon",
                Type.INSTANT,
                "12");
        wrong.forEach((type, text) -> {
            Invalid fault = catchThrowableOfType(Invalid.class, () -> Json.fromText(text, type, AT));
            assertThat(fault).as("%s as %s", text, type).isNotNull();
            assertThat(fault.sentence()).isEqualTo("expected " + type + ", was text " + text);
        });
    }
}
