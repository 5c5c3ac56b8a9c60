package dev.keepsake.query;

import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Chosen columns of the rows of a {@link Source}. The result are States, of a shape with the columns in order. Where it is
 * sorted or cut, rows that are equal in all keys are sorted by the id of the root, and then by those of the joined objects.
 *
 * @param source the rows
 * @param columns what is read of each, at least one, each with a name of its own
 * @param distinct whether equal results are given once
 * @param order the order, by paths of the source's rows; of distinct results, by columns alone
 * @param limit the most, or -1 for all
 * @param offset how many are left out at the start
 */
public record Rows(Source source, List<Column> columns, boolean distinct, List<Order> order, long limit, long offset)
        implements Request {
    /**
     * One column.
     *
     * @param name its name in the result
     * @param path what it holds
     */
    public record Column(String name, Path path) implements Selectable {}

    /** Checks all paths. */
    public Rows {
        columns = List.copyOf(columns);
        order = List.copyOf(order);
        if (columns.isEmpty()) {
            throw Problem.REQUEST_INVALID.because("rows need a column").fault();
        }
        if (limit < -1 || offset < 0) {
            throw Problem.REQUEST_INVALID
                    .because("limit and offset cannot be negative")
                    .fault();
        }
        requireNames(columns.stream().map(Column::name).toList());
        for (Column column : columns) {
            source.kind().typeAt(column.path);
        }
        for (Order key : order) {
            Type type = source.kind().typeAt(key.path());
            if (Type.nested(type) && !(type instanceof Type.Any)) {
                throw Literals.mismatch(key.path(), type, "it has no order");
            }
            if (distinct && columns.stream().noneMatch(column -> column.path.equals(key.path()))) {
                throw Problem.REQUEST_INVALID
                        .because("distinct rows are sorted by their columns, and %s is none", key.path())
                        .fault();
            }
        }
    }

    static void requireNames(List<String> names) {
        Set<String> seen = new LinkedHashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw Problem.REQUEST_INVALID
                        .because("two columns are named %s", name)
                        .hint("name one of them by as(...)")
                        .fault();
            }
        }
    }

    /** Columns of rows. */
    public static Rows of(Source source, Column... columns) {
        return new Rows(source, List.of(columns), false, List.of(), -1, 0);
    }

    /** In an order. */
    public Rows orderBy(Order... keys) {
        return new Rows(source, columns, distinct, List.of(keys), limit, offset);
    }

    /** Equal results once. */
    public Rows unique() {
        return new Rows(source, columns, true, order, limit, offset);
    }

    /** No more than so many. */
    public Rows limited(long most) {
        return new Rows(source, columns, distinct, order, most, offset);
    }

    /** The kind of the result: the columns. */
    public Kind result() {
        Kind.Builder result = Kind.named(source.root().name());
        for (Column column : columns) {
            result.field(Field.of(column.name, source.kind().typeAt(column.path)));
        }
        return result.build();
    }

    /** The order that makes the result the same each time; empty where none is needed. */
    public List<Order> total() {
        if (order.isEmpty() && limit < 0 && offset == 0) {
            return List.of();
        }
        Set<Path> seen = new LinkedHashSet<>();
        List<Order> total = new ArrayList<>();
        for (Order key : order) {
            if (seen.add(key.path())) {
                total.add(key);
            }
        }
        for (Path path : distinct ? columns.stream().map(Column::path).toList() : ids()) {
            Type type = source.kind().typeAt(path);
            if ((!Type.nested(type) || type instanceof Type.Any) && seen.add(path)) {
                total.add(new Order(path, false));
            }
        }
        return total;
    }

    private List<Path> ids() {
        List<Path> ids = new ArrayList<>();
        source.root().id().forEach(part -> ids.add(Path.of(part)));
        for (Source.Step step : source.steps()) {
            switch (step) {
                case Source.Join join -> join.link().target().id().forEach(part -> ids.add(Path.of(join.name(), part)));
                case Source.Unwind unwind -> ids.add(unwind.path());
            }
        }
        return ids;
    }

    /** Computed in memory, over all rows of the source. */
    public List<State> over(Stream<State> rows) {
        List<Order> total = total();
        Stream<State> sorted = total.isEmpty() ? rows : rows.sorted((a, b) -> Ordering.compare(total, a, b));
        Kind result = result();
        Stream<State> made = sorted.map(row -> {
            @Nullable Object[] values = new Object[columns.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = Evaluation.valueAt(row, columns.get(i).path);
            }
            return State.of(result.shape(), values);
        });
        Stream<State> all = distinct ? made.distinct() : made;
        return all.skip(offset).limit(limit < 0 ? Long.MAX_VALUE : limit).toList();
    }

    /** In words. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(source.toString()).append(distinct ? " select distinct " : " select ");
        text.append(String.join(
                ", ",
                columns.stream()
                        .map(column -> column.path.toString().equals(column.name)
                                ? column.name
                                : column.path + " as " + column.name)
                        .toList()));
        if (!order.isEmpty()) {
            text.append(" order ")
                    .append(String.join(",", order.stream().map(Order::toString).toList()));
        }
        return text.append(limit < 0 ? "" : " limit " + limit)
                .append(offset == 0 ? "" : " offset " + offset)
                .toString();
    }
}
