package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.Links;
import dev.keepsake.codec.Ref;
import dev.keepsake.codec.Relation;
import dev.keepsake.codec.Relation.Via;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Transaction;
import dev.keepsake.value.Path;
import java.util.ArrayList;
import java.util.Collection;
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

    /** What a unit needs of its session. */
    interface Host {
        /** The transaction to read and write in. */
        Transaction transaction();

        /** Refuses what cannot be done now: another thread, a session that is over, a failed one. */
        void requireUsable();

        /** Whether the session is over. */
        boolean isOver();
    }

    final Codecs codecs;
    final Guarded store;
    final Host host;
    private final boolean tracking;
    private final Function<String, Codec<State>> states;
    private final Map<String, Tracked> kinds = new LinkedHashMap<>();
    private final IdentityHashMap<Object, Held> fresh = new IdentityHashMap<>();
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
        return kinds.computeIfAbsent(kind.name(), name -> new Tracked());
    }

    Collection<Tracked> all() {
        return kinds.values();
    }

    /** Those of a kind that are not in the store yet. */
    Collection<Held> fresh(Kind kind) {
        Tracked tracked = kinds.get(kind.name());
        return tracked == null ? List.of() : tracked.fresh;
    }

    Codec<Object> codecOf(Object object) {
        if (object instanceof State state) {
            return Held.cast(states.apply(state.shape().kind()));
        }
        return Held.cast(codecs.get(object.getClass()));
    }

    /** The place of an instance, if it is one of this session's. */
    @Nullable
    Held heldOf(Object object) {
        Held held = fresh.get(object);
        if (held != null) {
            return held;
        }
        Codec<Object> codec = codecOf(object);
        Object id = codec.idOf(object);
        Held there = id == null ? null : tracked(codec.kind()).get(id);
        return there != null && there.object == object ? there : null;
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
        held.status = Held.Status.STORED;
    }

    /** It is not in the store any more, as it was before it was written. */
    void unsettle(Held held, Held.Status before) {
        held.stored = null;
        held.status = before;
        forget(held);
    }

    void forget(Held held) {
        fresh.remove(held.object);
        tracked(held.kind()).remove(held);
    }

    /** Another instance takes the place of one. */
    void replace(Held held, Object instance) {
        if (fresh.remove(held.object) != null) {
            fresh.put(instance, held);
        }
        held.object = instance;
        held.replaced = true;
        held.fixed = held.codec.fixed(instance);
        adopt(held);
    }

    // ---- objects that a user brings

    /** The place of an instance, which is made a new one of this session where it has none. */
    Held manage(Object object) {
        Held held = heldOf(object);
        if (held != null) {
            held.revive();
            return held;
        }
        writing();
        Codec<Object> codec = codecOf(object);
        Object id = codec.idOf(object);
        if (id != null) {
            Held other = tracked(codec.kind()).get(id);
            if (other != null && other.status != Held.Status.DELETED) {
                throw Problem.REQUEST_INVALID
                        .because(
                                "another instance of %s %s is in the session already",
                                codec.kind().name(), Report.quote(id))
                        .hint("change that one, which get() gives, or put this one in its place by put()")
                        .fault();
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
    }

    private void attach(Relation.ToOne relation, Held held) {
        if (relation.lazy() && relation.get(held.object) instanceof Ref<?> ref) {
            ref.attach(new Single(relation));
        }
    }

    /** What stands behind a reference that a user made. */
    private final class Single implements Ref.Loader {
        private final Relation.ToOne relation;

        Single(Relation.ToOne relation) {
            this.relation = relation;
        }

        @Override
        public @Nullable Object load(Ref<?> ref) {
            require(relation, null);
            loadRefs(relation, List.of(ref));
            return ref.loaded().orElse(null);
        }

        @Override
        public @Nullable Object idOf(Ref<?> ref) {
            return ref.loaded().map(relation.codec()::idOf).orElse(null);
        }
    }

    private void adopt(Held held, Relation.ToMany relation) {
        Object value = relation.get(held.object);
        if (relation.single()) {
            if (value instanceof Ref<?> ref && !ref.isAttached() && ref.isLoaded()) {
                adoptSingle(held, relation, Objects.requireNonNull(ref.loaded().orElse(null)));
            }
            return;
        }
        Collection<?> given = Relation.ToMany.behind(value);
        if (given instanceof MemberList list && list.members().owner == held) {
            return;
        }
        Members members = held.members(relation);
        boolean made = members == null;
        if (members == null) {
            members = new Members(this, held, relation);
            held.keep(members);
        }
        List<Object> wanted = given == null || given instanceof MemberList ? List.of() : new ArrayList<>(given);
        if (relation.settable()) {
            relation.set(held.object, members.shown);
        } else if (value != members.shown) {
            Object copy = held.codec.with(held.object, relation, members.shown);
            if (fresh.remove(held.object) != null) {
                fresh.put(copy, held);
            }
            held.object = copy;
        }
        boolean untouched = given == null || given instanceof Links.DetachedList || given instanceof MemberList;
        if (!untouched) {
            exchange(members, wanted, made && held.stored == null);
        }
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
                replace(target, referring);
            }
            other = referring;
        }
        manage(other);
        Ref<?> ours = singleOf(held, relation);
        ours.resolve(other);
        Object copy = held.codec.with(held.object, relation, ours);
        if (copy != held.object && fresh.remove(held.object) != null) {
            fresh.put(copy, held);
        }
        held.object = copy;
    }

    /** A user put another collection in the place of ours: what is in it is what there shall be. */
    private void exchange(Members members, List<Object> wanted, boolean empty) {
        if (!empty) {
            List<Held> now = new ArrayList<>(members.items());
            for (Held each : now) {
                if (wanted.stream().noneMatch(object -> object == each.object)) {
                    members.removeAt(members.items().indexOf(each));
                }
            }
        }
        wanted.forEach(members.list::add);
    }

    /** Makes lists ours again that a user exchanged, in all objects that can be changed. */
    void adoptExchanged() {
        for (Tracked tracked : List.copyOf(kinds.values())) {
            boolean many = false;
            for (Held held : List.copyOf(tracked.order())) {
                if (held.status == Held.Status.GONE || held.status == Held.Status.DELETED) {
                    continue;
                }
                if (!many) {
                    many = held.codec.relations().stream().anyMatch(r -> r instanceof Relation.ToMany);
                    if (!many) {
                        break;
                    }
                }
                if (!held.fixed) {
                    for (Relation relation : held.codec.relations(held.object)) {
                        if (relation instanceof Relation.ToMany each) {
                            adopt(held, each);
                        }
                    }
                }
            }
        }
    }

    /** The value of a reference to one that is held. */
    Object reference(Relation.ToOne relation, Held to) {
        if (!relation.lazy()) {
            return to.object;
        }
        Ref<?> ref = Ref.to(to.object);
        ref.attach(new Single(relation));
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
        Boolean before = pairs.remove(pair);
        if (before == null) {
            pairs.put(pair, in);
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

    /** What the store holds by now replaces what an object holds. */
    void renew(Held held, State now, Batch batch) {
        held.stored = now;
        if (held.fixed) {
            Held anew = new Batch(this).make(held.codec, held.id(), now);
            anew.members().forEach(each -> {});
            held.object = anew.object;
            for (Members each : anew.members()) {
                Members mine = held.members(each.relation);
                if (mine != null) {
                    held.object = held.codec.with(held.object, each.relation, mine.shown);
                }
            }
        } else {
            batch.refill(held, now);
        }
        held.members().forEach(Members::forget);
        held.replaced = false;
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
        List<List<Object>> chunks = new ArrayList<>();
        for (int from = 0; from < list.size(); from += TOGETHER) {
            chunks.add(list.subList(from, Math.min(list.size(), from + TOGETHER)));
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
        Members members = new Members(this, owner, relation);
        owner.keep(members);
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
        Map<Members, List<Held>> found = new LinkedHashMap<>();
        for (Members each : all) {
            byOwner.put(each.owner.id(), each);
            found.put(each, new ArrayList<>());
        }
        switch (relation.via()) {
            case Via.Inverse inverse -> loadInverse(relation, inverse.back(), byOwner, found);
            case Via.Through through -> loadThrough(relation, through, byOwner, found);
        }
        found.forEach(Members::loaded);
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
            Map<Members, List<Held>> found) {
        for (List<Object> ids : chunks(byOwner.keySet())) {
            Selection selection = Selection.of(relation.codec().kind())
                    .where(Term.of(Path.of(back.field()).toString())
                            .in(ids)
                            .and(relation.codec().own()))
                    .orderBy(order(relation));
            for (Held held : loadHeld(relation.codec(), selection)) {
                Object owner = held.stored == null ? null : held.stored.get(back.field());
                Members members = owner == null ? null : byOwner.get(owner);
                if (members != null) {
                    Objects.requireNonNull(found.get(members)).add(held);
                }
            }
        }
    }

    /** Stored objects that refer elsewhere by now, or here, though the store does not know yet. */
    private void reconcile(Relation.ToMany relation, Relation.ToOne back, Map<Object, Members> byOwner) {
        Tracked targets = tracked(relation.codec().kind());
        for (Held held : targets.order()) {
            if (held.status != Held.Status.STORED || held.fixed || !back.owner().isInstance(held.object)) {
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
        Object held = relation.get(object);
        return switch (held) {
            case null -> null;
            case Ref<?> ref -> {
                Object loaded = ref.loaded().orElse(null);
                yield loaded != null
                        ? relation.codec().idOf(loaded)
                        : ref.id().map(relation.codec()::id).orElse(null);
            }
            default -> relation.codec().idOf(held);
        };
    }

    private void loadThrough(
            Relation.ToMany relation,
            Via.Through through,
            Map<Object, Members> byOwner,
            Map<Members, List<Held>> found) {
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
                        .forEach(members ->
                                Objects.requireNonNull(found.get(members)).add(held));
            }
        }
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
    private void withPairs(Members members) {
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
        for (Relation relation : path) {
            at = fetch(at, relation);
        }
    }

    private List<Held> fetch(List<Held> owners, Relation relation) {
        Set<Held> reached = new LinkedHashSet<>();
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
                    Members members = owner.members(many);
                    if (members != null) {
                        reached.addAll(members.items());
                    }
                    if (many.single() && members != null && many.get(owner.object) instanceof Ref<?> ref) {
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
                for (Held owner : owners) {
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
        Object instance = held.codec.with(held.object, held.kind().id().getFirst(), id);
        if (instance != held.object) {
            if (fresh.remove(held.object) != null) {
                fresh.put(instance, held);
            }
            held.object = instance;
        }
        held.id = id;
        held.generated = true;
        tracked(held.kind()).identify(held);
    }

    /** The condition that names objects by id, for those who write. */
    static Condition among(Kind kind, String field, Collection<?> ids) {
        return Term.of(Path.of(field).toString()).in(ids).resolve(kind);
    }
}
