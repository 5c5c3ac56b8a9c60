package dev.keepsake.store;

import dev.keepsake.query.Condition;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Source;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Link;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import dev.keepsake.value.Values;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** From kind to kind in memory: the reference for what conditions, orders and rows across references mean in any store. */
final class MemoryLinks {
    private final Function<String, Collection<State>> states;

    MemoryLinks(Function<String, Collection<State>> states) {
        this.states = states;
    }

    // ---- conditions

    /** A condition ready to be tested, what it asks of other objects answered. */
    Predicate<State> ready(Condition condition) {
        return condition.reduced(this::answered).ready();
    }

    /** Those whose fields hold what some object does that satisfies the condition. */
    private Condition answered(Condition.Related related) {
        Link link = Objects.requireNonNull(related.link());
        Predicate<State> condition = ready(related.condition());
        Set<List<Object>> keys = new LinkedHashSet<>();
        for (State state : states.apply(link.target().name())) {
            List<Object> key = key(state, link.targets());
            if (key != null && condition.test(state)) {
                keys.add(key);
            }
        }
        if (link.fields().size() == 1) {
            List<Object> values = keys.stream().map(List::getFirst).toList();
            return new Condition.In(Path.of(link.fields().getFirst()), values);
        }
        List<Condition> any = new ArrayList<>();
        for (List<Object> key : keys) {
            Condition same = Condition.all();
            for (int i = 0; i < key.size(); i++) {
                same = same.and(new Term(Path.of(link.fields().get(i))).eq(key.get(i)));
            }
            any.add(same);
        }
        return new Condition.Or(any);
    }

    /** The values of fields; null where one is. */
    private static @Nullable List<Object> key(State state, List<String> fields) {
        List<Object> key = new ArrayList<>(fields.size());
        for (String field : fields) {
            Object value = state.get(field);
            if (value == null) {
                return null;
            }
            key.add(value);
        }
        return key;
    }

    // ---- orders

    /** Compares whole States by the order of a selection, through references too. */
    Comparator<State> comparator(Selection selection) {
        if (selection.order().stream().allMatch(key -> selection.links(key).isEmpty())) {
            return selection::compare;
        }
        List<Function<State, @Nullable Object>> keys = new ArrayList<>();
        List<Boolean> descending = new ArrayList<>();
        for (Order key : selection.order()) {
            List<Link> links = selection.links(key);
            keys.add(
                    links.isEmpty()
                            ? state -> valueAt(state, key.path())
                            : through(links, key.path().steps().getLast()));
            descending.add(key.descending());
        }
        return comparator(keys, descending);
    }

    private static @Nullable Object valueAt(State state, Path path) {
        Object value = state.get(path.field());
        for (String step : path.inside()) {
            value = value instanceof Map<?, ?> map ? map.get(step) : null;
        }
        return value;
    }

    private static Comparator<State> comparator(
            List<Function<State, @Nullable Object>> keys, List<Boolean> descending) {
        return (a, b) -> {
            for (int i = 0; i < keys.size(); i++) {
                int order = Values.order(keys.get(i).apply(a), keys.get(i).apply(b));
                if (order != 0) {
                    return descending.get(i) ? -order : order;
                }
            }
            return 0;
        };
    }

    private Function<State, @Nullable Object> through(List<Link> links, String field) {
        List<Map<List<Object>, List<State>>> tables =
                links.stream().map(this::byTargets).toList();
        IdentityHashMap<State, @Nullable Object> known = new IdentityHashMap<>();
        return state -> known.computeIfAbsent(state, from -> {
                            State at = from;
                            for (int i = 0; i < links.size(); i++) {
                                List<Object> key = key(at, links.get(i).fields());
                                List<State> found =
                                        key == null ? null : tables.get(i).get(key);
                                if (found == null) {
                                    return Optional.empty();
                                }
                                at = found.getFirst();
                            }
                            return Optional.ofNullable(at.get(field));
                        })
                        instanceof Optional<?> value
                ? value.orElse(null)
                : null;
    }

    private Map<List<Object>, List<State>> byTargets(Link link) {
        Map<List<Object>, List<State>> found = new HashMap<>();
        for (State state : states.apply(link.target().name())) {
            List<Object> key = key(state, link.targets());
            if (key != null) {
                found.computeIfAbsent(key, k -> new ArrayList<>()).add(state);
            }
        }
        return found;
    }

    // ---- rows

    /** The rows of a source, as States of its kind. */
    Stream<State> rows(Source source) {
        Stream<State> rows = states.apply(source.root().name()).stream().filter(ready(source.where()));
        if (source.steps().isEmpty() && source.filter() instanceof Condition.Constant) {
            return rows;
        }
        List<Map<String, @Nullable Object>> all =
                rows.map(MemoryLinks::map).collect(Collectors.toCollection(ArrayList::new));
        for (Source.Step step : source.steps()) {
            all = switch (step) {
                case Source.Join join -> joined(all, join);
                case Source.Unwind unwind -> unwound(all, unwind.path());
            };
        }
        Predicate<State> filter = source.filter().ready();
        return all.stream().map(row -> row(source, row)).filter(filter);
    }

    private static Map<String, @Nullable Object> map(State state) {
        return new LinkedHashMap<>(state.toMap());
    }

    private static State row(Source source, Map<String, @Nullable Object> values) {
        @Nullable Object[] row = new Object[source.kind().shape().size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = values.get(source.kind().shape().name(i));
        }
        return State.of(source.kind().shape(), row);
    }

    private List<Map<String, @Nullable Object>> joined(List<Map<String, @Nullable Object>> rows, Source.Join join) {
        Map<List<Object>, List<State>> others = byTargets(join.link());
        List<Map<String, @Nullable Object>> joined = new ArrayList<>();
        for (Map<String, @Nullable Object> row : rows) {
            Object from = join.from().isEmpty() ? row : row.get(join.from());
            List<Object> key =
                    from instanceof Map<?, ?> map ? key(map, join.link().fields()) : null;
            List<State> found = key == null ? List.of() : others.getOrDefault(key, List.of());
            for (State other : found) {
                Map<String, @Nullable Object> wider = new LinkedHashMap<>(row);
                wider.put(join.name(), map(other));
                joined.add(wider);
            }
            if (found.isEmpty() && join.outer()) {
                joined.add(row);
            }
        }
        return joined;
    }

    private static @Nullable List<Object> key(Map<?, ?> values, List<String> fields) {
        List<Object> key = new ArrayList<>();
        for (String field : fields) {
            Object value = values.get(field);
            if (value == null) {
                return null;
            }
            key.add(value);
        }
        return key;
    }

    private static List<Map<String, @Nullable Object>> unwound(List<Map<String, @Nullable Object>> rows, Path path) {
        List<Map<String, @Nullable Object>> unwound = new ArrayList<>();
        for (Map<String, @Nullable Object> row : rows) {
            boolean nested = path.nested();
            Map<String, @Nullable Object> holder = row;
            if (nested && row.get(path.field()) instanceof Map<?, ?> inside) {
                holder = new LinkedHashMap<>();
                for (Map.Entry<?, ?> entry : inside.entrySet()) {
                    holder.put((String) entry.getKey(), entry.getValue());
                }
            } else if (nested) {
                continue;
            }
            String field = nested ? path.inside().getFirst() : path.field();
            if (!(holder.get(field) instanceof List<?> list)) {
                continue;
            }
            for (Object element : list) {
                Map<String, @Nullable Object> one = new LinkedHashMap<>(row);
                if (nested) {
                    Map<String, @Nullable Object> inner = new LinkedHashMap<>(holder);
                    inner.put(field, element);
                    one.put(path.field(), inner);
                } else {
                    one.put(field, element);
                }
                unwound.add(one);
            }
        }
        return unwound;
    }
}
