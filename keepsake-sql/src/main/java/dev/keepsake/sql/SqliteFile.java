package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.store.StoreInfo;
import dev.keepsake.store.StoreUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteJDBCLoader;

/**
 * A SQLite file, or memory, and connections to it. Options of its URL: {@code mode=ro} reads only, {@code mode=rw} takes no
 * file that is missing, {@code mode=rwc} (the default) makes one at the first write; {@code maxPages} limits its size.
 */
final class SqliteFile implements SqlSource {
    private final String url;
    private final @Nullable Path file;
    private final boolean readOnly;
    private final int maxPages;
    private final StoreInfo info;
    private final @Nullable Connection keeper;

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

    /** Whether there is nothing yet, so that reading would only make an empty file. */
    boolean missing() {
        return file != null && !Files.exists(file);
    }

    /** Whether the next to write makes the database, and so decides how it is kept. */
    boolean fresh() {
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
    Connection connectEmpty() throws SQLException {
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
            SqliteFunctions.register(connection);
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
    public void release(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw translate(e, null);
        }
    }

    @Override
    public Fault translate(SQLException exception, @Nullable String statement) {
        return SqliteErrors.report(exception, statement, null)
                .store(info)
                .cause(exception)
                .fault();
    }

    @Override
    public StoreInfo info() {
        return info;
    }

    @Override
    public void close() {
        if (keeper != null) {
            release(keeper);
        }
    }
}
