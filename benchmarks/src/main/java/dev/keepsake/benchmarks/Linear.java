package dev.keepsake.benchmarks;

import dev.keepsake.benchmarks.keepsake.KeepsakePeer;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How the time of a flush grows with the objects of a session: a tenth of them changed, and none of them. */
final class Linear {
    private static final List<Integer> SIZES = List.of(12_500, 25_000, 50_000, 100_000, 200_000);

    private final Map<Integer, List<Double>> flushes = new LinkedHashMap<>();
    private final Map<Integer, List<Double>> checks = new LinkedHashMap<>();

    /** Runs so many rounds after one that only warms up. */
    void run(int rounds) throws Exception {
        Data data = Data.of(SIZES.getLast());
        try (Databases<Database> databases = Databases.open(Product.SQLITE);
                KeepsakePeer peer = new KeepsakePeer()) {
            Database database = databases.create(peer.name());
            peer.open(database);
            peer.insert(data).run();
            long stored = Operation.INSERT.stored(data);
            for (int round = 0; round <= rounds; round++) {
                System.err.printf("%s%n", round == 0 ? "warming up" : "round " + round + " of " + rounds);
                for (int size : SIZES) {
                    stored += measure(peer, size, round > 0);
                    database.check(data, stored, "the flush");
                }
            }
        }
    }

    /** One session; gives how many objects it changed. */
    private long measure(KeepsakePeer peer, int size, boolean counts) throws Exception {
        try (KeepsakePeer.Loaded loaded = peer.load(size)) {
            Measured check = Measured.of(() -> loaded.session().hasChanges() ? 1 : 0);
            if (check.result() != 0) {
                throw new IllegalStateException("there are changes where nothing was changed");
            }
            long changed = loaded.change();
            Measured flush = Measured.of(() -> {
                loaded.session().commit();
                return changed;
            });
            if (counts) {
                checks.computeIfAbsent(size, s -> new ArrayList<>()).add(check.millis());
                flushes.computeIfAbsent(size, s -> new ArrayList<>()).add(flush.millis());
            }
            return changed;
        }
    }

    /** Writes the table of times. */
    void print(PrintStream out) {
        out.println(
                "| objects in the session | dirty check, ms | per object, ns | flush of a tenth, ms | per object, ns |");
        out.println("|---|---|---|---|---|");
        for (int size : SIZES) {
            double check = Comparison.median(checks.get(size));
            double flush = Comparison.median(flushes.get(size));
            out.printf(
                    Locale.ROOT,
                    "| %,d | %.1f | %.0f | %.0f | %.0f |%n",
                    size,
                    check,
                    check * 1e6 / size,
                    flush,
                    flush * 1e6 / size);
        }
    }

    /** The same as a plot. */
    String plot() {
        Plot plot = new Plot("Flush of one session on SQLite", "objects in the session", "milliseconds");
        plot.line("flush, a tenth changed", points(flushes));
        plot.line("dirty check, nothing changed", points(checks));
        return plot.svg();
    }

    private static Map<Integer, Double> points(Map<Integer, List<Double>> times) {
        Map<Integer, Double> points = new LinkedHashMap<>();
        times.forEach((size, all) -> points.put(size, Comparison.median(all)));
        return points;
    }
}
