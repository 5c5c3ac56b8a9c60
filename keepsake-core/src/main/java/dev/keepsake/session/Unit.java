package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.Links;
import dev.keepsake.codec.Ref;
import dev.keepsake.codec.Relation;
import dev.keepsake.codec.Relation.Via;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Changeset;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.WriteResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a session, each there once (the identity map of Fowler, "Patterns of Enterprise Application Architecture",
 * 2002), and what their references and lists say of each other. How they come in from the
 * store is in {@link Loading}, how from a user in {@link Adoption}.
 */
final class Unit {
    /** What a unit needs of its session. */
    interface Host {
        /** The transaction to read and write in. */
        Transaction transaction();

        /** The how manyth transaction of the session that is; 0 where others than the unit write in it too. */
        int transactions();

        /** Refuses what cannot be done now: another thread, a session that is over, a failed one. */
        void requireUsable();

        /** Whether the session is over. */
        boolean isOver();

        /** Whether nothing is ever written. */
        boolean isReadOnly();
    }

    final Codecs codecs;
    final Guarded store;
    final Host host;
    private final boolean tracking;
    private boolean hasTwice;
    private final Function<String, Codec<State>> states;
    private final Map<String, Tracked> kinds = new LinkedHashMap<>();
    final IdentityHashMap<Object, Held> fresh = new IdentityHashMap<>();
    /** Records that a copy with an id took the place of; who still has the one without means the copy. */
    private final IdentityHashMap<Object, Held> unnamed = new IdentityHashMap<>();
    /** Objects that were deleted, and are not deleted once more. */
    private final IdentityHashMap<Object, Held> deleted = new IdentityHashMap<>();
    /** Those that came in since somebody began to take note, to be forgotten again if the rest fails. */
    private @Nullable List<Held> arrivals;

    /** How to put instances back whose place others took, while a part goes on that may be undone alone. */
    @Nullable
    List<Runnable> swaps;

    /** Whether the flush that goes on has sent anything to the store. */
    private boolean sent;

    /** What was asked for last: most often it is asked for again. */
    private @Nullable Kind latestKind;

    private Tracked latest = new Tracked();
    private @Nullable Codec<Object> latestCodec;
    /** Pairs of joined objects that came together or apart and are not written yet. */
    final Map<Pair, Boolean> pairs = new LinkedHashMap<>();

    /**
     * Two joined objects.
     *
     * @param join the kind of pairs
     * @param ownField the field of the first
     * @param own the first
     * @param otherField the field of the second
     * @param other the second
     */
    record Pair(Kind join, String ownField, Held own, String otherField, Held other) {
        @Override
        public boolean equals(@Nullable Object object) {
            return object instanceof Pair pair
                    && join.name().equals(pair.join.name())
                    && (is(pair) || is(pair.reversed()));
        }

        private boolean is(Pair pair) {
            return own == pair.own && other == pair.other && ownField.equals(pair.ownField);
        }

        private Pair reversed() {
            return new Pair(join, otherField, other, ownField, own);
        }

        @Override
        public int hashCode() {
            return join.name().hashCode() + System.identityHashCode(own) + System.identityHashCode(other);
        }
    }

    final Loading loading = new Loading(this);
    final Adoption adoption = new Adoption(this);

    Unit(Codecs codecs, Guarded store, Host host, Function<String, Codec<State>> states, boolean tracking) {
        this.codecs = codecs;
        this.store = store;
        this.host = host;
        this.states = states;
        this.tracking = tracking;
    }

    /** Another one, whose objects are only read. */
    Unit apart() {
        return new Unit(codecs, store, host, states, false);
    }

    // ---- who is there

    Tracked tracked(Kind kind) {
        if (kind != latestKind) {
            latest = kinds.computeIfAbsent(place(kind), name -> new Tracked());
            latestKind = kind;
        }
        return latest;
    }

    Collection<Tracked> all() {
        return kinds.values();
    }

    /** Objects of a class and plain States of the same kind are not the same: each has a place of its own. */
    private String place(Kind kind) {
        Kind ours = codecs.schema().find(kind.name()).orElse(kind);
        hasTwice |= ours != kind;
        return ours == kind ? kind.name() : kind.name() + " as States";
    }

    /** Whether there may be one object twice, in two places that do not know of each other. */
    boolean hasTwice() {
        return hasTwice;
    }

    Codec<Object> codecOf(@Nullable Object object) {
        if (object == null) {
            throw Problem.REQUEST_INVALID
                    .because("null was given where an object was to be")
                    .fault();
        }
        if (object instanceof State state) {
            return Held.cast(states.apply(state.shape().kind()));
        }
        Codec<Object> known = latestCodec;
        if (known == null || known.type() != object.getClass()) {
            known = Held.cast(codecs.get(object.getClass()));
            latestCodec = known;
        }
        return known;
    }

    /** The place of an instance, if it is one of this session's. */
    @Nullable
    Held heldOf(Object object) {
        Held held = fresh.get(object);
        if (held != null) {
            return held;
        }
        Codec<Object> codec = codecOf(object);
        return heldOf(object, codec, codec.idOf(object));
    }

    @Nullable
    Held heldOf(Object object, Codec<Object> codec, @Nullable Object id) {
        if (id == null) {
            Held named = unnamed.get(object);
            return named == null || named.status == Held.Status.GONE ? null : named;
        }
        Held there = tracked(codec.kind()).get(id);
        return there != null && there.object == object ? there : null;
    }

    /** Whether an instance was deleted here, and is not there again. */
    boolean wasDeleted(Object object) {
        Held held = deleted.get(object);
        return held != null && held.status == Held.Status.GONE;
    }

    /** One that was to be deleted is to stay. */
    void revive(Held held) {
        if (held.status == Held.Status.DELETED && held.stranger) {
            // nobody has read what is there: it is written whole
            held.expected = held.kind().version().map(held.stored()::get).orElse(null);
            held.stored = null;
            held.stranger = false;
            held.unmet = true;
            held.status = Held.Status.PUT;
            tracked(held.kind()).fresh.add(held);
            fresh.put(held.object, held);
        } else {
            held.revive();
        }
    }

    /** Deletes are lasting: whoever deletes what is there again means that. */
    void committed() {
        deleted.clear();
    }

    /** The codec of all objects of a kind. */
    Codec<Object> whole(Kind kind) {
        Codec<?> whole = null;
        for (Codec<?> each : codecs.all()) {
            boolean wider = whole == null || each.type().isAssignableFrom(whole.type());
            if (each.kind().name().equals(kind.name()) && wider) {
                whole = each;
            }
        }
        return Held.cast(Objects.requireNonNull(whole));
    }

    /** Sends writes to the store. */
    WriteResult write(Changeset changes) {
        sent = true;
        return host.transaction().write(changes);
    }

    /** Whether nothing was sent since this was asked to begin. */
    boolean nothingSent() {
        return !sent;
    }

    void beginSending() {
        sent = false;
    }

    /** It is not in the store any more. */
    void leave(Held held) {
        deleted.put(held.object, held);
        forget(held);
    }

    /** Does something that brings objects; if it fails, none of them has come. */
    void allOrNone(Runnable work) {
        List<Held> before = arrivals;
        List<Held> these = new ArrayList<>();
        arrivals = these;
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            these.forEach(this::forget);
            throw e;
        } finally {
            arrivals = before;
        }
    }

    /** As {@link #heldOf}, for an instance whose id may have been changed. */
    @Nullable
    Held search(Object object) {
        Held held = heldOf(object);
        if (held == null) {
            for (Held each : tracked(codecOf(object).kind()).order()) {
                if (each.object == object && each.status != Held.Status.GONE) {
                    return each;
                }
            }
        }
        return held;
    }

    void place(Held held) {
        if (arrivals != null) {
            arrivals.add(held);
        }
        deleted.remove(held.object);
        tracked(held.kind()).add(held);
        if (held.status == Held.Status.NEW || held.status == Held.Status.PUT) {
            fresh.put(held.object, held);
        }
    }

    /** It is in the store now. */
    void settle(Held held, Object id, State stored) {
        Tracked tracked = tracked(held.kind());
        fresh.remove(held.object);
        tracked.fresh.remove(held);
        if (held.id == null) {
            held.id = id;
            tracked.identify(held);
        }
        held.stored = stored;
        held.unmet = false;
        held.status = Held.Status.STORED;
    }

    void forget(Held held) {
        fresh.remove(held.object);
        tracked(held.kind()).remove(held);
    }

    /** The id of a new object is what the object says by now. */
    void identified(Held held) {
        Object now = held.codec.idOf(held.object);
        if (Objects.equals(now, held.id)) {
            return;
        }
        Tracked tracked = tracked(held.kind());
        if (now != null && tracked.get(now) != null) {
            throw another(held.kind(), now);
        }
        tracked.unidentify(held);
        held.id = now;
        held.generated = false;
        if (now != null) {
            tracked.identify(held);
        }
    }

    static RuntimeException another(Kind kind, Object id) {
        return Problem.REQUEST_INVALID
                .because("another instance of %s %s is in the session already", kind.name(), Report.quote(id))
                .hint("change that one, which get() gives, or put this one in its place by put()")
                .fault();
    }

    /** Another instance takes the place of one, and is in the lists of those that it refers to. */
    void replace(Held held, Object instance) {
        Object before = held.object;
        swap(held, instance);
        for (Relation relation : held.codec.relations(instance)) {
            if (relation instanceof Relation.ToOne one && one.owner().isInstance(before)) {
                moved(held, one, one.get(before));
            }
        }
    }

    /** Another instance takes the place of one, perhaps of another class of the same kind; lists stay as they are. */
    void swap(Held held, Object instance) {
        Object before = held.object;
        if (swaps != null) {
            Codec<Object> codec = held.codec;
            boolean replaced = held.replaced;
            swaps.add(() -> {
                held.codec = codec;
                held.object = before;
                held.fixed = codec.fixed(before);
                held.replaced = replaced;
            });
        }
        if (fresh.remove(before) != null) {
            fresh.put(instance, held);
        }
        if (instance.getClass() != before.getClass()) {
            held.codec = codecOf(instance);
        }
        held.object = instance;
        held.replaced = true;
        held.fixed = held.codec.fixed(instance);
        adoption.adopt(held);
    }

    /** A reference that leads elsewhere takes its owner out of one list, and into another, where they are loaded. */
    private void moved(Held held, Relation.ToOne relation, @Nullable Object before) {
        Held from = target(relation, before);
        Held to = target(relation, relation.get(held.object));
        if (from != to) {
            listsOf(from, relation).forEach(list -> list.leaves(held));
            listsOf(to, relation).forEach(list -> list.joins(held));
        }
    }

    /** Whom a reference leads to, if that is here. */
    @Nullable
    Held target(Relation.ToOne relation, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        Object loaded = value instanceof Ref<?> ref ? ref.loaded().orElse(null) : value;
        Held held = loaded == null ? null : heldOf(loaded);
        if (held == null) {
            Object id = relation.idOf(value);
            held = id == null ? null : tracked(relation.codec().kind()).get(id);
        }
        return held;
    }

    /** The lists of an object that hold those who refer to it by a relation. */
    static List<Members> listsOf(@Nullable Held held, Relation.ToOne relation) {
        if (held == null) {
            return List.of();
        }
        return held.members().stream()
                .filter(members -> members.relation.via() instanceof Via.Inverse inverse
                        && inverse.back().equals(relation))
                .toList();
    }

    /**
     * References to a record that got its id after the record was given lead to the copy that has it.
     *
     * @param held whose references they are
     */
    void relink(Held held) {
        for (Relation relation : held.codec.relations(held.object)) {
            if (!(relation instanceof Relation.ToOne one)) {
                continue;
            }
            Object other = one.loaded(held.object);
            Held target = other == null ? null : unnamed.get(other);
            if (target == null || target.status == Held.Status.GONE) {
                continue;
            }
            if (one.get(held.object) instanceof Ref<?> ref) {
                ref.resolve(target.object);
            } else {
                replaceQuietly(held, held.codec.with(held.object, one, target.object));
            }
        }
    }

    /** A copy takes the place of a record; of a class it is the same instance. */
    void replaceQuietly(Held held, Object copy) {
        if (copy != held.object) {
            if (fresh.remove(held.object) != null) {
                fresh.put(copy, held);
            }
            if (held.codec.idOf(held.object) == null) {
                unnamed.put(held.object, held);
            }
            held.object = copy;
        }
    }

    /** Whether nothing of it is ever written. */
    boolean isReadOnly() {
        return !tracking || host.isReadOnly();
    }

    /** Refuses to change a list that nobody would write. */
    void writing(Relation relation) {
        if (host.isOver()) {
            throw Problem.DETACHED
                    .because("%s cannot be changed: its session is over", relation)
                    .at(relation.toString())
                    .hint("get the object again in a new session, and change it there")
                    .fault();
        }
        writing();
    }

    /** Refuses to change what is not tracked. */
    void writing() {
        host.requireUsable();
        if (host.isReadOnly()) {
            throw Problem.REQUEST_INVALID
                    .because("the session only reads")
                    .hint("open it without readingOnly()")
                    .fault();
        }
        if (!tracking) {
            throw Problem.NOT_MANAGED
                    .because("these objects were read only, and are not tracked")
                    .hint("query them in a session without untracked()")
                    .fault();
        }
    }

    /** Two objects came together by a join, or apart. */
    void joined(Members members, Held other, boolean in) {
        Via.Through through = (Via.Through) members.relation.via();
        Pair pair = new Pair(through.join(), through.own(), members.owner, through.other(), other);
        Boolean before = pairs.putIfAbsent(pair, in);
        if (before != null && before != in) {
            pairs.remove(pair);
        }
    }

    /** It was taken out of where it belongs. */
    void orphan(Held held) {
        held.status = Held.Status.DELETED;
    }

    // ---- loading

    /** Refuses to load something where that is over. */
    void require(Relation relation, @Nullable Held owner) {
        if (host.isOver() || (owner != null && owner.status == Held.Status.GONE)) {
            throw Links.detached(relation);
        }
        host.requireUsable();
    }

    boolean isDirty(Held held) {
        return held.fixed
                ? held.replaced && !held.codec.holds(held.object, held.stored())
                : !held.codec.holds(held.object, held.stored());
    }

    /** The id behind a reference of an object; null where there is none yet. */
    static @Nullable Object idBehind(Relation.ToOne relation, Object object) {
        return relation.idOf(relation.get(object));
    }

    // ---- ids

    /** Gives a new object an id where that is known before it is written. */
    boolean identify(Held held, Function<Held, @Nullable Object> ids) {
        if (held.id != null) {
            return true;
        }
        Kind kind = held.kind();
        if (kind.generation() == Generation.GIVEN) {
            throw Problem.REQUEST_INVALID
                    .because("a new %s has no %s", held.object.getClass().getSimpleName(), String.join(", ", kind.id()))
                    .hint("give it one, or declare it generated by @GeneratedValue")
                    .fault();
        }
        Object id = ids.apply(held);
        if (id == null) {
            return false;
        }
        assign(held, id);
        return true;
    }

    void assign(Held held, Object id) {
        replaceQuietly(held, held.codec.with(held.object, held.kind().id().getFirst(), id));
        held.id = id;
        held.generated = true;
        tracked(held.kind()).identify(held);
    }
}
