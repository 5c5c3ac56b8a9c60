package dev.keepsake.mongo;

import static dev.keepsake.Keepsake.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoWriteException;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.CreateCollectionOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertOneOptions;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.ValidationOptions;
import com.mongodb.client.result.UpdateResult;
import com.mongodb.event.ConnectionCheckedInEvent;
import com.mongodb.event.ConnectionCheckedOutEvent;
import com.mongodb.event.ConnectionPoolListener;
import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codecs;
import dev.keepsake.contract.MongoServer;
import dev.keepsake.contract.On;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.Servers;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Figure;
import dev.keepsake.query.Guard;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.WriteResult;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Type;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a tutorial of MongoDB does, by objects, and by the driver beside them where it has words of its own. */
@On("mongodb single")
class MongoOperationsTest {
    record Person(
            @Id @GeneratedValue @Nullable ObjectId id,
            @Nullable String name,
            int age) {}

    private static final Kind PERSON = Kind.named("person")
            .required("id", Type.OBJECT_ID)
            .id("id")
            .field("name", Type.TEXT)
            .field("age", new Type.Int(32))
            .build();

    private final String url = Servers.mongodbSingle().freshSpace();
    private final Keepsake keepsake = opened(MongoServer.with(url, "partialCommits=allow"));

    private static Keepsake opened(String url) {
        return Keepsake.open(url, Person.class);
    }

    @BeforeEach
    void begin() {
        assertThat(names()).isEmpty();
    }

    @AfterEach
    void end() {
        keepsake.close();
    }

    private List<String> names() {
        return List.copyOf(keepsake.store().inspect().names());
    }

    private MongoDatabase database() {
        return keepsake.store().unwrap(MongoDatabase.class);
    }

    private MongoCollection<Document> people() {
        return database().getCollection("person");
    }

    private List<Person> add(Person... people) {
        return keepsake.inTransaction(session -> session.addAll(List.of(people)));
    }

    private static Person person(String name, int age) {
        return new Person(null, name, age);
    }

    private WriteResult write(Changeset.Entry... entries) {
        return keepsake.store().write(transaction -> transaction.write(Changeset.of(entries)));
    }

    private static ObjectId idOf(Person person) {
        ObjectId id = person.id();
        assertThat(id).isNotNull();
        return id;
    }

    // ---- objects

    @Test
    @Row({"S1-103", "S1-104", "S1-105", "S4-60"})
    void newObjectsGetIdsInTheirOrderAndTheirCollectionIsThereThen() {
        List<Person> added = add(person("Ann", 31), person("Bob", 32), person("Cid", 33));

        assertThat(added).extracting(Person::name).containsExactly("Ann", "Bob", "Cid");
        assertThat(added).allSatisfy(each -> assertThat(idOf(each).toString()).matches("[0-9a-f]{24}"));
        assertThat(added).extracting(MongoOperationsTest::idOf).isSorted();
        assertThat(names()).containsExactly("person");
        Document ann = people().find(Filters.eq("name", "Ann")).first();
        assertThat(ann).isNotNull();
        assertThat(ann.getObjectId("_id").toHexString())
                .isEqualTo(idOf(added.getFirst()).toString());
    }

    @Test
    @Row("S1-108")
    void anIdIsNotItsText() {
        ObjectId id = idOf(add(person("Ann", 31)).getFirst());

        assertThat(keepsake.get(Person.class, id).name()).isEqualTo("Ann");
        assertThat(people().find(Filters.eq("_id", id.toString())).first()).isNull();
        Fault refused = catchThrowableOfType(Fault.class, () -> keepsake.find(Person.class, id.toString()));
        assertThat(refused.getMessage())
                .contains("expected object_id, was text")
                .contains("ObjectId.parse");
    }

    @Test
    @Row({"S1-109", "S4-62", "S4-74"})
    void anUpdateChangesWhatItNamesOfWhatItFinds() {
        ObjectId id = idOf(add(person("Ann", 31)).getFirst());

        assertThat(keepsake.query(Person.class)
                        .where(field("id").eq(id).and(field("name").eq("Bob")))
                        .update(field(Person::age).set(40)))
                .isZero();
        assertThat(keepsake.get(Person.class, id)).isEqualTo(new Person(id, "Ann", 31));
        assertThat(keepsake.query(Person.class)
                        .where(field("id").eq(id).and(field("name").eq("Ann")))
                        .update(field(Person::age).set(40)))
                .isEqualTo(1);
        assertThat(keepsake.get(Person.class, id)).isEqualTo(new Person(id, "Ann", 40));
    }

    @Test
    @Row({"S1-110", "S4-64", "S4-65"})
    void aPutReplacesAllButTheIdAndAddsWhatIsNotThere() {
        ObjectId id = idOf(add(person("Ann", 31)).getFirst());

        WriteResult replaced =
                write(new Changeset.Put(PERSON, State.of(PERSON.shape(), id, State.ABSENT, State.ABSENT)));
        assertThat(replaced.matched()).isEqualTo(1);
        assertThat(people().find().first()).containsOnlyKeys("_id");

        ObjectId other = ObjectId.parse("5a9427648b0beebeb6958b60");
        write(new Changeset.Put(PERSON, State.of(PERSON.shape(), other, "Bob", 32L)));
        assertThat(keepsake.get(Person.class, other)).isEqualTo(new Person(other, "Bob", 32));
    }

    @Test
    @Row({"S1-111", "S1-113", "S1-114", "S4-69", "S4-70"})
    void anEmptyCollectionStaysUntilItIsDropped() {
        List<Person> added = add(person("Ann", 31), person("Bob", 32), person("Bob", 33));

        assertThat(write(new Changeset.Delete(PERSON, idOf(added.getFirst()), Guard.EXISTS))
                        .deleted())
                .isEqualTo(1);
        assertThat(keepsake.query(Person.class).where(field("name").eq("Bob")).delete())
                .isEqualTo(2);
        assertThat(keepsake.query(Person.class).count()).isZero();
        assertThat(names()).containsExactly("person");

        keepsake.store().write(transaction -> {
            transaction.alter(List.of(new Alteration.DropKind("person")));
            return 0;
        });
        assertThat(names()).isEmpty();
        people().drop(); // no error
        assertThat(keepsake.query(Person.class).count()).isZero();
    }

    @Test
    @Row({"S1-115", "S4-63", "S4-75"})
    void manyAreWrittenAtOnceAndCounted() {
        List<Person> added = add(person("Ann", 31), person("Bob", 32), person("Cid", 33));

        assertThat(keepsake.query(Person.class)
                        .where(field("age").ge(32))
                        .update(field(Person::age).increment(1)))
                .isEqualTo(2);
        assertThat(keepsake.query(Person.class).orderBy(field("age").asc()).list())
                .extracting(Person::age)
                .containsExactly(31, 33, 34);

        ObjectId ann = idOf(added.getFirst());
        WriteResult mixed = write(
                new Changeset.Insert(
                        PERSON, State.of(PERSON.shape(), ObjectId.parse("5a9427648b0beebeb6958b60"), "Dan", 1L)),
                new Changeset.Update(PERSON, State.of(PERSON.shape(), ann, "Ann", 50L), List.of("age"), Guard.EXISTS),
                new Changeset.Delete(PERSON, idOf(added.get(1)), Guard.EXISTS));
        assertThat(mixed.inserted()).isEqualTo(1);
        assertThat(mixed.matched()).isEqualTo(1);
        assertThat(mixed.deleted()).isEqualTo(1);
        assertThat(keepsake.query(Person.class).count()).isEqualTo(3);
    }

    @Test
    @Row({"S1-117", "S1-118"})
    void objectsAreSearchedAndGrouped() {
        add(person("Ann", 31), person("Bob", 32), person("Bob", 34));

        assertThat(keepsake.query(Person.class)
                        .where(field("name").eq("Ann"))
                        .one()
                        .age())
                .isEqualTo(31);
        assertThat(keepsake.query(Person.class).where(field("name").eq("Bob")).list())
                .hasSize(2);
        assertThat(keepsake.query(Person.class)
                        .groupBy(field("name"))
                        .select(
                                field("name"),
                                Figure.count(),
                                Figure.max(field("age")).as("oldest"))
                        .orderBy(field("name").asc())
                        .into(Group.class))
                .containsExactly(new Group("Ann", 1, 31), new Group("Bob", 2, 34));
    }

    record Group(String name, long count, int oldest) {}

    // ---- the driver beside them

    @Test
    @Row({"S4-06", "S4-07"})
    void aDatabaseIsThereOnceSomethingIsWrittenWhateverItsName() {
        MongoClient client = keepsake.store().unwrap(MongoClient.class);
        String name = database().getName() + "-with-dashes";
        try (Keepsake other = Keepsake.on(MongoStores.of(client, name), Codecs.of(Person.class))) {
            assertThat(client.listDatabaseNames()).doesNotContain(name);
            other.useTransaction(session -> session.add(person("Ann", 31)));
            assertThat(client.listDatabaseNames()).contains(name);
            assertThat(other.query(Person.class).count()).isEqualTo(1);
        } finally {
            client.getDatabase(name).drop();
        }
    }

    @Test
    @Row({"S4-61", "S4-71"})
    void aCollectionOfTheDriverHasItsOwnWriteConcern() {
        ObjectId id = idOf(add(person("Ann", 31)).getFirst());
        MongoCollection<Document> plain = people();
        MongoCollection<Document> majority = plain.withWriteConcern(WriteConcern.MAJORITY);
        assertThat(plain.getWriteConcern()).isNotEqualTo(WriteConcern.MAJORITY);
        majority.updateOne(Filters.eq("name", "Ann"), Updates.set("age", 40));
        assertThat(keepsake.get(Person.class, id).age()).isEqualTo(40);

        UpdateResult unheard = plain.withWriteConcern(WriteConcern.UNACKNOWLEDGED)
                .updateOne(Filters.eq("name", "Ann"), Updates.set("age", 41));
        assertThat(unheard.wasAcknowledged()).isFalse();
        assertThatThrownBy(unheard::getMatchedCount).isInstanceOf(UnsupportedOperationException.class);
        Fault refused =
                catchThrowableOfType(Fault.class, () -> Keepsake.open(MongoServer.with(url, "w=0"), Person.class));
        assertThat(refused.problem()).isEqualTo(Problem.REQUEST_INVALID);
        assertThat(refused.sentence()).contains("w=0");
    }

    @Test
    @Row({"S4-64", "S4-65", "S4-66", "S4-68", "N-03"})
    void anUpsertOfTheDriverIsAnObjectHere() {
        UpdateResult upserted =
                people().updateOne(Filters.eq("name", "Ann"), Updates.set("age", 31), new UpdateOptions().upsert(true));
        assertThat(upserted.getMatchedCount()).isZero();
        assertThat(upserted.getModifiedCount()).isZero();
        assertThat(upserted.getUpsertedId()).isNotNull();
        Person ann = keepsake.query(Person.class).one();
        assertThat(ann.name()).isEqualTo("Ann");
        assertThat(ann.age()).isEqualTo(31);

        Document raw = database()
                .runCommand(new Document("update", "person")
                        .append(
                                "updates",
                                List.of(new Document("q", new Document("name", "Ann"))
                                        .append("u", new Document("$set", new Document("age", 31))))));
        assertThat(((Number) raw.get("n")).intValue()).isEqualTo(1);
        assertThat(((Number) raw.get("nModified")).intValue()).isZero();
        assertThatThrownBy(() -> people().updateOne(Filters.eq("name", "Ann"), new Document("age", 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Row("S4-67")
    void whatAValidatorRefusesIsSaidUnlessTheDriverPassesItBy() {
        database()
                .createCollection(
                        "person",
                        new CreateCollectionOptions()
                                .validationOptions(
                                        new ValidationOptions()
                                                .validator(
                                                        Document.parse(
                                                                "{$jsonSchema: {required: ['name'], properties: {name: {bsonType: 'string'}}}}"))));
        Fault refused = catchThrowableOfType(Fault.class, () -> add(new Person(null, null, 3)));
        assertThat(refused.problem()).isEqualTo(Problem.CHECK_VIOLATION);
        assertThat(refused.facts().toString()).contains("name");
        assertThat(keepsake.query(Person.class).count()).isZero();

        Document nameless = new Document("age", 3);
        assertThatThrownBy(() -> people().insertOne(nameless)).isInstanceOf(MongoWriteException.class);
        people().insertOne(nameless, new InsertOneOptions().bypassDocumentValidation(true));
        assertThat(keepsake.query(Person.class).one().age()).isEqualTo(3);
    }

    @Test
    @Row("S4-12")
    void whoComesWhenAllConnectionsAreInUseWaitsAndAllAreGivenBack() throws Exception {
        ObjectId id = idOf(add(person("Ann", 31)).getFirst());
        AtomicInteger out = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        MongoClientSettings settings = MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(url))
                .applyToConnectionPoolSettings(pool -> pool.maxSize(2).addConnectionPoolListener(counting(out, most)))
                .build();
        try (MongoClient client = MongoClients.create(settings);
                Keepsake narrow = Keepsake.on(MongoStores.of(client, database().getName()), Codecs.of(Person.class));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Person>> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                all.add(threads.submit(() -> narrow.get(Person.class, id)));
            }
            for (Future<Person> each : all) {
                assertThat(each.get().name()).isEqualTo("Ann");
            }
            assertThat(most).hasValueBetween(1, 2);
            assertThat(out).hasValue(0);
        }
    }

    private static ConnectionPoolListener counting(AtomicInteger out, AtomicInteger most) {
        return new ConnectionPoolListener() {
            @Override
            public void connectionCheckedOut(ConnectionCheckedOutEvent event) {
                most.accumulateAndGet(out.incrementAndGet(), Math::max);
            }

            @Override
            public void connectionCheckedIn(ConnectionCheckedInEvent event) {
                out.decrementAndGet();
            }
        };
    }

    // ---- from another store

    /** As they were, with a table of pairs between. */
    static final class Tables {
        record User(@Id long id, String name, @Nullable Instant seen) {}

        record Project(@Id String id, String summary) {}

        record Maintainer(@Id long id, long userId, String projectId) {}

        record Release(@Id long id, String projectId, long size) {}
    }

    /** As they are to be, with lists. */
    static final class Documents {
        record User(@Id long id, String name, @Nullable Instant seen) {}

        record Project(@Id String id, String summary, List<Long> maintainers) {}

        record Release(@Id long id, String projectId, long size) {}
    }

    @Test
    @Row({"S0-12", "S0-13", "S0-14", "S0-15"})
    void whatWasKeptInTablesIsCopiedIntoDocumentsByTwoClassesOfOneName() {
        try (Keepsake tables = Keepsake.open(
                        "memory:",
                        Tables.User.class,
                        Tables.Project.class,
                        Tables.Maintainer.class,
                        Tables.Release.class);
                Keepsake documents =
                        Keepsake.open(url, Documents.User.class, Documents.Project.class, Documents.Release.class)) {
            tables.createAll();
            tables.useTransaction(session -> {
                session.addAll(List.of(new Tables.User(1, "Ann", null), new Tables.User(2, "Bob", Instant.EPOCH)));
                session.addAll(List.of(new Tables.Project("boto", "x"), new Tables.Project("gevent", "y")));
                session.addAll(List.of(
                        new Tables.Maintainer(1, 1, "boto"),
                        new Tables.Maintainer(2, 2, "boto"),
                        new Tables.Maintainer(3, 2, "gevent")));
                session.addAll(List.of(new Tables.Release(1, "boto", 10), new Tables.Release(2, "gevent", 20)));
            });

            copy(tables, documents);
            copy(tables, documents); // a second time nothing is done twice

            assertThat(documents.query(Documents.User.class).count()).isEqualTo(2);
            assertThat(documents.get(Documents.User.class, 1L).seen()).isNull();
            assertThat(documents.get(Documents.Project.class, "boto").maintainers())
                    .containsExactly(1L, 2L);
            assertThat(documents.query(Documents.Release.class).list())
                    .allSatisfy(release -> assertThat(documents.find(Documents.Project.class, release.projectId()))
                            .isPresent());
        }
    }

    private static void copy(Keepsake from, Keepsake to) {
        if (to.query(Documents.User.class).count() == 0) {
            to.load(
                    Documents.User.class,
                    from.query(Tables.User.class).list().stream()
                            .map(user -> new Documents.User(user.id(), user.name(), user.seen())));
        }
        if (to.query(Documents.Project.class).count() == 0) {
            Map<String, List<Long>> maintainers = new TreeMap<>();
            from.query(Tables.Maintainer.class)
                    .orderBy(field("id").asc())
                    .list()
                    .forEach(each -> maintainers
                            .computeIfAbsent(each.projectId(), id -> new ArrayList<>())
                            .add(each.userId()));
            to.load(
                    Documents.Project.class,
                    from.query(Tables.Project.class).list().stream()
                            .map(project -> new Documents.Project(
                                    project.id(),
                                    project.summary(),
                                    maintainers.getOrDefault(project.id(), List.of()))));
        }
        if (to.query(Documents.Release.class).count() == 0) {
            to.load(
                    Documents.Release.class,
                    from.query(Tables.Release.class).list().stream()
                            .map(each -> new Documents.Release(each.id(), each.projectId(), each.size())));
        }
    }
}
