package dev.keepsake.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codecs;
import dev.keepsake.contract.MongoServer;
import dev.keepsake.contract.On;
import dev.keepsake.contract.Proxy;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.StandIns;
import dev.keepsake.contract.StoreFixture;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.value.Type;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The driver's work and the store's in one transaction, and what comes of many writes in one. */
@On("mongodb")
@Tag(StandIns.TRANSACTIONS)
final class MongoTransactionsTest extends StoreFixture {
    private String url = "";

    @Override
    protected Guarded open() {
        url = Servers.mongodb().freshSpace();
        return Stores.open(url);
    }

    @Test
    void whatTheServerCanIsWhatItsPresetSays() {
        assertThat(store.features()).isEqualTo(Features.MONGODB);
    }

    @Test
    void theDriverTakesPartInTheTransactionOfTheStore() {
        create(PEOPLE);
        try (Transaction transaction = store.begin()) {
            transaction.write(Changeset.inserts(PEOPLE, List.of(state(PEOPLE, "id", 1L, "name", "Ann", "count", 1L))));
            ClientSession session = transaction.unwrap(ClientSession.class);
            var people = store.unwrap(MongoDatabase.class).getCollection("people");
            assertThat(people.countDocuments(session)).isEqualTo(1);
            assertThat(people.countDocuments()).isZero();
            people.insertOne(
                    session, new Document("_id", 2L).append("name", "Bob").append("count", 2L));
            assertThat(transaction.find(Selection.of(PEOPLE)).list()).hasSize(2);
            transaction.rollback();
        }
        assertThat(count(PEOPLE)).isZero();
    }

    @Test
    void manyWritesOfSeveralSortsAreOneCommit() {
        create(PEOPLE);
        List<State> people = new ArrayList<>();
        for (long id = 1; id <= 2_500; id++) {
            people.add(state(PEOPLE, "id", id, "name", "p" + id, "count", id));
        }
        store.write(transaction -> transaction.write(Changeset.inserts(PEOPLE, people)));
        List<Changeset.Entry> entries = new ArrayList<>();
        for (State person : people) {
            long id = (Long) person.get("id");
            if (id % 5 == 0) {
                entries.add(new Changeset.Delete(PEOPLE, id, Guard.of(person, List.of("count"))));
            } else {
                entries.add(new Changeset.Update(
                        PEOPLE, person.with("count", 0L), List.of("count"), Guard.of(person, List.of("count"))));
            }
        }
        var result = store.write(transaction -> transaction.write(new Changeset(entries)));

        assertThat(result.matched()).isEqualTo(2_000);
        assertThat(result.deleted()).isEqualTo(500);
        assertThat(count(PEOPLE, Term.of("count").eq(0L))).isEqualTo(2_000);
    }

    @Test
    void theOneOfManyThatIsStaleIsNamedAndNothingIsDone() {
        create(PEOPLE);
        List<State> people = new ArrayList<>();
        for (long id = 1; id <= 20; id++) {
            people.add(state(PEOPLE, "id", id, "name", "p" + id, "count", id));
        }
        store.write(transaction -> transaction.write(Changeset.inserts(PEOPLE, people)));
        store.unwrap(MongoDatabase.class)
                .getCollection("people")
                .updateOne(Filters.eq("_id", 13L), new Document("$set", new Document("count", -1L)));
        List<Changeset.Entry> entries = new ArrayList<>();
        people.forEach(person -> entries.add(new Changeset.Update(
                PEOPLE, person.with("name", "x"), List.of("name"), Guard.of(person, List.of("count")))));

        var stale = refused(
                Problem.STALE_OBJECT, () -> store.write(transaction -> transaction.write(new Changeset(entries))));
        assertThat(stale.facts()).containsEntry("id", 13L);
        assertThat(count(PEOPLE, Term.of("name").eq("x"))).isZero();
    }

    @Test
    void aGuardHoldsWhereTheSameValueIsWrittenOtherwise() {
        create(PEOPLE);
        store.unwrap(MongoDatabase.class)
                .getCollection("people")
                .insertOne(new Document("_id", 1L).append("name", "Ann").append("count", 1));
        State ann = find(PEOPLE, Term.of("id").eq(1L)).getFirst();

        write(Changeset.of(new Changeset.Update(
                PEOPLE, ann.with("count", 2L), List.of("count"), Guard.of(ann, List.of("count", "name")))));

        assertThat(values("count", Selection.of(PEOPLE))).containsExactly(2L);
    }

    @Test
    void severalThatAreWrittenOtherwiseAreWrittenInOneCommit() {
        Kind prices = Kind.named("prices")
                .required("id", Type.INTEGER)
                .id("id")
                .field("much", Type.decimal(10, 2))
                .build();
        var raw = store.unwrap(MongoDatabase.class).getCollection("prices");
        raw.insertMany(
                List.of(new Document("_id", 1L).append("much", 0.5), new Document("_id", 2L).append("much", 1.5)));
        List<State> found = find(Selection.of(prices));
        List<Changeset.Entry> entries = new ArrayList<>();
        found.forEach(price -> entries.add(new Changeset.Update(
                prices,
                price.with("much", new BigDecimal("9.00")),
                List.of("much"),
                Guard.of(price, List.of("much")))));

        store.write(transaction -> transaction.write(new Changeset(entries)));

        assertThat(values("much", Selection.of(prices))).containsExactly(new BigDecimal("9"), new BigDecimal("9"));
    }

    @Test
    void theStaleOneIsNamedBesideWhatTheTransactionItselfWrote() {
        create(PEOPLE);
        State two = state(PEOPLE, "id", 2L, "name", "Bob", "count", 2L);
        insert(PEOPLE, two);
        State one = state(PEOPLE, "id", 1L, "name", "Ann", "count", 1L);

        var stale = refused(
                Problem.STALE_OBJECT,
                () -> store.write(transaction -> {
                    transaction.write(Changeset.inserts(PEOPLE, List.of(one)));
                    return transaction.write(Changeset.of(
                            new Changeset.Update(
                                    PEOPLE, one.with("name", "x"), List.of("name"), Guard.of(one, List.of("count"))),
                            new Changeset.Update(
                                    PEOPLE,
                                    two.with("name", "x"),
                                    List.of("name"),
                                    Guard.of(two.with("count", 7L), List.of("count")))));
                }));
        assertThat(stale.facts()).containsEntry("id", 2L);
    }

    @Test
    void theSchemaIsNotChangedInsideWhatHasWritten() {
        create(PEOPLE);
        refused(
                Problem.PENDING_WRITES,
                () -> store.write(transaction -> {
                    transaction.write(Changeset.inserts(PEOPLE, List.of(state(PEOPLE, "id", 1L, "name", "Ann"))));
                    transaction.alter(List.of(new Alteration.AddField("people", Field.of("born", Type.DATE))));
                    return 0;
                }));
        store.write(transaction -> {
            transaction.find(Selection.of(PEOPLE)).list();
            transaction.alter(List.of(new Alteration.AddField("people", Field.of("born", Type.DATE))));
            return 0;
        });
        assertThat(store.inspect().kind("people").field("born")).isPresent();
    }

    @Test
    void readsOfSecondariesAndUnheardWritesAreNotForTransactions() {
        create(PEOPLE);
        String other = Servers.mongodb().freshSpace();
        try (Guarded secondary = Stores.open(MongoServer.with(other, "readPreference=secondaryPreferred"))) {
            secondary.createAll(Schema.of(List.of(PEOPLE)));
            List<State> found = secondary.read(
                    transaction -> transaction.find(Selection.of(PEOPLE)).list());
            assertThat(found).isEmpty();
        }
        refused(Problem.REQUEST_INVALID, () -> Stores.open(MongoServer.with(other, "w=0")));
    }

    @Test
    @Row({"S4-04", "S4-11"})
    void whatACommitIsKeptByIsTold() {
        assertThat(store.settings()).containsKeys("hosts", "replicaSet");
        try (Guarded one = Stores.open(MongoServer.with(url, "w=1"))) {
            assertThat(one.settings()).containsEntry("w", "1");
            assertThat(one.settings().get("warning")).contains("w=majority");
        }
        try (Guarded majority = Stores.open(MongoServer.with(url, "w=majority&wTimeoutMS=5000"))) {
            assertThat(majority.settings()).doesNotContainKey("warning").containsEntry("w", "majority");
        }
    }

    @Test
    @Row({"S4-72", "N-11"})
    void aCommitThatTooFewServersConfirmIsDoneAndItsFaultSaysSo() {
        Kind notes = Kind.named("notes")
                .required("id", Type.INTEGER)
                .id("id")
                .field("text", Type.TEXT)
                .build();
        create(notes);
        try (Guarded five = Stores.open(MongoServer.with(url, "w=5&wTimeoutMS=300"))) {
            Fault unconfirmed = refused(
                    Problem.COMMIT_OUTCOME_UNKNOWN,
                    () -> five.write(transaction ->
                            transaction.write(Changeset.inserts(notes, List.of(state(notes, "id", 1L, "text", "x"))))));
            assertThat(unconfirmed).hasMessageContaining("done on one server").hasMessageContaining("write concern");
            assertThat(unconfirmed.retryable()).isFalse();
        }
        assertThat(count(notes)).isEqualTo(1);
    }

    @Test
    void aCommitWhoseAnswerIsLostIsAskedForAgainAndDoneOnce() throws IOException {
        create(PEOPLE);
        try (Proxy proxy = new Proxy(url);
                Guarded behind = Stores.open(MongoServer.with(
                        proxy.url(), "directConnection=true&serverMonitoringMode=poll&heartbeatFrequencyMS=60000"))) {
            try (Transaction transaction = behind.begin()) {
                transaction.write(
                        Changeset.inserts(PEOPLE, List.of(state(PEOPLE, "id", 1L, "name", "Ann", "count", 1L))));
                proxy.swallowNextAnswers(3); // the driver itself asks twice
                transaction.commit();
            }
            assertThat(count(PEOPLE)).isEqualTo(1);
        }
    }

    @Test
    void aCommitOfAServerThatIsGoneIsOfUnknownOutcomeOnceItsTimeIsOver() throws IOException {
        create(PEOPLE);
        try (Proxy proxy = new Proxy(url);
                Guarded behind = Stores.open(MongoServer.with(
                        proxy.url(),
                        "directConnection=true&serverMonitoringMode=poll&socketTimeoutMS=300&serverSelectionTimeoutMS=300"
                                + "&connectTimeoutMS=300"))) {
            try (Transaction transaction = behind.begin(TransactionOptions.WRITE.waiting(Duration.ofSeconds(1)))) {
                transaction.write(
                        Changeset.inserts(PEOPLE, List.of(state(PEOPLE, "id", 1L, "name", "Ann", "count", 1L))));
                proxy.goSilent();
                long start = System.nanoTime();
                Fault unknown = refused(Problem.COMMIT_OUTCOME_UNKNOWN, transaction::commit);
                assertThat(unknown.retryable()).isFalse();
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(8));
            }
            proxy.recover();
        }
    }

    record Note(String id, String text) {}

    @Test
    void anObjectThatIsReadAloneIsOneRequest() {
        List<String> commands = new CopyOnWriteArrayList<>();
        MongoClientSettings settings = MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(url))
                .addCommandListener(new CommandListener() {
                    @Override
                    public void commandStarted(CommandStartedEvent event) {
                        commands.add(event.getCommandName());
                    }
                })
                .build();
        String database = store.unwrap(MongoDatabase.class).getName();
        try (MongoClient client = MongoClients.create(settings);
                Keepsake keepsake = Keepsake.on(MongoStores.of(client, database), Codecs.of(Note.class))) {
            keepsake.createAll();
            keepsake.useTransaction(session -> session.add(new Note("a", "x")));
            commands.clear();
            assertThat(keepsake.get(Note.class, "a").text()).isEqualTo("x");
            assertThat(keepsake.find(Note.class, "b")).isEmpty();
            assertThat(commands).containsExactly("find", "find");

            commands.clear();
            assertThat(keepsake.query(Note.class).list()).hasSize(1);
            assertThat(commands).containsExactly("find", "abortTransaction");
        }
    }

    @Test
    void whatTheDriverChangesInTheSameTransactionIsNotWrittenOver() {
        try (Keepsake keepsake = Keepsake.open(url, Note.class)) {
            keepsake.createAll();
            keepsake.useTransaction(session -> session.add(new Note("a", "x")));
            Fault stale = refused(
                    Problem.STALE_OBJECT,
                    () -> keepsake.useTransaction(session -> {
                        session.get(Note.class, "a");
                        Transaction transaction = session.transaction();
                        transaction
                                .unwrap(MongoDatabase.class)
                                .getCollection("note")
                                .updateOne(
                                        transaction.unwrap(ClientSession.class),
                                        Filters.eq("_id", "a"),
                                        new Document("$set", new Document("text", "theirs")));
                        session.put(new Note("a", "mine"));
                    }));
            assertThat(stale).hasMessageContaining("theirs");
            keepsake.useTransaction(session -> {
                session.get(Note.class, "a");
                session.put(new Note("a", "mine"));
            });
            assertThat(keepsake.get(Note.class, "a").text()).isEqualTo("mine");
        }
    }

    @Test
    void whatTheTransactionItselfWritesByOtherMeansIsNotWrittenOver() {
        try (Keepsake keepsake = Keepsake.open(url, Note.class)) {
            keepsake.createAll();
            keepsake.useTransaction(session -> session.add(new Note("a", "x")));
            Changeset theirs = Changeset.of(new Changeset.UpdateWhere(
                    keepsake.codec(Note.class).kind(),
                    Term.of("id").eq("a"),
                    List.of(Term.of("text").set("theirs"))));
            refused(
                    Problem.STALE_OBJECT,
                    () -> keepsake.useTransaction(session -> {
                        session.get(Note.class, "a");
                        session.transaction().write(theirs);
                        session.put(new Note("a", "mine"));
                    }));
            refused(
                    Problem.STALE_OBJECT,
                    () -> keepsake.useTransaction(session -> {
                        session.get(Note.class, "a");
                        session.query("note")
                                .where("id", "a")
                                .update(Term.of("text").set("theirs"));
                        session.put(new Note("a", "mine"));
                    }));
            refused(
                    Problem.STALE_OBJECT,
                    () -> keepsake.useTransaction(session -> {
                        session.get(Note.class, "a");
                        session.put(session.query("note").one().with("text", "theirs"));
                        session.put(new Note("a", "mine"));
                    }));
            assertThat(keepsake.get(Note.class, "a").text()).isEqualTo("x");
        }
    }

    @Test
    void theOneOfManyWhoseIdIsTakenIsNamed() {
        create(PEOPLE);
        insert(PEOPLE, state(PEOPLE, "id", 13L, "name", "Ann", "count", 1L));
        List<State> people = new ArrayList<>();
        for (long id = 1; id <= 20; id++) {
            people.add(state(PEOPLE, "id", id, "name", "p" + id, "count", id));
        }

        Fault taken = refused(
                Problem.UNIQUE_VIOLATION,
                () -> store.write(transaction -> transaction.write(Changeset.inserts(PEOPLE, people))));

        assertThat(taken.getMessage()).contains("people/13");
        assertThat(count(PEOPLE)).isEqualTo(1);
    }

    @Test
    void twoTransactionsThatWriteOneObjectConflict() {
        create(PEOPLE);
        insert(PEOPLE, state(PEOPLE, "id", 1L, "name", "Ann", "count", 1L));
        try (Transaction one = store.begin()) {
            one.find(Selection.of(PEOPLE)).list();
            store.write(other -> other.write(Changeset.of(new Changeset.UpdateWhere(
                    PEOPLE, Term.of("id").eq(1L), List.of(Term.of("count").set(5L))))));
            refused(
                    Problem.TRANSACTION_CONFLICT,
                    () -> one.write(Changeset.of(new Changeset.UpdateWhere(
                            PEOPLE,
                            Term.of("id").eq(1L),
                            List.of(Term.of("count").set(6L))))));
        }
        assertThat(values("count", Selection.of(PEOPLE))).containsExactly(5L);
    }

    @Test
    void aDurableServerThatIsKilledKeepsWhatWasCommitted() {
        try (var server = Servers.startMongodb()) {
            String url = server.freshSpace();
            try (Guarded durable = Stores.open(url)) {
                durable.createAll(Schema.of(List.of(PEOPLE)));
                for (long id = 1; id <= 50; id++) {
                    State person = state(PEOPLE, "id", id, "name", "p", "count", id);
                    durable.write(transaction -> transaction.write(Changeset.inserts(PEOPLE, List.of(person))));
                }
            }
            server.kill();
            server.restart();
            try (Guarded again = Stores.open(url)) {
                List<State> kept = again.read(transaction -> transaction
                        .find(Selection.of(PEOPLE).orderBy(Order.parse("id")))
                        .list());
                assertThat(kept).hasSize(50);
            }
        }
    }
}
