package dev.keepsake.sql;

import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Source;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Link;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where rows come from, as SQL: the table of a kind, or, where something is joined or unwound, a query in the place of a table,
 * whose columns are named {@code field} and {@code join.field}. So whoever writes conditions, keys and figures over it needs to know
 * nothing of joins: paths are {@link #flat}.
 */
final class SqlSources {
    private final SqlQueries queries;
    private final Dialect dialect;
    private final Source source;
    private final SqlQueries.Bounds bounds;
    private final Bound root;
    private final Bound bound;
    /** What a flat column is made of. */
    private final Map<String, String> places = new LinkedHashMap<>();

    private final StringBuilder joins = new StringBuilder();

    SqlSources(SqlQueries queries, Dialect dialect, Source source, SqlQueries.Bounds bounds) {
        this.queries = queries;
        this.dialect = dialect;
        this.source = source;
        this.bounds = bounds;
        this.root = bounds.apply(source.root());
        this.bound = plain() ? root : flattened();
    }

    /** Whether the rows are the objects of the kind. */
    private boolean plain() {
        return source.steps().isEmpty() && source.filter() instanceof Condition.Constant;
    }

    /** The columns of the rows, by flat names. */
    Bound bound() {
        return bound;
    }

    /** A path of the rows with a joined object's name and field as one step. */
    Path flat(Path path) {
        if (!path.nested() || !isJoin(path.field())) {
            return path;
        }
        List<String> steps =
                new ArrayList<>(path.steps().subList(2, path.steps().size()));
        steps.addFirst(path.field() + "." + path.inside().getFirst());
        return new Path(steps);
    }

    Aggregation.Measure flat(Aggregation.Measure measure) {
        Path path = measure.path();
        return path == null ? measure : new Aggregation.Measure(measure.name(), measure.function(), flat(path));
    }

    private boolean isJoin(String name) {
        return source.steps().stream()
                .anyMatch(
                        step -> step instanceof Source.Join join && join.name().equals(name));
    }

    /** Writes where the rows come from, and which. */
    void from(SqlWriter out) {
        if (plain()) {
            out.sql(" FROM ").table(source.root().name());
            queries.where(out, source.where(), root, bounds);
            return;
        }
        out.sql(" FROM (SELECT ");
        out.each(places.entrySet(), ", ", place -> {
            out.sql(place.getValue()).sql(" AS ").name(place.getKey());
        });
        out.sql(" FROM ");
        if (source.where() instanceof Condition.Constant constant && constant.value()) {
            out.table(source.root().name());
        } else {
            out.sql("(SELECT * FROM ").table(source.root().name());
            queries.where(out, source.where(), root, bounds);
            out.sql(")");
        }
        out.sql(" AS r0").sql(joins.toString()).sql(") AS source");
        queries.where(out, flat(source.filter()), bound, bounds);
    }

    private Condition flat(Condition condition) {
        return condition.moved(this::flat);
    }

    // ---- steps

    private Bound flattened() {
        Kind.Builder kind = Kind.named(source.root().name());
        Map<String, Column> columns = new LinkedHashMap<>();
        Map<String, Type> types = new LinkedHashMap<>();
        root.columns().forEach((name, column) -> {
            columns.put(name, column);
            types.put(name, source.root().typeAt(Path.of(name)));
            places.put(name, "r0." + dialect.identifier(name));
        });
        Map<String, String> aliases = new LinkedHashMap<>();
        aliases.put("", "r0");
        int number = 0;
        for (Source.Step step : source.steps()) {
            String alias = "r" + ++number;
            switch (step) {
                case Source.Join join -> {
                    Bound other = bounds.apply(join.link().target());
                    join(join, other, alias, Objects.requireNonNull(aliases.get(join.from())));
                    aliases.put(join.name(), alias);
                    other.columns().forEach((name, column) -> {
                        String flat = join.name() + "." + name;
                        columns.put(flat, column);
                        types.put(flat, join.link().target().typeAt(Path.of(name)));
                        places.put(flat, alias + "." + dialect.identifier(name));
                    });
                }
                case Source.Unwind unwind -> {
                    String flat = String.join(".", unwind.path().steps());
                    String list = Objects.requireNonNull(places.get(flat));
                    Type element = types.get(flat) instanceof Type.Sequence of ? of.element() : Type.ANY;
                    joins.append(" JOIN ").append(dialect.unwound(list, alias)).append(" ON true");
                    columns.put(flat, dialect.element(element));
                    types.put(flat, element);
                    places.put(flat, dialect.element(list, alias));
                }
            }
        }
        types.forEach((name, type) -> kind.field(Field.of(name, type)));
        Kind flat = kind.build();
        return new Bound(flat, flat, columns);
    }

    private void join(Source.Join join, Bound other, String alias, String from) {
        Link link = join.link();
        Bound here = join.from().isEmpty() ? root : bounds.apply(joined(join.from()));
        queries.requireComparable(here, link, other);
        joins.append(join.outer() ? " LEFT JOIN " : " JOIN ")
                .append(dialect.table(link.target().name()))
                .append(" AS ")
                .append(alias)
                .append(" ON ");
        for (int i = 0; i < link.fields().size(); i++) {
            joins.append(i == 0 ? "" : " AND ")
                    .append(alias)
                    .append('.')
                    .append(dialect.identifier(link.targets().get(i)))
                    .append(" = ")
                    .append(from)
                    .append('.')
                    .append(dialect.identifier(link.fields().get(i)));
        }
    }

    private Kind joined(String name) {
        for (Source.Step step : source.steps()) {
            if (step instanceof Source.Join join && join.name().equals(name)) {
                return join.link().target();
            }
        }
        throw new IllegalStateException(name);
    }
}
