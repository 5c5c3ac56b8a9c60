package dev.keepsake.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Invalid;
import dev.keepsake.fault.Problem;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ValuesFitTest {
    private static Object fit(Object value, Type type) {
        return Values.fit(value, type, Path.of("field"));
    }

    private static Invalid refusal(Object value, Type type) {
        Invalid fault = catchThrowableOfType(Invalid.class, () -> fit(value, type));
        assertThat(fault).as("refusal of %s for %s", value, type).isNotNull();
        return fault;
    }

    @Test
    void timesAreCutToTheFieldsPrecisionAndNotRounded() {
        Instant instant = Instant.parse("1969-12-31T23:59:59.987654321Z");
        assertThat(fit(instant, Type.instant(0))).isEqualTo(Instant.parse("1969-12-31T23:59:59Z"));
        assertThat(fit(instant, Type.instant(3))).isEqualTo(Instant.parse("1969-12-31T23:59:59.987Z"));
        assertThat(fit(instant, Type.instant(9))).isEqualTo(instant);
        assertThat(fit(LocalTime.of(1, 2, 3, 999_999_999), new Type.Time(6)))
                .isEqualTo(LocalTime.of(1, 2, 3, 999_999_000));
        assertThat(fit(LocalDateTime.of(2018, 1, 1, 0, 0, 0, 1), Type.dateTime(3)))
                .isEqualTo(LocalDateTime.of(2018, 1, 1, 0, 0));
        assertThat(fit(List.of(instant), Type.ANY)).isEqualTo(List.of(fit(instant, Type.instant(3))));
        assertThat(fit(Map.of("a", instant), Type.ANY)).isEqualTo(Map.of("a", fit(instant, Type.instant(3))));
    }

    @ParameterizedTest
    @CsvSource({"8,127", "16,32767", "32,2147483647", "64,9223372036854775807"})
    void wholeNumbersKeepTheirRange(int bits, long most) {
        Type type = new Type.Int(bits);
        assertThat(fit(most, type)).isEqualTo(most);
        assertThat(fit(-most - 1, type)).isEqualTo(-most - 1);
        refusal(BigDecimal.valueOf(most).add(BigDecimal.ONE), type);
        refusal(BigDecimal.valueOf(-most - 2.0), bits == 64 ? new Type.Int(32) : type);
    }

    @Test
    void numbersChangeTheirTypeOnlyWhereNothingIsLost() {
        assertThat(fit(1.0, Type.INTEGER)).isEqualTo(1L);
        assertThat(fit(new BigDecimal("2.0"), Type.INTEGER)).isEqualTo(2L);
        assertThat(refusal(1.5, Type.INTEGER).problem()).isEqualTo(Problem.TYPE_MISMATCH);
        refusal(1e300, Type.INTEGER);
        assertThat(fit(1L << 53, Type.DOUBLE)).isEqualTo(9007199254740992.0);
        refusal((1L << 53) + 1, Type.DOUBLE);
        refusal(Long.MAX_VALUE, Type.DOUBLE);
        assertThat(fit(new BigDecimal("0.1"), Type.DOUBLE)).isEqualTo(0.1);
        refusal(new BigDecimal("0.10000000000000000001"), Type.DOUBLE);
        assertThat(fit(0.1, Type.DECIMAL)).isEqualTo(new BigDecimal("0.1"));
        assertThat(fit(7, Type.DECIMAL)).isEqualTo(new BigDecimal("7"));
        refusal(true, Type.INTEGER);
        refusal("1", Type.INTEGER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"100", "1.005", "-99.999", "1e20"})
    void decimalsThatDoNotFitAreRefused(String number) {
        assertThat(refusal(new BigDecimal(number), Type.decimal(4, 2)).problem())
                .isEqualTo(Problem.VALUE_REFUSED);
    }

    @Test
    void decimalsThatFitLoseOnlyTheirZeros() {
        assertThat(fit(new BigDecimal("99.9900"), Type.decimal(4, 2))).isEqualTo(new BigDecimal("99.99"));
        assertThat(fit(new BigDecimal("-0.01"), Type.decimal(2, 2))).isEqualTo(new BigDecimal("-0.01"));
    }

    @Test
    void textIsMeasuredInCodePoints() {
        assertThat(fit("\uD83D\uDE80\uD83D\uDE80", new Type.Text(2))).isEqualTo("\uD83D\uDE80\uD83D\uDE80");
        assertThat(refusal("abc", new Type.Text(2)).sentence()).contains("3 characters, at most 2");
    }

    @Test
    void everyTypeRefusesValuesOfTheOthers() {
        List<Object> values = List.of(
                true,
                "text",
                Bytes.of(),
                new UUID(1, 2),
                ObjectId.parse("5a9427648b0beebeb6958b60"),
                LocalDate.EPOCH,
                LocalTime.NOON,
                LocalDate.EPOCH.atStartOfDay(),
                Instant.EPOCH,
                List.of(1L),
                Map.of("a", 1L),
                1.5);
        List<Type> types = List.of(
                Type.BOOLEAN,
                Type.TEXT,
                Type.BYTES,
                Type.UUID,
                Type.OBJECT_ID,
                Type.DATE,
                Type.TIME,
                Type.DATE_TIME,
                Type.INSTANT,
                Type.list(Type.ANY),
                Type.map(Type.ANY),
                Type.DOUBLE);
        for (int i = 0; i < values.size(); i++) {
            for (int j = 0; j < types.size(); j++) {
                if (i == j) {
                    assertThat(fit(values.get(i), types.get(j))).isEqualTo(values.get(i));
                } else {
                    assertThat(refusal(values.get(i), types.get(j)).problem()).isEqualTo(Problem.TYPE_MISMATCH);
                }
            }
            assertThat(fit(values.get(i), Type.ANY)).isEqualTo(values.get(i));
        }
        types.forEach(type -> assertThat(fit(null, type)).isNull());
    }

    @Test
    void whatIsInsideIsFittedAndItsPathTold() {
        Type struct = new Type.Struct(Map.of("n", new Type.Int(8)));
        assertThat(fit(Map.of("n", 1.0, "more", 2), struct)).isEqualTo(Map.of("n", 1L, "more", 2L));
        assertThat(fit(Arrays.asList(1, null), Type.list(Type.DOUBLE))).isEqualTo(Arrays.asList(1.0, null));
        assertThat(refusal(List.of(Map.of("n", 300)), Type.list(struct)).facts().get("at"))
                .hasToString("field.`[0]`.n");
        assertThat(refusal(Map.of("", "x"), Type.map(Type.INTEGER)).problem()).isEqualTo(Problem.TYPE_MISMATCH);
    }
}
