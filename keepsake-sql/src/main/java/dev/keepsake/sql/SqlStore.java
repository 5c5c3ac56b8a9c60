package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alterations;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Request;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Misnamed;
import dev.keepsake.schema.Schema;
import dev.keepsake.store.Explanation;
import dev.keepsake.store.Features;
import dev.keepsake.store.Store;
import dev.keepsake.store.StoreInfo;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.value.Times;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * States in a SQL database. It wires the parts: {@link SqlTransaction} runs what {@link SqlQueries}, {@link SqlWrites} and
 * {@link SqlAlterations} write, in the words of a {@link Dialect}; {@link SqlStates} are its rows.
 *
 * <p>Connections come from a {@link SqlSource}. Safe for use by several threads.
 */
final class SqlStore implements Store {
    private static final int KEPT_BOUNDS = 1_000;

    private final SqlSource source;
    private final Dialect dialect;
    private final SqlQueries queries;
    private final SqlRefusals refusals;
    /** Connections of others that a transaction takes part in. */
    private final Set<Connection> joined =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

    /** The greatest number of generated ids of each kind that the database is behind. */
    private final Map<String, Long> counted = new ConcurrentHashMap<>();

    private final Map<Kind, Bound> bounds = Collections.synchronizedMap(new IdentityHashMap<>());

    SqlStore(SqlSource source) {
        this.source = source;
        this.dialect = source.dialect();
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
            SqlConnection theirs = new SqlConnection(connection, dialect, info(), false);
            try {
                requireTransaction(connection);
                dialect.prepare(connection);
            } catch (SQLException e) {
                joined.remove(connection);
                throw source.translate(e, null);
            } catch (RuntimeException e) {
                joined.remove(connection);
                throw e;
            }
            try {
                return new SqlTransaction(this, theirs);
            } catch (RuntimeException e) {
                left(theirs);
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

    /** A savepoint outside of a transaction would be none, and nothing could be undone. */
    private void requireTransaction(Connection connection) throws SQLException {
        if (connection.getAutoCommit() && dialect.failures() != Dialect.Failures.OF_ROW) {
            throw Problem.REQUEST_INVALID
                    .because("the connection commits each statement by itself: there is no transaction to join")
                    .store(info())
                    .hint("call setAutoCommit(false) on it first")
                    .fault();
        }
    }

    Schema inspect(SqlConnection connection) {
        return inspect(connection, null);
    }

    private Schema inspect(SqlConnection connection, @Nullable String kind) {
        try {
            return dialect.inspect(connection.connection(), kind);
        } catch (SQLException e) {
            throw connection.fault(e, null);
        }
    }

    /** The kind of that name as it is there, if it is. */
    Optional<Kind> find(String kind, SqlConnection connection) {
        return inspect(connection, kind).find(kind);
    }

    /**
     * The kind of that name as it is there.
     *
     * @throws dev.keepsake.fault.Invalid {@code unknown-kind} with near names
     */
    Kind there(String kind, SqlConnection connection) {
        return find(kind, connection).orElseThrow(() -> {
            Set<String> names = inspect(connection).names();
            return Misnamed.noKind(kind, names, info())
                    .hintIf(names.isEmpty(), "the database is empty: createAll() makes what the classes need")
                    .fault();
        });
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
        counted.clear();
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
        return inspected(kind) || find(kind.name(), connection).isPresent()
                ? bound(kind, connection)
                : Bound.made(kind, dialect);
    }

    @Override
    public Explanation explain(Selection selection) {
        return reading(connection -> {
            SqlWriter.Statement statement = queries.select(selection, kind -> bound(kind, connection));
            try (PreparedStatement explain =
                    connection.connection().prepareStatement(dialect.explaining() + statement.text())) {
                dialect.bind(explain, statement.binds());
                List<String> plan = new ArrayList<>();
                try (ResultSet rows = explain.executeQuery()) {
                    while (rows.next()) {
                        plan.add(dialect.planned(rows));
                    }
                }
                return dialect.explanation(plan);
            } catch (SQLException e) {
                throw connection.fault(e, statement.text());
            }
        });
    }

    /** Something that is asked on a connection. */
    interface Reading<T> {
        T from(SqlConnection connection);
    }

    private <T> T reading(Reading<T> work) {
        try (SqlTransaction transaction = new SqlTransaction(this, TransactionOptions.READ)) {
            return work.from(transaction.connection());
        }
    }

    @Override
    public List<Long> reserveIds(Kind kind, int count) {
        return aside(connection -> {
            SqlWriter.Statement numbers =
                    dialect.reserve(bound(kind, connection).there(), count);
            List<Long> ids = new ArrayList<>(count);
            try (SqlConnection.Lease lease = connection.lease(numbers.text())) {
                dialect.bind(lease.statement(), numbers.binds());
                ResultSet rows = lease.query();
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                    if (rows.wasNull()) {
                        throw Problem.KIND_MISMATCH
                                .because("nothing in the database counts the ids of kind %s", kind.name())
                                .store(info())
                                .hint("give the objects ids, or make the column an identity")
                                .fault();
                    }
                }
                counted(kind, ids.getLast());
                return ids;
            } catch (SQLException e) {
                throw connection.fault(e, numbers.text());
            }
        });
    }

    /** Whether the database is known to count on from behind an id. */
    boolean isCounted(Kind kind, long id) {
        return counted.getOrDefault(kind.name(), 0L) >= id;
    }

    /** Remembers that the database counts on from behind an id. */
    void counted(Kind kind, long id) {
        counted.merge(kind.name(), id, Math::max);
    }

    @Override
    public Instant now() {
        String query = dialect.now();
        if (query == null) {
            return Instant.now();
        }
        return aside(connection -> {
            try (SqlConnection.Lease lease = connection.lease(query)) {
                ResultSet rows = lease.query();
                rows.next();
                return Times.instant(rows.getString(1));
            } catch (SQLException e) {
                throw connection.fault(e, query);
            }
        });
    }

    /** Does something on a connection beside those of transactions, so that who holds one of these never waits for another. */
    <T> T aside(Reading<T> work) {
        try {
            Connection connection = source.aside();
            try {
                return work.from(new SqlConnection(connection, dialect, info(), false));
            } finally {
                source.release(connection);
            }
        } catch (SQLException e) {
            throw source.translate(e, null);
        }
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
            return source.take(options);
        } catch (SQLException e) {
            throw source.translate(e, null);
        }
    }

    void giveBack(SqlConnection connection) {
        source.giveBack(connection);
    }

    void discard(SqlConnection connection) {
        source.discard(connection);
    }

    /** A connection of somebody else's is theirs again. */
    void left(SqlConnection connection) {
        connection.forget();
        joined.remove(connection.connection());
        try {
            dialect.leave(connection.connection());
        } catch (SQLException e) {
            throw connection.fault(e, null);
        }
    }

    @Override
    public Duration closeWait() {
        return source.closeWait();
    }

    @Override
    public void close() {
        source.close();
    }
}
