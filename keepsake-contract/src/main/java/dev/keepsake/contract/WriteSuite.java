package dev.keepsake.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Violation;
import dev.keepsake.query.Change;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.store.Isolation;
import dev.keepsake.store.Mark;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.store.WriteResult;
import dev.keepsake.value.Id;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Writes: added, replaced, guarded, refused; transactions around them. */
public abstract class WriteSuite extends SchemaSuite {
    private static final Kind NOTES = Kind.named("notes")
            .required("id", Type.INTEGER)
            .id("id")
            .field("text", Type.TEXT)
            .field("tags", Type.ANY)
            .field("version", Type.INTEGER)
            .version("version")
            .build();

    /** For suites. */
    protected WriteSuite() {}

    private static State note(long id, String text) {
        return state(NOTES, "id", id, "text", text, "tags", List.of("a"), "version", 1L);
    }

    private State stored(Kind kind, Object id) {
        return find(Selection.byId(kind, id)).getFirst();
    }

    // ---- adding

    @Test
    @Row({"S1-35", "S0-10"})
    void anObjectIsAddedAndGetsAnId() {
        create(PEOPLE);

        assertThat(insert(PEOPLE, person("Bob", 1))).containsExactly(1L);

        assertThat(stored(PEOPLE, 1L).get("name")).isEqualTo("Bob");
    }

    @Test
    @Row("S1-36")
    void severalAreAddedInOneCallAndAFailingOneTakesAllBack() {
        create(PEOPLE);
        insert(PEOPLE, person("Bob", 1));

        assertThat(insert(PEOPLE, person("Jill", 15), person("Joe", 10))).containsExactly(2L, 3L);

        State again = state(PEOPLE, "id", 2L, "name", "Ann", "count", 0L);
        Changeset failing = Changeset.inserts(PEOPLE, List.of(person("Max", 5), again));
        if (commitsMany()) {
            Violation violation = (Violation)
                    refused(Problem.UNIQUE_VIOLATION, () -> store.write(transaction -> transaction.write(failing)));
            assertThat(violation.kind()).contains("people");
        } else {
            refused(Problem.COMMIT_SPANS_OBJECTS, () -> store.write(transaction -> transaction.write(failing)));
        }
        assertThat(count(PEOPLE)).isEqualTo(3);
    }

    @Test
    @Row("S1-37")
    void allAreSelectedInOrder() {
        insertPeople();

        List<State> all = find(Selection.of(PEOPLE).orderBy(Term.of("id").asc()));

        assertThat(all)
                .extracting(state -> List.of(state.at(0), state.at(1), state.at(2)))
                .containsExactly(List.of(1L, "Bob", 1L), List.of(2L, "Jill", 15L), List.of(3L, "Joe", 10L));
    }

    @Test
    void aGeneratedIdIsNeverGivenTwice() {
        create(PEOPLE);
        List<Object> ids = insert(PEOPLE, person("Bob", 1), person("Jill", 2));
        write(Changeset.of(new Changeset.Delete(PEOPLE, ids.getLast(), Guard.EXISTS)));

        Object next = insert(PEOPLE, person("Joe", 3)).getFirst();

        assertThat(ids).doesNotContain(next);
    }

    @Test
    void idsAreReservedWhereTheFeaturesSaySo() {
        create(PEOPLE);
        if (features().ids() == Features.Ids.ON_INSERT) {
            refused(Problem.FEATURE_MISSING, () -> store.reserveIds(PEOPLE, 2));
            return;
        }
        List<Long> reserved = store.reserveIds(PEOPLE, 2);

        Object next = insert(PEOPLE, person("Bob", 1)).getFirst();

        assertThat(reserved).doesNotHaveDuplicates().doesNotContain((Long) next);
    }

    @Test
    void aUuidIsGeneratedInRisingOrder() {
        Kind events = Kind.named("events")
                .required("id", Type.UUID)
                .id("id")
                .generated(Generation.UUID)
                .field("name", Type.TEXT)
                .build();
        create(events);

        List<Object> ids =
                insert(events, state(events, "name", "a"), state(events, "name", "b"), state(events, "name", "c"));

        assertThat(ids).allSatisfy(id -> assertThat(((UUID) id).version()).isEqualTo(7));
        assertThat(values("name", Selection.of(events).orderBy(Term.of("id").asc())))
                .containsExactly("a", "b", "c");
    }

    @Test
    void anIdThatNobodyGivesIsMissed() {
        create(NOTES);

        refused(Problem.REQUIRED_VIOLATION, () -> insert(NOTES, state(NOTES, "text", "no id")));
    }

    @Test
    void anIdOfSeveralPartsIdentifies() {
        Kind maintainers = Kind.named("maintainers")
                .required("user_id", Type.INTEGER)
                .required("package_id", Type.TEXT)
                .id("user_id", "package_id")
                .field("since", Type.DATE)
                .build();
        create(maintainers);
        insert(
                maintainers,
                state(maintainers, "user_id", 1L, "package_id", "boto"),
                state(maintainers, "user_id", 1L, "package_id", "gevent"));
        Object boto = Id.of("user_id", 1L, "package_id", "boto");

        assertThat(find(Selection.byId(maintainers, boto))).hasSize(1);
        assertThat(find(Selection.byIds(maintainers, List.of(boto)))).hasSize(1);
        write(Changeset.of(new Changeset.Delete(maintainers, boto, Guard.EXISTS)));
        assertThat(find(Selection.byId(maintainers, boto))).isEmpty();
        assertThat(count(maintainers)).isEqualTo(1);
        refused(
                Problem.UNIQUE_VIOLATION,
                () -> insert(maintainers, state(maintainers, "user_id", 1L, "package_id", "gevent")));
    }

    @Test
    void aBagKeepsEqualObjectsApart() {
        Kind bag = Kind.named("bag")
                .field("word", Type.TEXT)
                .index(Index.of("bag_by_word", "word"))
                .build();
        create(bag);

        insert(bag, state(bag, "word", "a"), state(bag, "word", "a"), state(bag, "word", "b"));

        assertThat(count(bag)).isEqualTo(3);
        assertThat(count(bag, Term.of("word").eq("a"))).isEqualTo(2);
        State some = state(bag, "word", "c");
        refused(
                Problem.REQUEST_INVALID,
                () -> store.write(transaction -> transaction.write(Changeset.of(new Changeset.Put(bag, some)))));
    }

    // ---- guards

    @Test
    void anUpdateWritesOnlyWhatIsNamed() {
        create(NOTES);
        insert(NOTES, note(1, "old"));
        State changed = state(NOTES, "id", 1L, "text", "new", "tags", List.of("b"), "version", 2L);

        List<WriteResult> results = write(Changeset.of(
                new Changeset.Update(NOTES, changed, List.of("text", "version"), Guard.version("version", 1))));

        assertThat(results.getFirst().matched()).isEqualTo(1);
        assertThat(stored(NOTES, 1L).toMap())
                .containsEntry("text", "new")
                .containsEntry("tags", List.of("a"))
                .containsEntry("version", 2L);
    }

    @Test
    void aStaleWriteIsAConflictThatSaysWhatDiffers() {
        create(NOTES);
        insert(NOTES, note(1, "old"));
        Changeset stale = Changeset.of(
                new Changeset.Update(NOTES, note(1, "mine"), List.of("text"), Guard.version("version", 7)));

        Conflict conflict = (Conflict) refused(Problem.STALE_OBJECT, () -> write(stale));

        assertThat(conflict.kind()).contains("notes");
        assertThat(conflict.id()).contains(1L);
        assertThat(conflict.facts().get("differs")).asString().contains("version: expected 7, found 1");
        assertThat(stored(NOTES, 1L).get("text")).isEqualTo("old");
    }

    @Test
    @Row("MP-08")
    void eachOfTwoWritesOfOneObjectIsGuarded() {
        insertPeople();
        State loaded = stored(PEOPLE, 1L);
        Fault theirs;
        Fault mine;
        try (Transaction transaction = store.begin(TransactionOptions.WRITE.waiting(Duration.ofMillis(200)))) {
            transaction.write(Changeset.of(new Changeset.Update(
                    PEOPLE, loaded.with("name", "Rob"), List.of("name"), Guard.of(loaded, List.of("name")))));
            theirs = elsewhere(Changeset.of(new Changeset.Update(
                    PEOPLE, loaded.with("count", 50L), List.of("count"), Guard.of(loaded, List.of("count")))));
            mine = faultOf(() -> {
                transaction.write(Changeset.of(new Changeset.Update(
                        PEOPLE, loaded.with("count", 2L), List.of("count"), Guard.of(loaded, List.of("count")))));
                transaction.commit();
            });
        }

        assertThat(theirs == null).as("one of them wins: %s, %s", mine, theirs).isNotEqualTo(mine == null);
        assertThat(stored(PEOPLE, 1L).get("count")).isEqualTo(mine == null ? 2L : 50L);
        assertThat(stored(PEOPLE, 1L).get("name")).isEqualTo(mine == null ? "Rob" : "Bob");
    }

    @Test
    void aGuardByValueTellsNullFromTextAndListsFromOthers() {
        create(NOTES);
        insert(NOTES, note(1, "old"));
        State loaded = stored(NOTES, 1L);
        State mine = state(NOTES, "id", 1L, "text", null, "tags", List.of("b"), "version", 1L);
        Changeset.Update update =
                new Changeset.Update(NOTES, mine, List.of("text", "tags"), Guard.of(loaded, List.of("text", "tags")));

        write(Changeset.of(update));

        assertThat(stored(NOTES, 1L).get("text")).isNull();
        Conflict conflict = (Conflict) refused(Problem.STALE_OBJECT, () -> write(Changeset.of(update)));
        assertThat(conflict.facts().get("differs"))
                .asString()
                .contains("text: expected old, found null")
                .contains("tags");
    }

    @Test
    void whatIsMissingCannotBeChangedOrDeleted() {
        create(NOTES);
        Changeset.Update update = new Changeset.Update(NOTES, note(1, "x"), List.of("text"), Guard.EXISTS);
        Changeset.Delete delete = new Changeset.Delete(NOTES, 1L, Guard.EXISTS);

        refused(Problem.STALE_OBJECT, () -> write(Changeset.of(update)));
        refused(Problem.STALE_OBJECT, () -> write(Changeset.of(delete)));
    }

    @Test
    void aDeleteIsGuarded() {
        create(NOTES);
        insert(NOTES, note(1, "old"));

        refused(
                Problem.STALE_OBJECT,
                () -> write(Changeset.of(new Changeset.Delete(NOTES, 1L, Guard.version("version", 2)))));
        write(Changeset.of(new Changeset.Delete(NOTES, 1L, Guard.version("version", 1))));

        assertThat(count(NOTES)).isZero();
    }

    @Test
    void aPutAddsOrReplacesTheWhole() {
        create(NOTES);
        write(Changeset.puts(NOTES, List.of(note(1, "first"))));
        write(Changeset.puts(NOTES, List.of(state(NOTES, "id", 1L, "text", "second"))));

        State stored = stored(NOTES, 1L);
        assertThat(stored.get("text")).isEqualTo("second");
        assertThat(stored.get("tags")).isNull();
        assertThat(count(NOTES)).isEqualTo(1);
    }

    // ---- by condition

    @Test
    void objectsAreChangedByCondition() {
        insertPeople();
        Condition some = Term.of("name").in("Jill", "Joe");
        Changeset.UpdateWhere update = new Changeset.UpdateWhere(
                PEOPLE,
                some,
                List.of(new Change.Increment(Path.of("count"), 5L), new Change.Set(Path.of("name"), "X")));
        if (!commitsMany()) {
            refused(
                    Problem.COMMIT_SPANS_OBJECTS,
                    () -> store.write(transaction -> transaction.write(Changeset.of(update))));
            return;
        }

        WriteResult result = store.write(transaction -> transaction.write(Changeset.of(update)));

        assertThat(result.matched()).isEqualTo(2);
        assertThat(values("count", Selection.of(PEOPLE).orderBy(Term.of("id").asc())))
                .containsExactly(1L, 20L, 15L);
        assertThat(values("name", Selection.of(PEOPLE).orderBy(Term.of("id").asc())))
                .containsExactly("Bob", "X", "X");
    }

    @Test
    void aNumberThatWouldBeBeyondItsFieldIsRefusedAndNothingIsChanged() {
        create(PEOPLE);
        insert(PEOPLE, person("Ann", Long.MAX_VALUE));

        refused(
                Problem.VALUE_REFUSED,
                () -> store.write(transaction -> transaction.write(Changeset.of(new Changeset.UpdateWhere(
                        PEOPLE, Term.of("name").eq("Ann"), List.of(new Change.Increment(Path.of("count"), 1L)))))));

        assertThat(values("count", Selection.of(PEOPLE))).containsExactly(Long.MAX_VALUE);
    }

    @Test
    void whatIsNullIsIncrementedAndAppendedToAsIfItWereNothing() {
        Kind lists = Kind.named("lists")
                .required("id", Type.INTEGER)
                .id("id")
                .field("count", Type.INTEGER)
                .field("words", Type.list(Type.TEXT))
                .build();
        create(lists);
        List<State> all = List.of(
                state(lists, "id", 1L, "count", 1L, "words", List.of("a", "b", "a")),
                state(lists, "id", 2L, "count", null, "words", null),
                state(lists, "id", 3L));
        all.forEach(each -> insert(lists, each));
        for (Change change : List.of(
                new Change.RemoveValue(Path.of("words"), "a"),
                new Change.Append(Path.of("words"), "c"),
                new Change.Increment(Path.of("count"), 5L))) {
            for (long id = 1; id <= 3; id++) {
                WriteResult result = write(Changeset.of(
                                new Changeset.UpdateWhere(lists, Term.of("id").eq(id), List.of(change))))
                        .getFirst();
                assertThat(result.matched()).isEqualTo(1);
            }
        }

        assertThat(values("count", Selection.of(lists).orderBy(Term.of("id").asc())))
                .containsExactly(6L, 5L, 5L);
        assertThat(values("words", Selection.of(lists).orderBy(Term.of("id").asc())))
                .containsExactly(List.of("b", "c"), List.of("c"), List.of("c"));
    }

    @Test
    void oneUpdateOfNullsAndListsWithNullsChangesEachAsItIs() {
        Kind lists = Kind.named("lists")
                .required("id", Type.INTEGER)
                .id("id")
                .field("words", Type.list(Type.TEXT))
                .field("count", Type.INTEGER)
                .build();
        create(lists);
        insert(lists, state(lists, "id", 1L, "words", List.of("a", "b"), "count", 1L));
        insert(lists, state(lists, "id", 2L, "words", null, "count", null));
        insert(lists, state(lists, "id", 3L));
        insert(lists, state(lists, "id", 4L, "words", Arrays.asList("a", null), "count", 4L));
        Changeset.UpdateWhere update = new Changeset.UpdateWhere(
                lists,
                Term.of("id").ge(1L),
                List.of(new Change.Append(Path.of("words"), "z"), new Change.Set(Path.of("count"), 7L)));
        if (!commitsMany()) {
            refused(
                    Problem.COMMIT_SPANS_OBJECTS,
                    () -> store.write(transaction -> transaction.write(Changeset.of(update))));
            return;
        }

        WriteResult result = store.write(transaction -> transaction.write(Changeset.of(update)));
        assertThat(result.matched()).isEqualTo(4);
        store.write(transaction -> transaction.write(Changeset.of(new Changeset.UpdateWhere(
                lists, Term.of("id").ge(1L), List.of(new Change.RemoveValue(Path.of("words"), "a"))))));

        assertThat(values("words", Selection.of(lists).orderBy(Term.of("id").asc())))
                .containsExactly(List.of("b", "z"), List.of("z"), List.of("z"), Arrays.asList(null, "z"));
        assertThat(values("count", Selection.of(lists))).containsOnly(7L);
    }

    @Test
    void nestedValuesAreChangedByCondition() {
        create(NOTES);
        insert(NOTES, state(NOTES, "id", 1L, "tags", Map.of("words", List.of("a", "b"))));
        update(new Change.Append(Path.parse("tags.words"), "c"));
        update(new Change.RemoveValue(Path.parse("tags.words"), "a"));
        update(new Change.Set(Path.parse("tags.deep.er"), 7L));
        update(new Change.Increment(Path.parse("tags.deep.er"), 3L));
        update(new Change.Set(Path.parse("tags.gone"), true));
        update(new Change.Unset(Path.parse("tags.gone")));

        assertThat(stored(NOTES, 1L).get("tags"))
                .isEqualTo(Map.of("words", List.of("b", "c"), "deep", Map.of("er", 10L)));
    }

    private void update(Change change) {
        write(Changeset.of(new Changeset.UpdateWhere(NOTES, Term.of("id").eq(1L), List.of(change))));
    }

    @Test
    void whatMatchesAndWhatChangesAreCounted() {
        insertPeople();
        Changeset.UpdateWhere same = new Changeset.UpdateWhere(
                PEOPLE, Term.of("name").eq("Bob"), List.of(new Change.Set(Path.of("count"), 1L)));

        WriteResult result = write(Changeset.of(same)).getFirst();

        assertThat(result.matched()).isEqualTo(1);
        boolean buffered = features().writes() == Features.Writes.BUFFERED;
        long changed = features().modified() == Features.Modified.CHANGED && !buffered ? 0 : 1;
        assertThat(result.modified()).isEqualTo(changed);
    }

    @Test
    void objectsAreDeletedByCondition() {
        insertPeople();

        WriteResult result = write(Changeset.of(
                        new Changeset.DeleteWhere(PEOPLE, Term.of("name").eq("Jill"))))
                .getFirst();

        assertThat(result.deleted()).isEqualTo(1);
        assertThat(values("name", Selection.of(PEOPLE).orderBy(Term.of("id").asc())))
                .containsExactly("Bob", "Joe");
    }

    // ---- rules

    @Test
    void aRequiredFieldIsRequired() {
        Kind strict = Kind.named("strict")
                .required("id", Type.INTEGER)
                .id("id")
                .required("name", Type.TEXT)
                .build();
        create(strict);

        Violation violation =
                (Violation) refused(Problem.REQUIRED_VIOLATION, () -> insert(strict, state(strict, "id", 1L)));

        assertThat(violation.kind()).contains("strict");
        assertThat(violation.constraint()).contains("name");
        assertThat(count(strict)).isZero();
    }

    @Test
    void aUniqueIndexRefusesTheSecondButNotNulls() {
        Kind users = Kind.named("users")
                .required("id", Type.INTEGER)
                .id("id")
                .field("email", Type.TEXT)
                .index(Index.unique("one_email", "email"))
                .build();
        create(users);
        insert(users, state(users, "id", 1L, "email", "a@b"));
        insert(users, state(users, "id", 2L), state(users, "id", 3L));

        Violation violation = (Violation)
                refused(Problem.UNIQUE_VIOLATION, () -> insert(users, state(users, "id", 4L, "email", "a@b")));

        assertThat(violation.kind()).contains("users");
        assertThat(violation.constraint()).isPresent();
        refused(
                Problem.UNIQUE_VIOLATION,
                () -> write(Changeset.of(new Changeset.Update(
                        users, state(users, "id", 2L, "email", "a@b"), List.of("email"), Guard.EXISTS))));
        assertThat(count(users)).isEqualTo(3);
    }

    @Test
    void referencesAreKeptAsTheFeaturesSay() {
        Kind types = Kind.named("types").required("id", Type.INTEGER).id("id").build();
        Kind monsters = Kind.named("monsters")
                .required("id", Type.INTEGER)
                .id("id")
                .field("type_id", Type.INTEGER)
                .reference(Reference.of("type_id", "types", "id"))
                .build();
        create(monsters, types);
        insert(types, state(types, "id", 1L));
        insert(monsters, state(monsters, "id", 1L, "type_id", 1L), state(monsters, "id", 2L));
        State lost = state(monsters, "id", 3L, "type_id", 9L);
        Changeset.Delete delete = new Changeset.Delete(types, 1L, Guard.EXISTS);
        if (features().references() == Features.Enforcement.NONE) {
            insert(monsters, lost);
            write(Changeset.of(delete));
            assertThat(count(types)).isZero();
            return;
        }
        Violation violation = (Violation) refused(Problem.REFERENCE_VIOLATION, () -> insert(monsters, lost));
        assertThat(violation.constraint()).contains("type_id");
        refused(Problem.REFERENCE_VIOLATION, () -> write(Changeset.of(delete)));
        assertThat(count(types)).isEqualTo(1);
        assertThat(count(monsters)).isEqualTo(2);
    }

    @Test
    void deletingWhatOthersReferToNullsOrCascadesWhereSaid() {
        Kind types = Kind.named("types").required("id", Type.INTEGER).id("id").build();
        Kind monsters = Kind.named("monsters")
                .required("id", Type.INTEGER)
                .id("id")
                .field("strong", Type.INTEGER)
                .field("weak", Type.INTEGER)
                .reference(new Reference("", List.of("strong"), "types", List.of("id"), Reference.OnDelete.CASCADE))
                .reference(new Reference("", List.of("weak"), "types", List.of("id"), Reference.OnDelete.NULLIFY))
                .build();
        create(types, monsters);
        insert(types, state(types, "id", 1L), state(types, "id", 2L));
        insert(monsters, state(monsters, "id", 1L, "strong", 1L), state(monsters, "id", 2L, "strong", 2L, "weak", 1L));

        write(Changeset.of(new Changeset.Delete(types, 1L, Guard.EXISTS)));

        if (features().references() == Features.Enforcement.NONE) {
            assertThat(count(monsters)).isEqualTo(2);
        } else {
            assertThat(values("id", Selection.of(monsters))).containsExactly(2L);
            assertThat(stored(monsters, 2L).get("weak")).isNull();
        }
    }

    @Test
    void checksAreKeptAsTheFeaturesSay() {
        Kind cars = Kind.named("cars")
                .required("id", Type.INTEGER)
                .id("id")
                .field("doors", Type.INTEGER)
                .check("some_doors", "doors > 0 and not doors = 13")
                .build();
        create(cars);
        insert(cars, state(cars, "id", 1L, "doors", 4L));
        State wrong = state(cars, "id", 2L, "doors", 13L);
        if (features().checks() == Features.Enforcement.NONE) {
            insert(cars, wrong);
            return;
        }
        Violation violation = (Violation) refused(Problem.CHECK_VIOLATION, () -> insert(cars, wrong));

        assertThat(violation.constraint()).contains("some_doors");
        refused(Problem.CHECK_VIOLATION, () -> insert(cars, state(cars, "id", 3L)));
        assertThat(count(cars)).isEqualTo(1);
    }

    @Test
    void aFieldThatTheKindDoesNotKnowIsKeptOrRefused() {
        create(NOTES);
        State more = state(NOTES, "id", 1L, "colour", "red");
        if (features().extras() == Features.Extras.REFUSED) {
            Fault fault = refused(Problem.UNKNOWN_FIELD, () -> insert(NOTES, more));
            assertThat(fault.sentence()).contains("colour");
            assertThat(count(NOTES)).isZero();
        } else {
            insert(NOTES, more);
            assertThat(stored(NOTES, 1L).extra()).containsEntry("colour", "red");
        }
    }

    @Test
    @Row("S0-18")
    void nullStaysNullAndAbsentStaysAbsentWhereTheStoreCanTell() {
        create(NOTES);
        insert(NOTES, state(NOTES, "id", 1L, "text", null));

        State stored = stored(NOTES, 1L);

        assertThat(stored.has(1)).isTrue();
        assertThat(stored.get("text")).isNull();
        assertThat(stored.has(2)).isEqualTo(features().absence() == Features.Absence.NULL);
        assertThat(find(NOTES, Term.of("tags").isNull())).hasSize(1);
    }

    // ---- transactions

    @Test
    @Row("S1-33")
    void transactionsAreIndependentUntilCommit() {
        insertPeople();
        try (Transaction writer = store.begin()) {
            writer.write(Changeset.inserts(PEOPLE, List.of(person("Ann", 1))));
            Condition ann = Term.of("name").eq("Ann");
            assertThat(writer.find(Selection.of(PEOPLE).where(ann)).list()).hasSize(1);
            assertThat(count(PEOPLE, ann)).isZero();

            writer.commit();

            assertThat(count(PEOPLE, ann)).isEqualTo(1);
        }
    }

    @Test
    void aReaderSeesOneStateThroughoutOrTheLatest() {
        insertPeople();
        try (Transaction reader = store.begin(TransactionOptions.READ)) {
            Selection bob = Selection.of(PEOPLE).where(Term.of("name").eq("Bob"));
            assertThat(reader.find(bob).list()).hasSize(1);
            write(Changeset.of(new Changeset.DeleteWhere(PEOPLE, Term.of("name").eq("Bob"))));

            assertThat(reader.find(bob).list()).hasSize(features().reads() == Features.Reads.SNAPSHOT ? 1 : 0);
        }
        assertThat(count(PEOPLE)).isEqualTo(2);
    }

    @Test
    @Row("S0-21")
    void aReaderThatBeginsLaterSeesWhatWasWritten() {
        create(PEOPLE);
        assertThat(count(PEOPLE, Term.of("name").eq("boto"))).isZero();

        insert(PEOPLE, person("boto", 1));

        assertThat(count(PEOPLE, Term.of("name").eq("boto"))).isEqualTo(1);
    }

    @Test
    void rollbackAndCloseUndo() {
        insertPeople();
        try (Transaction transaction = store.begin()) {
            transaction.write(Changeset.inserts(PEOPLE, List.of(person("Ann", 1))));
            transaction.rollback();
        }
        try (Transaction transaction = store.begin()) {
            transaction.write(Changeset.inserts(PEOPLE, List.of(person("Eve", 1))));
        }

        assertThat(count(PEOPLE)).isEqualTo(3);
    }

    @Test
    void anExceptionUndoesAndPassesUnchanged() {
        insertPeople();
        IllegalStateException mine = new IllegalStateException("mine");

        Throwable thrown = Assertions.catchThrowable(() -> store.write(transaction -> {
            transaction.write(Changeset.inserts(PEOPLE, List.of(person("Ann", 1))));
            throw mine;
        }));

        assertThat(thrown).isSameAs(mine);
        assertThat(count(PEOPLE)).isEqualTo(3);
    }

    @Test
    void partOfATransactionIsUndone() {
        create(PEOPLE);
        try (Transaction transaction = store.begin()) {
            if (features().savepoints() == Features.Savepoints.NONE) {
                refused(Problem.FEATURE_MISSING, transaction::mark);
                return;
            }
            transaction.write(Changeset.inserts(PEOPLE, List.of(person("Bob", 1))));
            Mark mark = transaction.mark();
            transaction.write(Changeset.inserts(PEOPLE, List.of(person("Jill", 2))));
            transaction.release(transaction.mark());
            Mark later = transaction.mark();
            transaction.rollbackTo(mark);
            refused(Problem.REQUEST_INVALID, () -> transaction.rollbackTo(later));
            assertThat(transaction
                            .find(Selection.of(PEOPLE).where(Term.of("name").eq("Jill")))
                            .list())
                    .isEmpty();
            transaction.commit();
        }

        assertThat(values("name", Selection.of(PEOPLE))).containsExactly("Bob");
    }

    @Test
    void aFailedTransactionStaysShutUntilItIsRolledBack() {
        create(NOTES);
        insert(NOTES, note(1, "old"));
        try (Transaction transaction = store.begin()) {
            Changeset twice = Changeset.inserts(NOTES, List.of(note(5, "x"), note(5, "y")));
            refused(Problem.UNIQUE_VIOLATION, () -> transaction.write(twice));

            Fault fault = refused(Problem.TRANSACTION_FAILED, () -> transaction.find(Selection.byId(NOTES, 1L)));

            assertThat(fault.facts().get("first")).asString().isNotBlank();
            refused(Problem.TRANSACTION_FAILED, transaction::commit);
            transaction.rollback();
        }
        assertThat(count(NOTES)).isEqualTo(1);
    }

    @Test
    void nothingIsDoneAfterTheEnd() {
        create(PEOPLE);
        Transaction transaction = store.begin();
        transaction.commit();

        refused(Problem.CLOSED, () -> transaction.find(Selection.of(PEOPLE)));
        refused(Problem.CLOSED, transaction::commit);
        transaction.close();
        store.close();
        refused(Problem.CLOSED, () -> store.inspect());
        store.close();
    }

    @Test
    @Row("S2-57")
    void closingGivesTransactionsOfOtherThreadsTimeToEnd() throws Exception {
        create(PEOPLE);
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(1);
        Transaction own = store.begin(TransactionOptions.READ);
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<Integer> result = other.submit(() -> {
                try (Transaction transaction = store.begin()) {
                    transaction.write(Changeset.inserts(PEOPLE, List.of(person("Ann", 1))));
                    written.countDown();
                    closing.await();
                    transaction.write(Changeset.inserts(PEOPLE, List.of(person("Bob", 2))));
                    int found = transaction
                            .find(Selection.of(PEOPLE).scanning(10))
                            .list()
                            .size();
                    if (commitsMany()) {
                        transaction.commit();
                    }
                    return found;
                }
            });
            written.await();
            Thread asking = Thread.ofVirtual().start(() -> {
                while (faultOf(() -> store.begin(TransactionOptions.READ).close()) == null) {
                    Thread.onSpinWait();
                }
                closing.countDown();
            });
            store.close();

            assertThat(result.get()).as("all of the transaction").isEqualTo(2);
            refused(Problem.CLOSED, () -> own.find(Selection.of(PEOPLE)));
            asking.join();
        }
    }

    // ---- isolation

    @Test
    @Row("S2-53")
    void whatIsMoreIsolatedThanTheStoreCanIsRefusedAndElseAsIfOneRanAfterTheOther() {
        TransactionOptions options =
                TransactionOptions.WRITE.waiting(Duration.ofMillis(100)).isolated(Isolation.SERIALIZABLE);
        if (features().isolations() != Features.Isolations.SERIALIZABLE) {
            refused(Problem.FEATURE_MISSING, () -> store.begin(options));
            return;
        }
        create(NOTES);
        insert(NOTES, note(1, "on duty"), note(2, "on duty"));
        try (Transaction one = store.begin(options);
                Transaction other = store.begin(options)) {
            List<Fault> faults = new ArrayList<>();
            boolean oneRead = did(faults, () -> one.find(Selection.of(NOTES)).list());
            boolean otherRead =
                    did(faults, () -> other.find(Selection.of(NOTES)).list());
            boolean otherLeft = otherRead && did(faults, () -> leave(other, 2));
            boolean oneLeft = oneRead && did(faults, () -> leave(one, 1));

            assertThat(oneLeft && otherLeft).as("both left").isFalse();
            assertThat(faults).isNotEmpty().allMatch(Fault::retryable);
        }
        assertThat(values("text", Selection.of(NOTES))).contains("on duty");
    }

    private static boolean did(List<Fault> faults, Runnable what) {
        Fault fault = faultOf(what);
        if (fault != null) {
            faults.add(fault);
        }
        return fault == null;
    }

    private static void leave(Transaction transaction, long id) {
        transaction.write(
                Changeset.of(new Changeset.Update(NOTES, note(id, "off duty"), List.of("text"), Guard.EXISTS)));
        transaction.commit();
    }

    @Test
    void aTransactionThatReadsDoesNotWrite() {
        create(PEOPLE);
        try (Transaction reader = store.begin(TransactionOptions.READ)) {
            refused(Problem.REQUEST_INVALID, () -> reader.write(Changeset.inserts(PEOPLE, List.of(person("Ann", 1)))));
        }
    }

    @Test
    void oneOfTwoWritersOfOneObjectIsTold() {
        create(NOTES);
        insert(NOTES, note(1, "old"));
        Guard unchanged = Guard.of(note(1, "old"), List.of("text"));
        try (Transaction first = store.begin()) {
            first.write(Changeset.of(new Changeset.Update(NOTES, note(1, "mine"), List.of("text"), unchanged)));

            Fault theirs =
                    elsewhere(Changeset.of(new Changeset.Update(NOTES, note(1, "theirs"), List.of("text"), unchanged)));
            Fault mine = faultOf(first::commit);

            if (features().writers() == Features.Writers.ONE) {
                assertThat(theirs).isInstanceOfSatisfying(Fault.class, fault -> {
                    assertThat(fault.problem()).isEqualTo(Problem.STORE_BUSY);
                    assertThat(fault.retryable()).isTrue();
                });
            }
            assertThat(theirs == null).as("mine %s, theirs %s", mine, theirs).isNotEqualTo(mine == null);
            assertThat(stored(NOTES, 1L).get("text")).isEqualTo(mine == null ? "mine" : "theirs");
        }
    }

    @Test
    void anUpdateByConditionStillAppliesAtCommitOrIsAConflict() {
        create(NOTES);
        insert(NOTES, note(1, "open"));
        try (Transaction first = store.begin()) {
            first.write(Changeset.of(new Changeset.UpdateWhere(
                    NOTES,
                    Term.of("id").eq(1L).and(Term.of("text").eq("open")),
                    List.of(new Change.Set(Path.of("version"), 9L)))));

            Fault theirs = elsewhere(
                    Changeset.of(new Changeset.Update(NOTES, note(1, "closed"), List.of("text"), Guard.EXISTS)));
            Fault mine = faultOf(first::commit);

            assertThat(theirs == null).as("mine %s, theirs %s", mine, theirs).isNotEqualTo(mine == null);
        }
    }

    @Test
    void severalWritesOfOneObjectAreKeptAsTheLast() {
        create(NOTES);
        State second = note(1, "second");
        store.write(transaction -> transaction.write(Changeset.of(
                new Changeset.Insert(NOTES, note(1, "first")),
                new Changeset.Update(NOTES, second, List.of("text"), Guard.EXISTS))));
        assertThat(stored(NOTES, 1L).get("text")).isEqualTo("second");

        store.write(transaction -> transaction.write(Changeset.of(
                new Changeset.Delete(NOTES, 1L, Guard.of(second, List.of("text"))),
                new Changeset.Insert(NOTES, note(1, "third")))));
        assertThat(stored(NOTES, 1L).get("text")).isEqualTo("third");

        store.write(transaction -> transaction.write(Changeset.of(
                new Changeset.Put(NOTES, note(1, "fourth")),
                new Changeset.Update(NOTES, note(1, "fifth"), List.of("text"), Guard.version("version", 1)),
                new Changeset.Delete(NOTES, 1L, Guard.EXISTS))));
        assertThat(count(NOTES)).isZero();

        store.write(transaction -> transaction.write(Changeset.of(
                new Changeset.Insert(NOTES, note(2, "x")), new Changeset.Delete(NOTES, 2L, Guard.EXISTS))));
        assertThat(count(NOTES)).isZero();
    }

    @Test
    void aWrongNameOrTypeInAWriteIsSaidBeforeItIsSent() {
        create(NOTES);
        Fault name = refused(Problem.UNKNOWN_FIELD, () -> new Changeset.Delete(NOTES, 1L, Guard.version("versoin", 1)));
        assertThat(name.hint()).contains("did you mean version?");
        refused(Problem.TYPE_MISMATCH, () -> new Changeset.Delete(NOTES, "1", Guard.EXISTS));
        refused(
                Problem.TYPE_MISMATCH,
                () -> new Changeset.Delete(NOTES, 1L, Guard.of(note(1, "x").with("text", 7L), List.of("text"))));
        refused(Problem.UNKNOWN_FIELD, () -> new Changeset.Update(NOTES, note(1, "x"), List.of("txet"), Guard.EXISTS));
        refused(
                Problem.REQUEST_INVALID,
                () -> new Changeset.UpdateWhere(
                        NOTES,
                        Condition.all(),
                        List.of(new Change.Set(Path.parse("tags.a"), 1L), new Change.Unset(Path.of("tags")))));
        assertThat(new Changeset.Delete(NOTES, 1, Guard.EXISTS).id()).isEqualTo(1L);
    }

    @Test
    void thoseThatReferToEachOtherAreDeletedTogether() {
        Kind employees = Kind.named("employees")
                .required("id", Type.INTEGER)
                .id("id")
                .field("boss", Type.INTEGER)
                .reference(Reference.of("boss", "employees", "id"))
                .build();
        create(employees);
        insert(employees, state(employees, "id", 1L), state(employees, "id", 2L, "boss", 1L));
        Changeset both =
                Changeset.of(new Changeset.DeleteWhere(employees, Term.of("id").between(1L, 2L)));
        if (commitsMany()) {
            store.write(transaction -> transaction.write(both));
            assertThat(count(employees)).isZero();
        } else {
            refused(Problem.COMMIT_SPANS_OBJECTS, () -> store.write(transaction -> transaction.write(both)));
            assertThat(count(employees)).isEqualTo(2);
        }
    }

    @Test
    void kindsAreCreatedByManyAtOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(threads.submit(() -> create(PEOPLE, NOTES)));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
        assertThat(store.inspect().names()).containsExactlyInAnyOrder("people", "notes");
    }

    @Test
    void idsOfOurOwnMakingAreGenerated() {
        Kind things = Kind.named("things")
                .required("id", Type.OBJECT_ID)
                .id("id")
                .generated(Generation.OBJECT_ID)
                .field("name", Type.TEXT)
                .build();
        create(things);

        List<Object> ids = insert(things, state(things, "name", "a"), state(things, "name", "b"));

        assertThat(ids).doesNotHaveDuplicates().allSatisfy(id -> assertThat(id).isInstanceOf(ObjectId.class));
        assertThat(find(Selection.byId(things, ids.getLast())).getFirst().get("name"))
                .isEqualTo("b");
    }

    @Test
    void timesAndDecimalsAreAsFineAsTheFeaturesSay() {
        Kind fine = Kind.named("fine")
                .required("id", Type.INTEGER)
                .id("id")
                .field("moment", Type.instant(features().times().digits()))
                .field("number", Type.decimal(features().decimals().digits(), 2))
                .build();
        create(fine);
        Instant moment = Instant.parse("2018-05-31T01:44:52.123456789Z");
        insert(fine, state(fine, "id", 1L, "moment", moment, "number", new BigDecimal("0.01")));
        Instant kept = (Instant) Objects.requireNonNull(stored(fine, 1L).get("moment"));
        assertThat(Duration.between(kept, moment)).isLessThan(Duration.ofNanos((long)
                Math.pow(10, 9 - features().times().digits())));
        if (features().times() != Features.Times.NANOS) {
            Kind finer = Kind.named("finer")
                    .required("id", Type.INTEGER)
                    .id("id")
                    .field("m", Type.instant(9))
                    .build();
            refused(Problem.FEATURE_MISSING, () -> create(finer));
        }
        if (features().decimals() != Features.Decimals.DIGITS_38) {
            Kind wider = Kind.named("wider")
                    .required("id", Type.INTEGER)
                    .id("id")
                    .field("d", Type.decimal(38, 2))
                    .build();
            refused(Problem.FEATURE_MISSING, () -> create(wider));
        }
    }

    @Test
    void aJoinedTransactionLeavesTheOthersOpen() {
        create(PEOPLE);
        if (features().savepoints() == Features.Savepoints.NONE || features().writes() == Features.Writes.BUFFERED) {
            refused(Problem.FEATURE_MISSING, () -> store.join("whatever it is"));
            return;
        }
        try (Transaction theirs = store.begin()) {
            Object nativeOne = nativeTransaction(theirs);
            try (Transaction mine = store.join(nativeOne)) {
                mine.write(Changeset.inserts(PEOPLE, List.of(person("Bob", 1))));
                mine.commit();
            }
            try (Transaction mine = store.join(nativeOne)) {
                mine.write(Changeset.inserts(PEOPLE, List.of(person("Jill", 1))));
            }
            assertThat(count(PEOPLE)).isZero();
            theirs.commit();
        }
        assertThat(values("name", Selection.of(PEOPLE))).containsExactly("Bob");
        refused(Problem.REQUEST_INVALID, () -> store.join("no transaction"));
    }

    /** What someone else would hand over: the native transaction inside one of ours. */
    protected Object nativeTransaction(Transaction transaction) {
        return transaction.unwrap(Object.class);
    }

    @Test
    void aPutNeverTakesTheObjectOfAnEqualUniqueValueForItsOwn() {
        Kind users = Kind.named("members")
                .required("id", Type.INTEGER)
                .id("id")
                .field("email", Type.TEXT)
                .field("name", Type.TEXT)
                .index(Index.unique("members_by_email", "email"))
                .build();
        create(users);
        insert(users, state(users, "id", 1L, "email", "a@example.org", "name", "Ann"));

        refused(
                Problem.UNIQUE_VIOLATION,
                () -> write(Changeset.of(
                        new Changeset.Put(users, state(users, "id", 2L, "email", "a@example.org", "name", "Bob")))));
        write(Changeset.of(new Changeset.Put(users, state(users, "id", 1L, "email", "b@example.org", "name", "Ann"))));
        write(Changeset.of(new Changeset.Put(users, state(users, "id", 2L, "email", "a@example.org", "name", "Bob"))));

        assertThat(find(users, Condition.all()))
                .extracting(state -> state.get("name") + " " + state.get("email"))
                .containsExactly("Ann b@example.org", "Bob a@example.org");
        write(Changeset.of(
                new Changeset.Put(users, state(users, "id", 3L, "email", "c@example.org", "name", "Cid")),
                new Changeset.Put(users, state(users, "id", 3L, "email", "c@example.org", "name", "Cyd"))));
        assertThat(find(users, Term.of("id").eq(3L)))
                .extracting(state -> state.get("name"))
                .containsExactly("Cyd");
    }

    @Test
    void anIdThatWasGivenIsNotMadeAgain() {
        create(PEOPLE);
        insert(PEOPLE, state(PEOPLE, "id", 0L, "name", "Zoe", "count", 1L));
        insert(PEOPLE, person("Ann", 1));
        insert(PEOPLE, state(PEOPLE, "id", 7L, "name", "Bob", "count", 1L));
        List<Object> ids = insert(PEOPLE, person("Cid", 1), person("Dan", 1), person("Eve", 1));

        assertThat(ids).doesNotHaveDuplicates().doesNotContain(0L, 7L);
        assertThat(find(PEOPLE, Term.of("id").eq(0L)))
                .extracting(state -> state.get("name"))
                .containsExactly("Zoe");
        assertThat(count(PEOPLE)).isEqualTo(6);
    }

    @Test
    void blanksAtTheEndOfATextAreKeptAndCompared() {
        Kind tags = Kind.named("tags")
                .required("tag", Type.TEXT)
                .id("tag")
                .field("note", Type.TEXT)
                .index(Index.unique("tags_by_note", "note"))
                .build();
        create(tags);
        insert(tags, state(tags, "tag", "a", "note", "x"), state(tags, "tag", "a ", "note", "x "));

        assertThat(find(tags, Term.of("tag").eq("a ")))
                .extracting(state -> state.get("note"))
                .containsExactly("x ");
        assertThat(find(tags, Term.of("note").eq("x")))
                .extracting(state -> state.get("tag"))
                .containsExactly("a");
    }
}
