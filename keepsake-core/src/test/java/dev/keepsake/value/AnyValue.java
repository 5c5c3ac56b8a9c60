package dev.keepsake.value;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Values and types by chance, from small pools so that equal ones meet. */
public final class AnyValue {
    private static final List<String> TEXTS =
            List.of("", "a", "A", "b", "it's", "\uFFFD", "\uD83D\uDE80", "1", "true", "null", "a\nb", "`", "a.b");
    private static final List<Object> NUMBERS = List.of(
            0L,
            1L,
            -1L,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            0.0,
            1.0,
            0.1,
            0x1p63,
            -1e300,
            new BigDecimal("0.1"),
            new BigDecimal("1"),
            new BigDecimal("9223372036854775807.5"));
    private final Random random;

    public AnyValue(long seed) {
        this.random = new Random(seed);
    }

    public <T> T oneOf(List<T> pool) {
        return pool.get(random.nextInt(pool.size()));
    }

    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** A normalised value, or null. */
    public Object value(int depth) {
        return switch (random.nextInt(depth > 0 ? 14 : 11)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2, 3 -> oneOf(NUMBERS);
            case 4 -> oneOf(TEXTS);
            case 5 -> Bytes.of((byte) random.nextInt(2), (byte) -1);
            case 6 -> new UUID(random.nextInt(2) == 0 ? -1 : 1, random.nextInt(2));
            case 7 -> ObjectId.parse("5a9427648b0beebeb6958b6" + random.nextInt(2));
            case 8 -> LocalDate.of(2018, 5, 30 + random.nextInt(2));
            case 9 -> LocalDateTime.of(2018, 5, 30, 1, 2, 3, random.nextInt(2) * 1_000_000);
            case 10 ->
                random.nextBoolean()
                        ? Instant.ofEpochMilli(random.nextInt(3))
                        : LocalTime.of(1, 2, 3, random.nextInt(2) * 1_000_000);
            case 11, 12 -> list(depth);
            default -> map(depth);
        };
    }

    private List<Object> list(int depth) {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            list.add(value(depth - 1));
        }
        return list;
    }

    private Map<String, Object> map(int depth) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            map.put(oneOf(TEXTS), value(depth - 1));
        }
        return map;
    }

    /** Any type, with hostile names of members. */
    public Type type(int depth) {
        return switch (random.nextInt(depth > 0 ? 16 : 13)) {
            case 0 -> Type.BOOLEAN;
            case 1 -> new Type.Int(oneOf(List.of(8, 16, 32, 64)));
            case 2 -> Type.DOUBLE;
            case 3 -> new Type.Decimal(38, random.nextInt(39));
            case 4 -> new Type.Text(random.nextInt(300));
            case 5 -> Type.BYTES;
            case 6 -> Type.UUID;
            case 7 -> Type.OBJECT_ID;
            case 8 -> Type.DATE;
            case 9 -> new Type.Time(random.nextInt(10));
            case 10 -> new Type.DateTime(random.nextInt(10));
            case 11 -> new Type.Instant(random.nextInt(10));
            case 12 -> Type.ANY;
            case 13 -> Type.list(type(depth - 1));
            case 14 -> Type.map(type(depth - 1));
            default -> {
                Map<String, Type> members = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    members.put(name(), type(depth - 1));
                }
                yield new Type.Struct(members);
            }
        };
    }

    /** A name that is hard to write in text. */
    public String name() {
        return oneOf(List.of(
                "plain",
                "a b",
                "a.b",
                "`",
                "``",
                "x`",
                "(",
                "a)",
                "1st",
                "\n",
                " ",
                "null",
                "NOT",
                "startswith",
                "ä",
                "\uD83D\uDE80",
                "a,b",
                "\u0001",
                "'",
                "-x"));
    }
}
