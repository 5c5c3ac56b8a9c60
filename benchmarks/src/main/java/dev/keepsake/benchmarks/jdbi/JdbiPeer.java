package dev.keepsake.benchmarks.jdbi;

import dev.keepsake.benchmarks.Data;
import dev.keepsake.benchmarks.Database;
import dev.keepsake.benchmarks.Peer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Jdbi: its own mapping of records, named parameters, batches of the same size, one handle. It notices no changes, so that
 * what is tracked is the same as what is only read, and a flush is the update of what the caller knows to be changed.
 */
public final class JdbiPeer implements Peer<Database> {
    private static final String SELECT =
            "SELECT id, project_id, major, minor, created, size, url, digest, yanked FROM releases";
    private static final String ADD_RELEASE = "INSERT INTO releases (id, project_id, major, minor, created, size, url, "
            + "digest, yanked) VALUES (:id, :projectId, :major, :minor, :created, :size, :url, :digest, :yanked)";

    private Connection connection;
    private Handle handle;

    @Override
    public String name() {
        return "Jdbi";
    }

    @Override
    public void open(Database database) throws SQLException {
        database.create();
        connection = database.connect();
        Jdbi jdbi = Jdbi.create(connection);
        jdbi.registerRowMapper(ConstructorMapper.factory(Release.class));
        handle = jdbi.open();
    }

    @Override
    public Timed insert(Data data) {
        List<Project> projects = data.projects().stream()
                .map(id -> new Project(id, "MIT", List.of()))
                .toList();
        List<List<Release>> units = data.units().stream()
                .map(unit -> unit.stream().map(Release::of).toList())
                .toList();
        return () -> {
            handle.useTransaction(
                    transaction -> write("INSERT INTO projects (id, license) VALUES (:id, :license)", projects));
            long inserted = 0;
            for (List<Release> unit : units) {
                inserted += handle.inTransaction(transaction -> write(ADD_RELEASE, unit));
            }
            return inserted;
        };
    }

    /** Writes in batches; gives how many there were. */
    private long write(String sql, List<?> all) {
        long written = 0;
        for (int from = 0; from < all.size(); from += Data.BATCH) {
            PreparedBatch batch = handle.prepareBatch(sql);
            for (Object each : all.subList(from, Math.min(all.size(), from + Data.BATCH))) {
                batch.bindMethods(each).add();
            }
            written += batch.execute().length;
        }
        return written;
    }

    private static long weigh(List<Release> releases) {
        long sum = 0;
        for (Release release : releases) {
            sum += release.weight();
        }
        return sum;
    }

    @Override
    public Timed loadTracked(Data data) {
        return () -> weigh(handle.createQuery(SELECT).mapTo(Release.class).list());
    }

    @Override
    public Timed loadReadOnly(Data data) {
        return loadTracked(data);
    }

    @Override
    public Timed getById(Data data) {
        long[] ids = data.someIds();
        return () -> handle.inTransaction(transaction -> {
            long sum = 0;
            for (long id : ids) {
                sum += transaction
                        .createQuery(SELECT + " WHERE id = :id")
                        .bind("id", id)
                        .mapTo(Release.class)
                        .one()
                        .weight();
            }
            return sum;
        });
    }

    @Override
    public Timed parents(Data data) {
        return () -> handle.inTransaction(transaction -> {
            Map<String, Project> projects = new LinkedHashMap<>();
            transaction
                    .createQuery("SELECT id, license FROM projects")
                    .map((rows, context) -> new Project(rows.getString(1), rows.getString(2), new ArrayList<>()))
                    .forEach(project -> projects.put(project.id(), project));
            transaction
                    .createQuery(SELECT + " WHERE project_id IN (SELECT id FROM projects)")
                    .mapTo(Release.class)
                    .forEach(release ->
                            projects.get(release.projectId()).releases().add(release));
            long sum = 0;
            for (Project project : projects.values()) {
                sum += weigh(project.releases());
            }
            return sum;
        });
    }

    @Override
    public Timed query(Data data) {
        List<String> projects = data.projects();
        String latest =
                SELECT + " WHERE project_id = :project AND minor >= :minor ORDER BY created DESC, id LIMIT :limit";
        return () -> handle.inTransaction(transaction -> {
            long sum = 0;
            for (String project : projects) {
                sum += weigh(transaction
                        .createQuery(latest)
                        .bind("project", project)
                        .bind("minor", Data.LEAST_MINOR)
                        .bind("limit", Data.LIMIT)
                        .mapTo(Release.class)
                        .list());
            }
            return sum;
        });
    }

    @Override
    public Timed flush(Data data) {
        List<Release> changed = new ArrayList<>();
        for (int i = 0; i < data.size(); i += Data.CHANGED) {
            changed.add(Release.of(data.rows().get(i)).grown());
        }
        return () -> handle.inTransaction(
                transaction -> write("UPDATE releases SET size = :size WHERE id = :id", changed));
    }

    @Override
    public void close() throws SQLException {
        handle.close();
        connection.close();
    }
}
