package dev.keepsake.query;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Figures over the States of one kind, for each group or for all: counts, sums, averages, extremes. The result is States
 * too, of a shape with the group's keys and then the measures. Nulls and absent fields are left out of a measure, and are
 * one group of their own.
 *
 * <p>An average is a double; a sum of whole numbers is exact, or {@code sum-overflow}; sum, average and extremes of nothing
 * are null, a count is 0. A sum of doubles depends on the order of adding in its last digits.
 *
 * @param source the rows: the objects of a kind, and what is joined and unwound
 * @param groupBy the keys of a group; of none, all are one group, even if there are none
 * @param measures what is computed, at least one, each with a name of its own
 * @param having only the groups whose result satisfies it; its fields are those of the result
 * @param order the order of the groups, by fields of the result
 * @param limit the most groups, or -1 for all
 * @param offset how many groups are left out at the start
 */
public record Aggregation(
        Source source,
        List<Path> groupBy,
        List<Measure> measures,
        Condition having,
        List<Order> order,
        long limit,
        long offset)
        implements Request {

    /** What is computed of a field. */
    public enum Function {
        /** How many values that are not null; without a path, how many objects. */
        COUNT,
        /** Their sum. */
        SUM,
        /** Their arithmetic mean. */
        AVG,
        /** The least. */
        MIN,
        /** The greatest. */
        MAX
    }

    /**
     * One figure.
     *
     * @param name its name in the result
     * @param function what is computed
     * @param path of what; null for the count of all objects
     */
    public record Measure(
            String name, Function function, @Nullable Path path) {}

    /** Of which kind a row is. */
    public Kind kind() {
        return source.kind();
    }

    /** Checks all paths against the kind, and having and order against the result. */
    public Aggregation {
        groupBy = List.copyOf(groupBy);
        measures = List.copyOf(measures);
        order = List.copyOf(order);
        if (measures.isEmpty()) {
            throw Problem.REQUEST_INVALID
                    .because("an aggregation needs a measure")
                    .fault();
        }
        if (limit < -1 || offset < 0) {
            throw Problem.REQUEST_INVALID
                    .because("limit and offset cannot be negative")
                    .fault();
        }
        Kind kind = source.kind();
        for (Measure measure : measures) {
            check(kind, measure);
        }
        Rows.requireNames(Stream.concat(
                        groupBy.stream().map(Path::toString), measures.stream().map(Measure::name))
                .toList());
        Kind result = result(kind, groupBy, measures);
        having = having.resolve(result);
        order.forEach(key -> result.typeAt(key.path()));
    }

    /** The number of objects for which a condition holds, named {@code count}. */
    public static Aggregation count(Kind kind, Condition where) {
        return count(kind, Schema.EMPTY, where);
    }

    /** As {@link #count(Kind, Condition)}, for a condition that leads to the other kinds of a schema. */
    public static Aggregation count(Kind kind, Schema schema, Condition where) {
        return of(Source.of(kind, schema).where(where), new Measure("count", Function.COUNT, null));
    }

    /** Measures over all objects of a kind. */
    public static Aggregation of(Kind kind, Measure... measures) {
        return of(Source.of(kind, Schema.EMPTY), measures);
    }

    /** Measures over rows. */
    public static Aggregation of(Source source, Measure... measures) {
        return new Aggregation(source, List.of(), Arrays.asList(measures), Condition.all(), List.of(), -1, 0);
    }

    /** Over those rows alone for which the condition holds. */
    public Aggregation where(Condition condition) {
        return new Aggregation(source.where(condition), groupBy, measures, having, order, limit, offset);
    }

    /** For each group of equal values. */
    public Aggregation by(String... paths) {
        List<Path> keys = Arrays.stream(paths).map(Path::parse).toList();
        return new Aggregation(source, keys, measures, having, order, limit, offset);
    }

    /** Only the groups whose result satisfies the condition. */
    public Aggregation having(Condition condition) {
        return new Aggregation(source, groupBy, measures, having.and(condition), order, limit, offset);
    }

    /** The groups in an order, by fields of the result; ties by the group's keys. */
    public Aggregation orderBy(Order... keys) {
        return new Aggregation(source, groupBy, measures, having, Arrays.asList(keys), limit, offset);
    }

    /** No more than so many groups. */
    public Aggregation limit(long most) {
        return new Aggregation(source, groupBy, measures, having, order, notNegative("limit", most), offset);
    }

    /** Without the first so many groups. */
    public Aggregation offset(long skipped) {
        return new Aggregation(source, groupBy, measures, having, order, limit, notNegative("offset", skipped));
    }

    private static long notNegative(String what, long number) {
        if (number < 0) {
            throw Problem.REQUEST_INVALID
                    .because("the %s is %d, it cannot be negative", what, number)
                    .fault();
        }
        return number;
    }

    private static void check(Kind kind, Measure measure) {
        if (measure.path == null) {
            if (measure.function != Function.COUNT) {
                throw Problem.REQUEST_INVALID
                        .because("%s needs a field", measure.name)
                        .fault();
            }
            return;
        }
        Type type = kind.typeAt(measure.path);
        boolean sums = measure.function == Function.SUM || measure.function == Function.AVG;
        if ((sums && !Type.numeric(type)) || (type instanceof Type.Any && measure.function != Function.COUNT)) {
            throw Literals.mismatch(
                    measure.path, type, measure.function + " needs a declared type that it can compute");
        }
    }

    private static Kind result(Kind kind, List<Path> groupBy, List<Measure> measures) {
        Kind.Builder result = Kind.named(kind.name());
        for (Path key : groupBy) {
            result.field(key.toString(), kind.typeAt(key));
        }
        for (Measure measure : measures) {
            result.field(
                    measure.name, measure.path == null ? Type.INTEGER : resultType(measure, kind.typeAt(measure.path)));
        }
        return result.build();
    }

    private static Type resultType(Measure measure, Type type) {
        return switch (measure.function) {
            case COUNT -> Type.INTEGER;
            case AVG -> Type.DOUBLE;
            case SUM ->
                type instanceof Type.Int
                        ? Type.INTEGER
                        : type instanceof Type.Decimal d ? new Type.Decimal(38, d.scale()) : type;
            case MIN, MAX -> type;
        };
    }

    /** The kind of the result: the group's keys by their path's text, then the measures. */
    public Kind result() {
        return result(kind(), groupBy, measures);
    }

    /** The order that makes the result the same each time: as asked for, then by the group's keys. */
    public List<Order> total() {
        List<Order> total = new ArrayList<>(order);
        groupBy.forEach(key -> total.add(new Order(Path.of(key.toString()), false)));
        return total;
    }

    /** Computed in memory, over all rows of the source. */
    public List<State> over(Stream<State> states) {
        Map<List<@Nullable Object>, List<State>> groups = new LinkedHashMap<>();
        if (groupBy.isEmpty()) {
            groups.put(List.of(), new ArrayList<>());
        }
        states.forEach(state ->
                groups.computeIfAbsent(keys(state), k -> new ArrayList<>()).add(state));
        Shape shape = result().shape();
        List<Order> keys = total();
        Comparator<State> comparator = (a, b) -> Ordering.compare(keys, a, b);
        Stream<State> results = groups.entrySet().stream()
                .map(group -> result(shape, group.getKey(), group.getValue()))
                .filter(having::test)
                .sorted(comparator);
        return results.skip(offset).limit(limit < 0 ? Long.MAX_VALUE : limit).toList();
    }

    private List<@Nullable Object> keys(State state) {
        List<@Nullable Object> keys = new ArrayList<>(groupBy.size());
        groupBy.forEach(path -> keys.add(Evaluation.valueAt(state, path)));
        return keys;
    }

    private State result(Shape shape, List<@Nullable Object> keys, List<State> group) {
        List<@Nullable Object> values = new ArrayList<>(keys);
        for (Measure measure : measures) {
            values.add(figure(measure, group));
        }
        return State.of(shape, values.toArray());
    }

    private @Nullable Object figure(Measure measure, List<State> group) {
        Path path = measure.path;
        if (path == null) {
            return (long) group.size();
        }
        List<Object> values = new ArrayList<>();
        for (State state : group) {
            Object value = Evaluation.valueAt(state, path);
            if (value != null) {
                values.add(value);
            }
        }
        if (measure.function == Function.COUNT) {
            return (long) values.size();
        }
        if (values.isEmpty()) {
            return null;
        }
        return switch (measure.function) {
            case COUNT -> (long) values.size();
            case MIN -> values.stream().min(Values::order).orElseThrow();
            case MAX -> values.stream().max(Values::order).orElseThrow();
            case SUM -> sum(values, path);
            case AVG -> average(values);
        };
    }

    private Object sum(List<Object> values, Path path) {
        if (values.getFirst() instanceof Double) {
            double sum = values.stream().mapToDouble(v -> (Double) v).sum();
            if (Double.isInfinite(sum)) {
                throw overflow(path).fault();
            }
            return sum;
        }
        BigDecimal sum = total(values);
        if (values.getFirst() instanceof BigDecimal) {
            return Values.normalise(sum, path) instanceof BigDecimal decimal ? decimal : sum;
        }
        try {
            return sum.longValueExact();
        } catch (ArithmeticException e) {
            throw overflow(path).fault();
        }
    }

    /** The report of a sum of whole numbers beyond 64 bits. */
    public Report overflow(Object path) {
        return Problem.SUM_OVERFLOW
                .because(
                        "the sum of %s of kind %s is beyond 64 bits",
                        path, source.root().name())
                .hint("sum fewer objects, or declare the field as a decimal");
    }

    private static Double average(List<Object> values) {
        if (values.getFirst() instanceof Double) {
            return values.stream().mapToDouble(v -> (Double) v).sum() / values.size();
        }
        return total(values)
                .divide(BigDecimal.valueOf(values.size()), MathContext.DECIMAL128)
                .doubleValue();
    }

    private static BigDecimal total(List<Object> values) {
        return values.stream()
                .map(value -> value instanceof BigDecimal d ? d : BigDecimal.valueOf((Long) value))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** In words: {@code releases where size > 0 group package_id compute count() as count having count > 1 order -count}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(source.toString());
        if (!groupBy.isEmpty()) {
            text.append(" group ").append(joined(groupBy.stream().map(Path::toString)));
        }
        text.append(" compute ")
                .append(joined(measures.stream()
                        .map(each -> each.function.name().toLowerCase(Locale.ROOT) + "("
                                + (each.path == null ? "" : each.path) + ") as " + each.name)));
        Printed.clause(text, " having ", having);
        if (!order.isEmpty()) {
            text.append(" order ").append(joined(order.stream().map(Order::toString)));
        }
        return text.append(limit < 0 ? "" : " limit " + limit)
                .append(offset == 0 ? "" : " offset " + offset)
                .toString();
    }

    private static String joined(Stream<String> parts) {
        return parts.collect(Collectors.joining(", "));
    }
}
