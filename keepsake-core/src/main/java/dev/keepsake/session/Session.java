package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.Relation;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Mark;
import dev.keepsake.store.Stale;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.store.WriteResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is changed together: a unit of work. It has each object once, knows what the store holds of it, and writes what
 * changed, guarded, in an order that keeps every reference good.
 *
 * <pre>{@code
 * keepsake.useTransaction(session -> {
 *     Release latest = session.get(Release.class, 7L);
 *     session.put(latest.withSize(42));              // only the size is written, if nobody else changed it
 *     session.add(new Release(0, "boto", 3, 0));     // its id comes from the store
 * });
 * }</pre>
 *
 * <h2>Records and classes with fields</h2>
 *
 * <p>An object of a class with fields is changed in place: what its fields hold when the session is flushed is written. A
 * record never changes; {@link #put} takes another one in its place, and the one before is stale. {@link #add} and
 * {@link #put} give the instance to go on with: the same one for a class, for a record a copy with id and version filled in.
 *
 * <h2>When things are written</h2>
 *
 * <p>By {@link #flush}, which {@link #commit} does, and a query does whose kinds have changes. The transaction begins at the first
 * request and ends with commit or rollback; the session goes on with another. A record whose id only the store knows, after the
 * insert, is inserted at once.
 *
 * <h2>Guards</h2>
 *
 * <p>A change is written where the version is the one that was loaded, or, without a version, where the fields that are
 * written still hold what was loaded; otherwise it is a {@link dev.keepsake.fault.Conflict}, and nothing is written. A delete
 * is guarded by the version, or by all that was loaded. {@link #put} of an object that was not loaded is guarded by the version that it
 * has; without one it is not guarded.
 *
 * <h2>Lists</h2>
 *
 * <p>A list of others is a view of their references. Changing it sets their references at once; a reference that is assigned is seen
 * when the list that the object leaves is read, else at the next flush. A collection that a user puts in the place of the
 * list of an object is, at the next flush, all there is; {@link #put} adds what is in lists, and takes nothing out.
 *
 * <h2>Errors</h2>
 *
 * <p>What is wrong with an object is said before anything is written, and the session can be used on. When a flush or a commit fails
 * otherwise, the session says so to every further request until {@link #rollback}. After a rollback objects keep what
 * they hold, and a later flush writes it; new ones are not part of the session any more.
 *
 * <p>A session belongs to the thread that opened it, and refuses all others. It keeps its objects from being collected as garbage; for
 * masses of them there are {@link Query#untracked} and {@link dev.keepsake.Keepsake#load}. It does not lock what it
 * reads, see {@link Query#forUpdate}.
 */
public final class Session implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Session.class.getName());

    private final Workshop workshop;
    private final Guarded store;
    private final SessionOptions options;
    private final @Nullable Object foreign;
    private TransactionOptions transactions;
    private final Thread owner = Thread.currentThread();
    private final Unit unit;
    private final Undo undo;
    private final String openedAt;
    private final Map<String, Sequences.Left> taken = new HashMap<>();
    private @Nullable Transaction transaction;
    private @Nullable RuntimeException failure;
    private boolean closed;
    private int begun;
    /** Whether somebody has the transaction that is open. */
    private boolean isShared;

    private boolean flushing;
    private int nesting;

    Session(Workshop workshop, SessionOptions options, @Nullable Object foreign) {
        this.workshop = workshop;
        this.store = workshop.store();
        this.options = options;
        this.transactions = options.transaction();
        this.foreign = foreign;
        this.openedAt = caller();
        Unit.Host host = new Unit.Host() {
            @Override
            public Transaction transaction() {
                return current();
            }

            @Override
            public int transactions() {
                return isShared ? 0 : begun;
            }

            @Override
            public void requireUsable() {
                Session.this.requireUsable();
            }

            @Override
            public boolean isOver() {
                return closed;
            }

            @Override
            public boolean isReadOnly() {
                return Session.this.options.readOnly();
            }
        };
        this.unit = new Unit(workshop.codecs(), store, host, workshop::states, true);
        this.undo = new Undo(unit);
    }

    private static String caller() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> !frame.getClassName().startsWith("dev.keepsake.session.")
                                && !frame.getClassName().equals("dev.keepsake.Keepsake"))
                        .findFirst()
                        .map(Object::toString)
                        .orElse("an unknown place"));
    }

    // ---- objects come in

    /**
     * Adds a new object, and those new ones that it refers to. One that is in the session already stays as it is.
     *
     * @return the object to go on with: a record with a generated id is a copy
     * @throws dev.keepsake.fault.Invalid {@code request-invalid} where it has no id and none is generated, or another instance
     *     with its id is there; {@code model-invalid} where its class is not part of the model
     */
    public <T> T add(T object) {
        return addAll(Collections.singletonList(object)).getFirst();
    }

    /** As {@link #add}, all in one batch; the objects to go on with are in the same order. */
    public <T> List<T> addAll(Collection<? extends T> objects) {
        requireWritable();
        List<Held> added = new ArrayList<>(objects.size());
        List<Held> atOnce = new ArrayList<>();
        unit.allOrNone(() -> {
            for (T object : objects) {
                Held held = unit.adoption.manage(object);
                added.add(held);
                if (held.status == Held.Status.NEW && held.id == null) {
                    boolean onInsert = held.kind().generation() == Generation.IDENTITY && !store.knowsIds(held.kind());
                    if (held.kind().generation() == Generation.GIVEN) {
                        unit.identify(held, each -> null);
                    } else if (onInsert && held.fixed) {
                        atOnce.add(held);
                    }
                }
            }
        });
        identify(added);
        if (!atOnce.isEmpty()) {
            writing(() -> newFlush().inserts(atOnce));
        }
        List<T> here = new ArrayList<>(added.size());
        for (Held held : added) {
            @SuppressWarnings("unchecked") // the same object, or a copy of it
            T object = (T) held.object;
            here.add(object);
        }
        return here;
    }

    private void identify(List<Held> added) {
        List<Held> without = new ArrayList<>();
        for (Held held : added) {
            if (held.id == null && held.status == Held.Status.NEW) {
                without.add(held);
            }
        }
        if (!without.isEmpty()) {
            ids(without).forEach(unit::assign);
        }
    }

    /** Ids for those new objects that can have one before they are written. */
    private Map<Held, Object> ids(List<Held> all) {
        Map<Held, Object> ids = new HashMap<>();
        Map<Kind, List<Held>> known = new LinkedHashMap<>();
        for (Held held : all) {
            if (held.id != null) {
                continue;
            }
            Kind kind = held.kind();
            if (kind.generation() == Generation.GIVEN) {
                unit.identify(held, each -> null);
            } else if (kind.generation() == Generation.SEQUENCE) {
                Codec.Sequence sequence = held.codec.sequence().orElse(new Codec.Sequence(kind.name(), 1, 50));
                ids.put(held, workshop.sequences().next(sequence, current(), taken));
            } else if (store.knowsIds(kind)) {
                known.computeIfAbsent(kind, k -> new ArrayList<>()).add(held);
            }
        }
        known.forEach((kind, without) -> {
            Iterator<?> made = store.newIds(kind, without.size()).iterator();
            without.forEach(held -> ids.put(held, made.next()));
        });
        return ids;
    }

    /**
     * Takes an object as it is: in the place of the instance with its id, if that is in the session, else to be written
     * whole. One with a version must be of the version that the store has, or be new; without a version it replaces whatever
     * is there. One without id is added. Objects that it leads to are not put with it.
     *
     * @return the object to go on with: a record with a version is a copy
     * @throws dev.keepsake.fault.Conflict {@code stale-object} where its version is not the one that was loaded
     * @throws dev.keepsake.fault.Invalid {@code not-managed} where another instance that was put took its place
     */
    public <T> T put(T object) {
        requireWritable();
        Codec<Object> codec = unit.codecOf(object);
        Object id = codec.idOf(object);
        if (id == null) {
            return add(object);
        }
        Held held = unit.tracked(codec.kind()).get(id);
        if (held == null) {
            Held put = new Held(codec, object, id, Held.Status.PUT);
            put.unmet = true;
            codec.kind().version().ifPresent(field -> {
                put.expected = codec.encode(object).get(field);
                put.object = counted(codec, object, field, put.expected);
            });
            unit.place(put);
            unit.adoption.adopt(put);
            return same(object, put);
        }
        if (held.object == object) {
            unit.revive(held);
        } else {
            Object next = next(held, codec, object);
            unit.revive(held);
            unit.replace(held, next);
        }
        return same(object, held);
    }

    /** What takes the place of another instance, which must be of the same version. */
    private Object next(Held held, Codec<Object> codec, Object object) {
        String field = held.kind().version().orElse(null);
        if (field == null || held.status == Held.Status.NEW) {
            return object;
        }
        State there = held.codec.encode(held.object);
        Object now = codec.encode(object).get(field);
        boolean mine = held.replaced || held.status == Held.Status.PUT;
        if (!Objects.equals(there.get(field), now)) {
            throw mine // a mistake of this program, and no use in trying again
                    ? Problem.NOT_MANAGED
                            .because(
                                    "another %s %s took the place of this one in the session",
                                    held.kind().name(), Report.quote(held.id))
                            .store(store.info())
                            .hint("make the next one of the instance that put() gave, or get() gives")
                            .fault()
                    : Stale.conflict(held.kind(), held.id(), there, Guard.of(codec.encode(object), List.of(field)));
        }
        Object base = held.stored == null ? held.expected : held.stored.get(field);
        return counted(codec, object, field, base);
    }

    /** A record has the number that it will be written with. */
    private static Object counted(Codec<Object> codec, Object object, String field, @Nullable Object base) {
        long next = base instanceof Long number ? number + 1 : 1L;
        return codec.fixed(object) ? codec.with(object, field, next) : object;
    }

    @SuppressWarnings("unchecked") // the same object, or a copy of it
    private static <T> T same(T given, Held held) {
        return held.object == given ? given : (T) held.object;
    }

    /**
     * Deletes an object when the session is flushed. One that was never written is forgotten; one that is not of this session is
     * deleted if the store still holds what it does.
     *
     * @throws dev.keepsake.fault.Invalid {@code not-managed} for a record that another one took the place of
     */
    public void delete(Object object) {
        requireWritable();
        Held held = unit.search(object);
        if (held == null) {
            Codec<Object> codec = unit.codecOf(object);
            Object id = codec.idOf(object);
            boolean back = id != null && unit.tracked(codec.kind()).get(id) != null;
            if (unit.wasDeleted(object) && !back) {
                return;
            }
            if (id == null) {
                throw notManaged(object, "is new and not of this session", "it needs no delete");
            }
            if (unit.tracked(codec.kind()).get(id) != null) {
                throw notManaged(
                        object, "is not the instance of this session", "use the one that get() or put() gives");
            }
            held = new Held(codec, object, id, Held.Status.STORED);
            held.stored = codec.encode(object);
            held.stranger = true;
            unit.place(held);
            unit.adoption.adopt(held);
        }
        held.status = Held.Status.DELETED;
    }

    private RuntimeException notManaged(Object object, String what, String hint) {
        return Problem.NOT_MANAGED
                .because(
                        "this %s %s %s",
                        object.getClass().getSimpleName(),
                        Report.quote(unit.codecOf(object).idOf(object)),
                        what)
                .store(store.info())
                .hint(hint)
                .fault();
    }

    // ---- objects come out

    /**
     * The object with that id, if there is one: the session's own instance, or loaded.
     *
     * @param id a plain value; for an id of several parts its id class, or {@code Id.of("a", 1, "b", 2)}
     */
    public <T> Optional<T> find(Class<T> type, Object id) {
        requireUsable();
        Codec<T> codec = workshop.codecs().get(type);
        return find(codec, codec.id(requireId(type, id)));
    }

    private static Object requireId(Class<?> type, @Nullable Object id) {
        if (id == null) {
            throw Problem.REQUEST_INVALID
                    .because("null is no id of %s", type.getSimpleName())
                    .hint("an object that is new has none yet")
                    .fault();
        }
        return id;
    }

    <T> Optional<T> find(Codec<T> codec, Object id) {
        Held held = unit.tracked(codec.kind()).get(id);
        if (held == null) {
            List<T> loaded =
                    unit.loading.load(codec, Selection.byId(codec.kind(), id).where(codec.own()));
            return loaded.isEmpty() ? Optional.empty() : Optional.of(loaded.getFirst());
        }
        boolean here = held.status != Held.Status.DELETED && codec.type().isInstance(held.object);
        return here ? Optional.of(codec.type().cast(held.object)) : Optional.empty();
    }

    /**
     * The object with that id.
     *
     * @throws dev.keepsake.fault.NotFound {@code object-missing} where there is none
     */
    public <T> T get(Class<T> type, Object id) {
        return find(type, id).orElseThrow(() -> missing(type, id));
    }

    private RuntimeException missing(Class<?> type, Object id) {
        return Problem.OBJECT_MISSING
                .because("there is no %s %s", type.getSimpleName(), Report.quote(id))
                .store(store.info())
                .fact("kind", workshop.codecs().get(type).kind().name())
                .fact("id", id)
                .hint("find() is empty where there may be none")
                .fault();
    }

    /** The objects with those ids, in that order, those that there are; all that are to be loaded, in one batch. */
    public <T> List<T> findAll(Class<T> type, Collection<?> ids) {
        requireUsable();
        Codec<T> codec = workshop.codecs().get(type);
        Tracked there = unit.tracked(codec.kind());
        List<Object> wanted = new ArrayList<>(ids.size());
        List<Object> missing = new ArrayList<>();
        for (Object each : ids) {
            Object id = codec.id(requireId(type, each));
            wanted.add(id);
            if (there.get(id) == null) {
                missing.add(id);
            }
        }
        unit.loading.byIds(codec, missing);
        List<T> found = new ArrayList<>(wanted.size());
        for (Object id : wanted) {
            Held held = there.get(id);
            if (held != null && !held.isGone() && type.isInstance(held.object)) {
                found.add(type.cast(held.object));
            }
        }
        return found;
    }

    /**
     * The one object for which a condition, in Java names, holds.
     *
     * @throws dev.keepsake.fault.NotFound {@code no-result}
     * @throws dev.keepsake.fault.Invalid {@code several-results}
     */
    public <T> T one(Class<T> type, Condition condition) {
        return query(type).where(condition).one();
    }

    /** A query over all objects of a class, whose results are objects of this session. */
    public <T> Query<T> query(Class<T> type) {
        requireUsable();
        return new Query<>(new InSession(), workshop.codecs().get(type), workshop.schema());
    }

    /**
     * The objects that rows of the store's own level stand for, those that the session has already as they are in it: the way back
     * from what is done with {@link #transaction()}{@code .unwrap(...)}.
     *
     * <pre>{@code
     * DSLContext sql = session.transaction().unwrap(DSLContext.class);
     * List<Release> large = session.decode(
     *         Release.class, sql.fetch("select * from release where size > (select avg(size) from release)"));
     * }</pre>
     *
     * @param nativeRows on SQL a {@code java.sql.ResultSet}, of which those are read that are left and which is not closed, or a
     *     {@code Record} or {@code Result} of jOOQ; in memory a State, or several. They have all fields of the kind, by their
     *     stored names, in any order, and may have others
     * @throws dev.keepsake.fault.Invalid {@code request-invalid} for what are no such rows
     * @throws dev.keepsake.fault.Corrupt {@code state-undecodable} where a value does not fit
     */
    public <T> List<T> decode(Class<T> type, Object nativeRows) {
        requireUsable();
        Codec<T> codec = workshop.codecs().get(type);
        List<State> rows = current().decode(codec.kind(), nativeRows).list();
        Condition own = codec.own().resolve(codec.kind());
        for (State row : rows) {
            if (!own.test(row)) {
                throw Problem.REQUEST_INVALID
                        .because(
                                "%s %s is of another class than %s",
                                codec.kind().name(), Report.quote(codec.kind().idOf(row)), type.getSimpleName())
                        .store(store.info())
                        .hint("decode it as the class that they have in common")
                        .fault();
            }
        }
        return unit.loading.takeAll(codec, rows, new Batch(unit), false).stream()
                .map(held -> type.cast(held.object))
                .toList();
    }

    /** A query over a kind that no class stands for, by its stored name and stored names of fields; its results are States. */
    public Query<State> query(String kind) {
        requireUsable();
        return new Query<>(new InSession(), workshop.states(kind), workshop.inspected());
    }

    /** Whether this very instance is one of the session's, to be deleted or not. */
    public boolean contains(Object object) {
        requireUsable();
        return unit.search(object) != null;
    }

    /** How many objects the session has. */
    public int size() {
        return unit.all().stream().mapToInt(Tracked::size).sum();
    }

    /** Whether there is anything that a flush would write. */
    public boolean hasChanges() {
        requireUsable();
        return Pending.any(unit);
    }

    /**
     * Reads an object anew: its changes are lost. A record is given as the one that takes its place.
     *
     * @throws dev.keepsake.fault.NotFound {@code object-missing} where it is not there any more
     * @throws dev.keepsake.fault.Invalid {@code not-managed}
     */
    public <T> T refresh(T object) {
        requireUsable();
        Held held = unit.search(object);
        if (held == null || held.stored == null) {
            throw notManaged(object, "is not of this session, or not written yet", "get it by its id");
        }
        Held kept = held;
        State now = current()
                .find(Selection.byId(held.kind(), held.id()))
                .first()
                .orElseThrow(() -> missing(kept.object.getClass(), kept.id()));
        Batch batch = new Batch(unit);
        unit.loading.takeAll(held.codec, List.of(now), batch, false);
        held.status = Held.Status.STORED;
        unit.loading.renew(held, held.kind().shaped(now), batch);
        return same(object, held);
    }

    /** Forgets an object: what changes in it is not written, and what is lazy in it cannot be loaded any more. */
    public void detach(Object object) {
        requireUsable();
        Held held = unit.search(object);
        if (held != null) {
            unit.forget(held);
        }
    }

    // ---- writing

    /**
     * Writes all changes to the store, inside the transaction.
     *
     * @throws dev.keepsake.fault.Conflict {@code stale-object} where someone else changed what is written
     * @throws dev.keepsake.fault.Violation where a rule refuses it
     */
    public void flush() {
        requireUsable();
        if (options.readOnly()) {
            return;
        }
        writing(() -> newFlush().all());
    }

    private Flush newFlush() {
        return new Flush(unit, workshop.model(), undo, this::ids, relation -> workshop.enforces(relation, current()));
    }

    private void writing(Runnable work) {
        if (flushing) {
            return;
        }
        flushing = true;
        int before = undo.size();
        unit.beginSending();
        try {
            work.run();
        } catch (RuntimeException e) {
            if (refusedBeforehand(e)) {
                undo.to(before); // what was to follow from it
            } else if (transaction != null) {
                failure = e;
            }
            throw e;
        } finally {
            flushing = false;
        }
    }

    /** Whether nothing was sent to the store, so that the object can be mended and flushed again. */
    private boolean refusedBeforehand(RuntimeException e) {
        return e instanceof Fault && unit.nothingSent() && (transaction == null || !store.hasFailed(transaction));
    }

    /**
     * Flushes, and makes all writes lasting. Objects stay as they are, and can be used in the next transaction.
     *
     * @throws dev.keepsake.fault.Conflict where someone else was first; nothing is kept
     * @throws dev.keepsake.fault.Unavailable {@code commit-outcome-unknown} where the store was lost while it committed: the
     *     session is to be rolled back then, and whoever cares looks whether the writes are there
     */
    public void commit() {
        requireNotNested("committed");
        flush();
        Transaction ending = transaction;
        transaction = null;
        taken.clear();
        if (ending != null) {
            try (ending) {
                ending.commit();
            } catch (RuntimeException e) {
                failure = e;
                undo.to(0);
                throw e;
            }
        }
        undo.forget();
        unit.committed();
        if (options.forgetting()) {
            forgetAll();
        }
    }

    private void forgetAll() {
        for (Tracked tracked : unit.all()) {
            List.copyOf(tracked.order()).forEach(held -> {
                if (held.status != Held.Status.GONE) {
                    unit.forget(held);
                }
            });
        }
    }

    /**
     * Undoes all writes since the last commit; the session can be used again. Objects keep what they hold; new ones, and those
     * that were put without having been loaded, are not of the session any more, and have lost an id that was made for them.
     * Links of many to many that were made or cut are made or cut again by the next flush.
     */
    public void rollback() {
        requireOpen();
        requireNotNested("rolled back");
        Transaction ending = transaction;
        transaction = null;
        failure = null;
        taken.clear();
        try {
            undo.to(0);
            dropFresh();
        } finally {
            if (ending != null) {
                try (ending) {
                    ending.rollback();
                }
            }
        }
    }

    /** What was added and is not written, and what was to be deleted, is as if that had not been. */
    private void dropFresh() {
        for (Tracked tracked : unit.all()) {
            List.copyOf(tracked.fresh).forEach(this::dropNew);
            for (Held held : List.copyOf(tracked.order())) {
                if (held.status == Held.Status.DELETED && held.stranger) {
                    unit.forget(held);
                } else if (held.status == Held.Status.DELETED) {
                    held.status = Held.Status.STORED;
                }
                if (held.status == Held.Status.STORED) {
                    held.members().forEach(Members::forget);
                }
            }
        }
        unit.pairs.keySet().removeIf(pair -> pair.own().isGone() || pair.other().isGone());
    }

    private void dropNew(Held held) {
        unit.forget(held);
        if (held.generated && !held.fixed) {
            held.codec.with(held.object, held.kind().id().getFirst(), null);
        }
    }

    private void requireNotNested(String what) {
        if (nesting > 0) {
            throw Problem.REQUEST_INVALID
                    .because("a session cannot be %s inside nested()", what)
                    .store(store.info())
                    .hint("end the nested part first: normally, or by an exception, which undoes it")
                    .fault();
        }
    }

    /**
     * Does something that can be undone alone: if it throws, its writes are undone, and objects of the session hold again what
     * they held before it, and are the instances that they were; what it throws passes unchanged, and the session can be used on. It begins
     * with a flush.
     *
     * @throws dev.keepsake.fault.Unsupported {@code feature-missing} where the store cannot undo part of a transaction
     */
    public <R> R nested(Supplier<? extends R> work) {
        requireWritable();
        if (store.features().savepoints() == Features.Savepoints.NONE) {
            throw Problem.FEATURE_MISSING
                    .because("this store cannot undo part of a transaction")
                    .store(store.info())
                    .fault();
        }
        flush();
        Transaction in = current();
        Mark mark = in.mark();
        int before = undo.size();
        Map<String, Sequences.Left> left = new HashMap<>(taken);
        List<Runnable> outer = unit.swaps;
        List<Runnable> swaps = new ArrayList<>();
        unit.swaps = swaps;
        nesting++;
        try {
            R result = work.get();
            flush();
            in.release(mark);
            if (outer != null) {
                outer.addAll(swaps);
            }
            return result;
        } catch (RuntimeException | Error e) {
            if (transaction == in) {
                failure = null;
                in.rollbackTo(mark);
                undo.to(before);
                dropFresh();
                unit.pairs.clear();
                swaps.reversed().forEach(Runnable::run);
                unit.loading.revert(new Batch(unit));
                taken.clear();
                taken.putAll(left);
            }
            throw e;
        } finally {
            nesting--;
            unit.swaps = outer;
        }
    }

    /** As {@link #nested(Supplier)}, without a result. */
    public void nested(Runnable work) {
        nested(() -> {
            work.run();
            return Optional.empty();
        });
    }

    // ---- the transaction

    /**
     * The transaction that the session reads and writes in, after a flush: for requests of the store's own level, and what a store
     * has natively, as {@code session.transaction().unwrap(Connection.class)}. The session ends it; objects that it has
     * do not learn what is written there, see {@link #refresh}.
     */
    public Transaction transaction() {
        flush();
        Transaction now = current();
        isShared = true;
        return now;
    }

    private Transaction current() {
        requireUsable();
        if (transaction == null) {
            requireNotWaitingForItself();
            transaction = foreign == null ? store.begin(transactions) : store.join(foreign);
            begun++;
            isShared = false;
        }
        return transaction;
    }

    /** A second transaction that writes, of the same thread, would wait for the first until it is told that the store is busy. */
    private void requireNotWaitingForItself() {
        if (foreign != null || options.readOnly() || store.features().writers() != Features.Writers.ONE) {
            return;
        }
        for (Session other : workshop.open()) {
            if (other != this && other.owner == owner && !other.options.readOnly() && other.transaction != null) {
                throw Problem.STORE_BUSY
                        .because(
                                "this thread has another session in a transaction, and the store has one writer at a time")
                        .store(store.info())
                        .fact("other", "opened at " + other.openedAt)
                        .hint(
                                "use that session, and nested() for a part; or commit it before; a session that only reads is"
                                        + " opened with SessionOptions.readingOnly()")
                        .fault();
            }
        }
    }

    // ---- the state that it is in

    private void requireWritable() {
        requireUsable();
        if (options.readOnly()) {
            throw Problem.REQUEST_INVALID
                    .because("the session only reads")
                    .store(store.info())
                    .hint("open it without readingOnly()")
                    .fault();
        }
    }

    private void requireUsable() {
        requireOpen();
        if (failure != null) {
            throw Problem.TRANSACTION_FAILED
                    .because("the session has failed and is to be rolled back")
                    .store(store.info())
                    .fact("first", failure instanceof Fault fault ? fault.sentence() : failure.toString())
                    .cause(failure)
                    .hint("call rollback(), or open another session")
                    .fault();
        }
    }

    /** A virtual thread has a number, and most often no name. */
    private static String named(Thread thread) {
        return thread.getName().isEmpty() ? "virtual thread " + thread.threadId() : thread.getName();
    }

    private void requireOpen() {
        if (Thread.currentThread() != owner) {
            throw Problem.WRONG_THREAD
                    .because(
                            "the session belongs to thread %s, and was used by %s",
                            named(owner), named(Thread.currentThread()))
                    .store(store.info())
                    .fact("opened", openedAt)
                    .hint("open a session in each thread; detached objects can be handed over")
                    .fault();
        }
        if (closed) {
            throw Problem.CLOSED
                    .because("the session is closed")
                    .store(store.info())
                    .fact("opened", openedAt)
                    .fault();
        }
    }

    /** Where in the code it was opened. */
    public String openedAt() {
        return openedAt;
    }

    /** Whether it is closed. */
    public boolean isClosed() {
        return closed;
    }

    /** The store, who is in the session, and where it was opened; it loads nothing. */
    @Override
    public String toString() {
        return "session on " + store.info() + ", " + size() + " objects, opened at " + openedAt
                + (closed ? ", closed" : failure != null ? ", failed" : "");
    }

    /**
     * Ends the session. What was not committed is rolled back, and a warning tells of writes that were flushed; changes that never were
     * are dropped. A second close does nothing.
     */
    @Override
    public void close() {
        if (!closed) {
            boolean lost = failure == null && !options.readOnly() && undo.size() > 0;
            end();
            if (lost) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "a session with uncommitted writes was closed and rolled back; it was opened at " + openedAt);
            }
        }
    }

    /** As {@link #close}, without a word: whoever ends it knows what is lost. */
    void end() {
        if (closed) {
            return;
        }
        closed = true;
        workshop.ended(this);
        Transaction ending = transaction;
        transaction = null;
        try {
            // what was not committed was never there: objects lose ids and versions that it gave them
            undo.to(0);
            unit.all().forEach(tracked -> List.copyOf(tracked.fresh).forEach(this::dropNew));
        } finally {
            if (ending != null) {
                ending.close();
            }
        }
    }

    // ---- queries

    /** From now on, which is before the first request, this session reads one object and nothing else. */
    void readOnce() {
        transactions = transactions.once();
    }

    /** Reads for a query that has this session for itself. */
    <R> R reading(Query.Reading<R> reading) {
        return reading.from(unit, current());
    }

    /** What a query needs to run: here, in this session. */
    private final class InSession implements Query.Runner {
        @Override
        public <R> R run(Set<String> kinds, boolean tracked, Query.Reading<R> reading) {
            requireUsable();
            if (!options.readOnly() && Pending.concerning(kinds, unit, workshop.model())) {
                flush();
            }
            return reading.from(tracked ? unit : unit.apart(), current());
        }

        @Override
        public <R> Stream<R> stream(Set<String> kinds, boolean tracked, Query.Reading<Stream<R>> reading) {
            return run(kinds, tracked, reading);
        }

        @Override
        public boolean tracks() {
            return true;
        }

        @Override
        public Guarded store() {
            return store;
        }

        @Override
        public WriteResult write(Kind kind, Changeset changes) {
            requireWritable();
            flush();
            WriteResult[] result = new WriteResult[1];
            writing(() -> {
                result[0] = unit.write(changes);
                reread(kind);
            });
            return Objects.requireNonNull(result[0]);
        }

        /** Loaded objects of a kind that was written by condition hold what the store does. */
        private void reread(Kind kind) {
            List<Held> loaded = new ArrayList<>();
            for (Held held : unit.tracked(kind).order()) {
                if (held.status == Held.Status.STORED) {
                    loaded.add(held);
                }
            }
            Map<Object, State> now = new HashMap<>();
            List<Object> ids = new ArrayList<>();
            loaded.forEach(held -> ids.add(held.id()));
            for (List<Object> some : Loading.chunks(ids)) {
                current()
                        .find(Selection.byIds(kind, some))
                        .list()
                        .forEach(state -> now.put(kind.requireIdOf(state), state));
            }
            Batch batch = new Batch(unit);
            for (Held held : loaded) {
                State state = now.get(held.id());
                if (state == null) {
                    undo.deleted(held, held.stored());
                    unit.forget(held);
                } else if (!kind.shaped(state).equals(held.stored)) {
                    undo.updated(held);
                    unit.loading.renew(held, kind.shaped(state), batch);
                }
            }
        }
    }

    /** What sessions share. */
    interface Workshop {
        Guarded store();

        Codecs codecs();

        Model model();

        Sequences sequences();

        Schema schema();

        Schema inspected();

        Codec<State> states(String kind);

        void ended(Session session);

        /** All sessions that are open, of any thread. */
        Collection<Session> open();

        /** Whether the store itself refuses to delete what a reference leads to. */
        boolean enforces(Relation.ToOne relation, Transaction transaction);
    }
}
