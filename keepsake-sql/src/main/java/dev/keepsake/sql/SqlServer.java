package dev.keepsake.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.store.StoreInfo;
import dev.keepsake.store.StoreUrl;
import dev.keepsake.store.TransactionOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A database server and a pool of connections to it (HikariCP). A transaction holds a connection from its first request to its end;
 * where all are held, others wait as long as {@code connectionWait} says, and then are told who holds them. What is asked beside
 * transactions (new ids, the time) has one connection of its own, so that who holds one never waits for another.
 *
 * <p>Its options of a URL are those of {@link ServerOptions}, which docs/connecting.md explains; all others are the driver's.
 */
final class SqlServer implements SqlSource {
    /** Where nobody is a user: our packages, and Java's, that stand between. */
    private static final List<String> OURS = List.of(
            "dev.keepsake.store.",
            "dev.keepsake.session.",
            "dev.keepsake.codec.",
            "dev.keepsake.query.",
            "java.",
            "jdk.");

    private static final int MOST_HOLDERS = 10;

    private final ServerDatabase database;
    private final HikariDataSource pool;
    private final HikariDataSource aside;
    private final Duration closeWait;
    private final Map<SqlConnection, Holder> holders = new ConcurrentHashMap<>();

    /** Who holds a connection. */
    private record Holder(Thread thread, long since, String where) {
        @Override
        public String toString() {
            long millis = (System.nanoTime() - since) / 1_000_000;
            String name = thread.getName().isEmpty() ? "virtual thread " + thread.threadId() : thread.getName();
            return name + ", for " + millis + " ms, " + where;
        }
    }

    private SqlServer(ServerDatabase database, HikariDataSource pool, HikariDataSource aside, Duration closeWait) {
        this.database = database;
        this.pool = pool;
        this.aside = aside;
        this.closeWait = closeWait;
    }

    // ---- opening

    static SqlServer open(StoreUrl url, ServerProduct product) {
        ServerOptions options = ServerOptions.of(url);
        ServerDatabase database = ServerDatabase.open(url, product, options);
        database.close();
        return new SqlServer(
                database,
                pool(database, options, "", options.minConnections(), options.maxConnections()),
                pool(database, options, " aside", 0, 1),
                options.closeWait());
    }

    private static HikariDataSource pool(
            ServerDatabase database, ServerOptions options, String name, int least, int most) {
        HikariConfig config = database.pooled();
        config.setPoolName("keepsake" + name);
        config.setAutoCommit(false);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(options.connectionWait());
        // several silent connections must not use up the time in which one that answers could be made
        config.setValidationTimeout(Math.clamp(options.connectionWait() / 4, 250, 5_000));
        config.setIdleTimeout(options.idleTimeout());
        config.setMaxLifetime(options.maxLifetime());
        // else PostgreSQL forgets what it is told at first with the first transaction that is rolled back
        config.setIsolateInternalQueries(true);
        config.setMinimumIdle(least);
        config.setMaximumPoolSize(most);
        return new HikariDataSource(config);
    }

    // ---- connections of transactions

    @Override
    public Dialect dialect() {
        return database.dialect();
    }

    @Override
    public SqlConnection take(TransactionOptions options) throws SQLException {
        try {
            SqlConnection connection = new SqlConnection(pool.getConnection(), dialect(), info(), false);
            holders.put(connection, new Holder(Thread.currentThread(), System.nanoTime(), where()));
            return connection;
        } catch (SQLTransientConnectionException e) {
            throw unavailable(e);
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    /** No connection within the time: all are held, or none can be made. */
    private Fault unavailable(SQLTransientConnectionException e) throws SQLException {
        if (holders.size() < pool.getMaximumPoolSize()) {
            throw notMade(e);
        }
        List<String> holding =
                holders.values().stream().map(Holder::toString).sorted().toList();
        Report report = Problem.POOL_EXHAUSTED
                .because(
                        "all %d connections are held, and none came back within %d ms",
                        pool.getMaximumPoolSize(), pool.getConnectionTimeout())
                .store(info())
                .cause(e)
                .hint("end sessions sooner, or raise the option maxConnections");
        for (int i = 0; i < Math.min(holding.size(), MOST_HOLDERS); i++) {
            report.fact("holder " + (i + 1), holding.get(i));
        }
        return report.fault();
    }

    /** Why there is none, though not all are held. */
    private SQLException notMade(SQLTransientConnectionException e) {
        if (e.getCause() instanceof SQLException cause) {
            return cause;
        }
        throw Problem.STORE_UNREACHABLE
                .because("no connection to the server was made within %d ms", pool.getConnectionTimeout())
                .store(info())
                .cause(e)
                .hint("try again when the server is there; the option connectionWait says how long is waited")
                .fault();
    }

    /** Why a pool gives no connection, where it does not say that time is over. */
    private SQLException refused(SQLException e) {
        if (e.getCause() instanceof InterruptedException) {
            throw Problem.STORE_BUSY
                    .because("the thread was interrupted while it waited for a connection")
                    .store(info())
                    .cause(e)
                    .fault();
        }
        if (pool.isClosed()) {
            throw Problem.CLOSED
                    .because("the store is closed")
                    .store(info())
                    .cause(e)
                    .fault();
        }
        return e;
    }

    /** The first place outside of Keepsake that the caller came by. */
    private static String where() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> !isOurs(frame.getClassName()))
                        .findFirst()
                        .map(frame -> "at " + frame)
                        .orElse("somewhere"));
    }

    private static boolean isOurs(String type) {
        return type.startsWith("dev.keepsake.sql.Sql")
                || type.equals("dev.keepsake.Keepsake")
                || OURS.stream().anyMatch(type::startsWith);
    }

    @Override
    public void giveBack(SqlConnection connection) {
        holders.remove(connection);
        connection.close();
    }

    @Override
    public void discard(SqlConnection connection) {
        holders.remove(connection);
        pool.evictConnection(connection.connection());
        connection.close();
    }

    // ---- connections of others

    @Override
    public Connection connect() throws SQLException {
        return database.connect();
    }

    @Override
    public Connection aside() throws SQLException {
        try {
            Connection connection = aside.getConnection();
            connection.setAutoCommit(true);
            return connection;
        } catch (SQLTransientConnectionException e) {
            if (e.getCause() == null && aside.getHikariPoolMXBean().getActiveConnections() > 0) {
                throw Problem.STORE_BUSY
                        .because("too many threads ask for new ids at once")
                        .store(info())
                        .cause(e)
                        .hint("add objects together by addAll(), or raise the option connectionWait")
                        .fault();
            }
            throw notMade(e);
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    @Override
    public StoreInfo info() {
        return database.info();
    }

    @Override
    public Duration closeWait() {
        return closeWait;
    }

    /** How many connections transactions hold. */
    int held() {
        return holders.size();
    }

    /** The connections of transactions. */
    HikariDataSource pool() {
        return pool;
    }

    @Override
    public void close() {
        pool.close();
        aside.close();
    }
}
