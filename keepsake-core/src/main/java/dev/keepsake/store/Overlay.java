package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Change;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Buffered writes before a transaction whose store takes them in one request. It keeps every entry until commit, and shows
 * its own writes to its own reads: a selection asks the store for as many more as the buffer holds, drops what the buffer
 * has too, adds what of the buffer satisfies the condition, sorts, and cuts.
 *
 * <p>A write by id is taken as matched; the truth comes as a Conflict at commit. An update or delete by condition finds
 * its objects at once and becomes guarded writes by id. Figures over a kind with buffered writes are refused.
 */
final class Overlay implements Transaction {
    private final Transaction transaction;
    private final Features features;
    /** By kind and id, in the order in which they were first written. */
    private Map<String, Map<Object, Held>> held = new HashMap<>();

    private final Map<Mark, Overlay> marks = new LinkedHashMap<>();

    /** An object as it will be, null where it will be gone, and the one write that makes it so. */
    private record Held(@Nullable State state, Changeset.Entry entry) {}

    Overlay(Transaction transaction, Features features) {
        this.transaction = transaction;
        this.features = features;
    }

    /** What crosses from kind to kind is answered by the store, which does not have what waits here. */
    private void requireNothingWaits(Set<String> kinds, String what) {
        for (String kind : kinds) {
            if (!held.getOrDefault(kind, Map.of()).isEmpty()) {
                throw Problem.PENDING_WRITES
                        .because("%s kind %s cannot be computed while writes to it wait for commit", what, kind)
                        .hint("commit first, or query the objects of each kind alone")
                        .fault();
            }
        }
    }

    @Override
    public Cursor rows(Rows rows) {
        requireNothingWaits(rows.source().kinds(), "rows of");
        return transaction.rows(rows);
    }

    @Override
    public Cursor find(Selection selection) {
        if (selection.crosses()) {
            requireNothingWaits(selection.kinds(), "a query through");
        }
        Map<Object, Held> buffered = held.getOrDefault(selection.kind().name(), Map.of());
        if (buffered.isEmpty()) {
            return transaction.find(selection);
        }
        Kind kind = selection.kind();
        Selection wider = Selection.of(kind).where(selection.condition()).orderBy(selection.order());
        if (selection.limit() >= 0) {
            wider = wider.limit(selection.offset() + selection.limit() + buffered.size());
        }
        if (selection.scanLimit() >= 0) {
            wider = wider.scanning(selection.scanLimit());
        }
        List<State> merged = new ArrayList<>();
        long scanned;
        try (Cursor cursor = transaction.find(wider)) {
            while (cursor.next()) {
                Object id = kind.idOf(cursor.state());
                if (id == null || !buffered.containsKey(id)) {
                    merged.add(cursor.state().keep());
                }
            }
            scanned = cursor.scanned();
        }
        for (Held each : buffered.values()) {
            if (each.state != null && selection.test(each.state)) {
                merged.add(each.state);
            }
        }
        merged.sort(selection::compare);
        List<State> cut = merged.stream()
                .skip(selection.offset())
                .limit(selection.limit() < 0 ? Long.MAX_VALUE : selection.limit())
                .map(selection::project)
                .toList();
        Cursor found = Cursor.of(selection.shape(), cut);
        return scanned < 0 ? found : Cursor.scanning(found, () -> scanned);
    }

    @Override
    public Cursor aggregate(Aggregation aggregation) {
        requireNothingWaits(aggregation.source().kinds(), "figures over");
        return transaction.aggregate(aggregation);
    }

    @Override
    public Cursor decode(Kind kind, Object nativeRows) {
        return transaction.decode(kind, nativeRows);
    }

    @Override
    public Schema inspect() {
        return transaction.inspect();
    }

    @Override
    public WriteResult write(Changeset changes) {
        List<WriteResult> results = new ArrayList<>(changes.entries().size());
        for (Changeset.Entry entry : changes.entries()) {
            results.add(buffer(entry));
        }
        return WriteResult.sum(results);
    }

    private WriteResult buffer(Changeset.Entry entry) {
        return switch (entry) {
            case Changeset.Insert insert -> {
                Object id = insert.kind().idOf(insert.state());
                Held there = id == null ? null : of(insert.kind()).get(id);
                if (there != null && there.state != null) {
                    throw Problem.UNIQUE_VIOLATION
                            .because(
                                    "an object %s of kind %s is already there",
                                    Report.quote(id), insert.kind().name())
                            .fact("kind", insert.kind().name())
                            .fact("rule", String.join(", ", insert.kind().id()))
                            .fault();
                }
                hold(insert, id == null ? new Object() : id, insert.state());
                yield new WriteResult(id == null ? List.of() : List.of(id), 1, 0, 0, 0);
            }
            case Changeset.Put put -> {
                hold(put, put.kind().requireIdOf(put.state()), put.state());
                yield new WriteResult(List.of(), 0, 1, 1, 0);
            }
            case Changeset.Update update -> {
                Object id = update.kind().requireIdOf(update.state());
                Held there = of(update.kind()).get(id);
                if (there != null) {
                    Stale.check(update.kind(), id, there.state, update.guard().cut(update.kind()));
                }
                State kept = there != null && there.state != null
                        ? MemoryTable.changed(there.state, update.state(), update.changed())
                        : update.state();
                hold(update, id, kept);
                yield new WriteResult(List.of(), 0, 1, 1, 0);
            }
            case Changeset.Delete delete -> {
                Held there = of(delete.kind()).get(delete.id());
                if (there != null) {
                    Stale.check(
                            delete.kind(),
                            delete.id(),
                            there.state,
                            delete.guard().cut(delete.kind()));
                }
                hold(delete, delete.id(), null);
                yield new WriteResult(List.of(), 0, 0, 0, 1);
            }
            case Changeset.UpdateWhere update -> updateWhere(update);
            case Changeset.DeleteWhere delete -> deleteWhere(delete);
        };
    }

    /** Guarded by what it changes and by what its condition read, so that it still applies at commit. */
    private WriteResult updateWhere(Changeset.UpdateWhere update) {
        Kind kind = update.kind();
        List<State> found = find(Selection.of(kind).where(update.where())).list();
        Set<String> changed = new LinkedHashSet<>();
        update.changes().forEach(change -> changed.add(change.path().field()));
        Set<String> guarded = new LinkedHashSet<>(changed);
        update.where().paths().forEach(path -> guarded.add(path.field()));
        for (State state : found) {
            State after = state;
            for (Change change : update.changes()) {
                after = MemoryTable.changed(kind, after, change);
            }
            buffer(new Changeset.Update(kind, after, List.copyOf(changed), Guard.of(state, guarded)));
        }
        return new WriteResult(List.of(), 0, found.size(), found.size(), 0);
    }

    private WriteResult deleteWhere(Changeset.DeleteWhere delete) {
        Kind kind = delete.kind();
        List<State> found = find(Selection.of(kind).where(delete.where())).list();
        for (State state : found) {
            buffer(new Changeset.Delete(kind, kind.requireIdOf(state), Guard.of(state, fields(kind))));
        }
        return new WriteResult(List.of(), 0, 0, 0, found.size());
    }

    /** All fields of a kind, and those that the State has beyond. */
    private static List<String> fields(Kind kind, State state) {
        List<String> fields = new ArrayList<>(fields(kind));
        fields.addAll(state.extra().keySet());
        return fields;
    }

    private static List<String> fields(Kind kind) {
        return kind.shape().slots().stream().map(Shape.Slot::name).toList();
    }

    private Map<Object, Held> of(Kind kind) {
        return held.computeIfAbsent(kind.name(), name -> new LinkedHashMap<>());
    }

    private void hold(Changeset.Entry entry, Object id, @Nullable State state) {
        Held before = of(entry.kind()).get(id);
        Changeset.Entry joined = before == null ? entry : joined(before.entry, entry, state);
        if (joined == null) {
            of(entry.kind()).remove(id);
        } else {
            of(entry.kind()).put(id, new Held(state, joined));
        }
    }

    /**
     * Two writes of one object as the one that does both, guarded as both were, since a store checks all guards before it
     * writes; null where nothing is left to do.
     */
    private static Changeset.@Nullable Entry joined(
            Changeset.Entry first, Changeset.Entry second, @Nullable State state) {
        Kind kind = first.kind();
        if (state == null) {
            return switch (first) {
                case Changeset.Insert insert -> null;
                case Changeset.Update update ->
                    new Changeset.Delete(
                            kind,
                            kind.requireIdOf(update.state()),
                            update.guard().then(guard(second), update.changed()));
                case Changeset.Put put ->
                    new Changeset.DeleteWhere(kind, Selection.identity(kind, kind.requireIdOf(put.state())));
                default -> second;
            };
        }
        return switch (first) {
            case Changeset.Insert insert -> new Changeset.Insert(kind, state);
            case Changeset.Put put -> new Changeset.Put(kind, state);
            case Changeset.DeleteWhere delete -> new Changeset.Put(kind, state);
            case Changeset.Delete delete -> new Changeset.Update(kind, state, fields(kind, state), delete.guard());
            case Changeset.Update update -> {
                Set<String> changed = new LinkedHashSet<>(update.changed());
                changed.addAll(second instanceof Changeset.Update again ? again.changed() : fields(kind, state));
                yield new Changeset.Update(
                        kind, state, List.copyOf(changed), update.guard().then(guard(second), update.changed()));
            }
            case Changeset.UpdateWhere update -> second;
        };
    }

    private static Guard guard(Changeset.Entry entry) {
        return switch (entry) {
            case Changeset.Update update -> update.guard();
            case Changeset.Delete delete -> delete.guard();
            default -> Guard.EXISTS;
        };
    }

    @Override
    public void alter(List<Alteration> steps) {
        transaction.alter(steps);
    }

    @Override
    public Mark mark() {
        Mark mark = new Mark("buffer");
        marks.put(mark, copy());
        return mark;
    }

    private Overlay copy() {
        Overlay copy = new Overlay(transaction, features);
        held.forEach((kind, objects) -> copy.held.put(kind, new LinkedHashMap<>(objects)));
        return copy;
    }

    @Override
    public void rollbackTo(Mark mark) {
        Overlay saved = Objects.requireNonNull(marks.get(mark));
        held = saved.copy().held;
        List<Mark> order = new ArrayList<>(marks.keySet());
        order.subList(order.indexOf(mark) + 1, order.size()).forEach(marks::remove);
    }

    @Override
    public void release(Mark mark) {
        List<Mark> order = new ArrayList<>(marks.keySet());
        order.subList(order.indexOf(mark), order.size()).forEach(marks::remove);
    }

    @Override
    public void commit() {
        features.requireCommit(held.values().stream().mapToInt(Map::size).sum());
        List<Changeset.Entry> entries = new ArrayList<>();
        held.values().forEach(objects -> objects.values().forEach(each -> entries.add(each.entry)));
        if (!entries.isEmpty()) {
            transaction.write(new Changeset(entries));
        }
        transaction.commit();
    }

    @Override
    public void rollback() {
        transaction.rollback();
    }

    @Override
    public <T> T unwrap(Class<T> nativeType) {
        return transaction.unwrap(nativeType);
    }

    @Override
    public void close() {
        transaction.close();
    }
}
