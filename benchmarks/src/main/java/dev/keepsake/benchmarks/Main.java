package dev.keepsake.benchmarks;

import dev.keepsake.benchmarks.ebean.EbeanPeer;
import dev.keepsake.benchmarks.hibernate.HibernatePeer;
import dev.keepsake.benchmarks.jdbi.JdbiPeer;
import dev.keepsake.benchmarks.keepsake.KeepsakePeer;
import dev.keepsake.benchmarks.raw.RawPeer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What {@code benchmarks/run} starts. */
public final class Main {
    private static final Logger HIBERNATE = Logger.getLogger("org.hibernate");
    private static final List<Supplier<Peer>> PEERS =
            List.of(RawPeer::new, HibernatePeer::new, EbeanPeer::new, JdbiPeer::new, KeepsakePeer::new);
    private static final String USAGE = """
            benchmarks/run [sqlite|postgresql|mariadb] [--scale N] [--rounds N] [--peers NAME,...] [OPERATION...]
                compares on one database (sqlite); N releases (200000), so many rounds after one to warm up (3);
                peers: %s; operations: %s
            benchmarks/run linear [--rounds N]
                measures Keepsake's flush over the objects of a session, and draws docs/images/flush.svg""";

    private boolean linear;
    private Product product = Product.SQLITE;
    private int scale = 200_000;
    private int rounds = 3;
    private List<Supplier<Peer>> peers = PEERS;
    private final List<Operation> operations = new ArrayList<>();

    private Main(String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "linear" -> linear = true;
                case "sqlite", "postgresql", "mariadb" -> product = Product.valueOf(constant(arguments[i]));
                case "--scale" -> scale = Integer.parseInt(arguments[++i]);
                case "--rounds" -> rounds = Integer.parseInt(arguments[++i]);
                case "--peers" -> peers = named(List.of(arguments[++i].split(",")));
                default -> operations.add(Operation.valueOf(constant(arguments[i])));
            }
        }
        if (operations.isEmpty()) {
            operations.addAll(List.of(Operation.values()));
        }
    }

    private static String constant(String word) {
        return word.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String word(Supplier<Peer> peer) {
        return peer.get().name().toLowerCase(Locale.ROOT);
    }

    private static List<Supplier<Peer>> named(List<String> names) {
        List<Supplier<Peer>> chosen = new ArrayList<>();
        chosen.add(PEERS.getFirst());
        for (String name : names) {
            chosen.add(PEERS.stream()
                    .filter(peer -> word(peer).equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(name)));
        }
        return chosen;
    }

    /** Measures, and writes markdown to standard output. */
    public static void main(String[] arguments) throws Exception {
        HIBERNATE.setLevel(Level.SEVERE);
        Main main;
        try {
            main = new Main(arguments);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            System.err.printf((USAGE) + "%n", names(PEERS.subList(1, PEERS.size())), operations());
            System.exit(2);
            return;
        }
        if (main.linear) {
            main.linear();
        } else {
            main.compare();
        }
    }

    private static String names(List<Supplier<Peer>> peers) {
        return String.join(", ", peers.stream().map(Main::word).toList());
    }

    private static String operations() {
        return String.join(", ", Arrays.stream(Operation.values()).map(Main::word).toList());
    }

    private void compare() throws Exception {
        Comparison comparison = new Comparison(Data.of(scale), operations);
        String version;
        try (Databases databases = Databases.open(product)) {
            version = databases.version();
            comparison.run(databases, peers, rounds);
        }
        System.out.printf(Locale.ROOT, "%,d releases on %s, %d rounds, %s.%n%n", scale, version, rounds, machine());
        System.out.println("""
                Of raw JDBC the median time, in brackets the processor time of the calling thread. Of the others `m / b (c)`: m \
                the median over the rounds of the time in relation to raw JDBC in the same round, b best against best, c the same \
                as m for the processor time of the calling thread. 1.00 is as fast as raw JDBC.
                """);
        comparison.print(System.out);
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
