package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.json.Json;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Times;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One row of a result, its values by name or by position. It is read in full when it is fetched, and stays usable when its
 * result, its transaction and its connection have ended.
 *
 * <pre>{@code
 * SqlRow row = sql.execute("select name, born from people where id = ?", 7).one().orElseThrow();
 * Object name = row.value("name");
 * LocalDate born = (LocalDate) row.value("born", Type.DATE);
 * }</pre>
 *
 * <p>A value is one of Keepsake's, see {@link Values}. On SQLite that is the one that is stored, whatever the column's
 * declared type: an integer is a {@link Long}, a real a {@link Double}, text a {@link String}, a blob
 * {@link dev.keepsake.value.Bytes}, or null. What a database holds beyond Keepsake's values, such as an infinity, is given
 * as it is. Nothing is converted but by {@link #value(String, Type)} and {@link Sql#converting}.
 *
 * <p>A row is no object: it is not tracked, not migrated, and writing to it is not possible. Immutable; equal when columns
 * and values are.
 */
public final class SqlRow {
    private final Columns columns;
    private final List<@Nullable Object> values;

    SqlRow(Columns columns, List<@Nullable Object> values) {
        this.columns = columns;
        this.values = Collections.unmodifiableList(values);
    }

    /** The columns' names, in order; one may occur twice. */
    public List<String> columns() {
        return columns.names;
    }

    /**
     * The value of the column at a position, the first being 0.
     *
     * @throws dev.keepsake.fault.Invalid {@code unknown-field} where there is no such position
     * @throws dev.keepsake.fault.Corrupt {@code state-undecodable} where {@link Sql#converting} is on and the value is none
     *     of the column's type
     */
    public @Nullable Object value(int position) {
        Type type = columns.types.get(columns.checked(position));
        Object value = values.get(position);
        return type == null ? value : converted(value, type, columns.names.get(position));
    }

    /**
     * The value of the column with a name; where none is written so, of the one whose name differs in case alone.
     *
     * @throws dev.keepsake.fault.Invalid {@code unknown-field} with near names; {@code ambiguous-name} where the name occurs
     *     twice
     * @throws dev.keepsake.fault.Corrupt {@code state-undecodable} where {@link Sql#converting} is on and the value is none
     *     of the column's type
     */
    public @Nullable Object value(String name) {
        return value(columns.position(name));
    }

    /**
     * The value at a position as one of the given type, see {@link #value(String, Type)}.
     *
     * @throws dev.keepsake.fault.Invalid {@code unknown-field} where there is no such position
     * @throws dev.keepsake.fault.Corrupt {@code state-undecodable} where it is none of that type
     */
    public @Nullable Object value(int position, Type type) {
        Object value = values.get(columns.checked(position));
        return converted(value, type, columns.names.get(position));
    }

    /**
     * The value with a name as one of the given type: text is read as a number, a time in any ISO form, a UUID, or as JSON
     * for a list, map or struct; 0 and 1 are booleans; a number, boolean, time or UUID is written as text; a time without
     * zone is UTC. A time is cut to the type's precision, three digits for {@link Type#DATE_TIME}. Null stays null.
     *
     * @throws dev.keepsake.fault.Invalid as {@link #value(String)}
     * @throws dev.keepsake.fault.Corrupt {@code state-undecodable} where it is none of that type, or would lose something
     */
    public @Nullable Object value(String name, Type type) {
        return value(columns.position(name), type);
    }

    /**
     * All values, in the order of the columns.
     *
     * @throws dev.keepsake.fault.Corrupt as {@link #value(int)}
     */
    public List<@Nullable Object> values() {
        if (columns.types.stream().allMatch(type -> type == null)) {
            return values;
        }
        List<@Nullable Object> all = new ArrayList<>(values.size());
        for (int position = 0; position < values.size(); position++) {
            all.add(value(position));
        }
        return Collections.unmodifiableList(all);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SqlRow row
                && columns.names.equals(row.columns.names)
                && columns.types.equals(row.columns.types)
                && values.equals(row.values);
    }

    @Override
    public int hashCode() {
        return 31 * columns.names.hashCode() + values.hashCode();
    }

    /** Names and values as {@code (name=Joe, count=10)}, long ones shortened. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("(");
        for (int position = 0; position < values.size(); position++) {
            text.append(position == 0 ? "" : ", ").append(columns.names.get(position));
            text.append('=').append(Report.quote(values.get(position)));
        }
        return text.append(')').toString();
    }

    // ---- converting

    private static @Nullable Object converted(@Nullable Object value, Type type, String name) {
        if (value == null || type instanceof Type.Any) {
            return value;
        }
        Path at = Path.of(name.isEmpty() ? "?" : name);
        try {
            return Values.fit(
                    value instanceof String text ? fromText(text, type, at) : fromValue(value, type), type, at);
        } catch (IllegalArgumentException | DateTimeException | Fault e) {
            throw Problem.STATE_UNDECODABLE
                    .because("%s holds %s %s, expected %s", name, Type.of(value), Report.quote(value), type)
                    .at(at)
                    .hint("ask for the value without a type")
                    .cause(e)
                    .fault();
        }
    }

    private static @Nullable Object fromText(String text, Type type, Path at) {
        return switch (type) {
            case Type.Bool b -> truth(text);
            case Type.Int i -> Long.valueOf(text.strip());
            case Type.Real r -> Double.valueOf(text.strip());
            case Type.Decimal d -> new BigDecimal(text.strip());
            case Type.Text t -> text;
            case Type.Binary b -> text;
            case Type.Uuid u -> UUID.fromString(text);
            case Type.Oid o -> ObjectId.parse(text);
            case Type.Date d -> text.length() > 10 ? fromValue(Times.dateTime(text), type) : Times.date(text);
            case Type.Time t -> Times.time(text);
            case Type.DateTime t -> Times.dateTime(text);
            case Type.Instant i -> Times.instant(text);
            case Type.Sequence s -> Json.parse(text, type, at);
            case Type.Dictionary d -> Json.parse(text, type, at);
            case Type.Struct s -> Json.parse(text, type, at);
            case Type.Any a -> text;
        };
    }

    private static Object truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> text;
        };
    }

    private static Object fromValue(Object value, Type type) {
        if (type instanceof Type.Bool && (value.equals(0L) || value.equals(1L))) {
            return value.equals(1L);
        }
        if (type instanceof Type.Text) {
            return value instanceof BigDecimal decimal
                    ? decimal.toPlainString()
                    : Type.nested(Type.of(value)) || value instanceof Bytes ? value : value.toString();
        }
        return switch (value) {
            case LocalDate date when type instanceof Type.DateTime -> date.atStartOfDay();
            case LocalDate date
            when type instanceof Type.Instant -> date.atStartOfDay().toInstant(ZoneOffset.UTC);
            case LocalDateTime time when type instanceof Type.Instant -> time.toInstant(ZoneOffset.UTC);
            case LocalDateTime time
            when type instanceof Type.Date && time.toLocalTime().equals(LocalTime.MIDNIGHT) -> time.toLocalDate();
            case Instant instant when type instanceof Type.DateTime -> Values.utc(instant);
            default -> value;
        };
    }

    // ---- columns

    /** The columns of a result, shared by its rows: their names, and the types to convert to, null where not. */
    static final class Columns {
        private static final int TWICE = -1;

        final List<String> names;
        final List<@Nullable Type> types;
        private final Map<String, Integer> exact = new HashMap<>();
        private final Map<String, Integer> folded = new HashMap<>();

        Columns(List<String> names, List<@Nullable Type> types) {
            this.names = List.copyOf(names);
            this.types = types;
            for (int position = 0; position < names.size(); position++) {
                String name = names.get(position);
                exact.merge(name, position, (first, second) -> TWICE);
                folded.merge(name.toLowerCase(Locale.ROOT), position, (first, second) -> TWICE);
            }
        }

        int checked(int position) {
            if (position < 0 || position >= names.size()) {
                throw Problem.UNKNOWN_FIELD
                        .because("the row has no column at position %d", position)
                        .hint(names.isEmpty() ? "there are none" : "positions are 0 to " + (names.size() - 1))
                        .fault();
            }
            return position;
        }

        int position(String name) {
            Integer found = exact.containsKey(name) ? exact.get(name) : folded.get(name.toLowerCase(Locale.ROOT));
            if (found == null) {
                throw Problem.UNKNOWN_FIELD
                        .because("the row has no column %s", Report.quote(name))
                        .near(name, names)
                        .fault();
            }
            if (found == TWICE) {
                throw Problem.AMBIGUOUS_NAME
                        .because("the row has more than one column %s", name)
                        .hint("ask by position, or rename one with as")
                        .fault();
            }
            return found;
        }
    }
}
