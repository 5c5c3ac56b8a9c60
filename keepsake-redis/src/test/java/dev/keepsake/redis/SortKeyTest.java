package dev.keepsake.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.Scale;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.Id;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SortKeyTest {
    private static final List<@Nullable Object> CHOSEN = Arrays.asList(
            null,
            false,
            true,
            0L,
            1L,
            -1L,
            10L,
            99L,
            100L,
            -10L,
            -99L,
            -100L,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            0.0,
            0.1,
            1.0,
            -0.1,
            Double.MIN_VALUE,
            Double.MAX_VALUE,
            -Double.MAX_VALUE,
            new BigDecimal("0.1"),
            new BigDecimal("1E-30"),
            new BigDecimal("12345678901234567890123456789012345678"),
            new BigDecimal("-0.000000001"),
            "",
            "a",
            "a b",
            "ab",
            "b",
            "\u0001",
            "\u00e9",
            "\uffff",
            "\ud83d\ude00",
            Bytes.of(),
            Bytes.of((byte) 0),
            Bytes.of((byte) 0, (byte) 0),
            Bytes.of((byte) 0, (byte) 255),
            Bytes.of((byte) 1),
            Bytes.of((byte) 255),
            new UUID(0, 0),
            new UUID(-1, 1),
            new UUID(1, -1),
            ObjectId.parse("000000000000000000000000"),
            ObjectId.parse("ffffffffffffffffffffffff"),
            LocalDate.of(1, 1, 1),
            LocalDate.of(1969, 12, 31),
            LocalDate.of(9999, 12, 31),
            LocalTime.MIDNIGHT,
            LocalTime.MAX,
            LocalDateTime.of(1, 1, 1, 0, 0),
            LocalDateTime.of(2020, 2, 29, 23, 59, 59, 1),
            Instant.EPOCH,
            Instant.EPOCH.minusNanos(1),
            Instant.parse("9999-12-31T23:59:59.999999999Z"),
            List.of(),
            List.of(1L),
            List.of(1L, 2L),
            List.of("a"),
            Arrays.asList((Object) null),
            Arrays.asList(null, 1L),
            List.of(List.of()),
            Map.of(),
            Map.of("a", 1L),
            Map.of("a", 1L, "b", 2L),
            Map.of("b", 1L),
            Id.of("a", 1L, "b", "x"));

    @Test
    void theOrderOfTheBytesIsTheOrderOfTheValues() {
        for (Object one : CHOSEN) {
            for (Object other : CHOSEN) {
                assertOrder(one, other);
            }
        }
    }

    @Test
    void theOrderOfTheBytesIsTheOrderOfRandomValues() {
        Random random = new Random(Scale.seed());
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            values.add(Values.normalise(value(random, 3), Path.of("value")));
        }
        for (Object one : values) {
            for (Object other : values) {
                assertOrder(one, other);
            }
        }
    }

    private static void assertOrder(@Nullable Object one, @Nullable Object other) {
        byte[] first = SortKey.of(one);
        byte[] second = SortKey.of(other);
        String as = one + " and " + other;
        int order = Integer.signum(Values.order(one, other));

        assertThat(Integer.signum(Arrays.compareUnsigned(first, second))).as(as).isEqualTo(order);
        assertThat(Integer.signum(Arrays.compareUnsigned(SortKey.inverted(first), SortKey.inverted(second))))
                .as("inverted " + as)
                .isEqualTo(-order);
        if (order != 0) {
            boolean begins =
                    first.length <= second.length && Arrays.equals(first, 0, first.length, second, 0, first.length);
            assertThat(begins).as(as + ": one is the beginning of the other").isFalse();
        }
    }

    @Test
    void whatIsBehindABeginningIsGreaterThanAllThatBeginsSo() {
        assertThat(SortKey.behind(new byte[] {1, 2})).containsExactly(1, 3);
        assertThat(SortKey.behind(new byte[] {1, (byte) 255})).containsExactly(2);
        assertThat(SortKey.behind(new byte[] {(byte) 255, (byte) 255})).isNull();
        assertThat(SortKey.behind(new byte[0])).isNull();
    }

    private static @Nullable Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 12 : 10)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextLong();
            case 3 -> (long) random.nextInt(20) - 10;
            case 4 -> random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
            case 5 -> new BigDecimal(random.nextInt(2000) - 1000).movePointLeft(random.nextInt(6));
            case 6, 7 -> text(random);
            case 8 -> Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
            case 9 -> new UUID(random.nextLong(), random.nextLong());
            case 10 -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(value(random, depth - 1));
                }
                yield Collections.unmodifiableList(list);
            }
            default -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put("k" + random.nextInt(5), value(random, depth - 1));
                }
                yield map;
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            text.appendCodePoint(new int[] {1, 'a', 'b', 0x7F, 0xE9, 0xFFFD, 0x1F600}[random.nextInt(7)]);
        }
        return text.toString();
    }
}
