package dev.keepsake.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Types, paths and times: what prints itself, and is read back. */
final class TypeTest {
    private final long seed = System.nanoTime();
    private final AnyValue any = new AnyValue(seed);

    @Test
    void typesAreReadBackAsTheyPrintThemselves() {
        for (int i = 0; i < 5_000; i++) {
            Type type = any.type(3);
            assertThat(Type.parse(type.toString()))
                    .as("seed %d: %s", seed, type)
                    .isEqualTo(type);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "int",
                "integer(7)",
                "integer(",
                "integer()",
                "integer(8",
                "text(-1)",
                "decimal(39,0)",
                "decimal(3,4)",
                "decimal(,)",
                "time(10)",
                "list",
                "list()",
                "list(text",
                "list(text))",
                "map(text,text)",
                "struct",
                "struct(",
                "struct(a)",
                "struct(a text",
                "struct(a text,)",
                "struct(`a text)",
                "struct(a.b text)",
                "struct(a text, a date)",
                "struct( text)",
                "text x",
                "TEXT",
                "instant(99999999999)"
            })
    void malformedTypesAreRefused(String text) {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Type.parse(text));
    }

    @Test
    void stepsLeadInside() {
        Type struct = new Type.Struct(Map.of("a", Type.list(new Type.Struct(Map.of("b", Type.DATE)))));
        assertThat(Type.step(struct, "a").flatMap(a -> Type.step(a, "b"))).contains(Type.DATE);
        assertThat(Type.step(struct, "x")).isEmpty();
        assertThat(Type.step(Type.TEXT, "x")).isEmpty();
        assertThat(Type.step(Type.ANY, "x")).contains(Type.ANY);
        assertThat(Type.names(struct)).containsExactly("a");
        assertThat(Type.names(Type.ANY)).isEmpty();
    }

    @Test
    void aTypeHasNoDefaultMethodsByWhichTwoThreadsCouldWaitForEachOther() {
        assertThat(Type.class.getMethods()).as("default methods").noneMatch(Method::isDefault);
    }

    @Test
    void pathsAreReadBackAsTheyPrintThemselves() {
        for (int i = 0; i < 5_000; i++) {
            Path path = Path.of(any.name());
            for (int j = any.below(4); j > 0; j--) {
                path = path.then(any.name());
            }
            assertThat(Path.parse(path.toString()))
                    .as("seed %d: %s", seed, path)
                    .isEqualTo(path);
        }
        assertThat(Path.parse("`a``b.c`.d").steps()).containsExactly("a`b.c", "d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "``", "`a", "`a`b", "a.`", "`a``"})
    void malformedPathsAreRefused(String text) {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Path.parse(text));
    }

    @Test
    void aPathHasNoEmptyStep() {
        assertThatThrownBy(() -> Path.of("a", "")).hasMessageContaining("empty");
        assertThatThrownBy(Path::of).hasMessageContaining("at least one");
    }

    @ParameterizedTest
    @CsvSource({
        "2018-05-31T01:44:52Z, 2018-05-31T01:44:52Z",
        "2018-05-31 01:44:52, 2018-05-31T01:44:52Z",
        "2018-05-31t01:44:52z, 2018-05-31T01:44:52Z",
        "2018-05-31T01:44, 2018-05-31T01:44:00Z",
        "2018-05-31, 2018-05-31T00:00:00Z",
        "2018-05-31T01:44:52.123456789+02:00, 2018-05-30T23:44:52.123456789Z",
        "2018-05-31 01:44:52+00, 2018-05-31T01:44:52Z",
        "2018-05-31 01:44:52.5-03, 2018-05-31T04:44:52.5Z",
        "2018-05-31T01:44-05, 2018-05-31T06:44:00Z",
        "2018-05-31T01:44+0230, 2018-05-30T23:14:00Z",
        "2018-05-31 01:44:52.5-0330, 2018-05-31T05:14:52.5Z"
    })
    void instantsAreReadInEveryIsoForm(String text, String expected) {
        assertThat(Times.instant(text)).isEqualTo(Instant.parse(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "2018",
                "2018-05",
                "2018-05-32",
                "2018-02-29",
                "2018-05-31T",
                "2018-05-31T25:00",
                "2018-05-31T01:44:52.1234567891",
                "2018-05-31T01:44:52+99",
                "2018-05-31  01:44",
                "2018-05-31T01:44:52ZZ",
                "2018-05-31+02:00",
                "31.05.2018",
                "0123456789",
                "01234567890",
                "2018-05-31T01:44:52.5-033"
            })
    void malformedTimesAreRefused(String text) {
        assertThatExceptionOfType(DateTimeException.class).isThrownBy(() -> Times.instant(text));
        assertThatExceptionOfType(DateTimeException.class).isThrownBy(() -> Times.time(text));
    }

    @Test
    void whatIsWrittenHasAFixedWidth() {
        LocalDateTime time = LocalDateTime.of(7, 1, 2, 3, 4, 5, 6_000);
        assertThat(Times.text(time, ' ', 6)).isEqualTo("0007-01-02 03:04:05.000006");
        assertThat(Times.text(time, 'T', 0)).isEqualTo("0007-01-02T03:04:05");
        assertThat(Times.text(LocalTime.MIDNIGHT, 9)).isEqualTo("00:00:00.000000000");
        assertThat(Times.text(Instant.EPOCH, 3)).isEqualTo("1970-01-01T00:00:00.000Z");
    }

    @Test
    void bytesAndObjectIdsAreImmutableAndUnsigned() {
        byte[] content = {1};
        Bytes bytes = Bytes.of(content);
        content[0] = 2;
        bytes.toArray()[0] = 3;
        assertThat(bytes).isEqualTo(Bytes.of((byte) 1)).hasToString("x'01'");
        assertThat(Bytes.of((byte) -1)).isGreaterThan(bytes);
        assertThat(Bytes.of(new byte[40]).toString()).endsWith("...'").hasSize(2 + 64 + 4);
        ObjectId id = ObjectId.parse("FF9427648b0beebeb6958b60");
        assertThat(id).hasToString("ff9427648b0beebeb6958b60").isGreaterThan(ObjectId.of(new byte[12]));
        for (String wrong : List.of("", "5a", "5a9427648b0beebeb6958b6x", "5a9427648b0beebeb6958b600")) {
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> ObjectId.parse(wrong));
        }
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> ObjectId.of(new byte[11]));
    }
}
