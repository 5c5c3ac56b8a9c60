package dev.keepsake.mongo;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOptions;
import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.KindRecord;
import dev.keepsake.schema.Schema;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/**
 * The kinds there are: those that Keepsake made have a record in the collection {@code _keepsake_kinds}; of other collections a kind is
 * what their documents hold. Records are remembered for some seconds; the server keeps the indexes itself, so that nothing depends on
 * knowing the newest. Thread-safe.
 */
final class MongoCatalog {
    /** What the names of our own books begin with. */
    static final String OURS = "_keepsake_";

    private static final String KINDS = OURS + "kinds";
    private static final long REMEMBERED_NANOS = 5_000_000_000L;

    private final MongoLink link;
    private volatile @Nullable Records known;

    /** The records as they were at some time. */
    private record Records(Map<String, Kind> kinds, long since) {}

    MongoCatalog(MongoLink link) {
        this.link = link;
    }

    void forget() {
        known = null;
    }

    /** The kinds that Keepsake made, by name. */
    Map<String, Kind> recorded() {
        Records remembered = known;
        if (remembered != null && System.nanoTime() - remembered.since < REMEMBERED_NANOS) {
            return remembered.kinds;
        }
        return load();
    }

    private Map<String, Kind> load() {
        Map<String, Kind> kinds = new TreeMap<>();
        link.tell(() -> link.collection(KINDS).find().forEach(document -> {
            if (!(MongoValues.decode(document, Type.ANY, dev.keepsake.value.Path.of(KINDS))
                    instanceof Map<?, ?> record)) {
                throw Problem.STATE_UNDECODABLE
                        .because("the record of a kind is none: %s", document.toJson())
                        .store(link.info())
                        .fault();
            }
            Kind kind = KindRecord.read(record);
            kinds.put(kind.name(), kind);
        }));
        known = new Records(kinds, System.nanoTime());
        return kinds;
    }

    /** The kind of that name that Keepsake made; null where there is none. */
    @Nullable
    Kind find(String name) {
        Kind found = recorded().get(name);
        return found == null && !isRecent() ? load().get(name) : found;
    }

    private boolean isRecent() {
        Records remembered = known;
        return remembered != null && System.nanoTime() - remembered.since < REMEMBERED_NANOS / 10;
    }

    /** A kind as somebody knows it, checked against its record. */
    MongoKind of(Kind wanted) {
        Kind kept = find(wanted.name());
        return kept == null ? MongoKind.of(wanted, wanted, link::clock) : MongoKind.fitting(wanted, kept, link::clock);
    }

    /** The names of all collections but our own books and the server's. */
    List<String> collections() {
        List<String> names =
                link.ask(() -> link.database().listCollectionNames().into(new ArrayList<>()));
        names.removeIf(name -> name.startsWith(OURS) || name.startsWith("system."));
        names.sort(Comparator.naturalOrder());
        return names;
    }

    /** What there is, whoever made it. */
    Schema schema() {
        Map<String, Kind> kinds = new TreeMap<>(load());
        for (String name : new TreeSet<>(collections())) {
            if (!kinds.containsKey(name)) {
                kinds.put(name, new MongoInference(link, name).kind());
            }
        }
        return Schema.of(List.copyOf(kinds.values()));
    }

    void save(Kind kind) {
        BsonDocument record = MongoValues.encode(KindRecord.of(kind), Type.ANY).asDocument();
        record.append(MongoStates.ID, new BsonString(kind.name()));
        link.tell(() -> {
            var result = link.collection(KINDS)
                    .replaceOne(Filters.eq(MongoStates.ID, kind.name()), record, new ReplaceOptions().upsert(true));
            result.wasAcknowledged();
        });
        forget();
    }

    void remove(String kind) {
        link.tell(() -> {
            var result = link.collection(KINDS).deleteOne(Filters.eq(MongoStates.ID, kind));
            result.wasAcknowledged();
        });
        forget();
    }
}
