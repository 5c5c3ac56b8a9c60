package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Projection;
import dev.keepsake.codec.Relation;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Aggregation.Function;
import dev.keepsake.query.Change;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Figure;
import dev.keepsake.query.Order;
import dev.keepsake.query.Property;
import dev.keepsake.query.Selectable;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Explanation;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.WriteResult;
import dev.keepsake.value.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Which objects of a class? Built up step by step, each step a new query; it runs when it is asked for something, each time
 * anew. Fields are named as the class names them, by text or method reference.
 *
 * <pre>{@code
 * List<Release> latest = keepsake.query(Release.class)
 *         .where(field(Release::packageId).eq("boto").and(field(Release::size).gt(1_000)))
 *         .orderBy(desc(Release::majorVer), desc(Release::minorVer))
 *         .limit(5)
 *         .list();
 * }</pre>
 *
 * <p>The order of the steps does not matter: the condition holds first, then order, offset, limit. A sorted or cut result is
 * sorted by the id last, so that it is the same each time. Everything is done by the store, or refused; nothing is filtered
 * here in silence. Immutable; one of a session belongs to its thread, one of a {@link dev.keepsake.Keepsake} to nobody.
 *
 * @param <T> the class
 */
public final class Query<T> {
    private static final int CHUNK = 1_000;

    /** Where a query runs. */
    interface Runner {
        /** Reads, after whatever of these kinds waits to be written. */
        <R> R run(Set<String> kinds, boolean tracked, Reading<R> reading);

        /** As {@link #run}, for a result that goes on reading until it is closed. */
        <R> Stream<R> stream(Set<String> kinds, boolean tracked, Reading<Stream<R>> reading);

        /** Whether results are objects of a session. */
        boolean tracks();

        Guarded store();

        /** Writes by condition. */
        WriteResult write(Kind kind, Changeset changes);
    }

    /** What a query reads. */
    interface Reading<R> {
        R from(Unit unit, Transaction transaction);
    }

    private final Runner runner;
    private final Codec<T> codec;
    private final Schema schema;
    private final Selection selection;
    private final List<Order> order;
    private final List<String> fields;
    private final @Nullable List<List<Relation>> fetched;
    private final boolean tracked;

    Query(Runner runner, Codec<T> codec, Schema schema) {
        this(
                runner,
                codec,
                schema,
                Selection.of(codec.kind(), schema).where(codec.own()),
                List.of(),
                List.of(),
                null,
                runner.tracks());
    }

    private Query(
            Runner runner,
            Codec<T> codec,
            Schema schema,
            Selection selection,
            List<Order> order,
            List<String> fields,
            @Nullable List<List<Relation>> fetched,
            boolean tracked) {
        this.runner = runner;
        this.codec = codec;
        this.schema = schema;
        this.selection = selection;
        this.order = order;
        this.fields = fields;
        this.fetched = fetched;
        this.tracked = tracked;
    }

    private Query<T> with(Selection other) {
        return new Query<>(runner, codec, schema, other, order, fields, fetched, tracked);
    }

    // ---- steps

    /** Only those for which the condition holds, beside the conditions given before. */
    public Query<T> where(Condition condition) {
        return with(selection.where(codec.stored(condition)));
    }

    /** Only those whose field is equal to the value; null means that the field is null. */
    public Query<T> where(String field, @Nullable Object value) {
        Term term = Term.of(field);
        return where(value == null ? term.isNull() : term.eq(value));
    }

    /** As {@link #where(String, Object)}, the field by its accessor. */
    public <V extends @Nullable Object> Query<T> where(Property<T, V> field, @Nullable V value) {
        return where(field.name(), value);
    }

    /**
     * Only those for which a condition in text holds, in stored names: {@code package_id = 'boto' and size > 1000}; see
     * {@link Condition#parse}.
     */
    public Query<T> matching(String condition) {
        return with(selection.where(Condition.parse(condition, codec.kind(), schema)));
    }

    /** Sorted by these keys, instead of those given before; through references to one object too. */
    public Query<T> orderBy(Order... keys) {
        return sorted(Arrays.stream(keys).map(codec::stored).toList());
    }

    /** Sorted by these fields, the least first; one with a minus before it the greatest first: {@code "-size", "name"}. */
    public Query<T> orderBy(String... keys) {
        return orderBy(Arrays.stream(keys).map(Order::parse).toArray(Order[]::new));
    }

    private Query<T> sorted(List<Order> keys) {
        return new Query<>(runner, codec, schema, selection.orderBy(keys), keys, fields, fetched, tracked);
    }

    /** In the opposite order; without an order it changes nothing. */
    public Query<T> reverse() {
        return sorted(order.stream()
                .map(key -> new Order(key.path(), !key.descending()))
                .toList());
    }

    /** No more than so many. */
    public Query<T> limit(long most) {
        return with(selection.limit(most));
    }

    /** Without the first so many. */
    public Query<T> offset(long skipped) {
        return with(selection.offset(skipped));
    }

    /**
     * Only those after an object in this order: the next page, at a cost that does not grow with the page. The object has been
     * read before; its id and the fields that are sorted by tell where to go on.
     */
    public Query<T> after(T last) {
        return with(selection.after(codec.encode(last)));
    }

    /** With these fields alone, beside those named before, and the id; only for {@link #values} and {@link #into}. */
    public Query<T> only(String... names) {
        Set<String> all = new LinkedHashSet<>(fields.isEmpty() ? idNames() : fields);
        for (String name : names) {
            codec.stored(Path.parse(name));
            all.add(name);
        }
        return narrowed(all);
    }

    /** As {@link #only(String...)}, by their accessors. */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public final Query<T> only(Property<T, ? extends @Nullable Object>... names) {
        return only(Arrays.stream(names).map(Property::name).toArray(String[]::new));
    }

    /** Without these fields; the id cannot be left out. Only for {@link #values} and {@link #into}. */
    public Query<T> exclude(String... names) {
        Set<String> all = new LinkedHashSet<>(fields.isEmpty() ? codec.names() : fields);
        for (String name : names) {
            codec.stored(Path.parse(name));
            if (idNames().contains(name)) {
                throw Problem.REQUEST_INVALID
                        .because("%s is the id, which cannot be left out", name)
                        .fault();
            }
            all.remove(name);
        }
        return narrowed(all);
    }

    private List<String> idNames() {
        return codec.names().stream()
                .filter(name -> codec.kind()
                        .id()
                        .contains(codec.stored(Path.parse(name)).toString()))
                .toList();
    }

    private Query<T> narrowed(Set<String> names) {
        return new Query<>(runner, codec, schema, selection, order, List.copyOf(names), fetched, tracked);
    }

    /**
     * With what these members lead to loaded beforehand, a query for each member and level: {@code fetch("releases",
     * "maintainers.packages")}. Instead of what the mapping says; without names, nothing beforehand.
     */
    public Query<T> fetch(String... members) {
        List<List<Relation>> plan = new ArrayList<>(fetched == null ? List.of() : fetched);
        for (String member : members) {
            plan.add(relations(Path.parse(member)));
        }
        return new Query<>(runner, codec, schema, selection, order, fields, List.copyOf(plan), tracked);
    }

    /** As {@link #fetch(String...)}, by their accessors. */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public final Query<T> fetch(Property<T, ? extends @Nullable Object>... members) {
        return fetch(Arrays.stream(members).map(Property::name).toArray(String[]::new));
    }

    private List<Relation> relations(Path path) {
        List<Relation> relations = new ArrayList<>();
        Codec<?> at = codec;
        for (String step : path.steps()) {
            List<Relation> known = List.copyOf(at.relations());
            String owner = at.type().getSimpleName();
            Relation relation = known.stream()
                    .filter(each -> each.name().equals(step))
                    .findFirst()
                    .orElseThrow(() -> Problem.UNKNOWN_FIELD
                            .because("%s has no member %s that leads to other objects", owner, Report.quote(step))
                            .at(path)
                            .near(step, known.stream().map(Relation::name).toList())
                            .fault());
            relations.add(relation);
            at = relation.codec();
        }
        return relations;
    }

    /**
     * With their rows locked until the transaction ends: others wait, or are told that they are busy. Objects that the session has
     * and that were not changed in it are read anew.
     */
    public Query<T> forUpdate() {
        return with(selection.lock(Selection.Lock.UPDATE));
    }

    /** As {@link #forUpdate}, locked against changes, not against readers. */
    public Query<T> forShare() {
        return with(selection.lock(Selection.Lock.SHARE));
    }

    /** Read only: the results are no objects of the session, what changes in them is never written, and nothing is kept of them. */
    public Query<T> untracked() {
        return new Query<>(runner, codec, schema, selection, order, fields, fetched, false);
    }

    /**
     * Allows a store that answers from indexes alone to read through up to so many objects, for a result of objects or their
     * count; not for rows, nor for writing by condition.
     */
    public Query<T> scanning(long most) {
        return with(selection.scanning(most));
    }

    // ---- results: objects

    /** All of them. */
    public List<T> list() {
        requireWhole();
        return read(selection);
    }

    /** The first, if there is one. */
    public Optional<T> first() {
        requireWhole();
        List<T> all = read(selection.limit() == 0 ? selection : selection.limit(1));
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getFirst());
    }

    /**
     * The only one.
     *
     * @throws dev.keepsake.fault.NotFound {@code no-result}
     * @throws dev.keepsake.fault.Invalid {@code several-results}
     */
    public T one() {
        return only(list(2))
                .orElseThrow(() -> Problem.NO_RESULT
                        .because("there is no result of: %s", this)
                        .store(runner.store().info())
                        .hint("first() is empty where there may be none")
                        .fault());
    }

    /**
     * The only one, or empty where there is none.
     *
     * @throws dev.keepsake.fault.Invalid {@code several-results}
     */
    public Optional<T> oneOrNone() {
        return only(list(2));
    }

    private List<T> list(long most) {
        requireWhole();
        return read(selection.limit() < 0 || selection.limit() > most ? selection.limit(most) : selection);
    }

    private Optional<T> only(List<T> found) {
        if (found.size() > 1) {
            throw Problem.SEVERAL_RESULTS
                    .because("there is more than one result of: %s", this)
                    .store(runner.store().info())
                    .hint("narrow the condition, or take first()")
                    .fault();
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(found.getFirst());
    }

    private List<T> read(Selection wanted) {
        return runner.run(wanted.kinds(), tracked, (unit, transaction) -> {
            if (plain()) {
                Batch batch = new Batch(unit);
                return transaction.find(wanted).list(state -> codec.decode(state, batch));
            }
            List<Held> found = unit.loading.loadHeld(codec, wanted);
            fetch(unit, found);
            List<T> objects = new ArrayList<>(found.size());
            for (Held held : found) {
                objects.add(codec.type().cast(held.object));
            }
            return objects;
        });
    }

    /** Whether objects are made of rows alone, with nothing to keep of them but references that are lazy. */
    private boolean plain() {
        return !tracked
                && (fetched == null || fetched.isEmpty())
                && codec.relations().stream().allMatch(each -> each instanceof Relation.ToOne one && one.lazy());
    }

    private void fetch(Unit unit, List<Held> found) {
        if (fetched != null) {
            fetched.forEach(path -> unit.loading.fetch(found, path));
            return;
        }
        for (Relation relation : codec.relations()) {
            if (relation instanceof Relation.ToMany many && many.eager()) {
                unit.loading.fetch(found, List.of(many));
            }
        }
    }

    /**
     * The objects one after the other, read as the stream is, in bounded memory where they are untracked or not of a
     * session; the stream is to be closed. Lists that are lazy are loaded for those that were read together.
     */
    public Stream<T> stream() {
        requireWhole();
        return runner.stream(selection.kinds(), tracked, (unit, transaction) -> {
            Cursor cursor = transaction.find(selection);
            Iterator<T> objects = plain() ? new Plain(unit, cursor) : new Made(unit, cursor);
            return StreamSupport.stream(
                            Spliterators.spliteratorUnknownSize(objects, Spliterator.ORDERED | Spliterator.NONNULL),
                            false)
                    .onClose(cursor::close);
        });
    }

    /** Objects made of each row alone. */
    private final class Plain implements Iterator<T> {
        private final Unit unit;
        private final Cursor cursor;
        private Batch batch;
        private int made;
        private boolean ahead;
        private boolean there;

        Plain(Unit unit, Cursor cursor) {
            this.unit = unit;
            this.cursor = cursor;
            this.batch = new Batch(unit);
        }

        @Override
        public boolean hasNext() {
            if (!ahead) {
                there = cursor.next();
                ahead = true;
            }
            return there;
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            ahead = false;
            if (made++ == CHUNK) {
                batch = new Batch(unit); // references are loaded together, but not all there are
                made = 1;
            }
            return codec.decode(cursor.state(), batch);
        }
    }

    /** Objects made a chunk at a time, so that what they are made of is loaded together. */
    private final class Made implements Iterator<T> {
        private final Unit unit;
        private final Cursor cursor;
        private List<T> chunk = List.of();
        private int at;

        Made(Unit unit, Cursor cursor) {
            this.unit = unit;
            this.cursor = cursor;
        }

        @Override
        public boolean hasNext() {
            if (at == chunk.size()) {
                List<State> rows = new ArrayList<>();
                while (rows.size() < CHUNK && cursor.next()) {
                    rows.add(cursor.state().keep());
                }
                Unit in = tracked ? unit : unit.apart();
                List<Held> found = in.loading.takeAll(codec, rows, new Batch(in), false);
                fetch(in, found);
                List<T> objects = new ArrayList<>(found.size());
                found.forEach(held -> objects.add(codec.type().cast(held.object)));
                chunk = objects;
                at = 0;
            }
            return at < chunk.size();
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return chunk.get(at++);
        }
    }

    private void requireWhole() {
        if (!fields.isEmpty()) {
            throw Problem.REQUEST_INVALID
                    .because("a query with chosen fields gives no objects, which would be incomplete")
                    .hint("take values() or into(SomeRecord.class)")
                    .fault();
        }
    }

    // ---- results: figures

    /**
     * How many there are, limit and offset regarded. A store that answers from indexes alone, and is allowed to read through
     * objects, counts them as it reads.
     */
    public long count() {
        if (selection.scanLimit() >= 0 && runner.store().features().scans() == Features.Scans.LIMITED) {
            return countRead();
        }
        Aggregation counting = Aggregation.count(codec.kind(), schema, selection.condition());
        long all = runner.run(
                selection.kinds(),
                false,
                (unit, transaction) ->
                        transaction.aggregate(counting).list().getFirst().longAt(0));
        long left = Math.max(0, all - selection.offset());
        return selection.limit() < 0 ? left : Math.min(left, selection.limit());
    }

    private long countRead() {
        Selection ids = selection.exactly(codec.kind().id());
        return runner.run(selection.kinds(), false, (unit, transaction) -> {
            long all = 0;
            try (Cursor cursor = transaction.find(ids)) {
                while (cursor.next()) {
                    all++;
                }
            }
            return all;
        });
    }

    /** Whether there is any. */
    public boolean exists() {
        Selection any = selection
                .limit(selection.limit() == 0 ? 0 : 1)
                .exactly(codec.kind().id());
        return runner.run(selection.kinds(), false, (unit, transaction) -> {
            try (Cursor cursor = transaction.find(any)) {
                return cursor.next();
            }
        });
    }

    /** The sum of a field over all of them; null where there is none. Refused with limit or offset. */
    public @Nullable Object sum(Term field) {
        return figure(Function.SUM, field);
    }

    /** The arithmetic mean of a field. Refused with limit or offset. */
    public OptionalDouble average(Term field) {
        return figure(Function.AVG, field) instanceof Double mean ? OptionalDouble.of(mean) : OptionalDouble.empty();
    }

    /** The least value of a field; null where there is none. Refused with limit or offset. */
    public @Nullable Object min(Term field) {
        return figure(Function.MIN, field);
    }

    /** The greatest value of a field; null where there is none. Refused with limit or offset. */
    public @Nullable Object max(Term field) {
        return figure(Function.MAX, field);
    }

    private @Nullable Object figure(Function function, Term field) {
        return rows().select(new Figure(function, field, "figure"))
                .list()
                .getFirst()
                .at(0);
    }

    // ---- results: rows

    /**
     * Rows instead of objects: for projections, joins, lists unwound, groups and their figures. The conditions of this query hold;
     * its limit and offset hold for a projection, and are refused before anything else.
     */
    public RowQuery<T> rows() {
        if (selection.lock() != Selection.Lock.NONE) {
            throw Problem.REQUEST_INVALID
                    .because("rows are not locked, only objects are")
                    .hint("query the objects")
                    .fault();
        }
        return RowQuery.of(runner, codec, schema, selection, order);
    }

    /** As {@code rows().select(...)}. */
    public RowQuery<T> select(Selectable... columns) {
        return rows().select(columns);
    }

    /** As {@code rows().groupBy(...)}. */
    public RowQuery<T> groupBy(Term... keys) {
        return rows().groupBy(keys);
    }

    /** As {@code rows().unwind(...)}. */
    public RowQuery<T> unwind(Term list) {
        return rows().unwind(list);
    }

    /** As {@code rows().join(...)}. */
    public RowQuery<T> join(Term relation) {
        return rows().join(relation);
    }

    /** As {@code rows().join(...)}, under another name. */
    public RowQuery<T> join(Term relation, String name) {
        return rows().join(relation, name);
    }

    /** As {@code rows().leftJoin(...)}. */
    public RowQuery<T> leftJoin(Term relation) {
        return rows().leftJoin(relation);
    }

    /** As {@code rows().leftJoin(...)}, under another name. */
    public RowQuery<T> leftJoin(Term relation, String name) {
        return rows().leftJoin(relation, name);
    }

    /** Values by Java name, of the chosen fields or all, in plain maps. */
    public List<Map<String, @Nullable Object>> values() {
        List<String> names = fields.isEmpty() ? codec.names() : fields;
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        for (State row : chosen(names)) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                map.put(names.get(i), row.at(i));
            }
            all.add(map);
        }
        return all;
    }

    /**
     * Each as a record of its own, whose components are named as members of the class: the others are not read. For values of one
     * member, {@code select(field(Book::id)).into(String.class)}.
     */
    public <R> List<R> into(Class<R> type) {
        Projection<R> projection = Projection.of(type);
        List<String> names = projection.names();
        if (names.isEmpty()) {
            throw Problem.REQUEST_INVALID
                    .because("%s is a value, and has no members to read", type.getSimpleName())
                    .hint("name one field by select(...) before into(...)")
                    .fault();
        }
        return projection.all(chosen(names));
    }

    private List<State> chosen(List<String> names) {
        Selectable[] columns =
                names.stream().map(name -> Term.of(name).as(name)).toArray(Selectable[]::new);
        return rows().select(columns).list();
    }

    // ---- writing by condition

    /**
     * Changes all of them in the store, in one statement; objects of the session that are changed by it are read anew. Guarded by the
     * condition alone; a version is counted up. What is changed are fields of these objects, not of others that they lead to.
     *
     * @return how many there were
     */
    public long update(Change... changes) {
        requireUncut("updated");
        List<Change> stored = new ArrayList<>();
        for (Change change : changes) {
            stored.add(own(change));
        }
        codec.kind().version().ifPresent(version -> {
            if (!stored.isEmpty()
                    && stored.stream().noneMatch(change -> change.path().field().equals(version))) {
                stored.add(new Change.Increment(Path.of(version), 1L));
            }
        });
        return runner.write(
                        codec.kind(),
                        Changeset.of(new Changeset.UpdateWhere(codec.kind(), selection.condition(), stored)))
                .matched();
    }

    /** A change in stored names, of a field of the objects themselves. */
    private Change own(Change change) {
        Change stored = codec.stored(change);
        for (Relation relation : codec.relations()) {
            boolean behind = change.path().field().equals(relation.name())
                    && stored.path().nested();
            if (behind || (relation instanceof Relation.ToMany && change.path().equals(Path.of(relation.name())))) {
                throw Problem.REQUEST_INVALID
                        .because("%s is a field of other objects, which are not changed by this query", change.path())
                        .hint("query " + relation.target().getSimpleName() + " and update that")
                        .fault();
            }
        }
        return stored;
    }

    /**
     * Deletes all of them in the store, in one statement; what refers to them is up to the store's own rules.
     *
     * @return how many there were
     */
    public long delete() {
        requireUncut("deleted");
        return runner.write(codec.kind(), Changeset.of(new Changeset.DeleteWhere(codec.kind(), selection.condition())))
                .deleted();
    }

    private void requireUncut(String what) {
        if (selection.limit() >= 0 || selection.offset() > 0) {
            throw Problem.REQUEST_INVALID
                    .because("objects are %s by condition alone, not by limit or offset", what)
                    .hint("query them, and change them one by one")
                    .fault();
        }
    }

    // ---- what it would do

    /** The native text, values left out; what the store runs. */
    public String toSql() {
        return String.join(";\n", runner.store().render(selection));
    }

    /** How the store would find them. */
    public Explanation plan() {
        return runner.store().explain(selection);
    }

    /** The selection in stored names. */
    public Selection selection() {
        return selection;
    }

    /** The query in words. */
    @Override
    public String toString() {
        return selection.toString();
    }
}
