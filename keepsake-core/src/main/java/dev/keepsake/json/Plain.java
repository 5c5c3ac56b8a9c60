package dev.keepsake.json;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Times;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Plain JSON values, and plain text, read as values of a declared type. */
final class Plain {
    private Plain() {}

    static @Nullable Object read(@Nullable Object value, Type type, Path at) {
        return Values.fit(restored(value, type, at), type, at);
    }

    private static @Nullable Object restored(@Nullable Object value, Type type, Path at) {
        return switch (value) {
            case null -> null;
            case String text when !(type instanceof Type.Text || type instanceof Type.Any) -> scalar(text, type, at);
            case List<?> list -> {
                Type element = type instanceof Type.Sequence sequence ? sequence.element() : Type.ANY;
                List<@Nullable Object> restored = new ArrayList<>(list.size());
                for (Object each : list) {
                    restored.add(restored(each, element, at));
                }
                yield Collections.unmodifiableList(restored);
            }
            case Map<?, ?> map
            when !(type instanceof Type.Any) -> {
                Map<String, @Nullable Object> restored = new LinkedHashMap<>();
                map.forEach((key, member) -> restored.put(
                        (String) key,
                        restored(member, Type.step(type, (String) key).orElse(Type.ANY), at)));
                yield Collections.unmodifiableMap(restored);
            }
            default -> value;
        };
    }

    /** The value of a scalar type that a text stands for, as in CSV and in declared JSON. */
    static Object scalar(String text, Type type, Path at) {
        try {
            return switch (type) {
                case Type.Bool b -> bool(text);
                case Type.Int i -> Long.valueOf(text);
                case Type.Real r -> real(text);
                case Type.Decimal d -> new BigDecimal(text);
                case Type.Uuid u -> uuid(text);
                case Type.Oid o -> ObjectId.parse(text);
                case Type.Binary b -> Bytes.of(Base64.getDecoder().decode(text));
                case Type.Date d -> Times.date(text);
                case Type.Time t -> Times.time(text);
                case Type.DateTime t -> Times.dateTime(text);
                case Type.Instant i -> Times.instant(text);
                case Type.Text t -> text;
                case Type.Any a -> text;
                case Type.Sequence s -> text;
                case Type.Dictionary d -> text;
                case Type.Struct s -> text;
            };
        } catch (IllegalArgumentException | DateTimeException e) {
            throw Problem.TYPE_MISMATCH
                    .because("expected %s, was text %s", type, Report.quote(text))
                    .at(at)
                    .fault();
        }
    }

    /** All 32 digits of it; {@link UUID#fromString} takes fewer. */
    static UUID uuid(String text) {
        UUID uuid = UUID.fromString(text);
        if (text.length() != 36) {
            throw new IllegalArgumentException("a UUID has 36 characters");
        }
        return uuid;
    }

    /** A number as JSON writes it; {@link Double#valueOf} takes {@code 1d} and {@code 0x1p3} too. */
    private static Double real(String text) {
        if (text.chars().anyMatch(c -> "dDfFxX".indexOf(c) >= 0)) {
            throw new NumberFormatException(text);
        }
        return Double.valueOf(text);
    }

    private static Boolean bool(String text) {
        return switch (text) {
            case "true", "1", "t", "TRUE", "True" -> true;
            case "false", "0", "f", "FALSE", "False" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    /** The digits of a second's fraction to write: as declared; undeclared is 3, or 9 where 3 would lose some. */
    static int precision(Type type, TemporalAccessor time) {
        return switch (type) {
            case Type.Time t -> t.precision();
            case Type.DateTime t -> t.precision();
            case Type.Instant i -> i.precision();
            default -> time.get(ChronoField.NANO_OF_SECOND) % 1_000_000 == 0 ? 3 : 9;
        };
    }
}
