package dev.keepsake.sql;

import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Change;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.sql.ServerColumn.Storage;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the dialects of database servers have in common: native types that are nearly ours, and JSON that is asked by expressions.
 * Their differences are words, most of them about JSON.
 */
abstract class ServerDialect implements Dialect {
    /** What a JSON value is. */
    enum Sort {
        /** Null, but not absent. */
        NULL,
        BOOLEAN,
        /** Any number. */
        NUMBER,
        /** A number without a point. */
        WHOLE,
        /** A number with one. */
        FRACTION,
        TEXT,
        LIST,
        MAP
    }

    // ---- words

    /** The native type of a column that Keepsake makes; one of a key or an index may have to be shorter. */
    abstract String declared(Type type, boolean keyed);

    /** What follows the native type of a column, so that its text is compared by code point. */
    abstract String collated(Type type);

    /** What follows a column's definition, so that its type is known again. */
    abstract String described(String name, Type type, boolean keyed);

    /** What makes a number the database's own to count up. */
    abstract String identity();

    /** The indexes of a kind that are made with its table. */
    abstract List<String> indexesInside(Kind kind);

    /** What follows the columns of a table. */
    abstract String tableOptions();

    /** The statements that follow that of a table. */
    abstract List<String> afterCreate(Kind kind);

    /** The column of a native type, as an inspector names it. */
    abstract ServerColumn nativeColumn(String declared);

    /** A value of a column as it is compared and sorted. */
    abstract String comparable(String name, ServerColumn column, boolean equality);

    /** The text of a column of any native type. */
    abstract String asText(String name, ServerColumn column);

    /** Writes that a value is one of several. */
    abstract void in(SqlWriter out, String value, List<Object> nativeValues);

    /** Writes that a text matches; the collation is null where it is by code point. */
    abstract void match(SqlWriter out, Condition.Match match, String text, @Nullable String collation);

    /** A column as JSON. */
    abstract String json(String name, ServerColumn column);

    /** A member of a JSON map; null where it is absent, or that is no map. */
    abstract String member(String json, String key);

    /** An element of a JSON list. */
    abstract String item(String json, int index);

    /** How long a JSON list is. */
    abstract String length(String json);

    /** How many members a JSON map has. */
    abstract String size(String json);

    /** What is selected from to have each element of a JSON list as {@code alias.v}; of what is no list there is none. */
    abstract String elements(String json, String alias);

    /** What is selected from to have each value behind the steps, through all lists, as {@code alias.v}. */
    abstract String through(String json, List<String> steps, String alias);

    /** Whether a JSON value is of a sort; null where it is absent. */
    abstract String is(String json, Sort sort);

    /** The text of a JSON text, or of a number. */
    abstract String text(String json);

    /** What {@link #text} is of a JSON boolean. */
    abstract String truth(boolean value);

    /** Text as a native number or time. */
    abstract String cast(String text, Type type);

    /** The bytes of text in base 64. */
    abstract String bytes(String text);

    /** The bytes of text in base 64, as hexadecimal digits in capitals. */
    abstract String hex(String text);

    /** A constant among the decimals that {@link #cast} gives. */
    abstract Column.Floor decimalFloor(BigDecimal constant);

    /** A JSON value without JSON's null. */
    abstract String withoutNull(String json);

    /** The least or greatest value of a column that the database has no such function for; null where it has. */
    abstract @Nullable String extreme(String function, String name, ServerColumn column);

    /** An average of whole numbers or decimals as a double. */
    abstract String average(String value);

    // ---- values

    /** Binds text. */
    abstract void bindText(PreparedStatement statement, int index, String text) throws SQLException;

    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object nativeValue) throws SQLException {
        switch (nativeValue) {
            case null -> statement.setNull(index, Types.NULL);
            case Long number -> statement.setLong(index, number);
            case Integer number -> statement.setInt(index, number);
            case Double number -> statement.setDouble(index, number);
            case Boolean truth -> statement.setBoolean(index, truth);
            case BigDecimal number -> statement.setBigDecimal(index, number);
            case String text -> bindText(statement, index, text);
            case byte[] bytes -> statement.setBytes(index, bytes);
            default -> throw new IllegalArgumentException("not a native value: " + nativeValue.getClass());
        }
    }

    /** A pattern whose backslashes are before %, _ and themselves alone, which SQL insists on. */
    static String like(String pattern) {
        StringBuilder like = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\' && i + 1 < pattern.length()) {
                c = pattern.charAt(++i);
                like.append(c == '%' || c == '_' || c == '\\' ? "\\" + c : String.valueOf(c));
            } else {
                like.append(c == '\\' ? "\\\\" : String.valueOf(c));
            }
        }
        return like.toString();
    }

    // ---- columns

    @Override
    public Column column(Field field) {
        if (field.nativeType() == null) {
            return made(field.type(), false);
        }
        ServerColumn there = nativeColumn(field.nativeType());
        ServerColumn column = there.as(field.type());
        if (column == null) {
            throw new IllegalArgumentException(field.name() + " is " + field.type() + ", the column is " + there.type()
                    + ", declared " + field.nativeType());
        }
        return column.with(column.writable(), field.collation());
    }

    /** The column of a type as Keepsake makes it. */
    Column made(Type type, boolean keyed) {
        ServerColumn column = nativeColumn(declared(type, keyed));
        ServerColumn as = column.as(type);
        if (as == null) {
            throw new IllegalStateException(type + " in " + column.declared());
        }
        return as.own();
    }

    @Override
    public Equality equality(Column a, Column b) {
        return ((ServerColumn) a).equality((ServerColumn) b);
    }

    // ---- queries

    @Override
    public void leaf(SqlWriter out, Condition leaf, Bound bound) {
        new ServerConditions(this, out).leaf(leaf, bound);
    }

    private static boolean isJson(Path path, ServerColumn column) {
        return path.nested() || column.comparison() == Column.Comparison.JSON;
    }

    private static ServerColumn column(Path path, Bound bound) {
        return (ServerColumn) bound.column(path.field());
    }

    /** The JSON value at a path that leads through no list. */
    private String at(Path path, ServerColumn column) {
        String value = json(identifier(path.field()), column);
        for (String step : path.inside()) {
            value = member(value, step);
        }
        return value;
    }

    @Override
    public void order(SqlWriter out, Path path, boolean descending, Bound bound) {
        ServerColumn column = column(path, bound);
        String direction = descending ? " DESC" : "";
        if (!isJson(path, column)) {
            boolean required =
                    bound.kind().field(path.field()).map(Field::required).orElse(false);
            out.sql(comparable(identifier(path.field()), column, false)).sql(direction);
            out.sql(required ? "" : nulls(descending));
            return;
        }
        String value = at(path, column);
        Type type = bound.kind().typeAt(path);
        direction += nulls(descending);
        if (type instanceof Type.Any) {
            out.sql(rank(value)).sql(descending ? " DESC, " : ", ");
            out.sql(sortedNumber(value)).sql(direction + ", ");
            out.sql(sortedText(value)).sql(direction);
        } else {
            out.sql(typed(value, type)).sql(direction);
        }
    }

    /** A JSON value of a declared type as a native one, in whose order it is sorted. */
    private String typed(String value, Type type) {
        Sort sort = Type.numeric(type) ? Sort.NUMBER : type instanceof Type.Bool ? Sort.BOOLEAN : Sort.TEXT;
        String text = text(value);
        String as = switch (type) {
            case Type.Int i -> cast(text, Type.DECIMAL);
            case Type.Decimal d -> cast(text, Type.DECIMAL);
            case Type.Real r -> cast(text, type);
            case Type.Date d -> cast(text, type);
            case Type.Time t -> cast(text, type);
            case Type.DateTime t -> cast(text, type);
            case Type.Instant i -> cast(text, type);
            case Type.Binary b -> hex(text);
            default -> text;
        };
        return "CASE WHEN " + is(value, sort) + " THEN " + as + " END";
    }

    /** The place of a JSON value's type in the order of all types, as {@code Values.order} has it. */
    private String rank(String value) {
        StringBuilder rank = new StringBuilder("CASE WHEN " + is(value, Sort.BOOLEAN) + " THEN 1 WHEN "
                + is(value, Sort.NUMBER) + " THEN 2 WHEN " + is(value, Sort.TEXT) + " THEN 3 WHEN "
                + is(value, Sort.LIST)
                + " THEN 11 WHEN " + is(value, Sort.MAP) + " THEN CASE");
        wrapper(rank, value, "$numberDecimal", 2);
        wrapper(rank, value, "$uuid", 5);
        wrapper(rank, value, "$oid", 6);
        wrapper(rank, value, "$localDate", 7);
        wrapper(rank, value, "$localTime", 8);
        wrapper(rank, value, "$localDateTime", 9);
        wrapper(rank, value, "$date", 10);
        return rank.append(" ELSE 12 END ELSE 0 END").toString();
    }

    private void wrapper(StringBuilder rank, String value, String key, int place) {
        rank.append(" WHEN ")
                .append(is(member(value, key), Sort.TEXT))
                .append(" THEN ")
                .append(place);
    }

    private String sortedNumber(String value) {
        String wrapped = member(value, "$numberDecimal");
        return "CASE WHEN " + is(value, Sort.NUMBER) + " THEN " + cast(text(value), Type.DECIMAL) + " WHEN "
                + is(wrapped, Sort.TEXT) + " THEN " + cast(text(wrapped), Type.DECIMAL) + " END";
    }

    private String sortedText(String value) {
        StringBuilder key = new StringBuilder("CASE WHEN " + is(value, Sort.TEXT) + " THEN " + text(value) + " WHEN "
                + is(value, Sort.BOOLEAN) + " THEN " + text(value));
        for (String wrapper : List.of("$uuid", "$oid", "$localDate", "$localTime", "$localDateTime", "$date")) {
            String wrapped = member(value, wrapper);
            key.append(" WHEN ").append(is(wrapped, Sort.TEXT)).append(" THEN ").append(text(wrapped));
        }
        return key.append(" END").toString();
    }

    @Override
    public void sortKey(SqlWriter out, Path path, Bound bound) {
        out.sql(comparable(identifier(path.field()), column(path, bound), false));
    }

    @Override
    public void groupKey(SqlWriter out, Path path, Bound bound) {
        ServerColumn column = column(path, bound);
        if (isJson(path, column)) {
            out.sql(withoutNull(at(path, column)));
        } else {
            out.sql(selected(path.field(), column));
        }
    }

    @Override
    public void value(SqlWriter out, Path path, Bound bound) {
        groupKey(out, path, bound);
    }

    @Override
    public Column kept(Path path, Type type, Bound bound) {
        ServerColumn column = column(path, bound);
        return path.nested() || column.storage() == Storage.ARRAY ? jsonColumn(type) : column;
    }

    private ServerColumn jsonColumn(Type type) {
        ServerColumn json = (ServerColumn) made(Type.ANY, false);
        return ServerColumn.of(type, json.storage(), json.declared());
    }

    @Override
    public void measure(SqlWriter out, Aggregation.Measure measure, Bound bound) {
        Path path = measure.path();
        if (path == null) {
            out.sql("count(*)");
            return;
        }
        ServerColumn column = column(path, bound);
        boolean json = isJson(path, column);
        Type type = bound.kind().typeAt(path);
        String name = identifier(path.field());
        String value = json
                ? measure.function() == Aggregation.Function.COUNT
                        ? withoutNull(at(path, column))
                        : typed(at(path, column), type)
                : name;
        out.sql(
                switch (measure.function()) {
                    case COUNT -> "count(" + value + ")";
                    case SUM -> "sum(" + value + ")";
                    case AVG -> type instanceof Type.Real ? "avg(" + value + ")" : average(value);
                    case MIN -> extreme("min", value, json, column);
                    case MAX -> extreme("max", value, json, column);
                });
    }

    private String extreme(String function, String value, boolean json, ServerColumn column) {
        String special = json ? null : extreme(function, value, column);
        return special == null ? function + "(" + value + ")" : special;
    }

    @Override
    public Column figure(Aggregation.Measure measure, Type type, Bound bound) {
        Path path = measure.path();
        Aggregation.Function function = measure.function();
        boolean extreme = function == Aggregation.Function.MIN || function == Aggregation.Function.MAX;
        if (path != null && extreme) {
            ServerColumn column = column(path, bound);
            return isJson(path, column) ? typedColumn(type) : column;
        }
        return switch (type) {
            case Type.Decimal d -> ServerColumn.of(type, Storage.DECIMAL, "numeric");
            case Type.Real r -> ServerColumn.of(type, Storage.REAL, "double");
            default ->
                ServerColumn.of(
                        type, function == Aggregation.Function.SUM ? Storage.DECIMAL : Storage.INTEGER, "numeric");
        };
    }

    /** What {@link #typed} gives. */
    private Column typedColumn(Type type) {
        return switch (type) {
            case Type.Bool b -> ServerColumn.of(type, Storage.BOOLEAN_TEXT, "text");
            case Type.Int i -> ServerColumn.of(type, Storage.DECIMAL, "numeric");
            case Type.Decimal d -> ServerColumn.of(type, Storage.DECIMAL, "numeric");
            case Type.Uuid u -> ServerColumn.of(type, Storage.UUID_TEXT, "text");
            case Type.Oid o -> ServerColumn.of(type, Storage.OBJECT_ID_TEXT, "text");
            case Type.Binary b -> ServerColumn.of(type, Storage.HEX, "text");
            default -> made(type, false);
        };
    }

    @Override
    public Column element(Type element) {
        return jsonColumn(element);
    }

    @Override
    public String element(String list, String alias) {
        return alias + ".v";
    }

    @Override
    public String lock(Selection.Lock lock) {
        return switch (lock) {
            case NONE -> "";
            case SHARE -> " FOR SHARE";
            case UPDATE -> " FOR UPDATE";
        };
    }

    // ---- writes

    @Override
    public void assign(SqlWriter out, String field, Column column) {
        out.sql("?");
    }

    @Override
    public boolean changes(List<Change> changes, Column column) {
        Change last = changes.getLast();
        boolean whole = ((ServerColumn) column).storage() == Storage.INTEGER
                && column.type().equals(Type.INTEGER);
        return !last.path().nested()
                && (last instanceof Change.Set
                        || last instanceof Change.Unset
                        || (last instanceof Change.Increment && changes.size() == 1 && whole));
    }

    @Override
    public void change(SqlWriter out, List<Change> changes, Column column) {
        switch (changes.getLast()) {
            case Change.Set set -> {
                if (set.value() == null) {
                    out.sql("NULL");
                } else {
                    out.bind(column.encode(set.value()));
                }
            }
            case Change.Unset unset -> out.sql("NULL");
            case Change.Increment increment -> {
                String name = identifier(increment.path().field());
                out.sql("coalesce(" + name + ", 0) + ").bind(column.encode(increment.by()));
            }
            default -> throw new IllegalStateException("not a change that the database makes: " + changes.getLast());
        }
    }

    @Override
    public List<String> create(Kind kind, List<String> later) {
        return ServerTables.create(kind, later, this);
    }

    @Override
    public List<String> refer(Kind kind, List<String> later) {
        return ServerTables.refer(kind, later, this);
    }

    @Override
    public List<String> addField(String kind, Field field) {
        return List.of("ALTER TABLE " + table(kind) + " ADD COLUMN " + ServerTables.definition(field, false, this));
    }

    // ---- transactions

    @Override
    public void commit(Connection connection) throws SQLException {
        connection.commit();
    }

    @Override
    public void rollback(Connection connection) throws SQLException {
        connection.rollback();
    }
}
