package dev.keepsake.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.fault.Fault;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Aggregation.Function;
import dev.keepsake.query.Aggregation.Measure;
import dev.keepsake.query.Change;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import dev.keepsake.store.Transaction;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Random States, queries and writes, on the store and on the store in memory that answers with the same Features. */
public abstract class DifferentialSuite extends QuerySuite {
    private static final int OBJECTS = 120;

    /** For suites. */
    protected DifferentialSuite() {}

    /** The oracle: memory, with the Features of the store. */
    private Guarded oracle() {
        return Stores.memory(features());
    }

    private static void fill(Guarded store, List<State> states) {
        store.createAll(Schema.of(List.of(RandomValues.KIND)));
        boolean many = store.features().commits() != Features.Commits.ONE_OBJECT;
        for (List<State> each :
                many ? List.of(states) : states.stream().map(List::of).toList()) {
            store.write(transaction -> transaction.write(Changeset.inserts(RandomValues.KIND, each)));
        }
    }

    private static List<Map<String, Object>> answer(Guarded store, Selection selection) {
        Selection free = store.features().scans() == Features.Scans.FREE ? selection : selection.scanning(100_000);
        return store.read(transaction -> transaction.find(free).list(State::toMap));
    }

    @Test
    void randomQueriesHaveTheAnswersOfTheOracle() {
        long seed = Scale.seed();
        int queries = Scale.RANDOM_QUERIES.size();
        RandomValues random = new RandomValues(new Random(seed), ordersBytes());
        List<State> states = Stream.iterate(1L, id -> id + 1)
                .limit(OBJECTS)
                .map(random::state)
                .toList();
        try (Guarded oracle = oracle()) {
            fill(store, states);
            fill(oracle, states);
            for (int i = 0; i < queries; i++) {
                Selection selection = selection(random);
                assertThat(answer(store, selection))
                        .as("seed %d, query %d: %s", seed, i, selection)
                        .isEqualTo(answer(oracle, selection));
            }
        }
    }

    private boolean ordersBytes() {
        return features().binaries() == Features.Binaries.ORDERED;
    }

    private boolean isOrdered(Field field) {
        return !Type.nested(field.type()) && (ordersBytes() || !(field.type() instanceof Type.Binary));
    }

    private Selection selection(RandomValues random) {
        Condition condition = random.condition(2);
        Selection selection = Selection.of(RandomValues.KIND).where(condition);
        List<Order> order = new ArrayList<>();
        List<Field> sortable =
                RandomValues.KIND.fields().stream().filter(this::isOrdered).toList();
        for (int i = random.upTo(2); i > 0; i--) {
            order.add(new Order(
                    Path.of(sortable.get(random.upTo(sortable.size() - 1)).name()), random.chance(0.5)));
        }
        order.add(new Order(Path.of("id"), random.chance(0.5)));
        selection = selection.orderBy(order);
        return random.chance(0.3) ? selection.limit(random.upTo(10)).offset(random.upTo(5)) : selection;
    }

    @Test
    void conditionsPrintAsTextThatReadsBackAsTheSame() {
        RandomValues random = new RandomValues(new Random(Scale.seed()), ordersBytes());
        for (int i = 0; i < Scale.RANDOM_QUERIES.size(); i++) {
            Condition condition = random.condition(2).resolve(RandomValues.KIND);
            Condition again = Condition.parse(condition.toString(), RandomValues.KIND);
            assertThat(again.toString()).isEqualTo(condition.toString());
            State state = random.state(1);
            assertThat(again.test(state)).as(condition.toString()).isEqualTo(condition.test(state));
            assertThat(condition.not().test(state)).isNotEqualTo(condition.test(state));
        }
    }

    @Test
    void randomFiguresAreThoseOfTheOracle() {
        if (features().aggregates() != Features.Aggregates.NATIVE) {
            figures(Aggregation.of(PEOPLE, new Measure("n", Function.COUNT, null))
                    .by("name"));
            return;
        }
        long seed = Scale.seed();
        RandomValues random = new RandomValues(new Random(seed), ordersBytes());
        List<State> states = Stream.iterate(1L, id -> id + 1)
                .limit(OBJECTS)
                .map(random::state)
                .toList();
        try (Guarded oracle = oracle()) {
            fill(store, states);
            fill(oracle, states);
            for (int i = 0; i < Scale.RANDOM_QUERIES.size() / 10; i++) {
                Aggregation aggregation = aggregation(random);
                assertThat(figures(store, aggregation))
                        .as("seed %d, query %d: %s", seed, i, aggregation)
                        .usingRecursiveComparison()
                        .withComparatorForType(DifferentialSuite::closely, Double.class)
                        .isEqualTo(figures(oracle, aggregation));
            }
        }
    }

    private static Object figures(Guarded store, Aggregation aggregation) {
        try {
            return store.read(transaction -> transaction.aggregate(aggregation).list(State::toMap));
        } catch (Fault fault) {
            return fault.problem();
        }
    }

    /** Sums of doubles depend on the order of adding in their last digits. */
    private static int closely(double a, double b) {
        return a == b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)) ? 0 : Double.compare(a, b);
    }

    private Aggregation aggregation(RandomValues random) {
        List<Field> fields =
                RandomValues.KIND.fields().stream().filter(this::isOrdered).toList();
        Field field = fields.get(random.upTo(fields.size() - 1));
        boolean sums = field.type() instanceof Type.Decimal || field.type().equals(new Type.Int(32));
        Function function = sums
                ? List.of(Function.values()).get(random.upTo(4))
                : List.of(Function.COUNT, Function.MIN, Function.MAX).get(random.upTo(2));
        Aggregation aggregation = Aggregation.of(
                        RandomValues.KIND,
                        new Measure("n", Function.COUNT, null),
                        new Measure("figure", function, Path.of(field.name())))
                .where(random.condition(1));
        return random.chance(0.6)
                ? aggregation.by(
                        List.of("truth", "words", "day", "small", "place.city").get(random.upTo(4)))
                : aggregation;
    }

    @Test
    void randomWritesLeaveWhatTheyLeaveOnTheOracle() {
        long seed = Scale.seed();
        Random chance = new Random(seed);
        try (Guarded oracle = oracle()) {
            RandomValues random = new RandomValues(chance, ordersBytes());
            List<State> states = Stream.iterate(1L, id -> id + 1)
                    .limit(20)
                    .map(random::state)
                    .toList();
            fill(store, states);
            fill(oracle, states);
            for (int i = 0; i < Scale.RANDOM_SCENARIOS.size(); i++) {
                List<Changeset.Entry> entries = entries(random);
                String what = "seed " + seed + ", scenario " + i + ": " + entries;
                assertThat(outcome(store, entries)).as(what).isEqualTo(outcome(oracle, entries));
                Selection all = Selection.of(RandomValues.KIND).orderBy(Order.parse("id"));
                assertThat(answer(store, all)).as(what).isEqualTo(answer(oracle, all));
            }
        }
    }

    private List<Changeset.Entry> entries(RandomValues random) {
        List<Changeset.Entry> entries = new ArrayList<>();
        for (int i = commitsMany() ? random.upTo(4) : 0; i >= 0; i--) {
            long id = 1L + random.upTo(29);
            State state = random.state(id);
            List<String> fields = List.of("whole", "words", "json", "money", "place");
            State other = random.state(id);
            entries.add(
                    switch (random.upTo(commitsMany() ? 6 : 4)) {
                        case 0 -> new Changeset.Insert(RandomValues.KIND, state);
                        case 1 -> new Changeset.Put(RandomValues.KIND, state);
                        case 2 -> new Changeset.Update(RandomValues.KIND, state, fields, Guard.EXISTS);
                        case 3 ->
                            new Changeset.Update(RandomValues.KIND, state, fields, Guard.of(other, List.of("truth")));
                        case 4 -> new Changeset.Delete(RandomValues.KIND, id, Guard.EXISTS);
                        case 5 ->
                            new Changeset.DeleteWhere(
                                    RandomValues.KIND,
                                    random.condition(1).and(Term.of("id").eq(id)));
                        default ->
                            new Changeset.UpdateWhere(
                                    RandomValues.KIND,
                                    random.condition(1),
                                    List.of(
                                            new Change.Set(Path.of("words"), random.value(Type.TEXT)),
                                            new Change.Increment(Path.of("money"), new BigDecimal("0.25")),
                                            new Change.Append(Path.of("tags"), "more"),
                                            new Change.Set(Path.of("place").then("city"), random.value(Type.TEXT)),
                                            new Change.Unset(Path.of("place").then("since"))));
                    });
        }
        return entries;
    }

    /** Whether the writes were kept, and if not, why. */
    private static String outcome(Guarded store, List<Changeset.Entry> entries) {
        try (Transaction transaction = store.begin()) {
            transaction.write(new Changeset(entries));
            transaction.commit();
            return "kept";
        } catch (Fault fault) {
            return fault.problem().id();
        }
    }

    @Test
    void aStateIsWhatWasWrittenWhateverItsValues() {
        RandomValues random = new RandomValues(new Random(Scale.seed()), ordersBytes());
        List<State> states =
                Stream.iterate(1L, id -> id + 1).limit(50).map(random::state).toList();
        fill(store, states);

        for (State state : states) {
            State kept =
                    find(Selection.byId(RandomValues.KIND, state.longAt(0))).getFirst();
            for (int i = 0; i < state.shape().size(); i++) {
                Assertions.assertThat(kept.at(i)).as(state.shape().name(i)).isEqualTo(state.at(i));
            }
        }
    }
}
