package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alterations;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Request;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.store.Explanation;
import dev.keepsake.store.Features;
import dev.keepsake.store.Store;
import dev.keepsake.store.StoreInfo;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * States in a SQL database. It wires the parts: {@link SqlTransaction} runs what {@link SqlQueries}, {@link SqlWrites} and
 * {@link SqlAlterations} write, in the words of a {@link Dialect}; {@link SqlStates} are its rows.
 *
 * <p>Idle connections are kept with their prepared statements. Safe for use by several threads.
 */
final class SqlStore implements Store {
    private static final int KEPT_BOUNDS = 1_000;

    private final SqliteFile source;
    private final Dialect dialect;
    private final SqlQueries queries;
    private final SqlRefusals refusals;
    private final ConcurrentLinkedDeque<SqlConnection> idle = new ConcurrentLinkedDeque<>();
    /** Connections of others that a transaction takes part in. */
    private final Set<Connection> joined =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

    private final Map<Kind, Bound> bounds = Collections.synchronizedMap(new IdentityHashMap<>());
    private volatile boolean closed;

    SqlStore(SqliteFile source, Dialect dialect) {
        this.source = source;
        this.dialect = dialect;
        this.queries = new SqlQueries(dialect);
        this.refusals = new SqlRefusals(this);
    }

    Dialect dialect() {
        return dialect;
    }

    SqlQueries queries() {
        return queries;
    }

    SqlRefusals refusals() {
        return refusals;
    }

    @Override
    public StoreInfo info() {
        return source.info();
    }

    @Override
    public Features features() {
        return dialect.features();
    }

    @Override
    public Transaction begin(TransactionOptions options) {
        return new SqlTransaction(this, options);
    }

    @Override
    public Transaction join(Object nativeTransaction) {
        if (nativeTransaction instanceof Connection connection) {
            if (!joined.add(connection)) {
                throw Problem.REQUEST_INVALID
                        .because("another transaction of Keepsake has joined this connection, and is not over")
                        .store(info())
                        .hint("end that one first: its part ends where the other begins")
                        .fault();
            }
            try {
                SqliteFunctions.register(connection);
                return new SqlTransaction(this, new SqlConnection(connection, dialect, info(), false));
            } catch (SQLException e) {
                joined.remove(connection);
                throw source.translate(e, null);
            } catch (RuntimeException e) {
                joined.remove(connection);
                throw e;
            }
        }
        throw Problem.REQUEST_INVALID
                .because(
                        "a %s is no transaction of this store",
                        nativeTransaction.getClass().getName())
                .store(info())
                .hint("pass a java.sql.Connection")
                .fault();
    }

    Schema inspect(SqlConnection connection) {
        try {
            return dialect.inspect(connection.connection());
        } catch (SQLException e) {
            throw source.translate(e, null);
        }
    }

    /**
     * The kind of that name as it is there.
     *
     * @throws dev.keepsake.fault.Invalid {@code unknown-kind} with near names
     */
    Kind there(String kind, SqlConnection connection) {
        Schema present = inspect(connection);
        return present.find(kind)
                .orElseThrow(() -> Problem.UNKNOWN_KIND
                        .because("there is no kind %s", dev.keepsake.fault.Report.quote(kind))
                        .store(info())
                        .near(kind, present.names())
                        .hintIf(
                                present.names().isEmpty(),
                                "the database is empty: createAll() makes what the classes need")
                        .fault());
    }

    Kind there(Kind kind, SqlConnection connection) {
        return inspected(kind) ? kind : there(kind.name(), connection);
    }

    private static boolean inspected(Kind kind) {
        return kind.fields().stream().allMatch(field -> field.nativeType() != null);
    }

    /** A kind with the columns that are there. */
    Bound bound(Kind kind, SqlConnection connection) {
        Bound bound = bounds.get(kind);
        if (bound == null) {
            bound = Bound.of(kind, there(kind, connection), dialect);
            if (bounds.size() >= KEPT_BOUNDS) {
                bounds.clear();
            }
            bounds.put(kind, bound);
        }
        return bound;
    }

    /** Forgets what is there, since it may have changed. */
    void forgetBounds() {
        bounds.clear();
    }

    @Override
    public List<String> render(Request request) {
        return reading(connection -> switch (request) {
            case Selection selection ->
                List.of(queries.select(selection, kind -> boundOrMade(kind, connection))
                        .text());
            case Rows rows ->
                List.of(queries.rows(rows, kind -> boundOrMade(kind, connection))
                        .text());
            case Aggregation aggregation ->
                List.of(queries.aggregate(aggregation, kind -> boundOrMade(kind, connection))
                        .text());
            case Changeset changes -> SqlWrites.render(this, connection, changes);
            case Alterations alterations -> {
                List<String> statements = new ArrayList<>();
                alterations.steps().forEach(step -> statements.addAll(SqlAlterations.render(step, dialect)));
                yield statements;
            }
        });
    }

    /** A kind as it is there, or as it would be made. */
    Bound boundOrMade(Kind kind, SqlConnection connection) {
        Bound known = bounds.get(kind);
        if (known != null) {
            return known;
        }
        return inspected(kind) || inspect(connection).find(kind.name()).isPresent()
                ? bound(kind, connection)
                : Bound.made(kind, dialect);
    }

    @Override
    public Explanation explain(Selection selection) {
        return reading(connection -> {
            SqlWriter.Statement statement = queries.select(selection, kind -> bound(kind, connection));
            try {
                return dialect.explanation(dialect.plan(connection.connection(), statement));
            } catch (SQLException e) {
                throw source.translate(e, statement.text());
            }
        });
    }

    private interface Reading<T> {
        T from(SqlConnection connection);
    }

    private <T> T reading(Reading<T> work) {
        try (SqlTransaction transaction = new SqlTransaction(this, TransactionOptions.READ)) {
            return work.from(transaction.connection());
        }
    }

    @Override
    public List<Long> reserveIds(Kind kind, int count) {
        throw Problem.FEATURE_MISSING
                .because("ids of kind %s come from the insert", kind.name())
                .store(info())
                .fault();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public <T> T unwrap(Class<T> nativeType) {
        if (nativeType == SqlSource.class) {
            return nativeType.cast(source);
        }
        throw Problem.FEATURE_MISSING
                .because("this store has no %s", nativeType.getName())
                .store(info())
                .hint("a transaction gives a java.sql.Connection, and an org.jooq.DSLContext")
                .fault();
    }

    // ---- connections

    SqlConnection take(TransactionOptions options) {
        try {
            if (options.readOnly() && source.missing()) {
                return new SqlConnection(source.connectEmpty(), dialect, info(), true);
            }
            if (!options.readOnly() && source.fresh()) {
                return first(new SqlConnection(source.connect(), dialect, info(), false));
            }
            SqlConnection connection = idle.pollFirst();
            return connection != null ? connection : new SqlConnection(source.connect(), dialect, info(), false);
        } catch (SQLException e) {
            throw source.translate(e, null);
        }
    }

    /** The connection that makes the file; those to a file that was deleted since lead nowhere. */
    private SqlConnection first(SqlConnection connection) {
        closeIdle();
        try {
            // readers and a writer side by side; an existing file keeps the mode that it has
            connection.run("PRAGMA journal_mode = WAL");
            return connection;
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    void giveBack(SqlConnection connection) {
        if (closed || connection.standsIn() || source.missing()) {
            connection.close();
            return;
        }
        idle.addFirst(connection);
        if (closed) {
            closeIdle();
        }
    }

    private void closeIdle() {
        for (SqlConnection connection = idle.pollFirst(); connection != null; connection = idle.pollFirst()) {
            connection.close();
        }
    }

    /** A connection of somebody else's is theirs again. */
    void left(SqlConnection connection) {
        connection.forget();
        joined.remove(connection.connection());
    }

    void discard(SqlConnection connection) {
        connection.close();
    }

    @Override
    public void close() {
        closed = true;
        closeIdle();
        source.close();
    }
}
