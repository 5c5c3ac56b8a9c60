package dev.keepsake.session;

import dev.keepsake.codec.Ref;
import dev.keepsake.codec.Relation;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference.OnDelete;
import dev.keepsake.value.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The delete rules: what becomes of those who refer to objects that are to be deleted, level by level, a query for each relation. */
final class Follow {
    private final Unit unit;
    private final Model model;
    private final Undo undo;
    private final Predicate<Relation.ToOne> enforced;

    /**
     * The rules of a model.
     *
     * @param enforced whether the store itself refuses to delete what a reference leads to
     */
    Follow(Unit unit, Model model, Undo undo, Predicate<Relation.ToOne> enforced) {
        this.unit = unit;
        this.model = model;
        this.undo = undo;
        this.enforced = enforced;
    }

    /** Deletes and empties what follows from the deletes that there are, and refuses those that may not be. */
    void all() {
        Deque<Held> queue = new ArrayDeque<>();
        for (Tracked tracked : unit.all()) {
            for (Held held : tracked.order()) {
                if (held.status == Held.Status.DELETED) {
                    queue.add(held);
                }
            }
        }
        Set<Held> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        while (!queue.isEmpty()) {
            Map<Kind, List<Held>> together = new LinkedHashMap<>();
            while (!queue.isEmpty()) {
                Held held = queue.poll();
                if (seen.add(held)) {
                    together.computeIfAbsent(held.kind(), kind -> new ArrayList<>())
                            .add(held);
                }
            }
            together.forEach((kind, gone) -> {
                for (Relation.ToOne relation : model.incoming(kind)) {
                    follow(relation, gone, queue);
                }
            });
        }
    }

    private void follow(Relation.ToOne relation, List<Held> gone, Deque<Held> queue) {
        boolean refuses = relation.onDelete() == OnDelete.REFUSE;
        if (refuses && gone.stream().allMatch(held -> held.stored != null) && enforced.test(relation)) {
            return; // the store refuses it, and names the rule
        }
        Set<Object> ids = new HashSet<>();
        Set<Object> instances = Collections.newSetFromMap(new IdentityHashMap<>());
        gone.forEach(held -> {
            instances.add(held.object);
            if (held.stored != null || held.unmet) {
                ids.add(held.id());
            }
        });
        for (List<Object> some : Loading.chunks(ids)) {
            unit.loading.loadHeld(
                    model.codec(relation.ownerKind()),
                    Selection.of(relation.ownerKind())
                            .where(Term.of(Path.of(relation.field()).toString()).in(some)));
        }
        for (Held held : List.copyOf(unit.tracked(relation.ownerKind()).order())) {
            boolean alive = held.status == Held.Status.STORED
                    || held.status == Held.Status.NEW
                    || held.status == Held.Status.PUT;
            if (!alive || !relation.owner().isInstance(held.object) || !refersTo(held, relation, instances, ids)) {
                continue;
            }
            switch (relation.onDelete()) {
                case REFUSE ->
                    throw Problem.REFERENCE_VIOLATION
                            .because(
                                    "%s %s still refers to %s %s",
                                    held.kind().name(),
                                    Report.quote(held.id),
                                    relation.codec().kind().name(),
                                    Report.quote(Unit.idBehind(relation, held.object)))
                            .fact("kind", held.kind().name())
                            .fact("rule", relation.field())
                            .hint("delete it too, or let it refer elsewhere; or say what is to happen by @OnDelete on "
                                    + relation)
                            .fault();
                case CASCADE -> {
                    held.status = Held.Status.DELETED;
                    queue.add(held);
                }
                case NULLIFY -> {
                    undo.emptied(held, relation, relation.get(held.object));
                    if (held.fixed) {
                        unit.replace(held, held.codec.with(held.object, relation, null));
                    } else {
                        relation.set(held.object, null);
                    }
                }
            }
        }
    }

    private static boolean refersTo(Held held, Relation.ToOne relation, Set<Object> gone, Set<Object> ids) {
        Object value = relation.get(held.object);
        if (value == null) {
            return false;
        }
        Object loaded = value instanceof Ref<?> ref ? ref.loaded().orElse(null) : value;
        if (loaded != null && gone.contains(loaded)) {
            return true;
        }
        Object id = Unit.idBehind(relation, held.object);
        return id != null && ids.contains(id);
    }
}
