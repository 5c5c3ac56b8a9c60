package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Ref;
import dev.keepsake.codec.Relation;
import dev.keepsake.codec.Relation.Via;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.value.Id;
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
import org.jspecify.annotations.Nullable;

/**
 * How the objects of a unit are loaded. Every load is a batch: what many objects need is asked for at once, a query for each
 * relation and level, never one for each object.
 */
final class Loading {
    /** How many ids one selection names. */
    private static final int TOGETHER = 20_000;

    /** How many ids of several parts, each a condition of its own. */
    private static final int TUPLES_TOGETHER = 200;

    private final Unit unit;

    Loading(Unit unit) {
        this.unit = unit;
    }

    // ---- objects

    /** All objects that are selected, each made or found here. */
    <T> List<T> load(Codec<T> codec, Selection selection) {
        List<T> objects = new ArrayList<>();
        for (Held held : loadHeld(codec, selection)) {
            objects.add(codec.type().cast(held.object));
        }
        return objects;
    }

    List<Held> loadHeld(Codec<?> codec, Selection selection) {
        Batch batch = Batch.reading(unit);
        List<Held> found = new ArrayList<>();
        boolean refresh = selection.lock() != Selection.Lock.NONE;
        Tracked tracked = unit.tracked(codec.kind());
        try (Cursor cursor = unit.host.transaction().find(selection)) {
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
        Tracked tracked = unit.tracked(codec.kind());
        List<Held> found = new ArrayList<>(kept.size());
        for (State state : kept) {
            found.add(take(codec, tracked, state, batch, refresh));
        }
        return found;
    }

    /** Whether its objects are made of others. */
    static boolean loadsOthers(Codec<?> codec) {
        return codec.relations().stream()
                .anyMatch(relation -> relation instanceof Relation.ToOne && !leavesOthers(relation));
    }

    /** Whether nothing behind a relation is asked for while an object is made, unless the object's own class asks a reference. */
    static boolean leavesOthers(Relation relation) {
        return relation instanceof Relation.ToOne one && one.lazy();
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
        if (refresh && there.status == Held.Status.STORED && !unit.isDirty(there)) {
            if (!now.equals(there.stored)) {
                renew(there, now, batch);
            }
        }
        return there;
    }

    /** What the store holds by now replaces what an object holds; its lists are read anew when they are asked for. */
    void renew(Held held, State now, Batch batch) {
        held.stored = now;
        Condition own = held.codec.own();
        if (!(own instanceof Condition.Constant) && !own.resolve(held.kind()).test(now)) {
            held.codec = unit.whole(held.kind()); // it is of another class by now
            held.fixed = true;
            batch.refill(held, now);
            held.codec = unit.codecOf(held.object);
            held.fixed = held.codec.fixed(held.object);
        } else {
            batch.refill(held, now);
        }
        held.members().forEach(Members::forget);
        held.replaced = false;
    }

    /** What an object holds, and was not written, is lost. */
    void revert(Batch batch) {
        for (Tracked tracked : unit.all()) {
            for (Held held : tracked.order()) {
                if (held.status != Held.Status.STORED) {
                    continue;
                }
                if (!held.fixed) {
                    held.members().forEach(Members::show);
                }
                if (unit.isDirty(held)) {
                    renew(held, held.stored(), batch);
                }
            }
        }
    }

    /** Loads what objects are made of, a query for each relation and level. */
    private void prefetch(Codec<?> codec, List<State> rows) {
        for (Relation relation : codec.relations()) {
            if (relation instanceof Relation.ToOne one && !one.lazy()) {
                Tracked there = unit.tracked(one.codec().kind());
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
        Tracked there = unit.tracked(relation.codec().kind());
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
                if (held != null
                        && held.status != Held.Status.DELETED
                        && relation.target().isInstance(held.object)) {
                    ref.resolve(held.object);
                }
            }
        }
    }

    /** The lazy reference to the one object that refers to an owner. */
    Ref<?> singleOf(Held owner, Relation.ToMany relation) {
        Members kept = owner.members(relation);
        Members members = kept == null ? new Members(unit, owner, relation) : kept;
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
        if (unit.isReadOnly()) {
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
        Tracked targets = unit.tracked(relation.codec().kind());
        for (Held held : targets.order()) {
            boolean may = held.status == Held.Status.STORED && (!held.fixed || held.replaced);
            if (!may || !back.owner().isInstance(held.object)) {
                continue;
            }
            Object to = back.codec() == null ? null : Unit.idBehind(back, held.object);
            Members members = to == null ? null : byOwner.get(to);
            if (members != null
                    && !Objects.equals(held.stored().get(back.field()), to)
                    && !members.items().contains(held)) {
                members.items().add(held);
            }
        }
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
            try (Cursor cursor = unit.host.transaction().find(pairsOf)) {
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
        unit.pairs.forEach((pair, in) -> {
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
                    Held held = other == null ? null : unit.heldOf(other);
                    if (held != null) {
                        reached.add(held);
                    }
                }
            }
        }
        return List.copyOf(reached);
    }
}
