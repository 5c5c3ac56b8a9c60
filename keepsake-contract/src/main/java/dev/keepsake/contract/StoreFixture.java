package dev.keepsake.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.store.WriteResult;
import dev.keepsake.value.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What every suite of the contract starts from: a store, opened anew and empty for each test, and ways to use it that
 * first assert that what its Features deny is refused.
 */
public abstract class StoreFixture {
    /** People as the oldest of the source documents has them: a generated number, a name, a count. */
    protected static final Kind PEOPLE = Kind.named("people")
            .required("id", Type.INTEGER)
            .id("id")
            .generated(Generation.IDENTITY)
            .field("name", Type.TEXT)
            .field("count", Type.INTEGER)
            .index(Index.of("people_by_name", "name"))
            .build();

    /** The store of the test that runs. */
    protected Guarded store;

    /** For suites. */
    protected StoreFixture() {
        this.store = unopened();
    }

    @SuppressWarnings("NullAway") // opened before each test
    private static Guarded unopened() {
        return null;
    }

    /** A new and empty store, that no other call has given. */
    protected abstract Guarded open();

    @BeforeEach
    final void openStore() {
        store = open();
    }

    /** Whatever a test did, what is kept beside the objects fits them; where it closed the store, its own module looks. */
    @AfterEach
    final void closeStore() {
        try (Guarded tested = store) {
            Fault closed = faultOf(() -> assertThat(tested.check().examples())
                    .as("what is kept beside the objects and does not fit them")
                    .isEmpty());
            assertThat(closed == null || closed.problem() == Problem.CLOSED)
                    .as(String.valueOf(closed))
                    .isTrue();
        }
    }

    // ---- what the store says that it can

    /** The store's answers. */
    protected final Features features() {
        return store.features();
    }

    /** Whether one commit covers several objects. */
    protected final boolean commitsMany() {
        return features().commits() != Features.Commits.ONE_OBJECT;
    }

    // ---- kinds and States

    /** Creates kinds. */
    protected final void create(Kind... kinds) {
        store.createAll(Schema.of(List.of(kinds)));
    }

    /** A State from names and values, one after the other. */
    protected static State state(Kind kind, @Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return kind.state(values);
    }

    /** A person without id. */
    protected static State person(String name, long count) {
        return state(PEOPLE, "name", name, "count", count);
    }

    // ---- writing

    /** Does the writes in one transaction; where a commit covers one object, each in its own. */
    protected final List<WriteResult> write(Changeset changes) {
        List<WriteResult> results = new ArrayList<>();
        if (commitsMany()) {
            results.add(store.write(transaction -> transaction.write(changes)));
        } else {
            changes.entries()
                    .forEach(entry -> results.add(store.write(transaction -> transaction.write(Changeset.of(entry)))));
        }
        return results;
    }

    /** Adds objects, and gives their ids. */
    protected final List<Object> insert(Kind kind, State... states) {
        List<Object> ids = new ArrayList<>();
        write(Changeset.inserts(kind, List.of(states))).forEach(result -> ids.addAll(result.ids()));
        return ids;
    }

    /** Bob, Jill and Joe, with the ids 1, 2 and 3. */
    protected final void insertPeople() {
        create(PEOPLE);
        insert(PEOPLE, person("Bob", 1), person("Jill", 15), person("Joe", 10));
    }

    /** Changes the schema in a transaction of its own. */
    protected final void alter(Alteration... steps) {
        store.write(transaction -> {
            transaction.alter(List.of(steps));
            return steps;
        });
    }

    // ---- reading

    /** What is selected; a store that does not scan freely is asserted to refuse first. */
    protected final List<State> find(Selection selection) {
        try {
            return store.read(transaction -> transaction.find(selection).list());
        } catch (Fault fault) {
            if (fault.problem() != Problem.SCAN_REFUSED || features().scans() == Features.Scans.FREE) {
                throw fault;
            }
            Selection scanning = selection.scanning(10_000_000);
            return store.read(transaction -> transaction.find(scanning).list());
        }
    }

    /** The objects of a kind for which a condition holds, by id. */
    protected final List<State> find(Kind kind, Condition condition) {
        return find(Selection.of(kind)
                .where(condition)
                .orderBy(Order.parse(kind.id().getFirst())));
    }

    /** The values of one field of what is selected, in order. */
    protected final List<@Nullable Object> values(String field, Selection selection) {
        List<@Nullable Object> values = new ArrayList<>();
        find(selection).forEach(state -> values.add(state.get(field)));
        return values;
    }

    /** How many objects of a kind there are. */
    protected final long count(Kind kind) {
        return count(kind, Condition.all());
    }

    /** How many objects satisfy a condition: by the store's own count, or, where it is asserted to lack that, by reading. */
    protected final long count(Kind kind, Condition condition) {
        Aggregation counting = Aggregation.count(kind, condition);
        try {
            List<State> result =
                    store.read(transaction -> transaction.aggregate(counting).list());
            return result.getFirst().longAt(0);
        } catch (Fault fault) {
            boolean denied = features().aggregates() == Features.Aggregates.NONE
                    || (features().scans() == Features.Scans.LIMITED && fault.problem() == Problem.SCAN_REFUSED);
            if (!denied) {
                throw fault;
            }
            return find(Selection.of(kind).where(condition)).size();
        }
    }

    /** The figures of an aggregation; where the store's Features deny them, asserted to be refused, and then empty. */
    protected final List<State> figures(Aggregation aggregation) {
        if (features().aggregates() != Features.Aggregates.NATIVE) {
            refused(
                    Problem.FEATURE_MISSING,
                    () -> store.read(
                            transaction -> transaction.aggregate(aggregation).list()));
            return List.of();
        }
        return store.read(transaction -> transaction.aggregate(aggregation).list());
    }

    // ---- others

    /** Does the writes in a transaction on another thread, that waits shortly for others; gives why it was refused, if so. */
    protected final @Nullable Fault elsewhere(Changeset changes) {
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            return other.submit(() -> faultOf(() -> {
                        try (Transaction transaction =
                                store.begin(TransactionOptions.WRITE.waiting(Duration.ofMillis(200)))) {
                            transaction.write(changes);
                            transaction.commit();
                        }
                    }))
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** The fault that something throws; null where it throws none. */
    protected static @Nullable Fault faultOf(Runnable what) {
        try {
            what.run();
            return null;
        } catch (Fault fault) {
            return fault;
        }
    }

    // ---- refusals

    /** Asserts that something is refused with a problem, and gives the refusal. */
    protected static Fault refused(Problem problem, ThrowingCallable what) {
        Fault fault = catchThrowableOfType(Fault.class, what);
        assertThat(fault).as("a refusal: %s", problem.id()).isNotNull();
        assertThat(fault.problem()).as(fault.getMessage()).isEqualTo(problem);
        assertThat(fault.sentence()).as("one sentence").isNotBlank().doesNotContain("\n");
        return fault;
    }
}
