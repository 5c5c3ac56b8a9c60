package dev.keepsake.benchmarks.mongo;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.keepsake.benchmarks.Data;
import dev.keepsake.benchmarks.MongoPlace;
import dev.keepsake.benchmarks.Peer;
import dev.keepsake.benchmarks.Row;
import dev.morphia.Datastore;
import dev.morphia.Morphia;
import dev.morphia.config.MorphiaConfig;
import dev.morphia.query.FindOptions;
import dev.morphia.query.Sort;
import dev.morphia.query.filters.Filters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Morphia, as its manual says: a change is a save of the whole. */
public final class MorphiaPeer implements Peer<MongoPlace> {
    private MongoClient client;
    private Datastore datastore;

    @Override
    public String name() {
        return "Morphia";
    }

    @Override
    public void open(MongoPlace place) {
        client = MongoClients.create(place.url());
        MorphiaConfig config = MorphiaConfig.load()
                .database(place.name())
                .packages(List.of(Release.class.getPackageName()))
                .applyIndexes(true);
        datastore = Morphia.createDatastore(client, config);
    }

    @Override
    public Timed insert(Data data) {
        List<Project> parents = data.projects().stream()
                .map(id -> {
                    Project project = new Project();
                    project.setId(id);
                    project.setLicense("MIT");
                    return project;
                })
                .toList();
        List<List<Release>> units = data.units().stream()
                .map(unit -> unit.stream().map(Release::of).toList())
                .toList();
        return () -> {
            datastore.withTransaction(session -> {
                session.insert(parents);
                return parents;
            });
            long inserted = 0;
            for (List<Release> unit : units) {
                datastore.withTransaction(session -> {
                    session.insert(unit);
                    return unit;
                });
                inserted += unit.size();
            }
            return inserted;
        };
    }

    private static long weigh(Iterable<Release> found) {
        long sum = 0;
        for (Release each : found) {
            sum += Release.weigh(each);
        }
        return sum;
    }

    @Override
    public Timed loadTracked(Data data) {
        return () -> weigh(datastore.find(Release.class).iterator().toList());
    }

    @Override
    public Timed loadReadOnly(Data data) {
        return loadTracked(data);
    }

    private long weightOf(long id) {
        return Release.weigh(
                datastore.find(Release.class).filter(Filters.eq("_id", id)).first());
    }

    @Override
    public Timed getById(Data data) {
        return data.oneByOne(this::weightOf);
    }

    @Override
    public Optional<Timed> getByThreads(Data data) {
        return Optional.of(() -> data.sumByThreads(this::weightOf));
    }

    @Override
    public Timed parents(Data data) {
        return () -> {
            List<Project> parents = datastore.find(Project.class).iterator().toList();
            Map<String, List<Release>> byProject = new HashMap<>();
            List<String> ids = parents.stream().map(Project::getId).toList();
            for (Release each : datastore.find(Release.class).filter(Filters.in("project", ids))) {
                byProject.computeIfAbsent(each.getProject(), id -> new ArrayList<>()).add(each);
            }
            long sum = 0;
            for (Project parent : parents) {
                sum += weigh(byProject.getOrDefault(parent.getId(), List.of()));
            }
            return sum;
        };
    }

    @Override
    public Timed query(Data data) {
        List<String> ids = data.projects();
        return () -> {
            long sum = 0;
            for (String id : ids) {
                FindOptions latest = new FindOptions().sort(Sort.descending("created")).limit(Data.LIMIT);
                sum += weigh(datastore.find(Release.class, latest)
                        .filter(Filters.eq("project", id), Filters.gte("minor", Data.LEAST_MINOR)));
            }
            return sum;
        };
    }

    private static List<Release> grown(List<Row> rows, int by) {
        List<Release> grown = new ArrayList<>();
        for (Row row : rows) {
            Release release = Release.of(row);
            release.setSize(row.size() + by);
            grown.add(release);
        }
        return grown;
    }

    private long save(List<Release> changed) {
        return datastore.withTransaction(session -> session.save(changed).size());
    }

    @Override
    public Timed flush(Data data) {
        List<Release> changed = grown(data.changed(), 1);
        return () -> save(changed);
    }

    @Override
    public Optional<Timed> update(Data data) {
        List<List<Release>> units =
                data.units().stream().map(unit -> grown(unit, Data.GROWTH)).toList();
        return Optional.of(() -> {
            long updated = 0;
            for (List<Release> unit : units) {
                updated += save(unit);
            }
            return updated;
        });
    }

    @Override
    public void close() {
        client.close();
    }
}
