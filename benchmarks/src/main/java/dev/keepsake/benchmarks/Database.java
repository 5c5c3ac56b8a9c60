package dev.keepsake.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The SQLite files, with the same settings for all: WAL, synchronous NORMAL, foreign keys enforced. */
public final class Database {
    private Database() {}

    /** The JDBC address of a file; the driver applies what stands in it to each connection. */
    public static String url(Path file) {
        return "jdbc:sqlite:" + file + "?journal_mode=WAL&synchronous=NORMAL&foreign_keys=true";
    }

    /** Makes the tables as Keepsake does, but that times are whole numbers, which is how the driver writes them. */
    public static void create(Path file) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(file));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE projects (id text NOT NULL, license text, PRIMARY KEY (id))");
            statement.execute("CREATE TABLE releases (id INTEGER PRIMARY KEY, project_id text NOT NULL, "
                    + "major integer NOT NULL, minor integer NOT NULL, created timestamp, size integer NOT NULL, "
                    + "url text, digest text, yanked boolean NOT NULL, "
                    + "FOREIGN KEY (project_id) REFERENCES projects (id))");
            statement.execute("CREATE INDEX releases_project ON releases (project_id)");
        }
    }

    /** Makes the tables empty again. */
    static void clear(Path file) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(file));
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM releases");
            statement.execute("DELETE FROM projects");
            statement.execute("VACUUM");
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    /** Refuses a file that does not hold all projects and releases, with this sum of sizes. */
    static void check(Path file, Data data, long sizes, String who) throws SQLException {
        String found = read(
                file,
                "SELECT count(*) || ' ' || sum(size) || ' ' || count(DISTINCT project_id) "
                        + "|| ' ' || (SELECT count(*) FROM projects) || ' ' || min(length(digest)) FROM releases");
        int projects = data.projects().size();
        String expected = data.size() + " " + sizes + " " + projects + " " + projects + " 64";
        if (!found.equals(expected)) {
            throw new IllegalStateException(who + " left " + found + " in the file, not " + expected);
        }
    }

    private static String read(Path file, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(file));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
