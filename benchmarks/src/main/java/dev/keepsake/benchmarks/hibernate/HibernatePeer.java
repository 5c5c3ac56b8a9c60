package dev.keepsake.benchmarks.hibernate;

import dev.keepsake.benchmarks.Data;
import dev.keepsake.benchmarks.Database;
import dev.keepsake.benchmarks.Peer;
import dev.keepsake.benchmarks.Product;
import dev.keepsake.benchmarks.Row;
import jakarta.persistence.PersistenceConfiguration;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/**
 * Hibernate: batches of the same size, lazy references, releases of projects by one more select, a stateless session to
 * read only.
 */
public final class HibernatePeer implements Peer<Database> {
    private SessionFactory factory;

    @Override
    public String name() {
        return "Hibernate";
    }

    @Override
    public void open(Database database) throws SQLException {
        database.create();
        PersistenceConfiguration configuration = new HibernatePersistenceConfiguration("benchmarks")
                .managedClasses(Project.class, Release.class)
                .property("hibernate.connection.url", database.url())
                .property("hibernate.connection.username", database.user())
                .property("hibernate.connection.password", database.password())
                .property("hibernate.connection.pool_size", "1")
                .property("hibernate.jdbc.batch_size", Data.BATCH)
                .property("hibernate.order_inserts", true)
                .property("hibernate.jdbc.time_zone", "UTC");
        if (database.product() == Product.SQLITE) {
            configuration
                    .property("hibernate.dialect", "org.hibernate.community.dialect.SQLiteDialect")
                    .property("hibernate.type.preferred_instant_jdbc_type", "TIMESTAMP");
        }
        factory = configuration.createEntityManagerFactory().unwrap(SessionFactory.class);
    }

    /** A session that only reads, so that nothing is looked through for changes before a query. */
    private long reading(ToLongFunction<Session> work) {
        return factory.fromTransaction(session -> {
            session.setDefaultReadOnly(true);
            session.setHibernateFlushMode(FlushMode.MANUAL);
            return work.applyAsLong(session);
        });
    }

    private static long weigh(List<Release> releases) {
        long sum = 0;
        for (Release release : releases) {
            sum += release.weight();
        }
        return sum;
    }

    @Override
    public Timed insert(Data data) {
        List<Project> projects =
                data.projects().stream().map(id -> new Project(id, "MIT")).toList();
        List<List<Row>> units = data.units();
        List<List<Release>> releases = units.stream()
                .map(unit -> unit.stream().map(Release::new).toList())
                .toList();
        return () -> {
            factory.inTransaction(session -> projects.forEach(session::persist));
            long inserted = 0;
            for (int i = 0; i < units.size(); i++) {
                inserted += insert(units.get(i), releases.get(i));
            }
            return inserted;
        };
    }

    private long insert(List<Row> rows, List<Release> releases) {
        return factory.fromTransaction(session -> {
            for (int i = 0; i < releases.size(); i++) {
                Release release = releases.get(i);
                release.belongTo(session.getReference(Project.class, rows.get(i).project()));
                session.persist(release);
            }
            return releases.size();
        });
    }

    /** A stateless session, which wants to be told of batches itself. */
    @Override
    public Timed load(Data data) {
        List<Project> projects =
                data.projects().stream().map(id -> new Project(id, "MIT")).toList();
        List<List<Release>> units = factory.fromSession(session -> data.units().stream()
                .map(unit -> unit.stream()
                        .map(row -> {
                            Release release = new Release(row);
                            release.belongTo(session.getReference(Project.class, row.project()));
                            return release;
                        })
                        .toList())
                .toList());
        return () -> {
            load(projects);
            long loaded = 0;
            for (List<Release> unit : units) {
                load(unit);
                loaded += unit.size();
            }
            return loaded;
        };
    }

    private void load(List<?> unit) {
        factory.inStatelessTransaction(session -> {
            session.setJdbcBatchSize(Data.BATCH);
            session.insertMultiple(unit);
        });
    }

    @Override
    public Timed loadTracked(Data data) {
        return () -> factory.fromTransaction(session -> weigh(
                session.createSelectionQuery("from Release", Release.class).getResultList()));
    }

    @Override
    public Timed loadReadOnly(Data data) {
        return () -> {
            try (StatelessSession session = factory.openStatelessSession()) {
                return weigh(session.createSelectionQuery("from Release", Release.class)
                        .getResultList());
            }
        };
    }

    @Override
    public Timed getById(Data data) {
        long[] ids = data.someIds();
        return () -> reading(session -> {
            long sum = 0;
            for (long id : ids) {
                sum += session.find(Release.class, id).weight();
            }
            return sum;
        });
    }

    @Override
    public Timed parents(Data data) {
        return () -> reading(session -> {
            long sum = 0;
            for (Project project :
                    session.createSelectionQuery("from Project", Project.class).getResultList()) {
                sum += weigh(project.releases());
            }
            return sum;
        });
    }

    @Override
    public Timed query(Data data) {
        List<String> projects = data.projects();
        String latest = "from Release where project.id = :project and minor >= :minor order by created desc, id";
        return () -> reading(session -> {
            long sum = 0;
            for (String project : projects) {
                sum += weigh(session.createSelectionQuery(latest, Release.class)
                        .setParameter("project", project)
                        .setParameter("minor", Data.LEAST_MINOR)
                        .setMaxResults(Data.LIMIT)
                        .getResultList());
            }
            return sum;
        });
    }

    @Override
    public Timed flush(Data data) {
        Session session = factory.openSession();
        session.beginTransaction();
        List<Release> releases = new ArrayList<>(session.createSelectionQuery("from Release order by id", Release.class)
                .getResultList());
        long changed = 0;
        for (int i = 0; i < releases.size(); i += Data.CHANGED) {
            releases.get(i).grow();
            changed++;
        }
        long all = changed;
        return () -> {
            session.getTransaction().commit();
            session.close();
            return all;
        };
    }

    @Override
    public void close() {
        factory.close();
    }
}
