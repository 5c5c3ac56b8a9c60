package dev.keepsake.sql;

import dev.keepsake.query.Condition;
import dev.keepsake.query.Condition.Operator;
import dev.keepsake.sql.ServerDialect.Sort;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Conditions on one value, in the words of a database server. A value of a column is compared by the database's own operators. Of
 * what JSON holds the sort is asked first (a number, a text, a wrapped date ...), since values of different sorts are never equal
 * nor ordered; values behind lists are asked for by {@code EXISTS}.
 */
final class ServerConditions {
    private final ServerDialect dialect;
    private final SqlWriter out;

    ServerConditions(ServerDialect dialect, SqlWriter out) {
        this.dialect = dialect;
        this.out = out;
    }

    void leaf(Condition leaf, Bound bound) {
        Path path = leaf.paths().getFirst();
        ServerColumn column = (ServerColumn) bound.column(path.field());
        if (path.nested() || column.comparison() == Column.Comparison.JSON) {
            json(leaf, path, column);
        } else if (leaf instanceof Condition.IsNull) {
            out.name(path.field()).sql(" IS NULL");
        } else {
            scalar(leaf, path, column);
        }
    }

    // ---- values of one type

    private void scalar(Condition leaf, Path path, ServerColumn column) {
        String name = dialect.identifier(path.field());
        boolean equality =
                leaf instanceof Condition.In || (leaf instanceof Condition.Compare c && c.operator() == Operator.EQ);
        String value = dialect.comparable(name, column, equality);
        if (SqlComparisons.write(out, leaf, column, () -> out.sql(value))) {
            return;
        }
        switch (leaf) {
            case Condition.In in -> {
                List<Object> possible = new ArrayList<>();
                for (Object constant : in.values()) {
                    Column.Floor floor = column.floor(constant);
                    if (floor.exact() && floor.range() == 0 && floor.nativeValue() != null) {
                        possible.add(floor.nativeValue());
                    }
                }
                dialect.in(out, value, possible);
            }
            case Condition.Match match -> dialect.match(out, match, dialect.asText(name, column), column.collation());
            default -> throw new IllegalArgumentException("not a condition on one value: " + leaf);
        }
    }

    // ---- JSON

    private void json(Condition leaf, Path path, ServerColumn column) {
        String root = dialect.json(dialect.identifier(path.field()), column);
        boolean lists = false;
        List<String> maybe = new ArrayList<>();
        Type at = column.type();
        String prefix = root;
        for (String step : path.inside()) {
            lists |= at instanceof Type.Sequence;
            if (at instanceof Type.Any) {
                maybe.add(prefix);
            }
            at = Type.step(at, step).orElse(Type.ANY);
            prefix = dialect.member(prefix, step);
        }
        if (lists) {
            through(leaf, root, path, at);
        } else if (maybe.isEmpty()) {
            direct(leaf, prefix, at);
        } else {
            out.sql("CASE WHEN ");
            out.each(maybe, " OR ", each -> out.sql(dialect.is(each, Sort.LIST)));
            out.sql(" THEN ");
            through(leaf, root, path, at);
            out.sql(" ELSE ");
            direct(leaf, prefix, at);
            out.sql(" END");
        }
    }

    private void direct(Condition leaf, String value, Type type) {
        if (leaf instanceof Condition.IsNull) {
            out.sql("coalesce(").sql(dialect.is(value, Sort.NULL)).sql(", true)");
        } else {
            holds(leaf, value, type, 1);
        }
    }

    /** Whether it holds for some value that is not null and lies behind the steps, through every list on the way. */
    private void through(Condition leaf, String root, Path path, Type type) {
        boolean isNull = leaf instanceof Condition.IsNull;
        out.sql(isNull ? "NOT EXISTS (SELECT 1 FROM " : "EXISTS (SELECT 1 FROM ")
                .sql(dialect.through(root, path.inside(), "x0"))
                .sql(" WHERE ");
        if (isNull) {
            out.sql("NOT ").sql(dialect.is("x0.v", Sort.NULL));
        } else {
            holds(leaf, "x0.v", type, 1);
        }
        out.sql(")");
    }

    /** Whether a leaf holds for one JSON value: true, false or null. */
    private void holds(Condition leaf, String value, Type type, int depth) {
        switch (leaf) {
            case Condition.Compare c -> compared(c.operator(), c.value(), value, type, depth);
            case Condition.Between b -> {
                out.sql("(");
                compared(Operator.GE, b.least(), value, type, depth);
                out.sql(" AND ");
                compared(Operator.LE, b.greatest(), value, type, depth);
                out.sql(")");
            }
            case Condition.In in -> in(in, value, type, depth);
            case Condition.Match match -> {
                out.sql("(").sql(dialect.is(value, Sort.TEXT)).sql(" AND ");
                dialect.match(out, match, dialect.text(value), null);
                out.sql(")");
            }
            case Condition.Has has -> {
                String each = "x" + depth;
                Type element = type instanceof Type.Sequence list ? list.element() : Type.ANY;
                out.sql("(").sql(dialect.is(value, Sort.LIST)).sql(" AND EXISTS (SELECT 1 FROM ");
                out.sql(dialect.elements(value, each)).sql(" WHERE ");
                compared(Operator.EQ, has.value(), each + ".v", element, depth + 1);
                out.sql("))");
            }
            default -> throw new IllegalArgumentException("not a condition on one value: " + leaf);
        }
    }

    private void in(Condition.In in, String value, Type type, int depth) {
        boolean texts = !in.values().isEmpty()
                && in.values().stream().allMatch(String.class::isInstance)
                && (type instanceof Type.Any || type instanceof Type.Text);
        if (texts) {
            out.sql("(").sql(dialect.is(value, Sort.TEXT)).sql(" AND ");
            dialect.in(out, dialect.text(value), List.copyOf(in.values()));
            out.sql(")");
        } else if (in.values().isEmpty()) {
            out.sql("1 = 0");
        } else {
            out.sql("(")
                    .each(in.values(), " OR ", each -> compared(Operator.EQ, each, value, type, depth))
                    .sql(")");
        }
    }

    private void compared(Operator operator, Object constant, String value, Type type, int depth) {
        switch (constant) {
            case Boolean truth -> {
                out.sql("(").sql(dialect.is(value, Sort.BOOLEAN)).sql(" AND ");
                out.sql(dialect.text(value)).sql(" " + operator.symbol() + " ");
                out.sql(dialect.literal(dialect.truth(truth))).sql(")");
            }
            case Long number -> number(operator, Floors.exact(number), value, type);
            case Double number -> number(operator, Floors.exact(number), value, type);
            case BigDecimal number -> number(operator, number, value, type);
            case String text -> text(operator, text, value);
            case UUID uuid -> text(operator, uuid.toString(), unwrapped(value, type, "$uuid"));
            case ObjectId id -> text(operator, id.toString(), unwrapped(value, type, "$oid"));
            case LocalDate date -> time(operator, constant, unwrapped(value, type, "$localDate"), Type.DATE);
            case LocalTime time -> time(operator, constant, unwrapped(value, type, "$localTime"), new Type.Time(6));
            case LocalDateTime time ->
                time(operator, constant, unwrapped(value, type, "$localDateTime"), Type.dateTime(6));
            case Instant instant -> time(operator, constant, unwrapped(value, type, "$date"), Type.instant(6));
            case Bytes bytes -> bytes(operator, bytes, value, type);
            case List<?> list -> list(list, value, type, depth);
            case Map<?, ?> map -> map(map, value, type, depth);
            default -> throw new IllegalArgumentException("not a value: " + constant.getClass());
        }
    }

    /** What JSON lacks is wrapped where no type tells what it is. */
    private String unwrapped(String value, Type type, String wrapper) {
        return type instanceof Type.Any ? dialect.member(value, wrapper) : value;
    }

    private void text(Operator operator, String text, String value) {
        out.sql("(").sql(dialect.is(value, Sort.TEXT)).sql(" AND ");
        out.sql(dialect.text(value))
                .sql(" " + operator.symbol() + " ")
                .bind(text)
                .sql(")");
    }

    private void bytes(Operator operator, Bytes bytes, String value, Type type) {
        String base64 = type instanceof Type.Any ? dialect.member(dialect.member(value, "$binary"), "base64") : value;
        guarded(
                base64,
                Sort.TEXT,
                () -> out.sql(dialect.bytes(dialect.text(base64)))
                        .sql(" " + operator.symbol() + " ")
                        .bind(bytes.toArray()));
    }

    /** A comparison that only values of one sort survive. */
    private void guarded(String value, Sort sort, Runnable comparison) {
        out.sql("CASE WHEN ").sql(dialect.is(value, sort)).sql(" THEN ");
        comparison.run();
        out.sql(" END");
    }

    private void time(Operator operator, Object constant, String value, Type type) {
        ServerColumn column = (ServerColumn) dialect.made(type, false);
        guarded(
                value,
                Sort.TEXT,
                () -> SqlComparisons.compare(
                        out, operator, column.floor(constant), () -> out.sql(dialect.cast(dialect.text(value), type))));
    }

    private void number(Operator operator, BigDecimal constant, String value, Type type) {
        switch (type) {
            case Type.Int i -> guarded(value, Sort.NUMBER, () -> decimal(operator, constant, dialect.text(value)));
            case Type.Decimal d -> guarded(value, Sort.NUMBER, () -> decimal(operator, constant, dialect.text(value)));
            case Type.Real r -> guarded(value, Sort.NUMBER, () -> real(operator, constant, value));
            default -> {
                String wrapped = dialect.member(value, "$numberDecimal");
                out.sql("CASE WHEN ").sql(dialect.is(value, Sort.WHOLE)).sql(" THEN ");
                decimal(operator, constant, dialect.text(value));
                out.sql(" WHEN ").sql(dialect.is(value, Sort.FRACTION)).sql(" THEN ");
                real(operator, constant, value);
                out.sql(" WHEN ").sql(dialect.is(wrapped, Sort.TEXT)).sql(" THEN ");
                decimal(operator, constant, dialect.text(wrapped));
                out.sql(" END");
            }
        }
    }

    private void decimal(Operator operator, BigDecimal constant, String text) {
        SqlComparisons.compare(
                out, operator, dialect.decimalFloor(constant), () -> out.sql(dialect.cast(text, Type.DECIMAL)));
    }

    private void real(Operator operator, BigDecimal constant, String value) {
        SqlComparisons.compare(
                out, operator, Floors.real(constant), () -> out.sql(dialect.cast(dialect.text(value), Type.DOUBLE)));
    }

    /** Lists are equal element by element; their numbers are compared as numbers. */
    private void list(List<?> list, String value, Type type, int depth) {
        Type element = type instanceof Type.Sequence sequence ? sequence.element() : Type.ANY;
        out.sql("(").sql(dialect.is(value, Sort.LIST)).sql(" AND " + dialect.length(value) + " = " + list.size());
        for (int i = 0; i < list.size(); i++) {
            out.sql(" AND ");
            elementEquals(list.get(i), dialect.item(value, i), element, false, depth);
        }
        out.sql(")");
    }

    /** Maps are equal where they have the same keys with the same values, each of the same type. */
    private void map(Map<?, ?> map, String value, Type type, int depth) {
        out.sql("(").sql(dialect.is(value, Sort.MAP)).sql(" AND " + dialect.size(value) + " = " + map.size());
        map.forEach((key, member) -> {
            String name = (String) key;
            out.sql(" AND ");
            elementEquals(
                    member, dialect.member(value, name), Type.step(type, name).orElse(Type.ANY), true, depth);
        });
        out.sql(")");
    }

    private void elementEquals(@Nullable Object constant, String value, Type type, boolean same, int depth) {
        if (constant == null) {
            out.sql(dialect.is(value, Sort.NULL));
            return;
        }
        if (same && type instanceof Type.Any && (constant instanceof Long || constant instanceof Double)) {
            out.sql(dialect.is(value, constant instanceof Long ? Sort.WHOLE : Sort.FRACTION))
                    .sql(" AND ");
        } else if (same && type instanceof Type.Any && constant instanceof BigDecimal) {
            out.sql(dialect.is(dialect.member(value, "$numberDecimal"), Sort.TEXT))
                    .sql(" AND ");
        }
        compared(Operator.EQ, constant, value, type, depth);
    }
}
