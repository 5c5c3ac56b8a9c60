package dev.keepsake.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Scale;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.StoreFixture;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Queries by indexes, compared with the store in memory, which has none. */
@On("redis")
final class RedisIndexesTest extends StoreFixture {
    private static final Kind THINGS = Kind.named("things")
            .required("id", Type.INTEGER)
            .id("id")
            .field("a", Type.INTEGER)
            .field("b", Type.TEXT)
            .field("c", Type.decimal(10, 2))
            .field("d", Type.INSTANT)
            .field("e", Type.DOUBLE)
            .field("f", Type.TEXT)
            .field("tags", Type.list(Type.INTEGER))
            .index(Index.of("by_a", "a"))
            .index(Index.of("by_b_and_c", "-b", "c"))
            .index(Index.of("by_c_and_d", "c", "-d"))
            .index(Index.of("by_e", "-e"))
            .index(Index.of("by_tags", "tags"))
            .index(Index.unique("by_f", "f"))
            .build();

    private static final Kind PAIRS = Kind.named("pairs")
            .required("left", Type.TEXT)
            .required("right", Type.INTEGER)
            .id("left", "right")
            .field("a", Type.INTEGER)
            .index(Index.of("pairs_by_a", "a"))
            .build();

    private final Random random = new Random(Scale.seed());

    @Override
    protected Guarded open() {
        return Stores.open(Servers.redis().freshSpace());
    }

    @Test
    void randomQueriesByIndexesHaveTheAnswersOfTheOracle() {
        try (Guarded oracle = Stores.memory(Features.REDIS)) {
            create(THINGS);
            oracle.createAll(Schema.of(List.of(THINGS)));
            List<State> things = new ArrayList<>();
            for (long id = 1; id <= 300; id++) {
                things.add(thing(id));
            }
            insert(THINGS, things.toArray(State[]::new));
            oracle.write(transaction -> transaction.write(Changeset.inserts(THINGS, things)));
            change(oracle, things);

            for (int i = Scale.RANDOM_QUERIES.size(); i > 0; i--) {
                Selection selection = selection();
                List<State> expected = found(oracle, selection);
                List<State> found = found(store, selection);
                if (selection.order().isEmpty()) {
                    assertThat(new HashSet<>(found)).as(selection.toString()).isEqualTo(new HashSet<>(expected));
                    assertThat(found).as("twice: %s", selection).hasSameSizeAs(expected);
                } else {
                    assertThat(found).as(selection.toString()).isEqualTo(expected);
                }
                assertThat(counted(store, selection.condition()))
                        .as("count of %s", selection.condition())
                        .isEqualTo(counted(oracle, selection.condition()));
            }
        }
    }

    /** Some are changed and some deleted, so that entries have moved. */
    private void change(Guarded oracle, List<State> things) {
        List<Changeset.Entry> entries = new ArrayList<>();
        for (State thing : things) {
            long id = thing.longAt(0);
            if (id % 3 == 0) {
                entries.add(new Changeset.Update(
                        THINGS, thing(id), List.of("a", "b", "c", "d", "e", "tags"), Guard.EXISTS));
            } else if (id % 7 == 0) {
                entries.add(new Changeset.Delete(THINGS, id, Guard.EXISTS));
            }
        }
        write(new Changeset(entries));
        oracle.write(transaction -> transaction.write(new Changeset(entries)));
    }

    private State thing(long id) {
        return state(
                THINGS,
                "id",
                id,
                "a",
                one(null, 1L, 2L, 3L, -4L, 100L),
                "b",
                one(null, "", "a", "ab", "b", "\u00e9"),
                "c",
                one(null, new BigDecimal("1"), new BigDecimal("1.5"), new BigDecimal("-2.25")),
                "d",
                one(null, Instant.EPOCH, Instant.parse("2020-01-01T00:00:00Z")),
                "e",
                one(null, 0.1, 1.0, -3.5),
                "f",
                id % 10 == 0 ? null : "f" + id,
                "tags",
                one(null, List.of(), List.of(1L), List.of(1L, 2L)));
    }

    private Object one(Object... values) {
        return values[random.nextInt(values.length)];
    }

    private Selection selection() {
        Selection selection = Selection.of(THINGS).where(condition(2));
        List<Order> order = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            Term term = Term.of((String) one("a", "b", "c", "d", "e", "f", "id"));
            order.add(random.nextBoolean() ? term.asc() : term.desc());
        }
        selection = selection.orderBy(order.stream().distinct().toList());
        if (random.nextBoolean()) {
            selection = selection.limit(random.nextInt(20)).offset(random.nextInt(5));
        }
        return selection;
    }

    private Condition condition(int depth) {
        return switch (random.nextInt(depth == 0 ? 8 : 12)) {
            case 0 -> Term.of("a").eq(one(1L, 2L, 3L, 5L));
            case 1 -> Term.of("a").in(Arrays.asList(one(1L, 2L), one(2L, 100L)));
            case 2 -> compared(Term.of("a"), one(1L, 2L, -4L));
            case 3 -> compared(Term.of("c"), one(new BigDecimal("1"), new BigDecimal("1.2")));
            case 4 ->
                random.nextBoolean() ? Term.of("b").eq(one("a", "ab", "")) : compared(Term.of("b"), one("a", "b"));
            case 5 -> Term.of("b").startsWith((String) one("", "a", "ab", "x"));
            case 6 -> Term.of("e").between(one(-5.0, 0.1), one(0.1, 2.0));
            case 7 ->
                random.nextBoolean()
                        ? Term.of("id").in(Arrays.asList(one(1L, 2L, 21L), one(7L, 30L, 999L)))
                        : Term.of("tags").eq(one(List.of(1L), List.of()));
            case 8 -> condition(depth - 1).or(condition(depth - 1));
            case 9 ->
                random.nextBoolean() ? condition(depth - 1).not() : Term.of("d").isNull();
            default -> condition(depth - 1).and(condition(depth - 1));
        };
    }

    private Condition compared(Term term, Object value) {
        return switch (random.nextInt(4)) {
            case 0 -> term.lt(value);
            case 1 -> term.le(value);
            case 2 -> term.gt(value);
            default -> term.ge(value);
        };
    }

    private static List<State> found(Guarded store, Selection selection) {
        Selection scanning = selection.scanning(1_000);
        return store.read(transaction -> transaction.find(scanning).list());
    }

    private static long counted(Guarded store, Condition condition) {
        try {
            return store.read(transaction -> transaction
                            .aggregate(Aggregation.count(THINGS, condition))
                            .list())
                    .getFirst()
                    .longAt(0);
        } catch (Fault fault) {
            assertThat(fault.problem()).isEqualTo(Problem.SCAN_REFUSED);
            return found(store, Selection.of(THINGS).where(condition)).size();
        }
    }

    @Test
    void objectsAreFoundByPartsOfTheirIds() {
        create(PAIRS);
        for (String left : List.of("x", "y:1", "y", "\"")) {
            for (long right = 1; right <= 3; right++) {
                insert(PAIRS, state(PAIRS, "left", left, "right", right, "a", right));
            }
        }

        assertThat(find(Selection.of(PAIRS)
                        .where(Term.of("left").eq("y"))
                        .where(Term.of("right").eq(2L))))
                .singleElement()
                .satisfies(state -> assertThat(state.get("a")).isEqualTo(2L));
        assertThat(values(
                        "left",
                        Selection.of(PAIRS)
                                .where(Term.of("a").eq(3L))
                                .orderBy(Term.of("left").desc())))
                .containsExactly("y:1", "y", "x", "\"");
        assertThat(find(Selection.of(PAIRS).orderBy(Term.of("left").asc()).limit(4)))
                .extracting(state -> state.get("left") + "" + state.get("right"))
                .containsExactly("\"1", "\"2", "\"3", "x1");
    }

    @Test
    void anIndexIsBuiltOverWhatIsThere() {
        Kind plain = Kind.named("plain")
                .required("id", Type.INTEGER)
                .id("id")
                .field("a", Type.INTEGER)
                .build();
        create(plain);
        List<State> states = new ArrayList<>();
        for (long id = 1; id <= 1_000; id++) {
            states.add(state(plain, "id", id, "a", id % 10));
        }
        insert(plain, states.toArray(State[]::new));

        alter(new Alteration.AddIndex("plain", Index.of("plain_by_a", "a")));
        Kind indexed = store.inspect().kind("plain");

        assertThat(find(Selection.of(indexed).where(Term.of("a").eq(3L)))).hasSize(100);
        assertThat(store.check().objects()).isEqualTo(1_000);
        alter(new Alteration.DropIndex("plain", "plain_by_a"));
        Fault refused = refused(
                Problem.SCAN_REFUSED,
                () -> store.read(transaction -> transaction
                        .find(Selection.of(indexed).where(Term.of("a").eq(3L)))
                        .list()));
        assertThat(refused.getMessage()).contains("add it");
    }

    @Test
    void aScanIsRefusedWhereItWouldReadMoreThanAllowed() {
        create(PEOPLE);
        insert(PEOPLE, person("Bob", 1), person("Jill", 2), person("Joe", 3));
        Selection unindexed = Selection.of(PEOPLE).where(Term.of("count").gt(1L));

        refused(
                Problem.SCAN_REFUSED,
                () -> store.read(transaction -> transaction.find(unindexed).list()));
        assertThat(refused(
                                Problem.SCAN_REFUSED,
                                () -> store.read(transaction ->
                                        transaction.find(unindexed.scanning(2)).list()))
                        .sentence())
                .contains("3 objects");
        List<State> found = store.read(
                transaction -> transaction.find(unindexed.scanning(3)).list());
        assertThat(found).hasSize(2);
    }

    @Test
    void aKindThatDoesNotFitWhatIsThereIsToldAllMisfits() {
        create(PEOPLE);
        insert(PEOPLE, person("Bob", 1));
        Kind other = Kind.named("people")
                .required("name", Type.INTEGER)
                .id("name")
                .field("count", Type.DOUBLE)
                .field("more", Type.TEXT)
                .field("until", Type.INSTANT)
                .expires("until")
                .build();

        Fault misfit = refused(Problem.KIND_MISMATCH, () -> find(Selection.of(other)));
        assertThat(misfit.sentence())
                .contains("identified by id, not name")
                .contains("never expire")
                .contains("name is text there, not integer")
                .doesNotContain("count")
                .doesNotContain("more");
        refused(
                Problem.KIND_MISMATCH,
                () -> store.write(
                        transaction -> transaction.write(Changeset.inserts(other, List.of(state(other, "name", 1L))))));
        assertThat(count(PEOPLE)).isEqualTo(1);
    }

    private static final Kind NOTES = Kind.named("notes")
            .required("id", Type.INTEGER)
            .id("id")
            .field("body", Type.TEXT)
            .field("at", Type.INSTANT)
            .field("map", Type.map(Type.INTEGER))
            .build();

    @Test
    void fieldsOfAllTypesAreDroppedAndBecomeFieldsAgain() {
        create(NOTES);
        Instant at = Instant.parse("2026-01-02T03:04:05.678Z");
        insert(NOTES, state(NOTES, "id", 1L, "body", "hello", "at", at, "map", Map.of("a", 1L)));
        for (String field : List.of("body", "at", "map")) {
            alter(new Alteration.DropField("notes", field));
            assertThat(find(Selection.of(store.inspect().kind("notes")))).hasSize(1);
        }
        Kind bare = store.inspect().kind("notes");
        State further = bare.state(
                Map.of("id", 2L, "body", "hello", "at", at, "map", Map.of("a", 1L), "odd", "123", "quoted", "\"x\""));
        write(Changeset.inserts(bare, List.of(further)));
        assertThat(find(Selection.byId(bare, 2L))).containsExactly(further);

        alter(
                new Alteration.AddField("notes", Field.of("body", Type.TEXT)),
                new Alteration.AddField("notes", Field.of("at", Type.INSTANT)),
                new Alteration.AddField("notes", Field.of("map", Type.map(Type.INTEGER))),
                new Alteration.AddField("notes", Field.of("odd", Type.TEXT)),
                new Alteration.AddField("notes", Field.of("quoted", Type.TEXT)));
        State now = find(Selection.byId(store.inspect().kind("notes"), 2L)).getFirst();
        assertThat(now.toMap()).isEqualTo(further.toMap());
        assertThat(now.extra()).isEmpty();
    }

    @Test
    void aStoreLearnsWhatAnotherHasAltered() {
        String url = Servers.redis().freshSpace();
        try (Guarded one = Stores.open(url);
                Guarded other = Stores.open(url)) {
            one.createAll(Schema.of(List.of(PEOPLE)));
            State bob = person("Bob", 1).with("id", 1L);
            one.write(transaction -> transaction.write(Changeset.inserts(PEOPLE, List.of(bob))));
            assertThat(found(one, Selection.byId(PEOPLE, 1L))).containsExactly(bob);

            other.write(transaction -> {
                transaction.alter(List.of(
                        new Alteration.AddField("people", Field.of("nick", Type.TEXT)),
                        new Alteration.AddIndex("people", Index.of("people_by_count", "count"))));
                return transaction;
            });
            Kind now = other.inspect().kind("people");
            other.write(transaction -> transaction.write(
                    Changeset.puts(now, List.of(now.state(Map.of("id", 2L, "name", "Ann", "nick", "\"A\""))))));

            assertThat(found(one, Selection.byId(now, 2L)).getFirst().get("nick"))
                    .isEqualTo("\"A\"");
            one.write(transaction -> transaction.write(
                    Changeset.inserts(PEOPLE, List.of(person("Cid", 7).with("id", 3L)))));
            assertThat(found(other, Selection.of(now).where(Term.of("count").eq(7L))))
                    .hasSize(1);
            assertThat(one.check().examples()).isEmpty();
        }
    }

    @Test
    void anIndexOfABagIsMadeWithIt() {
        Kind bag =
                Kind.named("bag").field("n", Type.INTEGER).field("z", Type.TEXT).build();
        create(bag);
        insert(bag, state(bag, "n", 1L, "z", "text"), state(bag));

        refused(Problem.REQUEST_INVALID, () -> alter(new Alteration.AddIndex("bag", Index.of("by_n", "n"))));
        assertThat(find(Selection.of(bag))).hasSize(2);
        assertThat(store.check().objects()).isEqualTo(2);
        alter(new Alteration.DropField("bag", "z"));
        assertThat(find(Selection.of(store.inspect().kind("bag")))).hasSize(2);
    }

    @Test
    void aKindIsDroppedBesideThoseWhoWriteToIt() throws Exception {
        create(PEOPLE);
        AtomicBoolean ends = new AtomicBoolean();
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 3; i++) {
                Random ids = new Random(i);
                writers.execute(() -> {
                    while (!ends.get()) {
                        State person = person("Bob", 1).with("id", (long) ids.nextInt(500));
                        faultOf(() ->
                                store.write(transaction -> transaction.write(Changeset.puts(PEOPLE, List.of(person)))));
                    }
                });
            }
            for (int i = 0; i < 20; i++) {
                faultOf(() -> alter(new Alteration.DropKind("people")));
            }
            ends.set(true);
        }
        assertThat(store.check().examples()).isEmpty();
        assertThat(store.check().objects()).isEqualTo(count(PEOPLE));
    }

    @Test
    void aCommitOfManyKindsIsOne() {
        List<Changeset.Entry> entries = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Kind kind =
                    Kind.named("kind" + i).required("id", Type.INTEGER).id("id").build();
            entries.add(new Changeset.Insert(kind, kind.state(Map.of("id", 1L))));
        }
        write(new Changeset(entries));

        assertThat(store.inspect().kinds()).hasSize(300);
        assertThat(store.check().objects()).isEqualTo(300);
    }

    @Test
    void whatIsKeptFinerThanTheKindThereIsCutInEveryPlace() {
        Kind coarse = Kind.named("events")
                .required("id", Type.INTEGER)
                .id("id")
                .field("at", Type.instant(3))
                .index(Index.of("events_by_at", "at"))
                .build();
        Kind fine = coarse.toBuilder()
                .replace("at", Field.of("at", Type.instant(9)))
                .build();
        create(coarse);
        Instant at = Instant.parse("2026-01-01T00:00:00.123456789Z");
        insert(fine, state(fine, "id", 1L, "at", at));

        Instant cut = Instant.parse("2026-01-01T00:00:00.123Z");
        assertThat(find(Selection.of(coarse).where(Term.of("at").eq(cut)))).hasSize(1);
        Kind other = Kind.named("events").required("id", Type.DOUBLE).id("id").build();
        refused(Problem.KIND_MISMATCH, () -> insert(other, state(other, "id", 1.0)));
    }
}
