package dev.keepsake.benchmarks;

import dev.keepsake.contract.TestServer;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** A server that this process started, and that ends with it; or one that the environment names, as for tests. */
record Server(Product product, TestServer server) implements Databases<Database> {
    /** Lets MariaDB keep the tables of all peers in memory; the operating system does so for the others. A named server is left alone. */
    Server enlarge() throws SQLException {
        if (System.getenv("KEEPSAKE_MARIADB_URL") == null) {
            try (Connection connection =
                            DriverManager.getConnection(server.jdbcUrl("mysql"), server.user(), server.password());
                    Statement statement = connection.createStatement()) {
                statement.execute("SET GLOBAL innodb_buffer_pool_size = 1073741824");
            }
        }
        return this;
    }

    @Override
    public Database create(String peer) {
        String url = server.newDatabase();
        String jdbc = server.jdbcUrl(URI.create(url).getPath().substring(1)) + product.options();
        return new Database(product, jdbc, server.user(), server.password(), url);
    }

    @Override
    public String version() {
        return server.version();
    }

    /** What was made goes with the process. */
    @Override
    public void close() {}
}
