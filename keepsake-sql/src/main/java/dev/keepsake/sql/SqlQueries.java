package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Order;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Link;
import dev.keepsake.state.Shape;
import dev.keepsake.value.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Selections, rows and aggregations as SQL. A condition is true or false for Keepsake and may be null for SQL: where null would
 * do harm, below a {@code not}, it is made false.
 */
final class SqlQueries {
    private static final int MOST_TOGETHER = 100;

    private final Dialect dialect;

    SqlQueries(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Kinds with the columns that are there. */
    interface Bounds extends Function<Kind, Bound> {}

    // ---- objects

    SqlWriter.Statement select(Selection selection, Bounds bounds) {
        SqlWriter out = new SqlWriter(dialect);
        Bound bound = bounds.apply(selection.kind());
        Shape shape = selection.shape();
        out.sql(bound.text(shape, () -> selecting(selection.kind(), shape, bound)));
        where(out, selection.condition(), bound, bounds);
        order(out, selection, bound, bounds);
        limit(out, selection.limit(), selection.offset());
        return out.sql(dialect.lock(selection.lock())).done();
    }

    private String selecting(Kind kind, Shape shape, Bound bound) {
        SqlWriter out = new SqlWriter(dialect).sql("SELECT ");
        return out.each(shape.slots(), ", ", slot -> out.sql(dialect.selected(slot.name(), bound.column(slot.name()))))
                .sql(" FROM ")
                .table(kind.name())
                .done()
                .text();
    }

    private void limit(SqlWriter out, long limit, long offset) {
        if (limit >= 0 || offset > 0) {
            out.sql(" LIMIT ").bind(limit < 0 ? Long.MAX_VALUE : limit);
        }
        if (offset > 0) {
            out.sql(" OFFSET ").bind(offset);
        }
    }

    private void order(SqlWriter out, Selection selection, Bound bound, Bounds bounds) {
        if (!selection.order().isEmpty()) {
            out.sql(" ORDER BY ");
            out.each(selection.order(), ", ", key -> {
                List<Link> links = selection.links(key);
                if (links.isEmpty()) {
                    dialect.order(out, key.path(), key.descending(), bound);
                } else {
                    behind(out, selection.kind().name(), links, key, 1, bounds, bound);
                    out.sql(key.descending() ? " DESC" : "").sql(dialect.nulls(key.descending()));
                }
            });
        }
    }

    /** The value of a field of the one object that links lead to, as a query of its own; null where it is missing. */
    private void behind(SqlWriter out, String from, List<Link> links, Order key, int depth, Bounds bounds, Bound here) {
        Link link = links.getFirst();
        Bound target = bounds.apply(link.target());
        requireComparable(here, link, target);
        String alias = "keepsake_" + depth;
        out.sql("(SELECT ");
        if (links.size() == 1) {
            dialect.sortKey(out, Path.of(key.path().steps().getLast()), target);
        } else {
            behind(out, alias, links.subList(1, links.size()), key, depth + 1, bounds, target);
        }
        out.sql(" FROM ").table(link.target().name()).sql(" AS " + alias + " WHERE ");
        for (int i = 0; i < link.fields().size(); i++) {
            out.sql(i == 0 ? "" : " AND ")
                    .sql(alias + ".")
                    .name(link.targets().get(i))
                    .sql(" = ");
            out.table(from).sql(".").name(link.fields().get(i));
        }
        out.sql(")");
    }

    // ---- conditions

    void where(SqlWriter out, Condition condition, Bound bound, Bounds bounds) {
        if (!(condition instanceof Condition.Constant constant && constant.value())) {
            out.sql(" WHERE ");
            condition(out, condition, bound, bounds);
        }
    }

    /** Writes a condition that is true where it holds, and false or null where not. */
    void condition(SqlWriter out, Condition condition, Bound bound, Bounds bounds) {
        switch (condition) {
            case Condition.Constant c -> out.sql(c.value() ? "1 = 1" : "1 = 0");
            case Condition.And and -> junction(out, and.all(), " AND ", "1 = 1", bound, bounds);
            case Condition.Or or -> junction(out, or.any(), " OR ", "1 = 0", bound, bounds);
            case Condition.Not not -> {
                out.sql("NOT coalesce(");
                condition(out, not.condition(), bound, bounds);
                out.sql(", false)");
            }
            case Condition.Related related -> related(out, related, bound, bounds);
            case Condition.Compare c -> dialect.leaf(out, c, bound);
            case Condition.Between b -> dialect.leaf(out, b, bound);
            case Condition.In in -> dialect.leaf(out, in, bound);
            case Condition.Match m -> dialect.leaf(out, m, bound);
            case Condition.IsNull n -> dialect.leaf(out, n, bound);
            case Condition.Has h -> dialect.leaf(out, h, bound);
        }
    }

    /** What the fields hold is among what the others' do that satisfy the condition; one that holds null is among nothing. */
    private void related(SqlWriter out, Condition.Related related, Bound bound, Bounds bounds) {
        Link link = Objects.requireNonNull(related.link());
        Bound target = bounds.apply(link.target());
        if (!comparable(bound, link, target)) {
            out.sql("1 = 0");
            return;
        }
        boolean one = link.fields().size() == 1;
        out.sql(one ? "" : "(").names(link.fields()).sql(one ? "" : ")");
        out.sql(" IN (SELECT ")
                .names(link.targets())
                .sql(" FROM ")
                .table(link.target().name());
        where(out, related.condition(), target, bounds);
        out.sql(")");
    }

    /** Whether values of both sides can be equal at all; refused where the database would not compare them as we do. */
    private boolean comparable(Bound bound, Link link, Bound target) {
        boolean comparable = true;
        for (int i = 0; i < link.fields().size(); i++) {
            Dialect.Equality equality = dialect.equality(
                    bound.column(link.fields().get(i)),
                    target.column(link.targets().get(i)));
            if (equality == Dialect.Equality.UNCLEAR) {
                throw Problem.FEATURE_MISSING
                        .because(
                                "%s of kind %s and %s of kind %s are kept in forms that the database cannot compare",
                                link.fields().get(i),
                                bound.kind().name(),
                                link.targets().get(i),
                                link.target().name())
                        .hint("declare both columns alike, or query each kind alone")
                        .fault();
            }
            comparable &= equality == Dialect.Equality.NATIVE;
        }
        return comparable;
    }

    void requireComparable(Bound bound, Link link, Bound target) {
        if (!comparable(bound, link, target)) {
            throw Problem.FEATURE_MISSING
                    .because(
                            "what %s of kind %s holds is never equal to what %s of kind %s does: they are of different types",
                            String.join(", ", link.fields()),
                            bound.kind().name(),
                            String.join(", ", link.targets()),
                            link.target().name())
                    .hint("declare both of one type")
                    .fault();
        }
    }

    /** A long list as a tree of halves, since databases limit how deep an expression is. */
    private void junction(
            SqlWriter out, List<Condition> conditions, String word, String ofNone, Bound bound, Bounds bounds) {
        int size = conditions.size();
        if (size == 0) {
            out.sql(ofNone);
        } else if (size <= MOST_TOGETHER) {
            out.sql("(")
                    .each(conditions, word, each -> condition(out, each, bound, bounds))
                    .sql(")");
        } else {
            out.sql("(");
            junction(out, conditions.subList(0, size / 2), word, ofNone, bound, bounds);
            out.sql(word);
            junction(out, conditions.subList(size / 2, size), word, ofNone, bound, bounds);
            out.sql(")");
        }
    }

    // ---- rows

    /** The columns of rows, and the columns that keep the results. */
    SqlWriter.Statement rows(Rows rows, Bounds bounds) {
        SqlWriter out = new SqlWriter(dialect);
        SqlSources source = new SqlSources(this, dialect, rows.source(), bounds);
        out.sql(rows.distinct() ? "SELECT DISTINCT " : "SELECT ");
        Bound bound = source.bound();
        out.each(rows.columns(), ", ", column -> {
            if (rows.distinct()) {
                dialect.groupKey(out, source.flat(column.path()), bound);
            } else {
                dialect.value(out, source.flat(column.path()), bound);
            }
            out.sql(" AS ").name(column.name());
        });
        source.from(out);
        List<Order> total = rows.total();
        if (rows.distinct() && !total.isEmpty()) {
            return sorted(rows, total, out.done(), bounds);
        }
        if (!total.isEmpty()) {
            out.sql(" ORDER BY ");
            out.each(total, ", ", key -> dialect.order(out, source.flat(key.path()), key.descending(), bound));
        }
        limit(out, rows.limit(), rows.offset());
        return out.done();
    }

    /** Rows that are different are sorted by what they hold, since what they come from is no longer there. */
    private SqlWriter.Statement sorted(Rows rows, List<Order> total, SqlWriter.Statement distinct, Bounds bounds) {
        Map<Path, String> names = new LinkedHashMap<>();
        rows.columns().forEach(column -> names.putIfAbsent(column.path(), column.name()));
        Bound result = result(rows, bounds);
        SqlWriter out =
                new SqlWriter(dialect).sql("SELECT * FROM (").append(distinct).sql(") AS figures ORDER BY ");
        out.each(total, ", ", key -> {
            String name = Objects.requireNonNull(names.get(key.path()), () -> key + " is not among the columns");
            dialect.order(out, Path.of(name), key.descending(), result);
        });
        limit(out, rows.limit(), rows.offset());
        return out.done();
    }

    Bound result(Rows rows, Bounds bounds) {
        SqlSources source = new SqlSources(this, dialect, rows.source(), bounds);
        Map<String, Column> columns = new LinkedHashMap<>();
        for (Rows.Column column : rows.columns()) {
            columns.put(
                    column.name(),
                    dialect.kept(
                            source.flat(column.path()), rows.source().kind().typeAt(column.path()), source.bound()));
        }
        return new Bound(rows.result(), rows.result(), columns);
    }

    // ---- figures

    /** The figures, and around them what is asked of the groups. */
    SqlWriter.Statement aggregate(Aggregation aggregation, Bounds bounds) {
        SqlWriter out = new SqlWriter(dialect);
        SqlSources source = new SqlSources(this, dialect, aggregation.source(), bounds);
        Bound bound = source.bound();
        Bound result = result(aggregation, bounds);
        out.sql("SELECT * FROM (SELECT ");
        List<Field> fields = aggregation.result().fields();
        int keys = aggregation.groupBy().size();
        for (int i = 0; i < fields.size(); i++) {
            out.sql(i == 0 ? "" : ", ");
            if (i < keys) {
                dialect.groupKey(out, source.flat(aggregation.groupBy().get(i)), bound);
            } else {
                dialect.measure(out, source.flat(aggregation.measures().get(i - keys)), bound);
            }
            out.sql(" AS ").name(fields.get(i).name());
        }
        source.from(out);
        if (keys > 0) {
            out.sql(" GROUP BY ");
            out.each(aggregation.groupBy(), ", ", path -> dialect.groupKey(out, source.flat(path), bound));
        }
        out.sql(") AS figures");
        where(out, aggregation.having(), result, bounds);
        List<Order> total = aggregation.total();
        if (!total.isEmpty()) {
            out.sql(" ORDER BY ");
            out.each(total, ", ", key -> dialect.order(out, key.path(), key.descending(), result));
        }
        limit(out, aggregation.limit(), aggregation.offset());
        return out.done();
    }

    Bound result(Aggregation aggregation, Bounds bounds) {
        SqlSources source = new SqlSources(this, dialect, aggregation.source(), bounds);
        Map<String, Column> columns = new LinkedHashMap<>();
        List<Field> fields = aggregation.result().fields();
        int keys = aggregation.groupBy().size();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            columns.put(
                    field.name(),
                    i < keys
                            ? dialect.kept(source.flat(aggregation.groupBy().get(i)), field.type(), source.bound())
                            : dialect.figure(
                                    source.flat(aggregation.measures().get(i - keys)), field.type(), source.bound()));
        }
        return new Bound(aggregation.result(), aggregation.result(), columns);
    }
}
