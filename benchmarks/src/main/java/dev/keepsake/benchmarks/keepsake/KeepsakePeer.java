package dev.keepsake.benchmarks.keepsake;

import static dev.keepsake.Keepsake.field;

import dev.keepsake.Keepsake;
import dev.keepsake.benchmarks.Data;
import dev.keepsake.benchmarks.Database;
import dev.keepsake.benchmarks.Peer;
import dev.keepsake.benchmarks.Place;
import dev.keepsake.benchmarks.Product;
import dev.keepsake.benchmarks.Row;
import dev.keepsake.session.Session;
import dev.keepsake.session.SessionOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keepsake, as its manual says. */
public final class KeepsakePeer implements Peer<Place> {
    private Keepsake keepsake;
    private Connection connection;

    @Override
    public String name() {
        return "Keepsake";
    }

    @Override
    public void open(Place place) throws SQLException {
        keepsake = Keepsake.open(place.keepsakeUrl(), Project.class, Release.class);
        keepsake.createAll();
        if (place instanceof Database database && database.product() == Product.SQLITE) {
            relax();
        }
    }

    private void relax() throws SQLException {
        try (Session session = keepsake.session(SessionOptions.DEFAULT.readingOnly())) {
            connection = session.transaction().unwrap(Connection.class);
            try (Statement statement = connection.createStatement()) {
                statement.execute("COMMIT"); // it cannot be set in a transaction
                statement.execute("PRAGMA synchronous = NORMAL");
                statement.execute("BEGIN");
            }
        }
    }

    /** SQLite's store keeps one connection and uses it again; were it another, it would have other settings. */
    private Session session(SessionOptions options) {
        Session session = keepsake.session(options);
        if (connection != null && session.transaction().unwrap(Connection.class) != connection) {
            throw new IllegalStateException("the store took another connection");
        }
        return session;
    }

    private Session reading() {
        return session(SessionOptions.DEFAULT.readingOnly());
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
        List<List<Release>> units = data.units().stream()
                .map(unit -> unit.stream().map(Release::new).toList())
                .toList();
        return () -> {
            keepsake.useTransaction(session -> session.addAll(projects));
            long inserted = 0;
            for (List<Release> unit : units) {
                inserted +=
                        keepsake.inTransaction(session -> session.addAll(unit).size());
            }
            return inserted;
        };
    }

    @Override
    public Timed load(Data data) {
        List<Project> projects =
                data.projects().stream().map(id -> new Project(id, "MIT")).toList();
        List<Release> releases = data.rows().stream().map(Release::new).toList();
        return () -> {
            keepsake.load(Project.class, projects.stream());
            return keepsake.load(Release.class, releases.stream());
        };
    }

    @Override
    public Timed loadTracked(Data data) {
        return () -> {
            try (Session session = session(SessionOptions.DEFAULT)) {
                return weigh(session.query(Release.class).list());
            }
        };
    }

    @Override
    public Timed loadReadOnly(Data data) {
        return () -> {
            try (Session session = reading()) {
                return weigh(session.query(Release.class).untracked().list());
            }
        };
    }

    @Override
    public Timed getById(Data data) {
        long[] ids = data.someIds();
        return () -> {
            long sum = 0;
            try (Session session = reading()) {
                for (long id : ids) {
                    sum += session.get(Release.class, id).weight();
                }
            }
            return sum;
        };
    }

    @Override
    public Optional<Timed> getByThreads(Data data) {
        return Optional.of(
                () -> data.sumByThreads(id -> keepsake.get(Release.class, id).weight()));
    }

    @Override
    public Timed parents(Data data) {
        return () -> {
            long sum = 0;
            try (Session session = reading()) {
                for (Project project :
                        session.query(Project.class).fetch("releases").list()) {
                    sum += weigh(project.releases());
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
            try (Session session = reading()) {
                for (String project : projects) {
                    sum += weigh(session.query(Release.class)
                            .where(field("project")
                                    .eq(project)
                                    .and(field("minor").ge(Data.LEAST_MINOR)))
                            .orderBy(field("created").desc())
                            .limit(Data.LIMIT)
                            .list());
                }
            }
            return sum;
        };
    }

    /** A session that has so many releases. */
    public Loaded load(int most) {
        return load(0, most);
    }

    private Loaded load(int skipped, int most) {
        Session session = session(SessionOptions.DEFAULT);
        return new Loaded(
                session,
                session.query(Release.class)
                        .orderBy(field("id").asc())
                        .offset(skipped)
                        .limit(most)
                        .list());
    }

    @Override
    public Timed flush(Data data) {
        Loaded loaded = load(data.size());
        long changed = loaded.change();
        return () -> {
            loaded.session.commit();
            loaded.close();
            return changed;
        };
    }

    @Override
    public Optional<Timed> update(Data data) {
        List<Loaded> units = new ArrayList<>();
        int skipped = 0;
        for (List<Row> unit : data.units()) {
            Loaded loaded = load(skipped, unit.size());
            loaded.resize(unit);
            units.add(loaded);
            skipped += unit.size();
        }
        return Optional.of(() -> {
            long updated = 0;
            for (Loaded loaded : units) {
                loaded.session.commit();
                updated += loaded.releases.size();
                loaded.close();
            }
            return updated;
        });
    }

    @Override
    public void close() {
        keepsake.close();
    }

    /** A session with releases in it. */
    public static final class Loaded implements AutoCloseable {
        private final Session session;
        private final List<Release> releases;

        private Loaded(Session session, List<Release> releases) {
            this.session = session;
            this.releases = releases;
        }

        /** Changes one of {@link Data#CHANGED}; gives how many that were. */
        public long change() {
            long changed = 0;
            for (int i = 0; i < releases.size(); i += Data.CHANGED) {
                releases.get(i).grow();
                changed++;
            }
            return changed;
        }

        private void resize(List<Row> rows) {
            for (int i = 0; i < rows.size(); i++) {
                releases.get(i).resize(rows.get(i).size() + Data.GROWTH);
            }
        }

        /** The session. */
        public Session session() {
            return session;
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
