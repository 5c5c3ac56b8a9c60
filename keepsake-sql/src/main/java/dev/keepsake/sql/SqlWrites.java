package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Change;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.store.Stale;
import dev.keepsake.store.WriteResult;
import java.sql.BatchUpdateException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Changesets as SQL: a few fixed shapes. Entries that follow each other with the same text are one batch; each has a count
 * of its own, so that a guard that does not hold is found with its object.
 */
final class SqlWrites {
    private static final int BATCH = 1_000;
    private static final int COPIED = 5_000;
    private static final String BEFORE = "keepsake_batch";
    private static final String VALUES = " VALUES ";
    /** How many rows whose ids the database makes are inserted by one statement: one of three sizes, so that few are prepared. */
    private static final int TOGETHER = 128;

    private static final int FEW = 8;

    private final SqlStore store;
    private final SqlConnection connection;
    private final Dialect dialect;
    private final SqlQueries.Bounds bounds;
    private final List<Object> ids = new ArrayList<>();
    private long inserted;
    private long matched;
    private long deleted;

    private final List<Pending> batch = new ArrayList<>();
    private @Nullable Form last;
    /** Objects to be put that are not there. */
    private final List<Pending> absent = new ArrayList<>();

    private final Map<Kind, Long> greatest = new LinkedHashMap<>();

    /**
     * What entries that are alike have in common: their statement, and the fields that are bound for each, in order.
     *
     * @param verb the class of the entries
     * @param fields those that are written
     * @param there of which positions of the shape something is written
     * @param guard the names of the guarded ones; the database compares only some of them
     * @param guarded those that the database compares
     * @param updates whether it is an update that stands for a put, and hits nothing where the object is not there
     */
    private record Form(
            Class<? extends Changeset.Entry> verb,
            Bound bound,
            Shape shape,
            List<String> fields,
            BitSet there,
            Set<String> guard,
            List<String> guarded,
            String sql,
            boolean updates) {
        boolean isOf(Changeset.Entry entry, Bound of) {
            return verb == entry.getClass() && bound == of;
        }
    }

    /** What a statement was written for. */
    private record Wording(Class<?> verb, List<String> fields, List<String> guarded) {}

    /** One row of a batch: its entry, and its parameters. */
    private record Pending(Changeset.Entry entry, Form form, List<@Nullable Object> binds) {}

    SqlWrites(SqlStore store, SqlConnection connection) {
        this.store = store;
        this.connection = connection;
        this.dialect = store.dialect();
        this.bounds = kind -> store.boundOrMade(kind, connection);
    }

    WriteResult write(Changeset changes) {
        Kind kind = null;
        Bound bound = null;
        for (Changeset.Entry entry : changes.entries()) {
            if (bound == null || entry.kind() != kind) {
                kind = entry.kind();
                bound = store.bound(kind, connection);
            }
            switch (entry) {
                case Changeset.Insert insert -> insert(insert, bound);
                case Changeset.Put put -> put(put, bound);
                case Changeset.Update update -> update(update, bound);
                case Changeset.Delete delete -> delete(delete, bound);
                case Changeset.UpdateWhere update -> updateWhere(update, bound);
                case Changeset.DeleteWhere delete -> deleteWhere(delete, bound);
            }
        }
        flush();
        advance();
        return new WriteResult(ids, inserted, matched, matched, deleted);
    }

    /** The statements of a changeset, values left out. */
    static List<String> render(SqlStore store, SqlConnection connection, Changeset changes) {
        SqlWrites writes = new SqlWrites(store, connection);
        List<String> statements = new ArrayList<>();
        for (Changeset.Entry entry : changes.entries()) {
            Bound bound = store.boundOrMade(entry.kind(), connection);
            statements.add(
                    switch (entry) {
                        case Changeset.Insert insert ->
                            writes.insertText(insert.kind(), present(insert.state(), bound));
                        case Changeset.Put put -> writes.putText(put.kind(), bound);
                        case Changeset.Update update ->
                            writes.updateText(bound, update.changed(), writes.nativeGuard(update.guard(), bound));
                        case Changeset.Delete delete ->
                            writes.deleteText(bound, writes.nativeGuard(delete.guard(), bound));
                        case Changeset.UpdateWhere update ->
                            (writes.isNative(update, bound)
                                            ? writes.updateWhereText(update, bound)
                                            : writes.rewriteText(update, bound))
                                    .text();
                        case Changeset.DeleteWhere delete ->
                            writes.deleteWhereText(delete, bound).text();
                    });
        }
        return statements.stream().distinct().toList();
    }

    // ---- the shapes

    private String insertText(Kind kind, List<String> fields) {
        return insert(kind, fields).done().text();
    }

    private SqlWriter insert(Kind kind, List<String> fields) {
        SqlWriter out = new SqlWriter(dialect).sql("INSERT INTO ").table(kind.name());
        if (fields.isEmpty()) {
            return out.sql(dialect.noValues());
        }
        out.sql(" (").names(fields).sql(")" + dialect.overriding(kind) + VALUES + "(");
        return out.each(fields, ", ", field -> out.sql("?")).sql(")");
    }

    /** An update, where the database's own way to replace an object could hit another. */
    private String putText(Kind kind, Bound bound) {
        if (!dialect.upserts(bound.there())) {
            return updateText(bound, replaced(bound), List.of());
        }
        SqlWriter out = insert(kind, writable(bound)).sql(dialect.replacing(kind));
        out.each(replaced(bound), ", ", field -> out.name(field).sql(" = " + dialect.proposed(field)));
        return out.done().text();
    }

    private String updateText(Bound bound, List<String> changed, List<String> guarded) {
        SqlWriter out =
                new SqlWriter(dialect).sql("UPDATE ").table(bound.kind().name()).sql(" SET ");
        out.each(changed, ", ", field -> dialect.assign(out.name(field).sql(" = "), field, bound.column(field)));
        return identified(out, bound, guarded);
    }

    private String deleteText(Bound bound, List<String> guarded) {
        return identified(
                new SqlWriter(dialect).sql("DELETE FROM ").table(bound.kind().name()), bound, guarded);
    }

    private String identified(SqlWriter out, Bound bound, List<String> guarded) {
        out.sql(" WHERE ")
                .each(bound.kind().id(), " AND ", part -> out.name(part).sql(" = ?"));
        for (String field : guarded) {
            dialect.guard(out.sql(" AND "), field, bound.column(field));
        }
        return out.done().text();
    }

    private SqlWriter.Statement updateWhereText(Changeset.UpdateWhere update, Bound bound) {
        SqlWriter out = new SqlWriter(dialect)
                .sql("UPDATE ")
                .table(update.kind().name())
                .sql(" SET ");
        out.each(changes(update).entrySet(), ", ", changes -> {
            out.name(changes.getKey()).sql(" = ");
            change(out, changes.getKey(), changes.getValue(), bound);
        });
        store.queries().where(out, update.where(), bound, bounds);
        return out.done();
    }

    private void change(SqlWriter out, String field, List<Change> changes, Bound bound) {
        try {
            dialect.change(out, changes, bound.column(field));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw Problem.VALUE_REFUSED
                    .because(
                            "%s of kind %s cannot keep what it is set to",
                            field, bound.kind().name())
                    .at(bound.kind().name() + " $." + field)
                    .fact("reason", e.getMessage())
                    .cause(e)
                    .fault();
        }
    }

    private SqlWriter.Statement deleteWhereText(Changeset.DeleteWhere delete, Bound bound) {
        SqlWriter out =
                new SqlWriter(dialect).sql("DELETE FROM ").table(delete.kind().name());
        store.queries().where(out, delete.where(), bound, bounds);
        return out.done();
    }

    // ---- what is bound

    private Form formed(
            Changeset.Entry entry,
            Bound bound,
            Shape shape,
            List<String> fields,
            Guard guard,
            boolean updates,
            Function<List<String>, String> text) {
        List<String> guarded = nativeGuard(guard, bound);
        String sql = bound.text(new Wording(entry.getClass(), fields, guarded), () -> text.apply(guarded));
        Set<String> named = Set.copyOf(guard.expected().keySet());
        BitSet there = new BitSet(shape.size());
        fields.forEach(field -> {
            if (shape.position(field) >= 0) {
                there.set(shape.position(field));
            }
        });
        Form form = new Form(entry.getClass(), bound, shape, fields, there, named, guarded, sql, updates);
        last = form;
        return form;
    }

    private Form form(Changeset.Insert insert, Bound bound) {
        State state = insert.state();
        Form form = last;
        if (form != null && form.isOf(insert, bound) && form.shape == state.shape() && isAlike(form, state)) {
            return form;
        }
        List<String> fields = present(state, bound);
        return formed(
                insert, bound, state.shape(), fields, Guard.EXISTS, false, none -> insertText(insert.kind(), fields));
    }

    private Form form(Changeset.Put put, Bound bound) {
        Form form = last;
        if (form != null && form.isOf(put, bound)) {
            return form;
        }
        boolean updates = !dialect.upserts(bound.there());
        List<String> fields = updates ? replaced(bound) : writable(bound);
        return formed(
                put, bound, put.kind().shape(), fields, Guard.EXISTS, updates, none -> putText(put.kind(), bound));
    }

    private Form form(Changeset.Update update, Bound bound) {
        Form form = last;
        Set<String> guard = update.guard().expected().keySet();
        if (form != null
                && form.isOf(update, bound)
                && form.fields.equals(update.changed())
                && form.guard.equals(guard)) {
            return form;
        }
        List<String> fields = List.copyOf(update.changed());
        return formed(
                update,
                bound,
                update.kind().shape(),
                fields,
                update.guard(),
                false,
                guarded -> updateText(bound, fields, guarded));
    }

    private Form form(Changeset.Delete delete, Bound bound) {
        Form form = last;
        Set<String> guard = delete.guard().expected().keySet();
        if (form != null && form.isOf(delete, bound) && form.guard.equals(guard)) {
            return form;
        }
        return formed(
                delete,
                bound,
                delete.kind().shape(),
                List.of(),
                delete.guard(),
                false,
                guarded -> deleteText(bound, guarded));
    }

    /** What puts become that found nothing to update; puts that follow are updates again, so it is not {@link #last}. */
    private Form inserting(Bound bound) {
        List<String> fields = writable(bound);
        String sql = insertText(bound.kind(), fields);
        return new Form(
                Changeset.Put.class,
                bound,
                bound.kind().shape(),
                fields,
                new BitSet(),
                Set.of(),
                List.of(),
                sql,
                false);
    }

    /** Whether the same fields of a State are there to be inserted. */
    private static boolean isAlike(Form form, State state) {
        for (int i = 0; i < state.shape().size(); i++) {
            if (form.there.get(i) != isInserted(state, i, form.bound)) {
                return false;
            }
        }
        return true;
    }

    /** An id that is missing is left out, since the database makes it. */
    private static boolean isInserted(State state, int position, Bound bound) {
        return state.has(position)
                && !(state.isNull(position)
                        && bound.kind().id().contains(state.shape().name(position)));
    }

    private static List<String> present(State state, Bound bound) {
        List<String> present = new ArrayList<>();
        bound.columns().forEach((field, column) -> {
            int position = state.shape().position(field);
            if (position >= 0 && column.writable() && isInserted(state, position, bound)) {
                present.add(field);
            }
        });
        return List.copyOf(present);
    }

    private static List<String> writable(Bound bound) {
        return bound.columns().entrySet().stream()
                .filter(column -> column.getValue().writable())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** What a put sets of an object that is there: all but the id, or the id where there is nothing else. */
    private static List<String> replaced(Bound bound) {
        List<String> others = writable(bound).stream()
                .filter(field -> !bound.kind().id().contains(field))
                .toList();
        return others.isEmpty() ? bound.kind().id() : others;
    }

    /** The guarded fields that the database can compare itself. */
    private List<String> nativeGuard(Guard guard, Bound bound) {
        return guard.expected().keySet().stream()
                .filter(field -> bound.column(field).exact())
                .toList();
    }

    private static @Nullable Object value(Bound bound, String field, @Nullable Object value) {
        return SqlStates.encoded(bound.column(field), value, bound.kind().name(), field);
    }

    /** The values of the fields that are written, then the id, then what is guarded. */
    private static List<@Nullable Object> binds(Form form, @Nullable State state, @Nullable Object id, Guard guard) {
        List<@Nullable Object> binds = new ArrayList<>(form.fields.size() + form.guarded.size() + 1);
        if (state != null) {
            for (String field : form.fields) {
                binds.add(value(form.bound, field, state.get(field)));
            }
        }
        if (id != null) {
            Kind kind = form.bound.kind();
            kind.id().forEach(part -> binds.add(value(form.bound, part, kind.partOf(id, part))));
        }
        for (String field : form.guarded) {
            binds.add(value(form.bound, field, guard.expected().get(field)));
        }
        return binds;
    }

    // ---- entries

    private void insert(Changeset.Insert insert, Bound bound) {
        Form form = form(insert, bound);
        add(new Pending(insert, form, binds(form, insert.state(), null, Guard.EXISTS)));
    }

    private void put(Changeset.Put put, Bound bound) {
        Form form = form(put, bound);
        Object id = form.updates ? put.kind().requireIdOf(put.state()) : null;
        add(new Pending(put, form, binds(form, put.state(), id, Guard.EXISTS)));
    }

    private void update(Changeset.Update update, Bound bound) {
        Object id = update.kind().requireIdOf(update.state());
        checkForeign(update.kind(), id, update.guard(), bound);
        if (update.changed().isEmpty()) {
            flush();
            Stale.check(update.kind(), id, stored(update.kind(), id), update.guard());
            matched++;
            return;
        }
        Form form = form(update, bound);
        add(new Pending(update, form, binds(form, update.state(), id, update.guard())));
    }

    private void delete(Changeset.Delete delete, Bound bound) {
        checkForeign(delete.kind(), delete.id(), delete.guard(), bound);
        Form form = form(delete, bound);
        add(new Pending(delete, form, binds(form, null, delete.id(), delete.guard())));
    }

    /** What the database would compare by other rules is read and compared here; the transaction holds the row. */
    private void checkForeign(Kind kind, Object id, Guard guard, Bound bound) {
        for (String field : guard.expected().keySet()) {
            if (!bound.column(field).exact()) {
                flush();
                Stale.check(kind, id, stored(kind, id), guard);
                return;
            }
        }
    }

    private void updateWhere(Changeset.UpdateWhere update, Bound bound) {
        flush();
        if (isNative(update, bound)) {
            matched += count(updateWhereText(update, bound), update);
        } else {
            rewrite(update, bound);
        }
    }

    /** Whether the database itself can make all changes as they are meant. */
    private boolean isNative(Changeset.UpdateWhere update, Bound bound) {
        return changes(update).entrySet().stream()
                .allMatch(each -> dialect.changes(each.getValue(), bound.column(each.getKey())));
    }

    private static Map<String, List<Change>> changes(Changeset.UpdateWhere update) {
        Map<String, List<Change>> byField = new LinkedHashMap<>();
        update.changes()
                .forEach(change -> byField.computeIfAbsent(change.path().field(), field -> new ArrayList<>())
                        .add(change));
        return byField;
    }

    /** Reads the objects and locks them, changes them here, and writes them by id. */
    private void rewrite(Changeset.UpdateWhere update, Bound bound) {
        Kind kind = update.kind();
        if (kind.isBag()) {
            throw Problem.FEATURE_MISSING
                    .because(
                            "this database cannot change what is inside values of kind %s, which has no id",
                            kind.name())
                    .store(connection.info())
                    .hint("set whole fields, or give the table a primary key")
                    .fault();
        }
        Map<String, List<Change>> changes = changes(update);
        List<String> fields = List.copyOf(changes.keySet());
        for (State state : locked(
                rewriteText(update, bound),
                Selection.of(kind).only(fields.toArray(String[]::new)).shape(),
                bound)) {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            kind.id().forEach(part -> values.put(part, state.get(part)));
            changes.forEach((field, each) -> values.put(field, changed(state.get(field), each)));
            update(new Changeset.Update(kind, kind.state(values), fields, Guard.EXISTS), bound);
        }
        flush();
    }

    private static @Nullable Object changed(@Nullable Object value, List<Change> changes) {
        Object changed = value;
        for (Change change : changes) {
            changed = change.apply(changed, change.path().inside());
            changed = changed == State.ABSENT ? null : changed;
        }
        return changed;
    }

    private SqlWriter.Statement rewriteText(Changeset.UpdateWhere update, Bound bound) {
        Kind kind = update.kind();
        List<String> read = new ArrayList<>(kind.id());
        changes(update).keySet().forEach(read::add);
        SqlWriter out = new SqlWriter(dialect).sql("SELECT ");
        out.each(read, ", ", name -> out.sql(dialect.selected(name, bound.column(name))))
                .sql(" FROM ")
                .table(kind.name());
        store.queries().where(out, update.where(), bound, bounds);
        return out.sql(dialect.lock(Selection.Lock.UPDATE)).done();
    }

    private List<State> locked(SqlWriter.Statement statement, Shape shape, Bound bound) {
        SqlConnection.Lease lease = connection.lease(statement.text());
        try {
            dialect.bind(lease.statement(), statement.binds());
            return new SqlStates(shape, bound.kind(), bound.columns(shape), lease.query(), connection, lease).list();
        } catch (SQLException e) {
            lease.close();
            throw connection.fault(e, statement.text());
        }
    }

    private void deleteWhere(Changeset.DeleteWhere delete, Bound bound) {
        flush();
        Reference own = dialect.failures() == Dialect.Failures.OF_STATEMENT ? own(bound.there()) : null;
        if (own != null) {
            // references are checked row by row: first those go that no other refers to
            SqlWriter.Statement unreferred = unreferredText(delete, bound, own);
            long gone = 1;
            while (gone > 0) {
                gone = count(unreferred, delete);
                deleted += gone;
            }
        }
        deleted += count(deleteWhereText(delete, bound), delete);
    }

    /** A reference of a kind to itself, that refuses deletes. */
    private static @Nullable Reference own(Kind kind) {
        return kind.references().stream()
                .filter(each -> each.kind().equals(kind.name())
                        && each.fields().size() == 1
                        && each.onDelete() == Reference.OnDelete.REFUSE)
                .findFirst()
                .orElse(null);
    }

    private SqlWriter.Statement unreferredText(Changeset.DeleteWhere delete, Bound bound, Reference own) {
        String field = own.fields().getFirst();
        SqlWriter out =
                new SqlWriter(dialect).sql("DELETE FROM ").table(delete.kind().name());
        out.sql(" WHERE ");
        store.queries().condition(out, delete.where(), bound, bounds);
        out.sql(" AND ").name(own.targets().getFirst()).sql(" NOT IN (SELECT ");
        out.name(field)
                .sql(" FROM (SELECT ")
                .name(field)
                .sql(" FROM ")
                .table(delete.kind().name());
        return out.sql(" WHERE ").name(field).sql(" IS NOT NULL) AS referring)").done();
    }

    private long count(SqlWriter.Statement statement, Changeset.Entry entry) {
        try (SqlConnection.Lease lease = connection.lease(statement.text())) {
            dialect.bind(lease.statement(), statement.binds());
            return lease.statement().executeUpdate();
        } catch (SQLException e) {
            throw refused(e, statement.text(), entry);
        }
    }

    // ---- batches

    /** How many rows go together: of a copy more, since the database waits for each to end. */
    private int most(Pending row) {
        return row.entry instanceof Changeset.Insert && dialect.copies(COPIED) ? COPIED : BATCH;
    }

    private void add(Pending row) {
        boolean together = batch.isEmpty()
                || (batch.getFirst().form.sql.equals(row.form.sql)
                        && batch.getFirst().entry.getClass() == row.entry.getClass()
                        && batch.size() < most(row));
        if (!together) {
            flush();
        }
        batch.add(row);
    }

    private void flush() {
        if (batch.isEmpty()) {
            return;
        }
        List<Pending> rows = List.copyOf(batch);
        batch.clear();
        Pending first = rows.getFirst();
        boolean generates = first.entry instanceof Changeset.Insert insert
                && !insert.kind().isBag()
                && insert.kind().idOf(insert.state()) == null;
        if (generates) {
            insertGenerating(rows);
            return;
        }
        run(rows);
        if (!absent.isEmpty()) {
            insertAbsent(first.form.bound);
        }
    }

    private void run(List<Pending> rows) {
        try (SqlConnection.Lease lease = connection.lease(rows.getFirst().form.sql)) {
            if (dialect.failures() == Dialect.Failures.OF_ROW) {
                runBatch(rows, lease.statement());
            } else {
                runWhole(rows, lease.statement());
            }
        }
    }

    /** Inserts the objects that were to be put and that an update did not find. */
    private void insertAbsent(Bound bound) {
        Form form = inserting(bound);
        // of several of one id, the last
        Map<Object, Pending> last = new LinkedHashMap<>();
        absent.forEach(row -> last.put(bound.kind().requireIdOf(((Changeset.Put) row.entry).state()), row));
        matched += absent.size() - last.size();
        List<Pending> rows = new ArrayList<>();
        for (Pending row : last.values()) {
            State state = ((Changeset.Put) row.entry).state();
            rows.add(new Pending(row.entry, form, binds(form, state, null, Guard.EXISTS)));
        }
        absent.clear();
        run(rows);
    }

    /** Inserts rows whose ids the database makes: several at once where it gives their ids in order. */
    private void insertGenerating(List<Pending> rows) {
        String returning = dialect.returning(rows.getFirst().form.bound.kind());
        if (returning == null) {
            insertEach(rows);
            return;
        }
        for (int from = 0; from < rows.size(); ) {
            int left = rows.size() - from;
            int count = left >= TOGETHER ? TOGETHER : left >= FEW ? FEW : 1;
            insertTogether(rows.subList(from, from + count), returning);
            from += count;
        }
    }

    private void insertTogether(List<Pending> rows, String returning) {
        String one = rows.getFirst().form.sql;
        String values = one.substring(one.lastIndexOf(VALUES) + VALUES.length());
        String sql = one + (", " + values).repeat(rows.size() - 1) + returning;
        boolean undoes = rows.size() > 1;
        if (undoes) {
            connection.run("SAVEPOINT " + BEFORE);
        }
        List<@Nullable Object> binds = new ArrayList<>();
        rows.forEach(row -> binds.addAll(row.binds));
        try (SqlConnection.Lease lease = connection.lease(sql)) {
            dialect.bind(lease.statement(), binds);
            ResultSet keys = lease.query();
            while (keys.next()) {
                ids.add(keys.getLong(1));
                inserted++;
            }
        } catch (SQLException e) {
            if (!undoes) {
                throw refused(e, rows.getFirst());
            }
            undo(e, rows);
            rows.forEach(row -> insertTogether(List.of(row), returning));
        }
    }

    /** Undoes what a failed statement may have done; where that is no longer possible, the failure itself is told. */
    private void undo(SQLException e, List<Pending> rows) {
        try {
            connection.run("ROLLBACK TO SAVEPOINT " + BEFORE);
        } catch (RuntimeException lost) {
            e.addSuppressed(lost);
            throw refused(e, rows.getFirst());
        }
    }

    private void clear(PreparedStatement statement) {
        try {
            statement.clearBatch();
        } catch (SQLException e) {
            throw connection.fault(e, null);
        }
    }

    private void insertEach(List<Pending> rows) {
        String sql = rows.getFirst().form.sql;
        try (PreparedStatement statement = connection.generating(sql)) {
            for (Pending row : rows) {
                try {
                    dialect.bind(statement, row.binds);
                    statement.executeUpdate();
                    try (ResultSet keys = statement.getGeneratedKeys()) {
                        if (keys.next()) {
                            ids.add(keys.getLong(1));
                        }
                    }
                    inserted++;
                } catch (SQLException e) {
                    throw refused(e, row);
                }
            }
        } catch (SQLException e) {
            throw connection.fault(e, sql);
        }
    }

    /** A batch whose driver tells the row that failed. */
    private void runBatch(List<Pending> rows, PreparedStatement statement) {
        try {
            int[] counts = counts(rows, statement);
            for (int i = 0; i < counts.length; i++) {
                done(rows.get(i), counts[i]);
            }
        } catch (BatchUpdateException e) {
            Pending failed = rows.get(Math.min(failedAt(e), rows.size() - 1));
            requireGuarded(failed);
            throw refused(e, failed);
        } catch (SQLException e) {
            throw refused(e, rows.getFirst());
        }
    }

    private int[] counts(List<Pending> rows, PreparedStatement statement) throws SQLException {
        for (Pending row : rows) {
            dialect.bind(statement, row.binds);
            statement.addBatch();
        }
        return statement.executeBatch();
    }

    /** A batch that fails as a whole: it is undone, and run row by row to find the one. */
    private void runWhole(List<Pending> rows, PreparedStatement statement) {
        if (rows.size() == 1) {
            runSingly(rows, statement);
            return;
        }
        connection.run("SAVEPOINT " + BEFORE);
        int[] counts;
        try {
            counts = isCopied(rows) ? copied(rows) : counts(rows, statement);
        } catch (SQLException e) {
            undo(e, rows);
            clear(statement);
            // one by one it may also go well: two of one id are no longer one statement
            runSingly(rows, statement);
            return;
        }
        if (!isCounted(rows, counts, statement)) {
            connection.run("ROLLBACK TO SAVEPOINT " + BEFORE);
            runSingly(rows, statement);
            return;
        }
        connection.run("RELEASE SAVEPOINT " + BEFORE);
        for (int i = 0; i < counts.length; i++) {
            done(rows.get(i), counts[i]);
        }
    }

    /**
     * Whether it is known of each row whether it was there. A driver that sends all rows at once may count only all of them: when all
     * were hit, each was; when one was not, they have to be sent one by one.
     */
    private boolean isCounted(List<Pending> rows, int[] counts, PreparedStatement statement) {
        Pending first = rows.getFirst();
        boolean always = first.entry instanceof Changeset.Insert
                || (first.entry instanceof Changeset.Put && !first.form.updates);
        if (always || Arrays.stream(counts).allMatch(count -> count >= 0)) {
            return true;
        }
        try {
            if (statement.getLargeUpdateCount() != counts.length) {
                return false;
            }
            Arrays.fill(counts, 1);
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private boolean isCopied(List<Pending> rows) {
        Pending first = rows.getFirst();
        return first.entry instanceof Changeset.Insert
                && dialect.copies(rows.size())
                // a copy goes past them
                && first.form.bound.there().unkept().stream().noneMatch(each -> each.startsWith("rule "));
    }

    private int[] copied(List<Pending> rows) throws SQLException {
        Form form = rows.getFirst().form;
        String into = new SqlWriter(dialect)
                .table(form.bound.kind().name())
                .sql(" (")
                .names(form.fields)
                .sql(")")
                .done()
                .text();
        dialect.copy(
                connection.connection(), into, rows.stream().map(Pending::binds).toList());
        int[] counts = new int[rows.size()];
        Arrays.fill(counts, 1);
        return counts;
    }

    private void runSingly(List<Pending> rows, PreparedStatement statement) {
        for (Pending row : rows) {
            int count;
            try {
                dialect.bind(statement, row.binds);
                count = statement.executeUpdate();
            } catch (SQLException e) {
                throw refused(e, row);
            }
            done(row, count);
        }
    }

    /** One that changed nothing since its guard does not hold looks like one that failed. */
    private void requireGuarded(Pending row) {
        switch (row.entry) {
            case Changeset.Update update -> {
                Object id = update.kind().requireIdOf(update.state());
                Stale.check(update.kind(), id, stored(update.kind(), id), update.guard());
            }
            case Changeset.Delete delete ->
                Stale.check(delete.kind(), delete.id(), stored(delete.kind(), delete.id()), delete.guard());
            case Changeset.Insert insert -> {}
            case Changeset.Put put -> {}
            case Changeset.UpdateWhere update -> {}
            case Changeset.DeleteWhere delete -> {}
        }
    }

    /** The driver gives a count for each row that went well; those it did not reach are zero or missing. */
    private static int failedAt(BatchUpdateException e) {
        int[] counts = e.getUpdateCounts();
        int at = 0;
        while (at < counts.length && counts[at] > 0) {
            at++;
        }
        return at;
    }

    private void done(Pending row, int count) {
        switch (row.entry) {
            case Changeset.Insert insert -> {
                // a driver that sends rows together does not count them
                inserted += count < 0 ? 1 : count;
                if (!insert.kind().isBag()) {
                    Object id = Objects.requireNonNull(insert.kind().idOf(insert.state()));
                    ids.add(id);
                    given(insert.kind(), id);
                }
            }
            case Changeset.Put put -> {
                if (count == 0 && row.form.updates) {
                    absent.add(row);
                } else {
                    matched++;
                    given(put.kind(), put.kind().idOf(put.state()));
                }
            }
            case Changeset.Update update -> {
                Object id = update.kind().requireIdOf(update.state());
                requireHit(count, update.kind(), id, update.guard());
                matched++;
            }
            case Changeset.Delete delete -> {
                requireHit(count, delete.kind(), delete.id(), delete.guard());
                deleted++;
            }
            case Changeset.UpdateWhere update -> matched += count;
            case Changeset.DeleteWhere delete -> deleted += count;
        }
    }

    /** Remembers the greatest id that was given where the database counts. */
    private void given(Kind kind, @Nullable Object id) {
        if (kind.generation() == Generation.IDENTITY && id instanceof Long number) {
            greatest.merge(kind, number, Math::max);
        }
    }

    /** Lets the database count on from the greatest id that was given, where it does not see it by itself. */
    private void advance() {
        greatest.forEach((kind, id) -> {
            SqlWriter.Statement statement = store.isCounted(kind, id) ? null : dialect.advance(kind, id);
            if (statement != null) {
                try (SqlConnection.Lease lease = connection.lease(statement.text())) {
                    dialect.bind(lease.statement(), statement.binds());
                    lease.query().next();
                    store.counted(kind, id);
                } catch (SQLException e) {
                    throw connection.fault(e, statement.text());
                }
            }
        });
    }

    private void requireHit(int count, Kind kind, Object id, Guard guard) {
        if (count == 0) {
            throw Stale.conflict(kind, id, stored(kind, id), guard);
        }
    }

    private @Nullable State stored(Kind kind, Object id) {
        Selection selection = Selection.byId(kind, id).lock(Selection.Lock.UPDATE);
        Bound bound = store.bound(kind, connection);
        SqlWriter.Statement statement = store.queries().select(selection, bounds);
        SqlConnection.Lease lease = connection.lease(statement.text());
        try {
            dialect.bind(lease.statement(), statement.binds());
            ResultSet rows = lease.query();
            return new SqlStates(kind.shape(), kind, bound.columns(kind.shape()), rows, connection, lease)
                    .first()
                    .orElse(null);
        } catch (SQLException e) {
            lease.close();
            throw connection.fault(e, statement.text());
        }
    }

    private Fault refused(SQLException e, Pending row) {
        return refused(e, row.form.sql, row.entry);
    }

    private Fault refused(SQLException e, String sql, Changeset.Entry entry) {
        return store.refusals().fault(e, sql, entry, connection);
    }
}
