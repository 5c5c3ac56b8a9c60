package dev.keepsake.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * An empty database for one peer, that is reached by JDBC.
 *
 * @param product which database it is
 * @param url for JDBC, with the settings that all peers have
 * @param user empty where there are no users
 * @param password as it is, without escapes
 * @param keepsakeUrl for Keepsake, with user and password in it
 */
public record Database(Product product, String url, String user, String password, String keepsakeUrl) implements Place {
    /** A new connection by JDBC. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    /** Makes the tables, for a peer that does not do so. */
    public void create() throws SQLException {
        execute(product.create());
    }

    @Override
    public void tune() throws SQLException {
        execute(product.tune());
    }

    @Override
    public void clear() throws SQLException {
        execute(product.clear());
    }

    @Override
    public void settle() throws SQLException {
        execute(product.settle());
    }

    private void execute(List<String> statements) throws SQLException {
        if (!statements.isEmpty()) {
            try (Connection connection = connect();
                    Statement statement = connection.createStatement()) {
                for (String sql : statements) {
                    statement.execute(sql);
                }
            }
        }
    }

    @Override
    public void check(Data data, long sizes, String who) throws SQLException {
        String found = read("SELECT concat_ws(' ', count(*), sum(size), count(DISTINCT project_id), "
                + "(SELECT count(*) FROM projects), min(length(digest))) FROM releases");
        int projects = data.projects().size();
        String expected = data.size() + " " + sizes + " " + projects + " " + projects + " 64";
        if (!found.equals(expected)) {
            throw new IllegalStateException(who + " left " + found + " in the database, not " + expected);
        }
    }

    private String read(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
