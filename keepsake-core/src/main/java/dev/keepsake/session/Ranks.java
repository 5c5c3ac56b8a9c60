package dev.keepsake.session;

import dev.keepsake.codec.Relation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * The order in which objects can be written: each after those it refers to. Objects of one rank do not refer to each other,
 * so that each rank is one batch for each kind. Where objects refer to each other in a ring, one reference of each ring is
 * postponed. The ranks are noted on the objects. Depth-first search (Tarjan 1972) with a stack of its own, since a chain may be as long as there are objects.
 */
final class Ranks {
    /**
     * A reference from one object to another.
     *
     * @param from the one that refers
     * @param relation by which
     * @param to the other
     */
    record Reference(Held from, Relation.ToOne relation, Held to) {}

    private static final int NONE = -1;
    private static final int VISITING = -2;

    private final List<Reference> postponed = new ArrayList<>();

    private record Frame(Held held, List<Reference> all, Iterator<Reference> left) {}

    Ranks(Collection<Held> all, Function<Held, List<Reference>> references) {
        Deque<Frame> stack = new ArrayDeque<>();
        all.forEach(held -> held.rank = NONE);
        for (Held start : all) {
            if (start.rank == NONE) {
                enter(stack, start, references);
                while (!stack.isEmpty()) {
                    step(stack, references);
                }
            }
        }
    }

    private void enter(Deque<Frame> stack, Held held, Function<Held, List<Reference>> references) {
        List<Reference> leading = references.apply(held);
        if (leading.isEmpty()) {
            held.rank = 0;
        } else {
            held.rank = VISITING;
            stack.push(new Frame(held, leading, leading.iterator()));
        }
    }

    private void step(Deque<Frame> stack, Function<Held, List<Reference>> references) {
        Frame frame = Objects.requireNonNull(stack.peek());
        while (frame.left.hasNext()) {
            Reference reference = frame.left.next();
            if (reference.to.rank == NONE) {
                enter(stack, reference.to, references);
                return;
            }
            if (reference.to.rank == VISITING) {
                postponed.add(reference);
            }
        }
        int rank = 0;
        for (Reference reference : frame.all) {
            rank = Math.max(rank, 1 + reference.to.rank);
        }
        frame.held.rank = rank;
        stack.pop();
    }

    /** The references that close a ring. */
    List<Reference> postponed() {
        return postponed;
    }
}
