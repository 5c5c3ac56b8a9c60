package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Projection;
import dev.keepsake.codec.Relation;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Aggregation.Measure;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Figure;
import dev.keepsake.query.Order;
import dev.keepsake.query.Request;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selectable;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Source;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Transaction;
import dev.keepsake.value.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of objects: some of their fields, those of objects that they lead to, their lists element by element, and figures of
 * groups. Built up step by step, each step a new query; the steps are done in the order in which they are written.
 *
 * <pre>{@code
 * keepsake.query(Movie.class)
 *         .unwind(field(Movie::directors))
 *         .groupBy(field(Movie::directors))
 *         .select(Figure.average(field("imdb.rating")).as("average"), Figure.count())
 *         .having(field("count").ge(2))
 *         .orderBy(field("average").desc())
 *         .list();
 * }</pre>
 *
 * <p>A result is a {@link State} whose fields are the columns under their names, or, by {@link #into}, a record. A row that leads to
 * several objects is there once for each of them. Immutable.
 *
 * @param <T> the class it starts with
 */
public final class RowQuery<T> {
    private final Query.Runner runner;
    private final Codec<T> codec;
    private final Source source;
    /** Joined objects by the names under which they are joined. */
    private final Map<String, Codec<?>> joined;

    private final List<Term> groups;
    private final List<Selectable> columns;
    private final Condition having;
    /** What the query of objects was sorted by, in names of the rows. */
    private final List<Order> inherited;

    private final List<Order> order;
    private final long limit;
    private final long offset;
    private final boolean distinct;

    private RowQuery(
            Query.Runner runner,
            Codec<T> codec,
            Source source,
            Map<String, Codec<?>> joined,
            List<Term> groups,
            List<Selectable> columns,
            Condition having,
            List<Order> inherited,
            List<Order> order,
            long limit,
            long offset,
            boolean distinct) {
        this.runner = runner;
        this.codec = codec;
        this.source = source;
        this.joined = joined;
        this.groups = groups;
        this.columns = columns;
        this.having = having;
        this.inherited = inherited;
        this.order = order;
        this.limit = limit;
        this.offset = offset;
        this.distinct = distinct;
    }

    static <T> RowQuery<T> of(Query.Runner runner, Codec<T> codec, Schema schema, Selection of, List<Order> order) {
        Source source = new Source(codec.kind(), schema, of.condition(), List.of(), codec.kind(), Condition.all());
        List<Order> inherited = new ArrayList<>();
        for (Order key : order) {
            List<String> steps = new ArrayList<>(key.path().steps());
            String name = "";
            for (int i = 0; i < of.links(key).size(); i++) {
                String step = steps.removeFirst();
                String as = name.isEmpty() ? "by " + step : name + "." + step;
                if (source.kind().field(as).isEmpty()) {
                    source = source.leftJoin(name.isEmpty() ? Path.of(step) : Path.of(name, step), as);
                }
                name = as;
            }
            if (!name.isEmpty()) {
                steps.addFirst(name);
            }
            inherited.add(new Order(new Path(steps), key.descending()));
        }
        return new RowQuery<>(
                runner,
                codec,
                source,
                Map.of(),
                List.of(),
                List.of(),
                Condition.all(),
                inherited,
                List.of(),
                of.limit(),
                of.offset(),
                false);
    }

    private RowQuery<T> with(Source other, Map<String, Codec<?>> names) {
        return new RowQuery<>(
                runner, codec, other, names, groups, columns, having, inherited, order, limit, offset, distinct);
    }

    // ---- rows

    /** Only those rows for which the condition holds: of joined objects too, as {@code field("type.name")}. */
    public RowQuery<T> where(Condition condition) {
        return with(source.where(source.steps().isEmpty() ? codec.stored(condition) : stored(condition)), joined);
    }

    /** To each row the objects that a member leads to, a row for each; named as the member. */
    public RowQuery<T> join(Term relation) {
        return join(relation, relation.path().steps().getLast());
    }

    /** As {@link #join(Term)}, under another name. */
    public RowQuery<T> join(Term relation, String name) {
        return join(relation.path(), name, false);
    }

    /** As {@link #join(Term)}, keeping rows that lead to none. */
    public RowQuery<T> leftJoin(Term relation) {
        return leftJoin(relation, relation.path().steps().getLast());
    }

    /** As {@link #leftJoin(Term)}, under another name. */
    public RowQuery<T> leftJoin(Term relation, String name) {
        return join(relation.path(), name, true);
    }

    private RowQuery<T> join(Path path, String name, boolean outer) {
        String from = path.steps().size() > 1 && joined.containsKey(path.field()) ? path.field() : "";
        Codec<?> of = from.isEmpty() ? codec : java.util.Objects.requireNonNull(joined.get(from));
        List<String> rest = from.isEmpty() ? path.steps() : path.inside();
        if (of.relations().isEmpty() && of.type() == State.class) {
            return joinState(from, rest, name, outer);
        }
        Relation relation = of.relations().stream()
                .filter(each -> each.name().equals(rest.getFirst()))
                .findFirst()
                .orElseThrow(() -> Problem.UNKNOWN_FIELD
                        .because(
                                "%s has no member %s that leads to other objects",
                                of.type().getSimpleName(), rest.getFirst())
                        .at(path)
                        .near(
                                rest.getFirst(),
                                of.relations().stream().map(Relation::name).toList())
                        .fault());
        List<String> steps = relation.steps();
        Source wider = source;
        String at = from;
        for (int i = 0; i < steps.size(); i++) {
            String as = i == steps.size() - 1 ? name : name + " pairs";
            Path through = at.isEmpty() ? Path.of(steps.get(i)) : Path.of(at, steps.get(i));
            wider = outer ? wider.leftJoin(through, as) : wider.join(through, as);
            at = as;
        }
        Map<String, Codec<?>> names = new LinkedHashMap<>(joined);
        names.put(name, relation.codec());
        return with(wider, names);
    }

    private RowQuery<T> joinState(String from, List<String> rest, String name, boolean outer) {
        Path through = from.isEmpty() ? Path.of(rest.getFirst()) : Path.of(from, rest.getFirst());
        Source wider = outer ? source.leftJoin(through, name) : source.join(through, name);
        Map<String, Codec<?>> names = new LinkedHashMap<>(joined);
        Source.Step last = wider.steps().getLast();
        if (last instanceof Source.Join join) {
            names.put(name, dev.keepsake.codec.Codecs.states(join.link().target()));
        }
        return with(wider, names);
    }

    /** A row for each element of a list; rows without any drop out. */
    public RowQuery<T> unwind(Term list) {
        return with(source.unwind(stored(list.path())), joined);
    }

    // ---- columns

    /** The columns, in order, instead of those named before; figures are computed of each group. */
    public RowQuery<T> select(Selectable... all) {
        RowQuery<T> wider = this;
        for (Selectable each : all) {
            Term term = term(each);
            if (term != null) {
                wider = wider.reaching(term.path());
            }
        }
        return new RowQuery<>(
                runner,
                codec,
                wider.source,
                wider.joined,
                groups,
                List.of(all),
                having,
                inherited,
                order,
                limit,
                offset,
                distinct);
    }

    /** One group for all rows whose values of these fields are equal. */
    public RowQuery<T> groupBy(Term... keys) {
        RowQuery<T> wider = this;
        for (Term key : keys) {
            wider = wider.reaching(key.path());
        }
        return new RowQuery<>(
                runner,
                codec,
                wider.source,
                wider.joined,
                List.of(keys),
                columns,
                having,
                inherited,
                order,
                limit,
                offset,
                distinct);
    }

    private static @Nullable Term term(Selectable each) {
        return switch (each) {
            case Term term -> term;
            case Rows.Column column -> new Term(column.path());
            case Figure figure -> figure.field();
        };
    }

    /** With the one object joined that a path leads through, so that what is behind it can be read. */
    private RowQuery<T> reaching(Path path) {
        RowQuery<T> wider = this;
        Codec<?> at = codec;
        String name = "";
        for (int i = 0; i + 1 < path.steps().size(); i++) {
            String step = path.steps().get(i);
            String as = name.isEmpty() ? step : name + "." + step;
            Codec<?> there = wider.joined.get(as);
            if (there == null) {
                Relation relation = at.relations().stream()
                        .filter(each ->
                                each instanceof Relation.ToOne && each.name().equals(step))
                        .findFirst()
                        .orElse(null);
                if (relation == null) {
                    return wider;
                }
                wider = wider.join(name.isEmpty() ? Path.of(step) : Path.of(name, step), as, true);
                there = relation.codec();
            }
            at = there;
            name = as;
        }
        return wider;
    }

    /** Only those groups whose result satisfies the condition, which names the columns of the result. */
    public RowQuery<T> having(Condition condition) {
        return new RowQuery<>(
                runner,
                codec,
                source,
                joined,
                groups,
                columns,
                having.and(condition),
                inherited,
                order,
                limit,
                offset,
                distinct);
    }

    /** Sorted by these keys: of groups by columns of the result, else by fields of the rows. */
    public RowQuery<T> orderBy(Order... keys) {
        return new RowQuery<>(
                runner,
                codec,
                source,
                joined,
                groups,
                columns,
                having,
                List.of(),
                List.of(keys),
                limit,
                offset,
                distinct);
    }

    /** No more than so many. */
    public RowQuery<T> limit(long most) {
        return new RowQuery<>(
                runner, codec, source, joined, groups, columns, having, inherited, order, most, offset, distinct);
    }

    /** Without the first so many. */
    public RowQuery<T> offset(long skipped) {
        return new RowQuery<>(
                runner, codec, source, joined, groups, columns, having, inherited, order, limit, skipped, distinct);
    }

    /** Equal rows once. */
    public RowQuery<T> distinct() {
        return new RowQuery<>(
                runner, codec, source, joined, groups, columns, having, inherited, order, limit, offset, true);
    }

    // ---- names

    /** A path in Java names as one of the rows. */
    private Path stored(Path java) {
        // the longest name of a joined object that the path begins with
        for (int length = java.steps().size() - 1; length > 0; length--) {
            String name = String.join(".", java.steps().subList(0, length));
            Codec<?> other = joined.get(name);
            if (other != null) {
                Path rest = new Path(java.steps().subList(length, java.steps().size()));
                List<String> steps = new ArrayList<>(List.of(name));
                steps.addAll(other.stored(rest).steps());
                return new Path(steps);
            }
        }
        return codec.stored(java);
    }

    private Condition stored(Condition condition) {
        return switch (condition) {
            case Condition.And and ->
                new Condition.And(and.all().stream().map(this::stored).toList());
            case Condition.Or or ->
                new Condition.Or(or.any().stream().map(this::stored).toList());
            case Condition.Not not -> new Condition.Not(stored(not.condition()));
            case Condition.Constant constant -> constant;
            default -> leaf(condition);
        };
    }

    private Condition leaf(Condition leaf) {
        Path path = leaf.paths().getFirst();
        for (int length = path.steps().size() - 1; length > 0; length--) {
            String name = String.join(".", path.steps().subList(0, length));
            Codec<?> other = joined.get(name);
            if (other != null) {
                int skip = length;
                Condition inside = leaf.moved(
                        p -> new Path(p.steps().subList(skip, p.steps().size())));
                return other.stored(inside).moved(p -> {
                    List<String> steps = new ArrayList<>(List.of(name));
                    steps.addAll(p.steps());
                    return new Path(steps);
                });
            }
        }
        return codec.stored(leaf);
    }

    // ---- results

    private Request request() {
        if (columns.isEmpty() && groups.isEmpty()) {
            throw Problem.REQUEST_INVALID
                    .because("rows need columns")
                    .hint("name them by select(...)")
                    .fault();
        }
        boolean figures = !groups.isEmpty() || columns.stream().anyMatch(Figure.class::isInstance);
        return figures ? aggregation() : rows();
    }

    private Rows rows() {
        List<Rows.Column> stored = new ArrayList<>();
        for (Selectable each : columns) {
            Term term = java.util.Objects.requireNonNull(term(each));
            stored.add(new Rows.Column(name(each), stored(term.path())));
        }
        return new Rows(source, stored, distinct, keys(), limit, offset);
    }

    /** The order in names of the rows. */
    private List<Order> keys() {
        return order.isEmpty()
                ? inherited
                : order.stream()
                        .map(key -> new Order(stored(named(key.path())), key.descending()))
                        .toList();
    }

    /** The path of the column that has a name, where one has it. */
    private Path named(Path name) {
        for (Selectable each : columns) {
            if (each instanceof Rows.Column column && column.name().equals(name.toString())) {
                return column.path();
            }
        }
        return name;
    }

    private static String name(Selectable each) {
        return switch (each) {
            case Term term -> term.path().toString();
            case Rows.Column column -> column.name();
            case Figure figure -> figure.name();
        };
    }

    private Aggregation aggregation() {
        List<Path> keys = groups.stream().map(key -> stored(key.path())).toList();
        List<Measure> measures = new ArrayList<>();
        for (Selectable each : columns) {
            if (each instanceof Figure figure) {
                Term field = figure.field();
                measures.add(
                        new Measure(figure.name(), figure.function(), field == null ? null : stored(field.path())));
            } else if (groups.stream().noneMatch(key -> key.equals(java.util.Objects.requireNonNull(term(each))))) {
                throw Problem.REQUEST_INVALID
                        .because("%s is neither a figure nor what the groups have in common", name(each))
                        .hint("name it in groupBy, or take its min, max, sum, average or count")
                        .fault();
            }
        }
        if (measures.isEmpty()) {
            measures.add(new Measure("count", Aggregation.Function.COUNT, null));
        }
        Map<String, String> inside = inside(keys);
        Aggregation all = new Aggregation(source, keys, measures, Condition.all(), List.of(), limit, offset);
        Condition stored = having.moved(path -> renamed(path, inside));
        Order[] sorted = order.stream()
                .map(key -> new Order(renamed(key.path(), inside), key.descending()))
                .toArray(Order[]::new);
        return all.having(stored).orderBy(sorted);
    }

    /** The names of groups in the result as the store's level has them, by ours. */
    private Map<String, String> inside(List<Path> keys) {
        Map<String, String> names = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            names.put(groupName(i), keys.get(i).toString());
        }
        return names;
    }

    private String groupName(int index) {
        Term key = groups.get(index);
        for (Selectable each : columns) {
            if (each instanceof Rows.Column column && column.path().equals(key.path())) {
                return column.name();
            }
        }
        return key.path().toString();
    }

    private static Path renamed(Path path, Map<String, String> inside) {
        String stored = inside.get(path.toString());
        return stored == null ? path : Path.of(stored);
    }

    /** All rows. */
    public List<State> list() {
        Request request = request();
        return runner.run(source.kinds(), false, (unit, transaction) -> rows(request, transaction));
    }

    private List<State> rows(Request request, Transaction transaction) {
        if (request instanceof Aggregation aggregation) {
            Kind result = aggregation.result();
            List<Shape.Slot> slots = new ArrayList<>(result.shape().slots());
            for (int i = 0; i < groups.size(); i++) {
                slots.set(i, new Shape.Slot(groupName(i), slots.get(i).type()));
            }
            Shape shape = new Shape(result.name(), 0, slots);
            return transaction.aggregate(aggregation).list(row -> {
                @Nullable Object[] values = new Object[shape.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = row.at(i);
                }
                return State.of(shape, values);
            });
        }
        return transaction.rows((Rows) request).list();
    }

    /** The first row, if there is one. */
    public Optional<State> first() {
        List<State> all = limit(1).list();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getFirst());
    }

    /** The rows one after the other, read as the stream is; it is to be closed. Groups are computed beforehand. */
    public Stream<State> stream() {
        Request request = request();
        return runner.stream(source.kinds(), false, (unit, transaction) -> {
            if (request instanceof Rows rows) {
                Cursor cursor = transaction.rows(rows);
                return cursor.stream();
            }
            return rows(request, transaction).stream();
        });
    }

    /** Each row as a record whose components are, in order, the columns. */
    public <R> List<R> into(Class<R> type) {
        Projection<R> projection = Projection.of(type);
        List<State> all = list();
        if (!all.isEmpty()
                && all.getFirst().shape().size() != projection.names().size()) {
            throw Problem.REQUEST_INVALID
                    .because(
                            "%s has %d components for %d columns",
                            type.getSimpleName(),
                            projection.names().size(),
                            all.getFirst().shape().size())
                    .fault();
        }
        return all.stream().map(projection::make).toList();
    }

    // ---- what it would do

    /** The native text, values left out; what the store runs. */
    public String toSql() {
        return String.join(";\n", runner.store().render(request()));
    }

    /** The query in words. */
    @Override
    public String toString() {
        return request().toString();
    }
}
