package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.Links;
import dev.keepsake.codec.Ref;
import dev.keepsake.codec.Relation;
import dev.keepsake.codec.Relation.Via;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Transaction;
import dev.keepsake.value.Id;
import dev.keepsake.value.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a session, each there once (the identity map of Fowler, "Patterns of Enterprise Application Architecture",
 * 2002), and how they are loaded. Every load is a batch: what many objects need is asked for at once, a query for each
 * relation and level, never one for each object.
 */
final class Unit {
    /** How many ids one selection names. */
    private static final int TOGETHER = 20_000;

    /** How many ids of several parts, each a condition of its own. */
    private static final int TUPLES_TOGETHER = 200;

    /** What a unit needs of its session. */
    interface Host {
        /** The transaction to read and write in. */
        Transaction transaction();

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
    private final Function<String, Codec<State>> states;
    private final Map<String, Tracked> kinds = new LinkedHashMap<>();
    private final IdentityHashMap<Object, Held> fresh = new IdentityHashMap<>();
    /** Records that a copy with an id took the place of; who still has the one without means the copy. */
    private final IdentityHashMap<Object, Held> unnamed = new IdentityHashMap<>();
    /** Objects that were deleted, and are not deleted once more. */
    private final IdentityHashMap<Object, Held> deleted = new IdentityHashMap<>();
    /** Those that came in since somebody began to take note, to be forgotten again if the rest fails. */
    private @Nullable List<Held> arrivals;

    private final Map<Relation.ToOne, Batch.Refs> attached = new HashMap<>();
    private final Map<String, Boolean> manyOf = new HashMap<>();

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
        return ours == kind ? kind.name() : kind.name() + " as States";
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

    private @Nullable Held heldOf(Object object, Codec<Object> codec, @Nullable Object id) {
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
        if (fresh.remove(before) != null) {
            fresh.put(instance, held);
        }
        if (instance.getClass() != before.getClass()) {
            held.codec = codecOf(instance);
        }
        held.object = instance;
        held.replaced = true;
        held.fixed = held.codec.fixed(instance);
        adopt(held);
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
    private void replaceQuietly(Held held, Object copy) {
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

    // ---- objects that a user brings

    /** The place of an instance, which is made a new one of this session where it has none. */
    Held manage(Object object) {
        Codec<Object> codec = codecOf(object);
        Held held = fresh.get(object);
        Object id = held == null ? codec.idOf(object) : null;
        if (held == null) {
            held = heldOf(object, codec, id);
        }
        if (held != null) {
            held.revive();
            return held;
        }
        writing();
        if (id != null) {
            Held other = tracked(codec.kind()).get(id);
            if (other != null && other.status != Held.Status.DELETED) {
                throw another(codec.kind(), id);
            }
            if (other != null) {
                return revive(other, object);
            }
        }
        Held added = new Held(codec, object, id, Held.Status.NEW);
        place(added);
        adopt(added);
        return added;
    }

    private static RuntimeException another(Kind kind, Object id) {
        return Problem.REQUEST_INVALID
                .because("another instance of %s %s is in the session already", kind.name(), Report.quote(id))
                .hint("change that one, which get() gives, or put this one in its place by put()")
                .fault();
    }

    /** One that was to be deleted is there after all, as another instance. */
    private Held revive(Held deleted, Object object) {
        deleted.revive();
        replace(deleted, object);
        return deleted;
    }

    /** Makes lists ours, and puts this session behind lazy references. */
    void adopt(Held held) {
        for (Relation relation : held.codec.relations(held.object)) {
            switch (relation) {
                case Relation.ToOne one -> attach(one, held);
                case Relation.ToMany many -> adopt(held, many);
            }
        }
        for (Relation relation : held.codec.relations(held.object)) {
            if (relation instanceof Relation.ToOne one && held.stored == null) {
                listsOf(target(one, one.get(held.object)), one).forEach(list -> list.joins(held));
            }
        }
    }

    private void attach(Relation.ToOne relation, Held held) {
        if (relation.lazy() && relation.get(held.object) instanceof Ref<?> ref) {
            attached(relation).attach(ref);
        }
    }

    /** The lazy references that users made, by relation: asking one loads the others' objects too. */
    private Batch.Refs attached(Relation.ToOne relation) {
        return attached.computeIfAbsent(relation, one -> new Batch.Refs(this, one));
    }

    private void adopt(Held held, Relation.ToMany relation) {
        Runnable exchange = exchange(held, relation, false);
        if (exchange != null) {
            exchange.run();
        }
    }

    /**
     * Puts a list of ours in the place of a collection that a user gave.
     *
     * @param whole whether those that are not in the collection are to go
     * @return what is left to do, so that what is in the collection is in ours; null where that is nothing
     */
    private @Nullable Runnable exchange(Held held, Relation.ToMany relation, boolean whole) {
        Object value = relation.get(held.object);
        if (relation.single()) {
            if (value instanceof Ref<?> ref && !ref.isAttached() && ref.isLoaded()) {
                adoptSingle(held, relation, Objects.requireNonNull(ref.loaded().orElse(null)));
            }
            return null;
        }
        Collection<?> given = Relation.ToMany.behind(value);
        if (given instanceof MemberList list && list.members().owner == held) {
            return null;
        }
        List<Object> wanted = wanted(held, relation, given);
        Members kept = held.members(relation);
        Members members = kept == null ? new Members(this, held, relation) : kept;
        if (kept == null) {
            held.keep(members);
        }
        if (relation.settable()) {
            relation.set(held.object, members.shown);
        } else if (value != members.shown) {
            replaceQuietly(held, held.codec.with(held.object, relation, members.shown));
        }
        return wanted == null ? null : () -> exchange(members, wanted, whole);
    }

    /**
     * What is to be in a list of ours, of what a user gave; null where that says nothing: it is not there, or is the list, not
     * loaded or as it was, that the stored object had in another session.
     */
    private static @Nullable List<Object> wanted(Held held, Relation.ToMany relation, @Nullable Collection<?> given) {
        boolean isNew = held.status == Held.Status.NEW;
        if (given == null || (given instanceof Links.DetachedList && !isNew)) {
            return null;
        }
        if (given instanceof MemberList list) {
            Members theirs = list.members();
            Held other = theirs.owner;
            boolean own = theirs.relation == relation
                    && (other.object == held.object || (held.id != null && held.id.equals(other.id)));
            return own && !isNew ? null : theirs.objects();
        }
        return new ArrayList<>(given);
    }

    /** The one object that a user made an owner lead to refers to it from now on. */
    private void adoptSingle(Held held, Relation.ToMany relation, Object other) {
        Relation.ToOne back = ((Via.Inverse) relation.via()).back();
        Held target = heldOf(other);
        Object value = reference(back, held);
        if (!Members.leadsTo(other, back, held)) {
            Codec<Object> codec = codecOf(other);
            Object referring = codec.with(other, back, value);
            if (target != null && referring != other) {
                swap(target, referring);
            }
            other = referring;
        }
        manage(other);
        Ref<?> ours = singleOf(held, relation);
        ours.resolve(other);
        replaceQuietly(held, held.codec.with(held.object, relation, ours));
    }

    /** What is in a collection of a user's comes into ours. */
    private static void exchange(Members members, List<Object> wanted, boolean whole) {
        if (whole) {
            Set<Object> stay = Collections.newSetFromMap(new IdentityHashMap<>());
            stay.addAll(wanted);
            for (int i = members.items().size() - 1; i >= 0; i--) {
                if (!stay.contains(members.items().get(i).object)) {
                    members.removeAt(i);
                }
            }
        }
        wanted.forEach(members.list::add);
    }

    /** Makes lists ours again that a user exchanged, in all objects that can be changed. */
    void adoptExchanged() {
        List<Runnable> exchanges = new ArrayList<>();
        for (Tracked tracked : List.copyOf(kinds.values())) {
            if (tracked.order().isEmpty()
                    || !leadsToMany(tracked.order().getFirst().kind())) {
                continue;
            }
            for (Held held : List.copyOf(tracked.order())) {
                if (held.fixed || held.isGone()) {
                    continue;
                }
                for (Relation relation : held.codec.relations(held.object)) {
                    Runnable exchange = relation instanceof Relation.ToMany many ? exchange(held, many, true) : null;
                    if (exchange != null) {
                        exchanges.add(exchange);
                    }
                }
            }
        }
        exchanges.forEach(Runnable::run);
    }

    private boolean leadsToMany(Kind kind) {
        return manyOf.computeIfAbsent(
                kind.name(),
                name -> codecs.all().stream()
                        .filter(codec -> codec.kind().name().equals(name))
                        .anyMatch(codec -> codec.relations().stream().anyMatch(Relation.ToMany.class::isInstance)));
    }

    /** Whether nothing of it is ever written. */
    boolean isReadOnly() {
        return !tracking || host.isReadOnly();
    }

    /** The value of a reference to one that is held. */
    Object reference(Relation.ToOne relation, Held to) {
        if (!relation.lazy()) {
            return to.object;
        }
        Ref<?> ref = Ref.to(to.object);
        attached(relation).attach(ref);
        return ref;
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

    /** All objects that are selected, each made or found here. */
    <T> List<T> load(Codec<T> codec, Selection selection) {
        List<T> objects = new ArrayList<>();
        for (Held held : loadHeld(codec, selection)) {
            objects.add(codec.type().cast(held.object));
        }
        return objects;
    }

    List<Held> loadHeld(Codec<?> codec, Selection selection) {
        Batch batch = new Batch(this);
        List<Held> found = new ArrayList<>();
        boolean refresh = selection.lock() != Selection.Lock.NONE;
        Tracked tracked = tracked(codec.kind());
        try (Cursor cursor = host.transaction().find(selection)) {
            if (!loadsOthers(codec)) {
                while (cursor.next()) {
                    found.add(take(codec, tracked, cursor.state(), batch, refresh));
                }
                return found;
            }
            List<State> kept = cursor.list();
            return takeAll(codec, kept, batch, refresh);
        }
    }

    /** Objects of States that were read already. */
    List<Held> takeAll(Codec<?> codec, List<State> kept, Batch batch, boolean refresh) {
        prefetch(codec, kept);
        Tracked tracked = tracked(codec.kind());
        List<Held> found = new ArrayList<>(kept.size());
        for (State state : kept) {
            found.add(take(codec, tracked, state, batch, refresh));
        }
        return found;
    }

    /** Whether its objects are made of others. */
    static boolean loadsOthers(Codec<?> codec) {
        for (Relation relation : codec.relations()) {
            if (relation instanceof Relation.ToOne one && !one.lazy()) {
                return true;
            }
        }
        return false;
    }

    private Held take(Codec<?> codec, Tracked tracked, State row, Batch batch, boolean refresh) {
        Kind kind = codec.kind();
        State now = kind.shaped(row);
        Object id = kind.requireIdOf(now);
        Held there = tracked.get(id);
        if (there == null) {
            Held held = batch.make(codec, id, now);
            tracked.add(held);
            return held;
        }
        if (refresh && there.status == Held.Status.STORED && !isDirty(there)) {
            if (!now.equals(there.stored)) {
                renew(there, now, batch);
            }
        }
        return there;
    }

    /** What the store holds by now replaces what an object holds; its lists are read anew when they are asked for. */
    void renew(Held held, State now, Batch batch) {
        held.stored = now;
        batch.refill(held, now);
        held.members().forEach(Members::forget);
        held.replaced = false;
    }

    /** What an object holds, and was not written, is lost. */
    void revert(Batch batch) {
        for (Tracked tracked : kinds.values()) {
            for (Held held : tracked.order()) {
                if (held.status == Held.Status.STORED && isDirty(held)) {
                    renew(held, held.stored(), batch);
                }
            }
        }
    }

    boolean isDirty(Held held) {
        return held.fixed
                ? held.replaced && !held.codec.holds(held.object, held.stored())
                : !held.codec.holds(held.object, held.stored());
    }

    /** Loads what objects are made of, a query for each relation and level. */
    private void prefetch(Codec<?> codec, List<State> rows) {
        for (Relation relation : codec.relations()) {
            if (relation instanceof Relation.ToOne one && !one.lazy()) {
                Tracked there = tracked(one.codec().kind());
                Set<Object> wanted = new LinkedHashSet<>();
                for (State row : rows) {
                    Object id = row.get(one.field());
                    if (id != null && there.get(id) == null) {
                        wanted.add(id);
                    }
                }
                byIds(one.codec(), wanted);
            }
        }
    }

    /** The objects with those ids that there are, in no order. */
    List<Held> byIds(Codec<?> codec, Collection<?> ids) {
        List<Held> found = new ArrayList<>();
        for (List<Object> some : chunks(ids)) {
            found.addAll(loadHeld(codec, Selection.byIds(codec.kind(), some).where(codec.own())));
        }
        return found;
    }

    static List<List<Object>> chunks(Collection<?> all) {
        List<Object> list = new ArrayList<>(all);
        int together = !list.isEmpty() && list.getFirst() instanceof Id ? TUPLES_TOGETHER : TOGETHER;
        List<List<Object>> chunks = new ArrayList<>();
        for (int from = 0; from < list.size(); from += together) {
            chunks.add(list.subList(from, Math.min(list.size(), from + together)));
        }
        return chunks;
    }

    /** Loads the objects behind references, those that are here already without asking. */
    void loadRefs(Relation.ToOne relation, List<Ref<?>> refs) {
        Tracked there = tracked(relation.codec().kind());
        Set<Object> wanted = new LinkedHashSet<>();
        for (Ref<?> ref : refs) {
            if (!ref.isLoaded()) {
                Object id = relation.codec().id(ref.id().orElseThrow());
                if (there.get(id) == null) {
                    wanted.add(id);
                }
            }
        }
        byIds(relation.codec(), wanted);
        for (Ref<?> ref : refs) {
            if (!ref.isLoaded()) {
                Held held = there.get(relation.codec().id(ref.id().orElseThrow()));
                if (held != null && held.status != Held.Status.DELETED) {
                    ref.resolve(held.object);
                }
            }
        }
    }

    /** The lazy reference to the one object that refers to an owner. */
    Ref<?> singleOf(Held owner, Relation.ToMany relation) {
        Members kept = owner.members(relation);
        Members members = kept == null ? new Members(this, owner, relation) : kept;
        if (kept == null) {
            owner.keep(members);
        }
        return Ref.loadable(relation.target(), null, new Ref.Loader() {
            @Override
            public @Nullable Object load(Ref<?> ref) {
                List<Held> all = members.current();
                if (all.size() > 1) {
                    throw Problem.SEVERAL_RESULTS
                            .because("%s leads to %d objects, not to one", relation, all.size())
                            .fault();
                }
                return all.isEmpty() ? null : all.getFirst().object;
            }

            @Override
            public @Nullable Object idOf(Ref<?> ref) {
                return ref.loaded().map(relation.codec()::idOf).orElse(null);
            }
        });
    }

    /** Loads what an owner holds, and what all do that came with it. */
    void loadMembers(Members asked) {
        Batch batch = asked.owner.batch;
        List<Members> all = new ArrayList<>();
        if (batch != null) {
            for (Held each : batch.helds) {
                Members members = each.members(asked.relation);
                if (members != null && !members.isLoaded() && each.stored != null && each.status != Held.Status.GONE) {
                    all.add(members);
                }
            }
        }
        if (!all.contains(asked)) {
            all.add(asked);
        }
        loadMembers(asked.relation, all);
    }

    void loadMembers(Relation.ToMany relation, List<Members> all) {
        Map<Object, Members> byOwner = new HashMap<>();
        IdentityHashMap<Members, List<Held>> found = new IdentityHashMap<>();
        for (Members each : all) {
            byOwner.put(each.owner.id(), each);
        }
        switch (relation.via()) {
            case Via.Inverse inverse -> loadInverse(relation, inverse.back(), byOwner, found);
            case Via.Through through -> loadThrough(relation, through, byOwner, found);
        }
        all.forEach(each -> each.loaded(found.getOrDefault(each, new ArrayList<>())));
        if (isReadOnly()) {
            return; // nothing can differ from what the store says
        }
        if (relation.via() instanceof Via.Inverse inverse) {
            reconcile(relation, inverse.back(), byOwner);
        } else {
            all.forEach(this::withPairs);
        }
    }

    private void loadInverse(
            Relation.ToMany relation,
            Relation.ToOne back,
            Map<Object, Members> byOwner,
            IdentityHashMap<Members, List<Held>> found) {
        for (List<Object> ids : chunks(byOwner.keySet())) {
            Selection selection = Selection.of(relation.codec().kind())
                    .where(Term.of(Path.of(back.field()).toString())
                            .in(ids)
                            .and(relation.codec().own()))
                    .orderBy(byOwner(back, order(relation)));
            int position = relation.codec().kind().shape().position(back.field());
            Object last = null;
            List<Held> theirs = null;
            for (Held held : loadHeld(relation.codec(), selection)) {
                Object owner = held.stored == null ? null : held.stored.at(position);
                if (owner != null && (theirs == null || !owner.equals(last))) {
                    Members members = byOwner.get(owner);
                    theirs = members == null ? null : found.computeIfAbsent(members, m -> new ArrayList<>());
                    last = owner;
                }
                if (owner != null && theirs != null) {
                    theirs.add(held);
                }
            }
        }
    }

    /** Stored objects that refer elsewhere by now, or here, though the store does not know yet. */
    private void reconcile(Relation.ToMany relation, Relation.ToOne back, Map<Object, Members> byOwner) {
        Tracked targets = tracked(relation.codec().kind());
        for (Held held : targets.order()) {
            boolean may = held.status == Held.Status.STORED && (!held.fixed || held.replaced);
            if (!may || !back.owner().isInstance(held.object)) {
                continue;
            }
            Object to = back.codec() == null ? null : idBehind(back, held.object);
            Members members = to == null ? null : byOwner.get(to);
            if (members != null
                    && !Objects.equals(held.stored().get(back.field()), to)
                    && !members.items().contains(held)) {
                members.items().add(held);
            }
        }
    }

    /** The id behind a reference of an object; null where there is none yet. */
    static @Nullable Object idBehind(Relation.ToOne relation, Object object) {
        return relation.idOf(relation.get(object));
    }

    private void loadThrough(
            Relation.ToMany relation,
            Via.Through through,
            Map<Object, Members> byOwner,
            IdentityHashMap<Members, List<Held>> found) {
        Codec<?> codec = relation.codec();
        Map<Object, List<Members>> wanted = new LinkedHashMap<>();
        for (List<Object> ids : chunks(byOwner.keySet())) {
            Selection pairsOf = Selection.of(through.join())
                    .where(Term.of(Path.of(through.own()).toString()).in(ids))
                    .exactly(List.of(through.own(), through.other()));
            try (Cursor cursor = host.transaction().find(pairsOf)) {
                while (cursor.next()) {
                    Object own = cursor.state().at(0);
                    Object other = cursor.state().at(1);
                    Members members = own == null ? null : byOwner.get(own);
                    if (members != null && other != null) {
                        wanted.computeIfAbsent(other, id -> new ArrayList<>()).add(members);
                    }
                }
            }
        }
        for (List<Object> ids : chunks(wanted.keySet())) {
            Selection targets =
                    Selection.byIds(codec.kind(), ids).where(codec.own()).orderBy(order(relation));
            for (Held held : loadHeld(codec, targets)) {
                wanted.getOrDefault(held.id(), List.of())
                        .forEach(members -> found.computeIfAbsent(members, m -> new ArrayList<>())
                                .add(held));
            }
        }
    }

    /** All of one owner together, which an index on the reference gives without sorting. */
    private static List<Order> byOwner(Relation.ToOne back, List<Order> order) {
        List<Order> all = new ArrayList<>();
        all.add(new Order(Path.of(back.field()), false));
        all.addAll(order);
        return all;
    }

    /** By id where the relation names no order. */
    private static List<Order> order(Relation.ToMany relation) {
        return relation.order().isEmpty()
                ? relation.codec().kind().id().stream()
                        .map(part -> new Order(Path.of(part), false))
                        .toList()
                : relation.order();
    }

    /** What came together or apart and is not written yet. */
    void withPairs(Members members) {
        Via.Through through = (Via.Through) members.relation.via();
        pairs.forEach((pair, in) -> {
            if (pair.join().name().equals(through.join().name())) {
                Held other = pair.own() == members.owner && pair.ownField().equals(through.own())
                        ? pair.other()
                        : pair.other() == members.owner && pair.otherField().equals(through.own()) ? pair.own() : null;
                if (other != null) {
                    members.items().remove(other);
                    if (in) {
                        members.items().add(other);
                    }
                }
            }
        });
    }

    // ---- fetch plans

    /** Loads what a plan names beforehand, relation by relation. */
    void fetch(List<Held> owners, List<Relation> path) {
        List<Held> at = owners;
        for (int i = 0; i < path.size(); i++) {
            fetch(at, path.get(i));
            if (i + 1 < path.size()) {
                at = reached(at, path.get(i));
            }
        }
    }

    private void fetch(List<Held> owners, Relation relation) {
        switch (relation) {
            case Relation.ToMany many -> {
                List<Members> missing = new ArrayList<>();
                for (Held owner : owners) {
                    Members members = owner.members(many);
                    if (members != null && !members.isLoaded() && owner.stored != null) {
                        missing.add(members);
                    }
                }
                if (!missing.isEmpty()) {
                    loadMembers(many, missing);
                }
                for (Held owner : owners) {
                    if (many.single() && many.get(owner.object) instanceof Ref<?> ref) {
                        ref.find();
                    }
                }
            }
            case Relation.ToOne one -> {
                List<Ref<?>> refs = new ArrayList<>();
                for (Held owner : owners) {
                    if (one.owner().isInstance(owner.object) && one.get(owner.object) instanceof Ref<?> ref) {
                        refs.add(ref);
                    }
                }
                loadRefs(one, refs);
            }
        }
    }

    /** The objects that a relation, which is loaded, leads to. */
    private List<Held> reached(List<Held> owners, Relation relation) {
        Set<Held> reached = new LinkedHashSet<>();
        for (Held owner : owners) {
            switch (relation) {
                case Relation.ToMany many -> {
                    Members members = owner.members(many);
                    if (members != null) {
                        reached.addAll(members.items());
                    }
                }
                case Relation.ToOne one -> {
                    Object other = one.owner().isInstance(owner.object) ? one.loaded(owner.object) : null;
                    Held held = other == null ? null : heldOf(other);
                    if (held != null) {
                        reached.add(held);
                    }
                }
            }
        }
        return List.copyOf(reached);
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
