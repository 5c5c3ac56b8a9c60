package dev.keepsake.benchmarks;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** The databases that are measured: their words, and the settings that all peers get. */
public enum Product {
    /** A file: WAL, synchronous NORMAL, foreign keys enforced. Times are whole numbers, which is how the driver writes them. */
    SQLITE(
            "?journal_mode=WAL&synchronous=NORMAL&foreign_keys=true",
            new Types("text", "INTEGER", "integer", "timestamp", "text", ""),
            List.of(),
            List.of("DELETE FROM releases", "DELETE FROM projects", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"),
            List.of()) {
        @Override
        public void bind(PreparedStatement statement, int index, Instant instant) throws SQLException {
            statement.setLong(index, instant.toEpochMilli());
        }

        @Override
        public Instant instant(ResultSet rows, int index) throws SQLException {
            return Instant.ofEpochMilli(rows.getLong(index));
        }
    },

    /** A server that does not wait for its disk, and vacuums and analyzes when it is told to. */
    POSTGRESQL(
            "?reWriteBatchedInserts=true",
            new Types("text COLLATE \"C\"", "bigint", "integer", "timestamp(6) with time zone", "text COLLATE \"C\"", ""),
            List.of(
                    "ALTER TABLE projects SET (autovacuum_enabled = false)",
                    "ALTER TABLE releases SET (autovacuum_enabled = false)"),
            List.of("TRUNCATE releases, projects"),
            List.of("VACUUM (ANALYZE) projects, releases")) {
        @Override
        public void bind(PreparedStatement statement, int index, Instant instant) throws SQLException {
            statement.setObject(index, instant.atOffset(ZoneOffset.UTC));
        }

        @Override
        public Instant instant(ResultSet rows, int index) throws SQLException {
            return rows.getObject(index, OffsetDateTime.class).toInstant();
        }
    },

    /** A server that does not wait for its disk. */
    MARIADB(
            "?useBulkStmts=true",
            new Types(
                    "varchar(255)",
                    "bigint",
                    "int",
                    "datetime(6)",
                    "longtext",
                    " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin"),
            List.of(),
            List.of("SET foreign_key_checks = 0", "TRUNCATE TABLE releases", "TRUNCATE TABLE projects"),
            List.of("ANALYZE TABLE projects, releases")) {
        @Override
        public void bind(PreparedStatement statement, int index, Instant instant) throws SQLException {
            statement.setObject(index, LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
        }

        @Override
        public Instant instant(ResultSet rows, int index) throws SQLException {
            return rows.getObject(index, LocalDateTime.class).toInstant(ZoneOffset.UTC);
        }
    };

    private final String options;
    private final Types types;
    private final List<String> tune;
    private final List<String> clear;
    private final List<String> settle;

    /** Its types. */
    private record Types(String key, String id, String whole, String time, String text, String table) {}

    Product(
            String options,
            Types types,
            List<String> tune,
            List<String> clear,
            List<String> settle) {
        this.options = options;
        this.types = types;
        this.tune = tune;
        this.clear = clear;
        this.settle = settle;
    }

    /** What every peer's JDBC URL ends with. */
    String options() {
        return options;
    }

    /** Makes the two tables, as Keepsake does. */
    List<String> create() {
        String size = this == SQLITE ? types.whole : types.id;
        return List.of(
                "CREATE TABLE projects (id " + types.key + " NOT NULL, license " + types.text + ", PRIMARY KEY (id))"
                        + types.table,
                "CREATE TABLE releases (id " + types.id + " NOT NULL PRIMARY KEY, project_id " + types.key
                        + " NOT NULL, major " + types.whole + " NOT NULL, minor " + types.whole + " NOT NULL, created "
                        + types.time + ", size " + size + " NOT NULL, url " + types.text + ", digest " + types.text
                        + ", yanked boolean NOT NULL, FOREIGN KEY (project_id) REFERENCES projects (id))" + types.table,
                "CREATE INDEX releases_project ON releases (project_id)");
    }

    /** What the tables are told once, whoever made them. */
    List<String> tune() {
        return tune;
    }

    /** Makes the tables empty again. */
    List<String> clear() {
        return clear;
    }

    /** Lets the database look at what was written, as it would do by itself at some time. */
    List<String> settle() {
        return settle;
    }

    /** Gives a statement of raw JDBC a time. */
    public abstract void bind(PreparedStatement statement, int index, Instant instant) throws SQLException;

    /** Reads a time by raw JDBC. */
    public abstract Instant instant(ResultSet rows, int index) throws SQLException;
}
