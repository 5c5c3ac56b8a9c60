package dev.keepsake.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keepsake.fault.Invalid;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.AnyValue;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Selections, aggregations, changes, guards: what they mean, computed in memory. */
final class SelectionTest {
    private static final Kind KIND = Kind.named("things")
            .required("id", Type.INTEGER)
            .id("id")
            .field("n", Type.INTEGER)
            .field("rate", Type.DOUBLE)
            .field("price", Type.DECIMAL)
            .field("name", Type.TEXT)
            .field("tags", Type.list(Type.TEXT))
            .field("parts", Type.list(Type.map(Type.INTEGER)))
            .field("info", Type.map(Type.INTEGER))
            .field("json", Type.ANY)
            .build();
    private final long seed = System.nanoTime();
    private final AnyValue any = new AnyValue(seed);

    private State state(long id) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", id);
        put(values, "n", Arrays.asList(null, 1, 2, Long.MAX_VALUE));
        put(values, "rate", Arrays.asList(null, 0.5, 1.0));
        put(values, "price", Arrays.asList(null, new BigDecimal("0.5"), 2));
        put(values, "name", Arrays.asList(null, "", "a", "A", "\uFFFD", "\uD83D\uDE80"));
        put(values, "tags", Arrays.asList(null, List.of(), List.of("a"), Arrays.asList("b", null)));
        put(values, "info", Arrays.asList(null, Map.of(), Map.of("x", 1)));
        if (any.below(2) == 0) {
            values.put("json", Values.fit(any.value(2), Type.ANY, Path.of("json")));
        }
        return KIND.state(values);
    }

    private void put(Map<String, Object> values, String field, List<Object> pool) {
        int chosen = any.below(pool.size() + 1);
        if (chosen < pool.size()) {
            values.put(field, pool.get(chosen));
        }
    }

    private List<State> states(int count) {
        List<State> states = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            states.add(state(i));
        }
        return states;
    }

    private static List<State> select(Selection selection, List<State> states) {
        Stream<State> found = states.stream()
                .filter(selection::test)
                .sorted(selection::compare)
                .skip(selection.offset());
        return (selection.limit() < 0 ? found : found.limit(selection.limit())).toList();
    }

    @Test
    void pagesByKeyAreThePagesByOffset() {
        List<State> states = states(60);
        List<String> keys = List.of("n", "-n", "name", "-name", "rate", "-price", "-id", "info.x", "-info.x", "id");
        for (int round = 0; round < 200; round++) {
            Order[] order = Stream.generate(() -> Order.parse(any.oneOf(keys)))
                    .limit(any.below(4))
                    .toArray(Order[]::new);
            Selection all = Selection.of(KIND).orderBy(order).limit(7);
            List<State> page = select(all, states);
            for (int from = 7; !page.isEmpty(); from += 7) {
                Selection next =
                        Selection.of(KIND).after(page.getLast()).limit(7).orderBy(order);
                page = select(next, states);
                assertThat(page).as("seed %d: %s", seed, next).isEqualTo(select(all.offset(from), states));
            }
        }
    }

    @Test
    void wrongSelectionsAreRefused() {
        Selection all = Selection.of(KIND);
        State narrow = Selection.of(KIND).only("n").project(state(1));
        assertThat(narrow.shape().slots()).hasSize(2);
        assertThatThrownBy(() -> all.orderBy(Order.parse("name")).after(narrow))
                .hasMessageContaining("without the field name");
        assertThatThrownBy(() -> all.orderBy(Order.parse("tags"))).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> all.orderBy(Order.parse("parts.x")))
                .hasMessageContaining("what is inside has no order");
        assertThatThrownBy(() -> all.orderBy(Order.parse("json")).after(state(1)))
                .hasMessageContaining("untyped");
        assertThatThrownBy(() -> all.limit(-1)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> all.offset(-1)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> all.only("nn")).hasMessageContaining("did you mean n?");
        assertThatThrownBy(() -> all.exactly(List.of())).isInstanceOf(Invalid.class);
        Kind bag = Kind.named("bag").field("a", Type.TEXT).build();
        assertThatThrownBy(() -> Selection.byId(bag, 1)).hasMessageContaining("has no id");
        assertThat(all.where(Term.of("n").gt(1))
                        .orderBy(Order.parse("-n"))
                        .limit(5)
                        .offset(2))
                .hasToString("things where n > 1 order -n limit 5 offset 2");
    }

    @Test
    void notIsTheExactComplement() {
        List<Condition> conditions = Stream.of(
                        "n = 1",
                        "n < 2",
                        "name like '%a'",
                        "name icontains 'A'",
                        "tags has 'a'",
                        "info.x = 1",
                        "info.x is null",
                        "json = 1",
                        "json.a > 0.5",
                        "json has 'a'",
                        "name is null",
                        "n in (1, 2)",
                        "rate between 0 and 1",
                        "n = 1 or rate > 0.7",
                        "price = 0.5 and name != 'a'",
                        "parts.x = 1",
                        "json between 'a' and 'b'",
                        "name matches 'a|^$'")
                .map(text -> Condition.parse(text, KIND))
                .toList();
        for (State state : states(300)) {
            for (Condition each : conditions) {
                boolean holds = each.test(state);
                assertThat(each.not().test(state))
                        .as("seed %d: %s of %s", seed, each, state)
                        .isEqualTo(!holds);
                assertThat(each.not().not().test(state)).isEqualTo(holds);
                Condition other = any.oneOf(conditions);
                assertThat(Condition.and(each, other).not().test(state))
                        .isEqualTo(each.not().or(other.not()).test(state));
            }
        }
    }

    @Test
    void aggregationsComputeEachGroup() {
        List<State> states = List.of(
                KIND.state(Map.of("id", 1, "name", "a", "n", 1, "rate", 0.5, "price", new BigDecimal("0.1"))),
                KIND.state(Map.of("id", 2, "name", "a", "n", 2, "price", new BigDecimal("0.9"))),
                KIND.state(Map.of("id", 3, "n", 5)));
        Aggregation figures = Aggregation.of(
                        KIND,
                        measure("c", Aggregation.Function.COUNT, null),
                        measure("rates", Aggregation.Function.COUNT, "rate"),
                        measure("sum", Aggregation.Function.SUM, "n"),
                        measure("money", Aggregation.Function.SUM, "price"),
                        measure("avg", Aggregation.Function.AVG, "n"),
                        measure("most", Aggregation.Function.MAX, "rate"))
                .by("name");
        assertThat(figures.over(states.stream()).stream().map(State::toMap).map(map -> new ArrayList<>(map.values())))
                .containsExactly(
                        new ArrayList<>(Arrays.asList(null, 1L, 0L, 5L, null, 5.0, null)),
                        new ArrayList<>(Arrays.asList("a", 2L, 1L, 3L, BigDecimal.ONE, 1.5, 0.5)));
        assertThat(figures.having(Term.of("c").gt(1))
                        .orderBy(Order.parse("-sum"))
                        .over(states.stream()))
                .hasSize(1);
        assertThat(figures.limit(1).over(states.stream())).hasSize(1);
        assertThat(Aggregation.count(KIND, Condition.all())
                        .over(Stream.of())
                        .getFirst()
                        .at(0))
                .isEqualTo(0L);
        assertThatThrownBy(() -> figures.limit(-1)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> Aggregation.of(KIND, measure("s", Aggregation.Function.SUM, "name")))
                .isInstanceOf(Invalid.class);
    }

    @Test
    void sumsBeyondTheirRangeAreRefused() {
        List<State> huge = List.of(
                KIND.state(Map.of("id", 1, "n", Long.MAX_VALUE, "rate", Double.MAX_VALUE)),
                KIND.state(Map.of("id", 2, "n", 1, "rate", Double.MAX_VALUE)));
        for (String field : List.of("n", "rate")) {
            Aggregation sum = Aggregation.of(KIND, measure("s", Aggregation.Function.SUM, field));
            assertThatThrownBy(() -> sum.over(huge.stream())).hasMessageContaining("sum-overflow");
        }
    }

    private static Aggregation.Measure measure(String name, Aggregation.Function function, String field) {
        return new Aggregation.Measure(name, function, field == null ? null : Path.parse(field));
    }

    @Test
    void changesAreApplied() {
        State state = KIND.state(Map.of(
                "id",
                1,
                "n",
                1,
                "price",
                new BigDecimal("1.5"),
                "rate",
                0.5,
                "tags",
                List.of("a", "b", "a"),
                "info",
                Map.of("x", 1)));
        assertThat(new Change.Increment(Path.of("price"), new BigDecimal("0.5")).apply(state))
                .isEqualTo(new BigDecimal("2"));
        assertThat(new Change.Increment(Path.parse("info.y"), 2L).apply(state)).isEqualTo(Map.of("x", 1L, "y", 2L));
        assertThat(new Change.Append(Path.of("tags"), "c").apply(state)).isEqualTo(List.of("a", "b", "a", "c"));
        assertThat(new Change.RemoveValue(Path.of("tags"), "a").apply(state)).isEqualTo(List.of("b"));
        assertThat(new Change.Unset(Path.parse("info.x")).apply(state)).isEqualTo(Map.of());
        assertThat(new Change.Unset(Path.of("n")).apply(state)).isSameAs(State.ABSENT);
        assertThat(new Change.Set(Path.parse("json.a.b"), null).apply(state)).hasToString("{a={b=null}}");
        assertThat(new Change.Unset(Path.parse("json.a.b")).apply(state)).isSameAs(State.ABSENT);
        assertThat(new Change.RemoveValue(Path.of("parts"), "a").apply(state)).isSameAs(State.ABSENT);
        assertThatThrownBy(() -> new Change.Increment(Path.of("n"), Long.MAX_VALUE).apply(state))
                .hasMessageContaining("beyond 64 bits");
        assertThatThrownBy(() -> new Change.Set(Path.parse("n.x"), 1L).apply(state))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> new Change.Set(Path.of("id"), 1).resolve(KIND)).hasMessageContaining("never changes");
        assertThatThrownBy(() -> new Change.Increment(Path.of("name"), 1).resolve(KIND))
                .isInstanceOf(Invalid.class);
    }

    @Test
    void guardsTellWhatDiffers() {
        State state = KIND.state(Map.of("id", 1, "n", 1, "rate", 1.0));
        assertThat(Guard.EXISTS.differences(state)).isEmpty();
        assertThat(new Guard(Map.of("n", 1)).differences(state)).isEmpty();
        assertThat(Guard.of(state, List.of("n", "name", "rate")).differences(state))
                .isEmpty();
        assertThat(new Guard(Map.of("n", 1.0)).differences(state)).isEqualTo(Map.of("n", "expected 1.0, found 1"));
        assertThat(Guard.version("n", 2).differences(state)).containsOnlyKeys("n");
    }
}
