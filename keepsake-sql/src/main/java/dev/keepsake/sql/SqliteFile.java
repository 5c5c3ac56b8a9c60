package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.store.StoreInfo;
import dev.keepsake.store.StoreUrl;
import dev.keepsake.store.TransactionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteJDBCLoader;

/**
 * A SQLite file, or memory, and connections to it. Options of its URL: {@code mode=ro} reads only, {@code mode=rw} takes no
 * file that is missing, {@code mode=rwc} (the default) makes one at the first write; {@code maxPages} limits its size.
 */
final class SqliteFile implements SqlSource {
    private static final System.Logger LOGGER = System.getLogger(SqliteFile.class.getName());

    private final String url;
    private final @Nullable Path file;
    private final boolean readOnly;
    private final int maxPages;
    private final StoreInfo info;
    private final @Nullable Connection keeper;
    private final Dialect dialect = new SqliteDialect();
    /** Connections between transactions, with their prepared statements. */
    private final ConcurrentLinkedDeque<SqlConnection> idle = new ConcurrentLinkedDeque<>();

    /** Connections of transactions. */
    private final Set<SqlConnection> taken = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    private SqliteFile(String url, @Nullable Path file, boolean readOnly, int maxPages) {
        this.url = url;
        this.file = file;
        this.readOnly = readOnly;
        this.maxPages = maxPages;
        this.info = new StoreInfo("sqlite", file == null ? ":memory:" : file.toString(), SQLiteJDBCLoader.getVersion());
        try {
            // a database in memory lives as long as one connection to it
            keeper = file == null ? connect() : null;
        } catch (SQLException e) {
            throw translate(e, null);
        }
    }

    static SqliteFile open(StoreUrl url) {
        url.allowing(List.of("mode", "maxPages"));
        String mode = url.option("mode").orElse("rwc");
        int maxPages = url.number("maxPages", 0, 1, 999_999_999);
        if (!List.of("ro", "rw", "rwc").contains(mode)) {
            throw Problem.MALFORMED_URL
                    .because("mode is ro, rw or rwc, not %s", mode)
                    .fault();
        }
        if (url.place().isEmpty()) {
            throw Problem.MALFORMED_URL
                    .because("sqlite: needs a file")
                    .hint("write sqlite:FILE, or sqlite::memory:")
                    .fault();
        }
        if (url.place().equals(":memory:")) {
            return new SqliteFile("jdbc:sqlite:file:/" + UUID.randomUUID() + "?vfs=memdb", null, false, maxPages);
        }
        Path file = path(url.place());
        if (Files.isDirectory(file)) {
            throw Problem.NOT_A_DATABASE
                    .because("%s is a folder", file)
                    .hint("name a file")
                    .fault();
        }
        if (!mode.equals("rwc") && !Files.exists(file)) {
            throw Problem.FILE_MISSING
                    .because("there is no file %s", file)
                    .hint("check the path; it is taken from " + Path.of("").toAbsolutePath())
                    .fault();
        }
        return new SqliteFile("jdbc:sqlite:" + file.toAbsolutePath(), file, mode.equals("ro"), maxPages);
    }

    private static Path path(String place) {
        try {
            return Path.of(place);
        } catch (InvalidPathException e) {
            throw Problem.MALFORMED_URL
                    .because("%s is no path of a file", place)
                    .cause(e)
                    .fault();
        }
    }

    // ---- the store's connections

    @Override
    public Dialect dialect() {
        return dialect;
    }

    @Override
    public SqlConnection take(TransactionOptions options) throws SQLException {
        SqlConnection connection = chosen(options);
        taken.add(connection);
        return connection;
    }

    private SqlConnection chosen(TransactionOptions options) throws SQLException {
        if (options.readOnly() && missing()) {
            return new SqlConnection(connectEmpty(), dialect, info, true);
        }
        if (!options.readOnly() && fresh()) {
            return first(new SqlConnection(connect(), dialect, info, false), options.patience());
        }
        SqlConnection connection = idle.pollFirst();
        return connection != null ? connection : new SqlConnection(connect(), dialect, info, false);
    }

    /** The connection that makes the file; those to a file that was deleted since lead nowhere. */
    private SqlConnection first(SqlConnection connection, Duration patience) {
        closeIdle();
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                // readers and a writer side by side; an existing file keeps the mode that it has
                connection.run("PRAGMA journal_mode = WAL");
                return connection;
            } catch (RuntimeException e) {
                // SQLite waits for nobody here: another may be making the file at this moment
                boolean isBusy = e instanceof Fault fault && fault.problem() == Problem.STORE_BUSY;
                if (isBusy && !fresh()) {
                    return connection;
                }
                if (!isBusy || System.nanoTime() > deadline || !pauses()) {
                    connection.close();
                    throw e;
                }
            }
        }
    }

    /** Waits a little; false where the thread is to end. */
    private static boolean pauses() {
        try {
            Thread.sleep(5);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void giveBack(SqlConnection connection) {
        taken.remove(connection);
        if (closed || connection.standsIn() || missing()) {
            connection.close();
            return;
        }
        idle.addFirst(connection);
        if (closed) {
            closeIdle();
        }
    }

    @Override
    public void discard(SqlConnection connection) {
        taken.remove(connection);
        connection.close();
    }

    private void closeIdle() {
        for (SqlConnection connection = idle.pollFirst(); connection != null; connection = idle.pollFirst()) {
            connection.close();
        }
    }

    // ---- the file

    /** Whether there is nothing yet, so that reading would only make an empty file. */
    private boolean missing() {
        return file != null && !Files.exists(file);
    }

    /** Whether the next to write makes the database, and so decides how it is kept. */
    private boolean fresh() {
        try {
            return file != null && (!Files.exists(file) || Files.size(file) == 0);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public Connection connect() throws SQLException {
        return prepared(config().createConnection(url));
    }

    /** A connection to an empty database, in place of a file that is missing and is only read. */
    private Connection connectEmpty() throws SQLException {
        return prepared(config().createConnection("jdbc:sqlite::memory:"));
    }

    private SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(readOnly);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(5_000);
        return config;
    }

    private Connection prepared(Connection connection) throws SQLException {
        try {
            dialect.prepare(connection);
            if (maxPages > 0) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("PRAGMA max_page_count = " + maxPages);
                }
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public StoreInfo info() {
        return info;
    }

    @Override
    public void close() {
        closed = true;
        closeIdle();
        taken.forEach(SqliteFile::cut);
        if (keeper != null) {
            release(keeper);
        }
    }

    /** Closes a connection that another thread may be using; what it runs is interrupted. */
    private static void cut(SqlConnection taken) {
        try {
            taken.connection().unwrap(SQLiteConnection.class).getDatabase().interrupt();
            taken.connection().close();
        } catch (SQLException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "a connection was not closed", e);
        }
    }
}
