package dev.keepsake.session;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A list of objects, each in it once, that knows at once whether one is in it, however long it is. */
final class HeldList extends AbstractList<Held> {
    /** Up to how many it is quicker to look at each. */
    private static final int SHORT = 32;

    private final List<Held> all;
    private @Nullable Set<Held> known;

    /** A list that takes over another, or copies it if that cannot be changed. */
    HeldList(List<Held> of) {
        this.all = of instanceof ArrayList<Held> own ? own : new ArrayList<>(of);
    }

    @Override
    public Held get(int index) {
        return all.get(index);
    }

    @Override
    public int size() {
        return all.size();
    }

    @Override
    public boolean contains(@Nullable Object held) {
        if (all.size() <= SHORT) {
            return all.contains(held);
        }
        if (known == null) {
            known = new HashSet<>(all);
        }
        return known.contains(held);
    }

    @Override
    public void add(int index, Held held) {
        modCount++;
        all.add(index, held);
        if (known != null) {
            known.add(held);
        }
    }

    /** Changes the places of two. */
    void swap(int one, int other) {
        Collections.swap(all, one, other);
    }

    @Override
    public Held remove(int index) {
        modCount++;
        Held gone = all.remove(index);
        if (known != null) {
            known.remove(gone);
        }
        return gone;
    }

    @Override
    public boolean remove(@Nullable Object held) {
        return contains(held) && super.remove(held);
    }

    @Override
    public boolean removeIf(Predicate<? super Held> filter) {
        boolean changed = all.removeIf(filter);
        if (changed) {
            modCount++;
            known = null;
        }
        return changed;
    }
}
