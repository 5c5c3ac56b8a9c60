package dev.keepsake.store;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Alterations;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Order;
import dev.keepsake.query.Request;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Source;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The door before every store. Keepsake never calls a {@link Store} directly but through this: it checks each request
 * against the store's {@link Features} and refuses what the store cannot do, before anything starts; it makes and reserves
 * ids; it keeps a failed transaction shut until it is rolled back; and where writes are buffered it puts an
 * {@link Overlay} before the store's transaction, which then gets one write, just before commit.
 *
 * <p>So a store is asked only for what it can do, in a state in which it can do it. Safe for use by several threads.
 */
public final class Guarded implements Store {
    /** How often kinds are looked for that others create at the same time. */
    private static final int ATTEMPTS = 10;

    private final Store store;
    private final Features features;
    private final AtomicBoolean closing = new AtomicBoolean();
    /** Nothing is open any more, after it began to close. */
    private final CountDownLatch done = new CountDownLatch(1);

    private volatile boolean closed;
    private final Set<GuardedTransaction> open = ConcurrentHashMap.newKeySet();
    private final List<RequestListener> listeners = new CopyOnWriteArrayList<>();

    private Guarded(Store store) {
        this.store = store;
        this.features = store.features();
    }

    /** The door before that store, or the store itself where it has one. */
    public static Guarded of(Store store) {
        return store instanceof Guarded guarded ? guarded : new Guarded(store);
    }

    @Override
    public StoreInfo info() {
        return store.info();
    }

    @Override
    public Features features() {
        return features;
    }

    @Override
    public Transaction begin(TransactionOptions options) {
        requireOpen();
        if (options.isolation() == Isolation.SERIALIZABLE
                && features.isolations() != Features.Isolations.SERIALIZABLE) {
            throw missing("keep transactions apart as if one ran after the other");
        }
        return opened(store.begin(options), options.readOnly());
    }

    /** Begins a transaction that writes. */
    public Transaction begin() {
        return begin(TransactionOptions.WRITE);
    }

    /** Does something in a transaction that only reads, and gives its result. */
    public <T> T read(Function<? super Transaction, ? extends T> work) {
        try (Transaction transaction = begin(TransactionOptions.READ)) {
            return work.apply(transaction);
        }
    }

    /** Does something in a transaction, and gives its result: commits if it ends well, rolls back if it throws. */
    public <T> T write(Function<? super Transaction, ? extends T> work) {
        try (Transaction transaction = begin(TransactionOptions.WRITE)) {
            T result = work.apply(transaction);
            transaction.commit();
            return result;
        }
    }

    @Override
    public Supplier<WriteResult> prepare(List<Changeset.Insert> inserts) {
        requireOpen();
        Changeset changes = new Changeset(List.copyOf(inserts));
        check(changes);
        features.requireCommit(inserts.size());
        List<Changeset.Insert> complete = new ArrayList<>();
        withIds(changes).entries().forEach(entry -> complete.add((Changeset.Insert) entry));
        Supplier<WriteResult> ready = store.prepare(complete);
        return () -> {
            requireOpen();
            // open while the store is at work, so that close() waits for it
            try (Transaction working = opened(store.begin(TransactionOptions.WRITE), false)) {
                return ready.get();
            }
        };
    }

    /**
     * As {@link #prepare}, and tells how many objects were added as soon as they are; then who listens, whose failure comes too late to
     * undo anything.
     */
    public Runnable prepared(List<Changeset.Insert> inserts, LongConsumer added) {
        Supplier<WriteResult> ready = prepare(inserts);
        Changeset changes = new Changeset(List.copyOf(inserts));
        return () -> told(changes, () -> {
            WriteResult result = ready.get();
            added.accept(result.inserted());
            return result;
        });
    }

    /** Does a request, and tells who listens. */
    <T> T told(Request request, Supplier<T> work) {
        if (listeners.isEmpty()) {
            return work.get();
        }
        long start = System.nanoTime();
        Fault failure = null;
        try {
            return work.get();
        } catch (Fault e) {
            failure = e;
            throw e;
        } finally {
            tell(new RequestListener.Requested(
                    request, Duration.ofNanos(System.nanoTime() - start), Optional.ofNullable(failure), this));
        }
    }

    @Override
    public int batch() {
        return features.commits() == Features.Commits.ONE_OBJECT ? 1 : store.batch();
    }

    @Override
    public Transaction join(Object nativeTransaction) {
        requireOpen();
        if (features.savepoints() == Features.Savepoints.NONE || features.writes() == Features.Writes.BUFFERED) {
            throw missing("take part in a transaction of someone else");
        }
        return opened(store.join(nativeTransaction), false);
    }

    private GuardedTransaction opened(Transaction transaction, boolean readOnly) {
        boolean buffers = features.writes() == Features.Writes.BUFFERED && !readOnly;
        GuardedTransaction guarded =
                new GuardedTransaction(this, buffers ? new Overlay(transaction, features) : transaction, readOnly);
        open.add(guarded);
        boolean isAlone = open.stream().noneMatch(each -> each != guarded && each.owner() == guarded.owner());
        if (closed || (closing.get() && isAlone)) {
            guarded.close();
            throw closed();
        }
        return guarded;
    }

    /**
     * Tells a listener of every request from now on, until what this gives is closed. It is called in the thread of the request,
     * which of a mass load may be one of its own, and is to be quick; what it throws passes to whoever asked.
     */
    public Listening listen(RequestListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Ends listening. */
    public interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    private void tell(RequestListener.Requested requested) {
        listeners.forEach(listener -> listener.requested(requested));
    }

    void tellScanned(Selection selection, long read) {
        listeners.forEach(listener -> listener.scanned(selection, read));
    }

    /** Whether a transaction of this store has failed, and is to be rolled back. */
    public boolean hasFailed(Transaction transaction) {
        return transaction instanceof GuardedTransaction guarded && guarded.hasFailed();
    }

    void ended(GuardedTransaction transaction) {
        open.remove(transaction);
        if (closing.get() && open.isEmpty()) {
            done.countDown();
        }
    }

    /** What is really there, as a transaction of its own sees it; see {@link Transaction#inspect}. */
    public Schema inspect() {
        return read(Transaction::inspect);
    }

    /**
     * Creates those kinds that are missing, in reference order; what exists is left as it is. Two that do this at once do not
     * disturb each other.
     *
     * @return the kinds that were created here
     */
    public List<Kind> createAll(Schema wanted) {
        for (int attempt = 1; ; attempt++) {
            List<Kind> missing = missing(wanted, inspect());
            if (missing.isEmpty()) {
                return missing;
            }
            try {
                return write(transaction -> {
                    transaction.alter(missing.stream()
                            .map(kind -> (Alteration) new Alteration.CreateKind(kind))
                            .toList());
                    return missing;
                });
            } catch (Fault fault) {
                // someone else may have created them in between, or be about to: look again, a few times
                boolean isDone = missing(wanted, inspect()).size() < missing.size();
                boolean isUnderWay = fault.problem() == Problem.REQUEST_INVALID && Pause.millis(20);
                if (attempt == ATTEMPTS || !(isDone || isUnderWay)) {
                    throw fault;
                }
            }
        }
    }

    private List<Kind> missing(Schema wanted, Schema present) {
        List<Kind> missing = wanted.inReferenceOrder().stream()
                .filter(kind -> present.find(kind.name()).isEmpty())
                .toList();
        for (Kind kind : missing) {
            for (Reference reference : kind.references()) {
                if (present.find(reference.kind()).isEmpty()
                        && wanted.find(reference.kind()).isEmpty()) {
                    List<String> names = new ArrayList<>(present.names());
                    names.addAll(wanted.names());
                    throw Problem.UNKNOWN_KIND
                            .because(
                                    "%s of kind %s refers to kind %s, which there is not",
                                    String.join(", ", reference.fields()), kind.name(), reference.kind())
                            .store(info())
                            .near(reference.kind(), names)
                            .fault();
                }
            }
        }
        return missing;
    }

    @Override
    public List<String> render(Request request) {
        requireOpen();
        check(request);
        return store.render(request);
    }

    @Override
    public Explanation explain(Selection selection) {
        requireOpen();
        check(selection);
        if (features.plans() == Features.Plans.NONE) {
            throw missing("show the plan of a selection");
        }
        return store.explain(selection);
    }

    @Override
    public List<Long> reserveIds(Kind kind, int count) {
        requireOpen();
        if (features.ids() != Features.Ids.RESERVED) {
            throw missing("reserve ids before an insert");
        }
        return store.reserveIds(kind, count);
    }

    /** Whether generated ids of a kind are known before the insert. */
    public boolean knowsIds(Kind kind) {
        return switch (kind.generation()) {
            case UUID, OBJECT_ID -> true;
            case IDENTITY -> features.ids() == Features.Ids.RESERVED;
            case GIVEN, SEQUENCE -> false;
        };
    }

    /**
     * Generated ids that no object of a kind has; only where {@link #knowsIds}.
     *
     * @throws dev.keepsake.fault.Unsupported {@code feature-missing} where they come from the insert
     */
    public List<?> newIds(Kind kind, int count) {
        return switch (kind.generation()) {
            case UUID -> Stream.generate(MadeIds::uuid).limit(count).toList();
            case OBJECT_ID -> Stream.generate(MadeIds::objectId).limit(count).toList();
            case IDENTITY -> reserveIds(kind, count);
            case GIVEN, SEQUENCE ->
                throw Problem.REQUEST_INVALID
                        .because("ids of kind %s are not made by the store", kind.name())
                        .fault();
        };
    }

    /** The changeset with ids for all that lack one, where they are known before the insert; reserved once for each kind. */
    Changeset withIds(Changeset changes) {
        Map<Kind, Integer> missing = new LinkedHashMap<>();
        for (Changeset.Entry entry : changes.entries()) {
            if (entry instanceof Changeset.Insert insert && lacksId(insert)) {
                missing.merge(insert.kind(), 1, Integer::sum);
            }
        }
        if (missing.isEmpty()) {
            return changes;
        }
        Map<Kind, Iterator<? extends Object>> ids = new HashMap<>();
        missing.forEach((kind, count) -> ids.put(kind, newIds(kind, count).iterator()));
        List<Changeset.Entry> entries = new ArrayList<>(changes.entries());
        entries.replaceAll(entry -> {
            if (!(entry instanceof Changeset.Insert insert) || !lacksId(insert)) {
                return entry;
            }
            Object id = Objects.requireNonNull(ids.get(insert.kind())).next();
            return new Changeset.Insert(
                    insert.kind(), insert.state().with(insert.kind().id().getFirst(), id));
        });
        return new Changeset(entries);
    }

    private boolean lacksId(Changeset.Insert insert) {
        Kind kind = insert.kind();
        if (kind.isBag() || kind.idOf(insert.state()) != null) {
            return false;
        }
        if (kind.generation() == Generation.GIVEN) {
            throw Problem.REQUIRED_VIOLATION
                    .because("an object of kind %s has no %s", kind.name(), String.join(", ", kind.id()))
                    .store(info())
                    .fact("kind", kind.name())
                    .fact("rule", String.join(", ", kind.id()))
                    .hint("give it an id, or declare that ids are generated")
                    .fault();
        }
        if (kind.generation() == Generation.SEQUENCE) {
            throw Problem.REQUIRED_VIOLATION
                    .because("an object of kind %s has no %s", kind.name(), String.join(", ", kind.id()))
                    .store(info())
                    .hint("its numbers come from a sequence, which a session takes them from")
                    .fault();
        }
        return knowsIds(kind);
    }

    @Override
    public Instant now() {
        requireOpen();
        return store.now();
    }

    @Override
    public <T> T unwrap(Class<T> nativeType) {
        requireOpen();
        return store.unwrap(nativeType);
    }

    @Override
    public Findings check() {
        requireOpen();
        return store.check();
    }

    @Override
    public Findings repair() {
        requireOpen();
        return store.repair();
    }

    @Override
    public Map<String, String> settings() {
        requireOpen();
        return store.settings();
    }

    @Override
    public Duration closeWait() {
        return store.closeWait();
    }

    /**
     * Closes the store. From now on no transaction begins, but inside one that is under way. Those of this thread, and of threads
     * that are gone, are rolled back at once; those of other threads may go on, and are rolled back when {@link Store#closeWait}
     * is over, in the middle of whatever they do.
     */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            List<AutoCloseable> all = new ArrayList<>();
            open.stream().filter(GuardedTransaction::isLeft).forEach(all::add);
            all.add(this::awaitOthers);
            all.add(store);
            closeAll(all);
        }
    }

    private static void closeAll(List<AutoCloseable> all) {
        RuntimeException first = null;
        for (AutoCloseable each : all) {
            try {
                each.close();
            } catch (Exception e) {
                RuntimeException failure = e instanceof RuntimeException r ? r : new IllegalStateException(e);
                if (first == null) {
                    first = failure;
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private void awaitOthers() {
        try {
            if (!open.isEmpty()) {
                done.await(closeWait().toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closed = true;
        }
    }

    /** While it closes, only who has a transaction under way may ask for what that needs. */
    private void requireOpen() {
        Thread asking = Thread.currentThread();
        if (closing.get() && open.stream().noneMatch(each -> each.owner() == asking)) {
            throw closed();
        }
        requireNotClosed();
    }

    void requireNotClosed() {
        if (closed) {
            throw closed();
        }
    }

    private Fault closed() {
        return Problem.CLOSED.because("the store is closed").store(info()).fault();
    }

    // ---- what a store can do

    void check(Request request) {
        switch (request) {
            case Selection selection -> check(selection);
            case Rows rows -> {
                checkBytes(rows.source().kind(), rows.source().filter(), rows.total());
                check(rows.source(), false);
            }
            case Aggregation aggregation -> check(aggregation);
            case Changeset changeset -> changeset.entries().forEach(this::check);
            case Alterations alterations -> alterations.steps().forEach(this::check);
        }
    }

    private void check(Selection selection) {
        checkExpiry(selection.kind());
        if (features.binaries() == Features.Binaries.EQUAL) {
            checkBytes(selection.kind(), selection.condition(), ownKeys(selection));
        }
        checkCrossing(selection.crosses(), selection.kinds());
        if (selection.lock() != Selection.Lock.NONE && features.locks() == Features.Locks.NONE) {
            throw missing("lock what it selects");
        }
        if (features.scans() == Features.Scans.LIMITED && selection.scanLimit() < 0 && !Indexing.answers(selection)) {
            throw ScanRefusal.unasked(selection, info())
                    .hint(Indexing.advice(selection) + ", or allow a scan: scanning(N), on the command line --scan N")
                    .fault();
        }
    }

    /** Bytes are not less or greater than others where the store would order them otherwise. */
    private void checkBytes(Kind kind, Condition condition, List<Order> order) {
        if (features.binaries() == Features.Binaries.EQUAL) {
            checkBytes(kind, condition);
            order.forEach(key -> checkBytes(kind, key.path(), null));
        }
    }

    /** The keys of an order that are not another object's. */
    private static List<Order> ownKeys(Selection selection) {
        return selection.order().stream()
                .filter(key -> selection.links(key).isEmpty())
                .toList();
    }

    private void checkBytes(Kind kind, Condition condition) {
        switch (condition) {
            case Condition.Compare c
            when c.operator() != Condition.Operator.EQ -> checkBytes(kind, c.path(), c.value());
            case Condition.Between b -> checkBytes(kind, b.path(), b.least());
            case Condition.And and -> and.all().forEach(each -> checkBytes(kind, each));
            case Condition.Or or -> or.any().forEach(each -> checkBytes(kind, each));
            case Condition.Not not -> checkBytes(kind, not.condition());
            case Condition.Related r
            when r.link() != null -> checkBytes(r.link().target(), r.condition());
            default -> {}
        }
    }

    private void checkBytes(Kind kind, Path path, @Nullable Object value) {
        if (value instanceof Bytes || kind.typeAt(path) instanceof Type.Binary) {
            throw Problem.FEATURE_MISSING
                    .because(
                            "%s of kind %s holds bytes, which this store does not order by their content",
                            path, kind.name())
                    .store(info())
                    .hint("compare them for equality, or keep what is to be sorted as text")
                    .fault();
        }
    }

    /** Rows other than the plain objects of a kind are made by the store, or not at all. */
    private void check(Source source, boolean counted) {
        checkBytes(source.root(), source.where(), List.of());
        checkExpiry(source.root());
        checkCrossing(source.crosses(), source.kinds());
        boolean made = !source.steps().isEmpty() || !(source.filter() instanceof Condition.Constant);
        if (made && features.aggregates() != Features.Aggregates.NATIVE) {
            throw missing("join or unwind rows");
        }
        if (!made || counted) {
            checkScan(source.root(), source.where());
        }
    }

    private void checkCrossing(boolean crosses, Set<String> kinds) {
        if (crosses && features.joins() == Features.Joins.NONE) {
            throw Problem.FEATURE_MISSING
                    .because("this store cannot follow references in a query: %s", String.join(", ", kinds))
                    .store(info())
                    .hint("query each kind alone, and put the ids into the other condition")
                    .fault();
        }
    }

    private void check(Aggregation aggregation) {
        if (features.binaries() == Features.Binaries.EQUAL) {
            for (Aggregation.Measure measure : aggregation.measures()) {
                boolean isOrdered = measure.function() == Aggregation.Function.MIN
                        || measure.function() == Aggregation.Function.MAX;
                if (isOrdered && measure.path() != null) {
                    checkBytes(aggregation.kind(), measure.path(), null);
                }
            }
        }
        boolean countsAll = aggregation.groupBy().isEmpty()
                && aggregation.measures().stream().allMatch(measure -> measure.path() == null);
        if (features.aggregates() == Features.Aggregates.NONE
                || (features.aggregates() == Features.Aggregates.COUNT && !countsAll)) {
            throw missing("compute figures other than the count of all objects");
        }
        check(aggregation.source(), true);
    }

    private void check(Changeset.Entry entry) {
        Kind kind = entry.kind();
        if (!kind.writable()) {
            throw Problem.STORE_READ_ONLY
                    .because("kind %s is a view and cannot be written", kind.name())
                    .store(info())
                    .fault();
        }
        checkExpiry(kind);
        switch (entry) {
            case Changeset.UpdateWhere update -> checkScan(kind, update.where());
            case Changeset.DeleteWhere delete -> checkScan(kind, delete.where());
            case Changeset.Insert insert -> {}
            case Changeset.Put put -> {}
            case Changeset.Update update -> {}
            case Changeset.Delete delete -> {}
        }
        boolean byId = !(entry instanceof Changeset.Insert);
        if (byId
                && kind.isBag()
                && !(entry instanceof Changeset.DeleteWhere || entry instanceof Changeset.UpdateWhere)) {
            throw Problem.REQUEST_INVALID
                    .because("kind %s has no id, its objects cannot be told apart", kind.name())
                    .store(info())
                    .hint("insert objects, or update and delete them by condition")
                    .fault();
        }
        if (features.extras() == Features.Extras.REFUSED) {
            switch (entry) {
                case Changeset.Insert insert -> refuseExtra(kind, insert.state());
                case Changeset.Put put -> refuseExtra(kind, put.state());
                case Changeset.Update update -> refuseUnknown(kind, update.changed());
                case Changeset.Delete delete -> {}
                case Changeset.UpdateWhere update -> {}
                case Changeset.DeleteWhere delete -> {}
            }
        }
    }

    private void refuseExtra(Kind kind, State state) {
        if (!state.extra().isEmpty()) {
            refuseUnknown(kind, List.copyOf(state.extra().keySet()));
        }
        if (!state.shape().equals(kind.shape())) {
            refuseUnknown(
                    kind, state.shape().slots().stream().map(Shape.Slot::name).toList());
        }
    }

    private void refuseUnknown(Kind kind, List<String> names) {
        for (String name : names) {
            if (kind.field(name).isEmpty()) {
                throw Problem.UNKNOWN_FIELD
                        .because("kind %s has no field %s, and this store keeps no others", kind.name(), name)
                        .store(info())
                        .near(name, kind.fields().stream().map(Field::name).toList())
                        .fault();
            }
        }
    }

    /** A write by condition finds its objects by an index, or is refused. */
    private void checkScan(Kind kind, Condition where) {
        checkBytes(kind, where, List.of());
        checkCrossing(!where.others().isEmpty(), where.others());
        Selection selection = Selection.of(kind).where(where);
        if (features.scans() == Features.Scans.LIMITED && !Indexing.answers(selection)) {
            throw ScanRefusal.unasked(selection, info())
                    .hint(Indexing.advice(selection) + ", or find the objects with a limit and write them by id")
                    .fault();
        }
    }

    private void check(Alteration step) {
        switch (step) {
            case Alteration.CreateKind create -> {
                create.kind().fields().forEach(this::checkKept);
                checkExpiry(create.kind());
            }
            case Alteration.AddField add -> checkKept(add.field());
            default -> {}
        }
        checkRename(step);
    }

    /** A field that is finer than the store keeps is refused, rather than cut. */
    private void checkKept(Field field) {
        int fraction = switch (field.type()) {
            case Type.Time time -> time.precision();
            case Type.DateTime time -> time.precision();
            case Type.Instant instant -> instant.precision();
            default -> 0;
        };
        // what nobody declared has the digits that there are, and a value with more is refused
        boolean isDeclared =
                field.type() instanceof Type.Decimal && !field.type().equals(Type.DECIMAL);
        int digits = isDeclared ? ((Type.Decimal) field.type()).precision() : 0;
        if (fraction > features.times().digits()) {
            throw tooFine(field)
                    .hint("declare at most " + features.times().digits() + " digits of a second's fraction")
                    .fault();
        }
        if (digits > features.decimals().digits()) {
            throw tooFine(field)
                    .hint("declare at most " + features.decimals().digits() + " digits: @Column(precision = "
                            + features.decimals().digits() + ", scale = ...)")
                    .fault();
        }
    }

    private Report tooFine(Field field) {
        return Problem.FEATURE_MISSING
                .because("%s is finer than this store keeps", field)
                .store(info());
    }

    private void checkExpiry(Kind kind) {
        if (kind.expiry().isPresent() && features.expiry() == Features.Expiry.NONE) {
            throw Problem.FEATURE_MISSING
                    .because(
                            "objects of kind %s expire by %s, and this store lets none go by itself",
                            kind.name(), kind.expiry().get())
                    .store(info())
                    .hint("leave @Expires out, and delete by condition what is over")
                    .fault();
        }
    }

    private void checkRename(Alteration step) {
        boolean renames = step instanceof Alteration.RenameKind || step instanceof Alteration.RenameField;
        if (renames && features.renames() == Features.Renames.NONE) {
            throw missing("rename");
        }
    }

    private RuntimeException missing(String what) {
        return Problem.FEATURE_MISSING
                .because("this store cannot %s", what)
                .store(info())
                .fault();
    }
}
