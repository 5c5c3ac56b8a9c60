package dev.keepsake.mongo;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.DeleteManyModel;
import com.mongodb.client.model.DeleteOneModel;
import com.mongodb.client.model.InsertOneModel;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.WriteModel;
import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Invalid;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.fault.Violation;
import dev.keepsake.query.Change;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.store.Stale;
import dev.keepsake.store.StoreInfo;
import dev.keepsake.store.Taken;
import dev.keepsake.store.WriteResult;
import dev.keepsake.value.Path;
import dev.keepsake.value.Values;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.bson.BSONException;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonNull;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * The writes of a changeset, in order: neighbours of one kind that are done alike are one bulk write. In a transaction of the server all
 * are done or none; without one, each by itself. A guard is part of the filter of its write; where that finds nothing, the object is read,
 * and what is there is compared as values are. For one thread.
 */
final class MongoWrites {
    private static final int BULK = 1_000;
    /** How many of those that were refused are named. */
    private static final int NAMED = 20;

    private final MongoStore store;
    private final MongoLink link;
    private final @Nullable ClientSession session;
    private final List<Object> ids = new ArrayList<>();
    private long inserted;
    private long matched;
    private long modified;
    private long deleted;

    MongoWrites(MongoStore store, @Nullable ClientSession session) {
        this.store = store;
        this.link = store.link();
        this.session = session;
    }

    WriteResult write(List<Changeset.Entry> entries) {
        List<Fault> refused = new ArrayList<>();
        int at = 0;
        while (at < entries.size()) {
            int end = endOfAlike(entries, at);
            try {
                write(entries.get(at).kind(), entries.subList(at, end));
            } catch (Fault fault) {
                if (session != null) {
                    throw fault;
                }
                if (!isRefusal(fault) || link.partial() != MongoOptions.Partial.CONTINUE) {
                    throw stopped(fault, refused, at, entries.size());
                }
                refused.add(fault);
            }
            at = end;
        }
        if (!refused.isEmpty()) {
            throw partial(refused, entries.size());
        }
        return new WriteResult(ids, inserted, matched, modified, deleted);
    }

    /** Whether it is about the object alone, so that others can be written. */
    private static boolean isRefusal(Fault fault) {
        return fault instanceof Conflict || fault instanceof Violation || fault instanceof Invalid;
    }

    /** Where the neighbours end that are one bulk write: alike, and of different objects. */
    private int endOfAlike(List<Changeset.Entry> entries, int from) {
        Set<Object> seen = new HashSet<>();
        int end = from;
        while (end < entries.size() && end - from < BULK) {
            Changeset.Entry entry = entries.get(end);
            Object id = entry instanceof Changeset.Insert ? null : idOf(entry); // a second insert is refused anyway
            boolean isNext = end == from || isAlike(entries.get(from), entry);
            if (!isNext || (id != null && !seen.add(id))) {
                break;
            }
            end++;
        }
        return end;
    }

    private boolean isAlike(Changeset.Entry one, Changeset.Entry other) {
        // without a transaction each is told by itself whether it was done
        return session != null
                && one.getClass() == other.getClass()
                && one.kind().name().equals(other.kind().name())
                && isGrouped(one);
    }

    /** What others wrote may hold the same value otherwise, so that it is compared one by one. */
    private boolean isGrouped(Changeset.Entry entry) {
        return switch (entry) {
            case Changeset.Insert insert -> true;
            case Changeset.Put put -> true;
            case Changeset.Update update -> isGrouped(update.kind(), update.guard());
            case Changeset.Delete delete -> isGrouped(delete.kind(), delete.guard());
            case Changeset.UpdateWhere update -> false;
            case Changeset.DeleteWhere delete -> false;
        };
    }

    private boolean isGrouped(Kind kind, Guard guard) {
        return guard.expected().isEmpty() || store.catalog().of(kind).isRecorded();
    }

    /** What ended a commit before its end: itself, where nothing was tried before it. */
    private Fault stopped(Fault fault, List<Fault> refused, int at, int all) {
        if (at == 0 || store.features().commits() != Features.Commits.PARTIAL) {
            return fault;
        }
        String others = refused.isEmpty() ? "" : ", " + refused.size() + " were refused";
        Report report = Problem.COMMIT_PARTIAL
                .because(
                        "%d of %d writes are done%s, and then one %s: %s",
                        at - refused.size(), all, others, isRefusal(fault) ? "was refused" : "failed", fault.sentence())
                .store(link.info())
                .fact("not tried", all - at - 1)
                .hint("a single server has no transactions: what is done stays done")
                .cause(fault);
        return named(report, refused, 0).fault();
    }

    /** What a commit that went on to its end did not do: a refusal, where nothing is done. */
    private Fault partial(List<Fault> refused, int all) {
        Fault first = refused.getFirst();
        if (refused.size() == all) {
            return all == 1
                    ? first
                    : named(first.report().cause(first), refused, 1).fault();
        }
        Report report = Problem.COMMIT_PARTIAL
                .because(
                        "%d of %d writes are done, and %d refused, first: %s",
                        all - refused.size(), all, refused.size(), first.sentence())
                .store(link.info())
                .hint("a single server has no transactions: what is done stays done")
                .cause(first);
        return named(report, refused, 0).fault();
    }

    private static Report named(Report report, List<Fault> refused, int from) {
        for (int i = from; i < Math.min(refused.size(), NAMED); i++) {
            Object place = refused.get(i).facts().get("at");
            report.fact(
                    "refused " + (i + 1),
                    (place == null ? "" : place + ": ") + refused.get(i).sentence());
        }
        return report;
    }

    private void write(Kind wanted, List<? extends Changeset.Entry> alike) {
        MongoKind kind = store.catalog().of(wanted);
        switch (alike.getFirst()) {
            case Changeset.Insert insert -> {
                sweep(kind);
                insert(kind, alike);
            }
            case Changeset.Put put -> {
                sweep(kind);
                put(kind, alike);
            }
            case Changeset.Update update -> guarded(kind, alike);
            case Changeset.Delete delete -> guarded(kind, alike);
            case Changeset.UpdateWhere update -> update(kind, update);
            case Changeset.DeleteWhere delete -> {
                BsonDocument filter = filter(kind, delete.where());
                deleted += bulk(kind, List.of(new DeleteManyModel<>(filter)), List.of())
                        .getDeletedCount();
            }
        }
    }

    /**
     * What is over leaves its id and its unique values to others, though the server has not removed it yet. It is removed outside the
     * transaction, as the server itself does it.
     */
    private void sweep(MongoKind kind) {
        kind.kept().expiry().ifPresent(expiry -> {
            BsonDocument over = Bson.doc(expiry, Bson.doc("$lte", new BsonDateTime(link.clock())));
            link.write(() -> link.collection(kind.collection()).deleteMany(over));
        });
    }

    private BulkWriteResult bulk(
            MongoKind kind, List<WriteModel<BsonDocument>> models, List<? extends Changeset.Entry> entries) {
        return bulk(kind, link.collection(kind.collection()), models, entries);
    }

    private <T> BulkWriteResult bulk(
            MongoKind kind,
            MongoCollection<T> collection,
            List<WriteModel<T>> models,
            List<? extends Changeset.Entry> entries) {
        BulkWriteOptions ordered = new BulkWriteOptions();
        try {
            return session == null
                    ? collection.bulkWrite(models, ordered)
                    : collection.bulkWrite(session, models, ordered);
        } catch (MongoException | BSONException | IllegalArgumentException e) {
            MongoErrors.Duplicate duplicate = MongoErrors.duplicate(e);
            if (duplicate != null) {
                Changeset.Entry entry = duplicate.number() < entries.size() ? entries.get(duplicate.number()) : null;
                throw taken(kind.kept(), e, entry, link.info());
            }
            if (session == null && e instanceof MongoException lost && MongoErrors.isOutcomeUnknown(lost)) {
                throw MongoErrors.outcomeUnknown(lost, link.info());
            }
            throw named(link.fault(e), e, entries);
        }
    }

    /** The same fault, with the object whose write was refused. */
    private static Fault named(Fault fault, RuntimeException thrown, List<? extends Changeset.Entry> entries) {
        int number = thrown instanceof MongoBulkWriteException bulk
                        && !bulk.getWriteErrors().isEmpty()
                ? bulk.getWriteErrors().getFirst().getIndex()
                : entries.size() == 1 ? 0 : -1;
        if (fault.problem() == Problem.TRANSACTION_CONFLICT && entries.size() > 1) {
            return fault.report()
                    .fact("kind", entries.getFirst().kind().name())
                    .cause(fault)
                    .fault();
        }
        if (number < 0 || number >= entries.size()) {
            return fault;
        }
        return fault.report().at(place(entries.get(number))).cause(fault).fault();
    }

    private static String place(Changeset.Entry entry) {
        Kind kind = entry.kind();
        return kind.name() + "/" + Report.quote(String.valueOf(idOf(entry)));
    }

    private static @Nullable Object idOf(Changeset.Entry entry) {
        Kind kind = entry.kind();
        return switch (entry) {
            case Changeset.Insert insert -> kind.isBag() ? null : kind.idOf(insert.state());
            case Changeset.Put put -> kind.idOf(put.state());
            case Changeset.Update update -> kind.idOf(update.state());
            case Changeset.Delete delete -> delete.id();
            case Changeset.UpdateWhere update -> null;
            case Changeset.DeleteWhere delete -> null;
        };
    }

    /** The Violation of a write that took what another object has. */
    static Fault taken(Kind kind, RuntimeException thrown, Changeset.@Nullable Entry entry, StoreInfo store) {
        MongoErrors.Duplicate duplicate = Objects.requireNonNull(MongoErrors.duplicate(thrown));
        boolean isId = duplicate.index().equals("_id_");
        List<String> fields = isId
                ? kind.id()
                : kind.indexes().stream()
                        .filter(index -> index.name().equals(duplicate.index()))
                        .findFirst()
                        .map(Index::fields)
                        .orElse(List.of(duplicate.index()));
        Object id = entry == null ? null : idOf(entry);
        String value = isId && id != null ? String.valueOf(id) : duplicate.value();
        Report report =
                Taken.report(kind.name(), fields, value, isId).store(store).cause(thrown);
        return (id == null ? report : report.at(kind.name() + "/" + Report.quote(id))).fault();
    }

    // ---- by id

    private void insert(MongoKind kind, List<? extends Changeset.Entry> inserts) {
        List<WriteModel<State>> models = new ArrayList<>(inserts.size());
        long greatest = 0;
        for (Changeset.Entry entry : inserts) {
            State state = ((Changeset.Insert) entry).state();
            kind.states().requireSet(state);
            models.add(new InsertOneModel<>(state));
            Object id = idOf(entry);
            if (id != null) {
                ids.add(id);
            }
            greatest = id instanceof Long number ? Math.max(greatest, number) : greatest;
        }
        if (kind.kept().generation() == Generation.IDENTITY && greatest > 0) {
            store.sequences().raise(kind.kept().name(), greatest);
        }
        MongoCollection<State> states = link.collection(kind, kind.kind().shape());
        inserted += bulk(kind, states, models, inserts).getInsertedCount();
    }

    private void put(MongoKind kind, List<? extends Changeset.Entry> puts) {
        List<WriteModel<BsonDocument>> models = new ArrayList<>(puts.size());
        for (Changeset.Entry entry : puts) {
            State state = ((Changeset.Put) entry).state();
            kind.states().requireSet(state);
            BsonDocument document = kind.states().document(state);
            BsonDocument filter = new BsonDocument(MongoStates.ID, document.get(MongoStates.ID));
            models.add(new ReplaceOneModel<>(filter, document, new ReplaceOptions().upsert(true)));
            if (kind.kept().generation() == Generation.IDENTITY && idOf(entry) instanceof Long number) {
                store.sequences().raise(kind.kept().name(), number);
            }
        }
        BulkWriteResult result = bulk(kind, models, puts);
        int all = result.getMatchedCount() + result.getUpserts().size();
        matched += all;
        modified += result.getModifiedCount() + result.getUpserts().size();
    }

    /** Updates and deletes by id, each of which must find its object as its guard expects it. */
    private void guarded(MongoKind kind, List<? extends Changeset.Entry> entries) {
        List<WriteModel<BsonDocument>> models = new ArrayList<>(entries.size());
        for (Changeset.Entry entry : entries) {
            models.add(model(kind, entry, expected(kind, guard(entry).cut(kind.kept()))));
        }
        BulkWriteResult result = bulk(kind, models, entries);
        if (result.getMatchedCount() + result.getDeletedCount() < entries.size()) {
            again(kind, entries);
            return;
        }
        count(result);
    }

    private static Guard guard(Changeset.Entry entry) {
        return switch (entry) {
            case Changeset.Update update -> update.guard();
            case Changeset.Delete delete -> delete.guard();
            default -> Guard.EXISTS;
        };
    }

    private static BsonDocument expected(MongoKind kind, Guard guard) {
        BsonDocument expected = new BsonDocument();
        guard.expected().forEach((field, value) -> {
            if (!kind.kind().id().contains(field)) {
                requireName(field);
                expected.append(field, equal(kind.states().encoded(field, value)));
            }
        });
        return expected;
    }

    /** What finds a value in a filter; a document might be taken for operators. */
    private static BsonValue equal(BsonValue value) {
        return value.isDocument() ? new BsonDocument("$eq", value) : value;
    }

    private static WriteModel<BsonDocument> model(MongoKind kind, Changeset.Entry entry, BsonDocument expected) {
        BsonDocument filter = new BsonDocument(MongoStates.ID, kind.states().id(Objects.requireNonNull(idOf(entry))));
        BsonDocument living = kind.living();
        filter.putAll(expected);
        if (living != null) {
            filter.putAll(living); // one more name, $or, beside those of the fields
        }
        if (entry instanceof Changeset.Update update) {
            return new UpdateOneModel<>(filter, changes(kind, update));
        }
        return new DeleteOneModel<>(filter);
    }

    private static BsonDocument changes(MongoKind kind, Changeset.Update update) {
        List<String> fields = update.changed().stream()
                .filter(field -> !kind.kind().id().contains(field))
                .toList();
        BsonDocument changes = changes(kind, update.state(), fields);
        return changes.isEmpty() ? new BsonDocument("$set", new BsonDocument()) : changes;
    }

    /** What makes fields those of a State: sets them, and unsets those that are not there. */
    private static BsonDocument changes(MongoKind kind, State state, Collection<String> fields) {
        BsonDocument set = new BsonDocument();
        BsonDocument unset = new BsonDocument();
        for (String field : fields) {
            requireName(field);
            int position = state.shape().position(field);
            boolean isThere =
                    position >= 0 ? state.has(position) : state.extra().containsKey(field);
            Object value = state.get(field);
            kind.states().requireSet(field, value);
            if (isThere) {
                set.append(field, kind.states().encoded(field, value));
            } else {
                unset.append(field, Bson.text(""));
            }
        }
        return changes(set, unset);
    }

    /** Fields that are as a document has them. */
    private static BsonDocument asIn(BsonDocument document, Collection<String> fields) {
        BsonDocument same = new BsonDocument();
        for (String field : fields) {
            same.append(field, equal(document.get(field, BsonNull.VALUE)));
        }
        return same;
    }

    /** The server would take it for a path. */
    private static void requireName(String field) {
        if (!MongoExpressions.isPlain(field)) {
            throw Problem.FEATURE_MISSING
                    .because("the field %s cannot be changed by itself: its name is one of a path", Report.quote(field))
                    .hint("put() the whole object, or change it by the driver")
                    .fault();
        }
    }

    private static BsonDocument changes(BsonDocument set, BsonDocument unset) {
        BsonDocument changes = new BsonDocument();
        if (!set.isEmpty()) {
            changes.append("$set", set);
        }
        if (!unset.isEmpty()) {
            changes.append("$unset", unset);
        }
        return changes;
    }

    /**
     * Some found nothing: objects that are gone or have other values, or the same ones written otherwise. A single one is read and compared;
     * one that holds the same is written by what it holds. Of several, which are all of a kind that is written as we write it, the one is
     * looked for that is not as it was expected, and not as it was just written.
     */
    private void again(MongoKind kind, List<? extends Changeset.Entry> entries) {
        Map<Object, BsonDocument> there = read(kind, entries, session);
        for (Changeset.Entry entry : entries) {
            BsonDocument document = there.get(id(kind, entry));
            boolean isMissing = document == null && entry instanceof Changeset.Update;
            if (isMissing || (document != null && !isWritten(kind, entry, document)) || entries.size() == 1) {
                State stored = document == null ? null : kind.states().decoded(document);
                Stale.check(
                        kind.kind(),
                        Objects.requireNonNull(idOf(entry)),
                        stored,
                        guard(entry).cut(kind.kept()));
            }
        }
        if (entries.size() > 1) {
            throw missing(kind, entries);
        }
        byWhatItHolds(kind, entries.getFirst(), Objects.requireNonNull(there.get(id(kind, entries.getFirst()))));
    }

    /** Of deletes that found too few: those whose objects are gone for others too. */
    private Fault missing(MongoKind kind, List<? extends Changeset.Entry> entries) {
        Map<Object, BsonDocument> committed = read(kind, entries, null);
        for (Changeset.Entry entry : entries) {
            if (!committed.containsKey(id(kind, entry))) {
                return Stale.conflict(
                        kind.kind(),
                        Objects.requireNonNull(idOf(entry)),
                        null,
                        guard(entry).cut(kind.kept()));
            }
        }
        return changedMeanwhile(kind);
    }

    private static Object id(MongoKind kind, Changeset.Entry entry) {
        return kind.kind().fitId(Objects.requireNonNull(idOf(entry)));
    }

    /** The objects of writes that there are, as a session sees them. */
    private Map<Object, BsonDocument> read(
            MongoKind kind, List<? extends Changeset.Entry> entries, @Nullable ClientSession in) {
        List<BsonValue> wanted = new ArrayList<>();
        entries.forEach(entry -> wanted.add(kind.states().id(Objects.requireNonNull(idOf(entry)))));
        BsonDocument filter = new BsonDocument(MongoStates.ID, new BsonDocument("$in", Bson.array(wanted)));
        BsonDocument living = kind.living();
        if (living != null) {
            filter.putAll(living);
        }
        Map<Object, BsonDocument> there = new HashMap<>();
        link.tell(() -> {
            MongoCollection<BsonDocument> collection = link.collection(kind.collection());
            (in == null ? collection.find(filter) : collection.find(in, filter))
                    .forEach(document -> there.put(kind.states().idOf(document), document));
        });
        return there;
    }

    /** Whether an object holds what an update of it writes. */
    private static boolean isWritten(MongoKind kind, Changeset.Entry entry, BsonDocument document) {
        if (!(entry instanceof Changeset.Update update)) {
            return false;
        }
        BsonDocument changes = changes(kind, update);
        BsonDocument set = changes.getDocument("$set", new BsonDocument());
        BsonDocument unset = changes.getDocument("$unset", new BsonDocument());
        return set.entrySet().stream().allMatch(each -> each.getValue().equals(document.get(each.getKey())))
                && unset.keySet().stream().noneMatch(document::containsKey);
    }

    /** Writes an object whose values are the expected ones, written otherwise. */
    private void byWhatItHolds(MongoKind kind, Changeset.Entry entry, BsonDocument document) {
        List<String> fields = guard(entry).expected().keySet().stream()
                .filter(field -> !kind.kind().id().contains(field))
                .toList();
        BsonDocument expected = asIn(document, fields);
        BulkWriteResult result = bulk(kind, List.of(model(kind, entry, expected)), List.of(entry));
        if (result.getMatchedCount() + result.getDeletedCount() == 0) {
            throw changedMeanwhile(kind);
        }
        count(result);
    }

    private void count(BulkWriteResult result) {
        matched += result.getMatchedCount();
        modified += result.getModifiedCount();
        deleted += result.getDeletedCount();
    }

    private Fault changedMeanwhile(MongoKind kind) {
        return Problem.TRANSACTION_CONFLICT
                .because(
                        "objects of kind %s are being changed by others",
                        kind.kind().name())
                .store(link.info())
                .hint("run the transaction again")
                .fault();
    }

    // ---- by condition

    /** The filter of a condition; one that asks other objects becomes one of ids. */
    private BsonDocument filter(MongoKind kind, Condition where) {
        if (where.others().isEmpty()) {
            return MongoQueries.filter(kind, where);
        }
        List<BsonDocument> pipeline = new MongoQueries(store.catalog()::of)
                .selection(Selection.of(kind.kind()).where(where));
        pipeline.add(Bson.doc("$project", Bson.doc(MongoStates.ID, 1)));
        List<BsonValue> found = new ArrayList<>();
        link.tell(() -> {
            MongoCollection<BsonDocument> collection = link.collection(kind.collection());
            (session == null ? collection.aggregate(pipeline) : collection.aggregate(session, pipeline))
                    .forEach(document -> found.add(document.get(MongoStates.ID)));
        });
        return new BsonDocument(MongoStates.ID, new BsonDocument("$in", Bson.array(found)));
    }

    private void update(MongoKind kind, Changeset.UpdateWhere update) {
        BsonDocument filter = filter(kind, update.where());
        List<WriteModel<BsonDocument>> updates = MongoChanges.of(kind, filter, update.changes());
        if (updates.isEmpty()) {
            byItself(kind, filter, update);
            return;
        }
        BulkWriteResult result = bulk(kind, updates, List.of());
        matched += result.getMatchedCount();
        modified += result.getModifiedCount();
    }

    /** What a change makes, which must be a value of its field. */
    private static @Nullable Object fitted(MongoKind kind, Change change, @Nullable Object made) {
        Path field = Path.of(change.path().field());
        return made == State.ABSENT ? made : Values.fit(made, kind.kind().typeAt(field), field);
    }

    /** Each object is read, changed as values are, and written where it is still the same. */
    private void byItself(MongoKind kind, BsonDocument filter, Changeset.UpdateWhere update) {
        Set<String> changed = new TreeSet<>();
        update.changes().forEach(change -> changed.add(change.path().field()));
        List<BsonDocument> found = new ArrayList<>();
        link.tell(() -> {
            MongoCollection<BsonDocument> collection = link.collection(kind.collection());
            (session == null ? collection.find(filter) : collection.find(session, filter)).forEach(found::add);
        });
        for (BsonDocument document : found) {
            State state = kind.states().decoded(document);
            for (Change change : update.changes()) {
                state = state.with(change.path().field(), fitted(kind, change, change.apply(state)));
            }
            BsonDocument same = asIn(document, changed);
            same.append(MongoStates.ID, document.get(MongoStates.ID));
            BulkWriteResult result =
                    bulk(kind, List.of(new UpdateOneModel<>(same, changes(kind, state, changed))), List.of());
            if (result.getMatchedCount() == 0) {
                throw changedMeanwhile(kind);
            }
            matched += result.getMatchedCount();
            modified += result.getModifiedCount();
        }
    }
}
