package dev.keepsake.session;

import dev.keepsake.codec.Relation;
import dev.keepsake.schema.Generation;
import dev.keepsake.state.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a rollback restores: what the store holds of each object that was written since. Objects themselves keep what they
 * hold, so that a later flush writes it; new ones are forgotten, and lose an id that was made for them.
 */
final class Undo {
    private final List<Runnable> steps = new ArrayList<>();
    private final Unit unit;

    Undo(Unit unit) {
        this.unit = unit;
    }

    /** How much there is to undo, to come back to by {@link #to}. */
    int size() {
        return steps.size();
    }

    void inserted(Held held) {
        boolean made = held.generated || held.id == null;
        steps.add(() -> {
            held.stored = null;
            unit.forget(held);
            if (made && held.kind().generation() != Generation.GIVEN && !held.fixed) {
                held.codec.with(held.object, held.kind().id().getFirst(), null);
            }
        });
    }

    void updated(Held held) {
        State stored = held.stored();
        String version = held.kind().version().orElse(null);
        Object counted = version == null ? null : stored.get(version);
        steps.add(() -> {
            held.stored = stored;
            if (held.fixed) {
                held.replaced = true;
            } else if (version != null) {
                held.codec.with(held.object, version, counted);
            }
        });
    }

    /** A reference was emptied because the other object is deleted. */
    void emptied(Held held, Relation.ToOne relation, @Nullable Object before) {
        Object record = held.object;
        boolean replaced = held.replaced;
        steps.add(() -> {
            if (held.fixed) {
                held.object = record;
                held.replaced = replaced;
            } else if (relation.get(held.object) == null) {
                relation.set(held.object, before);
            }
        });
    }

    /**
     * It was deleted.
     *
     * @param stored what the store held of it
     */
    void deleted(Held held, @Nullable State stored) {
        if (held.stranger || stored == null) {
            return; // whether it was there at all is not known
        }
        steps.add(() -> {
            held.status = Held.Status.STORED;
            held.stored = stored;
            unit.place(held);
        });
    }

    void pairs(Unit of) {
        Map<Unit.Pair, Boolean> written = new LinkedHashMap<>(of.pairs);
        steps.add(() -> written.forEach((pair, in) -> {
            boolean alive = pair.own().status != Held.Status.GONE && pair.other().status != Held.Status.GONE;
            if (alive) {
                of.pairs.merge(pair, in, Undo::both);
            }
        }));
    }

    /** In and out again are nothing; so is out and in. */
    private static @Nullable Boolean both(Boolean first, Boolean second) {
        return first.equals(second) ? first : null;
    }

    /** Undoes all that came after. */
    void to(int size) {
        for (int i = steps.size() - 1; i >= size; i--) {
            steps.remove(i).run();
        }
    }

    /** What was done is lasting. */
    void forget() {
        steps.clear();
    }
}
