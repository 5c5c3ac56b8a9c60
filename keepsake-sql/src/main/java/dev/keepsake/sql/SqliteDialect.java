package dev.keepsake.sql;

import dev.keepsake.fault.Report;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Change;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.store.Explanation;
import dev.keepsake.store.Features;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** SQLite's answers. Conditions are in {@link SqliteConditions}, what SQL lacks in {@link SqliteFunctions}. */
final class SqliteDialect implements Dialect {
    private static final Pattern INDEX = Pattern.compile("USING (?:COVERING )?INDEX (.+?)(?: \\(|$)");

    /** SQLite's keywords (manual, "SQLite Keywords"), those aside that it always takes as names. */
    private static final Set<String> KEYWORDS =
            Set.of(("abort action add after all alter always analyze and as asc attach "
                            + "autoincrement before begin between by cascade case cast check collate column commit conflict "
                            + "constraint create cross current current_date current_time current_timestamp database default "
                            + "deferrable deferred delete desc detach distinct do drop each else end escape except exclude "
                            + "exclusive exists explain fail filter first following for foreign from full generated glob group "
                            + "groups having if ignore immediate in index indexed initially inner insert instead intersect into "
                            + "is isnull join key last left like limit match materialized natural no not nothing notnull null "
                            + "nulls of offset on or order others outer over partition plan pragma preceding primary query raise "
                            + "range recursive references regexp reindex release rename replace restrict returning right "
                            + "rollback row rows savepoint select set table temp temporary then ties to transaction trigger "
                            + "unbounded union unique update using vacuum values view virtual when where window with without "
                            + "true false rowid oid _rowid_")
                    .split(" "));

    @Override
    public String jooq() {
        return "SQLITE";
    }

    @Override
    public Features features() {
        return Features.SQLITE;
    }

    @Override
    public String identifier(String name) {
        boolean safe = Dialect.isPlain(name, true) && !KEYWORDS.contains(name.toLowerCase(Locale.ROOT));
        return safe ? name : "\"" + name.replace("\"", "\"\"") + "\"";
    }

    @Override
    public String constant(Object nativeValue) {
        return switch (nativeValue) {
            case String text -> literal(text);
            case byte[] bytes -> "x'" + HexFormat.of().formatHex(bytes) + "'";
            default -> nativeValue.toString();
        };
    }

    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object nativeValue) throws SQLException {
        switch (nativeValue) {
            case null -> statement.setObject(index, null);
            case Long number -> statement.setLong(index, number);
            case Double number -> statement.setDouble(index, number);
            case String text -> statement.setString(index, text);
            case byte[] bytes -> statement.setBytes(index, bytes);
            default -> throw new IllegalArgumentException("not a native value: " + nativeValue.getClass());
        }
    }

    @Override
    public Object given(Object value) {
        return switch (value) {
            case Boolean truth -> truth ? 1L : 0L;
            case Long number -> number;
            case Double number -> number;
            case Bytes bytes -> bytes.toArray();
            default -> SqlValues.text(value);
        };
    }

    @Override
    public Quotes quotes() {
        return Quotes.BRACKETS;
    }

    @Override
    public Results results() {
        return Results.OPEN;
    }

    @Override
    public Column column(Field field) {
        return SqliteColumn.of(field);
    }

    // ---- queries

    @Override
    public void leaf(SqlWriter out, Condition leaf, Bound bound) {
        SqliteConditions.leaf(out, leaf, bound);
    }

    @Override
    public void order(SqlWriter out, Path path, boolean descending, Bound bound) {
        SqliteConditions.order(out, path, descending, bound);
    }

    /** A transaction that writes holds the whole database anyway. */
    @Override
    public String lock(Selection.Lock lock) {
        return "";
    }

    @Override
    public void groupKey(SqlWriter out, Path path, Bound bound) {
        SqliteColumn column = (SqliteColumn) bound.column(path.field());
        if (path.nested() && column.comparison() == Column.Comparison.DYNAMIC) {
            out.sql("NULL");
        } else if (path.nested() || column.comparison() == Column.Comparison.JSON) {
            out.sql("nullif(")
                    .name(path.field())
                    .sql(" -> ")
                    .sql(SqliteConditions.pathLiteral(path))
                    .sql(", 'null')");
        } else {
            SqliteConditions.comparable(out, column, path.field());
        }
    }

    @Override
    public void measure(SqlWriter out, Aggregation.Measure measure, Bound bound) {
        Path path = measure.path();
        if (path == null) {
            out.sql("count(*)");
            return;
        }
        SqliteColumn column = (SqliteColumn) bound.column(path.field());
        boolean json = path.nested() || column.comparison() == Column.Comparison.JSON;
        boolean decimal = bound.kind().typeAt(path) instanceof Type.Decimal;
        boolean exactly = decimal || json;
        String function = switch (measure.function()) {
            case COUNT -> "count";
            case SUM -> exactly ? "keepsake_sum" : "sum";
            case AVG -> exactly ? "keepsake_avg" : "avg";
            case MIN -> json ? "keepsake_min" : "min";
            case MAX -> json ? "keepsake_max" : "max";
        };
        out.sql(function).sql("(");
        if (json) {
            groupKey(out, path, bound);
        } else {
            SqliteConditions.comparable(out, column, path.field());
        }
        if (function.startsWith("keepsake_")) {
            out.sql(", ").bind(json ? "json_text" : column.declared());
            out.sql(", ").bind(bound.kind().typeAt(path).toString());
        }
        out.sql(")");
    }

    @Override
    public void value(SqlWriter out, Path path, Bound bound) {
        boolean json = bound.column(path.field()).comparison() == Column.Comparison.JSON;
        if (path.nested() || json) {
            groupKey(out, path, bound);
        } else {
            out.name(path.field());
        }
    }

    @Override
    public Column kept(Path path, Type type, Bound bound) {
        return asKept(bound, path, type);
    }

    @Override
    public Column figure(Aggregation.Measure measure, Type type, Bound bound) {
        Path path = measure.path();
        boolean extreme =
                measure.function() == Aggregation.Function.MIN || measure.function() == Aggregation.Function.MAX;
        if (path != null && extreme) {
            return asKept(bound, path, type);
        }
        return switch (type) {
            case Type.Decimal d -> SqliteColumn.ofSum();
            case Type.Real r -> SqliteColumn.of("real");
            default -> SqliteColumn.of("integer");
        };
    }

    @Override
    public Equality equality(Column a, Column b) {
        return ((SqliteColumn) a).equality((SqliteColumn) b);
    }

    @Override
    public Column element(Type element) {
        return SqliteColumn.json(element);
    }

    @Override
    public String unwound(String list, String alias) {
        return "json_each(CASE WHEN json_type(" + list + ") = 'array' THEN " + list + " ELSE '[]' END) AS " + alias;
    }

    @Override
    public String element(String list, String alias) {
        return "(" + list + " -> " + alias + ".fullkey)";
    }

    private static Column asKept(Bound bound, Path path, Type type) {
        Column column = bound.column(path.field());
        boolean json = path.nested() || column.comparison() == Column.Comparison.JSON;
        return json ? SqliteColumn.json(type) : column;
    }

    // ---- writes

    @Override
    public void assign(SqlWriter out, String field, Column column) {
        if (column.comparison() == Column.Comparison.LOOSE_TIME) {
            out.sql("keepsake_time_like(").name(field).sql(", ?)");
        } else {
            out.sql("?");
        }
    }

    @Override
    public boolean changes(List<Change> changes, Column column) {
        return true;
    }

    @Override
    public void change(SqlWriter out, List<Change> changes, Column column) {
        Change last = changes.getLast();
        String field = last.path().field();
        if (!last.path().nested()) {
            if (last instanceof Change.Unset || (last instanceof Change.Set set && set.value() == null)) {
                out.sql("NULL");
                return;
            }
            if (last instanceof Change.Set set && set.value() != null) {
                boolean inItsForm = column.comparison() == Column.Comparison.LOOSE_TIME;
                out.sql(inItsForm ? "keepsake_time_like(" + identifier(field) + ", " : "");
                out.bind(column.encode(set.value())).sql(inItsForm ? ")" : "");
                return;
            }
        }
        SqliteColumn own = (SqliteColumn) column;
        changes.forEach(change -> out.sql("keepsake_change("));
        out.name(field);
        for (Change change : changes) {
            out.sql(", ").bind(own.declared()).sql(", ").bind(own.type().toString());
            out.sql(", ").bind(SqliteFunctions.changeText(change)).sql(")");
        }
    }

    @Override
    public void guard(SqlWriter out, String field, Column column) {
        out.name(field).sql(((SqliteColumn) column).collation() == null ? " IS ?" : " IS ? COLLATE BINARY");
    }

    @Override
    public Failures failures() {
        return Failures.OF_ROW;
    }

    @Override
    public String nulls(boolean descending) {
        return "";
    }

    @Override
    public void sortKey(SqlWriter out, Path path, Bound bound) {
        SqliteConditions.comparable(out, (SqliteColumn) bound.column(path.field()), path.field());
    }

    @Override
    public boolean upserts(Kind there) {
        return true;
    }

    @Override
    public List<String> create(Kind kind, List<String> later) {
        return SqliteTables.create(kind, this);
    }

    /** It takes references to what is not there yet. */
    @Override
    public List<String> refer(Kind kind, List<String> later) {
        return List.of();
    }

    @Override
    public List<String> addField(String kind, Field field) {
        Field optional = new Field(field.name(), field.type(), false, null, null);
        String table = "ALTER TABLE " + identifier(kind);
        String add = table + " ADD COLUMN " + SqliteTables.definition(optional, this);
        // SQLite adds no NOT NULL column without a default, but can make one so afterwards, if no row is null
        String require = table + " ALTER COLUMN " + identifier(field.name()) + " SET NOT NULL";
        return field.required() ? List.of(add, require) : List.of(add);
    }

    @Override
    public String index(Kind kind, Index index) {
        return SqliteTables.index(kind.name(), index, this);
    }

    @Override
    public String dropIndex(Kind there, String index) {
        return "DROP INDEX " + identifier(index);
    }

    // ---- the connection

    @Override
    public void prepare(Connection connection) throws SQLException {
        SqliteFunctions.register(connection);
    }

    /** Functions of ours are in nobody's way. */
    @Override
    public void leave(Connection connection) {}

    @Override
    public void begin(Connection connection, TransactionOptions options) throws SQLException {
        long patience = Math.min(options.patience().toMillis(), Integer.MAX_VALUE);
        Dialect.run(connection, "PRAGMA busy_timeout = " + patience);
        Dialect.run(connection, options.readOnly() ? "BEGIN DEFERRED" : "BEGIN IMMEDIATE");
    }

    @Override
    public void commit(Connection connection) throws SQLException {
        Dialect.run(connection, "COMMIT");
    }

    @Override
    public void rollback(Connection connection) throws SQLException {
        Dialect.run(connection, "ROLLBACK");
    }

    @Override
    public Schema inspect(Connection connection, @Nullable String kind) throws SQLException {
        return new SqliteInspector(connection).schema(kind);
    }

    @Override
    public String explaining() {
        return "EXPLAIN QUERY PLAN ";
    }

    @Override
    public String planned(ResultSet row) throws SQLException {
        return row.getString("detail");
    }

    @Override
    public Explanation explanation(List<String> plan) {
        List<String> indexes = new ArrayList<>();
        for (String line : plan) {
            Matcher matcher = INDEX.matcher(line);
            if (matcher.find()) {
                indexes.add(matcher.group(1));
            }
        }
        boolean sorts = plan.stream().anyMatch(line -> line.contains("USE TEMP B-TREE FOR"));
        return new Explanation(String.join("\n", plan), indexes, sorts);
    }

    @Override
    public Report report(SQLException e, @Nullable String statement, @Nullable String kind) {
        return SqliteErrors.report(e, statement, kind);
    }
}
