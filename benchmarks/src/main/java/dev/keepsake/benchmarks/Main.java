package dev.keepsake.benchmarks;

import dev.keepsake.benchmarks.ebean.EbeanPeer;
import dev.keepsake.benchmarks.hibernate.HibernatePeer;
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
            List.of(RawPeer::new, KeepsakePeer::new, HibernatePeer::new, EbeanPeer::new);
    private static final String USAGE = """
            benchmarks/run [--scale N] [--rounds N] [--peers NAME,...] [--operations NAME,...]
                compares on SQLite; N releases (200000), so many rounds after one to warm up (3);
                peers: keepsake, hibernate, ebean; operations: %s
            benchmarks/run linear [--rounds N]
                measures Keepsake's flush over the objects of a session, and draws docs/images/flush.svg""";

    private boolean linear;
    private int scale = 200_000;
    private int rounds = 3;
    private List<Supplier<Peer>> peers = PEERS;
    private List<Operation> operations = List.of(Operation.values());

    private Main(String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "linear" -> linear = true;
                case "--scale" -> scale = Integer.parseInt(arguments[++i]);
                case "--rounds" -> rounds = Integer.parseInt(arguments[++i]);
                case "--peers" -> peers = named(List.of(arguments[++i].split(",")));
                case "--operations" ->
                    operations = Arrays.stream(arguments[++i].split(","))
                            .map(name -> Operation.valueOf(name.toUpperCase(Locale.ROOT)))
                            .toList();
                default -> throw new IllegalArgumentException(arguments[i]);
            }
        }
    }

    private static List<Supplier<Peer>> named(List<String> names) {
        List<Supplier<Peer>> chosen = new ArrayList<>();
        chosen.add(PEERS.getFirst());
        for (Supplier<Peer> peer : PEERS) {
            if (names.contains(peer.get().name().toLowerCase(Locale.ROOT))) {
                chosen.add(peer);
            }
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
            System.err.printf((USAGE) + "%n", String.join(", ", names()));
            System.exit(2);
            return;
        }
        if (main.linear) {
            main.linear();
        } else {
            main.compare();
        }
    }

    private static List<String> names() {
        return Arrays.stream(Operation.values())
                .map(operation -> operation.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    private void compare() throws Exception {
        Comparison comparison = new Comparison(Data.of(scale), operations);
        comparison.run(peers, rounds);
        System.out.printf(Locale.ROOT, "%,d releases on SQLite, %d rounds, %s.%n%n", scale, rounds, machine());
        System.out.println("""
                A cell is `m / b (c)`: m the median over the rounds of the time in relation to raw JDBC in the same round, \
                b best against best, c the same as m for the processor time of the calling thread. 1.00 is as fast as raw JDBC.
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
