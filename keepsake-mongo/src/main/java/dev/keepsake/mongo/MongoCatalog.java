package dev.keepsake.mongo;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOptions;
import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.KindRecord;
import dev.keepsake.schema.Schema;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/**
 * The kinds there are: those that Keepsake made have a record in the collection {@code _keepsake_kinds}; of other collections a kind is
 * what their documents hold. Records are remembered for some seconds, and so is that there is none; the server keeps the indexes itself, so
 * that nothing depends on knowing the newest. Thread-safe.
 */
final class MongoCatalog {
    /** What the names of our own books begin with. */
    static final String OURS = "_keepsake_";

    private static final String KINDS = OURS + "kinds";
    private static final String MAKING = "making";
    private static final long REMEMBERED_NANOS = 5_000_000_000L;

    private final MongoLink link;
    private volatile @Nullable Records known;

    /**
     * The records as they were at some time.
     *
     * @param kinds by name
     * @param making the names of those that are being made, or were when whoever made them was interrupted
     * @param met the names of collections of others that were found to keep what a kind declares
     */
    private record Records(Map<String, Kind> kinds, Set<String> making, Set<String> met, long since) {}

    MongoCatalog(MongoLink link) {
        this.link = link;
    }

    private void forget() {
        known = null;
    }

    private Records records() {
        Records remembered = known;
        boolean isFresh = remembered != null && System.nanoTime() - remembered.since < REMEMBERED_NANOS;
        return remembered != null && isFresh ? remembered : load();
    }

    private Records load() {
        Map<String, Kind> kinds = new TreeMap<>();
        Set<String> making = new TreeSet<>();
        link.tell(() -> link.collection(KINDS).find().forEach(document -> {
            if (!(MongoValues.decode(document, Type.ANY, Path.of(KINDS)) instanceof Map<?, ?> record)) {
                throw Problem.STATE_UNDECODABLE
                        .because("the record of a kind is none: %s", document.toJson())
                        .store(link.info())
                        .fault();
            }
            Kind kind = KindRecord.read(record);
            if (Boolean.TRUE.equals(record.get(MAKING))) {
                making.add(kind.name());
            } else {
                kinds.put(kind.name(), kind);
            }
        }));
        Records loaded = new Records(kinds, making, ConcurrentHashMap.newKeySet(), System.nanoTime());
        known = loaded;
        return loaded;
    }

    /** The kinds that Keepsake made, by name. */
    Map<String, Kind> recorded() {
        return records().kinds;
    }

    /** The kind of that name that Keepsake made; null where there is none. */
    @Nullable
    Kind find(String name) {
        return recorded().get(name);
    }

    /** A kind as somebody knows it, checked against its record. */
    MongoKind of(Kind wanted) {
        Kind kept = find(wanted.name());
        return kept == null
                ? MongoKind.of(wanted, wanted, false, link::clock)
                : MongoKind.fitting(wanted, kept, link::clock);
    }

    /** Whether nothing is known of a kind that is to be written: it has no record, and was not {@link #met}. */
    boolean isStrange(Kind kind) {
        Records now = records();
        String name = kind.name();
        return !name.startsWith(OURS) && !now.kinds.containsKey(name) && !now.met.contains(name);
    }

    /** A collection of others keeps what a kind declares. */
    void met(Kind kind) {
        records().met.add(kind.name());
    }

    /** What there is under a name: a kind's collection, or a view, which nobody writes. */
    Map<String, Boolean> collections() {
        Map<String, Boolean> writable = new TreeMap<>();
        Set<String> making = records().making;
        link.tell(() -> link.database().listCollections(BsonDocument.class).forEach(each -> {
            String name = each.getString("name").getValue();
            boolean isCollection = !each.containsKey("type")
                    || each.getString("type").getValue().equals("collection");
            if (!name.startsWith(OURS) && !name.startsWith("system.") && !making.contains(name)) {
                writable.put(name, isCollection);
            }
        }));
        return writable;
    }

    /** What there is now, whoever made it. */
    Schema schema() {
        Map<String, Kind> kinds = new TreeMap<>(load().kinds);
        collections().forEach((name, isWritable) -> {
            if (!kinds.containsKey(name)) {
                kinds.put(name, new MongoInference(link, name, isWritable).kind());
            }
        });
        return Schema.of(List.copyOf(kinds.values()));
    }

    /** Notes a kind that is to be made, so that whoever finds it half made goes on with it. */
    void making(Kind kind) {
        save(kind, true);
    }

    void save(Kind kind) {
        save(kind, false);
    }

    private void save(Kind kind, boolean isHalf) {
        Map<String, @Nullable Object> record = new LinkedHashMap<>(KindRecord.of(kind));
        if (isHalf) {
            record.put(MAKING, true);
        }
        BsonDocument document = MongoValues.encode(record, Type.ANY).asDocument();
        document.append(MongoStates.ID, new BsonString(kind.name()));
        link.write(() -> link.collection(KINDS)
                .replaceOne(Filters.eq(MongoStates.ID, kind.name()), document, new ReplaceOptions().upsert(true)));
        forget();
    }

    void remove(String kind) {
        link.write(() -> link.collection(KINDS).deleteOne(Filters.eq(MongoStates.ID, kind)));
        forget();
    }
}
