package dev.keepsake.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The objects of one kind in a session: by id, and in the order in which they came. */
final class Tracked {
    private final Map<Object, Held> byId = new HashMap<>();
    private List<Held> order = new ArrayList<>();
    private int gone;
    /** Those that are not in the store yet. */
    final Set<Held> fresh = new LinkedHashSet<>();

    @Nullable
    Held get(Object id) {
        return byId.get(id);
    }

    void add(Held held) {
        order.add(held);
        if (held.id != null) {
            byId.put(held.id, held);
        }
        if (held.status == Held.Status.NEW || held.status == Held.Status.PUT) {
            fresh.add(held);
        }
    }

    /** It has an id now. */
    void identify(Held held) {
        byId.put(held.id(), held);
    }

    void remove(Held held) {
        held.status = Held.Status.GONE;
        fresh.remove(held);
        if (held.id != null && byId.get(held.id) == held) {
            byId.remove(held.id);
        }
        gone++;
        if (gone > 1_000 && gone > order.size() / 2) {
            List<Held> left = new ArrayList<>(order.size() - gone);
            order.forEach(each -> {
                if (each.status != Held.Status.GONE) {
                    left.add(each);
                }
            });
            order = left;
            gone = 0;
        }
    }

    /** All, in the order in which they came; some of them gone. */
    List<Held> order() {
        return order;
    }

    int size() {
        return order.size() - gone;
    }
}
