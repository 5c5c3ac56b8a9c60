package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.store.ServerAddress;
import dev.keepsake.store.StoreUrl;
import dev.keepsake.store.TransactionOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The database servers that there are, as far as they differ before one is connected: their URLs, drivers and settings. */
enum ServerProduct {
    /** PostgreSQL, by its own driver. */
    POSTGRESQL(
            "postgresql",
            5432,
            "org.postgresql.Driver",
            "org.postgresql:postgresql",
            "schema",
            "reWriteBatchedInserts") {
        @Override
        Map<String, String> properties(StoreUrl url, int connectTimeoutMillis) {
            Map<String, String> properties = new LinkedHashMap<>();
            properties.put("connectTimeout", seconds(connectTimeoutMillis));
            // the driver reads a fraction here, not above
            properties.put("loginTimeout", String.valueOf(connectTimeoutMillis / 1000.0));
            properties.put("tcpKeepAlive", "true");
            properties.put("ApplicationName", "Keepsake");
            // what it would write in another form once a statement is prepared: another zone, other numbers
            properties.put("binaryTransferDisable", "TIMETZ,POINT,BOX");
            url.option("schema")
                    .ifPresent(schema -> properties.put("currentSchema", '"' + schema.replace("\"", "\"\"") + '"'));
            return properties;
        }

        @Override
        String socketTimeout(int millis) {
            return seconds(millis);
        }

        @Override
        String initially(int statementTimeoutMillis) {
            return "SET lock_timeout = " + LOCK_WAIT_MILLIS
                    + (statementTimeoutMillis == 0 ? "" : "; SET statement_timeout = " + statementTimeoutMillis);
        }

        @Override
        Dialect dialect(StoreUrl url, Connection connection) throws SQLException {
            String schema = url.option("schema").orElse(null);
            String current = connection.getSchema();
            if (schema != null && !schema.equals(current)) {
                throw Problem.DATABASE_MISSING
                        .because("there is no schema %s in the database", Report.quote(schema))
                        .hint("create it, or check the option schema")
                        .fault();
            }
            return new PostgresqlDialect(current == null ? "public" : current, schema != null);
        }

        @Override
        Report report(SQLException e) {
            return PostgresqlErrors.connecting(e);
        }
    },

    /** MariaDB, by its own driver. */
    MARIADB("mariadb", 3306, "org.mariadb.jdbc.Driver", "org.mariadb.jdbc:mariadb-java-client", null, "useBulkStmts") {
        @Override
        Map<String, String> properties(StoreUrl url, int connectTimeoutMillis) {
            Map<String, String> properties = new LinkedHashMap<>();
            properties.put("connectTimeout", String.valueOf(connectTimeoutMillis));
            properties.put("tcpKeepAlive", "true");
            return properties;
        }

        @Override
        String initially(int statementTimeoutMillis) {
            String limit =
                    statementTimeoutMillis == 0 ? "" : ", max_statement_time = " + statementTimeoutMillis / 1000.0;
            return MariadbDialect.session(MariadbDialect.ISOLATION) + limit;
        }

        @Override
        Dialect dialect(StoreUrl url, Connection connection) throws SQLException {
            return new MariadbDialect(connection.getCatalog());
        }

        @Override
        Report report(SQLException e) {
            return MariadbErrors.connecting(e);
        }
    },

    /** MySQL, by its own driver, which whoever wants it brings. */
    MYSQL("mysql", 3306, "com.mysql.cj.jdbc.Driver", "com.mysql:mysql-connector-j", null, "rewriteBatchedStatements") {
        @Override
        Map<String, String> properties(StoreUrl url, int connectTimeoutMillis) {
            Map<String, String> properties = new LinkedHashMap<>();
            properties.put("connectTimeout", String.valueOf(connectTimeoutMillis));
            properties.put("useCursorFetch", "true");
            properties.put("connectionTimeZone", "UTC");
            properties.put("tinyInt1isBit", "false");
            return properties;
        }

        @Override
        String initially(int statementTimeoutMillis) {
            String limit = statementTimeoutMillis == 0 ? "" : ", max_execution_time = " + statementTimeoutMillis;
            return MariadbDialect.session(MysqlDialect.ISOLATION) + limit;
        }

        @Override
        Dialect dialect(StoreUrl url, Connection connection) throws SQLException {
            return new MysqlDialect(connection.getCatalog());
        }

        @Override
        Report report(SQLException e) {
            return MariadbErrors.connecting(e);
        }
    };

    /** How long a transaction waits for others unless it says otherwise. */
    static final long LOCK_WAIT_MILLIS = TransactionOptions.WRITE.patience().toMillis();

    private final String scheme;
    private final int port;
    private final String driver;
    private final String artifact;
    private final @Nullable String option;
    private final String batching;

    ServerProduct(String scheme, int port, String driver, String artifact, @Nullable String option, String batching) {
        this.scheme = scheme;
        this.port = port;
        this.driver = driver;
        this.artifact = artifact;
        this.option = option;
        this.batching = batching;
    }

    /** The product of a scheme; null where it is none. */
    static @Nullable ServerProduct of(String scheme) {
        return Arrays.stream(values())
                .filter(product -> product.scheme.equals(scheme))
                .findFirst()
                .orElse(null);
    }

    String scheme() {
        return scheme;
    }

    /** Where it listens if nobody says otherwise. */
    int port() {
        return port;
    }

    /** The class of its JDBC driver. */
    String driver() {
        return driver;
    }

    /** Where the driver comes from. */
    String artifact() {
        return artifact;
    }

    /** Our options that only it has. */
    List<String> options() {
        return option == null ? List.of() : List.of(option);
    }

    /** The driver's setting by which it sends the rows of a batch together, and counts them together. */
    String batching() {
        return batching;
    }

    /** The URL of JDBC, without user, password and options. */
    String jdbc(ServerAddress address) {
        String host = address.host().indexOf(':') >= 0 ? "[" + address.host() + "]" : address.host();
        return "jdbc:" + scheme + "://" + host + ":" + address.port() + "/"
                + URLEncoder.encode(address.database(), StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** What the driver is told, where the user tells it nothing else. */
    abstract Map<String, String> properties(StoreUrl url, int connectTimeoutMillis);

    /** A wait for answers, as the driver counts it. */
    String socketTimeout(int millis) {
        return String.valueOf(millis);
    }

    /** What makes a new connection ready. */
    abstract String initially(int statementTimeoutMillis);

    /** The dialect of the server that answers. */
    abstract Dialect dialect(StoreUrl url, Connection connection) throws SQLException;

    /** Why no connection could be made. */
    abstract Report report(SQLException e);

    private static String seconds(int millis) {
        return String.valueOf(Math.max(1, (millis + 999) / 1000));
    }
}
