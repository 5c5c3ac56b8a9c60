package dev.keepsake.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.store.StoreInfo;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.bson.BSONException;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.UuidRepresentation;
import org.bson.codecs.configuration.CodecConfigurationException;

/** A database of MongoDB, by a client of the driver, which keeps the pool of connections. Thread-safe. */
final class MongoLink implements AutoCloseable {
    private static final long MINUTE = 60_000;
    private static final long SOON = 500;
    private static final int ATTEMPTS = 5;

    private final MongoClient client;
    private final MongoDatabase database;
    private final boolean isOurs;
    private final StoreInfo info;
    private final Features features;
    private final MongoOptions options;
    private volatile long ahead;
    private volatile long looked;

    private MongoLink(
            MongoClient client, String name, boolean isOurs, String scheme, String place, MongoOptions options) {
        this.client = client;
        this.database = client.getDatabase(name)
                .withReadPreference(ReadPreference.primary())
                .withCodecRegistry(MongoClientSettings.getDefaultCodecRegistry());
        this.isOurs = isOurs;
        this.options = options;
        StoreInfo unnamed = new StoreInfo(scheme, place, "");
        try {
            BsonDocument hello = hello();
            BsonDocument build = command(new BsonDocument("buildInfo", new BsonInt32(1)));
            info = new StoreInfo(scheme, place, build.getString("version").getValue());
            features = features(hello, options);
            requireAcknowledged();
        } catch (RuntimeException e) {
            close();
            throw MongoErrors.of(e, unnamed);
        }
    }

    /** Connects to what a URL says. */
    static MongoLink open(MongoOptions options) {
        ConnectionString at = options.connection();
        MongoClientSettings settings = MongoClientSettings.builder()
                .applyConnectionString(at)
                .uuidRepresentation(UuidRepresentation.STANDARD)
                .build();
        return new MongoLink(
                MongoClients.create(settings), options.database(), true, options.scheme(), options.place(), options);
    }

    /** A database of a client that somebody else keeps. */
    static MongoLink of(MongoClient client, String database) {
        return new MongoLink(client, database, false, "mongodb", hosts(client) + "/" + database, MongoOptions.NONE);
    }

    /** The servers that a client was told of. */
    private static String hosts(MongoClient client) {
        return client.getClusterDescription().getClusterSettings().getHosts().stream()
                .map(Object::toString)
                .collect(Collectors.joining(","));
    }

    /** A member of a replica set, or a router of a sharded cluster, has transactions; a single server has none. */
    private static Features features(BsonDocument hello, MongoOptions options) {
        if (hello.getBoolean("isreplicaset", BsonBoolean.FALSE).getValue() && !hello.containsKey("setName")) {
            throw Problem.STORE_BUSY
                    .because("the server is of a replica set that is not initiated")
                    .hint("run rs.initiate() on it")
                    .fault();
        }
        boolean isRouter =
                hello.containsKey("msg") && hello.getString("msg").getValue().equals("isdbgrid");
        if (isRouter || hello.containsKey("setName")) {
            return Features.MONGODB;
        }
        return options.partial() != MongoOptions.Partial.REFUSE
                ? Features.MONGODB_SINGLE.committing(Features.Commits.PARTIAL)
                : Features.MONGODB_SINGLE;
    }

    /** A write whose outcome nobody hears of keeps nothing safe. */
    private void requireAcknowledged() {
        if (!database.getWriteConcern().isAcknowledged()) {
            throw Problem.REQUEST_INVALID
                    .because("the write concern is w=0, with which nobody hears whether a write was done")
                    .store(info)
                    .hint("leave w out, or take w=majority with wTimeoutMS")
                    .fault();
        }
    }

    StoreInfo info() {
        return info;
    }

    Features features() {
        return features;
    }

    /** What a commit of several objects does where there are no transactions. */
    MongoOptions.Partial partial() {
        return options.partial();
    }

    /** Whether collections are made with a validator. */
    boolean isValidating() {
        return options.isValidating();
    }

    MongoClient client() {
        return client;
    }

    MongoDatabase database() {
        return database;
    }

    MongoCollection<BsonDocument> collection(String name) {
        return database.getCollection(name, BsonDocument.class);
    }

    /** As {@link #collection}, of States. */
    MongoCollection<State> collection(MongoKind kind, Shape shape) {
        MongoCodec codec = new MongoCodec(kind.states(), shape);
        return database.getCollection(kind.collection(), State.class)
                .withCodecRegistry(codec.registry(database.getCodecRegistry()));
    }

    ClientSession session() {
        return ask(client::startSession);
    }

    /** What the server says that it is; those before 4.4 know the word by another name. */
    private BsonDocument hello() {
        try {
            return command(new BsonDocument("hello", new BsonInt32(1)));
        } catch (MongoCommandException e) {
            if (e.getErrorCode() == MongoErrors.COMMAND_NOT_FOUND) {
                return command(new BsonDocument("isMaster", new BsonInt32(1)));
            }
            throw e;
        }
    }

    BsonDocument command(BsonDocument command) {
        return database.runCommand(command, BsonDocument.class);
    }

    /** Does something, and says what goes wrong as a store does. */
    <T> T ask(Supplier<T> question) {
        try {
            return question.get();
        } catch (MongoException
                | BSONException
                | IllegalStateException
                | IllegalArgumentException
                | UnsupportedOperationException
                | CodecConfigurationException e) {
            throw fault(e);
        }
    }

    /** As {@link #ask}, where there is no answer. */
    void tell(Runnable order) {
        write(() -> {
            order.run();
            return true;
        });
    }

    /** As {@link #ask}, where the answer says no more than that it is done: writes are acknowledged. */
    void write(Supplier<?> order) {
        Object unused = ask(order);
    }

    Fault fault(RuntimeException thrown) {
        return MongoErrors.of(thrown, info);
    }

    /** The servers, what was said of them, and what a commit is kept by. */
    Map<String, String> settings() {
        BsonDocument hello = ask(this::hello);
        Map<String, String> settings = new LinkedHashMap<>();
        BsonArray members = hello.getArray("hosts", new BsonArray());
        settings.put(
                "hosts",
                members.isEmpty()
                        ? hosts(client)
                        : members.stream()
                                .map(each -> each.asString().getValue())
                                .collect(Collectors.joining(",")));
        if (hello.containsKey("setName")) {
            settings.put("replicaSet", hello.getString("setName").getValue());
        }
        settings.putAll(options.shown());
        WriteConcern concern = database.getWriteConcern();
        boolean isAlone = features.writes() == Features.Writes.BUFFERED;
        if (isAlone && !Boolean.TRUE.equals(concern.getJournal())) {
            settings.put(
                    "warning",
                    "the commits of the last tenth of a second may be lost when the machine stops; journal=true keeps each");
        } else if (!isAlone && Integer.valueOf(1).equals(concern.getWObject())) {
            settings.put(
                    "warning",
                    "what only one server has is lost with it; w=majority with wTimeoutMS keeps each commit");
        }
        return settings;
    }

    /** The time by the server's clock. */
    Instant now() {
        BsonDocument hello = ask(this::hello);
        return Instant.ofEpochMilli(hello.getDateTime("localTime").getValue());
    }

    /** The same in milliseconds, by this machine's clock and how far the two are apart, which is looked at each minute. */
    long clock() {
        long here = System.currentTimeMillis();
        if (here - looked > MINUTE || looked > here) {
            look();
        }
        return System.currentTimeMillis() + ahead;
    }

    /** Compares the clocks; an answer that took long says little, and is asked for again a few times. */
    private void look() {
        for (int attempt = 1; ; attempt++) {
            long before = System.currentTimeMillis();
            long there = now().toEpochMilli();
            long after = System.currentTimeMillis();
            if (after - before <= SOON || attempt == ATTEMPTS) {
                ahead = there - (before + after) / 2;
                looked = after;
                return;
            }
        }
    }

    @Override
    public void close() {
        if (isOurs) {
            client.close();
        }
    }
}
