package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Links;
import dev.keepsake.codec.Ref;
import dev.keepsake.codec.Relation;
import dev.keepsake.codec.Relation.Via;
import dev.keepsake.schema.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How objects that a user brings become those of a unit: each has its place, its collections are lists of ours, and its lazy
 * references have the session behind them.
 */
final class Adoption {
    private final Unit unit;
    private final Map<Relation.ToOne, Batch.Refs> attached = new HashMap<>();
    private final Map<String, Boolean> manyOf = new HashMap<>();

    Adoption(Unit unit) {
        this.unit = unit;
    }

    /** The place of an instance, which is made a new one of this session where it has none. */
    Held manage(Object object) {
        Codec<Object> codec = unit.codecOf(object);
        Held held = unit.fresh.get(object);
        Object id = held == null ? codec.idOf(object) : null;
        if (held == null) {
            held = unit.heldOf(object, codec, id);
        }
        if (held != null) {
            unit.revive(held);
            return held;
        }
        unit.writing();
        if (id != null) {
            Held other = unit.tracked(codec.kind()).get(id);
            if (other != null && other.status != Held.Status.DELETED) {
                throw Unit.another(codec.kind(), id);
            }
            if (other != null) {
                return revive(other, object);
            }
        }
        Held added = new Held(codec, object, id, Held.Status.NEW);
        unit.place(added);
        adopt(added);
        return added;
    }

    /** One that was to be deleted is there after all, as another instance. */
    private Held revive(Held deleted, Object object) {
        unit.revive(deleted);
        unit.replace(deleted, object);
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
                Unit.listsOf(unit.target(one, one.get(held.object)), one).forEach(list -> list.joins(held));
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
        return attached.computeIfAbsent(relation, one -> new Batch.Refs(unit, one));
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
        Members members = kept == null ? new Members(unit, held, relation) : kept;
        if (kept == null) {
            held.keep(members);
        }
        if (relation.settable()) {
            relation.set(held.object, members.shown);
        } else if (value != members.shown) {
            unit.replaceQuietly(held, held.codec.with(held.object, relation, members.shown));
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
        Held target = unit.heldOf(other);
        Object value = reference(back, held);
        if (!Members.leadsTo(other, back, held)) {
            Codec<Object> codec = unit.codecOf(other);
            Object referring = codec.with(other, back, value);
            if (target != null && referring != other) {
                unit.swap(target, referring);
            }
            other = referring;
        }
        manage(other);
        Ref<?> ours = unit.loading.singleOf(held, relation);
        ours.resolve(other);
        unit.replaceQuietly(held, held.codec.with(held.object, relation, ours));
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
        for (Tracked tracked : List.copyOf(unit.all())) {
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
                name -> unit.codecs.all().stream()
                        .filter(codec -> codec.kind().name().equals(name))
                        .anyMatch(codec -> codec.relations().stream().anyMatch(Relation.ToMany.class::isInstance)));
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
}
