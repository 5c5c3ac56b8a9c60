package dev.keepsake.store;

import dev.keepsake.query.Condition;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.value.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which selections a store that answers from indexes alone can answer. */
final class Indexing {
    private Indexing() {}

    /** Whether every object that can satisfy the condition is found by ids or by an index on one field. */
    static boolean answers(Selection selection) {
        Set<String> indexed = indexed(selection.kind());
        if (narrowed(selection.condition(), selection.kind(), indexed)) {
            return true;
        }
        boolean everything = selection.condition() instanceof Condition.Constant;
        List<Order> order = selection.order();
        return everything
                && (order.isEmpty() || indexed.contains(order.getFirst().path().toString()));
    }

    private static Set<String> indexed(Kind kind) {
        Set<String> indexed = new HashSet<>();
        kind.indexes().stream()
                .map(Index::fields)
                .forEach(fields -> indexed.add(Path.of(fields.getFirst()).toString()));
        if (kind.id().size() == 1) {
            indexed.add(Path.of(kind.id().getFirst()).toString());
        }
        return indexed;
    }

    private static boolean narrowed(Condition condition, Kind kind, Set<String> indexed) {
        return switch (condition) {
            case Condition.Constant c -> !c.value();
            case Condition.Compare c -> indexed.contains(c.path().toString());
            case Condition.Between b -> indexed.contains(b.path().toString());
            case Condition.In in -> indexed.contains(in.path().toString());
            case Condition.Match m ->
                m.manner() == Condition.Manner.STARTS_WITH
                        && !m.ignoringCase()
                        && indexed.contains(m.path().toString());
            case Condition.And and ->
                identifies(and, kind) || and.all().stream().anyMatch(each -> narrowed(each, kind, indexed));
            case Condition.Or or -> or.any().stream().allMatch(each -> narrowed(each, kind, indexed));
            case Condition.IsNull n -> false;
            case Condition.Has h -> false;
            case Condition.Related r -> false;
            case Condition.Not n -> false;
        };
    }

    /** Whether all parts of a composite id are given. */
    private static boolean identifies(Condition.And and, Kind kind) {
        Set<String> equal = new HashSet<>();
        flatten(and, equal);
        return !kind.isBag() && equal.containsAll(kind.id());
    }

    private static void flatten(Condition.And and, Set<String> equal) {
        for (Condition each : and.all()) {
            if (each instanceof Condition.Compare c
                    && c.operator() == Condition.Operator.EQ
                    && !c.path().nested()) {
                equal.add(c.path().field());
            } else if (each instanceof Condition.And inner) {
                flatten(inner, equal);
            }
        }
    }

    static String advice(Selection selection) {
        List<Path> paths = selection.condition().paths();
        Path path = paths.isEmpty()
                ? selection.order().stream().findFirst().map(Order::path).orElse(Path.of("id"))
                : paths.getFirst();
        return "declare an index on " + path;
    }

    /**
     * The plan that follows from the declared indexes: the first whose leading fields are compared for equality, and whose
     * next are the keys of the sort, all in their direction or all against it.
     */
    static Explanation plan(Selection selection) {
        Set<String> equal = new HashSet<>();
        Condition condition = selection.condition();
        flatten(condition instanceof Condition.And and ? and : new Condition.And(List.of(condition)), equal);
        List<Order> order = selection.order().stream()
                .filter(key -> !equal.contains(key.path().toString()))
                .toList();
        for (Index index : selection.kind().indexes()) {
            int used = 0;
            while (used < index.parts().size()
                    && equal.contains(index.parts().get(used).field())) {
                used++;
            }
            boolean sorted = sorts(index.parts().subList(used, index.parts().size()), order, selection.kind());
            if (used > 0 || (sorted && !order.isEmpty())) {
                return new Explanation("index " + index, List.of(index.name()), !sorted);
            }
        }
        boolean byId =
                equal.containsAll(selection.kind().id()) && !selection.kind().isBag();
        return new Explanation(
                byId ? "by id" : "all of " + selection.kind().name(), List.of(), !byId && !order.isEmpty());
    }

    /** Whether an index has the order already; what it ends with is the id. */
    private static boolean sorts(List<Index.Part> parts, List<Order> order, Kind kind) {
        List<Order> wanted = order;
        while (!wanted.isEmpty()
                && wanted.size() > parts.size()
                && kind.id().contains(wanted.getLast().path().field())) {
            wanted = wanted.subList(0, wanted.size() - 1);
        }
        if (wanted.size() > parts.size()) {
            return false;
        }
        boolean against = !wanted.isEmpty()
                && wanted.getFirst().descending() != parts.getFirst().descending();
        for (int i = 0; i < wanted.size(); i++) {
            Index.Part part = parts.get(i);
            if (!wanted.get(i).path().equals(Path.of(part.field()))
                    || (wanted.get(i).descending() != part.descending()) != against) {
                return false;
            }
        }
        return true;
    }
}
