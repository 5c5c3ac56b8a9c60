package dev.keepsake.mongo;

import com.mongodb.MongoException;
import com.mongodb.ReadConcern;
import com.mongodb.TransactionOptions;
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
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Features;
import dev.keepsake.store.Mark;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.WriteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bson.BsonDocument;
import org.bson.BsonDocumentWrapper;
import org.bson.BsonValue;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/** A transaction of the server, where it has them, begun by the first request; else single requests. */
final class MongoTransaction implements Transaction {
    private final MongoStore store;
    private final MongoLink link;
    private final boolean isReading;
    private @Nullable ClientSession session;

    MongoTransaction(MongoStore store, boolean isReading) {
        this.store = store;
        this.link = store.link();
        this.isReading = isReading;
    }

    private boolean hasTransactions() {
        return store.features().writes() == Features.Writes.DIRECT;
    }

    /** The session with its transaction; null where there are none. */
    private @Nullable ClientSession begun() {
        if (session == null && hasTransactions()) {
            session = link.session();
            TransactionOptions.Builder options = TransactionOptions.builder().readConcern(ReadConcern.SNAPSHOT);
            session.startTransaction(options.build());
        }
        return session;
    }

    // ---- reading

    @Override
    public Cursor find(Selection selection) {
        MongoKind kind = store.catalog().of(selection.kind());
        Function<BsonDocument, State> decode = document -> kind.states().decoded(document, selection.shape());
        return cursor(() -> found(kind, selection), selection.shape(), decode);
    }

    private MongoCursor<BsonDocument> found(MongoKind kind, Selection selection) {
        ClientSession in = begun();
        MongoCollection<BsonDocument> collection = link.collection(kind.collection());
        if (!MongoQueries.isFind(selection)) {
            return aggregated(kind, new MongoQueries(store.catalog()::of).selection(selection));
        }
        if (selection.limit() == 0) {
            return aggregated(kind, List.of(dev.keepsake.mongo.Bson.doc("$match", dev.keepsake.mongo.Bson.never())));
        }
        BsonDocument filter = MongoQueries.filter(kind, selection.condition());
        FindIterable<BsonDocument> find = in == null ? collection.find(filter) : collection.find(in, filter);
        if (!selection.order().isEmpty()) {
            find.sort(MongoQueries.sort(kind, selection.order()));
        }
        if (selection.offset() > Integer.MAX_VALUE || selection.limit() > Integer.MAX_VALUE) {
            return aggregated(kind, new MongoQueries(store.catalog()::of).selection(selection));
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

    private MongoCursor<BsonDocument> aggregated(MongoKind kind, List<BsonDocument> pipeline) {
        ClientSession in = begun();
        MongoCollection<BsonDocument> collection = link.collection(kind.collection());
        AggregateIterable<BsonDocument> found =
                in == null ? collection.aggregate(pipeline) : collection.aggregate(in, pipeline);
        return found.allowDiskUse(true).iterator();
    }

    private Cursor cursor(
            java.util.function.Supplier<MongoCursor<BsonDocument>> query,
            dev.keepsake.state.Shape shape,
            Function<BsonDocument, State> decode) {
        return new MongoStates.Found(link, link.ask(query), shape, decode);
    }

    @Override
    public Cursor rows(Rows rows) {
        MongoKind root = store.catalog().of(rows.source().root());
        List<BsonDocument> pipeline = new MongoQueries(store.catalog()::of).rows(rows);
        Kind result = rows.result();
        return cursor(() -> aggregated(root, pipeline), result.shape(), document -> columns(document, result, "c"));
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
                            dev.keepsake.value.Path.of(result.shape().name(i)));
        }
        return State.of(result.shape(), values);
    }

    @Override
    public Cursor aggregate(Aggregation aggregation) {
        MongoKind root = store.catalog().of(aggregation.source().root());
        List<BsonDocument> pipeline = new MongoQueries(store.catalog()::of).aggregation(aggregation);
        Kind result = aggregation.result();
        List<State> groups = cursor(
                        () -> aggregated(root, pipeline),
                        result.shape(),
                        document -> MongoFigures.of(document, aggregation, result))
                .list();
        if (groups.isEmpty() && aggregation.groupBy().isEmpty()) {
            groups = aggregation.over(java.util.stream.Stream.of());
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
            BsonDocument native1 =
                    document.toBsonDocument(BsonDocument.class, link.database().getCodecRegistry());
            decoded.add(states.ofForeign(
                    native1 instanceof BsonDocumentWrapper<?> wrapper ? wrapper.clone() : native1, link.info()));
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
        return new MongoWrites(store, begun()).write(changes.entries());
    }

    @Override
    public void alter(List<Alteration> steps) {
        MongoAlterations alterations = new MongoAlterations(link, store.catalog());
        steps.forEach(alterations::apply);
    }

    @Override
    public Mark mark() {
        throw new IllegalStateException("Features say that nothing is undone in part");
    }

    @Override
    public void rollbackTo(Mark mark) {
        throw new IllegalStateException("Features say that nothing is undone in part");
    }

    @Override
    public void release(Mark mark) {
        throw new IllegalStateException("Features say that nothing is undone in part");
    }

    // ---- ending

    @Override
    public void commit() {
        ClientSession in = session;
        if (in == null) {
            return;
        }
        try {
            in.commitTransaction();
        } catch (MongoException e) {
            throw !isReading && MongoErrors.isOutcomeUnknown(e)
                    ? MongoErrors.outcomeUnknown(e, link.info())
                    : link.fault(e);
        } finally {
            end();
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
