package dev.keepsake.sql;

import dev.keepsake.contract.TestServer;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A place on a server as any other program uses it, by JDBC alone, beside the store that is tested on it. */
record RawServer(TestServer server, String url) implements AutoCloseable {
    /** A new database, which is gone at the end. */
    static RawServer database(TestServer server) {
        return new RawServer(server, server.newDatabase());
    }

    /** A new space, which is gone at the end. */
    static RawServer space(TestServer server) {
        return new RawServer(server, server.freshSpace());
    }

    Guarded open() {
        return Stores.open(url);
    }

    RawServer run(String... statements) {
        try (Connection connection = server.connect(url);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            return this;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Each row as its values with bars between, as the server writes them. */
    List<String> rows(String sql) {
        try (Connection connection = server.connect(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.add(String.valueOf(rows.getString(i)));
                }
                all.add(String.join("|", row));
            }
            return all;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.drop(url);
    }
}
