package dev.keepsake.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Invalid;
import dev.keepsake.fault.Problem;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Month;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ValuesNormaliseTest {
    private static final Path AT = Path.of("born");

    private static Object normal(Object object) {
        return Values.normalise(object, AT);
    }

    private static Fault refusal(Object object) {
        Fault fault = catchThrowableOfType(Invalid.class, () -> normal(object));
        assertThat(fault)
                .as("refusal of %s", object == null ? null : object.getClass())
                .isNotNull();
        assertThat(fault.problem()).isEqualTo(Problem.VALUE_REFUSED);
        return fault;
    }

    @Test
    void plainObjectsBecomeValues() {
        assertThat(normal((byte) -1)).isEqualTo(-1L);
        assertThat(normal((short) 2)).isEqualTo(2L);
        assertThat(normal(3)).isEqualTo(3L);
        assertThat(normal(0.1f)).isEqualTo(0.1);
        assertThat(normal('c')).isEqualTo("c");
        assertThat(normal(Month.MAY)).isEqualTo("MAY");
        assertThat(normal(new byte[] {1})).isEqualTo(Bytes.of((byte) 1));
        assertThat(normal(Optional.of(1))).isEqualTo(1L);
        assertThat(normal(Optional.empty())).isNull();
        assertThat(normal(BigInteger.TEN)).isEqualTo(BigDecimal.valueOf(10));
        assertThat(normal(new LinkedHashSet<>(List.of(2, 1)))).isEqualTo(List.of(2L, 1L));
        assertThat(normal(Map.of(Month.MAY, 1))).isEqualTo(Map.of("MAY", 1L));
        assertThat(normal(Arrays.asList(1, null))).isEqualTo(Arrays.asList(1L, null));
    }

    @Test
    void zerosAndDecimalsHaveOneForm() {
        assertThat(1 / (double) normal(-0.0)).isPositive();
        assertThat(normal(new BigDecimal("1.50"))).isEqualTo(new BigDecimal("1.5"));
        assertThat(normal(new BigDecimal("1E+3"))).isEqualTo(new BigDecimal("1000"));
        assertThat(normal(new BigDecimal("0.000"))).isEqualTo(BigDecimal.ZERO);
        assertThat(normal(new BigDecimal("-0E-30"))).isEqualTo(BigDecimal.ZERO);
    }

    @Test
    void listsAndMapsAreCopied() {
        List<Object> list = new ArrayList<>(List.of(1));
        Object kept = normal(list);
        list.clear();
        assertThat(kept).isEqualTo(List.of(1L));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void whatIsNoNumberIsRefused(double number) {
        assertThat(refusal(number).facts()).containsEntry("at", AT);
        refusal((float) number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0", "\uD83D", "a\uDE80", "\uD83Da", "\uDE80\uD83D"})
    void brokenTextIsRefusedWhereverItIs(String text) {
        assertThat(refusal(text).facts().get("at")).hasToString("born");
        assertThat(refusal(List.of("ok", text)).facts().get("at")).hasToString("born.`[1]`");
        assertThat(refusal(Map.of("k", List.of(text))).facts().get("at")).hasToString("born.k.`[0]`");
        refusal(Map.of(text, 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1E39", "1E-39", "1E+2147483647", "1E-2147483647", "123456789012345678901234567890123456789"})
    void decimalsOfMoreThan38DigitsAreRefusedAtOnce(String number) {
        assertThat(refusal(new BigDecimal(number)).sentence()).contains("more than 38 digits");
    }

    @Test
    void yearsOutside1To9999AreRefused() {
        refusal(LocalDate.of(10_000, 1, 1));
        refusal(LocalDate.of(0, 1, 1));
        refusal(LocalDateTime.of(-1, 1, 1, 0, 0));
        refusal(Instant.MAX);
        refusal(Instant.parse("0000-12-31T23:59:59.999999999Z"));
        assertThat(normal(Instant.parse("0001-01-01T00:00:00Z"))).isNotNull();
        assertThat(normal(Instant.parse("9999-12-31T23:59:59.999999999Z"))).isNotNull();
    }

    @Test
    void nestingDeeperThan100IsRefusedHoweverDeep() {
        assertThat(normal(nested(100))).isNotNull();
        assertThat(refusal(nested(101)).sentence()).contains("deeper than 100");
        refusal(nested(5_000));
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        refusal(itself);
    }

    private static Object nested(int depth) {
        Object value = 1;
        for (int i = 0; i < depth; i++) {
            value = i % 2 == 0 ? List.of(value) : Map.of("k", value);
        }
        return value;
    }

    @ParameterizedTest
    @ValueSource(strings = {"$date", "$oid", "$uuid", "$numberDecimal", "$numberLong", "$binary", "$localDate"})
    void mapsThatLookLikeWrappersAreRefused(String key) {
        assertThat(refusal(Map.of(key, 1)).sentence()).contains(key);
        assertThat(normal(Map.of(key, 1, "other", 2))).isEqualTo(Map.of(key, 1L, "other", 2L));
    }

    @Test
    void keysThatAreNoTextAreRefused() {
        Map<Object, Object> map = new HashMap<>();
        map.put(null, 1);
        refusal(map);
        refusal(Map.of(1, "a"));
    }

    @Test
    void unknownClassesAreRefusedByNameWithAHint() {
        Fault fault = refusal(new Thread());
        assertThat(fault.sentence()).contains("java.lang.Thread");
        assertThat(fault.hint()).isPresent();
        refusal(new int[] {1});
    }
}
