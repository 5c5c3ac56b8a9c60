package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.store.StoreInfo;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection with the statements prepared on it, so that none is prepared twice while it is free. */
final class SqlConnection {
    private static final int KEPT = 64;
    /** How many rows a driver reads ahead; a result of fewer comes at once anyway. */
    static final int FETCHED = 1_000;

    private final Connection connection;
    private final Dialect dialect;
    private final StoreInfo info;
    private final boolean standsIn;
    private final Map<String, PreparedStatement> free = new LinkedHashMap<>(16, 0.75f, true);
    /** What failed first in the transaction. */
    private @Nullable Fault first;

    /** The result that is read row by row, where it blocks the connection. */
    private @Nullable SqlPages reading;

    SqlConnection(Connection connection, Dialect dialect, StoreInfo info, boolean standsIn) {
        this.standsIn = standsIn;
        this.connection = connection;
        this.dialect = dialect;
        this.info = info;
    }

    Connection connection() {
        return connection;
    }

    /** Whether it stands in for a file that is not there yet, and is of no use afterwards. */
    boolean standsIn() {
        return standsIn;
    }

    StoreInfo info() {
        return info;
    }

    /** Our exception for a native one. A transaction that has failed as a whole says by what at first. */
    Fault fault(SQLException e, @Nullable String sql) {
        Report report = dialect.report(e, sql, null).store(info);
        Fault fault = report.cause(e).fault();
        Fault before = first;
        if (before == null) {
            first = fault;
            return fault;
        }
        return fault.problem() == Problem.TRANSACTION_FAILED
                ? report.fact("first", before.sentence()).cause(before).fault()
                : fault;
    }

    /** A prepared statement in use; closing it makes it free again. */
    final class Lease implements AutoCloseable {
        private final String sql;
        private final PreparedStatement statement;
        private @Nullable ResultSet rows;

        private Lease(String sql, PreparedStatement statement) {
            this.sql = sql;
            this.statement = statement;
        }

        String sql() {
            return sql;
        }

        PreparedStatement statement() {
            return statement;
        }

        /** Runs it as a query of many rows, of which the driver reads some ahead; the rows are closed with this. */
        ResultSet queryMany() throws SQLException {
            statement.setFetchSize(FETCHED);
            return query();
        }

        /** Runs it as a query of few rows, which the driver may read at once; the rows are closed with this. */
        ResultSet query() throws SQLException {
            ResultSet result = statement.executeQuery();
            rows = result;
            return result;
        }

        @Override
        public void close() {
            giveBack(this);
        }
    }

    /** Notes a result that gives way to other statements. */
    void reads(SqlPages pages) {
        reading = pages;
    }

    /** Clears the connection for a statement: a result that blocks it gives way. */
    void clear() {
        SqlPages pages = reading;
        reading = null;
        if (pages != null) {
            pages.giveWay();
        }
    }

    /** Takes a free statement with that text, or prepares one. */
    Lease lease(String sql) {
        clear();
        PreparedStatement statement = free.remove(sql);
        try {
            return new Lease(sql, statement != null ? statement : prepared(sql));
        } catch (SQLException e) {
            throw fault(e, sql);
        }
    }

    private PreparedStatement prepared(String sql) throws SQLException {
        return connection.prepareStatement(sql);
    }

    /** A new statement that gives the keys which it generates; it is not kept. */
    PreparedStatement generating(String sql) throws SQLException {
        clear();
        return connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS);
    }

    private void giveBack(Lease lease) {
        try {
            if (lease.rows != null) {
                lease.rows.close();
            } else {
                lease.statement.clearBatch();
            }
            lease.statement.clearParameters();
            lease.statement.setFetchSize(0);
            PreparedStatement other = free.put(lease.sql, lease.statement);
            if (other != null && other != lease.statement) {
                other.close();
            }
            if (free.size() > KEPT) {
                Map.Entry<String, PreparedStatement> oldest =
                        free.entrySet().iterator().next();
                free.remove(oldest.getKey());
                oldest.getValue().close();
            }
        } catch (SQLException e) {
            free.remove(lease.sql);
            closeQuietly(lease.statement);
        }
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception ignored) {
            // it is being thrown away
        }
    }

    /** Ends the transaction so that what it wrote is kept. */
    void commit() {
        first = null;
        try {
            dialect.commit(connection);
        } catch (SQLException e) {
            throw fault(e, "COMMIT");
        }
    }

    /** Ends the transaction and undoes it. */
    void rollback() {
        first = null;
        try {
            dialect.rollback(connection);
        } catch (SQLException e) {
            throw fault(e, "ROLLBACK");
        }
    }

    /** Runs SQL without parameters or rows. */
    void run(String sql) {
        clear();
        if (sql.startsWith("ROLLBACK TO")) {
            first = null;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw fault(e, sql);
        }
    }

    /** Forgets all prepared statements, after the schema changed. */
    void forget() {
        free.values().forEach(SqlConnection::closeQuietly);
        free.clear();
    }

    void close() {
        forget();
        closeQuietly(connection);
    }
}
