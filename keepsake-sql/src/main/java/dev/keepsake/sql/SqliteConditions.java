package dev.keepsake.sql;

import dev.keepsake.json.Json;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Condition.Operator;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Conditions on one value, and the keys of sorting, in SQLite's words. What SQLite can compare exactly by our rules is its
 * own operator; what it cannot (values behind lists, decimals and wrapped values in JSON) is {@code keepsake_test}, which
 * evaluates the very condition inside the database.
 */
final class SqliteConditions {
    private static final int MOST_PARAMETERS = 1_000;

    private SqliteConditions() {}

    static void leaf(SqlWriter out, Condition leaf, Bound bound) {
        Path path = leaf.paths().getFirst();
        SqliteColumn column = (SqliteColumn) bound.column(path.field());
        boolean json = path.nested() || column.comparison() == Column.Comparison.JSON;
        if (path.nested() && column.comparison() == Column.Comparison.DYNAMIC) {
            // numbers, text and bytes have nothing inside
            out.sql(leaf instanceof Condition.IsNull ? "1 = 1" : "1 = 0");
        } else if (leaf instanceof Condition.IsNull && !json) {
            out.name(path.field()).sql(" IS NULL");
        } else if (json) {
            json(out, leaf, path, column, bound);
        } else if (column.comparison() == Column.Comparison.DYNAMIC) {
            dynamic(out, leaf, path, column);
        } else {
            scalar(out, leaf, column, column.collation(), () -> comparable(out, column, path.field()));
        }
    }

    /** The column as it is compared and sorted. */
    static void comparable(SqlWriter out, SqliteColumn column, String field) {
        if (column.comparison() == Column.Comparison.LOOSE_TIME) {
            out.sql("keepsake_time(").name(field).sql(")");
        } else {
            out.name(field);
        }
    }

    // ---- values of one type

    private static void scalar(
            SqlWriter out, Condition leaf, Column column, @Nullable String collation, Runnable value) {
        if (SqlComparisons.write(out, leaf, column, value)) {
            return;
        }
        switch (leaf) {
            case Condition.In in ->
                in(out, in.values().stream().map(column::floor).toList(), value);
            case Condition.Match m -> match(out, m, collation, value);
            default -> throw new IllegalArgumentException("not a condition on one value: " + leaf);
        }
    }

    private static void in(SqlWriter out, List<Column.Floor> floors, Runnable value) {
        List<Object> possible = floors.stream()
                .filter(floor -> floor.exact() && floor.range() == 0)
                .map(floor -> Objects.requireNonNull(floor.nativeValue()))
                .toList();
        value.run();
        boolean many = possible.size() > MOST_PARAMETERS && possible.stream().noneMatch(byte[].class::isInstance);
        if (many) {
            // one parameter for all: SQLite takes no more than 32,766
            out.sql(" IN (SELECT value FROM json_each(")
                    .bind(Json.text(possible))
                    .sql("))");
        } else {
            out.sql(" IN (").each(possible, ", ", out::bind).sql(")");
        }
    }

    private static void match(SqlWriter out, Condition.Match match, @Nullable String collation, Runnable value) {
        String text = match.ignoringCase() ? Values.foldAscii(match.text()) : match.text();
        Runnable operand = match.ignoringCase()
                ? () -> {
                    out.sql("lower(");
                    value.run();
                    out.sql(")");
                }
                : value;
        switch (match.manner()) {
            case CONTAINS -> {
                out.sql("instr(");
                operand.run();
                out.sql(", ").bind(text).sql(") > 0");
            }
            case STARTS_WITH -> startsWith(out, text, match.ignoringCase() || collation != null, operand);
            case LIKE -> {
                operand.run();
                out.sql(" GLOB ").bind(glob(text));
            }
            case REGEX -> {
                out.sql("keepsake_matches(");
                value.run();
                out.sql(", ").bind(match.text()).sql(", ").sql(match.ignoringCase() ? "1)" : "0)");
            }
        }
    }

    /** A prefix as a range, which an index answers; where the column has rules of its own, as a part. */
    private static void startsWith(SqlWriter out, String prefix, boolean asPart, Runnable operand) {
        String next = asPart ? null : SqlComparisons.after(prefix);
        if (next == null) {
            out.sql("substr(");
            operand.run();
            out.sql(", 1, " + prefix.codePointCount(0, prefix.length()) + ") = ")
                    .bind(prefix);
            out.sql(" COLLATE BINARY");
            return;
        }
        out.sql("(");
        operand.run();
        out.sql(" >= ").bind(prefix).sql(" AND ");
        operand.run();
        out.sql(" < ").bind(next).sql(")");
    }

    /** A pattern of % and _ as one of GLOB, which tells the case of letters apart. */
    private static String glob(String like) {
        StringBuilder glob = new StringBuilder();
        for (int i = 0; i < like.length(); i++) {
            char c = like.charAt(i);
            if (c == '%' || c == '_') {
                glob.append(c == '%' ? '*' : '?');
                continue;
            }
            if (c == '\\' && i + 1 < like.length()) {
                c = like.charAt(++i);
            }
            glob.append(c == '*' || c == '?' || c == '[' ? "[" + c + "]" : String.valueOf(c));
        }
        return glob.toString();
    }

    // ---- columns of no declared type

    private static void dynamic(SqlWriter out, Condition leaf, Path path, SqliteColumn column) {
        switch (leaf) {
            case Condition.In in -> {
                out.sql("(");
                if (in.values().isEmpty()) {
                    out.sql("1 = 0");
                }
                out.each(
                        in.values(),
                        " OR ",
                        each -> dynamic(out, new Condition.Compare(path, Operator.EQ, each), path, column));
                out.sql(")");
            }
            case Condition.Between b -> {
                out.sql("(");
                dynamic(out, new Condition.Compare(path, Operator.GE, b.least()), path, column);
                out.sql(" AND ");
                dynamic(out, new Condition.Compare(path, Operator.LE, b.greatest()), path, column);
                out.sql(")");
            }
            case Condition.Compare c -> {
                Object value = c.value() instanceof BigDecimal d ? (Object) d.doubleValue() : c.value();
                String types = types(value);
                if (types.isEmpty()) {
                    out.sql("1 = 0");
                    return;
                }
                out.sql("(typeof(").name(path.field()).sql(") IN (" + types + ") AND ");
                out.name(path.field())
                        .sql(" " + c.operator().symbol() + " ")
                        .bind(column.encode(value))
                        .sql(")");
            }
            case Condition.Match m -> {
                out.sql("(typeof(").name(path.field()).sql(") = 'text' AND ");
                match(out, m, null, () -> out.name(path.field()));
                out.sql(")");
            }
            default -> out.sql("1 = 0");
        }
    }

    private static String types(Object value) {
        return switch (value) {
            case Long l -> "'integer', 'real'";
            case Double d -> "'integer', 'real'";
            case String s -> "'text'";
            case Bytes b -> "'blob'";
            default -> "";
        };
    }

    // ---- JSON

    private static void json(SqlWriter out, Condition leaf, Path path, SqliteColumn column, Bound bound) {
        if (!steps(path) || throughDeclaredList(column.type(), path)) {
            test(out, leaf, path, column);
            return;
        }
        List<Path> maybeLists = maybeLists(column.type(), path);
        if (!maybeLists.isEmpty()) {
            out.sql("CASE WHEN 'array' IN (");
            out.each(maybeLists, ", ", prefix -> extract(out, "json_type", prefix));
            out.sql(") THEN ");
            test(out, leaf, path, column);
            out.sql(" ELSE ");
        }
        direct(out, leaf, path, bound.kind().typeAt(path), column);
        if (!maybeLists.isEmpty()) {
            out.sql(" END");
        }
    }

    /** SQLite's paths cannot name keys with quotes or backslashes. */
    private static boolean steps(Path path) {
        return path.inside().stream().noneMatch(step -> step.indexOf('"') >= 0 || step.indexOf('\\') >= 0);
    }

    private static boolean throughDeclaredList(Type type, Path path) {
        Type at = type;
        for (String step : path.inside()) {
            if (at instanceof Type.Sequence) {
                return true;
            }
            at = Type.step(at, step).orElse(Type.ANY);
        }
        return false;
    }

    /** The values on the way of which nobody said that they are no lists. */
    private static List<Path> maybeLists(Type type, Path path) {
        List<Path> maybe = new ArrayList<>();
        Type at = type;
        Path prefix = Path.of(path.field());
        for (String step : path.inside()) {
            if (at instanceof Type.Any) {
                maybe.add(prefix);
            }
            at = Type.step(at, step).orElse(Type.ANY);
            prefix = prefix.then(step);
        }
        return maybe;
    }

    /** A condition on the value at a path that leads through no list. */
    private static void direct(SqlWriter out, Condition leaf, Path path, Type type, SqliteColumn column) {
        switch (leaf) {
            case Condition.IsNull n -> {
                out.sql("coalesce(");
                extract(out, "json_type", path);
                out.sql(", 'null') = 'null'");
            }
            case Condition.Match m ->
                typed(out, path, "= 'text'", () -> match(out, m, "json", () -> extract(out, "json_extract", path)));
            case Condition.Compare c when nativeIn(type, c.value()) -> compared(out, c, path, type, column);
            case Condition.In in
            when in.values().stream().allMatch(value -> value instanceof String)
                    && (type instanceof Type.Any || type instanceof Type.Text) ->
                typed(out, path, "= 'text'", () -> {
                    extract(out, "json_extract", path);
                    out.sql(" IN (").each(in.values(), ", ", out::bind).sql(")");
                });
            case Condition.Between b
            when nativeIn(type, b.least()) && nativeIn(type, b.greatest()) -> {
                out.sql("(");
                compared(out, new Condition.Compare(path, Operator.GE, b.least()), path, type, column);
                out.sql(" AND ");
                compared(out, new Condition.Compare(path, Operator.LE, b.greatest()), path, type, column);
                out.sql(")");
            }
            case Condition.Has h
            when h.value() instanceof String
                    || (h.value() instanceof Long
                            && type instanceof Type.Sequence s
                            && s.element() instanceof Type.Int) -> has(out, h, path);
            default -> test(out, leaf, path, column);
        }
    }

    /** Whether SQLite compares such a constant with what JSON holds as our rules do. */
    private static boolean nativeIn(Type type, Object constant) {
        return switch (type) {
            case Type.Any any ->
                constant instanceof String
                        || constant instanceof Long
                        || constant instanceof Double
                        || constant instanceof Boolean;
            case Type.Text text -> true;
            case Type.Int i -> constant instanceof Long || constant instanceof Double;
            case Type.Real r -> constant instanceof Long || constant instanceof Double;
            case Type.Bool b -> true;
            default -> false;
        };
    }

    private static void compared(SqlWriter out, Condition.Compare c, Path path, Type type, SqliteColumn column) {
        Object value = c.value();
        Runnable comparison = () -> {
            extract(out, "json_extract", path);
            out.sql(" " + c.operator().symbol() + " ");
            out.bind(value instanceof Boolean truth ? (Object) (truth ? 1L : 0L) : value);
        };
        switch (value) {
            case String s -> typed(out, path, "= 'text'", comparison);
            case Boolean b -> typed(out, path, "IN ('true', 'false')", comparison);
            default -> {
                if (!(type instanceof Type.Any)) {
                    typed(out, path, "IN ('integer', 'real')", comparison);
                    return;
                }
                out.sql("CASE ");
                extract(out, "json_type", path);
                out.sql(" WHEN 'integer' THEN ");
                comparison.run();
                out.sql(" WHEN 'real' THEN ");
                comparison.run();
                out.sql(" WHEN 'object' THEN ");
                test(out, c, path, column);
                out.sql(" END");
            }
        }
    }

    private static void typed(SqlWriter out, Path path, String types, Runnable condition) {
        out.sql("(");
        extract(out, "json_type", path);
        out.sql(" " + types + " AND ");
        condition.run();
        out.sql(")");
    }

    private static void has(SqlWriter out, Condition.Has has, Path path) {
        String types = has.value() instanceof Long ? "IN ('integer', 'real')" : "= 'text'";
        // the list under a name of its own: json_each has columns json, value, type and more, which would hide the
        // table's
        typed(out, path, "= 'array'", () -> {
            out.sql("EXISTS (SELECT 1 FROM (SELECT ").name(path.field()).sql(" AS keepsake_list) AS keepsake_row,");
            out.sql(" json_each(keepsake_list, ").sql(pathLiteral(path));
            out.sql(") AS keepsake_each WHERE keepsake_each.type " + types + " AND keepsake_each.value = ")
                    .bind(has.value())
                    .sql(")");
        });
    }

    private static void extract(SqlWriter out, String function, Path path) {
        out.sql(function + "(")
                .name(path.field())
                .sql(", ")
                .sql(pathLiteral(path))
                .sql(")");
    }

    /** The steps behind the field as a literal of SQLite's JSON paths: {@code '$."a"."b"'}. */
    static String pathLiteral(Path path) {
        StringBuilder text = new StringBuilder("'$");
        path.inside()
                .forEach(step ->
                        text.append(".\"").append(step.replace("'", "''")).append('"'));
        return text.append('\'').toString();
    }

    /** The condition itself, evaluated on the value of the column. */
    private static void test(SqlWriter out, Condition leaf, Path path, SqliteColumn column) {
        out.sql("keepsake_test(")
                .name(path.field())
                .sql(", ")
                .bind(column.type().toString());
        out.sql(", ").bind(SqliteFunctions.about(leaf).toString()).sql(")");
    }

    // ---- order

    static void order(SqlWriter out, Path path, boolean descending, Bound bound) {
        String direction = descending ? " DESC" : "";
        SqliteColumn column = (SqliteColumn) bound.column(path.field());
        if (path.nested() && column.comparison() == Column.Comparison.DYNAMIC) {
            out.sql("NULL");
            return;
        }
        if (!path.nested() && column.comparison() != Column.Comparison.JSON) {
            comparable(out, column, path.field());
            out.sql(direction);
            return;
        }
        if (!(bound.kind().typeAt(path) instanceof Type.Any)) {
            extract(out, "json_extract", path);
            out.sql(direction);
            return;
        }
        rank(out, path);
        out.sql(direction + ", CASE ");
        extract(out, "json_type", path);
        out.sql(" WHEN 'array' THEN NULL WHEN 'object' THEN coalesce(");
        for (String wrapper : List.of("$date", "$oid", "$uuid")) {
            extract(out, "json_extract", path.then(wrapper));
            out.sql(", ");
        }
        out.sql("CAST(");
        extract(out, "json_extract", path.then("$numberDecimal"));
        out.sql(" AS REAL)) ELSE ");
        extract(out, "json_extract", path);
        out.sql(" END" + direction);
    }

    /** The place of a JSON value's type in the order of all types, as {@code Values.order} has it. */
    private static void rank(SqlWriter out, Path path) {
        out.sql("CASE ");
        extract(out, "json_type", path);
        out.sql(" WHEN 'true' THEN 1 WHEN 'false' THEN 1 WHEN 'integer' THEN 2 WHEN 'real' THEN 2 WHEN 'text' THEN 3"
                + " WHEN 'array' THEN 11 WHEN 'object' THEN CASE");
        wrapper(out, path, "$numberDecimal", 2);
        wrapper(out, path, "$uuid", 5);
        wrapper(out, path, "$oid", 6);
        wrapper(out, path, "$date", 10);
        out.sql(" ELSE 12 END ELSE 0 END");
    }

    private static void wrapper(SqlWriter out, Path path, String key, int rank) {
        out.sql(" WHEN ");
        extract(out, "json_type", path.then(key));
        out.sql(" IS NOT NULL THEN " + rank);
    }
}
