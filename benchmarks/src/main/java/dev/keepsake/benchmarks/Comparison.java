package dev.keepsake.benchmarks;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Peers side by side: in each round each operation is done by all of them, one after the other, beginning with another one
 * each time, each on a file of its own. They stay open from round to round, as they do in an application; a round begins
 * with empty tables. The first of them is what the others are compared with.
 */
final class Comparison {
    private final Data data;
    private final List<Operation> operations;
    private final Map<Operation, Map<String, List<Measured>>> results = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();

    Comparison(Data data, List<Operation> operations) {
        this.data = data;
        this.operations = operations;
    }

    /** Runs so many rounds after one that only warms up. */
    void run(List<Supplier<Peer>> suppliers, int rounds) throws Exception {
        try (Folder folder = Folder.make()) {
            List<Peer> peers = suppliers.stream().map(Supplier::get).toList();
            for (Peer peer : peers) {
                names.add(peer.name());
                peer.open(folder.file(peer.name()));
            }
            for (int round = 0; round <= rounds; round++) {
                System.err.printf("%s%n", round == 0 ? "warming up" : "round " + round + " of " + rounds);
                round(peers, round, folder);
            }
            for (Peer peer : peers) {
                peer.close();
            }
        }
    }

    private void round(List<Peer> peers, int round, Folder folder) throws Exception {
        for (Peer peer : peers) {
            Database.clear(folder.file(peer.name()));
        }
        for (Operation operation : Operation.values()) {
            if (operation == Operation.INSERT || operations.contains(operation)) {
                List<Peer> order = new ArrayList<>(peers);
                Collections.rotate(order, round + operation.ordinal());
                for (Peer peer : order) {
                    Measured measured = measure(operation, peer, folder.file(peer.name()));
                    if (round > 0) {
                        results.computeIfAbsent(operation, o -> new LinkedHashMap<>())
                                .computeIfAbsent(peer.name(), name -> new ArrayList<>())
                                .add(measured);
                    }
                }
            }
        }
    }

    /** One operation by one peer; what comes out must be what was to come out. */
    private Measured measure(Operation operation, Peer peer, Path file) throws Exception {
        Measured measured = Measured.of(operation.prepare(peer, data));
        long expected = operation.expected(data);
        if (measured.result() != expected) {
            throw new IllegalStateException(
                    "%s: %s gave %d, not %d".formatted(peer.name(), operation.title, measured.result(), expected));
        }
        Database.check(file, data, operation.stored(data), peer.name() + ": " + operation.title);
        return measured;
    }

    /** Writes the table of ratios. */
    void print(PrintStream out) {
        String yardstick = names.getFirst();
        List<String> others = names.subList(1, names.size());
        out.printf("| operation | %s, ms | %s |%n", yardstick, String.join(" | ", others));
        out.println("|---|---" + "|---".repeat(others.size()) + "|");
        results.forEach((operation, byPeer) -> {
            List<Measured> raw = byPeer.get(yardstick);
            out.printf(Locale.ROOT, "| %s | %.0f |", operation.title, best(raw) / 1e6);
            for (String other : others) {
                out.printf(" %s |", compared(byPeer.get(other), raw));
            }
            out.println();
        });
    }

    private static String compared(List<Measured> peer, List<Measured> raw) {
        return String.format(
                Locale.ROOT,
                "%.2f / %.2f (%.1f)",
                paired(peer, raw, Measured::nanos),
                best(peer) / (double) best(raw),
                paired(peer, raw, Measured::cpu));
    }

    /** The median of the ratios of each round. */
    private static double paired(List<Measured> peer, List<Measured> raw, ToLongFunction<Measured> figure) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < raw.size(); i++) {
            ratios.add(figure.applyAsLong(peer.get(i)) / (double) figure.applyAsLong(raw.get(i)));
        }
        return median(ratios);
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static long best(List<Measured> all) {
        return all.stream().mapToLong(Measured::nanos).min().orElseThrow();
    }
}
