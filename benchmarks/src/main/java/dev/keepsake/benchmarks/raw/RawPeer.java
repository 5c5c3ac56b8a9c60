package dev.keepsake.benchmarks.raw;

import dev.keepsake.benchmarks.Data;
import dev.keepsake.benchmarks.Database;
import dev.keepsake.benchmarks.Peer;
import dev.keepsake.benchmarks.Product;
import dev.keepsake.benchmarks.Row;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** JDBC by hand, as fast as it goes: one connection, held statements, batches, columns by number, only what is needed. */
public final class RawPeer implements Peer<Database> {
    private static final String SELECT =
            "SELECT id, project_id, major, minor, created, size, url, digest, yanked FROM releases";

    private Product product;
    private Connection connection;
    private PreparedStatement addProject;
    private PreparedStatement addRelease;
    private PreparedStatement byId;
    private PreparedStatement latest;
    private PreparedStatement resize;

    /** A project with its releases. */
    private record Project(String id, String license, List<Row> releases) {}

    @Override
    public String name() {
        return "raw JDBC";
    }

    @Override
    public void open(Database database) throws SQLException {
        database.create();
        product = database.product();
        connection = database.connect();
        connection.setAutoCommit(false);
        addProject = connection.prepareStatement("INSERT INTO projects (id, license) VALUES (?, ?)");
        addRelease = connection.prepareStatement("INSERT INTO releases (id, project_id, major, minor, created, size, "
                + "url, digest, yanked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        byId = connection.prepareStatement(SELECT + " WHERE id = ?");
        latest = connection.prepareStatement(
                SELECT + " WHERE project_id = ? AND minor >= ? ORDER BY created DESC, id LIMIT ?");
        resize = connection.prepareStatement("UPDATE releases SET size = ? WHERE id = ?");
    }

    @Override
    public Timed insert(Data data) {
        List<String> projects = data.projects();
        List<List<Row>> units = data.units();
        return () -> {
            for (String project : projects) {
                addProject.setString(1, project);
                addProject.setString(2, "MIT");
                addProject.addBatch();
            }
            addProject.executeBatch();
            connection.commit();
            long inserted = 0;
            for (List<Row> unit : units) {
                for (int i = 0; i < unit.size(); i++) {
                    bind(addRelease, unit.get(i));
                    addRelease.addBatch();
                    if ((i + 1) % Data.BATCH == 0 || i + 1 == unit.size()) {
                        inserted += addRelease.executeBatch().length;
                    }
                }
                connection.commit();
            }
            return inserted;
        };
    }

    @Override
    public Optional<Timed> copy(Data data) {
        return product == Product.POSTGRESQL ? Optional.of(() -> Copy.copy(connection, data)) : Optional.empty();
    }

    private void bind(PreparedStatement statement, Row row) throws SQLException {
        statement.setLong(1, row.id());
        statement.setString(2, row.project());
        statement.setInt(3, row.major());
        statement.setInt(4, row.minor());
        product.bind(statement, 5, row.created());
        statement.setLong(6, row.size());
        statement.setString(7, row.url());
        statement.setString(8, row.digest());
        statement.setBoolean(9, row.yanked());
    }

    private Row row(ResultSet rows) throws SQLException {
        return new Row(
                rows.getLong(1),
                rows.getString(2),
                rows.getInt(3),
                rows.getInt(4),
                product.instant(rows, 5),
                rows.getLong(6),
                rows.getString(7),
                rows.getString(8),
                rows.getBoolean(9));
    }

    private List<Row> list(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            List<Row> all = new ArrayList<>();
            while (rows.next()) {
                all.add(row(rows));
            }
            return all;
        }
    }

    @Override
    public Timed loadTracked(Data data) {
        return () -> {
            long sum = 0;
            try (PreparedStatement all = connection.prepareStatement(SELECT)) {
                for (Row row : list(all)) {
                    sum += row.weight();
                }
            }
            connection.commit();
            return sum;
        };
    }

    @Override
    public Timed loadReadOnly(Data data) {
        return loadTracked(data);
    }

    @Override
    public Timed getById(Data data) {
        long[] ids = data.someIds();
        return () -> {
            long sum = 0;
            for (long id : ids) {
                byId.setLong(1, id);
                sum += list(byId).getFirst().weight();
            }
            connection.commit();
            return sum;
        };
    }

    @Override
    public Timed parents(Data data) {
        return () -> {
            Map<String, Project> projects = new LinkedHashMap<>();
            try (PreparedStatement parents = connection.prepareStatement("SELECT id, license FROM projects");
                    ResultSet rows = parents.executeQuery()) {
                while (rows.next()) {
                    String id = rows.getString(1);
                    projects.put(id, new Project(id, rows.getString(2), new ArrayList<>()));
                }
            }
            try (PreparedStatement children =
                    connection.prepareStatement(SELECT + " WHERE project_id IN (SELECT id FROM projects)")) {
                for (Row row : list(children)) {
                    projects.get(row.project()).releases().add(row);
                }
            }
            connection.commit();
            long sum = 0;
            for (Project project : projects.values()) {
                for (Row row : project.releases()) {
                    sum += row.weight();
                }
            }
            return sum;
        };
    }

    @Override
    public Timed query(Data data) {
        List<String> projects = data.projects();
        return () -> {
            long sum = 0;
            for (String project : projects) {
                latest.setString(1, project);
                latest.setInt(2, Data.LEAST_MINOR);
                latest.setInt(3, Data.LIMIT);
                for (Row row : list(latest)) {
                    sum += row.weight();
                }
            }
            connection.commit();
            return sum;
        };
    }

    @Override
    public Timed flush(Data data) {
        return () -> {
            long updated = 0;
            int waiting = 0;
            for (int i = 0; i < data.size(); i += Data.CHANGED) {
                Row row = data.rows().get(i);
                resize.setLong(1, row.size() + 1);
                resize.setLong(2, row.id());
                resize.addBatch();
                if (++waiting == Data.BATCH) {
                    updated += resize.executeBatch().length;
                    waiting = 0;
                }
            }
            updated += resize.executeBatch().length;
            connection.commit();
            return updated;
        };
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
