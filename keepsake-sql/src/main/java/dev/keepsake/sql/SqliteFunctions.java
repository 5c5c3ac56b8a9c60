package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.json.Json;
import dev.keepsake.query.Change;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Regex;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.math.MathContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sqlite.Function;

/**
 * What SQL lacks, as functions of SQLite, registered on each connection: conditions, changes and sums that are the very
 * ones of the core, so that they cannot mean anything else here.
 */
final class SqliteFunctions {
    private SqliteFunctions() {}

    static void register(Connection connection) throws SQLException {
        scalar(connection, "keepsake_test", 3, new Test());
        scalar(connection, "keepsake_matches", 3, new Matches());
        scalar(connection, "keepsake_time", 1, new Time());
        scalar(connection, "keepsake_time_like", 2, new TimeLike());
        scalar(connection, "keepsake_change", 4, new Changed());
        for (Figure.What what : Figure.What.values()) {
            Function.create(connection, what.function, new Figure(what), 3, 0);
        }
    }

    private static void scalar(Connection connection, String name, int arguments, Function function)
            throws SQLException {
        Function.create(connection, name, function, arguments, Function.FLAG_DETERMINISTIC);
    }

    /** A function of one row, whose refusals keep their problem: SQLite passes on nothing but a message. */
    private abstract static class Scalar extends Function {
        abstract void answer() throws SQLException;

        @Override
        protected final void xFunc() throws SQLException {
            try {
                answer();
            } catch (Fault fault) {
                error(SqliteErrors.message(fault.problem(), fault.sentence()));
            } catch (IllegalArgumentException | DateTimeException e) {
                error(SqliteErrors.message(
                        Problem.STATE_UNDECODABLE, "a stored value cannot be decoded: " + e.getMessage()));
            }
        }
    }

    /** The same condition about a field {@code v}, whatever the field's name. */
    static Condition about(Condition leaf) {
        return leaf.moved(path -> {
            List<String> steps = new ArrayList<>(path.steps());
            steps.set(0, "v");
            return new Path(steps);
        });
    }

    /** {@code keepsake_test(json, type, condition)}: whether a condition about a field {@code v} holds for the value. */
    private static final class Test extends Scalar {
        private final Map<String, Condition> conditions = new LinkedHashMap<>();
        private final Map<String, Kind> kinds = new LinkedHashMap<>();

        @Override
        void answer() throws SQLException {
            String type = value_text(1);
            Kind kind = kinds.computeIfAbsent(
                    type,
                    text -> Kind.named("value").field("v", Type.parse(text)).build());
            String text = value_text(2);
            if (conditions.size() > 1_000) {
                conditions.clear();
            }
            Condition condition = conditions.computeIfAbsent(type + " " + text, key -> Condition.parse(text, kind));
            String json = value_text(0);
            Object value = json == null
                    ? null
                    : Json.parse(json, kind.fields().getFirst().type(), Path.of("$"));
            result(condition.test(State.of(kind.shape(), value)) ? 1 : 0);
        }
    }

    /** {@code keepsake_matches(text, regex, ignoringCase)}. */
    private static final class Matches extends Scalar {
        private final Map<String, Pattern> patterns = new LinkedHashMap<>();

        @Override
        void answer() throws SQLException {
            String text = value_text(0);
            if (text == null) {
                result();
                return;
            }
            String regex = value_text(1);
            boolean ignoring = value_int(2) == 1;
            if (patterns.size() > 1_000) {
                patterns.clear();
            }
            Pattern pattern = patterns.computeIfAbsent(ignoring + regex, key -> Regex.compile(regex, ignoring));
            result(Regex.find(pattern, text) ? 1 : 0);
        }
    }

    /** {@code keepsake_time(text)}: a time in any ISO form as text of one form. */
    private static final class Time extends Scalar {
        @Override
        void answer() throws SQLException {
            String text = value_text(0);
            if (text == null) {
                result();
            } else {
                result(SqliteTimes.key(text));
            }
        }
    }

    /** {@code keepsake_time_like(replaced, text)}: the text in the form of the one that it replaces. */
    private static final class TimeLike extends Function {
        @Override
        protected void xFunc() throws SQLException {
            String replaced = value_text(0);
            String text = value_text(1);
            if (text == null) {
                result();
            } else {
                result(replaced == null ? text : SqliteTimes.like(replaced, text));
            }
        }
    }

    static String changeText(Change change) {
        Map<String, @Nullable Object> text = new LinkedHashMap<>();
        text.put("path", change.path().toString());
        switch (change) {
            case Change.Set set -> text.put("set", set.value());
            case Change.Unset unset -> text.put("unset", true);
            case Change.Increment increment -> text.put("increment", increment.by());
            case Change.Append append -> text.put("append", append.value());
            case Change.RemoveValue remove -> text.put("remove", remove.value());
        }
        return Json.text(text);
    }

    private static Change change(String text) {
        if (!(Json.parse(text) instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(text);
        }
        Path path = Path.parse(String.valueOf(map.get("path")));
        if (map.containsKey("set")) {
            return new Change.Set(path, map.get("set"));
        }
        Object increment = map.get("increment");
        Object append = map.get("append");
        Object remove = map.get("remove");
        return increment != null
                ? new Change.Increment(path, increment)
                : append != null
                        ? new Change.Append(path, append)
                        : remove != null ? new Change.RemoveValue(path, remove) : new Change.Unset(path);
    }

    /** {@code keepsake_change(value, declared, type, change)}: the value, changed. */
    private static final class Changed extends Scalar {
        @Override
        void answer() throws SQLException {
            Type type = Type.parse(value_text(2));
            SqliteColumn column = SqliteColumn.of(new Field("value", type, false, value_text(1), null));
            Object found = found();
            Object before = found == null ? null : column.decode(found);
            Change change = change(value_text(3));
            Object after = change.apply(before, change.path().inside());
            if (after == null || after == State.ABSENT) {
                result();
                return;
            }
            Object fitted = Values.fit(after, type, change.path());
            give(column.encode(fitted == null ? after : fitted));
        }

        private @Nullable Object found() throws SQLException {
            return switch (value_type(0)) {
                case INTEGER -> value_long(0);
                case REAL -> value_double(0);
                case TEXT -> value_text(0);
                case BLOB -> value_blob(0);
                default -> null;
            };
        }

        private void give(Object value) throws SQLException {
            switch (value) {
                case Long number -> result(number);
                case Double number -> result(number);
                case byte[] bytes -> result(bytes);
                default -> result(value.toString());
            }
        }
    }

    /**
     * {@code keepsake_sum(value, declared, type)} and its like: figures that SQL would compute inexactly, over decimals and
     * over what JSON holds. The native value is decoded as its column does.
     */
    private static final class Figure extends Function.Aggregate {
        /** Which figure. */
        enum What {
            SUM("keepsake_sum"),
            AVG("keepsake_avg"),
            MIN("keepsake_min"),
            MAX("keepsake_max");

            private final String function;

            What(String function) {
                this.function = function;
            }
        }

        private final What what;
        private @Nullable Object value;
        private long count;
        private @Nullable SqliteColumn column;

        Figure(What what) {
            this.what = what;
        }

        @Override
        protected void xStep() throws SQLException {
            Object found = found();
            if (found == null) {
                return;
            }
            SqliteColumn as = column;
            if (as == null) {
                Type type = Type.parse(value_text(2));
                String declared = value_text(1);
                as = declared.equals("json_text")
                        ? SqliteColumn.json(type)
                        : SqliteColumn.of(new Field("value", type, false, declared, null));
                column = as;
            }
            Object next;
            try {
                next = as.decode(found);
            } catch (Fault | IllegalArgumentException | DateTimeException e) {
                error(SqliteErrors.message(
                        Problem.STATE_UNDECODABLE, "a stored value cannot be decoded: " + e.getMessage()));
                return;
            }
            if (next == null) {
                return;
            }
            Object now = value;
            count++;
            if (now == null) {
                value = next;
            } else {
                value = switch (what) {
                    case SUM, AVG -> plus(now, next);
                    case MIN -> Values.order(now, next) <= 0 ? now : next;
                    case MAX -> Values.order(now, next) >= 0 ? now : next;
                };
            }
        }

        private @Nullable Object found() throws SQLException {
            return switch (value_type(0)) {
                case INTEGER -> value_long(0);
                case REAL -> value_double(0);
                case TEXT -> value_text(0);
                default -> null;
            };
        }

        private static Object plus(Object a, Object b) {
            return a instanceof Double x && b instanceof Double y
                    ? (Object) (x + y)
                    : decimal(a).add(decimal(b));
        }

        private static BigDecimal decimal(Object number) {
            return number instanceof BigDecimal decimal ? decimal : new BigDecimal(number.toString());
        }

        @Override
        protected void xFinal() throws SQLException {
            Object total = value;
            if (total == null) {
                result();
                return;
            }
            switch (what) {
                case SUM -> sum(total);
                case AVG ->
                    result(decimal(total)
                            .divide(BigDecimal.valueOf(count), MathContext.DECIMAL128)
                            .doubleValue());
                case MIN, MAX -> result(Json.text(total, column == null ? Type.ANY : column.type()));
            }
        }

        private void sum(Object total) throws SQLException {
            SqliteColumn summed = Objects.requireNonNull(column);
            try {
                if (total instanceof Double number) {
                    result(number);
                } else if (summed.type() instanceof Type.Decimal) {
                    Object fitting = Values.normalise(decimal(total), Path.of("sum"));
                    result((String) SqliteColumn.ofSum().encode(Objects.requireNonNull(fitting)));
                } else {
                    result(decimal(total).longValueExact());
                }
            } catch (ArithmeticException | Fault e) {
                error("integer overflow");
            }
        }
    }

    /** SQLite's fundamental types (C interface, "Fundamental Datatypes"). */
    private static final int INTEGER = 1;

    private static final int REAL = 2;
    private static final int TEXT = 3;
    private static final int BLOB = 4;
}
