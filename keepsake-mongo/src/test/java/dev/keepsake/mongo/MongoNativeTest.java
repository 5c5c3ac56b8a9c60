package dev.keepsake.mongo;

import static dev.keepsake.Keepsake.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoWriteException;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.CreateCollectionOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertOneOptions;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.ValidationOptions;
import dev.keepsake.Keepsake;
import dev.keepsake.contract.MongoServer;
import dev.keepsake.contract.On;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.StoreFixture;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Change;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import dev.keepsake.value.Id;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.bson.BsonDocument;
import org.bson.BsonType;
import org.bson.Document;
import org.bson.types.Decimal128;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Documents as others see them, collections that others made, and the driver beside the store. */
@On("mongodb single")
final class MongoNativeTest extends StoreFixture {
    private static final Kind ALL = Kind.named("all")
            .required("id", Type.INTEGER)
            .id("id")
            .field("small", new Type.Int(32))
            .field("whole", Type.INTEGER)
            .field("real", Type.DOUBLE)
            .field("money", Type.decimal(12, 2))
            .field("words", Type.TEXT)
            .field("raw", Type.BYTES)
            .field("uuid", Type.UUID)
            .field("oid", Type.OBJECT_ID)
            .field("day", Type.DATE)
            .field("clock", new Type.Time(3))
            .field("local", Type.dateTime(3))
            .field("moment", Type.instant(3))
            .field("tags", Type.list(Type.TEXT))
            .field("json", Type.ANY)
            .build();

    private static final Kind PAIRS = Kind.named("pairs")
            .required("left", Type.TEXT)
            .required("right", Type.INTEGER)
            .id("left", "right")
            .field("note", Type.TEXT)
            .build();

    private String url = "";

    @Override
    protected Guarded open() {
        url = Servers.mongodbSingle().freshSpace();
        return Stores.open(url);
    }

    private MongoDatabase database() {
        return store.unwrap(MongoDatabase.class);
    }

    private Document raw(String kind) {
        Document found = database().getCollection(kind).find().first();
        assertThat(found).isNotNull();
        return found;
    }

    // ---- documents

    @Test
    @Row({"S1-106", "S4-85"})
    void aFieldHasTheTypeOfBsonThatAnybodyWouldTake() {
        create(ALL);
        UUID uuid = UUID.fromString("5a942764-8b0b-4eeb-b695-8b6000000001");
        insert(
                ALL,
                state(
                        ALL,
                        "id",
                        1L,
                        "small",
                        2L,
                        "whole",
                        9_007_199_254_740_993L,
                        "real",
                        0.5,
                        "money",
                        new BigDecimal("12.50"),
                        "words",
                        "ä",
                        "uuid",
                        uuid,
                        "oid",
                        ObjectId.parse("5a9427648b0beebeb6958b60"),
                        "day",
                        LocalDate.of(2018, 5, 31),
                        "clock",
                        LocalTime.of(1, 2, 3, 4_000_000),
                        "local",
                        LocalDateTime.of(2018, 5, 31, 1, 2, 3),
                        "moment",
                        Instant.parse("2018-05-31T01:44:52.123Z"),
                        "tags",
                        List.of("a", "b"),
                        "json",
                        Map.of("at", LocalDate.of(2018, 5, 31))));

        var bson = Objects.requireNonNull(
                database().getCollection("all", BsonDocument.class).find().first());
        assertThat(bson.get("_id").getBsonType()).isEqualTo(BsonType.INT64);
        assertThat(bson.get("small").getBsonType()).isEqualTo(BsonType.INT32);
        assertThat(bson.getInt64("whole").getValue()).isEqualTo(9_007_199_254_740_993L);
        assertThat(bson.get("real").getBsonType()).isEqualTo(BsonType.DOUBLE);
        assertThat(bson.getDecimal128("money").getValue().bigDecimalValue()).isEqualByComparingTo("12.5");
        assertThat(bson.getBinary("uuid").asUuid()).isEqualTo(uuid);
        assertThat(bson.get("oid").getBsonType()).isEqualTo(BsonType.OBJECT_ID);
        assertThat(bson.getDateTime("day").getValue())
                .isEqualTo(Instant.parse("2018-05-31T00:00:00Z").toEpochMilli());
        assertThat(bson.getString("clock").getValue()).isEqualTo("01:02:03.004");
        assertThat(bson.getDateTime("local").getValue())
                .isEqualTo(Instant.parse("2018-05-31T01:02:03Z").toEpochMilli());
        assertThat(bson.getArray("tags")).hasSize(2);
        assertThat(bson.getDocument("json").toJson()).isEqualTo("{\"at\": {\"@localDate\": \"2018-05-31\"}}");
        assertThat(bson).doesNotContainKeys("id", "raw");
    }

    @Test
    void anIdOfSeveralPartsIsADocumentThatTheIndexOfIdsFinds() {
        create(PAIRS);
        insert(PAIRS, state(PAIRS, "left", "a", "right", 1L, "note", "x"), state(PAIRS, "left", "a", "right", 2L));

        assertThat(raw("pairs").get("_id")).isEqualTo(new Document("left", "a").append("right", 1L));
        assertThat(store.render(Selection.byId(PAIRS, Id.of("left", "a", "right", 1L))))
                .hasSize(1)
                .first()
                .asString()
                .contains("\"_id\": {")
                .doesNotContain("_id.left");
        assertThat(find(PAIRS, Term.of("left").eq("a").and(Term.of("right").gt(1L))))
                .hasSize(1);
    }

    @Test
    @Row("S1-107")
    void datesAreKeptToTheMillisecond() {
        create(ALL);
        Instant fine = Instant.parse("2018-05-31T01:44:52.123456Z");
        insert(ALL, state(ALL, "id", 1L, "moment", fine));

        assertThat(values("moment", Selection.of(ALL))).containsExactly(Instant.parse("2018-05-31T01:44:52.123Z"));
        assertThat(find(ALL, Term.of("moment").lt(fine))).hasSize(1);
        assertThat(find(ALL, Term.of("moment").eq(fine))).isEmpty();
    }

    @Test
    void namesThatPathsCannotHoldAreKeptAndFound() {
        create(ALL);
        Map<String, Object> odd = Map.of("a.b", 1L, "x", Map.of("c.d", "deep"));
        insert(ALL, state(ALL, "id", 1L, "json", odd));

        assertThat(values("json", Selection.of(ALL))).containsExactly(odd);
    }

    @Test
    @Row("S4-39")
    void documentsOfOtherShapesAreReadAndWhatIsUnknownStays() {
        create(PEOPLE);
        database()
                .getCollection("people")
                .insertMany(List.of(
                        new Document("_id", 7L)
                                .append("name", "Ann")
                                .append("count", 1)
                                .append("hobbies", List.of("chess")),
                        new Document("_id", 8L)));

        assertThat(values("name", Selection.of(PEOPLE).orderBy(Order.parse("id"))))
                .containsExactly("Ann", null);
        State ann = find(PEOPLE, Term.of("id").eq(7L)).getFirst();
        assertThat(ann.extra()).containsEntry("hobbies", List.of("chess"));
        write(Changeset.of(new Changeset.Update(PEOPLE, ann.with("count", 2L), List.of("count"), Guard.EXISTS)));
        Document found =
                database().getCollection("people").find(Filters.eq("_id", 7L)).first();
        assertThat(found).containsEntry("count", 2L).containsEntry("hobbies", List.of("chess"));
    }

    @Test
    void whatIsOfAnotherTypeIsSaidWithItsPlace() {
        create(PEOPLE);
        database().getCollection("people").insertOne(new Document("_id", 7L).append("count", "many"));

        assertThat(refused(Problem.STATE_UNDECODABLE, () -> find(Selection.of(PEOPLE)))
                        .sentence())
                .isEqualTo("cannot decode people 7: count holds many, expected integer");
    }

    // ---- collections of others

    record Movie(
            @jakarta.persistence.Id ObjectId id,
            @Nullable String title,
            @Nullable Integer year,
            List<String> cast) {}

    @Test
    @Row({"S1-102", "S4-09", "S4-33", "S4-103"})
    void aCollectionOfSomebodyElseIsReadAndWrittenByAClass() {
        ObjectId id = ObjectId.parse("573a1394f29313caabcde63e");
        database()
                .getCollection("movie")
                .insertOne(new Document("_id", new org.bson.types.ObjectId(id.toString()))
                        .append("title", "Cinderella")
                        .append("year", 1950)
                        .append("cast", List.of("Ilene Woods"))
                        .append("imdb", new Document("rating", 7.3)));

        try (Keepsake keepsake = Keepsake.open(url, Movie.class)) {
            Movie movie = keepsake.get(Movie.class, id);
            assertThat(movie).isEqualTo(new Movie(id, "Cinderella", 1950, List.of("Ilene Woods")));
            assertThat(keepsake.query(Movie.class)
                            .where(field(Movie::cast).has("Ilene Woods"))
                            .count())
                    .isEqualTo(1);
            keepsake.useTransaction(session -> {
                session.get(Movie.class, id);
                session.put(new Movie(id, "Cinderella!", 1950, List.of()));
            });
        }
        assertThat(raw("movie")).containsEntry("title", "Cinderella!").containsKey("imdb");
    }

    @Test
    @Row("S4-10")
    void theKindOfSuchACollectionIsWhatItsDocumentsHold() {
        database()
                .getCollection("films")
                .insertMany(List.of(
                        new Document("_id", 1)
                                .append("title", "One")
                                .append("year", 1950)
                                .append("rating", 7.5)
                                .append("tags", List.of("a"))
                                .append("imdb", new Document("id", 1).append("votes", 10L)),
                        new Document("_id", 2)
                                .append("title", null)
                                .append("year", 1950L)
                                .append("rating", "")
                                .append("added", Instant.EPOCH)));
        database().getCollection("films").createIndex(Sorts.descending("year", "title"));

        Kind films = store.inspect().kind("films");
        assertThat(films.id()).containsExactly("_id");
        assertThat(films.typeAt(dev.keepsake.value.Path.of("year"))).isEqualTo(Type.INTEGER);
        assertThat(films.typeAt(dev.keepsake.value.Path.of("rating"))).isEqualTo(Type.ANY);
        assertThat(films.typeAt(dev.keepsake.value.Path.of("tags"))).isEqualTo(Type.list(Type.TEXT));
        assertThat(films.typeAt(dev.keepsake.value.Path.of("imdb", "votes"))).isEqualTo(Type.INTEGER);
        assertThat(films.typeAt(dev.keepsake.value.Path.of("added"))).isEqualTo(Type.instant(3));
        assertThat(films.unkept())
                .containsExactlyInAnyOrder(
                        "types of title: null in 50 %, string in 50 %",
                        "types of year: int in 50 %, long in 50 %",
                        "types of rating: double in 50 %, string in 50 %",
                        "types of tags: array in 50 %",
                        "types of imdb: object in 50 %",
                        "types of added: date in 50 %");
        assertThat(films.indexes()).hasSize(1);
        assertThat(find(films, Term.of("rating").gt(7L))).hasSize(1);
        assertThat(find(films, Term.of("imdb.votes").eq(10L))).hasSize(1);
    }

    @Test
    void idsOfSuchACollectionAreOfAnyTypeAndOfSeveralParts() {
        org.bson.types.ObjectId oid = new org.bson.types.ObjectId("573a1394f29313caabcde63e");
        database()
                .getCollection("mixed")
                .insertMany(List.of(
                        new Document("_id", oid).append("n", 1),
                        new Document("_id", "text").append("n", 2),
                        new Document("_id", 3).append("n", 3)));
        database()
                .getCollection("visits")
                .insertMany(List.of(
                        new Document("_id", new Document("who", "ann").append("day", 1)).append("n", 1),
                        new Document("_id", new Document("who", "ann").append("day", 2)).append("n", 2)));

        Kind mixed = store.inspect().kind("mixed");
        assertThat(values("n", Selection.of(mixed).orderBy(Order.parse("n")))).containsExactly(1L, 2L, 3L);
        assertThat(values("n", Selection.byId(mixed, "text"))).containsExactly(2L);
        assertThat(values("n", Selection.byId(mixed, ObjectId.parse(oid.toHexString()))))
                .containsExactly(1L);
        write(Changeset.of(new Changeset.Delete(mixed, 3L, Guard.EXISTS)));
        assertThat(count(mixed)).isEqualTo(2);

        Kind visits = store.inspect().kind("visits");
        assertThat(visits.id()).containsExactly("who", "day");
        assertThat(values("n", Selection.byId(visits, Id.of("who", "ann", "day", 2L))))
                .containsExactly(2L);
        assertThat(find(visits, Term.of("day").gt(1L))).hasSize(1);
        insert(visits, state(visits, "who", "bob", "day", 1L, "n", 3L));
        assertThat(database()
                        .getCollection("visits")
                        .find(Filters.eq("_id.who", "bob"))
                        .first())
                .containsEntry("_id", new Document("who", "bob").append("day", 1));
    }

    @Test
    void whatOthersWroteOtherwiseIsChangedAsTheSameValue() {
        Kind tags = Kind.named("tags")
                .required("id", Type.INTEGER)
                .id("id")
                .field("clocks", Type.list(new Type.Time(3)))
                .field("count", Type.INTEGER)
                .build();
        database()
                .getCollection("tags")
                .insertOne(new Document("_id", 1)
                        .append("clocks", List.of("10:00"))
                        .append("count", 9007199254740992.0));
        write(Changeset.of(new Changeset.UpdateWhere(
                tags,
                Term.of("id").eq(1L),
                List.of(
                        new Change.RemoveValue(dev.keepsake.value.Path.of("clocks"), LocalTime.of(10, 0)),
                        new Change.Increment(dev.keepsake.value.Path.of("count"), 1L)))));

        State changed = find(Selection.of(tags)).getFirst();
        assertThat(changed.get("clocks")).isEqualTo(List.of());
        assertThat(changed.get("count")).isEqualTo(9007199254740993L);
    }

    @Test
    void aMapThatLooksLikeAnotherValueStaysAMapWhereItsTypeSaysSo() {
        Kind maps = Kind.named("maps")
                .required("id", Type.INTEGER)
                .id("id")
                .field("map", Type.map(Type.TEXT))
                .field("json", Type.ANY)
                .build();
        create(maps);
        Map<String, Object> odd = Map.of("@localDate", "2018-05-31");
        insert(maps, state(maps, "id", 1L, "map", odd, "json", odd));

        assertThat(values("map", Selection.of(maps))).containsExactly(odd);
        assertThat(values("json", Selection.of(maps))).containsExactly(odd);
        assertThat(find(maps, Term.of("map").eq(odd))).hasSize(1);
    }

    @Test
    @Row("S4-10")
    void whatAValidatorSaysOfSuchACollectionIsPartOfItsKind() {
        database()
                .createCollection(
                        "films",
                        new CreateCollectionOptions()
                                .validationOptions(new ValidationOptions().validator(Document.parse("""
                {$jsonSchema: {bsonType: 'object', required: ['title', 'year'], properties: {
                  title: {bsonType: 'string'}, year: {bsonType: ['int', 'long']}, rating: {bsonType: ['double', 'null']},
                  tags: {bsonType: 'array', items: {bsonType: 'string'}}, seen: {type: 'boolean'},
                  imdb: {bsonType: 'object', properties: {votes: {bsonType: 'int'}}}}}}"""))));
        assertThat(store.inspect().kind("films").fields())
                .as("of nothing but its validator")
                .containsExactlyInAnyOrder(
                        Field.required("_id", Type.OBJECT_ID),
                        Field.required("title", Type.TEXT),
                        Field.required("year", Type.INTEGER),
                        Field.of("rating", Type.DOUBLE),
                        Field.of("tags", Type.list(Type.TEXT)),
                        Field.of("seen", Type.BOOLEAN),
                        Field.of("imdb", new Type.Struct(Map.of("votes", new Type.Int(32)))));

        database()
                .getCollection("films")
                .insertOne(
                        new Document("_id", 1).append("rating", "none").append("tags", List.of()),
                        new InsertOneOptions().bypassDocumentValidation(true));
        database().runCommand(new Document("collMod", "films").append("validationLevel", "off"));
        assertThat(store.inspect().kind("films").field("seen"))
                .as("of a validator that is off")
                .isEmpty();
        database().runCommand(new Document("collMod", "films").append("validationLevel", "strict"));
        Kind films = store.inspect().kind("films");
        assertThat(films.field("title")).contains(Field.of("title", Type.TEXT));
        assertThat(films.typeAt(dev.keepsake.value.Path.of("rating"))).isEqualTo(Type.ANY);
        assertThat(films.typeAt(dev.keepsake.value.Path.of("tags"))).isEqualTo(Type.list(Type.TEXT));
    }

    @Test
    void aValidatorOfOthersStopsAnAlterationThatItDoesNotAllow() {
        database()
                .createCollection(
                        "films",
                        new CreateCollectionOptions()
                                .validationOptions(new ValidationOptions()
                                        .validator(Document.parse("{$jsonSchema: {required: ['title']}}"))));
        database().getCollection("films").insertOne(new Document("_id", 1).append("title", "One"));

        refused(Problem.CHECK_VIOLATION, () -> alter(new Alteration.DropField("films", "title")));
        assertThat(raw("films")).containsEntry("title", "One");
    }

    @Test
    void aStoreThatMakesValidatorsLetsNobodyWriteMisfitsAndKeepsThemInLine() {
        try (Guarded strict = Stores.open(MongoServer.with(url, "validators=create"))) {
            strict.createAll(Schema.of(List.of(ALL, PAIRS)));
        }
        create(PEOPLE);
        insert(
                ALL,
                state(
                        ALL,
                        "id",
                        1L,
                        "small",
                        2L,
                        "whole",
                        3L,
                        "real",
                        0.5,
                        "money",
                        new BigDecimal("12.50"),
                        "words",
                        null,
                        "uuid",
                        UUID.randomUUID(),
                        "day",
                        LocalDate.of(2018, 5, 31),
                        "clock",
                        LocalTime.of(1, 2),
                        "tags",
                        List.of("a"),
                        "json",
                        Map.of("x", 1L)));
        insert(PAIRS, state(PAIRS, "left", "a", "right", 1L));
        for (Document misfit : List.of(
                new Document("_id", 2L).append("whole", "three"),
                new Document("_id", 2L).append("tags", List.of(1)),
                new Document("_id", "two"))) {
            assertThatThrownBy(() -> database().getCollection("all").insertOne(misfit))
                    .as(misfit.toJson())
                    .isInstanceOf(MongoWriteException.class);
        }
        assertThatThrownBy(() ->
                        database().getCollection("pairs").insertOne(new Document("_id", new Document("left", "a"))))
                .isInstanceOf(MongoWriteException.class);
        database().getCollection("people").insertOne(new Document("_id", "two")); // was made without

        Kind wide = ALL.toBuilder()
                .replace("small", Field.of("small", Type.INTEGER))
                .build();
        insert(wide, state(wide, "id", 7L, "small", 3L));
        assertThatThrownBy(() ->
                        database().getCollection("all").insertOne(new Document("_id", 8L).append("small", 1L << 40)))
                .isInstanceOf(MongoWriteException.class);
        write(Changeset.of(new Changeset.Delete(ALL, 7L, Guard.EXISTS)));
        alter(new Alteration.RenameField("all", "whole", "number"));
        alter(new Alteration.DropField("all", "tags"));
        alter(new Alteration.AddField("all", Field.of("born", Type.DATE)));
        assertThatThrownBy(() ->
                        database().getCollection("all").insertOne(new Document("_id", 2L).append("born", "yesterday")))
                .isInstanceOf(MongoWriteException.class);
        assertThatThrownBy(() ->
                        database().getCollection("all").insertOne(new Document("_id", 2L).append("number", "three")))
                .isInstanceOf(MongoWriteException.class);
        database()
                .getCollection("all")
                .insertOne(new Document("_id", 2L).append("whole", "three").append("tags", 1));
        assertThat(count(store.inspect().kind("all"))).isEqualTo(2);
    }

    record Account(
            @jakarta.persistence.Id long id,
            @jakarta.persistence.Column(unique = true) String email) {}

    @Test
    void whatIsDeclaredUniqueIsUniqueWhoeverMadeTheCollectionOrNobody() {
        try (Keepsake keepsake = Keepsake.open(url, Account.class)) {
            keepsake.useTransaction(session -> session.add(new Account(1, "a@x")));
            refused(
                    Problem.UNIQUE_VIOLATION,
                    () -> keepsake.useTransaction(session -> session.add(new Account(2, "a@x"))));
            assertThat(keepsake.createAll()).isEmpty();
        }
        alter(new Alteration.DropKind("account"));
        database().getCollection("account").insertOne(new Document("_id", 1L).append("email", "a@x"));
        try (Keepsake keepsake = Keepsake.open(url, Account.class)) {
            assertThat(keepsake.get(Account.class, 1L).email()).isEqualTo("a@x");
            assertThat(refused(
                                    Problem.KIND_MISMATCH,
                                    () -> keepsake.useTransaction(session -> session.add(new Account(2, "a@x"))))
                            .sentence())
                    .isEqualTo("the collection account has no unique index over email, which kind account declares");
            alter(new Alteration.AddIndex("account", Index.unique("by_email", "email")));
            refused(
                    Problem.UNIQUE_VIOLATION,
                    () -> keepsake.useTransaction(session -> session.add(new Account(2, "a@x"))));
            keepsake.useTransaction(session -> session.add(new Account(3, "b@x")));
        }
    }

    // ---- the driver beside the store

    @Test
    @Row({"S1-112", "S4-02", "S4-49"})
    void whatTheDriverFindsIsDecoded() {
        create(PEOPLE, ALL);
        insert(PEOPLE, person("Ann", 1), person("Bob", 2), person("Cid", 3));
        List<State> found = store.read(transaction -> transaction
                .decode(
                        PEOPLE,
                        database()
                                .getCollection("people")
                                .aggregate(List.of(
                                        Aggregates.match(Filters.gt("count", 1)),
                                        Aggregates.sort(Sorts.descending("count")))))
                .list());

        assertThat(found).extracting(state -> state.get("name")).containsExactly("Cid", "Bob");
        assertThat(find(PEOPLE, Term.of("count").gt(1L))).hasSize(2);
        List<State> dan = store.read(transaction -> transaction
                .decode(PEOPLE, new Document("_id", 9L).append("name", "Dan"))
                .list());
        assertThat(dan).extracting(state -> state.get("name")).containsExactly("Dan");
        refused(
                Problem.REQUEST_INVALID,
                () -> store.read(
                        transaction -> transaction.decode(PEOPLE, "Ann").list()));
        refused(
                Problem.REQUEST_INVALID,
                () -> store.read(transaction ->
                        transaction.decode(PEOPLE, new Document("name", "Dan")).list()));
    }

    @Test
    void theDriversOwnObjectsAreThere() {
        assertThat(store.unwrap(MongoClient.class)).isNotNull();
        assertThat(database().getName()).isNotEmpty();
        assertThat(refused(Problem.FEATURE_MISSING, () -> store.unwrap(java.sql.Connection.class))
                        .getMessage())
                .contains("MongoDatabase");
        refused(Problem.FEATURE_MISSING, () -> store.read(transaction -> transaction.unwrap(ClientSession.class)));
    }

    @Test
    void indexesAreMadeAsDeclared() {
        Kind users = Kind.named("users")
                .required("id", Type.INTEGER)
                .id("id")
                .field("mail", Type.TEXT)
                .required("nick", Type.TEXT)
                .field("born", Type.DATE)
                .field("until", Type.INSTANT)
                .expires("until")
                .index(Index.unique("by_mail", "mail"))
                .index(Index.unique("by_nick", "nick"))
                .index(Index.of("by_born", "-born"))
                .build();
        create(users);

        Map<String, Document> made = new java.util.TreeMap<>();
        database().getCollection("users").listIndexes().forEach(index -> made.put(index.getString("name"), index));
        assertThat(made).containsOnlyKeys("_id_", "by_mail", "by_nick", "by_born", "keepsake_expiry");
        assertThat(made.get("by_mail")).containsKey("partialFilterExpression");
        assertThat(made.get("by_nick")).doesNotContainKey("partialFilterExpression");
        assertThat(made.get("by_born").get("key")).isEqualTo(new Document("born", -1).append("_id", 1));
        assertThat(((Number) made.get("keepsake_expiry").get("expireAfterSeconds")).intValue())
                .isZero();
    }

    @Test
    @Row({"S4-73", "S4-62", "S4-65"})
    void whatWasDoneAndWhatWasTakenIsTold() {
        create(PEOPLE);
        insert(PEOPLE, state(PEOPLE, "id", 1L, "name", "Ann", "count", 1L));
        var taken = refused(
                Problem.UNIQUE_VIOLATION, () -> insert(PEOPLE, state(PEOPLE, "id", 1L, "name", "Bob", "count", 1L)));
        assertThat(taken.facts()).containsEntry("value", "1").containsEntry("rule", "id");

        var same = store.write(transaction -> transaction.write(Changeset.of(new Changeset.UpdateWhere(
                PEOPLE, Term.of("id").eq(1L), List.of(Term.of("name").set("Ann"))))));
        assertThat(same.matched()).isEqualTo(1);
    }

    @Test
    void severalObjectsAreWrittenOneByOneWhereThatIsAllowed() {
        create(PEOPLE);
        try (Guarded partial = Stores.open(MongoServer.with(url, "partialCommits=allow"))) {
            partial.write(transaction -> transaction.write(Changeset.inserts(
                    PEOPLE,
                    List.of(
                            state(PEOPLE, "id", 1L, "name", "Ann", "count", 1L),
                            state(PEOPLE, "id", 2L, "name", "Bob", "count", 1L)))));
            var fault = refused(
                    Problem.COMMIT_PARTIAL,
                    () -> partial.write(transaction -> transaction.write(Changeset.inserts(
                            PEOPLE,
                            List.of(
                                    state(PEOPLE, "id", 3L, "name", "Cid", "count", 1L),
                                    state(PEOPLE, "id", 2L, "name", "Dan", "count", 1L),
                                    state(PEOPLE, "id", 4L, "name", "Eve", "count", 1L))))));
            assertThat(fault.sentence()).startsWith("1 of 3 writes are done, and then one was refused");
        }
        assertThat(values("id", Selection.of(PEOPLE).orderBy(Order.parse("id"))))
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    @Row("S4-73")
    void allThatCanBeWrittenIsWrittenAndEachThatIsRefusedNamedWhereThatIsAsked() {
        create(PEOPLE);
        insert(PEOPLE, state(PEOPLE, "id", 2L, "name", "Bob", "count", 1L));
        insert(PEOPLE, state(PEOPLE, "id", 4L, "name", "Dan", "count", 1L));
        try (Guarded unordered = Stores.open(MongoServer.with(url, "partialCommits=continue"))) {
            List<State> people = new ArrayList<>();
            for (long id = 1; id <= 5; id++) {
                people.add(state(PEOPLE, "id", id, "name", "p" + id, "count", id));
            }
            var fault = refused(
                    Problem.COMMIT_PARTIAL,
                    () -> unordered.write(transaction -> transaction.write(Changeset.inserts(PEOPLE, people))));

            assertThat(fault.sentence()).startsWith("3 of 5 writes are done, and 2 refused, first: ");
            assertThat(fault.facts().get("refused 1")).asString().startsWith("people/2: ");
            assertThat(fault.facts().get("refused 2")).asString().startsWith("people/4: ");
        }
        assertThat(values("name", Selection.of(PEOPLE).orderBy(Order.parse("id"))))
                .containsExactly("p1", "Bob", "p3", "Dan", "p5");
    }

    @Test
    void aNumberThatWouldBeBeyondThirtyTwoBitsIsRefusedByChanges() {
        create(ALL);
        insert(ALL, state(ALL, "id", 1L, "small", (long) Integer.MAX_VALUE));

        refused(
                Problem.VALUE_REFUSED,
                () -> write(Changeset.of(new Changeset.UpdateWhere(
                        ALL, Term.of("id").eq(1L), List.of(Term.of("small").increment(1))))));
        assertThat(values("small", Selection.of(ALL))).containsExactly((long) Integer.MAX_VALUE);
    }

    @Test
    void aMomentThatIsNoneIsSaidWithItsPlace() {
        create(ALL);
        database().getCollection("all").insertOne(new Document("_id", 1L).append("moment", "soon"));

        assertThat(refused(Problem.STATE_UNDECODABLE, () -> find(Selection.of(ALL)))
                        .sentence())
                .isEqualTo("cannot decode all 1: moment holds soon, expected instant(3)");
    }

    @Test
    void whereNothingCanBeWrittenTheFirstRefusalIsTold() {
        create(PEOPLE);
        insert(PEOPLE, state(PEOPLE, "id", 1L, "name", "Ann", "count", 1L));
        insert(PEOPLE, state(PEOPLE, "id", 2L, "name", "Bob", "count", 1L));
        try (Guarded unordered = Stores.open(MongoServer.with(url, "partialCommits=continue"))) {
            var fault = refused(
                    Problem.UNIQUE_VIOLATION,
                    () -> unordered.write(transaction -> transaction.write(Changeset.inserts(
                            PEOPLE,
                            List.of(
                                    state(PEOPLE, "id", 1L, "name", "x", "count", 1L),
                                    state(PEOPLE, "id", 2L, "name", "x", "count", 1L))))));
            assertThat(fault.facts().get("refused 2")).asString().startsWith("people/2: ");
        }
    }

    @Test
    void anObjectThatIsTooLargeIsRefused() {
        create(PEOPLE);
        assertThatThrownBy(() -> insert(PEOPLE, person("x".repeat(17_000_000), 1)))
                .isInstanceOf(dev.keepsake.fault.Fault.class)
                .hasMessageContaining("16 megabytes");
        assertThat(count(PEOPLE)).isZero();
    }

    @Test
    void decimalsOfThirtyFourDigitsAreExact() {
        Kind kind = Kind.named("exact")
                .required("id", Type.INTEGER)
                .id("id")
                .field("much", Type.decimal(34, 10))
                .build();
        create(kind);
        BigDecimal much = new BigDecimal("123456789012345678901234.0123456789");
        insert(kind, state(kind, "id", 1L, "much", much));

        assertThat(values("much", Selection.of(kind))).containsExactly(much);
        assertThat(raw("exact").get("much", Decimal128.class).bigDecimalValue()).isEqualByComparingTo(much);
        refused(
                Problem.FEATURE_MISSING,
                () -> create(Kind.named("more")
                        .required("id", Type.INTEGER)
                        .id("id")
                        .field("much", Type.decimal(36, 9))
                        .build()));
        Kind plain = Kind.named("plain")
                .required("id", Type.INTEGER)
                .id("id")
                .field("much", Type.DECIMAL)
                .build();
        create(plain);
        insert(plain, state(plain, "id", 1L, "much", new BigDecimal("12.5")));
        refused(
                Problem.VALUE_REFUSED,
                () -> insert(
                        plain,
                        state(plain, "id", 2L, "much", new BigDecimal("12345678901234567890123456789.123456789"))));
        assertThat(values("much", Selection.of(plain))).containsExactly(new BigDecimal("12.5"));
    }

    // ---- where others and we could meet

    @Test
    void aViewIsAKindThatNobodyWrites() {
        create(PEOPLE);
        insert(PEOPLE, person("Ann", 1), person("Bob", 2));
        database().createView("many", "people", List.of(Aggregates.match(Filters.gt("count", 1))));

        Kind many = store.inspect().kind("many");
        assertThat(many.writable()).isFalse();
        assertThat(find(many, Term.of("name").eq("Bob"))).hasSize(1);
        refused(Problem.FEATURE_MISSING, () -> alter(new Alteration.DropKind("many")));
        store.createAll(Schema.of(List.of(ALL)));
    }

    @Test
    void numbersGoOnUnderAnotherNameAndBehindThoseOfOthers() {
        create(PEOPLE);
        insert(PEOPLE, person("Ann", 1));
        insert(PEOPLE, person("Bob", 2));
        alter(new Alteration.RenameKind("people", "persons"));
        Kind persons = store.inspect().kind("persons");
        insert(persons, state(persons, "name", "Cid", "count", 3L));
        assertThat(count(persons)).isEqualTo(3);

        database().getCollection("others").insertMany(List.of(new Document("_id", 41L), new Document("_id", 42)));
        Kind others = Kind.named("others")
                .required("id", Type.INTEGER)
                .id("id")
                .generated(Generation.IDENTITY)
                .field("note", Type.TEXT)
                .build();
        assertThat(insert(others, state(others, "note", "x"))).containsExactly(43L);
    }

    @Test
    void theFieldByWhichObjectsExpireHasAnotherName() {
        Kind notes = Kind.named("expiring")
                .required("id", Type.INTEGER)
                .id("id")
                .field("until", Type.INSTANT)
                .expires("until")
                .build();
        create(notes);
        insert(notes, state(notes, "id", 1L, "until", Instant.parse("2999-01-01T00:00:00Z")));
        alter(new Alteration.RenameField("expiring", "until", "end"));

        Kind renamed = store.inspect().kind("expiring");
        assertThat(renamed.expiry()).contains("end");
        assertThat(values("end", Selection.of(renamed))).containsExactly(Instant.parse("2999-01-01T00:00:00Z"));
    }

    @Test
    void aNameThatIsAPathIsReadAndNotChangedByItself() {
        create(PEOPLE);
        database()
                .getCollection("people")
                .insertOne(new Document("_id", 1L)
                        .append("name", "Ann")
                        .append("count", 1L)
                        .append("a.b", 5L));
        State ann = find(PEOPLE, Term.of("id").eq(1L)).getFirst();
        assertThat(ann.extra()).containsEntry("a.b", 5L);

        refused(
                Problem.FEATURE_MISSING,
                () -> write(
                        Changeset.of(new Changeset.Update(PEOPLE, ann.with("a.b", 6L), List.of("a.b"), Guard.EXISTS))));
        write(Changeset.of(new Changeset.Put(PEOPLE, ann.with("a.b", 6L))));
        assertThat(raw("people")).containsEntry("a.b", 6L).doesNotContainKey("a");
        refused(
                Problem.FEATURE_MISSING,
                () -> create(Kind.named("dotted")
                        .required("id", Type.INTEGER)
                        .id("id")
                        .field("a.b", Type.TEXT)
                        .build()));
        refused(
                Problem.KIND_MISMATCH,
                () -> create(Kind.named("twice")
                        .required("id", Type.INTEGER)
                        .id("id")
                        .field("_id", Type.TEXT)
                        .build()));
    }

    @Test
    void aDocumentWithTwoIdsIsToldAndNotGuessed() {
        create(PEOPLE);
        database().getCollection("people").insertOne(new Document("_id", 1L).append("id", 99L));

        assertThat(refused(Problem.STATE_UNDECODABLE, () -> find(Selection.of(PEOPLE)))
                        .sentence())
                .isEqualTo("cannot decode people 1: id holds 99, expected nothing beside _id, which is the id");
    }

    @Test
    void uniqueIndexesAreOfWholeValues() {
        Kind any = Kind.named("tokens")
                .required("id", Type.INTEGER)
                .id("id")
                .field("token", Type.ANY)
                .index(Index.unique("by_token", "token"))
                .build();
        create(any);
        insert(any, state(any, "id", 1L, "token", null), state(any, "id", 2L, "token", null));
        assertThat(count(any)).isEqualTo(2);
        refused(
                Problem.FEATURE_MISSING,
                () -> create(Kind.named("sets")
                        .required("id", Type.INTEGER)
                        .id("id")
                        .field("tags", Type.list(Type.TEXT))
                        .index(Index.unique("by_tags", "tags"))
                        .build()));
    }

    @Test
    void whatIsNoNumberIsToldAndWhatHasTooManyDigitsRefused() {
        create(ALL);
        database().getCollection("all").insertOne(new Document("_id", 1L).append("real", Double.NaN));
        refused(Problem.STATE_UNDECODABLE, () -> find(Selection.of(ALL)));
        database().getCollection("all").deleteOne(Filters.eq("_id", 1L));

        BigDecimal long38 = new BigDecimal("12345678901234567890123456789012345678");
        assertThat(refused(Problem.VALUE_REFUSED, () -> insert(ALL, state(ALL, "id", 2L, "json", Map.of("x", long38))))
                        .sentence())
                .contains("34 digits");
        assertThat(count(ALL)).isZero();
    }

    @Test
    void valuesDeepInEachOtherAreComparedAtOnce() {
        create(ALL);
        Object deep = 1L;
        for (int i = 0; i < 40; i++) {
            deep = i % 2 == 0 ? Map.of("m", deep) : List.of(deep);
        }
        insert(ALL, state(ALL, "id", 1L, "json", deep));

        assertThat(find(ALL, Term.of("json").eq(deep))).hasSize(1);
        assertThat(find(ALL, Term.of("json").eq(List.of(Map.of("m", 2L))))).isEmpty();
    }
}
