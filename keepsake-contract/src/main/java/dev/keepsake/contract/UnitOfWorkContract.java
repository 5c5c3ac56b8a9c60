package dev.keepsake.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.Ref;
import dev.keepsake.contract.Belongings.Badge;
import dev.keepsake.contract.Belongings.Bag;
import dev.keepsake.contract.Belongings.Cat;
import dev.keepsake.contract.Belongings.Dog;
import dev.keepsake.contract.Belongings.House;
import dev.keepsake.contract.Belongings.Jar;
import dev.keepsake.contract.Belongings.Pet;
import dev.keepsake.contract.Belongings.Project;
import dev.keepsake.contract.Belongings.Release;
import dev.keepsake.contract.Belongings.Roof;
import dev.keepsake.contract.Belongings.Shelf;
import dev.keepsake.contract.Belongings.Ticket;
import dev.keepsake.contract.Library.Author;
import dev.keepsake.contract.Library.Book;
import dev.keepsake.contract.Monsters.Berry;
import dev.keepsake.contract.Monsters.Monster;
import dev.keepsake.contract.Monsters.MonsterType;
import dev.keepsake.contract.Monsters.Node;
import dev.keepsake.contract.Monsters.Note;
import dev.keepsake.contract.Monsters.Trainer;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Request;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.session.Session;
import dev.keepsake.session.SessionOptions;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Explanation;
import dev.keepsake.store.Features;
import dev.keepsake.store.Mark;
import dev.keepsake.store.Store;
import dev.keepsake.store.StoreInfo;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.store.WriteResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What becomes of objects when a unit of work fails or is undone, when lists and instances are exchanged, and when the same
 * object comes twice: nothing is lost, doubled or left behind in silence.
 */
public abstract class UnitOfWorkContract extends SessionContract {
    /** For suites. */
    protected UnitOfWorkContract() {}

    private Keepsake keepsake(Class<?>... types) {
        Keepsake keepsake = Keepsake.on(store, Codecs.of(types));
        keepsake.createAll();
        return keepsake;
    }

    /** Does something that commits several objects; where that is not possible, asserts that it is refused, and says so. */
    private boolean together(Keepsake keepsake, Consumer<Session> work) {
        if (!commitsMany()) {
            refused(Problem.COMMIT_SPANS_OBJECTS, () -> keepsake.useTransaction(work));
            return false;
        }
        keepsake.useTransaction(work);
        return true;
    }

    private static void fail(Keepsake keepsake, Consumer<Session> work) {
        assertThatThrownBy(() -> keepsake.useTransaction(session -> {
                    work.accept(session);
                    throw new IllegalStateException("stop");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("stop");
    }

    private static List<String> children(Keepsake keepsake, String id) {
        return keepsake.inTransaction(
                SessionOptions.DEFAULT.readingOnly(),
                session -> session.get(Node.class, id).children.stream()
                        .map(child -> Objects.requireNonNull(child.id))
                        .sorted()
                        .toList());
    }

    private static Node node(String id, String... children) {
        Node node = new Node(id);
        for (String child : children) {
            node.children.add(new Node(child));
        }
        return node;
    }

    // ---- what failed is as if it had not been

    @Test
    void anObjectWhoseSessionFailedIsAddedAgainWithAllThatItHolds() {
        Keepsake keepsake = monsters();
        Node root = node("root", "a", "b");

        fail(keepsake, session -> session.add(root));
        assertThat(scan(keepsake.query(Node.class)).exists()).isFalse();
        if (together(keepsake, session -> session.add(root))) {
            assertThat(children(keepsake, "root")).containsExactly("a", "b");
        }
    }

    @Test
    void anObjectIsAddedAgainAfterARollbackWithAllThatItHolds() {
        Keepsake keepsake = monsters();
        Node root = node("root", "a", "b");

        boolean done = together(keepsake, session -> {
            session.add(root);
            session.flush();
            session.rollback();
            session.add(root);
        });
        if (done) {
            assertThat(children(keepsake, "root")).containsExactly("a", "b");
        }
    }

    @Test
    @Row("MP-122")
    void idsAndVersionsThatAFailedSessionGaveAreTakenBack() {
        Keepsake keepsake = monsters();
        MonsterType mine = new MonsterType("Grass");

        fail(keepsake, session -> {
            session.add(mine);
            session.flush();
        });
        assertThat(mine.id).isNull();
        MonsterType other = keepsake.inTransaction(session -> session.add(new MonsterType("Fire")));
        keepsake.useTransaction(session -> session.put(mine));

        assertThat(mine.id).isNotNull().isNotEqualTo(other.id);
        assertThat(scan(keepsake.query(MonsterType.class)).count()).isEqualTo(2);
    }

    @Test
    void anObjectThatAFailedSessionWroteIsPutInTheNext() {
        Keepsake keepsake = keepsake(Library.ALL);
        save(keepsake, new Author("lem", "PL", 1920));
        Author lem = keepsake.get(Author.class, "lem");

        fail(keepsake, session -> {
            session.put(lem).born = 1921;
            session.flush();
        });
        keepsake.useTransaction(session -> session.put(lem));

        assertThat(keepsake.get(Author.class, "lem").born).isEqualTo(1921);
        assertThat(keepsake.get(Author.class, "lem").version).isEqualTo(1);
    }

    @Test
    void aDeleteThatIsUndoneLeavesReferencesAsTheyWere() {
        Keepsake keepsake = monsters();
        Node root = new Node("root");
        Node leaf = new Node("leaf");
        leaf.parent = Ref.to(root);
        save(keepsake, root);
        save(keepsake, leaf);

        keepsake.useTransaction(session -> {
            session.delete(session.get(Node.class, "root"));
            session.flush();
            session.rollback();
            session.add(new Trainer("Ash"));
        });

        assertThat(children(keepsake, "root")).containsExactly("leaf");
    }

    @Test
    void aDeleteInAPartThatIsUndoneLeavesReferencesAsTheyWere() {
        Keepsake keepsake = monsters();
        save(keepsake, new Node("root"));
        keepsake.useTransaction(session -> {
            Node leaf = new Node("leaf");
            leaf.parent = Ref.of(Node.class, "root");
            session.add(leaf);
        });
        Consumer<Session> work = session -> {
            Node root = session.get(Node.class, "root");
            assertThatThrownBy(() -> session.nested(() -> {
                        session.delete(root);
                        session.flush();
                        throw new IllegalStateException("stop");
                    }))
                    .isInstanceOf(IllegalStateException.class);
            session.add(new Trainer("Ash"));
        };
        if (features().savepoints() == Features.Savepoints.NONE) {
            refused(Problem.FEATURE_MISSING, () -> keepsake.useTransaction(s -> s.nested(() -> s.flush())));
        } else {
            keepsake.useTransaction(work);
        }

        assertThat(children(keepsake, "root")).containsExactly("leaf");
    }

    @Test
    void aDeleteOfWhatIsNotThereLeavesNoGhost() {
        Keepsake keepsake = monsters();
        save(keepsake, new Berry("oran", 0));

        keepsake.useTransaction(session -> {
            session.delete(new Berry("ghost", 1));
            session.delete(new Berry("oran", 7));
            session.rollback();
            assertThat(session.find(Berry.class, "ghost")).isEmpty();
            assertThat(session.get(Berry.class, "oran").size()).isZero();
        });
    }

    @Test
    void ofObjectsThatAreAddedTogetherAllOrNoneIsAdded() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"));

        keepsake.useTransaction(session -> {
            session.get(Trainer.class, "Ash");
            refused(Problem.REQUEST_INVALID, () -> session.addAll(List.of(new Trainer("Misty"), new Trainer("Ash"))));
        });

        assertThat(keepsake.find(Trainer.class, "Misty")).isEmpty();
    }

    @Test
    void aPartCannotEndTheWhole() {
        Keepsake keepsake = monsters();
        if (features().savepoints() == Features.Savepoints.NONE) {
            refused(Problem.FEATURE_MISSING, () -> keepsake.useTransaction(s -> s.nested(() -> s.commit())));
            return;
        }
        keepsake.useTransaction(session -> {
            session.add(new Trainer("Ash"));
            refused(Problem.REQUEST_INVALID, () -> session.nested(() -> session.commit()));
            refused(Problem.REQUEST_INVALID, () -> session.nested(() -> session.rollback()));
        });

        assertThat(keepsake.find(Trainer.class, "Ash")).isPresent();
    }

    @Test
    void aCommitOfWhichNobodyKnowsIsNeverRunAgain() {
        Keepsake keepsake = Keepsake.on(new Forgetful(store), Codecs.of(Monsters.ALL));
        keepsake.createAll();
        AtomicInteger runs = new AtomicInteger();

        Fault fault = refused(
                Problem.COMMIT_OUTCOME_UNKNOWN,
                () -> keepsake.useTransaction(SessionOptions.DEFAULT.retrying(3), session -> {
                    runs.incrementAndGet();
                    session.add(new Trainer("Ash"));
                }));

        assertThat(fault.retryable()).isFalse();
        assertThat(runs).hasValue(1);
        assertThat(monsters().find(Trainer.class, "Ash")).isPresent();
    }

    @Test
    void aSessionThatDoesNotKnowWhetherItCommittedSaysSoUntilRollback() {
        Keepsake keepsake = Keepsake.on(new Forgetful(store), Codecs.of(Monsters.ALL));
        keepsake.createAll();

        try (Session session = keepsake.session()) {
            session.add(new Trainer("Ash"));
            refused(Problem.COMMIT_OUTCOME_UNKNOWN, session::commit);
            refused(Problem.TRANSACTION_FAILED, () -> session.find(Trainer.class, "Ash"));
            session.rollback();
            assertThat(session.find(Trainer.class, "Ash")).isPresent();
        }
    }

    @Test
    @Row("MP-120")
    void whatAPartThatFailedChangedIsAsItWasBeforeIt() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"), new Berry("oran", 1));
        if (features().savepoints() == Features.Savepoints.NONE) {
            refused(Problem.FEATURE_MISSING, () -> keepsake.useTransaction(s -> s.nested(s::flush)));
            return;
        }

        Consumer<Session> work = session -> {
            Trainer ash = session.get(Trainer.class, "Ash");
            session.get(Berry.class, "oran");
            ash.badges = 1;
            assertThatThrownBy(() -> session.nested(() -> {
                        ash.badges = 8;
                        session.put(new Berry("oran", 9));
                        session.flush();
                        ash.badges = 9;
                        throw new IllegalStateException("stop");
                    }))
                    .hasMessage("stop");
            assertThat(ash.badges).isEqualTo(1);
            assertThat(session.get(Berry.class, "oran").size()).isEqualTo(1);
        };
        keepsake.useTransaction(work);

        assertThat(keepsake.get(Trainer.class, "Ash").badges).isEqualTo(1);
        assertThat(keepsake.get(Berry.class, "oran").size()).isEqualTo(1);
    }

    @Test
    @Row("MP-122")
    void afterARollbackObjectsHoldWhatTheyHeldLast() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");
        save(keepsake, grass);
        Monster monster = new Monster("Flowerasaur", grass);
        save(keepsake, monster, new Trainer("Ash"), new Berry("oran", 1));
        long id = Objects.requireNonNull(monster.id);

        keepsake.useTransaction(session -> {
            session.get(Berry.class, "oran");
            session.put(new Berry("oran", 2));
            session.flush();
            session.put(new Berry("oran", 3));
            session.rollback();
            assertThat(session.get(Berry.class, "oran").size()).isEqualTo(3);
        });
        assertThat(keepsake.get(Berry.class, "oran").size()).isEqualTo(3);
        keepsake.useTransaction(session -> {
            Monster there = session.get(Monster.class, id);
            there.trainers.add(session.get(Trainer.class, "Ash"));
            session.flush();
            session.rollback();
            assertThat(there.trainers).hasSize(1);
        });
        keepsake.useTransaction(
                session -> assertThat(session.get(Monster.class, id).trainers).hasSize(1));
    }

    @Test
    void objectsThatWereForgottenDoNotComeBackByARollback() {
        Keepsake keepsake = monsters();
        List<Trainer> many = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            many.add(new Trainer("t" + i));
        }
        if (!commitsMany()) {
            refused(Problem.COMMIT_SPANS_OBJECTS, () -> keepsake.useTransaction(session -> session.addAll(many)));
            return;
        }

        keepsake.useTransaction(session -> {
            session.addAll(many);
            session.flush();
            many.forEach(session::detach);
            assertThat(session.size()).isZero();
            session.rollback();
            assertThat(session.size()).isZero();
        });

        assertThat(scan(keepsake.query(Trainer.class)).exists()).isFalse();
    }

    @Test
    @Row("MP-60")
    void aRingThatIsDeletedAndComesBackIsAsItWas() {
        Keepsake keepsake = monsters();
        boolean done = together(keepsake, session -> {
            Node a = new Node("a");
            Node b = new Node("b");
            a.parent = Ref.to(b);
            b.parent = Ref.to(a);
            session.addAll(List.of(a, b));
        });
        if (!done) {
            return;
        }

        keepsake.useTransaction(session -> {
            session.delete(session.get(Node.class, "a"));
            session.delete(session.get(Node.class, "b"));
            session.flush();
            session.rollback();
            assertThat(session.hasChanges()).isFalse();
        });
        assertThat(children(keepsake, "a")).containsExactly("b");
        keepsake.useTransaction(session -> {
            session.delete(session.get(Node.class, "a"));
            session.delete(session.get(Node.class, "b"));
        });
        assertThat(scan(keepsake.query(Node.class)).exists()).isFalse();
    }

    @Test
    void numbersOfASequenceAreNeverGivenTwice() {
        Keepsake keepsake = keepsake(Ticket.class);
        List<Ticket> many = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            many.add(new Ticket(0, "t" + i));
        }
        if (!together(keepsake, session -> session.addAll(many))) {
            return;
        }
        try (Session session = keepsake.session()) {
            if (features().savepoints() != Features.Savepoints.NONE) {
                assertThatThrownBy(() -> session.nested(() -> {
                            session.addAll(many);
                            throw new IllegalStateException("stop");
                        }))
                        .hasMessage("stop");
            }
            session.addAll(many);
            session.commit();
        }
        keepsake.useTransaction(session -> session.addAll(many));

        assertThat(scan(keepsake.query(Ticket.class)).count()).isEqualTo(360);
    }

    @Test
    void aListOfAnObjectWhoseSessionFailedCanBeRead() {
        Keepsake keepsake = monsters();
        Node root = node("root", "a", "b");

        fail(keepsake, session -> session.add(root));
        assertThat(root.children).hasSize(2);
        if (together(keepsake, session -> session.add(root))) {
            assertThat(children(keepsake, "root")).containsExactly("a", "b");
        }
    }

    @Test
    @Row("MP-120")
    void listsAndInstancesThatAPartExchangedAreAsBeforeIt() {
        Keepsake keepsake = keepsake(Node.class, Author.class, Book.class, Pet.class);
        if (!together(keepsake, session -> session.add(node("root", "a")))) {
            return;
        }
        save(keepsake, new Author("lem", "PL", 1920), new Dog("rex", "rex", 7));
        if (features().savepoints() == Features.Savepoints.NONE) {
            refused(Problem.FEATURE_MISSING, () -> keepsake.useTransaction(s -> s.nested(s::flush)));
            return;
        }

        keepsake.useTransaction(session -> {
            Node root = session.get(Node.class, "root");
            Author lem = session.get(Author.class, "lem");
            session.get(Pet.class, "rex");
            assertThatThrownBy(() -> session.nested(() -> {
                        root.children = new ArrayList<>(List.of(new Node("evil")));
                        Author other = new Author("lem", "AR", 1899);
                        session.put(other);
                        session.put(new Cat("rex", "tom", null));
                        throw new IllegalStateException("stop");
                    }))
                    .hasMessage("stop");
            assertThat(session.get(Author.class, "lem")).isSameAs(lem);
            lem.born = 1921;
        });

        assertThat(children(keepsake, "root")).containsExactly("a");
        assertThat(keepsake.get(Author.class, "lem").born).isEqualTo(1921);
        assertThat(keepsake.get(Pet.class, "rex")).isEqualTo(new Dog("rex", "rex", 7));
    }

    @Test
    void anObjectThatIsMendedAfterItWasRefusedIsWritten() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");
        save(keepsake, grass, new Node("root"));
        save(keepsake, new Node("other"));

        together(keepsake, session -> {
            Node leaf = new Node("leaf");
            leaf.parent = Ref.of(Node.class, "root");
            session.add(leaf);
            session.flush();
            session.delete(session.get(Node.class, "root"));
            Monster monster = session.add(new Monster("Flowerasaur", null));
            refused(Problem.OBJECT_INVALID, session::flush);
            monster.type = session.get(MonsterType.class, Objects.requireNonNull(grass.id));
            session.flush();
        });
    }

    // ---- the same object twice

    @Test
    @Row("MP-55")
    void aRecordIsTheSameUnderItsOldReferenceAsUnderItsCopyWithAnId() {
        Keepsake keepsake = keepsake(Project.class, Release.class);
        List<Consumer<Session>> ways = List.of(
                session -> {
                    Project project = new Project(0, "p");
                    session.add(project);
                    session.add(new Release(0, Ref.to(project), "1"));
                    session.add(new Release(0, Ref.to(project), "2"));
                },
                session -> {
                    Project project = new Project(0, "p");
                    session.add(new Release(0, Ref.to(project), "1"));
                    session.add(new Release(0, Ref.to(project), "2"));
                },
                session -> {
                    Project project = new Project(0, "p");
                    session.addAll(List.of(
                            project, new Release(0, Ref.to(project), "1"), new Release(0, Ref.to(project), "2")));
                },
                session -> {
                    Project project = new Project(0, "p");
                    Project added = session.add(project);
                    assertThat(session.add(project)).isSameAs(added);
                    session.add(new Release(0, Ref.to(added), "1"));
                    session.add(new Release(0, Ref.to(project), "2"));
                });
        int times = 0;
        for (Consumer<Session> way : ways) {
            if (!together(keepsake, way)) {
                return;
            }
            times++;
            assertThat(scan(keepsake.query(Project.class)).count()).isEqualTo(times);
            assertThat(scan(keepsake.query(Release.class)).count()).isEqualTo(2L * times);
        }
        keepsake.useTransaction(session -> scan(session.query(Release.class))
                .list()
                .forEach(release -> assertThat(release.project().get().name()).isEqualTo("p")));
    }

    @Test
    @Row("MP-07")
    void ofTwoRecordsMadeOfOneTheSecondIsStale() {
        Keepsake keepsake = monsters();
        Note note = keepsake.inTransaction(session -> session.add(new Note("hello")));

        keepsake.useTransaction(session -> {
            Note loaded = session.get(Note.class, note.id());
            Note first = session.put(loaded.starred(1));
            Fault fault = refused(Problem.NOT_MANAGED, () -> session.put(loaded.starred(2)));
            assertThat(fault.sentence()).contains("took the place of this one in the session");
            session.put(first.starred(3));
        });

        assertThat(keepsake.get(Note.class, note.id())).isEqualTo(new Note(note.id(), "hello", 3, 1));
    }

    @Test
    void whatPutGivesHasTheVersionThatIsStored() {
        Keepsake keepsake = monsters();
        Note note = keepsake.inTransaction(session -> session.add(new Note("hello")));

        Note second = keepsake.inTransaction(session -> session.put(note.starred(1)));
        assertThat(keepsake.get(Note.class, note.id())).isEqualTo(second);
        Note third = keepsake.inTransaction(session -> {
            Note put = session.put(second.starred(2));
            session.flush();
            return session.put(put.starred(3));
        });
        assertThat(keepsake.get(Note.class, note.id())).isEqualTo(third);
        refused(Problem.STALE_OBJECT, () -> keepsake.useTransaction(session -> session.put(note.starred(9))));
    }

    @Test
    void anObjectThatIsDeletedTwiceIsDeleted() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"), new Berry("oran", 1));

        keepsake.useTransaction(session -> {
            Trainer ash = session.get(Trainer.class, "Ash");
            session.delete(ash);
            session.flush();
            session.delete(ash);
            session.flush();
            assertThat(session.contains(ash)).isFalse();
        });
        keepsake.useTransaction(session -> {
            Berry oran = session.get(Berry.class, "oran");
            session.delete(oran);
            assertThat(session.put(oran)).isSameAs(oran);
        });

        assertThat(keepsake.find(Trainer.class, "Ash")).isEmpty();
        assertThat(keepsake.find(Berry.class, "oran")).isPresent();
    }

    @Test
    void anObjectThatWasPutUnreadIsDeletedWhateverIsThere() {
        Keepsake keepsake = monsters();
        save(keepsake, new Trainer("Ash"));

        keepsake.useTransaction(session -> {
            Trainer ash = session.put(new Trainer("Ash"));
            session.delete(ash);
        });
        assertThat(keepsake.find(Trainer.class, "Ash")).isEmpty();
        keepsake.useTransaction(session -> {
            Trainer ash = session.put(new Trainer("Ash"));
            session.delete(ash);
            session.put(ash);
        });
        assertThat(keepsake.find(Trainer.class, "Ash")).isPresent();
        keepsake.useTransaction(session -> session.delete(session.put(new Trainer("Misty"))));
        assertThat(keepsake.find(Trainer.class, "Misty")).isEmpty();
    }

    @Test
    void whatIsDeletedUnreadAndPutAgainIsWrittenWhole() {
        Keepsake keepsake = monsters();
        save(keepsake, new Berry("oran", 0));

        keepsake.useTransaction(session -> {
            Berry oran = new Berry("oran", 5);
            session.delete(oran);
            session.put(oran);
        });
        keepsake.useTransaction(session -> {
            session.delete(new Berry("cheri", 1));
            session.put(new Berry("cheri", 6));
        });

        assertThat(keepsake.get(Berry.class, "oran").size()).isEqualTo(5);
        assertThat(keepsake.get(Berry.class, "cheri").size()).isEqualTo(6);
    }

    @Test
    @Row("MP-08")
    void whatIsPutUnreadAndDeletedIsGuardedByItsVersion() {
        Keepsake keepsake = monsters();
        Note note = keepsake.inTransaction(session -> session.add(new Note("hello")));
        keepsake.useTransaction(session -> session.put(note.starred(1)));

        refused(
                Problem.STALE_OBJECT,
                () -> keepsake.useTransaction(session -> session.delete(session.put(note.starred(9)))));
        Note now = keepsake.get(Note.class, note.id());
        assertThat(now.stars()).isEqualTo(1);
        keepsake.useTransaction(session -> session.delete(session.put(now.starred(2))));
        assertThat(keepsake.find(Note.class, note.id())).isEmpty();
    }

    @Test
    void aRecordThatIsPutAfterItWasRolledBackIsPutAnew() {
        Keepsake keepsake = monsters();
        Note note = keepsake.inTransaction(session -> session.add(new Note("hello")));

        keepsake.useTransaction(session -> {
            session.put(note.starred(4));
            session.flush();
            session.rollback();
            session.put(note.starred(5));
        });

        assertThat(keepsake.get(Note.class, note.id()).stars()).isEqualTo(5);
    }

    @Test
    void aKindIsReadAsStatesAndAsObjectsOfItsClassInOneSession() {
        Keepsake keepsake = monsters();
        save(keepsake, new Berry("oran", 1));

        keepsake.useTransaction(session -> {
            assertThat(scan(session.query("berry")).list())
                    .extracting(state -> state.get("id"))
                    .containsExactly("oran");
            assertThat(session.get(Berry.class, "oran").size()).isEqualTo(1);
            assertThat(scan(session.query(Berry.class)).list()).containsExactly(new Berry("oran", 1));
            assertThat(scan(session.query("berry")).list()).hasSize(1);
        });
    }

    @Test
    @Row("MP-06")
    void whatLeadsToOneOtherIsStillThereAfterARefresh() {
        Keepsake keepsake = keepsake(House.class, Roof.class);
        save(keepsake, new House("h", 1, null));
        save(keepsake, new Roof("r", Ref.of(House.class, "h")));

        keepsake.useTransaction(session -> {
            House house = session.get(House.class, "h");
            assertThat(Objects.requireNonNull(house.roof()).get().id()).isEqualTo("r");
            House again = session.refresh(house);
            assertThat(Objects.requireNonNull(again.roof()).get().id()).isEqualTo("r");
        });
    }

    @Test
    void aSetIsTheSameInWhateverOrderItIsKept() {
        Keepsake keepsake = keepsake(Bag.class);
        save(keepsake, new Bag("b", Set.of("m", "z")));
        keepsake.query(Bag.class).where("id", "b").update(Keepsake.field("tags").append("a"));
        Bag bag = keepsake.get(Bag.class, "b");
        assertThat(bag.tags()).containsExactlyInAnyOrder("a", "m", "z");

        Bag other = new Bag("b", Set.of("m", "z"));
        refused(Problem.STALE_OBJECT, () -> keepsake.useTransaction(session -> session.delete(other)));
        keepsake.useTransaction(session -> session.delete(bag));
        assertThat(keepsake.find(Bag.class, "b")).isEmpty();
    }

    @Test
    void aRecordThatCopiesItsListIsReadWithoutASession() {
        Keepsake keepsake = keepsake(Shelf.class, Jar.class);
        save(keepsake, new Shelf("s", List.of()));
        save(keepsake, new Jar("a", Ref.of(Shelf.class, "s")));
        save(keepsake, new Jar("b", Ref.of(Shelf.class, "s")));

        assertThat(keepsake.get(Shelf.class, "s").jars()).extracting(Jar::id).containsExactly("a", "b");
        assertThat(keepsake.find(Jar.class, "a")).contains(new Jar("a", Ref.of(Shelf.class, "s")));
    }

    @Test
    void aNewObjectHasTheIdThatItHasWhenItIsWritten() {
        Keepsake keepsake = monsters();

        keepsake.useTransaction(session -> {
            Trainer ash = session.add(new Trainer("Ash"));
            ash.id = "Red";
            session.flush();
            assertThat(session.get(Trainer.class, "Red")).isSameAs(ash);
            assertThat(session.find(Trainer.class, "Ash")).isEmpty();
            assertThat(session.size()).isEqualTo(1);
        });
    }

    @SuppressWarnings("NullAway") // what a program without annotations passes
    private static Node nothing() {
        return null;
    }

    @Test
    void nullIsNoObject() {
        Keepsake keepsake = monsters();

        keepsake.useTransaction(session -> {
            refused(Problem.REQUEST_INVALID, () -> session.add(nothing()));
            refused(Problem.REQUEST_INVALID, () -> session.put(nothing()));
            refused(Problem.REQUEST_INVALID, () -> session.delete(nothing()));
            List<@Nullable Object> one = new ArrayList<>();
            one.add(null);
            refused(Problem.REQUEST_INVALID, () -> session.addAll(one));
            Node root = session.add(new Node("root"));
            refused(Problem.REQUEST_INVALID, () -> root.children.add(nothing()));
            @SuppressWarnings({"unchecked", "rawtypes"}) // what a program with raw types does
            List<Object> any = (List) root.children;
            refused(Problem.REQUEST_INVALID, () -> any.add(new Trainer("Ash")));
        });
    }

    // ---- one flush

    @Test
    void aValueThatOnlyOneCanHaveIsTakenOverFromOneThatIsDeleted() {
        Keepsake keepsake = keepsake(Badge.class);
        save(keepsake, new Badge("1", "boulder"));

        boolean done = together(keepsake, session -> {
            session.delete(session.get(Badge.class, "1"));
            session.add(new Badge("2", "boulder"));
        });
        if (done) {
            assertThat(scan(keepsake.query(Badge.class)).list()).containsExactly(new Badge("2", "boulder"));
        }
    }

    @Test
    void aValueThatIsTakenIsToldWithTheCure() {
        Keepsake keepsake = keepsake(Badge.class);
        save(keepsake, new Badge("1", "boulder"), new Badge("2", "cascade"));

        Fault taken = refused(
                Problem.UNIQUE_VIOLATION,
                () -> keepsake.useTransaction(session -> session.add(new Badge("3", "boulder"))));
        assertThat(taken.sentence()).isEqualTo("another object of kind badge has the same name");
        assertThat(taken.getMessage()).contains("flush() in between").contains("value     boulder");
        Fault id = refused(
                Problem.UNIQUE_VIOLATION,
                () -> keepsake.useTransaction(session -> session.add(new Badge("1", "soul"))));
        assertThat(id.sentence()).isEqualTo("another object of kind badge has the same id");
        assertThat(id.getMessage()).contains("put()");
    }

    @Test
    void anObjectThatIsPutIsThereBeforeThoseThatReferToIt() {
        Keepsake keepsake = monsters();

        if (together(keepsake, session -> session.put(node("root", "a", "b")))) {
            assertThat(children(keepsake, "root")).containsExactly("a", "b");
        }
    }

    @Test
    void anObjectOfAnotherClassTakesThePlaceOfOne() {
        Keepsake keepsake = keepsake(Pet.class);
        save(keepsake, new Dog("1", "rex", 3), new Dog("2", "bello", 4), new Dog("3", "hasso", 5));

        keepsake.useTransaction(session -> {
            session.get(Pet.class, "1");
            session.put(new Cat("1", "tom", "miau"));
        });
        keepsake.useTransaction(session -> {
            session.delete(session.get(Dog.class, "2"));
            session.add(new Cat("2", "felix", null));
        });
        keepsake.useTransaction(session -> session.put(new Cat("3", "minka", "mau")));

        assertThat(scan(keepsake.query(Pet.class)).orderBy("id").list())
                .containsExactly(
                        new Cat("1", "tom", "miau"), new Cat("2", "felix", null), new Cat("3", "minka", "mau"));
        assertThat(scan(keepsake.query(Dog.class)).exists()).isFalse();
    }

    @Test
    void aQuerySeesWhatFollowsFromWhatIsNotWrittenYet() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");
        save(keepsake, grass);
        long id = Objects.requireNonNull(grass.id);
        save(keepsake, new Berry("oran", 1, Ref.of(MonsterType.class, id)), new Node("root"));

        together(keepsake, session -> {
            session.delete(session.get(MonsterType.class, id));
            assertThat(scan(session.query(Berry.class)).list()).isEmpty();
        });
        keepsake.useTransaction(session -> {
            Node root = session.get(Node.class, "root");
            root.children = new ArrayList<>(List.of(new Node("leaf")));
            assertThat(scan(session.query(Node.class)).list()).hasSize(2);
        });
        together(keepsake, session -> {
            session.add(new Monster("Burny", new MonsterType("Fire")));
            assertThat(scan(session.query(MonsterType.class)).list())
                    .extracting(type -> type.name)
                    .contains("Fire");
        });
    }

    // ---- lists

    @Test
    void aLinkThatIsMadeFromBothSidesIsOneLink() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");
        save(keepsake, grass);
        long id = Objects.requireNonNull(grass.id);

        boolean done = together(keepsake, session -> {
            Monster monster = session.add(new Monster("Flowerasaur", session.get(MonsterType.class, id)));
            Trainer ash = session.add(new Trainer("Ash"));
            monster.trainers.add(ash);
            assertThat(ash.monsters).containsExactly(monster);
            ash.monsters.add(monster);
            assertThat(monster.trainers).containsExactly(ash);
        });
        if (done) {
            keepsake.useTransaction(session -> assertThat(session.get(Trainer.class, "Ash").monsters)
                    .extracting(monster -> monster.name)
                    .containsExactly("Flowerasaur"));
        }
    }

    @Test
    void aLinkThatTwoMakeOrUnmakeIsMadeOrUnmade() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");
        save(keepsake, grass);
        Monster monster = new Monster("Flowerasaur", grass);
        save(keepsake, monster, new Trainer("Ash"));
        long id = Objects.requireNonNull(monster.id);
        Consumer<Session> link =
                session -> session.get(Monster.class, id).trainers.add(session.get(Trainer.class, "Ash"));
        Consumer<Session> unlink =
                session -> session.get(Monster.class, id).trainers.clear();

        both(keepsake, link);
        keepsake.useTransaction(
                session -> assertThat(session.get(Monster.class, id).trainers).hasSize(1));
        both(keepsake, unlink);
        keepsake.useTransaction(
                session -> assertThat(session.get(Monster.class, id).trainers).isEmpty());
    }

    /** Two sessions read, and do the same one after the other. */
    private static void both(Keepsake keepsake, Consumer<Session> work) {
        try (Session late = keepsake.session()) {
            work.accept(late);
            late.rollback(); // what it read, it has; its transaction is another one now
            keepsake.useTransaction(work);
            work.accept(late);
            late.commit();
        }
    }

    @Test
    void ownersThatExchangeTheirListsExchangeWhatIsInThem() {
        Keepsake keepsake = monsters();
        boolean done = together(keepsake, session -> session.addAll(List.of(node("a", "a1", "a2"), node("b", "b1"))));
        if (!done) {
            return;
        }

        keepsake.useTransaction(session -> {
            Node a = session.get(Node.class, "a");
            Node b = session.get(Node.class, "b");
            List<Node> kept = a.children;
            a.children = b.children;
            b.children = kept;
        });

        assertThat(children(keepsake, "a")).containsExactly("b1");
        assertThat(children(keepsake, "b")).containsExactly("a1", "a2");
    }

    @Test
    void aListOfAnotherObjectIsTakenAsWhatIsInIt() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");
        save(keepsake, grass);
        Monster monster = new Monster("Flowerasaur", grass);
        Trainer ash = new Trainer("Ash");
        save(keepsake, monster, ash);
        keepsake.useTransaction(session -> session.get(Monster.class, Objects.requireNonNull(monster.id))
                .trainers
                .add(session.get(Trainer.class, "Ash")));

        boolean done = together(keepsake, session -> {
            Monster there = session.get(Monster.class, Objects.requireNonNull(monster.id));
            Monster twin = new Monster("Twin", there.type);
            twin.trainers = there.trainers;
            session.add(twin);
        });
        if (done) {
            keepsake.useTransaction(session ->
                    assertThat(session.get(Trainer.class, "Ash").monsters).hasSize(2));
        }
    }

    @Test
    void putTakesNothingOutOfAListWhetherItIsLoadedOrNot() {
        Keepsake keepsake = monsters();
        if (!together(keepsake, session -> session.addAll(List.of(node("a", "a1"), node("b", "b1"))))) {
            return;
        }

        keepsake.useTransaction(session -> session.put(new Node("a")));
        keepsake.useTransaction(session -> {
            assertThat(session.get(Node.class, "b").children).hasSize(1);
            session.put(node("b", "b2"));
        });

        assertThat(children(keepsake, "a")).containsExactly("a1");
        assertThat(children(keepsake, "b")).containsExactly("b1", "b2");
    }

    @Test
    @Row("S2-22")
    void aRecordThatIsPutWithAnotherReferenceChangesLists() {
        Keepsake keepsake = keepsake(Library.ALL);
        Author lem = new Author("lem", "PL", 1921);
        save(keepsake, lem, new Author("borges", "AR", 1899));
        save(keepsake, new Book("solaris", Ref.to(lem), 204, null, null, List.of(), null, null));

        keepsake.useTransaction(session -> {
            Author before = session.get(Author.class, "lem");
            Author after = session.get(Author.class, "borges");
            assertThat(before.books).hasSize(1);
            Book solaris = session.get(Book.class, "solaris");
            Book moved = session.put(new Book("solaris", Ref.to(after), 204, null, null, List.of(), null, null));
            assertThat(moved).isNotSameAs(solaris);
            assertThat(before.books).isEmpty();
            assertThat(after.books).containsExactly(moved);
        });
    }

    @Test
    @Row("S2-22")
    void anObjectThatLeavesAListByItsOwnReferenceIsInTheOther() {
        Keepsake keepsake = monsters();
        if (!together(keepsake, session -> session.addAll(List.of(node("a", "a1"), new Node("b"))))) {
            return;
        }

        keepsake.useTransaction(session -> {
            Node a = session.get(Node.class, "a");
            Node b = session.get(Node.class, "b");
            assertThat(b.children).isEmpty();
            Node moved = a.children.getFirst();
            moved.parent = Ref.to(b);
            assertThat(a.children).isEmpty();
            assertThat(b.children).containsExactly(moved);
        });
    }

    @Test
    void aListThatCannotBeReadAnyMoreIsNotTakenForAnEmptyOne() {
        Keepsake keepsake = monsters();
        if (!together(keepsake, session -> session.add(node("root", "a")))) {
            return;
        }
        Node root = keepsake.get(Node.class, "root");
        Node read = keepsake.inTransaction(session -> {
            Node loaded = session.get(Node.class, "root");
            assertThat(loaded.children.getFirst().children).isEmpty();
            return loaded;
        });

        try (Keepsake other = Keepsake.open("memory:", Monsters.ALL)) {
            other.createAll();
            refused(Problem.DETACHED, () -> other.useTransaction(session -> session.add(root)));
            other.useTransaction(session -> session.add(read));
            assertThat(children(other, "root")).containsExactly("a");
        }
    }

    @Test
    void massesAreNotLoadedWithoutTheirLists() {
        Keepsake keepsake = monsters();

        Fault fault =
                refused(Problem.OBJECT_INVALID, () -> keepsake.load(Node.class, List.of(node("root", "a")).stream()));

        assertThat(fault.getMessage()).contains("children");
        assertThat(keepsake.load(Node.class, List.of(new Node("root")).stream()))
                .isEqualTo(1);
    }

    @Test
    void massesOfStatesAreLoadedByTheNameOfTheirKind() {
        Keepsake keepsake = monsters();
        Kind berries = store.inspect().kind("berry");
        int many = commitsMany() ? 100 : 1;

        long loaded = keepsake.load(
                "berry",
                IntStream.range(0, many).mapToObj(i -> berries.state(Map.of("id", "b" + i, "size", (long) i))));

        assertThat(loaded).isEqualTo(many);
        assertThat(keepsake.get(Berry.class, "b" + (many - 1)).size()).isEqualTo(many - 1);
        refused(Problem.UNKNOWN_KIND, () -> keepsake.load("beri", Stream.of()));
    }

    @Test
    void anObjectThatIsGoneIsNotReadFromAList() {
        Keepsake keepsake = monsters();
        if (!together(keepsake, session -> session.add(node("root", "a", "b")))) {
            return;
        }

        keepsake.useTransaction(session -> {
            Node root = session.get(Node.class, "root");
            Node first = root.children.get(0);
            session.delete(first);
            assertThat(root.children.get(0)).isNotSameAs(first);
        });
    }

    @Test
    void referencesThatWereGivenByIdAreLoadedTogether() {
        Keepsake keepsake = monsters();
        List<Node> parents = new ArrayList<>();
        List<Node> leaves = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            parents.add(new Node("p" + i));
            Node leaf = new Node("l" + i);
            leaf.parent = Ref.of(Node.class, "p" + i);
            leaves.add(leaf);
        }
        if (!together(keepsake, session -> session.addAll(parents))) {
            return;
        }

        keepsake.useTransaction(session -> {
            session.addAll(leaves);
            session.flush();
            assertThat(requests(() -> leaves.forEach(
                            leaf -> Objects.requireNonNull(leaf.parent).get())))
                    .isEqualTo(1);
        });
    }

    @Test
    @Row("S2-23")
    void aReferenceIsGivenByTheObjectOrByItsId() {
        Keepsake keepsake = monsters();
        MonsterType grass = new MonsterType("Grass");
        save(keepsake, grass);
        long id = Objects.requireNonNull(grass.id);

        save(keepsake, new Berry("oran", 1, Ref.to(grass)));
        save(keepsake, new Berry("cheri", 2, Ref.of(MonsterType.class, id)));
        save(keepsake, new Berry("pecha", 3, Ref.of(MonsterType.class, (int) id)));

        keepsake.useTransaction(session -> session.findAll(Berry.class, List.of("oran", "cheri", "pecha"))
                .forEach(berry -> assertThat(
                                Objects.requireNonNull(berry.favourite()).get().name)
                        .isEqualTo("Grass")));
    }

    @Test
    void recordsThatAConditionChangedAreReadAgainTogether() {
        Keepsake keepsake = monsters();
        for (int i = 0; i < 20; i++) {
            save(keepsake, new Berry("b" + i, i));
        }

        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.add("b" + i);
        }
        together(keepsake, session -> {
            assertThat(session.findAll(Berry.class, ids)).hasSize(20);
            assertThat(requests(() -> session.query(Berry.class)
                            .where(Term.of("id").in(ids))
                            .update(Term.of("size").set(7))))
                    .isLessThanOrEqualTo(3);
            assertThat(session.get(Berry.class, "b1").size()).isEqualTo(7);
        });
    }

    @Test
    void aSessionThatOnlyReadsRefusesToChangeItsLists() {
        Keepsake keepsake = monsters();
        save(keepsake, new Node("root"));

        keepsake.useTransaction(SessionOptions.DEFAULT.readingOnly(), session -> {
            Node root = session.get(Node.class, "root");
            refused(Problem.REQUEST_INVALID, () -> root.children.add(new Node("leaf")));
        });
    }

    // ---- a store that forgets to answer

    /** A store that commits, and is lost before it says so. */
    private record Forgetful(Store store) implements Store {
        @Override
        public StoreInfo info() {
            return store.info();
        }

        @Override
        public Features features() {
            return store.features();
        }

        @Override
        public Transaction begin(TransactionOptions options) {
            Transaction transaction = store.begin(options);
            return options.readOnly() ? transaction : new Silent(transaction);
        }

        @Override
        public Transaction join(Object nativeTransaction) {
            return store.join(nativeTransaction);
        }

        @Override
        public List<String> render(Request request) {
            return store.render(request);
        }

        @Override
        public Explanation explain(Selection selection) {
            return store.explain(selection);
        }

        @Override
        public List<Long> reserveIds(Kind kind, int count) {
            return store.reserveIds(kind, count);
        }

        @Override
        public Instant now() {
            return store.now();
        }

        @Override
        public <T> T unwrap(Class<T> nativeType) {
            return store.unwrap(nativeType);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    /** A transaction whose commit of writes succeeds, and fails to say so. */
    private static final class Silent implements Transaction {
        private final Transaction transaction;
        private boolean wrote;

        Silent(Transaction transaction) {
            this.transaction = transaction;
        }

        @Override
        public Cursor find(Selection selection) {
            return transaction.find(selection);
        }

        @Override
        public Cursor rows(Rows rows) {
            return transaction.rows(rows);
        }

        @Override
        public Cursor aggregate(Aggregation aggregation) {
            return transaction.aggregate(aggregation);
        }

        @Override
        public Cursor decode(Kind kind, Object nativeRows) {
            return transaction.decode(kind, nativeRows);
        }

        @Override
        public Schema inspect() {
            return transaction.inspect();
        }

        @Override
        public WriteResult write(Changeset changes) {
            wrote = true;
            return transaction.write(changes);
        }

        @Override
        public void alter(List<Alteration> steps) {
            transaction.alter(steps);
        }

        @Override
        public Mark mark() {
            return transaction.mark();
        }

        @Override
        public void rollbackTo(Mark mark) {
            transaction.rollbackTo(mark);
        }

        @Override
        public void release(Mark mark) {
            transaction.release(mark);
        }

        @Override
        public void commit() {
            transaction.commit();
            if (wrote) {
                throw Problem.COMMIT_OUTCOME_UNKNOWN
                        .because("the store was lost while it committed")
                        .hint("look whether the writes are there")
                        .fault();
            }
        }

        @Override
        public void rollback() {
            transaction.rollback();
        }

        @Override
        public <T> T unwrap(Class<T> nativeType) {
            return transaction.unwrap(nativeType);
        }

        @Override
        public void close() {
            transaction.close();
        }
    }
}
