package dev.keepsake.query;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.json.Json;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Constants: their text, and how they are fitted to the type they are compared with. */
final class Literals {
    private Literals() {}

    static String text(Object value) {
        return switch (value) {
            case Boolean b -> b.toString();
            case Long l -> l.toString();
            case Double d -> d.toString();
            case String s -> quoted(s);
            case BigDecimal d -> "decimal '" + d.toPlainString() + "'";
            case UUID u -> "uuid '" + u + "'";
            case ObjectId o -> "object_id '" + o + "'";
            case LocalDate d -> "date '" + d + "'";
            case LocalTime t -> "time '" + t + "'";
            case LocalDateTime t -> "datetime '" + t + "'";
            case Instant i -> "instant '" + i + "'";
            default -> "json " + quoted(Json.text(value));
        };
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** A constant to compare with values of a type: numbers stay as they are, times are not cut. */
    static Object fit(Object value, Type type, Path at) {
        Object normal = Values.normalise(value, at);
        Type own = Type.of(normal);
        boolean fits = switch (type) {
            case Type.Any any -> true;
            case Type.Int i -> Type.numeric(own);
            case Type.Real r -> Type.numeric(own);
            case Type.Decimal d -> Type.numeric(own);
            case Type.Time t -> own instanceof Type.Time;
            case Type.DateTime t -> own instanceof Type.DateTime;
            case Type.Instant i -> own instanceof Type.Instant;
            case Type.Text t -> own instanceof Type.Text;
            case Type.Sequence s -> own instanceof Type.Sequence;
            case Type.Dictionary d -> own instanceof Type.Dictionary;
            case Type.Struct s -> own instanceof Type.Dictionary;
            case Type.Bool b -> own.equals(type);
            case Type.Binary b -> own.equals(type);
            case Type.Uuid u -> own.equals(type);
            case Type.Oid o -> own.equals(type);
            case Type.Date d -> own.equals(type);
        };
        if (fits && Type.nested(type) && (normal instanceof List || normal instanceof Map)) {
            Object fitted = Values.fit(normal, type, at);
            return fitted == null ? normal : fitted;
        }
        if (!fits || normal == null) {
            throw incomparable(at, type, own, value);
        }
        return normal;
    }

    /** As {@link #fit}, for a constant that others are less or greater than, which lists and maps are not. */
    static Object ordered(Object value, Type type, Path at) {
        Object fitted = fit(value, type, at);
        if (fitted instanceof List || fitted instanceof Map) {
            throw mismatch(at, Type.of(fitted), "lists and maps are equal or not, and have no order");
        }
        return fitted;
    }

    /** The refusal of something that is not done with values of a type. */
    static RuntimeException mismatch(Path path, Type type, String why) {
        return Problem.TYPE_MISMATCH.because("%s is %s; %s", path, type, why).fault();
    }

    private static RuntimeException incomparable(Path path, Type type, Type own, Object value) {
        return Problem.TYPE_MISMATCH
                .because("%s is %s; it cannot be compared with %s %s", path, type, own, Report.quote(value))
                .hint(
                        type instanceof Type.Sequence
                                ? "use has for an element of a list"
                                : "compare it with a constant of its own type")
                .fault();
    }
}
