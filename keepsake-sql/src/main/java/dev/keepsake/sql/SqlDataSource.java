package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.store.StoreInfo;
import dev.keepsake.store.TransactionOptions;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source of somebody else's: its connections are given back as they were, and it is never closed. */
final class SqlDataSource implements SqlSource {
    private final DataSource source;
    private final Dialect dialect;
    private final StoreInfo info;
    private final Map<SqlConnection, Boolean> autoCommitted = new ConcurrentHashMap<>();

    private SqlDataSource(DataSource source, Dialect dialect, StoreInfo info) {
        this.source = source;
        this.dialect = dialect;
        this.info = info;
    }

    static SqlDataSource of(DataSource source) {
        try (Connection connection = source.getConnection()) {
            DatabaseMetaData about = connection.getMetaData();
            String version = about.getDatabaseProductVersion();
            String product = about.getDatabaseProductName();
            String place = place(about.getURL());
            return switch (product) {
                case "PostgreSQL" ->
                    new SqlDataSource(
                            source,
                            new PostgresqlDialect(schema(connection), false),
                            new StoreInfo("postgresql", place, version));
                case "MariaDB" ->
                    new SqlDataSource(
                            source,
                            new MariadbDialect(connection.getCatalog()),
                            new StoreInfo("mariadb", place, version));
                case "MySQL" ->
                    version.contains("MariaDB")
                            ? new SqlDataSource(
                                    source,
                                    new MariadbDialect(connection.getCatalog()),
                                    new StoreInfo("mariadb", place, version))
                            : new SqlDataSource(
                                    source,
                                    new MysqlDialect(connection.getCatalog()),
                                    new StoreInfo("mysql", place, version));
                case "SQLite" ->
                    new SqlDataSource(source, new SqliteDialect(), new StoreInfo("sqlite", place, version));
                default ->
                    throw Problem.FEATURE_MISSING
                            .because("Keepsake does not know %s", product)
                            .hint("it keeps objects in SQLite, PostgreSQL, MariaDB and MySQL")
                            .fault();
            };
        } catch (SQLException e) {
            throw ServerErrors.gone(e).cause(e).fault();
        }
    }

    private static String schema(Connection connection) throws SQLException {
        String current = connection.getSchema();
        return current == null ? "public" : current;
    }

    /** The URL of JDBC without its beginning and its options, which may hold a password. */
    private static String place(@Nullable String url) {
        String plain = url == null ? "a data source" : url.replaceFirst("^jdbc:[a-z]+:(//)?", "");
        int end = plain.indexOf('?');
        String place = end < 0 ? plain : plain.substring(0, end);
        // some drivers take user and password there, in forms of their own
        boolean unusual = place.indexOf('(') >= 0 || place.contains("password=");
        return unusual ? "a data source" : place.substring(place.lastIndexOf('@') + 1);
    }

    @Override
    public Dialect dialect() {
        return dialect;
    }

    @Override
    public SqlConnection take(TransactionOptions options) throws SQLException {
        Connection connection = source.getConnection();
        try {
            SqlConnection taken = new SqlConnection(connection, dialect, info, false);
            boolean automatic = connection.getAutoCommit();
            dialect.prepare(connection);
            if (!automatic) {
                connection.commit();
            }
            autoCommitted.put(taken, automatic);
            return taken;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** What was committed is committed: a connection that cannot be given back as it was is thrown away. */
    @Override
    public void giveBack(SqlConnection connection) {
        boolean before = Boolean.TRUE.equals(autoCommitted.remove(connection));
        try {
            dialect.leave(connection.connection());
            if (!connection.connection().getAutoCommit()) {
                connection.connection().commit();
            }
            if (connection.connection().getAutoCommit() != before) {
                connection.connection().setAutoCommit(before);
            }
            connection.close();
        } catch (SQLException e) {
            discard(connection);
        }
    }

    /** Its pool is not to lend it again. */
    @Override
    public void discard(SqlConnection connection) {
        autoCommitted.remove(connection);
        try {
            connection.connection().abort(Runnable::run);
        } catch (SQLException e) {
            // it is gone already
        }
        connection.close();
    }

    @Override
    public Connection connect() throws SQLException {
        Connection connection = source.getConnection();
        try {
            dialect.prepare(connection);
            connection.setAutoCommit(true);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void release(Connection connection) {
        try (connection) {
            dialect.leave(connection);
        } catch (SQLException e) {
            throw translate(e, null);
        }
    }

    @Override
    public StoreInfo info() {
        return info;
    }

    /** It is its owner's to close. */
    @Override
    public void close() {}
}
