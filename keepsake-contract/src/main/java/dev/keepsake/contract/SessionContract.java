package dev.keepsake.contract;

import static dev.keepsake.Keepsake.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.Mapping;
import dev.keepsake.codec.Ref;
import dev.keepsake.contract.Monsters.Berry;
import dev.keepsake.contract.Monsters.Monster;
import dev.keepsake.contract.Monsters.MonsterType;
import dev.keepsake.contract.Monsters.Node;
import dev.keepsake.contract.Monsters.Note;
import dev.keepsake.contract.Monsters.Trainer;
import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Detached;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.NotFound;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Request;
import dev.keepsake.query.Selection;
import dev.keepsake.session.Query;
import dev.keepsake.session.Session;
import dev.keepsake.session.SessionOptions;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Transaction;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Sessions on a store: what they have, what they write, when, and what they say when it cannot be. */
public abstract class SessionContract extends DifferentialSuite {
    /** For suites. */
    protected SessionContract() {}

    /** The classes of {@link Monsters} on the store of the test. */
    Keepsake monsters() {
        Keepsake keepsake = Keepsake.on(store, Codecs.of(Monsters.ALL));
        keepsake.createAll();
        return keepsake;
    }

    /** A query that may read all. */
    static <T> Query<T> scan(Query<T> query) {
        return query.scanning(1_000_000);
    }

    /** How many requests something sends to the store: reads, and sets of writes. */
    final int requests(Runnable work) {
        List<Request> all = new ArrayList<>();
        try (Guarded.Listening listening = store.listen(requested -> all.add(requested.request()))) {
            work.run();
        }
        return all.size();
    }

    /** Adds objects; where a commit covers one object, each in its own. */
    final void save(Keepsake keepsake, Object... objects) {
        if (commitsMany()) {
            keepsake.useTransaction(session -> session.addAll(List.of(objects)));
        } else {
            for (Object each : objects) {
                keepsake.useTransaction(session -> session.add(each));
            }
        }
    }

    /** Does something that commits several objects, or asserts that it is refused. */
    private void several(Keepsake keepsake, Consumer<Session> work) {
        if (commitsMany()) {
            keepsake.useTransaction(work);
        } else {
            refused(Problem.COMMIT_SPANS_OBJECTS, () -> keepsake.useTransaction(work));
        }
    }

    // ---- the identity map

    @Test
    @Row("MP-02")
    void anObjectIsTheSameInstanceHoweverItIsReached() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");
        save(keepsake, grass);
        long id = Objects.requireNonNull(grass.id);
        save(keepsake, new Monster("Flowerasaur", grass));

        keepsake.useTransaction(session -> {
            MonsterType first = session.get(MonsterType.class, id);
            assertThat(session.get(MonsterType.class, id)).isSameAs(first);
            assertThat(scan(session.query(MonsterType.class)).one()).isSameAs(first);
            Monster monster = scan(session.query(Monster.class)).one();
            assertThat(monster.type).isSameAs(first);
            assertThat(session.contains(first)).isTrue();
            assertThat(session.size()).isEqualTo(2);
        });
    }

    @Test
    @Row("MP-03")
    void anIdThatIsNotThereIsNamed() {
        Keepsake keepsake = monsters();

        keepsake.useTransaction(session -> {
            assertThat(session.find(MonsterType.class, 7L)).isEmpty();
            assertThatThrownBy(() -> session.get(MonsterType.class, 7L))
                    .isInstanceOf(NotFound.class)
                    .hasMessageContaining("there is no MonsterType 7")
                    .hasMessageContaining("object-missing");
            assertThatThrownBy(() -> session.get(MonsterType.class, "seven"))
                    .hasMessageContaining("expected integer, was text seven");
        });
    }

    // ---- adding

    @Test
    @Row("S2-29")
    void severalObjectsHaveTheirIdsAfterOneCommit() {
        Keepsake keepsake = monsters();
        List<MonsterType> types =
                List.of(new MonsterType("Grass"), new MonsterType("Water"), new MonsterType("Lightning"));

        several(keepsake, session -> {
            assertThat(session.addAll(types)).containsExactlyElementsOf(types);
            if (features().ids() == Features.Ids.ON_INSERT) {
                assertThat(types)
                        .extracting(type -> type.id)
                        .as("before the flush")
                        .containsOnlyNulls();
            }
        });

        assertThat(scan(keepsake.query(MonsterType.class)).orderBy("name").list())
                .extracting(type -> type.id)
                .containsExactlyElementsOf(
                        commitsMany()
                                ? List.of(idOf(types.get(0)), idOf(types.get(2)), idOf(types.get(1)))
                                : List.of());
    }

    private static Long idOf(MonsterType type) {
        return Objects.requireNonNull(type.id);
    }

    @Test
    @Row({"S1-47", "MP-01"})
    void generatedIdsAreOnTheObjects() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");

        keepsake.useTransaction(session -> {
            assertThat(session.add(grass)).isSameAs(grass);
            boolean reserved = features().ids() == Features.Ids.RESERVED;
            assertThat(grass.id != null).as("before the flush").isEqualTo(reserved);
            session.flush();
            assertThat(grass.id).isNotNull();
        });

        Note note = keepsake.inTransaction(session -> session.add(new Note("first")));
        assertThat(note.id()).isPositive();
        assertThat(keepsake.get(Note.class, note.id())).isEqualTo(note);
    }

    @Test
    @Row({"S2-29", "S4-89", "MP-01"})
    void manyRecordsWithGeneratedIdsAreOneRequest() {
        Keepsake keepsake = monsters();
        List<Note> notes = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            notes.add(new Note("note " + i));
        }
        if (!commitsMany()) {
            refused(Problem.COMMIT_SPANS_OBJECTS, () -> keepsake.useTransaction(session -> session.addAll(notes)));
            return;
        }
        List<Note> added = new ArrayList<>();

        int requests = requests(() -> keepsake.useTransaction(session -> added.addAll(session.addAll(notes))));

        assertThat(requests).isEqualTo(1);
        assertThat(added)
                .extracting(Note::text)
                .containsExactlyElementsOf(notes.stream().map(Note::text).toList());
        assertThat(added).extracting(Note::id).doesNotHaveDuplicates().allMatch(id -> id > 0);
    }

    @Test
    void anObjectWithoutIdIsRefusedWhereNoneIsGenerated() {
        Keepsake keepsake = monsters();

        keepsake.useTransaction(session -> {
            Fault fault = refused(Problem.REQUEST_INVALID, () -> session.add(new Trainer()));
            assertThat(fault.sentence()).isEqualTo("a new Trainer has no id");
            session.add(new Trainer("Ash"));
        });
        assertThat(scan(keepsake.query(Trainer.class)).count()).isEqualTo(1);
    }

    @Test
    @Row({"S1-49", "S4-90"})
    void addOfAKnownObjectIsHarmlessAndOneFieldIsOneWrite() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"));
        List<Changeset> written = new ArrayList<>();

        keepsake.useTransaction(session -> {
            Trainer ash = session.get(Trainer.class, "Ash");
            ash.badges = 8;
            session.add(ash);
            try (Guarded.Listening listening = store.listen(requested -> {
                if (requested.request() instanceof Changeset changes) {
                    written.add(changes);
                }
            })) {
                session.flush();
            }
        });

        assertThat(written).hasSize(1);
        assertThat(written.getFirst().entries())
                .singleElement()
                .satisfies(entry ->
                        assertThat(((Changeset.Update) entry).changed()).containsExactly("badges"));
        assertThat(keepsake.get(Trainer.class, "Ash").badges).isEqualTo(8);
    }

    @Test
    @Row({"MP-40", "N-07"})
    void whatDidNotChangeIsNotWritten() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"));

        int requests = requests(() -> keepsake.useTransaction(session -> {
            Trainer ash = session.get(Trainer.class, "Ash");
            ash.badges += 1;
            ash.badges -= 1;
            assertThat(session.hasChanges()).isFalse();
        }));

        assertThat(requests).as("the read alone").isEqualTo(1);
    }

    @Test
    void anotherInstanceOfOneObjectIsRefusedByAddAndTakenByPut() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"));

        keepsake.useTransaction(session -> {
            Trainer loaded = session.get(Trainer.class, "Ash");
            Trainer other = new Trainer("Ash");
            other.badges = 3;
            Fault fault = refused(Problem.REQUEST_INVALID, () -> session.add(other));
            assertThat(fault.sentence()).contains("another instance of trainer Ash is in the session already");
            assertThat(session.put(other)).isSameAs(other);
            assertThat(session.get(Trainer.class, "Ash")).isSameAs(other);
            refused(Problem.NOT_MANAGED, () -> session.delete(loaded));
        });
        assertThat(keepsake.get(Trainer.class, "Ash").badges).isEqualTo(3);
    }

    // ---- records

    @Test
    void aRecordIsReplacedAndOnlyItsChangeIsWritten() {
        Keepsake keepsake = monsters();
        save(keepsake, new Berry("oran", 3));

        keepsake.useTransaction(session -> {
            Berry oran = session.get(Berry.class, "oran");
            Berry larger = session.put(new Berry("oran", 4, oran.favourite()));
            assertThat(session.get(Berry.class, "oran")).isSameAs(larger);
            assertThat(session.hasChanges()).isTrue();
        });
        assertThat(keepsake.get(Berry.class, "oran").size()).isEqualTo(4);
    }

    @Test
    void aRecordsVersionIsCountedOnTheInstanceThatPutGives() {
        Keepsake keepsake = monsters();
        Note first = keepsake.inTransaction(session -> session.add(new Note("x")));
        assertThat(first.version()).isZero();

        Note second = keepsake.inTransaction(session -> {
            Note loaded = session.get(Note.class, first.id());
            Note put = session.put(loaded.starred(5));
            session.flush();
            assertThat(session.get(Note.class, first.id())).isSameAs(put);
            return put;
        });
        assertThat(second.version()).isEqualTo(1);
        assertThat(keepsake.get(Note.class, first.id())).isEqualTo(second);

        Fault stale = refused(
                Problem.STALE_OBJECT,
                () -> keepsake.useTransaction(session -> {
                    session.get(Note.class, first.id());
                    session.put(first.starred(1));
                }));
        assertThat(stale).isInstanceOf(Conflict.class);
    }

    @Test
    void putOfWhatWasNotLoadedIsInsertOrReplace() {
        Keepsake keepsake = monsters();

        keepsake.useTransaction(session -> session.put(new Berry("oran", 3)));
        keepsake.useTransaction(session -> session.put(new Berry("oran", 9)));

        assertThat(keepsake.get(Berry.class, "oran").size()).isEqualTo(9);
        assertThat(scan(keepsake.query(Berry.class)).count()).isEqualTo(1);
    }

    // ---- deleting

    @Test
    @Row({"S1-50", "MP-121"})
    void aDeletedObjectIsGone() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"));

        keepsake.useTransaction(session -> {
            Trainer ash = session.get(Trainer.class, "Ash");
            session.delete(ash);
            assertThat(session.find(Trainer.class, "Ash")).isEmpty();
            assertThat(scan(session.query(Trainer.class)).list()).isEmpty();
        });
        assertThat(scan(keepsake.query(Trainer.class)).exists()).isFalse();
    }

    @Test
    void aNewObjectThatIsDeletedWasNeverThere() {
        Keepsake keepsake = monsters();

        int requests = requests(() -> keepsake.useTransaction(session -> {
            Trainer ash = session.add(new Trainer("Ash"));
            session.delete(ash);
        }));

        assertThat(requests).isZero();
    }

    @Test
    void aDetachedObjectIsDeletedIfItIsAsItWas() {
        Keepsake keepsake = monsters();
        save(keepsake, new Berry("oran", 3), new Berry("cheri", 1));

        keepsake.useTransaction(session -> session.delete(new Berry("oran", 3)));
        refused(Problem.STALE_OBJECT, () -> keepsake.useTransaction(session -> session.delete(new Berry("cheri", 2))));

        assertThat(scan(keepsake.query(Berry.class)).list()).containsExactly(new Berry("cheri", 1));
    }

    @Test
    @Row("MP-63")
    void whatOthersReferToIsNotDeleted() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");
        save(keepsake, grass);
        save(keepsake, new Monster("Flowerasaur", grass));
        long id = Objects.requireNonNull(grass.id);

        Fault fault =
                faultOf(() -> keepsake.useTransaction(session -> session.delete(session.get(MonsterType.class, id))));

        assertThat(fault).isNotNull();
        assertThat(Objects.requireNonNull(fault).problem()).isEqualTo(Problem.REFERENCE_VIOLATION);
        assertThat(keepsake.find(MonsterType.class, id)).isPresent();
        several(keepsake, session -> {
            session.delete(scan(session.query(Monster.class)).one());
            session.delete(session.get(MonsterType.class, id));
        });
        assertThat(scan(keepsake.query(MonsterType.class)).exists()).isEqualTo(!commitsMany());
    }

    @Test
    void whatIsToFollowADeleteFollows() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");
        save(keepsake, grass);
        save(keepsake, new Berry("oran", 3, Ref.to(grass)));
        long id = Objects.requireNonNull(grass.id);

        several(keepsake, session -> session.delete(session.get(MonsterType.class, id)));

        assertThat(scan(keepsake.query(Berry.class)).exists()).isEqualTo(!commitsMany());
    }

    @Test
    void aReferenceThatIsToBecomeNullDoes() {
        Keepsake keepsake = monsters();
        Node root = new Node("root");
        Node leaf = new Node("leaf");
        leaf.parent = Ref.to(root);
        save(keepsake, root, leaf);

        several(keepsake, session -> {
            session.delete(session.get(Node.class, "root"));
            session.flush();
            assertThat(session.get(Node.class, "leaf").parent).isNull();
        });
        keepsake.useTransaction(session ->
                assertThat(session.get(Node.class, "leaf").parent == null).isEqualTo(commitsMany()));
    }

    // ---- guards

    @Test
    @Row({"MP-06", "MP-07"})
    void aStaleObjectIsAConflictThatSaysWhatDiffers() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"));
        try (Session mine = keepsake.session()) {
            Trainer ash = mine.get(Trainer.class, "Ash");
            mine.commit();
            keepsake.useTransaction(other -> other.get(Trainer.class, "Ash").badges = 5);
            ash.badges = 7;

            Fault fault = refused(Problem.STALE_OBJECT, mine::commit);
            assertThat(fault.sentence()).isEqualTo("trainer Ash was changed by someone else");
            assertThat(fault.facts()).containsEntry("differs", "badges: expected 0, found 5");

            refused(Problem.TRANSACTION_FAILED, () -> mine.get(Trainer.class, "Ash"));
            mine.rollback();
            assertThat(ash.badges).as("kept after a rollback").isEqualTo(7);
            mine.refresh(ash);
            assertThat(ash.badges).isEqualTo(5);
            ash.badges = 7;
            mine.commit();
        }
        assertThat(keepsake.get(Trainer.class, "Ash").badges).isEqualTo(7);
    }

    @Test
    @Row({"MP-06", "MP-08"})
    void aWriteOfWhatSomeoneDeletedIsAConflictAndDoesNotBringItBack() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"));
        try (Session mine = keepsake.session()) {
            Trainer ash = mine.get(Trainer.class, "Ash");
            mine.commit();
            keepsake.useTransaction(other -> other.delete(other.get(Trainer.class, "Ash")));
            ash.badges = 7;

            Fault fault = refused(Problem.STALE_OBJECT, mine::commit);
            assertThat(fault.sentence()).isEqualTo("trainer Ash is not there any more");
            mine.rollback();
            refused(Problem.OBJECT_MISSING, () -> mine.refresh(ash));
        }
        assertThat(scan(keepsake.query(Trainer.class)).exists()).isFalse();
    }

    @Test
    void fieldsThatThisCodeDoesNotKnowSurvive() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"));
        Keepsake narrow = Keepsake.on(
                store,
                Codecs.builder()
                        .add(Mapping.of(Narrow.class)
                                .named("trainer")
                                .id("id", String.class, Narrow::id)
                                .made(parts -> new Narrow(parts.get("id", String.class))))
                        .build());
        keepsake.useTransaction(session -> session.get(Trainer.class, "Ash").badges = 4);

        narrow.useTransaction(session -> session.get(Narrow.class, "Ash"));

        assertThat(keepsake.get(Trainer.class, "Ash").badges).isEqualTo(4);
    }

    record Narrow(String id) {}

    // ---- transactions

    @Test
    @Row({"S2-35", "MP-120", "N-09"})
    void anExceptionLeavesNothingWrittenAndIsUnchanged() {
        Keepsake keepsake = monsters();
        IllegalStateException mine = new IllegalStateException("mine");

        assertThatThrownBy(() -> keepsake.useTransaction(session -> {
                    session.add(new Trainer("Ash"));
                    session.flush();
                    throw mine;
                }))
                .isSameAs(mine);

        assertThat(scan(keepsake.query(Trainer.class)).exists()).isFalse();
        assertThat(keepsake.openSessions()).isEmpty();
    }

    @Test
    @Row("MP-122")
    void afterARollbackNewObjectsAreForgottenAndOthersKeepWhatTheyHold() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"));
        try (Session session = keepsake.session()) {
            MonsterType grass = session.add(new MonsterType("Grass"));
            Trainer ash = session.get(Trainer.class, "Ash");
            ash.badges = 2;
            session.flush();
            session.rollback();

            assertThat(session.contains(grass)).isFalse();
            assertThat(grass.id).as("an id that was made for it").isNull();
            assertThat(ash.badges).isEqualTo(2);
            assertThat(session.hasChanges()).isTrue();
            session.commit();
        }
        assertThat(keepsake.get(Trainer.class, "Ash").badges).isEqualTo(2);
        assertThat(scan(keepsake.query(MonsterType.class)).exists()).isFalse();
    }

    @Test
    @Row({"S2-12", "S2-13", "S2-47+", "N-10"})
    void afterAFailedFlushTheSessionSaysSoUntilRollback() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"));
        try (Session session = keepsake.session()) {
            session.add(new Trainer("Ash"));
            Fault first = faultOf(session::commit);
            assertThat(Objects.requireNonNull(first).problem()).isEqualTo(Problem.UNIQUE_VIOLATION);

            Fault then = refused(Problem.TRANSACTION_FAILED, () -> session.find(Trainer.class, "Misty"));
            assertThat(then.facts().get("first")).isEqualTo(first.sentence());
            assertThat(then.hint()).contains("call rollback(), or open another session");
            try (Session other = keepsake.session()) {
                other.rollback();
            }
            refused(Problem.TRANSACTION_FAILED, () -> session.find(Trainer.class, "Misty"));

            session.rollback();
            assertThat(session.find(Trainer.class, "Misty")).isEmpty();
        }
    }

    @Test
    @Row("S2-14")
    void aSessionThatFailedClosesAndLeavesNothingOpen() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"));
        Session session = keepsake.session();
        session.add(new Trainer("Ash"));
        refused(Problem.UNIQUE_VIOLATION, session::commit);

        session.close();

        assertThat(session.isClosed()).isTrue();
        assertThat(keepsake.openSessions()).isEmpty();
        save(keepsake, new Trainer("Misty"));
        assertThat(keepsake.find(Trainer.class, "Misty")).isPresent();
    }

    @Test
    @Row("MP-123")
    void aViolationLeavesNothingOfItsTransaction() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"));

        refused(
                commitsMany() ? Problem.UNIQUE_VIOLATION : Problem.COMMIT_SPANS_OBJECTS,
                () -> keepsake.useTransaction(session ->
                        session.addAll(List.of(new Trainer("Misty"), new Berry("oran", 3), new Trainer("Ash")))));

        assertThat(keepsake.find(Trainer.class, "Misty")).isEmpty();
        assertThat(keepsake.find(Berry.class, "oran")).isEmpty();
    }

    @Test
    void oneSessionGoesThroughSeveralTransactions() {
        Keepsake keepsake = monsters();
        try (Session session = keepsake.session()) {
            Trainer ash = session.add(new Trainer("Ash"));
            session.commit();
            ash.badges = 1;
            session.commit();
            session.delete(ash);
            session.commit();
            assertThat(session.contains(ash)).isFalse();
        }
        assertThat(scan(keepsake.query(Trainer.class)).exists()).isFalse();
    }

    @Test
    @Row({"S2-42", "N-08"})
    void objectsAreReadableAfterCommitOrForgottenByOption() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"));
        Trainer kept = keepsake.get(Trainer.class, "Ash");
        assertThat(kept.id).isEqualTo("Ash");

        try (Session session = keepsake.session(SessionOptions.DEFAULT.forgettingAtCommit())) {
            Trainer ash = session.get(Trainer.class, "Ash");
            session.commit();
            assertThat(session.contains(ash)).isFalse();
            assertThat(session.get(Trainer.class, "Ash")).isNotSameAs(ash);
        }
    }

    @Test
    @Row("MP-120")
    void aNestedPartIsUndoneAlone() {
        Keepsake keepsake = monsters();
        if (features().savepoints() == Features.Savepoints.NONE) {
            refused(Problem.FEATURE_MISSING, () -> keepsake.useTransaction(session -> session.nested(() -> {})));
            return;
        }
        keepsake.useTransaction(session -> {
            Trainer ash = session.add(new Trainer("Ash"));
            assertThatThrownBy(() -> session.nested(() -> {
                        session.add(new Trainer("Misty"));
                        ash.badges = 9;
                        session.flush();
                        throw new IllegalStateException("no");
                    }))
                    .hasMessage("no");
            assertThat(session.find(Trainer.class, "Misty")).isEmpty();
            ash.badges = 1;
            session.nested(() -> session.contains(ash));
        });
        assertThat(scan(keepsake.query(Trainer.class)).list())
                .extracting(trainer -> trainer.id + trainer.badges)
                .containsExactly("Ash1");
    }

    @Test
    void someoneElsesTransactionIsJoined() {
        Keepsake keepsake = monsters();
        try (Transaction theirs = store.begin()) {
            boolean alone = features().savepoints() == Features.Savepoints.NONE
                    || features().writes() == Features.Writes.BUFFERED;
            if (alone) {
                refused(Problem.FEATURE_MISSING, () -> keepsake.joining(theirs).find(Trainer.class, "Ash"));
                return;
            }
            Object itself = theirs.unwrap(Object.class);
            try (Session session = keepsake.joining(itself)) {
                session.add(new Trainer("Ash"));
                session.commit();
                session.add(new Trainer("Misty"));
                session.rollback();
            }
            theirs.commit();
        }
        assertThat(scan(keepsake.query(Trainer.class)).list())
                .extracting(trainer -> trainer.id)
                .containsExactly("Ash");
    }

    @Test
    void aUnitOfWorkIsRunAgainAfterAConflict() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"));
        List<Integer> runs = new ArrayList<>();

        keepsake.useTransaction(SessionOptions.DEFAULT.retrying(3), session -> {
            Trainer ash = session.get(Trainer.class, "Ash");
            runs.add(ash.badges);
            if (runs.size() < 3) {
                session.rollback();
                keepsake.useTransaction(other -> other.get(Trainer.class, "Ash").badges += 10);
            }
            ash.badges += 1;
        });

        assertThat(runs).containsExactly(0, 10, 20);
        assertThat(keepsake.get(Trainer.class, "Ash").badges).isEqualTo(21);
    }

    @Test
    void aReadingSessionRefusesWrites() {
        Keepsake keepsake = monsters();
        try (Session session = keepsake.session(SessionOptions.DEFAULT.readingOnly())) {
            refused(Problem.REQUEST_INVALID, () -> session.add(new Trainer("Ash")));
            assertThat(session.find(Trainer.class, "Ash")).isEmpty();
        }
    }

    // ---- whose it is

    @Test
    @Row("S2-50")
    void anotherThreadIsRefused() {
        Keepsake keepsake = monsters();
        try (Session session = keepsake.session()) {
            Fault fault = CompletableFuture.supplyAsync(
                            () -> Objects.requireNonNull(faultOf(() -> session.find(Trainer.class, "Ash"))))
                    .join();
            assertThat(fault.problem()).isEqualTo(Problem.WRONG_THREAD);
            assertThat(fault.facts()).extractingByKey("opened").asString().contains("SessionContract");
            assertThat(session.find(Trainer.class, "Ash")).isEmpty();
        }
    }

    @Test
    @Row("S2-60")
    void aSessionTellsWhereItWasOpenedAndWhenItIsOver() {
        Keepsake keepsake = monsters();
        Session session = keepsake.session();
        assertThat(keepsake.openSessions()).singleElement().asString().contains("SessionContract");
        assertThat(session.toString()).contains("opened at").contains("SessionContract");
        session.close();
        session.close();
        assertThat(keepsake.openSessions()).isEmpty();
        Fault fault = refused(Problem.CLOSED, () -> session.find(Trainer.class, "Ash"));
        assertThat(fault.sentence()).isEqualTo("the session is closed");
    }

    @Test
    @Row({"S2-34", "S2-36"})
    void sessionsLeaveNothingBehind() {
        Keepsake keepsake = monsters();
        for (int i = 0; i < 10_000; i++) {
            boolean reads = i % 10 == 0;
            keepsake.useTransaction(session -> {
                if (reads) {
                    assertThat(session.find(Trainer.class, "Ash")).isEmpty();
                }
            });
        }
        assertThat(keepsake.openSessions()).isEmpty();
        save(keepsake, new Trainer("Ash"));
    }

    // ---- relations

    @Test
    @Row("MP-55")
    void newObjectsThatOthersReferToAreWrittenWithThem() {
        Keepsake keepsake = monsters();
        Monster monster = new Monster("Flowerasaur", new MonsterType("Grass"));

        several(keepsake, session -> session.add(monster));

        if (commitsMany()) {
            assertThat(Objects.requireNonNull(monster.type).id).isNotNull();
            assertThat(scan(keepsake.query(Monster.class)).one().type).isNotNull();
        }
    }

    @Test
    @Row("S2-21")
    void aReferenceToNothingIsRefused() {
        Keepsake keepsake = monsters();
        MonsterType nothing = new MonsterType("Nothing");
        nothing.id = 77L;

        Fault fault = faultOf(() -> keepsake.useTransaction(session -> session.add(new Monster("Missing", nothing))));

        if (features().references() == Features.Enforcement.ENFORCED) {
            assertThat(Objects.requireNonNull(fault).problem()).isEqualTo(Problem.REFERENCE_VIOLATION);
        } else {
            assertThat(fault).as("this store does not look").isNull();
            Fault dangling = refused(
                    Problem.REFERENCE_DANGLING,
                    () -> scan(keepsake.query(Monster.class)).list());
            assertThat(dangling.hint().orElseThrow()).contains("declare Monster.type as Ref<MonsterType>");
        }
    }

    @Test
    void aRequiredReferenceThatIsMissingIsSaidBeforeAnythingIsWritten() {
        Keepsake keepsake = monsters();

        Fault fault = refused(
                features().writes() == Features.Writes.BUFFERED
                                || features().absence() == Features.Absence.KEPT
                                || features().absence() == Features.Absence.NULL
                        ? Problem.OBJECT_INVALID
                        : Problem.REQUIRED_VIOLATION,
                () -> keepsake.useTransaction(session -> session.add(new Monster("Orphan", null))));

        assertThat(fault.sentence()).contains("type: is required");
    }

    @Test
    @Row("S2-22")
    void bothSidesOfARelationAreInStep() {
        Keepsake keepsake = monsters();
        keepsake.useTransaction(session -> {
            MonsterType grass = session.add(new MonsterType("Grass"));
            MonsterType water = session.add(new MonsterType("Water"));
            Monster first = new Monster("Flowerasaur", null);

            grass.monsters.add(first);
            assertThat(first.type).as("at once").isSameAs(grass);
            assertThat(session.contains(first)).isTrue();

            Monster second = session.add(new Monster("Leafy", grass));
            assertThat(grass.monsters).as("when it is read").containsExactly(first, second);

            water.monsters.add(first);
            assertThat(first.type).isSameAs(water);
            assertThat(grass.monsters).containsExactly(second);
            second.type = water;
            assertThat(grass.monsters).isEmpty();
            session.rollback();
        });
    }

    @Test
    @Row({"S2-24", "S2-37"})
    void listsOfManyObjectsAreLoadedByOneRequest() {
        Keepsake keepsake = monsters();
        for (String name : List.of("Grass", "Water", "Fire")) {
            MonsterType type = new MonsterType(name);
            save(keepsake, type);
            save(keepsake, new Monster(name + " two", type), new Monster(name + " one", type));
        }

        keepsake.useTransaction(session -> {
            List<MonsterType> types = new ArrayList<>();
            assertThat(requests(() ->
                            types.addAll(scan(session.query(MonsterType.class)).list())))
                    .isEqualTo(1);
            assertThat(requests(() ->
                            assertThat(types.getFirst().monsters.toString()).isEqualTo("[not loaded]")))
                    .as("printing loads nothing")
                    .isZero();
            int loading = requests(() -> {
                for (MonsterType type : types) {
                    assertThat(type.monsters)
                            .extracting(monster -> monster.name)
                            .containsExactly(type.name + " one", type.name + " two");
                }
            });
            assertThat(loading).isEqualTo(1);
        });

        List<MonsterType> fetched =
                scan(keepsake.query(MonsterType.class)).fetch("monsters").list();
        assertThat(fetched).allSatisfy(type -> assertThat(type.monsters).hasSize(2));
    }

    @Test
    @Row({"S2-30", "MP-56"})
    void plainReferencesComeWithTheirOwnersByLevels() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");
        save(keepsake, grass);
        save(keepsake, new Monster("Flowerasaur", grass), new Monster("Leafy", grass));

        List<Monster> found = new ArrayList<>();
        int requests =
                requests(() -> found.addAll(scan(keepsake.query(Monster.class)).list()));

        assertThat(requests).as("monsters, and their types").isEqualTo(2);
        assertThat(found)
                .extracting(monster -> Objects.requireNonNull(monster.type).name)
                .containsOnly("Grass");
        assertThat(found.getFirst().type).isSameAs(found.getLast().type);
        keepsake.useTransaction(session -> {
            Monster leafy =
                    scan(session.query(Monster.class)).where("name", "Leafy").one();
            session.commit();
            assertThat(Objects.requireNonNull(leafy.type).name)
                    .as("after the commit")
                    .isEqualTo("Grass");
        });
    }

    @Test
    @Row({"MP-57", "MP-59", "MP-61"})
    void lazyReferencesAreLoadedTogetherWhenOneIsAskedFor() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");
        MonsterType water = new MonsterType("Water");
        save(keepsake, grass);
        save(keepsake, water);
        save(
                keepsake,
                new Berry("oran", 1, Ref.to(grass)),
                new Berry("cheri", 2, Ref.to(water)),
                new Berry("none", 3, null));

        keepsake.useTransaction(session -> {
            List<Berry> berries = scan(session.query(Berry.class)).orderBy("id").list();
            assertThat(berries.get(1).favourite()).isNull();
            assertThat(berries.get(0).favourite())
                    .isEqualTo(Ref.of(MonsterType.class, idOf(water)))
                    .isNotEqualTo(berries.get(2).favourite());
            int requests = requests(() -> {
                assertThat(Objects.requireNonNull(berries.get(0).favourite()).get().name)
                        .isEqualTo("Water");
                assertThat(Objects.requireNonNull(berries.get(2).favourite()).get().name)
                        .isEqualTo("Grass");
            });
            assertThat(requests).isEqualTo(1);
        });
        // loaded and written again without being followed, they still lead there
        keepsake.useTransaction(session -> {
            Berry oran = session.get(Berry.class, "oran");
            session.put(new Berry("oran", 10, oran.favourite()));
        });
        keepsake.useTransaction(session -> assertThat(
                        Objects.requireNonNull(session.get(Berry.class, "oran").favourite())
                                .get()
                                .name)
                .isEqualTo("Grass"));
    }

    @Test
    @Row({"S2-33", "S2-41", "S2-43"})
    void outsideItsSessionALazyRelationSaysWhatToDo() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");
        save(keepsake, grass);
        save(keepsake, new Monster("Flowerasaur", grass), new Berry("oran", 1, Ref.to(grass)));

        MonsterType detached = scan(keepsake.query(MonsterType.class)).one();
        assertThatThrownBy(() -> detached.monsters.size())
                .isInstanceOf(Detached.class)
                .hasMessageContaining("MonsterType.monsters is not loaded, and its session is over")
                .hasMessageContaining("read it inside the session")
                .hasMessageContaining(".fetch(\"monsters\")")
                .hasMessageContaining("get the object again in a new session");
        assertThat(detached.name).as("what was loaded stays readable").isEqualTo("Grass");
        Session session = keepsake.session();
        MonsterType loaded = session.get(MonsterType.class, idOf(grass));
        session.close();
        refused(Problem.DETACHED, () -> loaded.monsters.size());

        Berry berry = scan(keepsake.query(Berry.class)).one();
        Ref<MonsterType> favourite = Objects.requireNonNull(berry.favourite());
        assertThat(favourite.id()).contains(Objects.requireNonNull(grass.id));
        assertThatThrownBy(favourite::get).isInstanceOf(Detached.class).hasMessageContaining("Berry.favourite");

        Berry whole = scan(keepsake.query(Berry.class)).fetch(Berry::favourite).one();
        assertThat(Objects.requireNonNull(whole.favourite()).get().name).isEqualTo("Grass");
    }

    @Test
    void aFetchPlanIsARequestForEachOfItsLevels() {
        Keepsake keepsake = monsters();
        for (String name : List.of("a", "b", "a.1", "a.2", "b.1", "a.1.x", "a.2.x", "b.1.x", "b.1.y")) {
            Node node = new Node(name);
            int dot = name.lastIndexOf('.');
            node.parent = dot < 0 ? null : Ref.of(Node.class, name.substring(0, dot));
            save(keepsake, node);
        }
        List<Node> roots = new ArrayList<>();
        List<Node> leaves = new ArrayList<>();

        assertThat(requests(() -> roots.addAll(scan(keepsake.query(Node.class))
                        .where(field("parent").isNull())
                        .fetch("children.children")
                        .orderBy("id")
                        .list())))
                .isEqualTo(3);
        assertThat(requests(() -> leaves.addAll(scan(keepsake.query(Node.class))
                        .where(field("id").like("%._"))
                        .where(field("id").like("_.%._"))
                        .fetch("parent.parent")
                        .orderBy("id")
                        .list())))
                .isEqualTo(3);

        assertThat(roots.stream()
                        .flatMap(root -> root.children.stream())
                        .flatMap(child -> child.children.stream())
                        .map(leaf -> leaf.id))
                .containsExactlyInAnyOrder("a.1.x", "a.2.x", "b.1.x", "b.1.y");
        assertThat(leaves).extracting(leaf -> up(up(leaf)).id).containsExactly("a", "a", "b", "b");
    }

    private static Node up(Node node) {
        return Objects.requireNonNull(node.parent).get();
    }

    @Test
    @Row("MP-58")
    void theObjectBehindAReferenceIsReadAnewWhenThatIsAskedFor() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");
        save(keepsake, grass);
        save(keepsake, new Berry("oran", 1, Ref.to(grass)));

        keepsake.useTransaction(session -> {
            Ref<MonsterType> favourite =
                    Objects.requireNonNull(session.get(Berry.class, "oran").favourite());
            assertThat(favourite.get().name).isEqualTo("Grass");
            session.commit();
            keepsake.useTransaction(other -> other.get(MonsterType.class, idOf(grass)).name = "Herb");

            assertThat(favourite.get().name).as("the session's own instance").isEqualTo("Grass");
            assertThat(session.refresh(favourite.get()).name).isEqualTo("Herb");
            assertThat(favourite.get().name).isEqualTo("Herb");
        });
    }

    @Test
    void manyToManyIsKeptByAKindOfPairs() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");
        Trainer ash = new Trainer("Ash");
        Trainer misty = new Trainer("Misty");
        Monster monster = new Monster("Flowerasaur", grass);
        save(keepsake, grass);
        save(keepsake, ash, misty, monster);
        long id = Objects.requireNonNull(monster.id);

        several(keepsake, session -> {
            Monster loaded = session.get(Monster.class, id);
            Trainer first = session.get(Trainer.class, "Ash");
            assertThat(first.monsters).isEmpty();
            loaded.trainers.add(first);
            loaded.trainers.add(session.get(Trainer.class, "Misty"));
            assertThat(first.monsters).as("the other side").containsExactly(loaded);
        });
        if (!commitsMany()) {
            return;
        }
        keepsake.useTransaction(session -> {
            Trainer loaded = session.get(Trainer.class, "Ash");
            assertThat(requests(() -> assertThat(loaded.monsters)
                            .extracting(each -> each.name)
                            .containsExactly("Flowerasaur")))
                    .as("pairs, monsters, and their types")
                    .isEqualTo(3);
            loaded.monsters.clear();
        });
        assertThat(scan(keepsake.query(Monster.class)).fetch("trainers").one().trainers)
                .extracting(trainer -> trainer.id)
                .containsExactly("Misty");
        keepsake.useTransaction(session -> session.delete(session.get(Trainer.class, "Misty")));
        assertThat(scan(keepsake.query(Monster.class)).fetch("trainers").one().trainers)
                .isEmpty();
    }

    @Test
    @Row("MP-60")
    void ringsAndSelfReferencesAreWritten() {
        Keepsake keepsake = monsters();
        Node self = new Node("self");
        self.parent = Ref.to(self);
        Node a = new Node("a");
        Node b = new Node("b");
        Node c = new Node("c");
        a.parent = Ref.to(c);
        b.parent = Ref.to(a);
        c.parent = Ref.to(b);

        several(keepsake, session -> session.addAll(List.of(self, a, b, c)));
        if (!commitsMany()) {
            return;
        }
        keepsake.useTransaction(session -> {
            Node loaded = session.get(Node.class, "a");
            assertThat(Objects.requireNonNull(loaded.parent).get().id).isEqualTo("c");
            assertThat(loaded.children).extracting(node -> node.id).containsExactly("b");
            Node me = session.get(Node.class, "self");
            assertThat(Objects.requireNonNull(me.parent).get()).isSameAs(me);
        });
        keepsake.useTransaction(session -> {
            for (String id : List.of("self", "a", "b", "c")) {
                session.delete(session.get(Node.class, id));
            }
        });
        assertThat(scan(keepsake.query(Node.class)).exists()).isFalse();
    }

    @Test
    void aLongChainOfNewObjectsIsWrittenInItsOrder() {
        Keepsake keepsake = monsters();
        if (!commitsMany()) {
            return;
        }
        List<Node> chain = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Node node = new Node("n" + i);
            if (i > 0) {
                node.parent = Ref.to(chain.getLast());
            }
            chain.add(node);
        }
        keepsake.useTransaction(session -> session.add(chain.getLast()));
        assertThat(scan(keepsake.query(Node.class)).count()).isEqualTo(2_000);
    }

    @Test
    void aListThatAUserExchangesIsWhatThereIsAfterwards() {
        Keepsake keepsake = monsters();
        if (!commitsMany()) {
            return;
        }
        Node root = new Node("root");
        Node one = new Node("one");
        Node two = new Node("two");
        root.children.add(one);
        keepsake.useTransaction(session -> session.addAll(List.of(root, two)));

        keepsake.useTransaction(session -> {
            Node loaded = session.get(Node.class, "root");
            loaded.children = new ArrayList<>(List.of(session.get(Node.class, "two")));
        });

        keepsake.useTransaction(session -> {
            assertThat(session.get(Node.class, "root").children)
                    .extracting(node -> node.id)
                    .containsExactly("two");
            assertThat(session.get(Node.class, "one").parent).isNull();
        });
    }

    // ---- people: a class on a kind that was there before it

    @Entity
    @Table(name = "people", indexes = @Index(name = "people_by_name", columnList = "name"))
    static class Person {
        @Id
        @GeneratedValue
        @Nullable
        Long id;

        @Nullable
        String name;

        @Nullable
        Integer count;

        Person() {}

        Person(String name, int count) {
            this.name = name;
            this.count = count;
        }

        @Override
        public String toString() {
            return id + " " + name + " " + count;
        }
    }

    /** The same kind, seen by another class. */
    @Table(name = "people")
    record Named(@Id @GeneratedValue long id, @Nullable String name) {}

    /** Bob, Jill and Joe, who are there before the class is. */
    private Keepsake people() {
        insertPeople();
        Keepsake keepsake = Keepsake.on(store, Codecs.of(Person.class));
        keepsake.createAll();
        return keepsake;
    }

    private static List<String> all(Keepsake keepsake) {
        return scan(keepsake.query(Person.class)).orderBy("id").list().stream()
                .map(Person::toString)
                .toList();
    }

    @Test
    @Row({"S1-38", "S1-39", "S1-40", "S1-45", "S1-46", "N-15"})
    void aClassOnAKindThatWasThereFindsAndChangesWhatItHolds() {
        Keepsake keepsake = people();
        Query<Person> jill = scan(keepsake.query(Person.class)).where("name", "Jill");

        assertThat(jill.list()).hasSize(1);
        assertThat(jill.toSql()).as("the value is bound").isNotBlank().doesNotContain("Jill");
        List<Long> changed = new ArrayList<>();
        assertThat(requests(() -> changed.add(jill.update(field("count").set(20)))))
                .isEqualTo(1);
        assertThat(changed).containsExactly(1L);

        assertThat(jill.one()).hasToString("2 Jill 20");
        assertThat(all(keepsake)).containsExactly("1 Bob 1", "2 Jill 20", "3 Joe 10");
    }

    @Test
    @Row({"S1-47", "S1-48", "S1-49", "S1-50", "S4-93"})
    void peopleAreAddedChangedAndDeleted() {
        Keepsake keepsake = people();
        Person jane = new Person("Jane", 5);

        keepsake.useTransaction(session -> session.add(jane));
        assertThat(jane.id).isEqualTo(4);
        assertThat(all(keepsake)).containsExactly("1 Bob 1", "2 Jill 15", "3 Joe 10", "4 Jane 5");

        List<Changeset> written = new ArrayList<>();
        try (Guarded.Listening listening = store.listen(requested -> {
            if (requested.request() instanceof Changeset changes) {
                written.add(changes);
            }
        })) {
            keepsake.useTransaction(session -> {
                Person first = scan(session.query(Person.class))
                        .where("name", "Jane")
                        .first()
                        .orElseThrow();
                first.count = 6;
                assertThat(session.add(first)).isSameAs(first);
            });
        }
        assertThat(written).hasSize(1);
        assertThat(written.getFirst().entries())
                .singleElement()
                .satisfies(entry ->
                        assertThat(((Changeset.Update) entry).changed()).containsExactly("count"));

        keepsake.useTransaction(session -> session.delete(session.get(Person.class, 4L)));
        assertThat(all(keepsake)).containsExactly("1 Bob 1", "2 Jill 15", "3 Joe 10");
    }

    @Test
    @Row("S1-52")
    void twoClassesOnOneKindReadTheSameObjects() {
        Keepsake keepsake = people();
        Keepsake other = Keepsake.on(store, Codecs.of(Named.class));
        keepsake.useTransaction(session -> session.get(Person.class, 3L).name = "Joseph");

        assertThat(scan(other.query(Named.class)).orderBy("id").list())
                .containsExactly(new Named(1, "Bob"), new Named(2, "Jill"), new Named(3, "Joseph"));
        other.useTransaction(session -> session.put(new Named(1, "Robert")));
        other.useTransaction(session -> {
            session.get(Named.class, 2L);
            session.put(new Named(2, "Gill"));
        });

        assertThat(all(keepsake).subList(1, 3))
                .as("what the other class does not know stays")
                .containsExactly("2 Gill 15", "3 Joseph 10");
    }

    @Test
    @Row({"S2-03", "S2-28"})
    void whichStoreItIsIsTold() {
        Keepsake keepsake = monsters();
        try (Session session = keepsake.session()) {
            assertThat(keepsake.info()).isEqualTo(store.info());
            assertThat(keepsake).hasToString("Keepsake on " + store.info());
            assertThat(session.toString()).startsWith("session on " + store.info());
        }
    }

    @Test
    @Row("S2-27")
    void aQueryOfAnEmptyKindIsAnEmptyList() {
        Keepsake keepsake = monsters();

        assertThat(scan(keepsake.query(Monster.class)).list()).isEmpty();
        assertThat(scan(keepsake.query(Monster.class)).first()).isEmpty();
    }

    // ---- States

    @Test
    void kindsThatNoClassStandsForAreQueriedByTheirNames() {
        Keepsake keepsake = monsters();
        insertPeople();

        State jill = scan(keepsake.query("people")).where("name", "Jill").one();
        assertThat(jill.get("count")).isEqualTo(15L);
        keepsake.useTransaction(session -> {
            State loaded = scan(session.query("people")).where("name", "Jill").one();
            session.put(loaded.with("count", 20L));
        });
        assertThat(scan(keepsake.query("people"))
                        .where(field("count").eq(20))
                        .one()
                        .get("name"))
                .isEqualTo("Jill");
        refused(Problem.UNKNOWN_KIND, () -> keepsake.query("poeple"));
        assertThat(find(Selection.of(PEOPLE))).hasSize(3);
    }
}
