package dev.keepsake.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ValuesOrderTest {
    private final long seed = System.nanoTime();
    private final AnyValue any = new AnyValue(seed);

    @Test
    void theOrderIsTotalOverAllValues() {
        for (int i = 0; i < 50_000; i++) {
            Object a = any.value(2);
            Object b = any.value(2);
            Object c = any.value(2);
            int ab = Integer.signum(Values.order(a, b));
            assertThat(ab).as("seed %d: %s, %s", seed, a, b).isEqualTo(-Integer.signum(Values.order(b, a)));
            if (ab <= 0 && Values.order(b, c) <= 0) {
                assertThat(Values.order(a, c))
                        .as("seed %d: %s, %s, %s", seed, a, b, c)
                        .isNotPositive();
            }
            if (ab == 0) {
                assertThat(Integer.signum(Values.order(a, c)))
                        .as("seed %d: %s, %s, %s", seed, a, b, c)
                        .isEqualTo(Integer.signum(Values.order(b, c)));
            }
        }
    }

    @Test
    void whatIsTheSameIsEqualAndHasTheSameDigest() {
        for (int i = 0; i < 50_000; i++) {
            Object a = any.value(2);
            Object b = any.value(2);
            boolean same = Values.same(a, b);
            assertThat(Values.digest(a).equals(Values.digest(b)))
                    .as("seed %d: %s, %s", seed, a, b)
                    .isEqualTo(same);
            if (same) {
                assertThat(Values.order(a, b)).isZero();
                assertThat(Values.equal(a, b)).as("seed %d: %s", seed, a).isEqualTo(a != null);
            }
            Optional<Integer> compared = Values.compare(a, b);
            assertThat(compared.map(Integer::signum))
                    .isEqualTo(Values.compare(b, a).map(order -> -Integer.signum(order)));
        }
    }

    @Test
    void numbersCompareExactlyAcrossTypes() {
        assertThat(Values.compare(Long.MAX_VALUE, 0x1p63).orElseThrow()).isNegative();
        assertThat(Values.equal(1L << 53, 9007199254740992.0)).isTrue();
        assertThat(Values.compare((1L << 53) + 1, 9007199254740992.0).orElseThrow())
                .isPositive();
        assertThat(Values.compare(0.1, new BigDecimal("0.1")).orElseThrow()).isPositive();
        assertThat(Values.equal(1L, new BigDecimal("1.0"))).isTrue();
        assertThat(Values.same(1L, 1.0)).isFalse();
        assertThat(Values.compare(1L, "1")).isEmpty();
        assertThat(Values.compare(null, null)).isEmpty();
        assertThat(Values.equal(List.of(1L), List.of(1.0))).isTrue();
        assertThat(Values.equal(Arrays.asList(1L, null), Arrays.asList(1L, null)))
                .isTrue();
        assertThat(Values.compare(Map.of("a", 1L), Map.of("b", 1L))).isEmpty();
    }

    @Test
    void digestsTellTypesApartAndNotTheOrderOfKeys() {
        List<Object> all = Arrays.asList(
                null,
                false,
                0L,
                1L,
                1.0,
                new BigDecimal("1"),
                "1",
                "",
                List.of(1L),
                List.of(List.of(1L)),
                List.of(),
                Map.of(),
                Bytes.of(),
                Bytes.of((byte) '1'),
                List.of("a", "b"),
                List.of("ab"),
                Map.of("a", "b"),
                List.of("a", "b", 1L),
                Id.of("a", "b", "c", "d"),
                Map.of("a", "b", "c", "d"));
        assertThat(all.stream().map(Values::digest)).doesNotHaveDuplicates().allMatch(d -> d.length() == 32);
        Map<String, Object> forth = new LinkedHashMap<>();
        forth.put("a", 1L);
        forth.put("b", 2L);
        Map<String, Object> back = new LinkedHashMap<>();
        back.put("b", 2L);
        back.put("a", 1L);
        assertThat(Values.digest(forth)).isEqualTo(Values.digest(back));
        assertThat(Values.order(forth, back)).isZero();
    }

    @Test
    void textIsOrderedAsItsUtf8Bytes() {
        List<String> texts = Stream.of(
                        "", "a", "aa", "b", "Z", "\uE000", "\uFFFD", "\uD83D\uDE80", "\uD7FF", "a\uD83D\uDE80")
                .toList();
        for (String a : texts) {
            for (String b : texts) {
                int bytes =
                        Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
                assertThat(Integer.signum(Values.orderText(a, b))).isEqualTo(Integer.signum(bytes));
            }
        }
    }

    @Test
    void idsAreNormalisedAndEqualWhateverTheOrderOfTheirParts() {
        Id id = Id.of("user_id", 7, "package_id", "boto");
        Id turned = Id.of("package_id", "boto", "user_id", 7L);
        assertThat(id).isEqualTo(turned).hasSameHashCodeAs(turned).isEqualByComparingTo(turned);
        assertThat(id).hasToString("(user_id=7, package_id=boto)");
        assertThat(id.part("user_id")).isEqualTo(7L);
        assertThat(id.part("none")).isNull();
        assertThat(id).isLessThan(Id.of("user_id", 8, "package_id", "boto"));
        assertThat(Values.digest(id)).isEqualTo(Values.digest(turned));
    }
}
