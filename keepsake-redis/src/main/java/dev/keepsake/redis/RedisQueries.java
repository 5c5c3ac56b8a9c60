package dev.keepsake.redis;

import dev.keepsake.fault.Invalid;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.redis.RedisPlan.ByIds;
import dev.keepsake.redis.RedisPlan.InIndex;
import dev.keepsake.redis.RedisPlan.Lookup;
import dev.keepsake.redis.RedisPlan.Range;
import dev.keepsake.redis.RedisPlan.Route;
import dev.keepsake.schema.Index;
import dev.keepsake.value.Id;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Conditions as places in sorted sets: by ids where these are given, else by the index of which most fields are compared, else by those
 * of each alternative. What the place does not say of the condition is tested on the objects that are found there. Stateless but for
 * the kind.
 */
final class RedisQueries {
    private final RedisKind kind;

    RedisQueries(RedisKind kind) {
        this.kind = kind;
    }

    /** Where the selected objects are; empty where all of the kind would have to be read for a condition. */
    Optional<RedisPlan> plan(Selection selection) {
        Condition condition = selection.condition();
        return isAll(condition) ? Optional.of(everything(selection.order())) : Optional.ofNullable(plan(condition));
    }

    private static boolean isAll(Condition condition) {
        return condition instanceof Condition.Constant constant && constant.value();
    }

    /** All objects, by the index that has the order. */
    RedisPlan everything(List<Order> order) {
        RedisPlan best = null;
        int longest = -1;
        for (Optional<Index> index : indexes()) {
            RedisPlan plan = new RedisPlan(List.of(new InIndex(index, Range.ALL)), true, route(index, 0, Set.of()));
            RedisPlan.Match match = plan.match(order);
            int length = match.keys().size() * 2 + (match.isWhole() ? 1 : 0);
            if (length > longest) {
                best = plan;
                longest = length;
            }
        }
        return Objects.requireNonNull(best);
    }

    /** The index of ids first, then those that have all objects. */
    private List<Optional<Index>> indexes() {
        List<Optional<Index>> indexes = new ArrayList<>();
        indexes.add(Optional.empty());
        kind.kind().indexes().stream()
                .filter(index -> !kind.building().contains(index.name()))
                .forEach(index -> indexes.add(Optional.of(index)));
        return indexes;
    }

    private List<Index.Part> parts(Optional<Index> index) {
        return index.map(Index::parts)
                .orElseGet(() -> kind.kind().id().stream()
                        .map(part -> new Index.Part(part, false))
                        .toList());
    }

    private Route route(Optional<Index> index, int fixed, Set<String> equal) {
        List<Order> keys = new ArrayList<>();
        List<Index.Part> parts = parts(index);
        Set<String> seen = new HashSet<>();
        parts.subList(0, fixed).forEach(part -> seen.add(Path.of(part.field()).toString()));
        Stream.concat(
                        parts.subList(fixed, parts.size()).stream(),
                        index.isEmpty() ? Stream.empty() : parts(Optional.empty()).stream())
                .forEach(part -> {
                    Path path = Path.of(part.field());
                    if (seen.add(path.toString())) {
                        keys.add(new Order(path, part.descending()));
                    }
                });
        return new Route(keys, equal);
    }

    // ---- conditions

    private @Nullable RedisPlan plan(Condition condition) {
        List<Condition> all = new ArrayList<>();
        flatten(condition, all);
        if (all.stream().anyMatch(each -> each instanceof Condition.Constant constant && !constant.value())) {
            return new RedisPlan(List.of(), true, null);
        }
        all.removeIf(RedisQueries::isAll);
        RedisPlan byIds = byIds(all);
        return byIds != null ? byIds : Optional.ofNullable(byIndex(all)).orElseGet(() -> byAlternatives(all));
    }

    private static void flatten(Condition condition, List<Condition> all) {
        if (condition instanceof Condition.And and) {
            and.all().forEach(each -> flatten(each, all));
        } else {
            all.add(condition);
        }
    }

    /** By keys of objects, which are made of the ids' text; a value of any type has several that are equal. */
    private @Nullable RedisPlan byIds(List<Condition> all) {
        List<String> id = kind.kind().id();
        if (id.isEmpty() || id.stream().anyMatch(part -> Type.nested(type(part)))) {
            return null;
        }
        Map<String, Object> equal = new LinkedHashMap<>();
        for (String part : id) {
            for (Condition each : all) {
                if (id.size() == 1
                        && each instanceof Condition.In in
                        && in.path().equals(Path.of(part))) {
                    return new RedisPlan(List.of(new ByIds(fitting(in.values(), part))), all.size() == 1, null);
                }
                if (isEqual(each, part)) {
                    equal.putIfAbsent(part, ((Condition.Compare) each).value());
                }
            }
        }
        if (equal.size() < id.size()) {
            return null;
        }
        Map<String, Object> fitted = new LinkedHashMap<>();
        equal.forEach((part, value) -> fitting(List.of(value), part).forEach(fits -> fitted.put(part, fits)));
        if (fitted.size() < id.size()) {
            return new RedisPlan(List.of(), true, null);
        }
        Object only = id.size() == 1 ? fitted.values().iterator().next() : Id.of(fitted);
        return new RedisPlan(List.of(new ByIds(List.of(only))), all.size() == id.size(), null);
    }

    private Type type(String field) {
        return kind.kind().typeAt(Path.of(field));
    }

    /** The values as the field has them; one that it cannot have finds nothing. */
    private List<Object> fitting(Collection<Object> values, String part) {
        Set<Object> fitting = new LinkedHashSet<>();
        for (Object value : values) {
            try {
                Object fits = Values.fit(value, type(part), Path.of(part));
                if (fits != null) {
                    fitting.add(fits);
                }
            } catch (Invalid e) {
                // no object has it
            }
        }
        return List.copyOf(fitting);
    }

    private static boolean isEqual(Condition condition, String field) {
        return condition instanceof Condition.Compare compare
                && compare.operator() == Condition.Operator.EQ
                && compare.path().equals(Path.of(field));
    }

    /** What an index can do for a condition. */
    private record Use(Optional<Index> index, List<Range> ranges, int fixed, Set<String> equal, Set<Condition> used) {
        int worth() {
            return 10 * fixed
                    + 5 * (used.size() > fixed ? 1 : 0)
                    + (index.filter(Index::unique).isPresent() ? 1 : 0);
        }
    }

    private @Nullable RedisPlan byIndex(List<Condition> all) {
        Use best = null;
        for (Optional<Index> index : indexes()) {
            Use use = use(index, all);
            if (!use.used.isEmpty() && (best == null || use.worth() > best.worth())) {
                best = use;
            }
        }
        if (best == null) {
            return null;
        }
        Use chosen = best;
        List<Lookup> lookups = chosen.ranges.stream()
                .map(range -> (Lookup) new InIndex(chosen.index, range))
                .toList();
        boolean exact = chosen.used.size() == all.size() && chosen.used.stream().noneMatch(RedisQueries::isNested);
        return new RedisPlan(lookups, exact, route(chosen.index, chosen.fixed, chosen.equal));
    }

    /** Of lists and maps the sort key can be equal where the condition is not. */
    private static boolean isNested(Condition condition) {
        return switch (condition) {
            case Condition.Compare compare -> isNested(compare.value());
            case Condition.In in -> in.values().stream().anyMatch(RedisQueries::isNested);
            case Condition.Between between -> isNested(between.least()) || isNested(between.greatest());
            default -> false;
        };
    }

    private static boolean isNested(Object value) {
        return value instanceof Map<?, ?> || value instanceof List<?>;
    }

    private Use use(Optional<Index> index, List<Condition> all) {
        List<byte[]> start = new ArrayList<>();
        Set<String> equal = new HashSet<>();
        Set<Condition> used = new HashSet<>();
        List<Index.Part> parts = parts(index);
        int fixed = 0;
        for (Index.Part part : parts) {
            Optional<Condition> found =
                    all.stream().filter(each -> isEqual(each, part.field())).findFirst();
            if (found.isEmpty()) {
                break;
            }
            start.add(RedisKind.sortKey(part, ((Condition.Compare) found.get()).value()));
            equal.add(Path.of(part.field()).toString());
            used.add(found.get());
            fixed++;
        }
        byte[] prefix = RedisStates.joined(start);
        List<Range> ranges = List.of(Range.startingWith(prefix));
        if (fixed < parts.size()) {
            ranges = narrowed(prefix, parts.get(fixed), all, used, ranges);
        }
        return new Use(index, ranges, fixed, equal, used);
    }

    private static List<Range> narrowed(
            byte[] prefix, Index.Part part, List<Condition> all, Set<Condition> used, List<Range> whole) {
        Path path = Path.of(part.field());
        for (Condition each : all) {
            if (each instanceof Condition.In in && in.path().equals(path)) {
                used.add(each);
                return in(prefix, part, in.values());
            }
        }
        byte[] from = null;
        byte[] to = null;
        boolean isBounded = false;
        for (Condition each : all) {
            Range range = range(prefix, part, path, each);
            if (range != null) {
                from = from == null || Arrays.compareUnsigned(range.from(), from) > 0 ? range.from() : from;
                byte[] end = range.to();
                to = to == null || (end != null && Arrays.compareUnsigned(end, to) < 0) ? end : to;
                isBounded = true;
                used.add(each);
            }
        }
        if (!isBounded || from == null) {
            return whole;
        }
        return to != null && Arrays.compareUnsigned(from, to) >= 0 ? List.of() : List.of(new Range(from, to));
    }

    /** A range for each value, in their order, so that what is found is in the order of the index. */
    private static List<Range> in(byte[] prefix, Index.Part part, List<Object> values) {
        Map<byte[], Range> ranges = new TreeMap<>(Arrays::compareUnsigned);
        for (Object value : values) {
            byte[] start = RedisStates.joined(List.of(prefix, RedisKind.sortKey(part, value)));
            ranges.put(start, Range.startingWith(start));
        }
        return List.copyOf(ranges.values());
    }

    private static @Nullable Range range(byte[] prefix, Index.Part part, Path path, Condition condition) {
        return switch (condition) {
            case Condition.Compare c
            when c.path().equals(path) ->
                switch (c.operator()) {
                    case EQ -> null;
                    case LT -> directed(prefix, part, c.value(), null, false, c.value(), false);
                    case LE -> directed(prefix, part, c.value(), null, false, c.value(), true);
                    case GT -> directed(prefix, part, c.value(), c.value(), false, null, false);
                    case GE -> directed(prefix, part, c.value(), c.value(), true, null, false);
                };
            case Condition.Between b
            when b.path().equals(path) && sameType(b) ->
                directed(prefix, part, b.least(), b.least(), true, b.greatest(), true);
            case Condition.Match m
            when m.path().equals(path) && m.manner() == Condition.Manner.STARTS_WITH && !m.ignoringCase() -> {
                byte[] start = SortKey.ofTextsStartingWith(m.text());
                yield Range.startingWith(
                        RedisStates.joined(List.of(prefix, part.descending() ? SortKey.inverted(start) : start)));
            }
            default -> null;
        };
    }

    private static boolean sameType(Condition.Between between) {
        return SortKey.ofTypeOf(between.least())[0] == SortKey.ofTypeOf(between.greatest())[0];
    }

    /**
     * The range of values between two, of the type of one of them.
     *
     * @param least null for all that are not greater
     * @param greatest null for all that are not less
     */
    private static Range directed(
            byte[] prefix,
            Index.Part part,
            Object typical,
            @Nullable Object least,
            boolean withLeast,
            @Nullable Object greatest,
            boolean withGreatest) {
        boolean down = part.descending();
        byte[] type = SortKey.ofTypeOf(typical);
        byte[] all = RedisStates.joined(List.of(prefix, down ? SortKey.inverted(type) : type));
        Object low = down ? greatest : least;
        boolean withLow = down ? withGreatest : withLeast;
        Object high = down ? least : greatest;
        boolean withHigh = down ? withLeast : withGreatest;
        Range whole = Range.startingWith(all);
        byte[] from = whole.from();
        byte[] to = whole.to();
        if (low != null) {
            byte[] at = RedisStates.joined(List.of(prefix, RedisKind.sortKey(part, low)));
            byte[] behind = SortKey.behind(at);
            from = withLow || behind == null ? at : behind;
        }
        if (high != null) {
            byte[] at = RedisStates.joined(List.of(prefix, RedisKind.sortKey(part, high)));
            to = withHigh ? SortKey.behind(at) : at;
        }
        return new Range(from, to);
    }

    /** What is found in several places is told by its id, so that a bag is read whole. */
    private @Nullable RedisPlan byAlternatives(List<Condition> all) {
        for (Condition each : all) {
            if (each instanceof Condition.Or or) {
                List<Lookup> lookups = new ArrayList<>();
                boolean answers = true;
                for (Condition alternative : or.any()) {
                    RedisPlan plan = plan(alternative);
                    if (plan == null) {
                        answers = false;
                        break;
                    }
                    lookups.addAll(plan.lookups());
                }
                if (answers) {
                    return kind.kind().isBag()
                            ? new RedisPlan(everything(List.of()).lookups(), false, null)
                            : new RedisPlan(lookups, false, null);
                }
            }
        }
        return null;
    }
}
