package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Codecs;
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
import dev.keepsake.schema.Link;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Transaction;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of objects: some of their fields, those of objects that they lead to, their lists element by element, and figures of
 * groups. Built up step by step, each step a new query. Objects are joined and lists unwound in the order in which it is
 * written; then the conditions hold, then come groups and their conditions, order, offset, limit, in whatever order these are
 * written.
 *
 * <pre>{@code
 * keepsake.query(Movie.class)
 *         .unwind(field(Movie::directors))
 *         .groupBy(field(Movie::directors))
 *         .select(field(Movie::directors).as("director"), Figure.average(field("imdb.rating")).as("average"), Figure.count())
 *         .having(field("count").ge(2))
 *         .orderBy(field("average").desc())
 *         .list();
 * }</pre>
 *
 * <p>A result is a {@link State} whose fields are the columns under their names, or, by {@link #into}, a record or a single value.
 * A row that leads to several objects is there once for each of them. A path through a reference to one object joins it; a path
 * through a list of objects is refused but in a condition, where it means some of them: {@link #join} them first. Immutable.
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

    /**
     * Only those rows for which the condition holds: about the object that the query starts with, about joined objects, as
     * {@code field("type.name")}, and about the elements of lists that were unwound before.
     */
    public RowQuery<T> where(Condition condition) {
        if (condition instanceof Condition.And and) {
            RowQuery<T> narrower = this;
            for (Condition each : and.all()) {
                narrower = narrower.where(each);
            }
            return narrower;
        }
        List<Path> paths = condition.paths();
        if (paths.stream().noneMatch(this::isOfRows)) {
            return with(source.whereRoot(codec.stored(condition)), joined);
        }
        RowQuery<T> wider = this;
        for (Path path : paths) {
            wider = wider.reaching(path);
        }
        return wider.with(wider.source.where(wider.stored(condition)), wider.joined);
    }

    /** Whether a path in Java names leads into a joined object, or to what is unwound; otherwise it is one of the root. */
    private boolean isOfRows(Path java) {
        for (int length = java.steps().size() - 1; length > 0; length--) {
            if (joined.containsKey(String.join(".", java.steps().subList(0, length)))) {
                return true;
            }
        }
        if (source.steps().stream().noneMatch(Source.Unwind.class::isInstance)) {
            return false;
        }
        Path stored = codec.stored(java);
        return source.steps().stream()
                .anyMatch(step -> step instanceof Source.Unwind unwind
                        && unwind.path().field().equals(stored.field()));
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
        requireUncut("joined");
        return reaching(path).joinStep(path, name, outer);
    }

    private RowQuery<T> joinStep(Path path, String name, boolean outer) {
        String before = String.join(".", path.steps().subList(0, path.steps().size() - 1));
        String from = joined.containsKey(before) ? before : "";
        Codec<?> of = from.isEmpty() ? codec : Objects.requireNonNull(joined.get(from));
        String step = from.isEmpty() ? path.field() : path.steps().getLast();
        if (isState(of)) {
            return joinState(from, step, name, outer);
        }
        Relation relation = of.relations().stream()
                .filter(each -> each.name().equals(step) && (!from.isEmpty() || !path.nested()))
                .findFirst()
                .orElseThrow(() -> Problem.UNKNOWN_FIELD
                        .because(
                                "%s has no member %s that leads to other objects",
                                of.type().getSimpleName(), step)
                        .at(path)
                        .near(step, of.relations().stream().map(Relation::name).toList())
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

    private RowQuery<T> joinState(String from, String step, String name, boolean outer) {
        Path through = from.isEmpty() ? Path.of(step) : Path.of(from, step);
        Source wider = outer ? source.leftJoin(through, name) : source.join(through, name);
        Map<String, Codec<?>> names = new LinkedHashMap<>(joined);
        Source.Step last = wider.steps().getLast();
        if (last instanceof Source.Join join) {
            names.put(name, Codecs.states(join.link().target()));
        }
        return with(wider, names);
    }

    private static boolean isState(Codec<?> codec) {
        return codec.type() == State.class;
    }

    /** A row for each element of a list; rows without any drop out. */
    public RowQuery<T> unwind(Term list) {
        requireUncut("unwound");
        RowQuery<T> wider = reading(list.path());
        return wider.with(wider.source.unwind(wider.stored(list.path())), wider.joined);
    }

    private void requireUncut(String what) {
        if (limit >= 0 || offset > 0) {
            throw Problem.REQUEST_INVALID
                    .because("rows are %s before limit and offset, not after", what)
                    .hint("name limit and offset last")
                    .fault();
        }
    }

    // ---- columns

    /** The columns, in order, instead of those named before; figures are computed of each group, or of all rows. */
    public RowQuery<T> select(Selectable... all) {
        RowQuery<T> wider = this;
        Set<String> names = new HashSet<>();
        for (Selectable each : all) {
            if (!names.add(name(each))) {
                throw Problem.REQUEST_INVALID
                        .because("two columns are named %s", name(each))
                        .hint("name one of them by as(...)")
                        .fault();
            }
            if (each instanceof Figure) {
                requireUncut("added up");
            }
            Term term = term(each);
            if (term != null) {
                wider = wider.reading(term.path());
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

    /**
     * One group for all rows whose values of these fields are equal. Without {@link #select}, a row of the result has these
     * values and a {@code count}.
     */
    public RowQuery<T> groupBy(Term... keys) {
        requireUncut("grouped");
        RowQuery<T> wider = this;
        for (Term key : keys) {
            wider = wider.reading(key.path());
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
            if (!wider.joined.containsKey(as)) {
                boolean last = i + 2 == path.steps().size();
                if (!leads(at, step) || (last && isId(at, step, path.steps().getLast()))) {
                    return wider;
                }
                wider = wider.joinStep(new Path(path.steps().subList(0, i + 1)), as, true);
            }
            at = Objects.requireNonNull(wider.joined.get(as));
            name = as;
        }
        return wider;
    }

    /** As {@link #reaching}, for a path whose value is read: a list of objects has none. */
    private RowQuery<T> reading(Path path) {
        RowQuery<T> wider = reaching(path);
        String before = String.join(".", path.steps().subList(0, path.steps().size() - 1));
        Codec<?> owner = path.nested() ? wider.joined.get(before) : codec;
        if (owner != null && !isState(owner)) {
            leads(owner, path.steps().getLast());
        }
        return wider;
    }

    /** Whether a step leads to one other object; one that leads to several is refused. */
    private boolean leads(Codec<?> at, String step) {
        if (isState(at)) {
            boolean inside = at.kind()
                    .field(step)
                    .filter(field -> Type.nested(field.type()))
                    .isPresent();
            Optional<Link> link = inside ? Optional.empty() : source.schema().link(at.kind(), step);
            link.filter(Link::many).ifPresent(many -> {
                throw severalBehind(step);
            });
            return link.isPresent();
        }
        for (Relation relation : at.relations()) {
            if (relation.name().equals(step)) {
                if (relation instanceof Relation.ToMany) {
                    throw severalBehind(step);
                }
                return true;
            }
        }
        return false;
    }

    private static RuntimeException severalBehind(String step) {
        return Problem.REQUEST_INVALID
                .because("%s leads to several objects", step)
                .hint("join them first, for a row each: join(field(\"" + step + "\"))")
                .fault();
    }

    /** Whether what a path ends with is the id of the object before it, which is kept in the one before that. */
    private static boolean isId(Codec<?> at, String step, String field) {
        return at.relations().stream()
                .filter(relation -> relation.name().equals(step))
                .map(Relation::codec)
                .anyMatch(target -> target.names().contains(field)
                        && target.kind()
                                .id()
                                .equals(target.stored(Path.of(field)).steps()));
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
        requireNotNegative(most);
        return new RowQuery<>(
                runner, codec, source, joined, groups, columns, having, inherited, order, most, offset, distinct);
    }

    /** Without the first so many. */
    public RowQuery<T> offset(long skipped) {
        requireNotNegative(skipped);
        return new RowQuery<>(
                runner, codec, source, joined, groups, columns, having, inherited, order, limit, skipped, distinct);
    }

    private static void requireNotNegative(long number) {
        if (number < 0) {
            throw Problem.REQUEST_INVALID
                    .because("limit and offset cannot be negative, was %d", number)
                    .fault();
        }
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

    private boolean isGrouped() {
        return !groups.isEmpty() || columns.stream().anyMatch(Figure.class::isInstance);
    }

    private Request request() {
        if (columns.isEmpty() && groups.isEmpty()) {
            throw refused("rows need columns", "name them by select(...)");
        }
        if (isGrouped()) {
            if (distinct) {
                throw refused("groups are distinct by what they are grouped by", "name fewer keys in groupBy");
            }
            return aggregation();
        }
        if (!(having instanceof Condition.Constant)) {
            throw refused("there are no groups for the condition of having", "put conditions on rows into where");
        }
        RowQuery<T> wider = this;
        for (Order key : order) {
            wider = wider.reading(named(key.path()));
        }
        return wider.rows();
    }

    private static RuntimeException refused(String why, String hint) {
        return Problem.REQUEST_INVALID.because(why).hint(hint).fault();
    }

    private Rows rows() {
        List<Rows.Column> stored = new ArrayList<>();
        for (Selectable each : columns) {
            Term term = Objects.requireNonNull(term(each));
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
                measures.add(new Measure(
                        measureName(figure, keys), figure.function(), field == null ? null : stored(field.path())));
            } else if (groups.stream().noneMatch(key -> key.equals(Objects.requireNonNull(term(each))))) {
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

    /** The name of a figure in the store's result, where what is grouped by has its path for a name. */
    private static String measureName(Figure figure, List<Path> keys) {
        boolean taken = keys.stream().anyMatch(key -> key.toString().equals(figure.name()));
        return taken ? figure.name() + " figure" : figure.name();
    }

    /** The names in the store's result, by ours. */
    private Map<String, String> inside(List<Path> keys) {
        Map<String, String> names = new LinkedHashMap<>();
        for (Selectable each : columns) {
            if (each instanceof Figure figure) {
                names.put(figure.name(), measureName(figure, keys));
            }
        }
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
        return runner.run(kinds(request), false, (unit, transaction) -> rows(request, transaction));
    }

    private Set<String> kinds(Request request) {
        return request instanceof Rows rows ? rows.source().kinds() : source.kinds();
    }

    private List<State> rows(Request request, Transaction transaction) {
        if (request instanceof Aggregation aggregation) {
            Shape computed = aggregation.result().shape();
            List<Integer> positions = positions();
            List<Shape.Slot> slots = new ArrayList<>(positions.size());
            for (int i = 0; i < positions.size(); i++) {
                String name = columns.isEmpty() ? computed.name(i) : name(columns.get(i));
                slots.add(new Shape.Slot(
                        columns.isEmpty() && i < groups.size() ? groupName(i) : name,
                        computed.slots().get(positions.get(i)).type()));
            }
            Shape shape = new Shape(computed.kind(), 0, slots);
            return transaction.aggregate(aggregation).list(row -> {
                @Nullable Object[] values = new Object[shape.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = row.at(positions.get(i));
                }
                return State.of(shape, values);
            });
        }
        return transaction.rows((Rows) request).list();
    }

    /** Where each column is in the store's result, which has what is grouped by, and then the figures. */
    private List<Integer> positions() {
        List<Integer> positions = new ArrayList<>();
        if (columns.isEmpty()) {
            for (int i = 0; i <= groups.size(); i++) {
                positions.add(i);
            }
        }
        int figures = 0;
        for (Selectable each : columns) {
            positions.add(
                    each instanceof Figure
                            ? groups.size() + figures++
                            : groups.indexOf(Objects.requireNonNull(term(each))));
        }
        return positions;
    }

    /** The first row, if there is one. */
    public Optional<State> first() {
        List<State> all = (limit == 0 ? this : limit(1)).list();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getFirst());
    }

    /** The rows one after the other, read as the stream is; it is to be closed. Groups are computed beforehand. */
    public Stream<State> stream() {
        Request request = request();
        return runner.stream(kinds(request), false, (unit, transaction) -> {
            if (request instanceof Rows rows) {
                Cursor cursor = transaction.rows(rows);
                return cursor.stream();
            }
            return rows(request, transaction).stream();
        });
    }

    /**
     * Each row as a record whose components are, in order, the columns; rows of one column as values too: text, numbers, times,
     * enums. Such a value is null where the column is.
     */
    public <R> List<R> into(Class<R> type) {
        Projection<R> projection = Projection.of(type);
        projection.requireColumns(columns.isEmpty() ? groups.size() + 1 : columns.size());
        return projection.all(list());
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
