package dev.keepsake.query;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Link;
import dev.keepsake.schema.Schema;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A path that leads from kind to kind: a reference is a left join, so that behind a missing object everything is absent; a
 * kind that refers here means that some of its objects do.
 *
 * @param links where it leads, link by link; none for a path inside the kind itself
 * @param kind the kind at its end
 * @param rest the path inside that
 */
record Crossing(List<Link> links, Kind kind, Path rest) {

    static Crossing of(Kind from, Schema schema, Path path) {
        List<Link> links = new ArrayList<>();
        Kind at = from;
        Path rest = path;
        for (Optional<Link> link = step(at, schema, rest); link.isPresent(); link = step(at, schema, rest)) {
            links.add(link.get());
            at = link.get().target();
            rest = behind(rest);
        }
        return new Crossing(links, at, rest);
    }

    /** The link that the first step of a path is, if more follows. */
    private static Optional<Link> step(Kind at, Schema schema, Path path) {
        boolean inside = at.field(path.field())
                .filter(field -> Type.nested(field.type()))
                .isPresent();
        if (inside) {
            return Optional.empty();
        }
        Optional<Link> link = schema.link(at, path.field());
        if (link.isPresent() && path.steps().size() == 1) {
            if (at.field(path.field()).isEmpty()) {
                throw Problem.UNKNOWN_FIELD
                        .because(
                                "%s leads from kind %s to kind %s, and names none of its fields",
                                Report.quote(path.field()),
                                at.name(),
                                link.get().target().name())
                        .hint("add one, as in " + path + "."
                                + link.get().target().fields().getFirst().name())
                        .fault();
            }
            return Optional.empty();
        }
        return link;
    }

    static Path behind(Path path) {
        return new Path(path.steps().subList(1, path.steps().size()));
    }

    /** The type of what a path leads to. */
    Type type() {
        return kind.typeAt(rest);
    }

    /** Whether it leads to one object at most. */
    boolean isToOne() {
        return links.stream().noneMatch(Link::many);
    }

    /** A condition whose path leads to another kind, as one that asks that kind; null for one that does not. */
    static @Nullable Condition of(Condition condition, Kind kind, Schema schema) {
        return switch (condition) {
            case Condition.Related related -> related(related, kind, schema);
            case Condition.IsNull n -> {
                Link link = step(kind, schema, n.path()).orElse(null);
                yield link == null
                        ? null
                        : new Condition.Related(
                                        Path.of(n.path().field()),
                                        link,
                                        new Condition.IsNull(behind(n.path()))
                                                .not()
                                                .resolve(link.target(), schema))
                                .not();
            }
            case Condition.Compare c -> leaf(c, c.path(), kind, schema);
            case Condition.Between b -> leaf(b, b.path(), kind, schema);
            case Condition.In in -> leaf(in, in.path(), kind, schema);
            case Condition.Match m -> leaf(m, m.path(), kind, schema);
            case Condition.Has h -> leaf(h, h.path(), kind, schema);
            case Condition.Constant c -> null;
            case Condition.And and -> null;
            case Condition.Or or -> null;
            case Condition.Not not -> null;
        };
    }

    private static @Nullable Condition leaf(Condition leaf, Path path, Kind kind, Schema schema) {
        Link link = step(kind, schema, path).orElse(null);
        return link == null
                ? null
                : new Condition.Related(
                        Path.of(path.field()),
                        link,
                        leaf.moved(Crossing::behind).resolve(link.target(), schema));
    }

    private static @Nullable Condition related(Condition.Related related, Kind kind, Schema schema) {
        if (related.link() != null) {
            return null;
        }
        Path through = related.through();
        Link link = schema.link(kind, through.field())
                .orElseThrow(() -> Problem.UNKNOWN_FIELD
                        .because("%s leads from kind %s to no other kind", Report.quote(through.field()), kind.name())
                        .near(through.field(), leading(kind, schema))
                        .fault());
        Condition inner = through.nested()
                ? new Condition.Related(behind(through), null, related.condition())
                : related.condition();
        return new Condition.Related(Path.of(through.field()), link, inner.resolve(link.target(), schema));
    }

    private static List<String> leading(Kind kind, Schema schema) {
        List<String> steps = new ArrayList<>(schema.steps(kind));
        kind.references().forEach(reference -> {
            if (reference.fields().size() == 1) {
                steps.add(reference.fields().getFirst());
            }
        });
        return steps;
    }
}
