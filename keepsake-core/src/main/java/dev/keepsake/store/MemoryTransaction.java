package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Change;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Misnamed;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A transaction in memory: a snapshot to read, copies of tables to write. */
final class MemoryTransaction implements Transaction {
    private final MemoryStore store;
    private final TransactionOptions options;
    private final Features features;
    private final Map<Mark, Saved> marks = new LinkedHashMap<>();
    private @Nullable Map<String, MemoryTable> snapshot;
    private Map<String, MemoryTable> tables = new LinkedHashMap<>();
    private Map<String, Set<Object>> touched = new HashMap<>();
    /** The kinds that a serializable transaction has seen. */
    private final Set<String> seen = new HashSet<>();

    private boolean altered;
    private boolean writing;

    private record Saved(Map<String, MemoryTable> tables, Map<String, Set<Object>> touched, boolean altered) {}

    MemoryTransaction(MemoryStore store, TransactionOptions options) {
        this.store = store;
        this.options = options;
        this.features = store.features();
    }

    private void start() {
        if (snapshot == null) {
            if (!options.readOnly() && features.writers() == Features.Writers.ONE) {
                takeTurn();
            }
            snapshot = store.committed();
            tables = new LinkedHashMap<>(snapshot);
        } else if (features.reads() == Features.Reads.LATEST && touched.isEmpty() && !altered) {
            snapshot = store.committed();
            tables = new LinkedHashMap<>(snapshot);
        }
    }

    private void takeTurn() {
        try {
            writing = store.writer().tryAcquire(options.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!writing) {
            throw Problem.STORE_BUSY
                    .because(
                            "another transaction is writing, for longer than %d ms",
                            options.patience().toMillis())
                    .store(store.info())
                    .hint("try again, or wait longer")
                    .fault();
        }
    }

    // ---- reading

    @Override
    public Cursor find(Selection selection) {
        start();
        MemoryTable table = table(selection.kind().name());
        if (table == null) {
            return Cursor.of(selection.shape(), List.of());
        }
        int size = table.states().size();
        boolean scans = selection.scanLimit() >= 0
                && features.scans() == Features.Scans.LIMITED
                && !Indexing.answers(selection);
        if (scans && size > selection.scanLimit()) {
            throw ScanRefusal.tooMany(selection, size, null)
                    .hint(Indexing.advice(selection) + ", or raise the limit")
                    .fault();
        }
        MemoryLinks links = links();
        Predicate<State> condition = links.ready(selection.condition());
        List<State> found = new ArrayList<>();
        boolean locks = selection.lock() != Selection.Lock.NONE && features.locks() == Features.Locks.ROWS;
        for (Object id : table.ids()) {
            State state = Objects.requireNonNull(table.get(id));
            if (condition.test(state)) {
                found.add(MemoryTable.reshaped(state, selection.kind().shape(), features));
                if (locks) {
                    touch(table, id); // whoever writes it first, the other conflicts
                }
            }
        }
        if (!selection.order().isEmpty()) {
            found.sort(links.comparator(selection));
        }
        List<State> cut = found.stream()
                .skip(selection.offset())
                .limit(selection.limit() < 0 ? Long.MAX_VALUE : selection.limit())
                .map(selection::project)
                .toList();
        Cursor chosen = Cursor.of(selection.shape(), cut);
        return scans ? Cursor.scanning(chosen, () -> size) : chosen;
    }

    @Override
    public Cursor rows(Rows rows) {
        start();
        return Cursor.of(rows.result().shape(), rows.over(links().rows(rows.source())));
    }

    @Override
    public Cursor aggregate(Aggregation aggregation) {
        start();
        return Cursor.of(aggregation.result().shape(), aggregation.over(links().rows(aggregation.source())));
    }

    private MemoryLinks links() {
        return new MemoryLinks(kind -> {
            MemoryTable table = table(kind);
            return table == null ? List.of() : table.states();
        });
    }

    /** The table of a kind; null where it is missing and that means empty. */
    private @Nullable MemoryTable table(String kind) {
        see(kind);
        MemoryTable table = tables.get(kind);
        if (table == null && features.absentKinds() == Features.AbsentKinds.REFUSED) {
            throw Misnamed.noKind(kind, tables.keySet(), store.info())
                    .hintIf(tables.isEmpty(), "the store is empty: createAll() makes what the classes need")
                    .fault();
        }
        return table;
    }

    private void see(String kind) {
        if (options.isolation() == Isolation.SERIALIZABLE) {
            seen.add(kind);
        }
    }

    // ---- writing

    @Override
    public Cursor decode(Kind kind, Object nativeRows) {
        Iterable<?> rows = nativeRows instanceof Iterable<?> many ? many : List.of(nativeRows);
        List<State> states = new ArrayList<>();
        for (Object row : rows) {
            if (!(row instanceof State state)) {
                throw Problem.REQUEST_INVALID
                        .because("a %s is no row of this store", row.getClass().getName())
                        .store(store.info())
                        .hint("pass a State, or several")
                        .fault();
            }
            kind.shape().slots().forEach(slot -> {
                if (state.shape().position(slot.name()) < 0) {
                    throw Problem.REQUEST_INVALID
                            .because("the rows lack %s of kind %s", slot.name(), kind.name())
                            .store(store.info())
                            .fault();
                }
            });
            states.add(kind.shaped(state));
        }
        return Cursor.of(kind.shape(), states);
    }

    @Override
    public Schema inspect() {
        start();
        return Schema.of(tables.values().stream().map(MemoryTable::kind).toList());
    }

    @Override
    public WriteResult write(Changeset changes) {
        start();
        List<WriteResult> results = new ArrayList<>(changes.entries().size());
        for (Changeset.Entry entry : changes.entries()) {
            results.add(write(entry, copied(entry.kind())));
        }
        return WriteResult.sum(results);
    }

    private MemoryReferences references() {
        return new MemoryReferences(tables, features);
    }

    /** The table to write to: this transaction's copy, made when it is first needed. */
    private MemoryTable copied(Kind kind) {
        MemoryTable table = table(kind.name());
        MemoryTable before = snapshot().get(kind.name());
        if (table == null) {
            table = new MemoryTable(kind, features);
            tables.put(kind.name(), table);
        } else if (table == before) {
            table = MemoryTable.copy(table, table.kind());
            tables.put(kind.name(), table);
        }
        return table;
    }

    private Map<String, MemoryTable> snapshot() {
        return Objects.requireNonNull(snapshot, "started");
    }

    private WriteResult write(Changeset.Entry entry, MemoryTable table) {
        return switch (entry) {
            case Changeset.Insert insert -> {
                Object id = table.insert(insert.state(), store);
                references().requireTargets(table, id);
                touch(table, id);
                yield new WriteResult(table.kind().isBag() ? List.of() : List.of(id), 1, 0, 0, 0);
            }
            case Changeset.Put put -> put(table, put.state());
            case Changeset.Update update -> {
                Object id = table.kind().requireIdOf(update.state());
                State stored = table.get(id);
                Stale.check(table.kind(), id, stored, update.guard().cut(table.kind()));
                replace(
                        table,
                        id,
                        table.adapt(
                                MemoryTable.changed(Objects.requireNonNull(stored), update.state(), update.changed())));
                yield new WriteResult(List.of(), 0, 1, 1, 0);
            }
            case Changeset.Delete delete -> {
                Stale.check(
                        table.kind(),
                        delete.id(),
                        table.get(delete.id()),
                        delete.guard().cut(table.kind()));
                delete(table, delete.id());
                yield new WriteResult(List.of(), 0, 0, 0, 1);
            }
            case Changeset.UpdateWhere update -> updateWhere(table, update);
            case Changeset.DeleteWhere delete -> {
                List<Object> ids = matching(table, delete.where());
                deleteAll(table, ids);
                yield new WriteResult(List.of(), 0, 0, 0, ids.size());
            }
        };
    }

    private WriteResult put(MemoryTable table, State state) {
        Object id = table.kind().requireIdOf(state);
        boolean there = table.get(id) != null;
        if (there) {
            replace(table, id, table.adapt(state));
        } else {
            table.insert(state, store);
            references().requireTargets(table, id);
            touch(table, id);
        }
        return new WriteResult(List.of(), 0, 1, 1, 0);
    }

    private WriteResult updateWhere(MemoryTable table, Changeset.UpdateWhere update) {
        List<Object> ids = matching(table, update.where());
        long changedOnes = 0;
        for (Object id : ids) {
            State stored = Objects.requireNonNull(table.get(id));
            State changed = stored;
            for (Change change : update.changes()) {
                changed = MemoryTable.changed(table.kind(), changed, change);
            }
            changed = table.adapt(changed);
            if (!changed.equals(stored)) {
                changedOnes++;
                replace(table, id, changed);
            }
        }
        boolean counts = features.modified() == Features.Modified.CHANGED;
        return new WriteResult(List.of(), 0, ids.size(), counts ? changedOnes : ids.size(), 0);
    }

    private List<Object> matching(MemoryTable table, Condition where) {
        Predicate<State> condition = links().ready(where);
        return table.ids().stream()
                .filter(id -> condition.test(Objects.requireNonNull(table.get(id))))
                .toList();
    }

    private void replace(MemoryTable table, Object id, State state) {
        State before = Objects.requireNonNull(table.get(id));
        table.place(id, state);
        references().requireTargets(table, id);
        references().requireUnreferred(table, before, state);
        touch(table, id);
    }

    private void delete(MemoryTable table, Object id) {
        deleteAll(table, List.of(id));
    }

    /** Removes all first: those that refer to each other may go together. */
    private void deleteAll(MemoryTable table, List<Object> ids) {
        List<State> gone = new ArrayList<>();
        for (Object id : ids) {
            State before = table.get(id);
            if (before != null) {
                gone.add(before);
                table.remove(id);
                touch(table, id);
            }
        }
        for (State before : gone) {
            references().referring(table, before).forEach(referrer -> follow(referrer, before));
        }
    }

    private void touch(MemoryTable table, Object id) {
        touched.computeIfAbsent(table.kind().name(), name -> new HashSet<>()).add(id);
    }

    // ---- references

    private void follow(MemoryReferences.Referrer referrer, State deleted) {
        MemoryTable table = copied(referrer.table().kind());
        State state = table.get(referrer.id());
        if (state == null) {
            return;
        }
        switch (referrer.reference().onDelete()) {
            case REFUSE ->
                throw MemoryReferences.broken(
                                table,
                                referrer.reference(),
                                "still refers to "
                                        + MemoryReferences.values(
                                                deleted, referrer.reference().targets()))
                        .fault();
            case CASCADE -> delete(table, referrer.id());
            case NULLIFY -> {
                State nulled = state;
                for (String field : referrer.reference().fields()) {
                    nulled = nulled.with(field, null);
                }
                replace(table, referrer.id(), nulled);
            }
        }
    }

    // ---- alterations

    @Override
    public void alter(List<Alteration> steps) {
        start();
        if (features.alterations() == Features.AlterationScope.IMPLICIT_COMMIT) {
            publish();
        }
        if (features.alterations() == Features.AlterationScope.TRANSACTIONAL) {
            tables = MemoryAlterations.applied(tables, steps, features);
            altered = true;
        } else {
            Map<String, MemoryTable> after = store.publish(now -> MemoryAlterations.applied(now, steps, features));
            if (touched.isEmpty()) {
                snapshot = after;
                tables = new LinkedHashMap<>(after);
            } else {
                tables = MemoryAlterations.applied(tables, steps, features);
            }
        }
    }

    // ---- ending

    @Override
    public Mark mark() {
        start();
        Mark mark = new Mark("snapshot");
        marks.put(mark, new Saved(copyTables(), copyTouched(), altered));
        return mark;
    }

    private Map<String, MemoryTable> copyTables() {
        Map<String, MemoryTable> copies = new LinkedHashMap<>();
        tables.forEach((name, table) ->
                copies.put(name, table == snapshot().get(name) ? table : MemoryTable.copy(table, table.kind())));
        return copies;
    }

    private Map<String, Set<Object>> copyTouched() {
        Map<String, Set<Object>> copies = new HashMap<>();
        touched.forEach((kind, ids) -> copies.put(kind, new HashSet<>(ids)));
        return copies;
    }

    @Override
    public void rollbackTo(Mark mark) {
        Saved saved = Objects.requireNonNull(marks.get(mark));
        tables = saved.tables;
        touched = saved.touched;
        altered = saved.altered;
        List<Mark> order = new ArrayList<>(marks.keySet());
        order.subList(order.indexOf(mark), order.size()).forEach(marks::remove);
        marks.put(mark, new Saved(copyTables(), copyTouched(), altered));
    }

    @Override
    public void release(Mark mark) {
        List<Mark> order = new ArrayList<>(marks.keySet());
        order.subList(order.indexOf(mark), order.size()).forEach(marks::remove);
    }

    @Override
    public void commit() {
        try {
            publish();
        } finally {
            end();
        }
    }

    private void publish() {
        if (snapshot != null && (altered || !touched.isEmpty())) {
            Map<String, MemoryTable> after = store.publish(now -> now == snapshot ? tables : merged(now));
            snapshot = after;
            tables = new LinkedHashMap<>(after);
            touched = new HashMap<>();
            seen.clear();
            altered = false;
        }
    }

    /** What others committed since, with the objects of this transaction. */
    private Map<String, MemoryTable> merged(Map<String, MemoryTable> now) {
        if (altered) {
            throw conflict("the schema").fault();
        }
        for (String kind : seen) {
            if (now.get(kind) != snapshot().get(kind)) {
                throw conflict("kind " + kind).fault();
            }
        }
        Map<String, MemoryTable> merged = new LinkedHashMap<>(now);
        touched.forEach((name, ids) -> {
            MemoryTable theirs = now.get(name);
            MemoryTable before = snapshot().get(name);
            MemoryTable mine = Objects.requireNonNull(tables.get(name));
            if (theirs == before) {
                merged.put(name, mine);
                return;
            }
            if (theirs == null || (before != null && theirs.kind() != before.kind())) {
                throw conflict("the schema").fault();
            }
            MemoryTable both = MemoryTable.copy(theirs, theirs.kind());
            for (Object id : ids) {
                State was = before == null ? null : before.get(id);
                if (both.get(id) != was) {
                    throw conflict(name + " " + MemoryTable.shown(id)).fault();
                }
                both.remove(id);
            }
            for (Object id : ids) {
                State state = mine.get(id);
                if (state != null) {
                    both.place(id, state);
                }
            }
            merged.put(name, both);
        });
        requireMergedReferences(merged);
        return merged;
    }

    /** Another transaction may have deleted what this one began to refer to, or begun to refer to what it deleted. */
    private void requireMergedReferences(Map<String, MemoryTable> merged) {
        MemoryReferences both = new MemoryReferences(merged, features);
        touched.forEach((name, ids) -> {
            MemoryTable table = Objects.requireNonNull(merged.get(name));
            MemoryTable before = snapshot().get(name);
            for (Object id : ids) {
                State was = before == null ? null : before.get(id);
                if (table.get(id) != null) {
                    both.requireTargets(table, id);
                } else if (was != null && !both.referring(table, was).isEmpty()) {
                    throw conflict(name + " " + MemoryTable.shown(id)).fault();
                }
            }
        });
    }

    private Report conflict(String what) {
        return Problem.TRANSACTION_CONFLICT
                .because("another transaction changed %s first", what)
                .store(store.info())
                .hint("run the transaction again");
    }

    @Override
    public void rollback() {
        end();
    }

    private void end() {
        snapshot = Map.of();
        tables = new LinkedHashMap<>();
        touched = new HashMap<>();
        altered = false;
        if (writing) {
            writing = false;
            store.writer().release();
        }
    }

    @Override
    public <T> T unwrap(Class<T> nativeType) {
        if (nativeType == Object.class) {
            return nativeType.cast(this);
        }
        return store.unwrap(nativeType);
    }

    @Override
    public void close() {
        end();
    }
}
