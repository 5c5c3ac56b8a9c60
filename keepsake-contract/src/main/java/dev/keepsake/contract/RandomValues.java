package dev.keepsake.contract;

import dev.keepsake.query.Condition;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values, States and conditions by chance, from pools that are small, so that equal values meet, and full of the values
 * that stores get wrong.
 */
final class RandomValues {
    static final Kind KIND = Kind.named("things")
            .required("id", Type.INTEGER)
            .id("id")
            .field("whole", Type.INTEGER)
            .field("small", new Type.Int(32))
            .field("real", Type.DOUBLE)
            .field("money", Type.decimal(12, 2))
            .field("huge", Type.decimal(30, 10))
            .field("words", Type.TEXT)
            .field("truth", Type.BOOLEAN)
            .field("raw", Type.BYTES)
            .field("uuid", Type.UUID)
            .field("oid", Type.OBJECT_ID)
            .field("day", Type.DATE)
            .field("clock", new Type.Time(3))
            .field("local", Type.dateTime(3))
            .field("moment", Type.instant(3))
            .field("tags", Type.list(Type.TEXT))
            .field("numbers", Type.list(Type.INTEGER))
            .field(
                    "place",
                    new Type.Struct(Map.of("city", Type.TEXT, "since", Type.instant(3), "area", Type.decimal(14, 2))))
            .field("json", Type.ANY)
            .build();

    private static final List<Object> TEXTS = List.of(
            "",
            "a",
            "A",
            "ab",
            "b%",
            "a_b",
            "ä",
            "\uD83D\uDE80",
            "\uFFFD",
            "z*[?]",
            "true",
            "1",
            "it's",
            "?:x",
            "a\nb");
    private static final List<Object> WHOLES = List.of(-1L, 0L, 1L, 2L, 3L, Long.MAX_VALUE, Long.MIN_VALUE);
    private static final List<Object> REALS =
            List.of(-1.5, 0.0, 0.1, 1.0, 2.0, 1e300, -1e-300, 9.007199254740992E15, Double.MAX_VALUE);
    private static final List<Object> DECIMALS = List.of(
            new BigDecimal("-1.5"),
            BigDecimal.ZERO,
            new BigDecimal("0.1"),
            new BigDecimal("1"),
            new BigDecimal("2.05"),
            new BigDecimal("1234567890.12"),
            new BigDecimal("-0.01"));
    private static final Instant MOMENT = Instant.parse("2018-05-31T01:44:52.123456Z");

    private final Random random;
    private final boolean ordersBytes;

    RandomValues(Random random, boolean ordersBytes) {
        this.random = random;
        this.ordersBytes = ordersBytes;
    }

    private Object any(List<Object> pool) {
        return pool.get(random.nextInt(pool.size()));
    }

    int upTo(int most) {
        return random.nextInt(most + 1);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    // ---- values

    Object value(Type type) {
        return switch (type) {
            case Type.Bool b -> random.nextBoolean();
            case Type.Int i -> i.bits() == 64 ? any(WHOLES) : (Object) (long) (random.nextInt(5) - 2);
            case Type.Real r -> any(REALS);
            case Type.Decimal d -> any(DECIMALS);
            case Type.Text t -> any(TEXTS);
            case Type.Binary b -> Bytes.of(new byte[] {(byte) random.nextInt(3), (byte) 0xff});
            case Type.Uuid u -> new UUID(random.nextInt(3) == 0 ? -1L : 1L, random.nextInt(3));
            case Type.Oid o -> ObjectId.parse("5a9427648b0beebeb6958b6" + random.nextInt(4));
            case Type.Date d -> LocalDate.of(2018, 5, 28).plusDays(random.nextInt(5));
            case Type.Time t -> LocalTime.of(1, 2, 3).plusNanos(random.nextInt(4) * 1_000_000L);
            case Type.DateTime t -> LocalDateTime.of(2018, 5, 31, 1, 44, 52).plusNanos(random.nextInt(4) * 1_000_000L);
            case Type.Instant i -> MOMENT.plusMillis(random.nextInt(5) - 2);
            case Type.Sequence list -> list(list.element());
            case Type.Dictionary map -> Map.of("k" + random.nextInt(3), value(map.value()));
            case Type.Struct struct -> struct(struct);
            case Type.Any any -> json(0);
        };
    }

    private List<Object> list(Type element) {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(value(element));
        }
        return list;
    }

    private Map<String, @Nullable Object> struct(Type.Struct struct) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        struct.members().forEach((name, type) -> {
            if (chance(0.7)) {
                map.put(name, chance(0.1) ? null : value(type));
            }
        });
        return map;
    }

    private Object json(int depth) {
        return switch (random.nextInt(depth > 2 ? 7 : 10)) {
            case 0 -> any(TEXTS);
            case 1 -> any(WHOLES);
            case 2 -> any(REALS);
            case 3 -> random.nextBoolean();
            case 4 -> MOMENT.truncatedTo(ChronoUnit.MILLIS);
            case 5 -> any(DECIMALS);
            case 6 -> ObjectId.parse("5a9427648b0beebeb6958b6" + random.nextInt(4));
            case 7 -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(3); i > 0; i--) {
                    list.add(json(depth + 1));
                }
                yield list;
            }
            default -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (String key : List.of("a", "b", "odd \"key\"")) {
                    if (chance(0.6)) {
                        map.put(key, chance(0.1) ? null : json(depth + 1));
                    }
                }
                yield map;
            }
        };
    }

    State state(long id) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("id", id);
        for (Field field : KIND.fields().subList(1, KIND.fields().size())) {
            if (chance(0.85)) {
                values.put(field.name(), chance(0.1) ? null : value(field.type()));
            }
        }
        return KIND.state(values);
    }

    // ---- conditions

    Condition condition(int depth) {
        if (depth > 0 && chance(0.5)) {
            Condition left = condition(depth - 1);
            Condition right = condition(depth - 1);
            return switch (random.nextInt(3)) {
                case 0 -> left.and(right);
                case 1 -> left.or(right);
                default -> left.not();
            };
        }
        Condition leaf = leaf();
        return chance(0.25) ? leaf.not() : leaf;
    }

    private Condition leaf() {
        Field field = KIND.fields().get(random.nextInt(KIND.fields().size()));
        Path path = Path.of(field.name());
        Type type = field.type();
        if (type instanceof Type.Struct struct && chance(0.9)) {
            String member =
                    Type.names(struct).get(random.nextInt(Type.names(struct).size()));
            path = path.then(member);
            type = Type.step(struct, member).orElseThrow();
        } else if (type instanceof Type.Any) {
            for (int i = random.nextInt(3); i > 0; i--) {
                path = path.then(List.of("a", "b", "odd \"key\"").get(random.nextInt(3)));
            }
        }
        return leaf(new Term(path), type);
    }

    private Condition leaf(Term term, Type type) {
        if (chance(0.12)) {
            return term.isNull();
        }
        if (type instanceof Type.Sequence list) {
            return chance(0.8) ? term.has(value(list.element())) : term.eq(value(type));
        }
        if ((type instanceof Type.Text || type instanceof Type.Any) && chance(0.4)) {
            return matched(term);
        }
        if (type instanceof Type.Any && chance(0.2)) {
            return term.has(json(3));
        }
        Object constant = constant(type);
        boolean ordered = !(constant instanceof List || constant instanceof Map)
                && (ordersBytes || !(type instanceof Type.Binary));
        return switch (ordered ? random.nextInt(8) : 4 + 3 * random.nextInt(2)) {
            case 0 -> term.lt(constant);
            case 1 -> term.le(constant);
            case 2 -> term.gt(constant);
            case 3 -> term.ge(constant);
            case 4 -> term.ne(constant);
            case 5 -> term.in(constant, constant(type));
            case 6 -> term.between(constant, ordered(type));
            default -> term.eq(constant);
        };
    }

    /** A value of the type, or, for numbers, one of another numeric type; times between two that a field can hold. */
    private Object constant(Type type) {
        if (Type.numeric(type)) {
            return switch (random.nextInt(4)) {
                case 0 -> any(WHOLES);
                case 1 -> any(REALS);
                case 2 -> new BigDecimal("0.1000000000000000000001");
                default -> any(DECIMALS);
            };
        }
        if (type instanceof Type.Instant && chance(0.3)) {
            return MOMENT.plusNanos(500);
        }
        return value(type);
    }

    /** A constant that others are less or greater than. */
    private Object ordered(Type type) {
        Object constant = constant(type);
        while (constant instanceof List || constant instanceof Map) {
            constant = constant(type);
        }
        return constant;
    }

    private Condition matched(Term term) {
        String text = String.valueOf(any(TEXTS));
        return switch (random.nextInt(8)) {
            case 0 -> term.startsWith(text);
            case 1 -> term.startsWithIgnoreCase(text);
            case 2 -> term.contains(text);
            case 3 -> term.containsIgnoreCase(text);
            case 4 -> term.like("%" + text);
            case 5 -> term.likeIgnoreCase("_" + text.replace("%", "") + "%");
            case 6 -> term.matches("^[a-z]+\\d?");
            default -> term.matchesIgnoreCase("A(b|_)");
        };
    }
}
