package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.Shape;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Mark;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.store.WriteResult;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A transaction on one connection, that it takes at its first request and gives back at its end. */
final class SqlTransaction implements Transaction {
    private final SqlStore store;
    private final TransactionOptions options;
    private final boolean joined;
    private final List<Mark> marks = new ArrayList<>();
    private final List<SqlStates> cursors = new ArrayList<>();
    private @Nullable SqlConnection connection;
    private int marked;
    private boolean altered;

    SqlTransaction(SqlStore store, TransactionOptions options) {
        this.store = store;
        this.options = options;
        this.joined = false;
    }

    /** Part of someone else's transaction, which stays open. */
    SqlTransaction(SqlStore store, SqlConnection theirs) {
        this.store = store;
        this.options = TransactionOptions.WRITE;
        this.joined = true;
        this.connection = theirs;
        mark();
    }

    SqlConnection connection() {
        if (connection == null) {
            SqlConnection taken = store.take(options);
            try {
                store.dialect()
                        .begin(
                                taken.connection(),
                                options.readOnly(),
                                options.patience().toMillis());
            } catch (SQLException e) {
                store.giveBack(taken);
                throw taken.fault(e, "begin");
            }
            connection = taken;
        }
        return connection;
    }

    // ---- reading

    @Override
    public Cursor find(Selection selection) {
        SqlConnection on = connection();
        Bound bound = store.bound(selection.kind(), on);
        SqlWriter.Statement statement = store.queries().select(selection, kind -> store.bound(kind, on));
        return cursor(on, statement, selection.shape(), bound);
    }

    @Override
    public Cursor rows(Rows rows) {
        SqlConnection on = connection();
        SqlQueries.Bounds bounds = kind -> store.bound(kind, on);
        return cursor(
                on,
                store.queries().rows(rows, bounds),
                rows.result().shape(),
                store.queries().result(rows, bounds));
    }

    @Override
    public Cursor aggregate(Aggregation aggregation) {
        SqlConnection on = connection();
        SqlQueries.Bounds bounds = kind -> store.bound(kind, on);
        return cursor(
                on,
                store.queries().aggregate(aggregation, bounds),
                aggregation.result().shape(),
                store.queries().result(aggregation, bounds));
    }

    private Cursor cursor(SqlConnection on, SqlWriter.Statement statement, Shape shape, Bound bound) {
        SqlConnection.Lease lease = on.lease(statement.text());
        try {
            SqlStates.bind(lease.statement(), statement.binds());
            ResultSet rows = lease.query();
            SqlStates cursor = new SqlStates(shape, bound.kind(), bound.columns(shape), rows, on, lease);
            cursors.removeIf(SqlStates::isClosed);
            cursors.add(cursor);
            return cursor;
        } catch (SQLException e) {
            lease.close();
            throw on.fault(e, statement.text());
        }
    }

    @Override
    public Cursor decode(Kind kind, Object nativeRows) {
        SqlConnection on = connection();
        return Cursor.of(kind.shape(), new SqlGiven(store.bound(kind, on), on).states(nativeRows));
    }

    @Override
    public Schema inspect() {
        return store.inspect(connection());
    }

    // ---- writing

    @Override
    public WriteResult write(Changeset changes) {
        return new SqlWrites(store, connection()).write(changes);
    }

    @Override
    public void alter(List<Alteration> steps) {
        closeCursors();
        altered = true;
        new SqlAlterations(store, connection()).alter(steps);
        store.forgetBounds();
    }

    // ---- ending

    @Override
    public Mark mark() {
        // its own name on a connection that others may have marked too
        Mark mark = new Mark(
                "keepsake_" + Long.toHexString(ThreadLocalRandom.current().nextLong()) + "_" + ++marked);
        connection().run("SAVEPOINT " + mark.name());
        marks.add(mark);
        return mark;
    }

    @Override
    public void rollbackTo(Mark mark) {
        closeCursors();
        try {
            connection().run("ROLLBACK TO " + mark.name());
        } catch (Fault fault) {
            if (!fault.sentence().contains("no such savepoint")) {
                throw fault;
            }
            throw Problem.TRANSACTION_FAILED
                    .because("the database has undone the whole transaction, not only what came after the mark")
                    .store(store.info())
                    .cause(fault)
                    .hint("roll back, then begin anew")
                    .fault();
        }
        marks.subList(marks.indexOf(mark) + 1, marks.size()).clear();
        forgetAltered();
    }

    @Override
    public void release(Mark mark) {
        connection().run("RELEASE " + mark.name());
        marks.subList(marks.indexOf(mark), marks.size()).clear();
    }

    @Override
    public void commit() {
        SqlConnection on = connection;
        if (on == null) {
            return;
        }
        closeCursors();
        if (joined) {
            on.run("RELEASE " + marks.getFirst().name());
            connection = null;
            store.left(on);
            forgetAltered();
            return;
        }
        try {
            on.run("COMMIT");
        } catch (RuntimeException e) {
            end("ROLLBACK");
            throw e;
        }
        connection = null;
        store.giveBack(on);
        forgetAltered();
    }

    /** What others looked up meanwhile was as it is no longer, or as it never came to be. */
    private void forgetAltered() {
        if (altered) {
            store.forgetBounds();
        }
    }

    @Override
    public void rollback() {
        if (connection != null) {
            closeCursors();
            end(joined ? "ROLLBACK TO " + marks.getFirst().name() : "ROLLBACK");
            forgetAltered();
        }
    }

    private void end(String how) {
        SqlConnection on = connection;
        connection = null;
        if (on == null) {
            return;
        }
        try {
            on.run(how);
            if (joined) {
                on.run("RELEASE " + marks.getFirst().name());
                store.left(on);
            } else {
                store.giveBack(on);
            }
        } catch (RuntimeException e) {
            if (joined) {
                store.left(on);
            } else {
                store.discard(on);
            }
        }
    }

    private void closeCursors() {
        cursors.forEach(SqlStates::cut);
        cursors.clear();
    }

    @Override
    public <T> T unwrap(Class<T> nativeType) {
        if (nativeType == Connection.class || nativeType == Object.class) {
            altered = true;
            return nativeType.cast(connection().connection());
        }
        if (nativeType.getName().equals("org.jooq.DSLContext")) {
            altered = true;
            return nativeType.cast(SqlJooq.context(connection().connection(), store.dialect()));
        }
        return store.unwrap(nativeType);
    }

    @Override
    public void close() {
        rollback();
    }
}
