package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.Shape;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Features;
import dev.keepsake.store.Mark;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.store.WriteResult;
import dev.keepsake.value.Path;
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
    private final List<Reading> cursors = new ArrayList<>();
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
                store.dialect().begin(taken.connection(), options);
            } catch (SQLException e) {
                store.discard(taken);
                throw taken.fault(e, "begin");
            }
            connection = taken;
        }
        return connection;
    }

    // ---- reading

    @Override
    public Cursor find(Selection selection) {
        if (store.dialect().results() == Dialect.Results.PAGED && SqlPages.suit(selection)) {
            SqlPages pages = new SqlPages(selection, this::selected);
            cursors.removeIf(Reading::isClosed);
            cursors.add(pages);
            connection().reads(pages);
            return pages;
        }
        return selected(selection);
    }

    private SqlStates selected(Selection selection) {
        SqlConnection on = connection();
        Bound bound = store.bound(selection.kind(), on);
        SqlWriter.Statement statement = store.queries().select(selection, kind -> store.bound(kind, on));
        return cursor(on, statement, selection.shape(), bound, isLong(selection));
    }

    /** Whether there may be more rows than a driver reads ahead. */
    private static boolean isLong(Selection selection) {
        if (selection.limit() >= 0 && selection.limit() <= SqlConnection.FETCHED) {
            return false;
        }
        Path id = selection.kind().id().size() == 1
                ? Path.of(selection.kind().id().getFirst())
                : null;
        return switch (selection.condition()) {
            case Condition.Compare c ->
                c.operator() != Condition.Operator.EQ || !c.path().equals(id);
            case Condition.In in ->
                in.values().size() > SqlConnection.FETCHED || !in.path().equals(id);
            default -> true;
        };
    }

    /** What is being read, and is cut off where the transaction ends. */
    interface Reading {
        /** Whether nothing more is read. */
        boolean isClosed();

        /** Ends reading; whoever reads on is told. */
        void cut();
    }

    @Override
    public Cursor rows(Rows rows) {
        SqlConnection on = connection();
        SqlQueries.Bounds bounds = kind -> store.bound(kind, on);
        return cursor(
                on,
                store.queries().rows(rows, bounds),
                rows.result().shape(),
                store.queries().result(rows, bounds),
                true);
    }

    @Override
    public Cursor aggregate(Aggregation aggregation) {
        SqlConnection on = connection();
        SqlQueries.Bounds bounds = kind -> store.bound(kind, on);
        return cursor(
                on,
                store.queries().aggregate(aggregation, bounds),
                aggregation.result().shape(),
                store.queries().result(aggregation, bounds),
                aggregation.groupBy().size() > 0);
    }

    private SqlStates cursor(
            SqlConnection on, SqlWriter.Statement statement, Shape shape, Bound bound, boolean isLong) {
        SqlConnection.Lease lease = on.lease(statement.text());
        try {
            store.dialect().bind(lease.statement(), statement.binds());
            ResultSet rows = isLong ? lease.queryMany() : lease.query();
            SqlStates cursor = new SqlStates(shape, bound.kind(), bound.columns(shape), rows, on, lease);
            cursors.removeIf(Reading::isClosed);
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
        if (joined && store.features().alterations() == Features.AlterationScope.IMPLICIT_COMMIT) {
            throw Problem.FEATURE_MISSING
                    .because("a change of schema would commit the transaction, which is someone else's")
                    .store(store.info())
                    .hint("change the schema in a transaction of its own")
                    .fault();
        }
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
        connection().run("ROLLBACK TO SAVEPOINT " + mark.name());
        marks.subList(marks.indexOf(mark) + 1, marks.size()).clear();
        forgetAltered();
    }

    @Override
    public void release(Mark mark) {
        connection().run("RELEASE SAVEPOINT " + mark.name());
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
            on.run("RELEASE SAVEPOINT " + marks.getFirst().name());
            connection = null;
            store.left(on);
            forgetAltered();
            return;
        }
        try {
            on.commit();
        } catch (Fault e) {
            end();
            throw e.problem() == Problem.STORE_UNREACHABLE ? unknown(e) : e;
        }
        connection = null;
        giveBack(on);
        forgetAltered();
    }

    private void giveBack(SqlConnection on) {
        try {
            store.dialect().settle(on.connection(), options);
            store.giveBack(on);
        } catch (SQLException e) {
            store.discard(on); // what was committed is committed
        }
    }

    /** The connection was lost when the commit had been sent, and before its answer came. */
    private Fault unknown(Fault lost) {
        return Problem.COMMIT_OUTCOME_UNKNOWN
                .because("the connection was lost in the commit: nobody here knows whether it is kept")
                .store(store.info())
                .cause(lost)
                .hint("look whether what was written is there, before it is written again")
                .fault();
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
            end();
            forgetAltered();
        }
    }

    private void end() {
        SqlConnection on = connection;
        connection = null;
        if (on == null) {
            return;
        }
        try {
            if (joined) {
                on.run("ROLLBACK TO SAVEPOINT " + marks.getFirst().name());
                on.run("RELEASE SAVEPOINT " + marks.getFirst().name());
                store.left(on);
            } else {
                on.rollback();
                giveBack(on);
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
        cursors.forEach(Reading::cut);
        cursors.clear();
    }

    @Override
    public <T> T unwrap(Class<T> nativeType) {
        if (nativeType == Connection.class || nativeType == Object.class) {
            altered = true;
            connection().clear();
            return nativeType.cast(connection().connection());
        }
        if (nativeType.getName().equals("org.jooq.DSLContext")) {
            altered = true;
            connection().clear();
            return nativeType.cast(SqlJooq.context(connection().connection(), store.dialect()));
        }
        return store.unwrap(nativeType);
    }

    @Override
    public void close() {
        rollback();
    }
}
