package dev.keepsake.benchmarks.mongo;

import com.mongodb.MongoClientSettings;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.WriteModel;
import dev.keepsake.benchmarks.Data;
import dev.keepsake.benchmarks.MongoPlace;
import dev.keepsake.benchmarks.Peer;
import dev.keepsake.benchmarks.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.bson.codecs.configuration.CodecProvider;
import org.bson.codecs.configuration.CodecRegistries;

/**
 * MongoDB's driver by hand, whatever its codecs are: transactions of {@link Data#UNIT}, requests of {@link Data#BATCH}; one session for
 * all of one thread. It checks nothing, and knows beforehand what changed.
 *
 * @param <P> what a project is
 * @param <R> what a release is
 */
abstract class CollectionPeer<P, R> implements Peer<MongoPlace> {
    private final Class<P> project;
    private final Class<R> release;
    private MongoClient client;
    private MongoCollection<P> projects;
    private MongoCollection<R> releases;

    CollectionPeer(Class<P> project, Class<R> release) {
        this.project = project;
        this.release = release;
    }

    abstract CodecProvider codecs();

    abstract P projectOf(String id);

    abstract String idOf(P parent);

    abstract R releaseOf(Row row);

    abstract long weightOf(R child);

    abstract String projectOf(R child);

    @Override
    public final void open(MongoPlace place) {
        client = MongoClients.create(place.url());
        MongoDatabase database = client.getDatabase(place.name())
                .withCodecRegistry(CodecRegistries.fromRegistries(
                        CodecRegistries.fromProviders(codecs()), MongoClientSettings.getDefaultCodecRegistry()));
        projects = database.getCollection("projects", project);
        releases = database.getCollection("releases", release);
        releases.createIndex(Indexes.ascending("project"));
    }

    private static <T> void inBatches(List<T> all, Consumer<List<T>> batch) {
        for (int from = 0; from < all.size(); from += Data.BATCH) {
            batch.accept(all.subList(from, Math.min(all.size(), from + Data.BATCH)));
        }
    }

    private void inTransaction(Consumer<ClientSession> work) {
        try (ClientSession session = client.startSession()) {
            session.withTransaction(() -> {
                work.accept(session);
                return session;
            });
        }
    }

    @Override
    public final Timed insert(Data data) {
        List<P> parents = data.projects().stream().map(this::projectOf).toList();
        List<List<R>> units = data.units().stream()
                .map(unit -> unit.stream().map(this::releaseOf).toList())
                .toList();
        return () -> {
            inTransaction(session -> inBatches(parents, batch -> projects.insertMany(session, batch)));
            long inserted = 0;
            for (List<R> unit : units) {
                inTransaction(session -> inBatches(unit, batch -> releases.insertMany(session, batch)));
                inserted += unit.size();
            }
            return inserted;
        };
    }

    private long weigh(Iterable<R> found) {
        long sum = 0;
        for (R each : found) {
            sum += weightOf(each);
        }
        return sum;
    }

    @Override
    public final Timed loadTracked(Data data) {
        return () -> weigh(releases.find().into(new ArrayList<>()));
    }

    @Override
    public final Timed loadReadOnly(Data data) {
        return loadTracked(data);
    }

    @Override
    public final Timed getById(Data data) {
        long[] ids = data.someIds();
        return () -> {
            long sum = 0;
            try (ClientSession session = client.startSession()) {
                for (long id : ids) {
                    sum += weightOf(releases.find(session, Filters.eq(id)).first());
                }
            }
            return sum;
        };
    }

    @Override
    public final Optional<Timed> getByThreads(Data data) {
        return Optional.of(() -> data.sumByThreads(
                id -> weightOf(releases.find(Filters.eq(id)).first())));
    }

    @Override
    public final Timed parents(Data data) {
        return () -> {
            Map<String, List<R>> byProject = new HashMap<>();
            List<P> parents = projects.find().into(new ArrayList<>());
            inBatches(parents, batch -> {
                List<String> ids = batch.stream().map(this::idOf).toList();
                for (R each : releases.find(Filters.in("project", ids))) {
                    byProject.computeIfAbsent(projectOf(each), id -> new ArrayList<>()).add(each);
                }
            });
            long sum = 0;
            for (P parent : parents) {
                sum += weigh(byProject.getOrDefault(idOf(parent), List.of()));
            }
            return sum;
        };
    }

    @Override
    public final Timed query(Data data) {
        List<String> ids = data.projects();
        return () -> {
            long sum = 0;
            try (ClientSession session = client.startSession()) {
                for (String id : ids) {
                    sum += weigh(releases
                            .find(session, Filters.and(Filters.eq("project", id), Filters.gte("minor", Data.LEAST_MINOR)))
                            .sort(Sorts.descending("created"))
                            .limit(Data.LIMIT));
                }
            }
            return sum;
        };
    }

    /** Writes the sizes of releases anew, so much greater. */
    private long grow(List<Row> rows, int by) {
        inTransaction(session -> inBatches(rows, batch -> {
            List<WriteModel<R>> updates = new ArrayList<>(batch.size());
            for (Row row : batch) {
                updates.add(new UpdateOneModel<R>(Filters.eq(row.id()), Updates.set("size", row.size() + by)));
            }
            releases.bulkWrite(session, updates);
        }));
        return rows.size();
    }

    @Override
    public final Timed flush(Data data) {
        List<Row> changed = data.changed();
        return () -> grow(changed, 1);
    }

    @Override
    public final Optional<Timed> update(Data data) {
        List<List<Row>> units = data.units();
        return Optional.of(() -> {
            long updated = 0;
            for (List<Row> unit : units) {
                updated += grow(unit, Data.GROWTH);
            }
            return updated;
        });
    }

    @Override
    public final void close() {
        client.close();
    }
}
