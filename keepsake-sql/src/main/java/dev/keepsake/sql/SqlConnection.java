package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
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

    private final Connection connection;
    private final Dialect dialect;
    private final StoreInfo info;
    private final boolean standsIn;
    private final Map<String, PreparedStatement> free = new LinkedHashMap<>(16, 0.75f, true);

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

    Fault fault(SQLException e, String sql) {
        return dialect.report(e, sql, null).store(info).cause(e).fault();
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

        /** Runs it as a query; the rows are closed with this. */
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

    /** Takes a free statement with that text, or prepares one. */
    Lease lease(String sql) {
        PreparedStatement statement = free.remove(sql);
        try {
            return new Lease(sql, statement != null ? statement : connection.prepareStatement(sql));
        } catch (SQLException e) {
            throw fault(e, sql);
        }
    }

    private void giveBack(Lease lease) {
        try {
            if (lease.rows != null) {
                lease.rows.close();
            } else {
                lease.statement.clearBatch();
            }
            lease.statement.clearParameters();
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

    /** Runs SQL without parameters or rows. */
    void run(String sql) {
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
