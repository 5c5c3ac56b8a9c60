package dev.keepsake.mongo;

import com.mongodb.MongoException;
import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.client.AggregateIterable;
import com.mongodb.client.ClientSession;
import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Features;
import dev.keepsake.store.Pause;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.store.WriteResult;
import dev.keepsake.value.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonDocumentWrapper;
import org.bson.BsonValue;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/** A transaction of the server, where it has them, begun by the first request; else single requests. */
final class MongoTransaction implements Transaction {
    private static final com.mongodb.TransactionOptions SNAPSHOT = com.mongodb.TransactionOptions.builder()
            .readConcern(ReadConcern.SNAPSHOT)
            .readPreference(ReadPreference.primary())
            .build();

    private static final long SHORTEST_PAUSE = 10;
    private static final long LONGEST_PAUSE = 500;

    private final MongoStore store;
    private final MongoLink link;
    private final TransactionOptions options;
    private @Nullable ClientSession session;
    private boolean hasWritten;
    /** Whether it was begun anew, or is somebody else's too. */
    private boolean isOther;

    MongoTransaction(MongoStore store, TransactionOptions options) {
        this.store = store;
        this.link = store.link();
        this.options = options;
    }

    private boolean hasTransactions() {
        return store.features().writes() == Features.Writes.DIRECT;
    }

    /** The session with its transaction; null where there are none. */
    private @Nullable ClientSession begun() {
        if (session == null && hasTransactions()) {
            ClientSession started = link.session();
            session = started;
            link.tell(() -> started.startTransaction(SNAPSHOT));
        }
        return session;
    }

    // ---- reading

    @Override
    public Cursor find(Selection selection) {
        MongoKind kind = store.catalog().of(selection.kind());
        MongoCollection<State> states = link.collection(kind, selection.shape());
        return new MongoStates.Found<>(
                link, link.ask(() -> found(kind, states, selection)), selection.shape(), Function.identity());
    }

    private MongoCursor<State> found(MongoKind kind, MongoCollection<State> states, Selection selection) {
        boolean isFind = MongoQueries.isFind(selection)
                && selection.limit() != 0
                && selection.offset() <= Integer.MAX_VALUE
                && selection.limit() <= Integer.MAX_VALUE;
        if (!isFind) {
            return aggregated(states, new MongoQueries(store.catalog()::of).selection(selection));
        }
        BsonDocument filter = MongoQueries.filter(kind, selection.condition());
        boolean isAlone = options.single() && session == null && kind.kind().writable() && isOfOne(filter);
        ClientSession in = isAlone ? null : begun();
        FindIterable<State> find = in == null ? states.find(filter) : states.find(in, filter);
        if (!selection.order().isEmpty()) {
            find.sort(MongoQueries.sort(kind, selection.order())).allowDiskUse(true);
        }
        find.skip((int) selection.offset());
        if (selection.limit() > 0) {
            find.limit((int) selection.limit());
        }
        BsonDocument projection = MongoQueries.projection(kind, selection);
        if (projection != null) {
            find.projection(projection);
        }
        return find.iterator();
    }

    /** Whether a filter finds one document at most, which is of one moment without a transaction. */
    private static boolean isOfOne(BsonDocument filter) {
        BsonValue id = filter.get(MongoStates.ID);
        if (id != null) {
            return !id.isDocument()
                    || id.asDocument().keySet().stream().noneMatch(name -> name.startsWith("$") && !name.equals("$eq"));
        }
        return filter.getArray("$and", new BsonArray()).stream().anyMatch(each -> isOfOne(each.asDocument()));
    }

    private <T> MongoCursor<T> aggregated(MongoCollection<T> collection, List<BsonDocument> pipeline) {
        ClientSession in = begun();
        AggregateIterable<T> found = in == null ? collection.aggregate(pipeline) : collection.aggregate(in, pipeline);
        return found.allowDiskUse(true).iterator();
    }

    private Cursor computed(Kind root, List<BsonDocument> pipeline, Shape shape, Function<BsonDocument, State> decode) {
        MongoCollection<BsonDocument> collection =
                link.collection(store.catalog().of(root).collection());
        return new MongoStates.Found<>(link, link.ask(() -> aggregated(collection, pipeline)), shape, decode);
    }

    @Override
    public Cursor rows(Rows rows) {
        List<BsonDocument> pipeline = new MongoQueries(store.catalog()::of).rows(rows);
        Kind result = rows.result();
        return computed(rows.source().root(), pipeline, result.shape(), document -> columns(document, result, "c"));
    }

    private static State columns(BsonDocument document, Kind result, String start) {
        @Nullable Object[] values = new Object[result.fields().size()];
        for (int i = 0; i < values.length; i++) {
            BsonValue value = document.get(start + i);
            values[i] = value == null
                    ? null
                    : MongoValues.decode(
                            value,
                            result.shape().type(i),
                            Path.of(result.shape().name(i)));
        }
        return State.of(result.shape(), values);
    }

    @Override
    public Cursor aggregate(Aggregation aggregation) {
        List<BsonDocument> pipeline = new MongoQueries(store.catalog()::of).aggregation(aggregation);
        Kind result = aggregation.result();
        List<State> groups = computed(
                        aggregation.source().root(),
                        pipeline,
                        result.shape(),
                        document -> MongoFigures.of(document, aggregation, result))
                .list();
        if (groups.isEmpty() && aggregation.groupBy().isEmpty()) {
            groups = aggregation.over(Stream.of());
        }
        return Cursor.of(result.shape(), groups);
    }

    @Override
    public Cursor decode(Kind kind, Object nativeRows) {
        MongoStates states = store.catalog().of(kind).states();
        List<State> decoded = new ArrayList<>();
        Iterable<?> rows =
                nativeRows instanceof Iterable<?> many && !(nativeRows instanceof Bson) ? many : List.of(nativeRows);
        for (Object row : rows) {
            if (!(row instanceof Bson document)) {
                throw Problem.REQUEST_INVALID
                        .because("a %s is no document", row.getClass().getName())
                        .store(link.info())
                        .hint("pass a Document or BsonDocument, several, or what find and aggregate give")
                        .fault();
            }
            BsonDocument read =
                    document.toBsonDocument(BsonDocument.class, link.database().getCodecRegistry());
            decoded.add(states.ofForeign(
                    read instanceof BsonDocumentWrapper<?> wrapper ? wrapper.clone() : read, link.info()));
        }
        return Cursor.of(kind.shape(), decoded);
    }

    @Override
    public Schema inspect() {
        return store.catalog().schema();
    }

    // ---- writing

    @Override
    public WriteResult write(Changeset changes) {
        meet(changes);
        ClientSession in = begun();
        hasWritten = in != null;
        return new MongoWrites(store, in).write(changes.entries());
    }

    /** A document that another transaction has changed since the snapshot is a conflict for who writes it. */
    @Override
    public boolean holdsWhatItRead() {
        return session != null && !isOther;
    }

    /** Kinds that are written for the first time are made, or looked at, outside the transaction, which begins after that. */
    private void meet(Changeset changes) {
        Set<Kind> kinds = Collections.newSetFromMap(new IdentityHashMap<>()); // few, of many objects
        for (Changeset.Entry entry : changes.entries()) {
            if (entry instanceof Changeset.Insert || entry instanceof Changeset.Put) {
                kinds.add(entry.kind());
            }
        }
        List<Kind> strange = kinds.stream().filter(store.catalog()::isStrange).toList();
        if (!strange.isEmpty()) {
            if (!hasWritten) {
                beginAnew();
            }
            MongoAlterations alterations = new MongoAlterations(store);
            strange.forEach(alterations::meet);
        }
    }

    private void beginAnew() {
        isOther |= session != null;
        end();
    }

    @Override
    public void alter(List<Alteration> steps) {
        requireNothingOpen();
        MongoAlterations alterations = new MongoAlterations(store);
        steps.forEach(alterations::apply);
    }

    /** A change of schema waits for every transaction that has asked the same collection, this one too; what only read begins anew. */
    private void requireNothingOpen() {
        if (hasWritten) {
            throw Problem.PENDING_WRITES
                    .because("the schema is changed at once, and would wait for what this transaction has written")
                    .store(link.info())
                    .hint("change the schema first, or in a transaction of its own")
                    .fault();
        }
        beginAnew();
    }

    // ---- ending

    @Override
    public void commit() {
        ClientSession in = session;
        if (in == null) {
            return;
        }
        try {
            commit(in);
        } finally {
            end();
        }
    }

    /**
     * Asks for the commit, and again where its answer was lost, as the driver's manual says ("Transactions", UnknownTransactionCommitResult):
     * it does nothing where it is done. Once an answer was lost, only the server's word that there is no such transaction says that it is not.
     */
    private void commit(ClientSession in) {
        long deadline = System.nanoTime() + options.patience().toNanos();
        boolean isLost = false;
        for (long pause = SHORTEST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
            try {
                in.commitTransaction();
                return;
            } catch (MongoException e) {
                boolean isUnknown = MongoErrors.isOutcomeUnknown(e)
                        || (isLost && !e.hasErrorLabel(MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL));
                isLost |= isUnknown;
                if (!MongoErrors.isToBeAskedAgain(e) || System.nanoTime() > deadline || !Pause.millis(pause)) {
                    throw isUnknown && !options.readOnly() ? MongoErrors.outcomeUnknown(e, link.info()) : link.fault(e);
                }
            }
        }
    }

    @Override
    public void rollback() {
        close();
    }

    @Override
    public <T> T unwrap(Class<T> nativeType) {
        if (nativeType == Object.class || nativeType == ClientSession.class) {
            ClientSession in = begun();
            isOther = true;
            if (in == null) {
                throw Problem.FEATURE_MISSING
                        .because("a single server has no transactions, and so no ClientSession")
                        .store(link.info())
                        .hint("ask for MongoDatabase, which needs none")
                        .fault();
            }
            return nativeType.cast(in);
        }
        return store.unwrap(nativeType);
    }

    private void end() {
        ClientSession in = session;
        if (in != null) {
            session = null;
            in.close();
        }
    }

    @Override
    public void close() {
        end(); // which aborts what is open
    }
}
