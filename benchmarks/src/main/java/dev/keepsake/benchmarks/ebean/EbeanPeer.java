package dev.keepsake.benchmarks.ebean;

import dev.keepsake.benchmarks.Data;
import dev.keepsake.benchmarks.Database;
import dev.keepsake.benchmarks.Peer;
import dev.keepsake.benchmarks.Row;
import io.ebean.DatabaseBuilder;
import io.ebean.DatabaseFactory;
import io.ebean.FetchConfig;
import io.ebean.Transaction;
import io.ebean.config.DatabaseConfig;
import io.ebean.datasource.DataSourceBuilder;
import io.ebean.datasource.DataSourcePool;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Ebean: enhanced classes, its own pool with its statement cache, batches of the same size, unmodifiable beans to read only. */
public final class EbeanPeer implements Peer<Database> {
    private io.ebean.Database ebean;
    private DataSourcePool pool;

    @Override
    public String name() {
        return "Ebean";
    }

    @Override
    public void open(Database database) throws SQLException {
        database.create();
        pool = DataSourceBuilder.create()
                .name("benchmarks")
                .url(database.url())
                .driver(DriverManager.getDriver(database.url()).getClass().getName())
                .username(database.user())
                .password(database.password())
                .minConnections(1)
                .maxConnections(2)
                .build();
        DatabaseBuilder builder = new DatabaseConfig();
        builder.setName("benchmarks");
        builder.setRegister(false);
        builder.setDefaultServer(false);
        builder.setDataSource(pool);
        builder.addClass(Project.class);
        builder.addClass(Release.class);
        builder.setPersistBatchSize(Data.BATCH);
        ebean = DatabaseFactory.create(builder);
    }

    private static long weigh(List<Release> releases) {
        long sum = 0;
        for (Release release : releases) {
            sum += release.weight();
        }
        return sum;
    }

    private Transaction batch() {
        Transaction transaction = ebean.beginTransaction();
        transaction.setBatchMode(true);
        transaction.setBatchSize(Data.BATCH);
        return transaction;
    }

    @Override
    public Timed insert(Data data) {
        List<Project> projects =
                data.projects().stream().map(id -> new Project(id, "MIT")).toList();
        List<List<Release>> units = new ArrayList<>();
        for (List<Row> unit : data.units()) {
            List<Release> releases = new ArrayList<>();
            for (Row row : unit) {
                Release release = new Release(row);
                release.belongTo(ebean.reference(Project.class, row.project()));
                releases.add(release);
            }
            units.add(releases);
        }
        return () -> {
            long inserted = 0;
            try (Transaction transaction = batch()) {
                ebean.insertAll(projects, transaction);
                transaction.commit();
            }
            for (List<Release> unit : units) {
                try (Transaction transaction = batch()) {
                    ebean.insertAll(unit, transaction);
                    transaction.commit();
                }
                inserted += unit.size();
            }
            return inserted;
        };
    }

    @Override
    public Timed loadTracked(Data data) {
        return () -> weigh(ebean.find(Release.class).findList());
    }

    @Override
    public Timed loadReadOnly(Data data) {
        return () -> weigh(ebean.find(Release.class).setUnmodifiable(true).findList());
    }

    @Override
    public Timed getById(Data data) {
        long[] ids = data.someIds();
        return () -> {
            long sum = 0;
            try (Transaction transaction = ebean.beginTransaction()) {
                for (long id : ids) {
                    sum += ebean.find(Release.class, id).weight();
                }
                transaction.commit();
            }
            return sum;
        };
    }

    @Override
    public Timed parents(Data data) {
        return () -> {
            long sum = 0;
            for (Project project : ebean.find(Project.class)
                    .fetch("releases", FetchConfig.ofQuery(Math.max(100, data.size())))
                    .findList()) {
                sum += weigh(project.releases());
            }
            return sum;
        };
    }

    @Override
    public Timed query(Data data) {
        List<String> projects = data.projects();
        return () -> {
            long sum = 0;
            try (Transaction transaction = ebean.beginTransaction()) {
                for (String project : projects) {
                    sum += weigh(ebean.find(Release.class)
                            .where()
                            .eq("project.id", project)
                            .ge("minor", Data.LEAST_MINOR)
                            .orderBy("created desc, id")
                            .setMaxRows(Data.LIMIT)
                            .findList());
                }
                transaction.commit();
            }
            return sum;
        };
    }

    @Override
    public Timed flush(Data data) {
        List<Release> releases = ebean.find(Release.class).orderBy("id").findList();
        for (int i = 0; i < releases.size(); i += Data.CHANGED) {
            releases.get(i).grow();
        }
        long changed = (releases.size() + Data.CHANGED - 1) / Data.CHANGED;
        return () -> {
            try (Transaction transaction = batch()) {
                ebean.updateAll(releases, transaction);
                transaction.commit();
            }
            return changed;
        };
    }

    @Override
    public void close() {
        ebean.shutdown();
        pool.shutdown();
    }
}
