package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Ref;
import dev.keepsake.codec.Relation;
import dev.keepsake.codec.Relation.Via;
import dev.keepsake.fault.Problem;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The objects that one holds by a relation to many, loaded when they are asked for, together with those of all objects that
 * came by the same query. Both sides are kept in step: who comes in or goes out has its own reference changed at once, and
 * who changed that reference is seen here when this is read.
 */
final class Members {
    final Relation.ToMany relation;
    final Held owner;
    private final Unit unit;
    private @Nullable HeldList items;
    /** Those that were here, and may come back by their own reference. */
    private final Set<Held> left = new LinkedHashSet<>();
    /** What the owner's member holds: a list of ours. */
    final Object shown;

    final MemberList list;

    Members(Unit unit, Held owner, Relation.ToMany relation) {
        this.unit = unit;
        this.owner = owner;
        this.relation = relation;
        this.list = new MemberList(this);
        this.shown = relation.shown(list);
    }

    /** Those that came by their own reference before the list was loaded. */
    private @Nullable Set<Held> early;

    boolean isLoaded() {
        return items != null;
    }

    void loaded(List<Held> all) {
        items = new HeldList(all);
        left.clear();
        if (early != null && relation.via() instanceof Via.Inverse inverse) {
            early.forEach(each -> {
                if (refersHere(each, inverse.back())) {
                    joins(each);
                }
            });
        }
        early = null;
    }

    /** Puts our list back where a user put another collection. */
    void show() {
        if (relation.settable() && !relation.single() && relation.get(owner.object) != shown) {
            relation.set(owner.object, shown);
        }
    }

    /** Forgets what was loaded; it is loaded again when it is asked for. */
    void forget() {
        if (owner.status == Held.Status.STORED) {
            items = null;
        }
    }

    /** All there are, loaded where they are not yet. */
    HeldList items() {
        if (items == null) {
            if (owner.stored == null) {
                items = new HeldList(List.of());
                if (relation.via() instanceof Via.Through) {
                    unit.loading.withPairs(this);
                }
            } else {
                unit.require(relation, owner);
                unit.loading.loadMembers(this);
            }
        }
        return Objects.requireNonNull(items);
    }

    /** What is in it, for a list elsewhere; loaded where it is not yet and can be. */
    List<Object> objects() {
        List<Object> objects = new ArrayList<>();
        for (Held each : items()) {
            if (each.status != Held.Status.DELETED && !unit.wasDeleted(each.object)) {
                objects.add(each.object);
            }
        }
        return objects;
    }

    /** As {@link #items}, after whoever changed sides by its own reference has left or come. */
    List<Held> current() {
        List<Held> all = items();
        if (isStill()) {
            return all;
        }
        if (relation.via() instanceof Via.Inverse inverse) {
            List<Held> back = left.stream()
                    .filter(each -> refersHere(each, inverse.back()))
                    .toList();
            left.removeAll(back);
            back.forEach(this::joins);
            List<Held> leaving = new ArrayList<>();
            all.removeIf(each -> !refersHere(each, inverse.back()) && leaving.add(each));
            left.addAll(leaving);
            leaving.forEach(each -> follow(each, inverse.back()));
        } else {
            all.removeIf(Held::isGone);
        }
        return all;
    }

    /** Whether it stays as it is: nothing is written, or the owner is not of the session any more, and it is what that held last. */
    private boolean isStill() {
        return unit.isReadOnly() || owner.status == Held.Status.GONE;
    }

    /** The one at an index; that it is still here is looked at, the others are not. */
    Held at(int index) {
        HeldList all = items();
        Held held = all.get(index);
        boolean here = relation.via() instanceof Via.Inverse inverse
                ? isStill() || refersHere(held, inverse.back())
                : !held.isGone();
        return here ? held : current().get(index);
    }

    /** One that left by its own reference is in the list of the other that it refers to now. */
    private void follow(Held held, Relation.ToOne back) {
        if (!held.isGone() && back.owner().isInstance(held.object)) {
            Unit.listsOf(unit.target(back, back.get(held.object)), back).forEach(list -> list.joins(held));
        }
    }

    /** One whose own reference leads elsewhere by now. */
    void leaves(Held held) {
        if (items != null && items.remove(held)) {
            left.add(held);
        }
    }

    /** One whose own reference leads here by now. */
    void joins(Held held) {
        if (!isOwn(held)) {
            return;
        }
        if (items == null && owner.stored != null) {
            early = early == null ? new LinkedHashSet<>() : early;
            early.add(held);
        } else if (!items().contains(held)) {
            items().add(held);
            left.remove(held);
        }
    }

    /** Whether an object is of the class that refers here, which may be one of several of its kind. */
    private boolean isOwn(Held each) {
        return relation.target().isInstance(each.object);
    }

    private boolean refersHere(Held each, Relation.ToOne back) {
        if (each.isGone()) {
            return false;
        }
        return back.owner().isInstance(each.object) && leadsTo(each.object, back, owner);
    }

    /** Whether the reference of an object is to one that is held. */
    static boolean leadsTo(Object object, Relation.ToOne back, Held other) {
        Object held = back.get(object);
        if (held == null) {
            return false;
        }
        if (back.lazy()) {
            Ref<?> ref = (Ref<?>) held;
            Object loaded = ref.loaded().orElse(null);
            return loaded != null
                    ? loaded == other.object
                    : ref.id().isPresent() && ref.id().get().equals(other.id);
        }
        return held == other.object
                || (other.id != null && other.id.equals(back.codec().idOf(held)));
    }

    // ---- changed by the user

    void insert(int index, @Nullable Object element) {
        unit.writing(relation);
        if (element == null || !relation.target().isInstance(element)) {
            throw Problem.REQUEST_INVALID
                    .because(
                            "%s takes objects of class %s, not %s",
                            relation,
                            relation.target().getSimpleName(),
                            element == null ? "null" : "a " + element.getClass().getSimpleName())
                    .fault();
        }
        List<Held> all = items();
        if (relation.via() instanceof Via.Inverse inverse) {
            Held before = unit.heldOf(element);
            if (before != null) {
                leaveOthers(before, inverse.back());
            }
            Held held = take(element, inverse.back());
            left.remove(held);
            if (!all.contains(held)) {
                all.add(Math.min(index, all.size()), held);
            }
            return;
        }
        Held held = unit.adoption.manage(element);
        if (!all.contains(held)) {
            all.add(Math.min(index, all.size()), held);
            unit.joined(this, held, true);
            mirror(held, true);
        }
    }

    Object set(int index, Object element) {
        unit.writing(relation);
        HeldList all = items();
        Held before = all.get(index);
        Held there = unit.heldOf(element);
        int place = there == null ? -1 : all.indexOf(there);
        if (place >= 0) {
            all.swap(index, place);
        } else {
            removeAt(index);
            insert(index, element);
        }
        return before.object;
    }

    Object removeAt(int index) {
        unit.writing(relation);
        Held held = items().remove(index);
        if (relation.via() instanceof Via.Inverse inverse) {
            left.add(held);
            if (leadsTo(held.object, inverse.back(), owner)) {
                if (relation.orphans()) {
                    unit.orphan(held);
                } else {
                    refer(held, inverse.back(), null);
                }
            }
        } else {
            unit.joined(this, held, false);
            mirror(held, false);
        }
        return held.object;
    }

    /** The object that comes in, referring to the owner; a record as a copy that does. */
    private Held take(Object element, Relation.ToOne back) {
        Codec<Object> codec = unit.codecOf(element);
        if (!codec.fixed(element)) {
            back.set(element, unit.adoption.reference(back, owner));
            return unit.adoption.manage(element);
        }
        Held held = unit.heldOf(element);
        if (held == null) {
            return unit.adoption.manage(codec.with(element, back, unit.adoption.reference(back, owner)));
        }
        unit.revive(held);
        refer(held, back, owner);
        return held;
    }

    private void refer(Held held, Relation.ToOne back, @Nullable Held to) {
        Object value = to == null ? null : unit.adoption.reference(back, to);
        if (held.fixed) {
            unit.swap(held, held.codec.with(held.object, back, value));
        } else {
            back.set(held.object, value);
        }
    }

    /** Leaves the list of the one it referred to before. */
    private void leaveOthers(Held held, Relation.ToOne back) {
        if (!back.owner().isInstance(held.object)) {
            return;
        }
        Object other = back.loaded(held.object);
        Held before = other == null ? null : unit.heldOf(other);
        Members theirs = before == null || before == owner ? null : before.members(relation);
        if (theirs != null && theirs.items != null) {
            theirs.items.remove(held);
            theirs.left.add(held);
        }
    }

    /** The other side of a join, where it is loaded, shows the same. */
    private void mirror(Held other, boolean in) {
        Via.Through through = (Via.Through) relation.via();
        for (Members theirs : other.members()) {
            if (theirs.relation.via() instanceof Via.Through back
                    && back.join().equals(through.join())
                    && back.own().equals(through.other())
                    && theirs.items != null) {
                theirs.items.remove(owner);
                if (in) {
                    theirs.items.add(owner);
                }
            }
        }
    }

    // ---- read by the user

    Iterator<Object> iterator() {
        // a loop may change what it goes through, as by setting the other side
        List<Held> now = unit.isReadOnly() ? current() : new ArrayList<>(current());
        return new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return at < now.size();
            }

            @Override
            public Object next() {
                if (at >= now.size()) {
                    throw new NoSuchElementException();
                }
                return now.get(at++).object;
            }

            @Override
            public void remove() {
                if (at == 0) {
                    throw new IllegalStateException("next() was not called");
                }
                int index = items().indexOf(now.get(at - 1));
                if (index < 0) {
                    throw new IllegalStateException("it is not there any more");
                }
                removeAt(index);
            }
        };
    }
}
