package dev.keepsake.session;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one kind in a session: in the order in which they came, and by id. The ids are found by open addressing
 * (Knuth, The Art of Computer Programming, 6.4, algorithms L and R), since a session of many objects spends much of its time
 * here: neither a key nor an entry is an object of its own, and growing looks at no object.
 */
final class Tracked {
    private @Nullable Held[] slots = new Held[16];
    /** The spread hash of the id in each slot. */
    private int[] hashes = new int[16];

    private int identified;
    private List<Held> order = new ArrayList<>();
    private int gone;
    /** Those that are not in the store yet. */
    final Set<Held> fresh = new LinkedHashSet<>();

    @Nullable
    Held get(Object id) {
        return slots[slotOf(id, hash(id))];
    }

    /** Where the id is, or would be. */
    private int slotOf(Object id, int hash) {
        int at = home(hash);
        for (Held held = slots[at]; held != null; held = slots[at]) {
            if (hashes[at] == hash && id.equals(held.id)) {
                break;
            }
            at = at + 1 & slots.length - 1;
        }
        return at;
    }

    /** Spread by the golden ratio, so that ids that follow each other make no long runs (Knuth, 6.4). */
    private static int hash(Object id) {
        return id.hashCode() * 0x9E3779B9;
    }

    private int home(int hash) {
        return hash >>> Integer.numberOfLeadingZeros(slots.length - 1);
    }

    /** Takes one in; one that was here before and is back keeps its place. */
    void add(Held held) {
        if (held.listed) {
            gone--;
        } else {
            held.listed = true;
            order.add(held);
        }
        if (held.id != null) {
            identify(held);
        }
        if (held.status == Held.Status.NEW || held.status == Held.Status.PUT) {
            fresh.add(held);
        }
    }

    /** It has an id now. */
    void identify(Held held) {
        int hash = hash(held.id());
        int at = slotOf(held.id(), hash);
        if (slots[at] == null && ++identified > slots.length / 2) {
            grow();
            at = slotOf(held.id(), hash);
        }
        slots[at] = held;
        hashes[at] = hash;
    }

    private void grow() {
        @Nullable Held[] before = slots;
        int[] theirs = hashes;
        slots = new Held[4 * before.length];
        hashes = new int[slots.length];
        for (int i = 0; i < before.length; i++) {
            if (before[i] != null) {
                int at = home(theirs[i]);
                while (slots[at] != null) {
                    at = at + 1 & slots.length - 1;
                }
                slots[at] = before[i];
                hashes[at] = theirs[i];
            }
        }
    }

    /** It has no id any more. */
    void unidentify(Held held) {
        if (held.id != null && get(held.id) == held) {
            free(slotOf(held.id, hash(held.id)));
        }
    }

    void remove(Held held) {
        if (held.status == Held.Status.GONE) {
            return;
        }
        held.status = Held.Status.GONE;
        fresh.remove(held);
        unidentify(held);
        gone++;
        if (gone > 1_000 && gone > order.size() / 2) {
            List<Held> left = new ArrayList<>(order.size() - gone);
            order.forEach(each -> {
                if (each.status != Held.Status.GONE) {
                    left.add(each);
                } else {
                    each.listed = false;
                }
            });
            order = left;
            gone = 0;
        }
    }

    /** Empties a slot, and moves those that came after it for want of a free one. */
    private void free(int slot) {
        int mask = slots.length - 1;
        int hole = slot;
        for (int at = hole + 1 & mask; slots[at] != null; at = at + 1 & mask) {
            boolean reachable = (at - home(hashes[at]) & mask) < (at - hole & mask);
            if (!reachable) {
                slots[hole] = slots[at];
                hashes[hole] = hashes[at];
                hole = at;
            }
        }
        slots[hole] = null;
        identified--;
    }

    /** All, in the order in which they came; some of them gone. */
    List<Held> order() {
        return order;
    }

    int size() {
        return order.size() - gone;
    }
}
