package dev.keepsake.sql;

import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Field;
import dev.keepsake.state.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Selections and aggregations as SQL. A condition is true or false for Keepsake and may be null for SQL: where null would
 * do harm, below a {@code not}, it is made false.
 */
final class SqlQueries {
    private static final int MOST_TOGETHER = 100;

    private final Dialect dialect;

    SqlQueries(Dialect dialect) {
        this.dialect = dialect;
    }

    SqlWriter.Statement select(Selection selection, Bound bound) {
        SqlWriter out = new SqlWriter(dialect);
        List<String> fields =
                selection.shape().slots().stream().map(Shape.Slot::name).toList();
        out.sql("SELECT ").names(fields).sql(" FROM ").name(selection.kind().name());
        where(out, selection.condition(), bound);
        order(out, selection.order(), bound);
        limit(out, selection.limit(), selection.offset());
        return out.done();
    }

    private void limit(SqlWriter out, long limit, long offset) {
        if (limit >= 0 || offset > 0) {
            out.sql(" LIMIT ").bind(limit < 0 ? Long.MAX_VALUE : limit);
        }
        if (offset > 0) {
            out.sql(" OFFSET ").bind(offset);
        }
    }

    private void order(SqlWriter out, List<Order> order, Bound bound) {
        if (!order.isEmpty()) {
            out.sql(" ORDER BY ");
            out.each(order, ", ", key -> dialect.order(out, key.path(), key.descending(), bound));
        }
    }

    void where(SqlWriter out, Condition condition, Bound bound) {
        if (!(condition instanceof Condition.Constant constant && constant.value())) {
            out.sql(" WHERE ");
            condition(out, condition, bound);
        }
    }

    /** Writes a condition that is true where it holds, and false or null where not. */
    void condition(SqlWriter out, Condition condition, Bound bound) {
        switch (condition) {
            case Condition.Constant c -> out.sql(c.value() ? "1 = 1" : "1 = 0");
            case Condition.And and -> junction(out, and.all(), " AND ", "1 = 1", bound);
            case Condition.Or or -> junction(out, or.any(), " OR ", "1 = 0", bound);
            case Condition.Not not -> {
                out.sql("NOT coalesce(");
                condition(out, not.condition(), bound);
                out.sql(", 0)");
            }
            case Condition.Compare c -> dialect.leaf(out, c, bound);
            case Condition.Between b -> dialect.leaf(out, b, bound);
            case Condition.In in -> dialect.leaf(out, in, bound);
            case Condition.Match m -> dialect.leaf(out, m, bound);
            case Condition.IsNull n -> dialect.leaf(out, n, bound);
            case Condition.Has h -> dialect.leaf(out, h, bound);
        }
    }

    /** A long list as a tree of halves, since databases limit how deep an expression is. */
    private void junction(SqlWriter out, List<Condition> conditions, String word, String ofNone, Bound bound) {
        int size = conditions.size();
        if (size == 0) {
            out.sql(ofNone);
        } else if (size <= MOST_TOGETHER) {
            out.sql("(")
                    .each(conditions, word, each -> condition(out, each, bound))
                    .sql(")");
        } else {
            out.sql("(");
            junction(out, conditions.subList(0, size / 2), word, ofNone, bound);
            out.sql(word);
            junction(out, conditions.subList(size / 2, size), word, ofNone, bound);
            out.sql(")");
        }
    }

    /** The figures, and around them what is asked of the groups. */
    SqlWriter.Statement aggregate(Aggregation aggregation, Bound bound) {
        SqlWriter out = new SqlWriter(dialect);
        Bound result = result(aggregation, bound);
        out.sql("SELECT * FROM (SELECT ");
        List<Field> fields = aggregation.result().fields();
        int keys = aggregation.groupBy().size();
        for (int i = 0; i < fields.size(); i++) {
            out.sql(i == 0 ? "" : ", ");
            if (i < keys) {
                dialect.groupKey(out, aggregation.groupBy().get(i), bound);
            } else {
                dialect.measure(out, aggregation.measures().get(i - keys), bound);
            }
            out.sql(" AS ").name(fields.get(i).name());
        }
        out.sql(" FROM ").name(aggregation.kind().name());
        where(out, aggregation.where(), bound);
        if (keys > 0) {
            out.sql(" GROUP BY ");
            out.each(aggregation.groupBy(), ", ", path -> dialect.groupKey(out, path, bound));
        }
        out.sql(") AS figures");
        where(out, aggregation.having(), result);
        order(out, aggregation.total(), result);
        limit(out, aggregation.limit(), 0);
        return out.done();
    }

    Bound result(Aggregation aggregation, Bound bound) {
        Map<String, Column> columns = new LinkedHashMap<>();
        for (Field field : aggregation.result().fields()) {
            columns.put(field.name(), dialect.resultColumn(aggregation, field, bound));
        }
        return new Bound(aggregation.result(), columns);
    }
}
