package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.query.Change;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.store.Stale;
import dev.keepsake.store.WriteResult;
import java.sql.BatchUpdateException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
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

    /**
     * What entries that are alike have in common: their statement, and the fields that are bound for each, in order.
     *
     * @param verb the class of the entries
     * @param fields those that are written
     * @param there of which positions of the shape something is written
     * @param guard the names of the guarded ones; the database compares only some of them
     * @param guarded those that the database compares
     */
    private record Form(
            Class<? extends Changeset.Entry> verb,
            Bound bound,
            Shape shape,
            List<String> fields,
            BitSet there,
            Set<String> guard,
            List<String> guarded,
            String sql) {
        boolean isOf(Changeset.Entry entry, Bound of) {
            return verb == entry.getClass() && bound == of;
        }
    }

    /** What a statement was written for. */
    private record Wording(Class<?> verb, List<String> fields, List<String> guarded) {}

    /** One row of a batch: its entry, and its parameters. */
    private record Pending(Changeset.Entry entry, Bound bound, String sql, List<@Nullable Object> binds) {}

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
                            writes.updateWhereText(update, bound).text();
                        case Changeset.DeleteWhere delete ->
                            writes.deleteWhereText(delete, bound).text();
                    });
        }
        return statements.stream().distinct().toList();
    }

    // ---- the shapes

    private String insertText(Kind kind, List<String> fields) {
        SqlWriter out = new SqlWriter(dialect).sql("INSERT INTO ").name(kind.name());
        if (fields.isEmpty()) {
            return out.sql(" DEFAULT VALUES").done().text();
        }
        out.sql(" (").names(fields).sql(") VALUES (");
        return out.each(fields, ", ", field -> out.sql("?")).sql(")").done().text();
    }

    private String putText(Kind kind, Bound bound) {
        SqlWriter out = new SqlWriter(dialect);
        dialect.upsert(out, kind, writable(bound));
        return out.done().text();
    }

    private String updateText(Bound bound, List<String> changed, List<String> guarded) {
        SqlWriter out =
                new SqlWriter(dialect).sql("UPDATE ").name(bound.kind().name()).sql(" SET ");
        out.each(changed, ", ", field -> dialect.assign(out.name(field).sql(" = "), field, bound.column(field)));
        return identified(out, bound, guarded);
    }

    private String deleteText(Bound bound, List<String> guarded) {
        return identified(
                new SqlWriter(dialect).sql("DELETE FROM ").name(bound.kind().name()), bound, guarded);
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
        SqlWriter out =
                new SqlWriter(dialect).sql("UPDATE ").name(update.kind().name()).sql(" SET ");
        Map<String, List<Change>> byField = new LinkedHashMap<>();
        update.changes()
                .forEach(change -> byField.computeIfAbsent(change.path().field(), field -> new ArrayList<>())
                        .add(change));
        out.each(byField.entrySet(), ", ", changes -> {
            out.name(changes.getKey()).sql(" = ");
            dialect.change(out, changes.getValue(), bound.column(changes.getKey()));
        });
        store.queries().where(out, update.where(), bound, bounds);
        return out.done();
    }

    private SqlWriter.Statement deleteWhereText(Changeset.DeleteWhere delete, Bound bound) {
        SqlWriter out =
                new SqlWriter(dialect).sql("DELETE FROM ").name(delete.kind().name());
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
        Form form = new Form(entry.getClass(), bound, shape, fields, there, named, guarded, sql);
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
        return formed(insert, bound, state.shape(), fields, Guard.EXISTS, none -> insertText(insert.kind(), fields));
    }

    private Form form(Changeset.Put put, Bound bound) {
        Form form = last;
        if (form != null && form.isOf(put, bound)) {
            return form;
        }
        return formed(
                put, bound, put.kind().shape(), writable(bound), Guard.EXISTS, none -> putText(put.kind(), bound));
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
                guarded -> updateText(bound, fields, guarded));
    }

    private Form form(Changeset.Delete delete, Bound bound) {
        Form form = last;
        Set<String> guard = delete.guard().expected().keySet();
        if (form != null && form.isOf(delete, bound) && form.guard.equals(guard)) {
            return form;
        }
        return formed(
                delete, bound, delete.kind().shape(), List.of(), delete.guard(), guarded -> deleteText(bound, guarded));
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
        add(new Pending(insert, bound, form.sql, binds(form, insert.state(), null, Guard.EXISTS)));
    }

    private void put(Changeset.Put put, Bound bound) {
        Form form = form(put, bound);
        add(new Pending(put, bound, form.sql, binds(form, put.state(), null, Guard.EXISTS)));
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
        add(new Pending(update, bound, form.sql, binds(form, update.state(), id, update.guard())));
    }

    private void delete(Changeset.Delete delete, Bound bound) {
        checkForeign(delete.kind(), delete.id(), delete.guard(), bound);
        Form form = form(delete, bound);
        add(new Pending(delete, bound, form.sql, binds(form, null, delete.id(), delete.guard())));
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
        matched += count(updateWhereText(update, bound), update, bound);
    }

    private void deleteWhere(Changeset.DeleteWhere delete, Bound bound) {
        flush();
        deleted += count(deleteWhereText(delete, bound), delete, bound);
    }

    private long count(SqlWriter.Statement statement, Changeset.Entry entry, Bound bound) {
        try (SqlConnection.Lease lease = connection.lease(statement.text())) {
            SqlStates.bind(lease.statement(), statement.binds());
            return lease.statement().executeUpdate();
        } catch (SQLException e) {
            throw refused(e, new Pending(entry, bound, statement.text(), List.of()));
        }
    }

    // ---- batches

    private void add(Pending row) {
        boolean together = batch.isEmpty()
                || (batch.getFirst().sql.equals(row.sql)
                        && batch.getFirst().entry.getClass() == row.entry.getClass()
                        && batch.size() < BATCH);
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
        try (SqlConnection.Lease lease = connection.lease(rows.getFirst().sql)) {
            boolean generates = rows.getFirst().entry instanceof Changeset.Insert insert
                    && !insert.kind().isBag()
                    && insert.kind().idOf(insert.state()) == null;
            if (generates) {
                insertEach(rows, lease.statement());
            } else {
                runBatch(rows, lease.statement());
            }
        }
    }

    private void insertEach(List<Pending> rows, PreparedStatement statement) {
        for (Pending row : rows) {
            try {
                SqlStates.bind(statement, row.binds);
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
    }

    private void runBatch(List<Pending> rows, PreparedStatement statement) {
        try {
            for (Pending row : rows) {
                SqlStates.bind(statement, row.binds);
                statement.addBatch();
            }
            int[] counts = statement.executeBatch();
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
                inserted += count;
                if (!insert.kind().isBag()) {
                    ids.add(Objects.requireNonNull(insert.kind().idOf(insert.state())));
                }
            }
            case Changeset.Put put -> matched++;
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

    private void requireHit(int count, Kind kind, Object id, Guard guard) {
        if (count == 0) {
            throw Stale.conflict(kind, id, stored(kind, id), guard);
        }
    }

    private @Nullable State stored(Kind kind, Object id) {
        Selection selection = Selection.byId(kind, id);
        Bound bound = store.bound(kind, connection);
        SqlWriter.Statement statement = store.queries().select(selection, bounds);
        SqlConnection.Lease lease = connection.lease(statement.text());
        try {
            SqlStates.bind(lease.statement(), statement.binds());
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
        return store.refusals().fault(e, row.sql, row.entry, connection);
    }
}
