package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Relation;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.store.Stale;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.WriteResult;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One flush: what the objects of a session say is written, in an order that keeps every reference good: new objects after those
 * they refer to, then pairs, then changes, then deletes, those that refer to others first. New objects that others of the
 * session refer to are written with them. What is wrong with an object is said before anything is written.
 */
final class Flush {
    private final Unit unit;
    private final Model model;
    private final Undo undo;
    private final Function<List<Held>, Map<Held, Object>> ids;

    private final Predicate<Relation.ToOne> enforced;

    /** New ones, and those put without having been loaded. */
    private final List<Held> inserts = new ArrayList<>();

    private final Map<Held, List<String>> updates = new LinkedHashMap<>();
    private final List<Held> deletes = new ArrayList<>();
    private final Map<Held, List<Ranks.Reference>> afterwards = new LinkedHashMap<>();

    /**
     * A flush.
     *
     * @param ids gives ids to those that can have one before they are written
     * @param enforced whether the store itself refuses to delete what a reference leads to
     */
    Flush(
            Unit unit,
            Model model,
            Undo undo,
            Function<List<Held>, Map<Held, Object>> ids,
            Predicate<Relation.ToOne> enforced) {
        this.unit = unit;
        this.model = model;
        this.undo = undo;
        this.ids = ids;
        this.enforced = enforced;
    }

    /** Writes everything. */
    void all() {
        unit.adoption.adoptExchanged();
        for (Tracked tracked : unit.all()) {
            List.copyOf(tracked.fresh).forEach(unit::identified);
        }
        meet();
        Set<Held> changed = changed();
        reach(changed);
        new Follow(unit, model, undo, enforced).all();
        // deletes may have changed others
        Set<Held> still = changed();
        collect(still);
        write(true);
    }

    /**
     * Objects with a version that were put without having been loaded meet what the store holds: each must be of the version that
     * is there, and is from then on as if it had been loaded.
     */
    private void meet() {
        Map<Codec<Object>, Map<Object, Held>> versioned = new LinkedHashMap<>();
        for (Tracked tracked : unit.all()) {
            for (Held held : tracked.fresh) {
                boolean unmet = held.status == Held.Status.PUT || (held.status == Held.Status.DELETED && held.unmet);
                if (unmet && held.kind().version().isPresent()) {
                    versioned
                            .computeIfAbsent(held.codec, codec -> new LinkedHashMap<>())
                            .put(held.id(), held);
                }
            }
        }
        versioned.forEach((codec, byId) -> {
            Kind kind = codec.kind();
            String version = kind.version().orElseThrow();
            for (List<Object> some : Loading.chunks(byId.keySet())) {
                unit.host.transaction().find(Selection.byIds(kind, some)).list().forEach(row -> {
                    Held held = Objects.requireNonNull(byId.remove(kind.requireIdOf(row)));
                    State stored = kind.shaped(row);
                    Stale.check(kind, held.id(), stored, expecting(version, held.expected));
                    if (held.status == Held.Status.DELETED) {
                        held.stored = stored; // its delete is guarded by what was read now
                        return;
                    }
                    undo.inserted(held);
                    unit.settle(held, held.id(), stored);
                    held.replaced = true;
                });
            }
            byId.forEach((id, held) -> {
                if (held.expected instanceof Long counted && counted > 0) {
                    Stale.check(kind, id, null, expecting(version, counted));
                }
                if (held.status == Held.Status.PUT) {
                    held.status = Held.Status.NEW;
                }
            });
        });
    }

    private static Guard expecting(String version, @Nullable Object number) {
        Map<String, @Nullable Object> expected = new LinkedHashMap<>();
        expected.put(version, number);
        return new Guard(expected);
    }

    /** Writes new objects at once, and those new ones that they refer to. */
    void inserts(Collection<Held> wanted) {
        Set<Held> all = new LinkedHashSet<>(wanted);
        Set<Held> reached = reach(all);
        for (Held held : reached) {
            if (held.status == Held.Status.NEW) {
                inserts.add(held);
            }
        }
        check(inserts);
        write(false);
    }

    // ---- what there is to write

    /** New objects, and stored ones that are not what they were. */
    private Set<Held> changed() {
        Set<Held> changed = new LinkedHashSet<>();
        for (Tracked tracked : List.copyOf(unit.all())) {
            for (Held held : tracked.order()) {
                if (Pending.isOpen(unit, held)) {
                    changed.add(held);
                }
            }
        }
        return changed;
    }

    /** Makes new objects that these refer to, and those that they refer to, objects of the session; gives all together. */
    private Set<Held> reach(Set<Held> from) {
        Set<Object> absent = absent(from);
        Deque<Held> queue = new ArrayDeque<>(from);
        while (!queue.isEmpty()) {
            Held held = queue.poll();
            unit.relink(held);
            for (Relation relation : held.codec.relations(held.object)) {
                if (!(relation instanceof Relation.ToOne one)) {
                    continue;
                }
                Object other = one.loaded(held.object);
                if (other == null) {
                    continue;
                }
                Held target = unit.heldOf(other);
                if (target == null && (one.codec().idOf(other) == null || absent.contains(other))) {
                    target = unit.adoption.manage(other);
                }
                if (target != null && target.status == Held.Status.NEW && from.add(target)) {
                    queue.add(target);
                }
            }
        }
        return from;
    }

    /**
     * Of the objects that these lead to, and that the session does not know, those with ids of their own that the store does not
     * know either: one query for each kind.
     */
    private Set<Object> absent(Set<Held> from) {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Map<Codec<Object>, Map<Object, List<Object>>> strangers = new LinkedHashMap<>();
        Deque<Object> queue = new ArrayDeque<>();
        from.forEach(held -> queue.add(held.object));
        while (!queue.isEmpty()) {
            Object object = queue.poll();
            for (Relation relation : unit.codecOf(object).relations(object)) {
                Object other = relation instanceof Relation.ToOne one ? one.loaded(object) : null;
                if (other == null || !seen.add(other)) {
                    continue;
                }
                Held known = unit.heldOf(other);
                Codec<Object> codec = unit.codecOf(other);
                Object id = codec.idOf(other);
                if (known == null && id != null) {
                    boolean given = codec.kind().generation() == Generation.GIVEN;
                    if (!given || unit.tracked(codec.kind()).get(id) != null) {
                        continue;
                    }
                    strangers
                            .computeIfAbsent(codec, c -> new LinkedHashMap<>())
                            .computeIfAbsent(id, i -> new ArrayList<>(1))
                            .add(other);
                }
                if (known == null || known.status == Held.Status.NEW) {
                    queue.add(other);
                }
            }
        }
        Set<Object> absent = Collections.newSetFromMap(new IdentityHashMap<>());
        strangers.forEach((codec, byId) -> {
            for (List<Object> some : Loading.chunks(byId.keySet())) {
                unit.host
                        .transaction()
                        .find(Selection.byIds(codec.kind(), some))
                        .list()
                        .forEach(state -> byId.remove(codec.kind().requireIdOf(state)));
            }
            byId.values().forEach(absent::addAll);
        });
        return absent;
    }

    private void collect(Set<Held> changed) {
        for (Held held : changed) {
            switch (held.status) {
                case NEW, PUT -> {
                    inserts.add(held);
                    reachLists(held, null);
                }
                case STORED -> {
                    List<String> fields = held.codec.changes(held.object, held.stored());
                    if (fields.stream().anyMatch(held.kind().id()::contains)) {
                        throw Problem.REQUEST_INVALID
                                .because(
                                        "the id of %s %s was changed to %s",
                                        held.kind().name(),
                                        Report.quote(held.id),
                                        Report.quote(held.codec.idOf(held.object)))
                                .hint("an id stays as it is: add a new object, and delete this one")
                                .fault();
                    }
                    if (!fields.isEmpty()) {
                        updates.put(held, fields);
                        reachLists(held, fields);
                    }
                }
                case DELETED, GONE -> {}
            }
        }
        for (Tracked tracked : List.copyOf(unit.all())) {
            for (Held held : List.copyOf(tracked.order())) {
                if (Pending.isToGo(held)) {
                    deletes.add(held);
                } else if (held.status == Held.Status.DELETED) {
                    unit.forget(held); // it was never written
                }
            }
        }
        List<Held> written = new ArrayList<>(inserts);
        written.addAll(updates.keySet());
        check(written);
    }

    /**
     * An object whose reference was changed is in the list of the one that it refers to now, where that is loaded.
     *
     * @param fields those that were changed; null for all
     */
    private void reachLists(Held held, @Nullable List<String> fields) {
        for (Relation relation : held.codec.relations(held.object)) {
            if (relation instanceof Relation.ToOne one && (fields == null || fields.contains(one.field()))) {
                Held target = unit.target(one, one.get(held.object));
                Unit.listsOf(target, one).forEach(members -> members.joins(held));
            }
        }
    }

    /** Refuses objects that break a rule of their class, before anything is written. */
    private static void check(List<Held> all) {
        List<String> broken = new ArrayList<>();
        Held first = null;
        int objects = 0;
        for (Held held : all) {
            List<String> mistakes = held.codec.mistakes(held.object);
            if (!mistakes.isEmpty()) {
                first = first == null ? held : first;
                objects++;
                if (broken.size() < 20) {
                    String name = all.size() == 1 ? "" : named(held) + " ";
                    mistakes.forEach(mistake -> broken.add(name + mistake));
                }
            }
        }
        if (first != null) {
            throw Problem.OBJECT_INVALID
                    .because(
                            "%s cannot be written: %s",
                            objects == 1 ? named(first) : objects + " objects", broken.getFirst())
                    .fact("kind", first.kind().name())
                    .fact("mistakes", broken.size() == 1 ? null : "\n    - " + String.join("\n    - ", broken))
                    .fault();
        }
    }

    private static String named(Held held) {
        return held.object.getClass().getSimpleName() + (held.id == null ? "" : " " + Report.quote(held.id));
    }

    // ---- writing

    /**
     * Writes what was collected.
     *
     * @param whole whether that is everything, and not some new objects alone
     */
    private void write(boolean whole) {
        boolean goFirst = whole && makeRoom();
        if (goFirst) {
            send(this::gone);
        }
        writeInserts();
        send((entries, settled) -> {
            if (whole) {
                pairs(true, entries);
            }
            postponed(entries, settled);
            changes(entries, settled);
            if (whole) {
                pairs(false, entries);
            }
            if (whole && !goFirst) {
                gone(entries, settled);
            }
        });
        if (whole && !unit.pairs.isEmpty()) {
            undo.pairs(unit);
            unit.pairs.clear();
        }
    }

    /** Collects what is to be written, and what is to be noted once that is done. */
    private interface Collecting {
        void into(List<Changeset.Entry> entries, List<Runnable> settled);
    }

    private void send(Collecting collecting) {
        List<Changeset.Entry> entries = new ArrayList<>();
        List<Runnable> settled = new ArrayList<>();
        collecting.into(entries, settled);
        if (!entries.isEmpty()) {
            unit.write(new Changeset(entries));
        }
        settled.forEach(Runnable::run);
    }

    /**
     * Whether objects are to be deleted before others are written, since these may take over what only one can have; not where
     * those others still refer to them.
     */
    private boolean makeRoom() {
        Set<String> unique = new HashSet<>();
        deletes.forEach(held -> {
            if (held.kind().indexes().stream().anyMatch(Index::unique)) {
                unique.add(held.kind().name());
            }
        });
        boolean wanted = !unique.isEmpty()
                && (inserts.stream()
                                .anyMatch(held -> unique.contains(held.kind().name()))
                        || updates.keySet().stream()
                                .anyMatch(held -> unique.contains(held.kind().name())));
        if (!wanted) {
            return false;
        }
        Set<Held> going = Collections.newSetFromMap(new IdentityHashMap<>());
        going.addAll(deletes);
        return updates.keySet().stream()
                .allMatch(held -> storedReferences(held, going).isEmpty());
    }

    private void writeInserts() {
        if (inserts.isEmpty()) {
            return;
        }
        ids.apply(inserts).forEach(unit::assign);
        Set<Held> all = Collections.newSetFromMap(new IdentityHashMap<>());
        all.addAll(inserts);
        Ranks ranks = new Ranks(inserts, held -> references(held, all));
        for (Ranks.Reference reference : ranks.postponed()) {
            if (reference.relation().required()) {
                throw Problem.REQUEST_INVALID
                        .because(
                                "%s refers to %s, which refers to it in turn, and each is required",
                                named(reference.from()), named(reference.to()))
                        .hint("make one of the references optional")
                        .fault();
            }
        }
        ranks.postponed()
                .forEach(reference -> afterwards
                        .computeIfAbsent(reference.from(), from -> new ArrayList<>())
                        .add(reference));
        List<Held> order = new ArrayList<>(inserts);
        order.sort(Comparator.<Held>comparingInt(held -> held.rank).thenComparingInt(held -> model.place(held.kind())));
        List<Held> together = new ArrayList<>();
        boolean unknown = false;
        int rank = 0;
        for (Held held : order) {
            if (held.rank != rank && unknown) {
                insert(together);
                together.clear();
                unknown = false;
            }
            rank = held.rank;
            unknown |= held.id == null;
            together.add(held);
        }
        insert(together);
    }

    private List<Ranks.Reference> references(Held held, Set<Held> among) {
        List<Ranks.Reference> references = new ArrayList<>();
        for (Relation relation : held.codec.relations(held.object)) {
            if (relation instanceof Relation.ToOne one) {
                Held target = unit.target(one, one.get(held.object));
                if (target != null && among.contains(target)) {
                    references.add(new Ranks.Reference(held, one, target));
                }
            }
        }
        return references;
    }

    /** A version begins at zero, on the object too. */
    private void begin(Held held) {
        held.kind().version().ifPresent(version -> {
            if (held.codec.encode(held.object).get(version) == null) {
                Object begun = held.codec.with(held.object, version, 0L);
                if (begun != held.object) {
                    unit.swap(held, begun);
                }
            }
        });
    }

    private void insert(List<Held> together) {
        if (together.isEmpty()) {
            return;
        }
        List<Changeset.Entry> entries = new ArrayList<>(together.size());
        List<State> states = new ArrayList<>(together.size());
        for (Held held : together) {
            begin(held);
            unit.relink(held);
            State state = held.codec.encode(held.object);
            for (Ranks.Reference reference : afterwards.getOrDefault(held, List.of())) {
                state = state.with(reference.relation().field(), null);
            }
            states.add(state);
            entries.add(
                    held.status == Held.Status.PUT
                            ? new Changeset.Put(held.kind(), state)
                            : new Changeset.Insert(held.kind(), state));
        }
        WriteResult result = unit.write(new Changeset(entries));
        Iterator<Object> given = result.ids().iterator();
        for (int i = 0; i < together.size(); i++) {
            Held held = together.get(i);
            Object id = held.status == Held.Status.PUT ? held.id() : given.next();
            undo.inserted(held);
            State state = states.get(i);
            if (held.id == null) {
                unit.assign(held, id);
                state = state.with(held.kind().id().getFirst(), id);
            }
            unit.settle(held, held.id(), state);
        }
    }

    /** References that closed a ring, now that both objects are there. */
    private void postponed(List<Changeset.Entry> entries, List<Runnable> settled) {
        afterwards.forEach((held, references) -> {
            List<String> fields = references.stream()
                    .map(reference -> reference.relation().field())
                    .toList();
            State now = held.codec.encode(held.object);
            State state = held.stored();
            for (String field : fields) {
                state = state.with(field, now.get(field));
            }
            State whole = state;
            entries.add(new Changeset.Update(held.kind(), whole, fields, Guard.EXISTS));
            settled.add(() -> held.stored = whole);
        });
    }

    private void changes(List<Changeset.Entry> entries, List<Runnable> settled) {
        record Same(String kind, List<String> fields) {}
        Map<Same, List<Changeset.Entry>> groups = new LinkedHashMap<>();
        inOneOrder(updates.keySet()).forEach(held -> {
            List<String> fields = Objects.requireNonNull(updates.get(held));
            unit.relink(held);
            Kind kind = held.kind();
            State stored = held.stored();
            State now = held.codec.encode(held.object);
            List<String> changed = new ArrayList<>(fields);
            String version = kind.version().orElse(null);
            Guard guard = isHeld(held) ? Guard.EXISTS : Guard.of(stored, version == null ? changed : List.of(version));
            Object next = null;
            if (version != null) {
                next = stored.get(version) instanceof Long number ? number + 1 : 1L;
                if (!changed.contains(version)) {
                    changed.add(version);
                }
            }
            State after = merged(stored, now, changed, version, next);
            groups.computeIfAbsent(new Same(kind.name(), changed), same -> new ArrayList<>())
                    .add(new Changeset.Update(kind, after, changed, guard));
            Object counted = next;
            settled.add(() -> {
                undo.updated(held);
                held.stored = after;
                held.replaced = false;
                if (version != null
                        && !(held.fixed
                                && Objects.equals(held.codec.encode(held.object).get(version), counted))) {
                    held.object = held.codec.with(held.object, version, counted);
                }
            });
        });
        groups.values().forEach(entries::addAll);
    }

    /**
     * Objects by their ids, so that two sessions that change the same ones wait for each other, and not each for the other. Where
     * only one can have a value, those that give it up may have to be before those that take it: their order stays.
     */
    private List<Held> inOneOrder(Collection<Held> changed) {
        IdentityHashMap<Kind, Boolean> exclusive = new IdentityHashMap<>();
        changed.forEach(held -> exclusive.computeIfAbsent(
                held.kind(), kind -> kind.indexes().stream().anyMatch(Index::unique)));
        List<Held> order = new ArrayList<>(changed);
        order.sort(Comparator.<Held>comparingInt(held -> model.place(held.kind()))
                .thenComparing(held -> held.kind().name())
                .thenComparing(
                        (a, b) -> Objects.requireNonNull(exclusive.get(a.kind())) ? 0 : Values.order(a.id(), b.id())));
        return order;
    }

    /** What is stored, with the fields that changed. */
    private static State merged(
            State stored, State now, List<String> changed, @Nullable String version, @Nullable Object next) {
        Shape shape = stored.shape();
        @Nullable Object[] values = new Object[shape.size()];
        Map<String, @Nullable Object> extra = new LinkedHashMap<>(stored.extra());
        for (int i = 0; i < values.length; i++) {
            values[i] = stored.has(i) ? stored.at(i) : State.ABSENT;
        }
        for (String field : changed) {
            Object value = field.equals(version) ? next : now.get(field);
            int position = shape.position(field);
            if (position >= 0) {
                int there = now.shape().position(field);
                values[position] = value == null && there >= 0 && !now.has(there) ? State.ABSENT : value;
            } else if (now.extra().containsKey(field)) {
                extra.put(field, value);
            } else {
                extra.remove(field);
            }
        }
        return State.of(shape, values, extra);
    }

    /** Pairs that came together, which others may have put there already, or apart, which others may have taken away. */
    private void pairs(boolean in, List<Changeset.Entry> entries) {
        record Apart(Kind join, String field, Object own, String otherField) {}
        Map<Apart, List<Object>> apart = new LinkedHashMap<>();
        unit.pairs.forEach((pair, together) -> {
            if (together != in || pair.own().id == null || pair.other().id == null) {
                return;
            }
            if (!in) {
                apart.computeIfAbsent(
                                new Apart(
                                        pair.join(), pair.ownField(), pair.own().id(), pair.otherField()),
                                key -> new ArrayList<>())
                        .add(pair.other().id());
            } else if (!pair.own().isGone() && !pair.other().isGone()) {
                State state = pair.join()
                        .state(Map.of(
                                pair.ownField(), pair.own().id(),
                                pair.otherField(), pair.other().id()));
                boolean known = Set.copyOf(pair.join().id()).equals(Set.of(pair.ownField(), pair.otherField()));
                entries.add(known ? new Changeset.Put(pair.join(), state) : new Changeset.Insert(pair.join(), state));
            }
        });
        apart.forEach((key, others) -> {
            for (List<Object> some : Loading.chunks(others)) {
                entries.add(new Changeset.DeleteWhere(
                        key.join(),
                        Term.of(Path.of(key.field()).toString())
                                .eq(key.own())
                                .and(Term.of(Path.of(key.otherField()).toString())
                                        .in(some))));
            }
        });
    }

    private void gone(List<Changeset.Entry> entries, List<Runnable> settled) {
        if (deletes.isEmpty()) {
            return;
        }
        meetStrangers();
        Map<Kind, List<Held>> byKind = new LinkedHashMap<>();
        deletes.forEach(held ->
                byKind.computeIfAbsent(held.kind(), kind -> new ArrayList<>()).add(held));
        byKind.forEach((kind, all) -> {
            for (Relation.Via.Through through : model.joins(kind)) {
                Set<Object> ids = new LinkedHashSet<>();
                all.forEach(held -> ids.add(held.id()));
                for (List<Object> some : Loading.chunks(ids)) {
                    entries.add(new Changeset.DeleteWhere(
                            through.join(),
                            Term.of(Path.of(through.own()).toString()).in(some)));
                }
            }
        });
        Set<Held> all = Collections.newSetFromMap(new IdentityHashMap<>());
        all.addAll(deletes);
        Ranks ranks = new Ranks(deletes, held -> storedReferences(held, all));
        Map<Held, State> cut = new LinkedHashMap<>();
        for (Ranks.Reference reference : ranks.postponed()) {
            Held held = reference.from();
            String field = reference.relation().field();
            State before = cut.getOrDefault(held, held.stored());
            State after = before.with(field, null);
            entries.add(new Changeset.Update(held.kind(), after, List.of(field), Guard.of(before, List.of(field))));
            cut.put(held, after);
        }
        List<Held> order = new ArrayList<>(deletes);
        order.sort(Comparator.<Held>comparingInt(held -> held.rank)
                .thenComparingInt(held -> model.place(held.kind()))
                .reversed());
        for (Held held : order) {
            State stored = held.stored;
            if (stored == null) {
                entries.add(new Changeset.DeleteWhere(held.kind(), Selection.identity(held.kind(), held.id())));
            } else {
                Guard guard = isHeld(held) ? Guard.EXISTS : whole(held.kind(), cut.getOrDefault(held, stored));
                entries.add(new Changeset.Delete(held.kind(), held.id(), guard));
            }
            settled.add(() -> {
                undo.deleted(held, stored);
                unit.leave(held);
            });
        }
    }

    /**
     * An object that a user brings to be deleted is compared with what is there by its own types first: a set is the same in any order,
     * and its guard is what is there then.
     */
    private void meetStrangers() {
        Map<Codec<Object>, Map<Object, Held>> byCodec = new LinkedHashMap<>();
        for (Held held : deletes) {
            if (held.stranger && held.stored != null && hasLists(held.kind())) {
                byCodec.computeIfAbsent(held.codec, codec -> new LinkedHashMap<>())
                        .put(held.id(), held);
            }
        }
        byCodec.forEach((codec, byId) -> {
            Kind kind = codec.kind();
            for (List<Object> some : Loading.chunks(byId.keySet())) {
                unit.host.transaction().find(Selection.byIds(kind, some)).list().forEach(row -> {
                    Held held = byId.get(kind.requireIdOf(row));
                    State there = kind.shaped(row);
                    if (held != null && codec.holds(held.object, there)) {
                        held.stored = there;
                    }
                });
            }
        });
    }

    private static boolean hasLists(Kind kind) {
        return kind.version().isEmpty()
                && kind.fields().stream().anyMatch(field -> field.type() instanceof Type.Sequence);
    }

    private List<Ranks.Reference> storedReferences(Held held, Set<Held> among) {
        List<Ranks.Reference> references = new ArrayList<>();
        for (Relation relation : held.codec.relations(held.object)) {
            if (relation instanceof Relation.ToOne one) {
                Object id = held.stored == null ? null : held.stored.get(one.field());
                Held target =
                        id == null ? null : unit.tracked(one.codec().kind()).get(id);
                if (target != null && target != held && among.contains(target)) {
                    references.add(new Ranks.Reference(held, one, target));
                }
            }
        }
        return references;
    }

    /** Whether nobody can have changed an object since it was read, unless the write fails anyway. */
    private boolean isHeld(Held held) {
        Transaction now = unit.host.transaction();
        return !unit.hasTwice() && held.batch != null && held.batch.isOfNow() && now.holdsWhatItRead();
    }

    /** The version, or all that was loaded, must still be there. */
    private static Guard whole(Kind kind, State stored) {
        String version = kind.version().orElse(null);
        if (version != null) {
            return Guard.of(stored, List.of(version));
        }
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < stored.shape().size(); i++) {
            String name = stored.shape().name(i);
            if (stored.has(i) && !kind.id().contains(name)) {
                fields.add(name);
            }
        }
        return Guard.of(stored, fields);
    }
}
