package dev.keepsake.query;

import dev.keepsake.state.State;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Values;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Conditions and paths evaluated in memory: the reference for what they mean in any store. */
final class Evaluation {
    private Evaluation() {}

    static boolean test(Condition condition, State state) {
        return switch (condition) {
            case Condition.Constant c -> c.value();
            case Condition.And and -> and.all().stream().allMatch(each -> test(each, state));
            case Condition.Or or -> or.any().stream().anyMatch(each -> test(each, state));
            case Condition.Not not -> !test(not.condition(), state);
            case Condition.IsNull n -> !reaches(state, n.path(), value -> true);
            case Condition.Compare c -> reaches(state, c.path(), leaf(c));
            case Condition.Between b -> reaches(state, b.path(), leaf(b));
            case Condition.In in -> reaches(state, in.path(), leaf(in));
            case Condition.Match m -> reaches(state, m.path(), leaf(m));
            case Condition.Has h -> reaches(state, h.path(), leaf(h));
            case Condition.Related r -> throw new IllegalStateException("asks other objects: " + r);
        };
    }

    /** What a condition on one value asks of it; conditions on several values are not leaves. */
    static Predicate<Object> leaf(Condition condition) {
        return switch (condition) {
            case Condition.Compare c
            when c.operator() == Condition.Operator.EQ -> value -> Values.equal(value, c.value());
            case Condition.Compare c ->
                value -> Values.compare(value, c.value())
                        .filter(c.operator()::holds)
                        .isPresent();
            case Condition.Between b ->
                value -> Values.compare(value, b.least()).filter(o -> o >= 0).isPresent()
                        && Values.compare(value, b.greatest())
                                .filter(o -> o <= 0)
                                .isPresent();
            case Condition.In in -> value -> in.values().stream().anyMatch(each -> Values.equal(value, each));
            case Condition.Match m -> matcher(m);
            case Condition.Has h ->
                value -> value instanceof List<?> list
                        && list.stream().anyMatch(element -> Values.equal(element, h.value()));
            case Condition.IsNull n -> value -> false;
            case Condition.Constant c -> value -> c.value();
            case Condition.And a -> throw new IllegalArgumentException("not a leaf: " + a);
            case Condition.Or o -> throw new IllegalArgumentException("not a leaf: " + o);
            case Condition.Not n -> throw new IllegalArgumentException("not a leaf: " + n);
            case Condition.Related r -> throw new IllegalArgumentException("not a leaf: " + r);
        };
    }

    /** A condition made ready to be tested of many States. */
    static Predicate<State> ready(Condition condition) {
        return switch (condition) {
            case Condition.And and -> {
                List<Predicate<State>> all =
                        and.all().stream().map(Evaluation::ready).toList();
                yield state -> {
                    for (Predicate<State> each : all) {
                        if (!each.test(state)) {
                            return false;
                        }
                    }
                    return true;
                };
            }
            case Condition.Or or -> {
                List<Predicate<State>> any =
                        or.any().stream().map(Evaluation::ready).toList();
                yield state -> {
                    for (Predicate<State> each : any) {
                        if (each.test(state)) {
                            return true;
                        }
                    }
                    return false;
                };
            }
            case Condition.Not not -> ready(not.condition()).negate();
            case Condition.In in -> {
                Predicate<Object> leaf = hashed(in);
                yield state -> reaches(state, in.path(), leaf);
            }
            case Condition.Match m -> {
                Predicate<Object> leaf = leaf(m);
                yield state -> reaches(state, m.path(), leaf);
            }
            default -> state -> test(condition, state);
        };
    }

    /** Text and ids are equal only to themselves, so that a set finds them; other values are compared one by one. */
    private static Predicate<Object> hashed(Condition.In in) {
        Set<Object> values = new HashSet<>(in.values());
        boolean numbers = in.values().stream().allMatch(Long.class::isInstance);
        Predicate<Object> each = leaf(in);
        return value -> {
            boolean alike = value instanceof String
                    || value instanceof UUID
                    || value instanceof ObjectId
                    || (numbers && value instanceof Long);
            return alike ? values.contains(value) : each.test(value);
        };
    }

    private static Predicate<Object> matcher(Condition.Match match) {
        String wanted = match.ignoringCase() ? Values.foldAscii(match.text()) : match.text();
        return switch (match.manner()) {
            case STARTS_WITH -> value -> text(value, match).startsWith(wanted) && value instanceof String;
            case CONTAINS -> value -> text(value, match).contains(wanted) && value instanceof String;
            case LIKE -> {
                Pattern pattern = like(wanted);
                yield value -> value instanceof String
                        && pattern.matcher(text(value, match)).matches();
            }
            case REGEX -> {
                Pattern pattern = Regex.compile(match.text(), match.ignoringCase());
                yield value -> value instanceof String s && Regex.find(pattern, s);
            }
        };
    }

    private static String text(Object value, Condition.Match match) {
        String text = value instanceof String s ? s : "";
        return match.ignoringCase() ? Values.foldAscii(text) : text;
    }

    /** A pattern of % and _ as a regular expression. */
    private static Pattern like(String pattern) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); ) {
            int c = pattern.codePointAt(i);
            i += Character.charCount(c);
            if (c == '\\' && i < pattern.length()) {
                c = pattern.codePointAt(i);
                i += Character.charCount(c);
                regex.append(Pattern.quote(Character.toString(c)));
            } else {
                regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(Character.toString(c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    // ---- paths

    static boolean reaches(State state, Path path, Predicate<Object> leaf) {
        return reaches(state.get(path.field()), path.inside(), leaf);
    }

    /** Whether the leaf holds for some value that is not null and lies behind the steps, through every list on the way. */
    static boolean reaches(@Nullable Object value, List<String> steps, Predicate<Object> leaf) {
        if (value == null) {
            return false;
        }
        if (steps.isEmpty()) {
            return leaf.test(value);
        }
        return switch (value) {
            case Map<?, ?> map -> reaches(map.get(steps.getFirst()), steps.subList(1, steps.size()), leaf);
            case List<?> list -> list.stream().anyMatch(element -> reaches(element, steps, leaf));
            default -> false;
        };
    }

    /** The one value at a path, for ordering and grouping; null where it is absent or lies behind a list. */
    static @Nullable Object valueAt(State state, Path path) {
        Object value = state.get(path.field());
        for (String step : path.inside()) {
            value = value instanceof Map<?, ?> map ? map.get(step) : null;
        }
        return value;
    }
}
