package dev.keepsake.query;

import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Link;
import dev.keepsake.schema.Schema;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rows that figures and projections are made of: the objects of a kind, those they lead to joined to them, lists unwound. A
 * row is like an object of a kind of its own, {@link #kind}, in which a joined object is a field with fields inside, and an
 * unwound list is its element. Immutable.
 *
 * @param root the kind it starts with
 * @param schema where paths lead
 * @param where which objects of the root, resolved
 * @param steps what is done to them, in order
 * @param kind what a row is like
 * @param filter which rows, resolved
 */
public record Source(Kind root, Schema schema, Condition where, List<Step> steps, Kind kind, Condition filter) {

    /** One step from rows to more rows. */
    public sealed interface Step {}

    /**
     * To each row the objects it leads to: a row for each of them.
     *
     * @param from whose reference it is: the path of a joined object, or empty for the root
     * @param link where it leads
     * @param name the field in which the joined object is
     * @param outer whether a row without any stays, with nothing in that field
     */
    public record Join(String from, Link link, String name, boolean outer) implements Step {}

    /**
     * To each row its list, element by element; one whose list is absent, null, empty or no list is dropped.
     *
     * @param path where the list is, and afterwards the element
     */
    public record Unwind(Path path) implements Step {}

    /** Copies the steps. */
    public Source {
        steps = List.copyOf(steps);
    }

    /** All objects of a kind. */
    public static Source of(Kind root, Schema schema) {
        return new Source(root, schema, Condition.all(), List.of(), root, Condition.all());
    }

    /** Those alone for which the condition holds, which is about the row as it is after the steps so far. */
    public Source where(Condition condition) {
        return steps.isEmpty()
                ? whereRoot(condition)
                : new Source(root, schema, where, steps, kind, filter.and(condition.resolve(kind)));
    }

    /** Those alone whose object of the root satisfies the condition, which is about it as it is before the steps. */
    public Source whereRoot(Condition condition) {
        return new Source(root, schema, where.and(condition.resolve(root, schema)), steps, kind, filter);
    }

    /** The objects that a step leads to joined, each row for each; rows without any are dropped. */
    public Source join(Path through, String name) {
        return join(through, name, false);
    }

    /** As {@link #join(Path, String)}, rows without any kept. */
    public Source leftJoin(Path through, String name) {
        return join(through, name, true);
    }

    private Source join(Path through, String name, boolean outer) {
        List<String> before = through.steps().subList(0, through.steps().size() - 1);
        String step = through.steps().getLast();
        Kind from = before.isEmpty() ? root : joinedKind(before, through);
        Link link = schema.link(from, step)
                .orElseThrow(() -> Problem.UNKNOWN_FIELD
                        .because("%s leads from kind %s to no other kind", step, from.name())
                        .near(step, leading(from))
                        .fault());
        if (kind.field(name).isPresent()) {
            throw Problem.REQUEST_INVALID
                    .because("the rows have a field %s already", name)
                    .hint("join it under another name")
                    .fault();
        }
        Map<String, Type> fields = new LinkedHashMap<>();
        link.target().fields().forEach(field -> fields.put(field.name(), field.type()));
        Kind wider =
                kind.toBuilder().field(Field.of(name, new Type.Struct(fields))).build();
        List<Step> more = new ArrayList<>(steps);
        more.add(new Join(before.isEmpty() ? "" : before.getFirst(), link, name, outer));
        return new Source(root, schema, where, more, wider, filter);
    }

    private List<String> leading(Kind from) {
        List<String> steps = new ArrayList<>(schema.steps(from));
        from.references().forEach(reference -> steps.addAll(reference.fields()));
        return steps;
    }

    private Kind joinedKind(List<String> before, Path through) {
        if (before.size() == 1) {
            for (Step step : steps) {
                if (step instanceof Join join && join.name.equals(before.getFirst())) {
                    return join.link.target();
                }
            }
        }
        throw Problem.REQUEST_INVALID
                .because("%s starts from no joined object", through)
                .hint("join " + String.join(".", before) + " first, and start from its name")
                .fault();
    }

    /** A condition on the rows so far is about the list as a whole, and would be about its elements. */
    private void requireUnread(Path list) {
        if (filter.paths().contains(list)) {
            throw Problem.REQUEST_INVALID
                    .because("%s is unwound after a condition about it as a whole", list)
                    .hint("name the condition before anything is joined, or after the list is unwound")
                    .fault();
        }
    }

    /** The rows with a list unwound. */
    public Source unwind(Path path) {
        requireUnread(path);
        boolean whole = path.steps().size() == 1 || (path.steps().size() == 2 && isJoin(path.field()));
        if (!whole) {
            throw Problem.REQUEST_INVALID
                    .because("%s is inside another value; only a field that is a list as a whole is unwound", path)
                    .fault();
        }
        Type type = kind.typeAt(path);
        Type element = switch (type) {
            case Type.Sequence list -> list.element();
            case Type.Any any -> any;
            default -> throw Literals.mismatch(path, type, "it is no list");
        };
        Kind.Builder other = kind.toBuilder();
        if (path.nested()) {
            Type.Struct struct = (Type.Struct) kind.typeAt(Path.of(path.field()));
            Map<String, Type> fields = new LinkedHashMap<>(struct.members());
            fields.put(path.inside().getFirst(), element);
            other.replace(path.field(), Field.of(path.field(), new Type.Struct(fields)));
        } else {
            other.replace(path.field(), Field.of(path.field(), element));
        }
        List<Step> more = new ArrayList<>(steps);
        more.add(new Unwind(path));
        return new Source(root, schema, where, more, other.build(), filter);
    }

    private boolean isJoin(String name) {
        return steps.stream().anyMatch(step -> step instanceof Join join && join.name.equals(name));
    }

    /** The names of all kinds that are read. */
    public Set<String> kinds() {
        Set<String> kinds = new LinkedHashSet<>();
        kinds.add(root.name());
        kinds.addAll(where.others());
        for (Step step : steps) {
            if (step instanceof Join join) {
                kinds.add(join.link.target().name());
            }
        }
        return kinds;
    }

    /** Whether it leads through references, to this kind or others. */
    public boolean crosses() {
        return !where.others().isEmpty() || steps.stream().anyMatch(Join.class::isInstance);
    }

    /** In words: {@code movies where year > 1990 unwind directors}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(root.name());
        Printed.where(text, where);
        for (Step step : steps) {
            switch (step) {
                case Join join ->
                    text.append(join.outer ? " left join " : " join ")
                            .append(join.link.target().name())
                            .append(join.from.isEmpty() ? "" : " of " + join.from)
                            .append(" as ")
                            .append(join.name);
                case Unwind unwind -> text.append(" unwind ").append(unwind.path);
            }
        }
        Printed.where(text, filter);
        return text.toString();
    }
}
