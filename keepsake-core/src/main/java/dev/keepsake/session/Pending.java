package dev.keepsake.session;

import dev.keepsake.codec.Relation;
import dev.keepsake.schema.Kind;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** What of a unit is not written yet: nothing is noted when it happens, so that it is looked for. */
final class Pending {
    private Pending() {}

    /** Whether there is anything to write that concerns some kinds, by itself or by what follows from it. */
    static boolean concerning(Collection<String> kinds, Unit unit, Model model) {
        unit.adoption.adoptExchanged();
        Set<String> leading = model.leadingTo(kinds);
        for (Tracked tracked : unit.all()) {
            List<Held> order = tracked.order();
            if (order.isEmpty()) {
                continue;
            }
            Kind kind = order.getFirst().kind();
            boolean concerned = kinds.contains(kind.name());
            boolean follows = !Collections.disjoint(model.following(kind), kinds);
            boolean leads = leading.contains(kind.name());
            if (!concerned && !follows && !leads) {
                continue;
            }
            for (Held held : order) {
                boolean open = held.status == Held.Status.DELETED
                        ? follows || (concerned && isToGo(held))
                        : (concerned && isOpen(unit, held)) || (leads && bringsOthers(unit, held));
                if (open) {
                    return true;
                }
            }
        }
        return unit.pairs.keySet().stream()
                .anyMatch(pair -> kinds.contains(pair.join().name()));
    }

    static boolean isToGo(Held held) {
        return held.status == Held.Status.DELETED && (held.stored != null || held.unmet);
    }

    static boolean isOpen(Unit unit, Held held) {
        return switch (held.status) {
            case NEW, PUT -> true;
            case STORED -> unit.isDirty(held);
            case DELETED, GONE -> false;
        };
    }

    /** Whether it refers to an object that the session does not know, and may write with it. */
    private static boolean bringsOthers(Unit unit, Held held) {
        if (held.status == Held.Status.GONE || (held.status == Held.Status.STORED && held.fixed && !held.replaced)) {
            return false;
        }
        for (Relation relation : held.codec.relations(held.object)) {
            Object other = relation instanceof Relation.ToOne one ? one.loaded(held.object) : null;
            if (other != null && unit.heldOf(other) == null && isOpen(unit, held)) {
                return true;
            }
        }
        return false;
    }

    /** Whether there is anything at all to write. */
    static boolean any(Unit unit) {
        unit.adoption.adoptExchanged();
        for (Tracked tracked : unit.all()) {
            for (Held held : tracked.order()) {
                if (isOpen(unit, held) || isToGo(held)) {
                    return true;
                }
            }
        }
        return !unit.pairs.isEmpty();
    }
}
