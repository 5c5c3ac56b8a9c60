package dev.keepsake.contract;

import static dev.keepsake.Keepsake.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.Conversion;
import dev.keepsake.codec.Mapping;
import dev.keepsake.codec.Ref;
import dev.keepsake.codec.TypeId;
import dev.keepsake.contract.Mapped.Account;
import dev.keepsake.contract.Mapped.Address;
import dev.keepsake.contract.Mapped.Booking;
import dev.keepsake.contract.Mapped.BookingKey;
import dev.keepsake.contract.Mapped.Byline;
import dev.keepsake.contract.Mapped.Car;
import dev.keepsake.contract.Mapped.CardPayment;
import dev.keepsake.contract.Mapped.CashPayment;
import dev.keepsake.contract.Mapped.Cat;
import dev.keepsake.contract.Mapped.Comment;
import dev.keepsake.contract.Mapped.Dog;
import dev.keepsake.contract.Mapped.Event;
import dev.keepsake.contract.Mapped.Geo;
import dev.keepsake.contract.Mapped.Holder;
import dev.keepsake.contract.Mapped.Isbn;
import dev.keepsake.contract.Mapped.Mail;
import dev.keepsake.contract.Mapped.Mood;
import dev.keepsake.contract.Mapped.OldPet;
import dev.keepsake.contract.Mapped.Owner;
import dev.keepsake.contract.Mapped.Painted;
import dev.keepsake.contract.Mapped.Passport;
import dev.keepsake.contract.Mapped.Payment;
import dev.keepsake.contract.Mapped.Pet;
import dev.keepsake.contract.Mapped.Phone;
import dev.keepsake.contract.Mapped.Plant;
import dev.keepsake.contract.Mapped.Post;
import dev.keepsake.contract.Mapped.Seat;
import dev.keepsake.contract.Mapped.SeatKey;
import dev.keepsake.contract.Mapped.Shop;
import dev.keepsake.contract.Mapped.Spot;
import dev.keepsake.contract.Mapped.Ticket;
import dev.keepsake.contract.Mapped.User;
import dev.keepsake.contract.Mapped.Vehicle;
import dev.keepsake.contract.Monsters.Monster;
import dev.keepsake.contract.Monsters.MonsterType;
import dev.keepsake.contract.Monsters.Trainer;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Invalid;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Violation;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import dev.keepsake.schema.Schema;
import dev.keepsake.session.Session;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.value.Id;
import dev.keepsake.value.Type;
import java.net.URI;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Classes on a store: how they become kinds, what is kept of their objects, what they must hold, and how they come back. */
public abstract class MappingContract extends QueryContract {
    /** For suites. */
    protected MappingContract() {}

    private Keepsake opened(Class<?>... types) {
        return opened(Codecs.of(types));
    }

    private Keepsake opened(Codecs codecs) {
        Keepsake keepsake = Keepsake.on(store, codecs);
        keepsake.createAll();
        return keepsake;
    }

    private Keepsake opened(Mapping<?> mapping) {
        return opened(Codecs.builder().add(mapping).build());
    }

    /** The one stored State of a kind. */
    private State stored(Kind kind) {
        List<State> all = find(Selection.of(kind));
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    /** The mistakes of a model, in one text. */
    private static String mistakes(Class<?>... types) {
        return mistakes(Codecs.builder().add(types));
    }

    private static String mistakes(Codecs.Builder model) {
        Fault fault = refused(Problem.MODEL_INVALID, model::build);
        return String.valueOf(fault.facts().get("mistakes"));
    }

    // ---- kinds

    @Test
    @Row({"S2-20", "S2-26"})
    void kindsAreCreatedAsTheClassesSayInTheOrderOfTheirReferencesAndOnce() {
        Keepsake keepsake = Keepsake.on(store, Codecs.of(Monster.class, Trainer.class, MonsterType.class));

        List<String> created = keepsake.createAll().stream().map(Kind::name).toList();

        assertThat(created)
                .containsExactlyInAnyOrder("monster_type", "pocket_monster", "trainer", "monster_trainer")
                .containsSubsequence("monster_type", "pocket_monster", "monster_trainer");
        Kind monsters = store.inspect().kind("pocket_monster");
        assertThat(monsters.fields()).extracting(Field::name).containsExactly("id", "name", "level", "type_id");
        assertThat(monsters.field("name").orElseThrow().required()).isTrue();
        assertThat(monsters.field("name").orElseThrow().type()).isEqualTo(Type.TEXT);
        assertThat(monsters.id()).containsExactly("id");
        assertThat(store.inspect()
                        .kind("monster_type")
                        .field("name")
                        .orElseThrow()
                        .required())
                .isTrue();
        save(keepsake, new MonsterType("Grass"));
        assertThat(keepsake.createAll()).isEmpty();
        assertThat(scan(keepsake.query(MonsterType.class)).count()).isEqualTo(1);
    }

    /** What nothing identifies. */
    static class Strength {
        @Nullable
        String name;
    }

    @Test
    @Row("S2-45")
    void aClassThatNothingIdentifiesIsRefusedByName() {
        assertThat(mistakes(Strength.class, Trainer.class))
                .contains("Strength has no id: name a member id, or annotate one with @Id");
        assertThat(store.inspect().names()).isEmpty();
    }

    /** Refers to what is not part of the model. */
    record Lost(long id, Ref<MonsterType> type) {}

    @Test
    @Row("S2-46")
    void aReferenceToWhatThereIsNotIsRefusedWithWhatIsNear() {
        Kind monsters = Kind.named("monster")
                .required("id", Type.INTEGER)
                .id("id")
                .field("type_id", Type.INTEGER)
                .reference(
                        new Reference("", List.of("type_id"), "MonsterType", List.of("id"), Reference.OnDelete.REFUSE))
                .build();
        Kind types =
                Kind.named("monster_type").required("id", Type.INTEGER).id("id").build();

        Fault fault = refused(Problem.UNKNOWN_KIND, () -> store.createAll(Schema.of(List.of(monsters, types))));

        assertThat(fault.sentence()).contains("type_id of kind monster refers to kind MonsterType, which there is not");
        assertThat(fault.hint()).contains("did you mean monster_type?");
        assertThat(mistakes(Lost.class)).contains("Lost.type").contains("MonsterType is no class of the model");
        assertThat(store.inspect().names()).isEmpty();
    }

    // ---- what a class keeps

    private static Mapping<URI> links() {
        return Mapping.of(URI.class)
                .named("link")
                .id("text", String.class, URI::toString)
                .field("port", Integer.class, uri -> uri.getPort() < 0 ? null : uri.getPort())
                .made(parts -> URI.create(parts.get("text", String.class)));
    }

    @Test
    @Row({"S3-01", "S3-02", "MP-20", "MP-21"})
    void aClassOfSomeoneElseIsKeptBesideOneOfOurs() {
        Keepsake keepsake = opened(Codecs.builder().add(links()).add(Car.class).build());
        URI link = URI.create("https://example.org:8443/a?b#c");

        save(keepsake, link, URI.create("urn:x"), new Car("1", "red", "zonda"));

        assertThat(keepsake.get(URI.class, link.toString())).isEqualTo(link);
        assertThat(scan(keepsake.query(URI.class)).where(field("port").eq(8443)).list())
                .containsExactly(link);
        assertThat(scan(keepsake.query(URI.class)).where(field("port").isNull()).list())
                .containsExactly(URI.create("urn:x"));
        assertThat(keepsake.get(Car.class, "1").make).isEqualTo("zonda");
        keepsake.useTransaction(session -> session.delete(session.get(URI.class, "urn:x")));
        assertThat(scan(keepsake.query(URI.class)).count()).isEqualTo(1);
    }

    @Test
    @Row({"S3-04", "S3-07"})
    void onlyWhatTheClassNamesIsKeptAndNothingOfOurs() {
        Keepsake keepsake = opened(Car.class);
        Car ferrari = new Car("1", "red", "ferrari");
        ferrari.driver = "Ann";
        ferrari.seen = 3;

        save(keepsake, ferrari, new Car("2", "blue", "fiat"), new Car("3", "red", "zonda"));

        Kind kind = keepsake.codec(Car.class).kind();
        assertThat(kind.fields()).extracting(Field::name).containsExactly("id", "paint", "make", "version");
        assertThat(store.inspect().names()).containsExactly(kind.name());
        List<State> all = find(Selection.of(kind));
        assertThat(all).hasSize(3);
        assertThat(all).allSatisfy(state -> {
            assertThat(state.toMap().keySet()).containsExactlyInAnyOrder("id", "paint", "make", "version");
            assertThat(state.get("version")).isEqualTo(0L);
        });
        Car loaded = keepsake.get(Car.class, "1");
        assertThat(loaded.colour).isEqualTo("red");
        assertThat(loaded.driver).isNull();
        assertThat(loaded.seen).isZero();
    }

    @Test
    @Row({"S3-05", "S3-06", "N-18"})
    void aMappingByHandCountsBeforeTheMembersOfTheClass() {
        Keepsake keepsake = opened(Mapping.of(Car.class)
                .named("car")
                .id("id", String.class, car -> Objects.requireNonNull(car.id))
                .field("state", List.class, car -> List.of(car.colour, car.make))
                .made(parts -> new Car(
                        parts.get("id", String.class),
                        (String) parts.get("state", List.class).get(0),
                        (String) parts.get("state", List.class).get(1))));

        save(keepsake, new Car("1", "red", "zonda"));

        assertThat(stored(keepsake.codec(Car.class).kind()).toMap())
                .isEqualTo(Map.of("id", "1", "state", List.of("red", "zonda")));
        Car loaded = keepsake.get(Car.class, "1");
        assertThat(loaded).usingRecursiveComparison().isEqualTo(new Car("1", "red", "zonda"));
    }

    @Test
    void aGeneratedIdIsOnAnObjectThatIsMappedByHand() {
        record Point(long key, int x, int y) {}
        Keepsake keepsake = opened(Mapping.of(Point.class)
                .named("spot")
                .id("key", long.class, Point::key)
                .field("x", int.class, Point::x)
                .field("y", int.class, Point::y)
                .generated(Generation.IDENTITY)
                .made(parts ->
                        new Point(parts.get("key", long.class), parts.get("x", int.class), parts.get("y", int.class))));

        Point added = keepsake.inTransaction(session -> session.add(new Point(0, 3, 4)));

        assertThat(added.key()).isPositive();
        assertThat(keepsake.get(Point.class, added.key())).isEqualTo(added);
    }

    @Test
    @Row({"S3-03", "MP-22"})
    void aClassThatIsRenamedStillLoadsItsOldObjects() {
        save(opened(Car.class), new Car("1", "red", "zonda"));

        Keepsake later = opened(Vehicle.class);

        assertThat(store.inspect().names()).containsExactly("7e2d5b60-car");
        assertThat(later.get(Vehicle.class, "1")).isEqualTo(new Vehicle("1", "red", "zonda", 0));
        later.useTransaction(session -> {
            Vehicle loaded = session.get(Vehicle.class, "1");
            session.put(new Vehicle("1", "blue", "zonda", loaded.version()));
        });
        assertThat(Keepsake.on(store, Codecs.of(Car.class)).get(Car.class, "1").colour)
                .isEqualTo("blue");
    }

    @Test
    @Row("MP-23")
    void anotherClassOfAKnownTypeIdIsRefused() {
        assertThat(mistakes(Car.class, Vehicle.class))
                .contains("Car and ")
                .contains("Vehicle are both kept as 7e2d5b60-car");
        assertThat(mistakes(Codecs.builder()
                        .add(Car.class)
                        .add(Mapping.of(Car.class)
                                .id("id", String.class, car -> Objects.requireNonNull(car.id))
                                .made(parts -> new Car()))))
                .contains("Car is part of the model twice");
    }

    @Test
    @Row("MP-34")
    void numbersAndTextAreNoObjectsOfTheirOwn() {
        assertThat(mistakes(String.class)).contains("java.lang.String");
        assertThat(mistakes(Integer.class)).contains("java.lang.Integer");
        Keepsake keepsake = opened(Car.class);
        Fault fault = refused(Problem.MODEL_INVALID, () -> keepsake.useTransaction(session -> session.add("text")));
        assertThat(fault.sentence()).isEqualTo("java.lang.String is not part of the model");
    }

    @Test
    @Row("MP-27")
    void aMemberSaysItsNameItsReferenceAndWhatIsInside() {
        Keepsake keepsake = opened(Mapped.BLOG);
        User ann = new User("ann@example.org", "Ann", null);
        Post post = new Post("p", Ref.to(ann));
        post.comments.add(new Comment("fine", new Byline("Bob"), 3));
        post.more = Map.of("mood", "calm");
        save(keepsake, ann);
        save(keepsake, post);

        assertThat(stored(keepsake.codec(Post.class).kind()).get("author_email"))
                .isEqualTo("ann@example.org");
        for (String path : List.of("comments.author.name", "more.mood", "author")) {
            Object value = path.equals("author") ? "ann@example.org" : path.startsWith("c") ? "Bob" : "calm";
            assertThat(scan(keepsake.query(Post.class))
                            .where(field(path).eq(value))
                            .count())
                    .as(path)
                    .isEqualTo(1);
        }
        Fault fault = refused(
                Problem.UNKNOWN_FIELD,
                () -> scan(keepsake.query(Post.class))
                        .where(field("comments.auhtor.name").eq("Bob"))
                        .list());
        assertThat(fault.hint()).contains("did you mean author?");
    }

    /** Two numbers that must be there. */
    static class Strict {
        @jakarta.persistence.Id
        @Nullable
        String id;

        int first;

        int second;

        @Nullable
        String third = "unset";
    }

    @Test
    @Row("MP-28")
    void whatIsNotStoredIsNullOrRefusedAndThenNothingIsChanged() {
        Kind loose = Kind.named("strict")
                .required("id", Type.TEXT)
                .id("id")
                .field("first", new Type.Int(32))
                .field("second", new Type.Int(32))
                .field("third", Type.TEXT)
                .build();
        create(loose);
        insert(loose, state(loose, "id", "whole", "first", 1, "second", 2));
        Keepsake keepsake = Keepsake.on(store, Codecs.of(Strict.class));
        keepsake.useTransaction(session -> {
            Strict whole = session.get(Strict.class, "whole");
            assertThat(whole.third).isNull();
            session.commit();
            write(Changeset.of(new Changeset.Put(loose, state(loose, "id", "whole", "first", 9))));

            Fault fault = refused(Problem.STATE_UNDECODABLE, () -> session.refresh(whole));

            assertThat(fault.sentence())
                    .isEqualTo("cannot decode strict whole: second: expected integer(32), was null");
            assertThat(whole.first).as("nothing of it is taken").isEqualTo(1);
            session.rollback();
        });
    }

    /** What holds anything. */
    record Box(String id, @Nullable Object content, Set<Object> set) {
        Box(String id, @Nullable Object content) {
            this(id, content, Set.of());
        }
    }

    @Test
    @Row("MP-30")
    void whatIsNoValueIsRefusedWithItsPlace() {
        Keepsake keepsake = opened(Box.class);
        Object nested = Map.of("a", List.of(1, Map.of("b", Thread.currentThread())));

        Fault fault = refused(
                Problem.VALUE_REFUSED,
                () -> keepsake.useTransaction(session -> session.add(new Box("1", nested, Set.of(1)))));

        assertThat(fault.sentence()).isEqualTo("a java.lang.Thread cannot be kept as a value");
        assertThat(fault.facts()).extractingByKey("at").hasToString("content.a.`[1]`.b");
        assertThat(find(Selection.of(keepsake.codec(Box.class).kind()))).isEmpty();
        Object kept = Map.of("a", List.of(1L, Map.of("b", "c"), UUID.randomUUID(), LocalDateTime.MIN.withYear(2000)));
        save(keepsake, new Box("1", kept));
        assertThat(keepsake.get(Box.class, "1").content()).isEqualTo(kept);
    }

    // ---- what is a change

    @Test
    @Row({"MP-70", "MP-72"})
    void aChangeIsAnotherValueOrAnotherTypeAndNothingElse() {
        Keepsake keepsake = opened(Box.class);
        save(keepsake, new Box("1", new ArrayList<>(List.of("ab"))));
        List<Object> different =
                List.of(List.of("a", "b"), 1L, 1.0, 1.0000000000000002, "1", List.of(1L), List.of(List.of(1L)), "");

        assertThat(isChange(keepsake, List.of("ab"))).as("an equal list").isFalse();
        for (Object each : different) {
            assertThat(isChange(keepsake, each)).as("%s", each).isTrue();
            assertThat(keepsake.get(Box.class, "1").content()).isEqualTo(each);
            assertThat(isChange(keepsake, each)).as("%s again", each).isFalse();
        }
    }

    private static boolean isChange(Keepsake keepsake, Object content) {
        return keepsake.inTransaction(session -> {
            Box box = session.get(Box.class, "1");
            session.put(new Box("1", content, box.set()));
            return session.hasChanges();
        });
    }

    @Test
    @Row("MP-75")
    void theSameSetInAnotherOrderIsNoChange() {
        Keepsake keepsake = opened(Box.class);
        List<Object> elements = new ArrayList<>(List.of("b", "a", "c", 3L, 1.5));
        save(keepsake, new Box("1", null, new LinkedHashSet<>(elements)));
        for (int i = 0; i < 5; i++) {
            Collections.rotate(elements, 1);
            keepsake.useTransaction(session -> {
                session.get(Box.class, "1");
                session.put(new Box("1", null, new LinkedHashSet<>(elements)));
                assertThat(session.hasChanges()).isFalse();
            });
        }
    }

    /** Equal to none but itself. */
    static final class Money {
        final int cents;

        Money(int cents) {
            this.cents = cents;
        }
    }

    record Price(String id, Money money) {}

    @Test
    @Row("MP-73")
    void whatIsEqualIsSaidByHowItIsKept() {
        Keepsake keepsake = opened(Codecs.builder()
                .add(Price.class)
                .add(Conversion.of(Money.class, Integer.class, money -> money.cents, Money::new))
                .build());
        save(keepsake, new Price("1", new Money(5)));

        keepsake.useTransaction(session -> {
            session.get(Price.class, "1");
            session.put(new Price("1", new Money(5)));
            assertThat(session.hasChanges()).isFalse();
            session.put(new Price("1", new Money(6)));
            assertThat(session.hasChanges()).isTrue();
        });
        assertThat(keepsake.get(Price.class, "1").money().cents).isEqualTo(6);
        assertThat(mistakes(Price.class)).contains("Money");
    }

    // ---- rules

    @Test
    @Row("S4-82")
    void anAddressThatIsNoneAndOneThatIsMissingAreRefused() {
        Keepsake keepsake = opened(Mapped.BLOG);

        Fault fault = refused(
                Problem.OBJECT_INVALID,
                () -> keepsake.useTransaction(session -> session.add(new User("no address", "Ann", null))));
        assertThat(fault.sentence())
                .isEqualTo("User no address cannot be written: email: must be an e-mail address, was no address");

        Fault missing = refused(
                Problem.REQUEST_INVALID,
                () -> keepsake.useTransaction(session -> session.add(new User(null, "Ann", null))));
        assertThat(missing.sentence()).isEqualTo("a new User has no email");

        Fault both = refused(
                Problem.OBJECT_INVALID,
                () -> keepsake.useTransaction(
                        session -> session.add(new User("a@b", null, "a name that is longer than thirty"))));
        assertThat(String.valueOf(both.facts().get("mistakes")))
                .contains("firstName: must not be blank, was null")
                .contains("lastName: ")
                .contains("30");
        assertThat(scan(keepsake.query(User.class)).exists()).isFalse();
        save(keepsake, new User("a@b", "Ann", null));
    }

    @Test
    @Row("S4-83")
    void embeddedListsAreKeptInTheirOwnerAndCheckedWithIt() {
        Keepsake keepsake = opened(Mapped.BLOG);
        Post post = new Post("p", null);
        post.comments.addAll(List.of(new Comment("first"), new Comment("second"), new Comment("")));

        Fault fault = refused(Problem.OBJECT_INVALID, () -> keepsake.useTransaction(session -> session.add(post)));
        assertThat(fault.sentence()).isEqualTo("Post p cannot be written: comments[2].text: must not be blank, was ");

        post.comments.set(2, new Comment("third", new Byline("a name of more than twenty"), 1));
        assertThat(refused(Problem.OBJECT_INVALID, () -> keepsake.useTransaction(session -> session.add(post)))
                        .sentence())
                .contains("comments[2].author.name: has a size between 0 and 20");

        post.comments.removeLast();
        save(keepsake, post);
        assertThat(keepsake.get(Post.class, "p").comments).containsExactly(new Comment("first"), new Comment("second"));
        assertThat(store.inspect().names()).containsExactlyInAnyOrder("blog_user", "blog_post");
        keepsake.useTransaction(session -> session.get(Post.class, "p").comments.add(new Comment("third")));
        assertThat(keepsake.get(Post.class, "p").comments)
                .extracting(Comment::text)
                .containsExactly("first", "second", "third");
    }

    @Test
    @Row({"S4-84", "S4-86"})
    void aPostRefersToItsAuthorAndHoldsItsComments() {
        Keepsake keepsake = opened(Mapped.BLOG);
        User ann = new User("ann@example.org", "Ann", null);
        Post post = new Post("p", Ref.to(ann));
        post.comments.add(new Comment("fine"));
        if (commitsMany()) {
            keepsake.useTransaction(session -> session.add(post));
        } else {
            refused(Problem.COMMIT_SPANS_OBJECTS, () -> keepsake.useTransaction(session -> session.add(post)));
            save(keepsake, ann, post);
        }

        keepsake.useTransaction(session -> {
            Post loaded = session.get(Post.class, "p");
            Ref<User> author = Objects.requireNonNull(loaded.author);
            assertThat(author.isLoaded()).isFalse();
            assertThat(author.id()).contains("ann@example.org");
            assertThat(author.get()).isEqualTo(ann);
            assertThat(loaded.comments).containsExactly(new Comment("fine"));
        });

        Fault fault = faultOf(() -> keepsake.useTransaction(
                session -> session.add(new Post("q", Ref.of(User.class, "nobody@example.org")))));
        if (features().references() == Features.Enforcement.ENFORCED) {
            assertThat(fault).isInstanceOf(Violation.class);
        } else {
            assertThat(fault).isNull();
            keepsake.useTransaction(session -> {
                Ref<User> nobody = Objects.requireNonNull(session.get(Post.class, "q").author);
                assertThat(nobody.find()).isEmpty();
                refused(Problem.OBJECT_MISSING, nobody::get);
            });
        }
    }

    @Test
    @Row("S4-85")
    void aWrongTypeIsAnErrorAndNoConversion() {
        Keepsake keepsake = opened(Mapped.BLOG);
        Kind posts = keepsake.codec(Post.class).kind();

        refused(Problem.TYPE_MISMATCH, () -> state(posts, "id", "p", "written", "yesterday"));
        refused(Problem.TYPE_MISMATCH, () -> state(posts, "id", 5));
        keepsake.useTransaction(session -> {
            Fault fault = refused(Problem.TYPE_MISMATCH, () -> session.get(Post.class, 5));
            assertThat(fault.sentence()).contains("expected text, was integer 5");
        });
        State wrong = State.of(posts.shape(), "p", null, "soon", List.of(), Map.of());
        Fault corrupt = refused(
                Problem.STATE_UNDECODABLE, () -> keepsake.codec(Post.class).decode(wrong));
        assertThat(corrupt.sentence())
                .isEqualTo("cannot decode blog_post p: written: expected LocalDateTime, was text soon");
    }

    @Test
    @Row({"S4-87", "S4-88", "N-04"})
    void anObjectIsMadeByTheOrderOfItsPartsOrByTheirNames() {
        Keepsake keepsake = opened(Mapped.BLOG);
        Codec<User> users = keepsake.codec(User.class);
        User ann = new User("a@b", "Alex", "Giamas");

        assertThat(users.decode(State.of(users.kind().shape(), "a@b", "Alex", "Giamas")))
                .isEqualTo(ann);
        assertThat(catchThrowableOfType(
                        IllegalArgumentException.class,
                        () -> State.of(users.kind().shape(), "a@b", "Alex", "Giamas", "more")))
                .hasMessageContaining("4")
                .hasMessageContaining("3");

        State named = state(users.kind(), "last_name", "Giamas", "email", "a@b", "first_name", "Alex");
        assertThat(users.decode(named)).isEqualTo(ann);
        insert(users.kind(), named);
        assertThat(keepsake.get(User.class, "a@b")).isEqualTo(ann);
        State unknown = state(users.kind(), "email", "c@d", "frist_name", "Alex");
        if (features().extras() == Features.Extras.REFUSED) {
            Fault fault = refused(Problem.UNKNOWN_FIELD, () -> insert(users.kind(), unknown));
            assertThat(fault.hint()).contains("did you mean first_name or last_name?");
        } else {
            insert(users.kind(), unknown);
            assertThat(find(Selection.byId(users.kind(), "c@d")).getFirst().extra())
                    .containsEntry("frist_name", "Alex");
        }
        refused(
                Problem.UNKNOWN_FIELD,
                () -> scan(keepsake.query(User.class))
                        .where(field("frist_name").eq("Alex"))
                        .list());
    }

    @Test
    @Row("S4-103+")
    void whatAClassDoesNotKnowSurvivesItsWrites() {
        Keepsake whole = opened(Car.class);
        save(whole, new Car("1", "red", "zonda"), new Car("2", "red", "fiat"));
        Keepsake narrow = opened(Painted.class);

        narrow.useTransaction(session -> {
            Painted car = session.get(Painted.class, "1");
            session.put(new Painted("1", "blue", car.version()));
        });
        assertThat(whole.get(Car.class, "1").make).as("a change").isEqualTo("zonda");
        assertThat(whole.get(Car.class, "1").colour).isEqualTo("blue");

        narrow.useTransaction(session -> session.put(new Painted("2", "green", 0)));
        assertThat(whole.get(Car.class, "2").colour).isEqualTo("green");
        assertThat(whole.get(Car.class, "2").make)
                .as("a put of what was not loaded")
                .isEqualTo("fiat");
    }

    /** A comment as an older program knows it. */
    record OldComment(String text) {}

    /** A post as an older program knows it. */
    @TypeId("blog_post")
    record OldPost(String id, List<OldComment> comments) {}

    @Test
    @Row("S4-103+")
    void whatAClassInsideDoesNotKnowIsNotWrittenUntilItChanges() {
        Keepsake keepsake = opened(Mapped.BLOG);
        Post post = new Post("p", null);
        post.comments.add(new Comment("fine", new Byline("Bob"), 3));
        save(keepsake, post);
        Keepsake narrow = Keepsake.on(store, Codecs.of(OldPost.class));

        narrow.useTransaction(session -> {
            assertThat(session.get(OldPost.class, "p").comments()).containsExactly(new OldComment("fine"));
            assertThat(session.hasChanges()).isFalse();
        });

        assertThat(keepsake.get(Post.class, "p").comments).isEqualTo(post.comments);
    }

    // ---- hierarchies

    private Keepsake pets() {
        Keepsake keepsake = opened(Owner.class, Pet.class);
        Owner ann = new Owner("ann");
        save(keepsake, ann);
        save(
                keepsake,
                new Dog("rex", Ref.to(ann), 3),
                new Cat("tom", Ref.to(ann), Mood.CROSS),
                new Cat("stray", null, null));
        return keepsake;
    }

    @Test
    void aSealedInterfaceOfRecordsIsOneKind() {
        Keepsake keepsake = pets();
        Kind kind = keepsake.codec(Pet.class).kind();

        assertThat(kind.fields())
                .extracting(Field::name)
                .containsExactlyInAnyOrder("dtype", "id", "owner_id", "barks", "mood");
        assertThat(find(kind, field("dtype").eq("felis"))).hasSize(2);
        assertThat(scan(keepsake.query(Pet.class)).orderBy("id").list())
                .extracting(pet -> pet.getClass().getSimpleName() + " " + pet.id())
                .containsExactly("Dog rex", "Cat stray", "Cat tom");
        assertThat(scan(keepsake.query(Cat.class)).orderBy("id").list())
                .extracting(Cat::id)
                .containsExactly("stray", "tom");
        assertThat(scan(keepsake.query(Pet.class))
                        .where(field("mood").eq(Mood.CROSS))
                        .list())
                .extracting(Pet::id)
                .containsExactly("tom");
        assertThat(find(kind, field("id").eq("tom")).getFirst().get("mood")).isEqualTo("CROSS");
        assertThat(keepsake.get(Pet.class, "tom")).isInstanceOf(Cat.class);
        assertThat(keepsake.find(Dog.class, "tom")).as("a cat is no dog").isEmpty();

        keepsake.useTransaction(session -> {
            Cat tom = session.get(Cat.class, "tom");
            session.put(new Cat("tom", tom.owner(), Mood.CALM));
        });
        keepsake.useTransaction(session -> session.delete(session.get(Pet.class, "stray")));
        assertThat(keepsake.get(Cat.class, "tom").mood()).isEqualTo(Mood.CALM);
        assertThat(scan(keepsake.query(Pet.class)).count()).isEqualTo(2);
    }

    @Test
    void aListHoldsObjectsOfAllClassesOfAHierarchy() {
        Keepsake keepsake = pets();
        Consumer<Session> work = session -> {
            Owner ann = session.get(Owner.class, "ann");
            assertThat(ann.pets).extracting(Pet::id).containsExactly("rex", "tom");
            ann.pets.add(session.get(Cat.class, "stray"));
            ann.pets.removeFirst();
            assertThat(session.get(Dog.class, "rex").owner()).isNull();
        };
        if (commitsMany()) {
            keepsake.useTransaction(work);
        } else {
            refused(Problem.COMMIT_SPANS_OBJECTS, () -> keepsake.useTransaction(work));
        }
        List<String> expected = commitsMany() ? List.of("stray", "tom") : List.of("rex", "tom");
        keepsake.useTransaction(session -> assertThat(session.get(Owner.class, "ann").pets)
                .extracting(Pet::id)
                .containsExactlyElementsOf(expected));
        assertThat(scan(keepsake.query(Pet.class).where(field("owner").eq("ann")))
                        .count())
                .isEqualTo(2);

        keepsake.useTransaction(session -> session.get(Owner.class, "ann").favourite = Ref.of(Dog.class, "tom"));
        keepsake.useTransaction(session -> {
            Ref<Dog> favourite = Objects.requireNonNull(session.get(Owner.class, "ann").favourite);
            assertThat(favourite.find()).as("a cat is no dog").isEmpty();
        });
    }

    @Test
    void whatRefersToADeletedObjectIsFoundInAllClassesOfAHierarchy() {
        Keepsake keepsake = pets();
        keepsake.useTransaction(session -> session.delete(session.get(Dog.class, "rex")));

        Fault fault =
                faultOf(() -> keepsake.useTransaction(session -> session.delete(session.get(Owner.class, "ann"))));

        assertThat(Objects.requireNonNull(fault).problem()).isEqualTo(Problem.REFERENCE_VIOLATION);
        assertThat(keepsake.find(Owner.class, "ann")).isPresent();
    }

    @Test
    @Row({"MP-25", "S3-03"})
    void anObjectOfAClassThatIsNotKnownSaysHowToAddIt() {
        pets();
        Keepsake older = Keepsake.on(store, Codecs.of(OldPet.class));

        assertThat(older.get(OldPet.class, "rex").toString()).isEqualTo("OldDog[id=rex, barks=3]");
        Fault fault = refused(Problem.STATE_UNDECODABLE, () -> older.get(OldPet.class, "tom"));
        assertThat(fault.sentence()).isEqualTo("cannot decode pet tom: dtype holds felis, expected one of Dog");
        assertThat(fault.hint()).contains("add the class to the model, with @TypeId(\"felis\")");
    }

    @Test
    void abstractClassesShareASingleTable() {
        Keepsake keepsake = opened(Account.class, Payment.class, CardPayment.class, CashPayment.class);
        Account account = new Account("a");
        save(keepsake, account);
        CardPayment card = new CardPayment();
        card.cents = 100;
        card.number = "4000";
        card.stamp = "x";
        card.account = account;
        CashPayment cash = new CashPayment();
        cash.cents = 5;
        cash.account = account;
        save(keepsake, card, cash);

        Kind kind = keepsake.codec(Payment.class).kind();
        assertThat(kind.name()).isEqualTo("payment");
        assertThat(kind.fields())
                .extracting(Field::name)
                .containsExactlyInAnyOrder("sort", "id", "stamp", "cents", "account_id", "number", "rounded");
        assertThat(values("sort", Selection.of(kind))).containsExactlyInAnyOrder("card", "cash");
        assertThat(keepsake.get(Payment.class, Objects.requireNonNull(card.id)))
                .isInstanceOfSatisfying(CardPayment.class, loaded -> {
                    assertThat(loaded.number).isEqualTo("4000");
                    assertThat(loaded.stamp).isEqualTo("x");
                    assertThat(Objects.requireNonNull(loaded.account).id).isEqualTo("a");
                });
        keepsake.useTransaction(session -> assertThat(session.get(Account.class, "a").payments)
                .hasSize(2)
                .hasAtLeastOneElementOfType(CardPayment.class)
                .hasAtLeastOneElementOfType(CashPayment.class)
                .allSatisfy(payment ->
                        assertThat(Objects.requireNonNull(payment.account).id).isEqualTo("a")));
        assertThat(scan(keepsake.query(Payment.class))
                        .where(field("cents").gt(50))
                        .count())
                .isEqualTo(1);
    }

    // ---- embedded and converted

    @Test
    void embeddedSealedAndConvertedMembersComeBack() {
        Keepsake keepsake = opened(Shop.class);
        Shop shop = new Shop(
                new Isbn("1"),
                new Address("Main Street", new Geo(1.5, 2.5)),
                new Phone("555"),
                List.of(new Mail("a@b"), new Phone("556")),
                true,
                Set.of("b", "a"),
                null);
        save(keepsake, shop, new Shop(new Isbn("2"), null, null, List.of(), false, Set.of(), 7L));

        Kind kind = keepsake.codec(Shop.class).kind();
        assertThat(kind.fields())
                .extracting(Field::name)
                .containsExactly("isbn", "street", "north", "east", "contact", "contacts", "open", "tags", "anything");
        assertThat(keepsake.get(Shop.class, new Isbn("1"))).isEqualTo(shop);
        assertThat(keepsake.get(Shop.class, "2").address()).isNull();
        assertThat(find(Selection.byId(kind, "1")).getFirst().toMap())
                .containsEntry("open", "Y")
                .containsEntry("north", 1.5)
                .containsEntry("contact", Map.of("dtype", "Phone", "number", "555"))
                .containsEntry("tags", List.of("a", "b"));
        assertThat(found(keepsake, "open", true)).containsExactly("1");
        assertThat(found(keepsake, "address.geo.lat", 1.5)).containsExactly("1");
        assertThat(found(keepsake, "contact.number", "555")).containsExactly("1");
        assertThat(found(keepsake, "isbn", new Isbn("2"))).containsExactly("2");
        keepsake.useTransaction(session -> {
            session.get(Shop.class, new Isbn("1"));
            session.get(Shop.class, new Isbn("2"));
            assertThat(session.hasChanges()).isFalse();
        });

        Fault fault = refused(
                Problem.OBJECT_INVALID,
                () -> keepsake.useTransaction(session -> session.add(new Shop(
                        new Isbn("3"), null, null, List.of(new Phone("1"), new Mail("x")), false, Set.of(), null))));
        assertThat(fault.sentence()).contains("contacts[1].address: must be an e-mail address, was x");
    }

    private List<String> found(Keepsake keepsake, String path, Object value) {
        return scan(keepsake.query(Shop.class)).where(field(path).eq(value)).list().stream()
                .map(shop -> shop.isbn().text())
                .toList();
    }

    // ---- ids

    @Test
    void sequencesAreTakenInBlocksByAllWhoUseTheStore() {
        Keepsake one = opened(Ticket.class);
        Keepsake two = Keepsake.on(store, Codecs.of(Ticket.class));
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            for (Keepsake each : List.of(one, two)) {
                ids.add(each.inTransaction(session -> session.add(new Ticket(0, "t")))
                        .id());
            }
        }

        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id >= 100 && id < 200);
        assertThat(ids.getFirst()).isEqualTo(100);
        assertThat(scan(one.query(Ticket.class)).count()).isEqualTo(16);
    }

    @Test
    void generatedUuidsRiseWithTheTime() {
        Keepsake keepsake = opened(Event.class);
        List<Event> added = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int place = i;
            added.add(keepsake.inTransaction(session -> session.add(new Event(null, place))));
        }

        assertThat(added)
                .extracting(event -> Objects.requireNonNull(event.id()).version())
                .containsOnly(7);
        assertThat(added).isSortedAccordingTo(Comparator.comparing(event -> String.valueOf(event.id())));
        assertThat(scan(keepsake.query(Event.class)).orderBy("id").list()).isEqualTo(added);
    }

    @Test
    void anIdOfSeveralMembersIsGivenByItsClassOrByName() {
        Keepsake keepsake = opened(Seat.class, Plant.class);
        save(keepsake, new Seat("red", 1, "window"), new Seat("red", 2, "aisle"));
        save(keepsake, new Plant(new Spot(3, "c"), "rose"));

        assertThat(keepsake.get(Seat.class, new SeatKey("red", 2)).note()).isEqualTo("aisle");
        assertThat(keepsake.get(Seat.class, Id.of("number", 1, "room", "red")).note())
                .isEqualTo("window");
        assertThat(keepsake.find(Seat.class, new SeatKey("blue", 1))).isEmpty();
        assertThat(keepsake.get(Plant.class, new Spot(3, "c")).name()).isEqualTo("rose");
        assertThat(keepsake.codec(Plant.class).kind().id()).containsExactly("row_number", "letter");
        keepsake.useTransaction(session -> {
            session.put(new Plant(session.get(Plant.class, new Spot(3, "c")).spot(), "lily"));
            Seat seat = session.get(Seat.class, new SeatKey("red", 1));
            assertThat(session.get(Seat.class, new SeatKey("red", 1))).isSameAs(seat);
            if (!commitsMany()) {
                session.commit();
            }
            session.delete(seat);
        });
        assertThat(keepsake.get(Plant.class, new Spot(3, "c")).name()).isEqualTo("lily");
        assertThat(scan(keepsake.query(Seat.class)).list()).containsExactly(new Seat("red", 2, "aisle"));
        Fault fault = refused(Problem.REQUEST_INVALID, () -> keepsake.get(Seat.class, "red"));
        assertThat(fault.sentence()).isEqualTo("red is no id of Seat, which is identified by room, number");
        Fault missing = refused(
                Problem.REQUEST_INVALID,
                () -> keepsake.useTransaction(session -> session.add(new Plant(null, "rose"))));
        assertThat(missing.sentence()).isEqualTo("a new Plant has no row_number, letter");
    }

    @Test
    void aReferenceMayBePartOfAnId() {
        Keepsake keepsake = opened(User.class, Booking.class);
        User ann = new User("ann@example.org", "Ann", null);
        save(keepsake, ann);
        Booking booking = new Booking();
        booking.user = Ref.to(ann);
        booking.day = 7;
        booking.note = "early";
        save(keepsake, booking);
        BookingKey key = new BookingKey();
        key.user = "ann@example.org";
        key.day = 7;

        keepsake.useTransaction(session -> {
            Booking loaded = session.get(Booking.class, key);
            assertThat(Objects.requireNonNull(loaded.user).get()).isEqualTo(ann);
            assertThat(loaded.note).isEqualTo("early");
            loaded.note = "late";
        });
        assertThat(keepsake.get(Booking.class, Id.of("user_email", "ann@example.org", "day", 7)).note)
                .isEqualTo("late");
    }

    // ---- references

    @Test
    @Row("MP-58")
    void whatAReferenceLeadsToIsReadAnew() {
        Keepsake keepsake = opened(Mapped.BLOG);
        User ann = new User("ann@example.org", "Ann", null);
        save(keepsake, ann);
        save(keepsake, new Post("p", Ref.to(ann)));
        keepsake.useTransaction(session -> {
            Ref<User> author = Objects.requireNonNull(session.get(Post.class, "p").author);
            User before = author.get();
            session.commit();
            keepsake.useTransaction(other -> {
                other.get(User.class, "ann@example.org");
                other.put(new User("ann@example.org", "Anna", null));
            });
            assertThat(author.get()).isSameAs(before);
            User after = session.refresh(author.get());
            assertThat(after.firstName()).isEqualTo("Anna");
            assertThat(session.get(User.class, "ann@example.org")).isSameAs(after);
        });
    }

    @Test
    void oneReferenceToOneIsKnownFromBothSides() {
        Keepsake keepsake = opened(Holder.class, Passport.class);
        Holder ann = new Holder("ann");
        Holder bob = new Holder("bob");
        save(keepsake, ann, bob);
        save(keepsake, new Passport("1", 7, ann), new Passport("2", 8, bob));

        Kind kind = keepsake.codec(Passport.class).kind();
        assertThat(kind.fields()).extracting(Field::name).containsExactly("id", "country", "number", "holder");
        assertThat(kind.indexes())
                .extracting(Index::name)
                .contains("passport_by_country", "passport_number", "passport_holder_key");
        keepsake.useTransaction(session -> {
            Ref<Passport> passport = Objects.requireNonNull(session.get(Holder.class, "ann").passport);
            assertThat(passport.get().number).isEqualTo(7);
            assertThat(passport.get()).isSameAs(session.get(Passport.class, "1"));
        });
        save(keepsake, new Holder("none"));
        keepsake.useTransaction(session -> {
            Ref<Passport> none = session.get(Holder.class, "none").passport;
            assertThat(none == null || none.find().isEmpty()).isTrue();
        });
        refused(
                Problem.UNIQUE_VIOLATION,
                () -> keepsake.useTransaction(session -> session.add(new Passport("3", 9, ann))));
        Holder cid = new Holder("cid");
        save(keepsake, cid);
        refused(
                Problem.UNIQUE_VIOLATION,
                () -> keepsake.useTransaction(session -> session.add(new Passport("3", 7, cid))));
        assertThat(scan(keepsake.query(Passport.class)).count()).isEqualTo(2);
    }

    /** Refers to no object. */
    record Wrong(long id, Ref<String> text) {}

    @Test
    @Row("MP-59")
    void noReferenceIsNullAndOneToAValueIsRefused() {
        Keepsake keepsake = opened(Mapped.BLOG);
        save(keepsake, new Post("p", null), new Post("q", null));

        assertThat(Stream.of("p", "q").map(id -> keepsake.get(Post.class, id).author))
                .containsOnlyNulls();
        assertThat(scan(keepsake.query(Post.class))
                        .where(field("author").isNull())
                        .count())
                .isEqualTo(2);
        assertThat(mistakes(Wrong.class)).contains("java.lang.String is no class of the model");
        Invalid none = catchThrowableOfType(
                Invalid.class, () -> keepsake.codec(User.class).id(Ref.to(new User(null, "x", null))));
        assertThat(none.sentence()).contains("the reference is to a new User, which has no id yet");
    }
}
