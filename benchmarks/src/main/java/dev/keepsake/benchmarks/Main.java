package dev.keepsake.benchmarks;

import dev.keepsake.benchmarks.ebean.EbeanPeer;
import dev.keepsake.benchmarks.hibernate.HibernatePeer;
import dev.keepsake.benchmarks.jdbi.JdbiPeer;
import dev.keepsake.benchmarks.keepsake.KeepsakePeer;
import dev.keepsake.benchmarks.mongo.CodecPeer;
import dev.keepsake.benchmarks.mongo.MorphiaPeer;
import dev.keepsake.benchmarks.mongo.PojoPeer;
import dev.keepsake.benchmarks.raw.RawPeer;
import dev.keepsake.benchmarks.redis.JedisPeer;
import dev.keepsake.benchmarks.redis.LettucePeer;
import dev.keepsake.benchmarks.spring.SpringPeer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What {@code benchmarks/run} starts. */
public final class Main {
    private static final Logger HIBERNATE = Logger.getLogger("org.hibernate");
    private static final List<Supplier<Peer<? super Database>>> PEERS =
            List.of(RawPeer::new, HibernatePeer::new, EbeanPeer::new, JdbiPeer::new, KeepsakePeer::new);
    private static final List<Supplier<Peer<? super RedisPlace>>> REDIS_PEERS =
            List.of(JedisPeer::new, LettucePeer::new, KeepsakePeer::new);
    private static final List<Supplier<Peer<? super RedisPlace>>> SLOW_REDIS_PEERS =
            List.of(JedisPeer::new, SpringPeer::new, KeepsakePeer::new);
    private static final List<Supplier<Peer<? super MongoPlace>>> MONGODB_PEERS =
            List.of(CodecPeer::new, PojoPeer::new, MorphiaPeer::new, KeepsakePeer::new);
    /** How many times fewer objects there are where a slow peer takes part. */
    private static final int FEWER = 10;

    private static final String USAGE = """
            benchmarks/run [sqlite|postgresql|mariadb|redis|mongodb] [--scale N] [--rounds N] [--peers NAME,...] [OPERATION...]
                compares on one database (sqlite); N releases (200000, on Redis and MongoDB 50000), so many rounds after one to warm up (3);
                peers: %s; on Redis %s, and %s with a tenth of the releases; on MongoDB %s;
                operations: %s
            benchmarks/run linear [--rounds N]
                measures Keepsake's flush over the objects of a session, and draws docs/images/flush.svg""";

    private boolean linear;
    private boolean redis;
    private boolean mongodb;
    private Product product = Product.SQLITE;
    private int scale;
    private int rounds = 3;
    private List<String> names = List.of();
    private final List<Operation> operations = new ArrayList<>();

    private Main(String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "linear" -> linear = true;
                case "redis" -> redis = true;
                case "mongodb" -> mongodb = true;
                case "sqlite", "postgresql", "mariadb" -> product = Product.valueOf(constant(arguments[i]));
                case "--scale" -> scale = Integer.parseInt(arguments[++i]);
                case "--rounds" -> rounds = Integer.parseInt(arguments[++i]);
                case "--peers" -> names = List.of(arguments[++i].split(","));
                default -> operations.add(Operation.valueOf(constant(arguments[i])));
            }
        }
        if (operations.isEmpty()) {
            operations.addAll(List.of(Operation.values()));
        }
        if (scale == 0) {
            scale = redis || mongodb ? 50_000 : 200_000;
        }
        if (!known().containsAll(names)) {
            throw new IllegalArgumentException("peers: " + names);
        }
    }

    private List<String> known() {
        if (redis) {
            return words(REDIS_PEERS, SLOW_REDIS_PEERS);
        }
        return mongodb ? words(MONGODB_PEERS) : words(PEERS);
    }

    private static String constant(String word) {
        return word.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String word(Peer<?> peer) {
        return peer.name().toLowerCase(Locale.ROOT).replace(' ', '-');
    }

    /** What those are called that are compared with the first. */
    @SafeVarargs
    private static <P extends Place> List<String> words(List<Supplier<Peer<? super P>>>... suppliers) {
        return Arrays.stream(suppliers)
                .flatMap(all -> all.subList(1, all.size()).stream())
                .map(supplier -> word(supplier.get()))
                .distinct()
                .toList();
    }

    /** The first, and of the others those that are asked for. */
    private <P extends Place> List<Supplier<Peer<? super P>>> chosen(List<Supplier<Peer<? super P>>> peers) {
        return peers.stream()
                .filter(peer -> names.isEmpty() || peer == peers.getFirst() || names.contains(word(peer.get())))
                .toList();
    }

    /** Measures, and writes markdown to standard output. */
    public static void main(String[] arguments) throws Exception {
        HIBERNATE.setLevel(Level.SEVERE);
        Main main;
        try {
            main = new Main(arguments);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            System.err.printf(
                    (USAGE) + "%n",
                    String.join(", ", words(PEERS)),
                    String.join(", ", words(REDIS_PEERS)),
                    words(SLOW_REDIS_PEERS).getFirst(),
                    String.join(", ", words(MONGODB_PEERS)),
                    operations());
            System.exit(2);
            return;
        }
        if (main.linear) {
            main.linear();
        } else if (main.redis) {
            main.redis();
        } else if (main.mongodb) {
            main.mongodb();
        } else {
            try (Databases<Database> databases = Databases.open(main.product)) {
                main.compare(
                        databases,
                        PEERS,
                        main.scale,
                        Measured::cpu,
                        "raw JDBC",
                        "the processor time of the calling thread");
            }
        }
    }

    private static String operations() {
        return String.join(
                ", ", Arrays.stream(Operation.values()).map(Main::word).toList());
    }

    /** Lettuce works in threads of its own, so that all of them count. */
    private void redis() throws Exception {
        String cpu = "the processor time of all threads";
        try (Databases<RedisPlace> places = RedisPlaces.open()) {
            if (names.isEmpty() || words(REDIS_PEERS).containsAll(names)) {
                compare(places, REDIS_PEERS, scale, Measured::allCpu, "Jedis", cpu);
            }
            if (names.isEmpty() || !words(REDIS_PEERS).containsAll(names)) {
                compare(places, SLOW_REDIS_PEERS, Math.max(1, scale / FEWER), Measured::allCpu, "Jedis", cpu);
            }
        }
    }

    /** The driver's monitors work in threads of their own, and hardly. */
    private void mongodb() throws Exception {
        try (Databases<MongoPlace> places = MongoPlaces.open()) {
            compare(
                    places,
                    MONGODB_PEERS,
                    scale,
                    Measured::cpu,
                    "the driver",
                    "the processor time of the calling thread");
        }
    }

    private <P extends Place> void compare(
            Databases<P> databases,
            List<Supplier<Peer<? super P>>> peers,
            int size,
            ToLongFunction<Measured> cpu,
            String yardstick,
            String cpuName)
            throws Exception {
        Comparison<P> comparison = new Comparison<>(Data.of(size), operations, cpu);
        comparison.run(databases, chosen(peers), rounds);
        System.out.printf(
                Locale.ROOT, "%,d releases on %s, %d rounds, %s.%n%n", size, databases.version(), rounds, machine());
        System.out.printf("""
                Of %1$s the median time, in brackets %2$s. Of the others `m / b (c)`: m \
                the median over the rounds of the time in relation to %1$s in the same round, b best against best, c the same \
                as m for %2$s. 1.00 is as fast as %1$s.

                """, yardstick, cpuName);
        comparison.print(System.out);
        System.out.println();
    }

    private void linear() throws Exception {
        Linear linear = new Linear();
        linear.run(rounds);
        System.out.printf(Locale.ROOT, "Keepsake on SQLite, median of %d rounds, %s.%n%n", rounds, machine());
        linear.print(System.out);
        Path file = Path.of(System.getProperty("benchmarks.root", "."), "docs", "images", "flush.svg");
        Files.createDirectories(file.getParent());
        Files.writeString(file, linear.plot());
    }

    private static String machine() {
        return "JDK %s, %d processors"
                .formatted(Runtime.version().feature(), Runtime.getRuntime().availableProcessors());
    }
}
