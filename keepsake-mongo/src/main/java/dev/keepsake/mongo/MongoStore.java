package dev.keepsake.mongo;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alterations;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Request;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.store.Explanation;
import dev.keepsake.store.Features;
import dev.keepsake.store.Store;
import dev.keepsake.store.StoreInfo;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;

/** The store on a database of MongoDB. Each object is a document. Thread-safe. */
final class MongoStore implements Store {
    private final MongoLink link;
    private final MongoCatalog catalog;
    private final MongoSequences sequences;
    private final AtomicBoolean closed = new AtomicBoolean();

    MongoStore(MongoLink link) {
        this.link = link;
        this.catalog = new MongoCatalog(link);
        this.sequences = new MongoSequences(link);
    }

    MongoLink link() {
        return link;
    }

    MongoCatalog catalog() {
        return catalog;
    }

    MongoSequences sequences() {
        return sequences;
    }

    @Override
    public StoreInfo info() {
        return link.info();
    }

    @Override
    public Features features() {
        return link.features();
    }

    @Override
    public Transaction begin(TransactionOptions options) {
        return new MongoTransaction(this, options);
    }

    @Override
    public Transaction join(Object nativeTransaction) {
        throw new IllegalStateException("nothing is undone in part, so that there is no transaction to join");
    }

    @Override
    public List<String> render(Request request) {
        return switch (request) {
            case Selection selection -> List.of(rendered(selection));
            case Rows rows -> List.of(aggregated(rows.source().root(), new MongoQueries(catalog::of).rows(rows)));
            case Aggregation aggregation ->
                List.of(aggregated(
                        aggregation.source().root(), new MongoQueries(catalog::of).aggregation(aggregation)));
            case Changeset changes ->
                changes.entries().stream().map(MongoStore::rendered).distinct().toList();
            case Alterations alterations -> {
                List<String> lines = new ArrayList<>();
                alterations.steps().forEach(step -> lines.add(step.toString()));
                yield lines;
            }
        };
    }

    private String rendered(Selection selection) {
        MongoKind kind = catalog.of(selection.kind());
        if (!MongoQueries.isFind(selection)) {
            return aggregated(selection.kind(), new MongoQueries(catalog::of).selection(selection));
        }
        StringBuilder text = new StringBuilder("db." + kind.collection() + ".find(");
        text.append(without(MongoQueries.filter(kind, selection.condition()))).append(')');
        if (!selection.order().isEmpty()) {
            text.append(".sort(")
                    .append(MongoQueries.sort(kind, selection.order()).toJson())
                    .append(')');
        }
        if (selection.offset() > 0) {
            text.append(".skip(").append(selection.offset()).append(')');
        }
        return (selection.limit() < 0
                        ? text
                        : text.append(".limit(").append(selection.limit()).append(')'))
                .toString();
    }

    private static String aggregated(Kind kind, List<BsonDocument> pipeline) {
        List<String> stages = pipeline.stream().map(MongoStore::without).toList();
        return "db." + kind.name() + ".aggregate([" + String.join(", ", stages) + "])";
    }

    /** A filter or stage as text, values left out. */
    private static String without(BsonDocument document) {
        return blanked(document).toString().replace("\"?\"", "?");
    }

    private static BsonValue blanked(BsonValue value) {
        if (value instanceof BsonDocument document) {
            BsonDocument blanked = new BsonDocument();
            document.forEach((name, member) -> {
                boolean isConstant =
                        name.equals("$literal") || !(member.isDocument() || member.isArray() || isPath(member));
                blanked.append(name, isConstant && !isSetting(name) ? new BsonString("?") : blanked(member));
            });
            return blanked;
        }
        if (value.isArray()) {
            return Bson.array(value.asArray().stream()
                    .map(each ->
                            each.isDocument() || each.isArray() || isPath(each) ? blanked(each) : new BsonString("?"))
                    .toList());
        }
        return value;
    }

    private static boolean isPath(BsonValue value) {
        return value.isString() && value.asString().getValue().startsWith("$");
    }

    /** What is no value of anybody: directions, counts and names. */
    private static boolean isSetting(String name) {
        return List.of("from", "as", "$limit", "$skip", "field", "path", "preserveNullAndEmptyArrays", MongoStates.ID)
                .contains(name);
    }

    private static String rendered(Changeset.Entry entry) {
        String word = entry.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        return "db." + entry.kind().name() + ".bulkWrite(" + word + ")";
    }

    @Override
    public Explanation explain(Selection selection) {
        MongoKind kind = catalog.of(selection.kind());
        BsonDocument command = new BsonDocument();
        if (MongoQueries.isFind(selection)) {
            command.append("find", new BsonString(kind.collection()));
            command.append("filter", MongoQueries.filter(kind, selection.condition()));
            if (!selection.order().isEmpty()) {
                command.append("sort", MongoQueries.sort(kind, selection.order()));
            }
            if (selection.limit() > 0) {
                command.append("limit", new BsonInt64(selection.limit()));
            }
        } else {
            command.append("aggregate", new BsonString(kind.collection()));
            command.append("pipeline", Bson.array(new MongoQueries(catalog::of).selection(selection)));
            command.append("cursor", new BsonDocument());
        }
        BsonDocument plan = link.ask(() ->
                link.command(new BsonDocument("explain", command).append("verbosity", new BsonString("queryPlanner"))));
        return MongoPlans.read(plan);
    }

    @Override
    public List<Long> reserveIds(Kind kind, int count) {
        return sequences.next(kind.name(), count);
    }

    @Override
    public Instant now() {
        return link.now();
    }

    @Override
    public Map<String, String> settings() {
        return link.settings();
    }

    @Override
    public <T> T unwrap(Class<T> nativeType) {
        Object found = nativeType == MongoClient.class
                ? link.client()
                : nativeType == MongoDatabase.class ? link.database() : null;
        if (found == null) {
            throw Problem.FEATURE_MISSING
                    .because("MongoDB has no %s", nativeType.getName())
                    .store(info())
                    .hint("ask for MongoClient, MongoDatabase, or inside a transaction for ClientSession")
                    .fault();
        }
        return nativeType.cast(found);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            link.close();
        }
    }
}
