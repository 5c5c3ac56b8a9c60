package dev.keepsake.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Peers side by side: in each round each operation is done by all of them, one after the other, beginning with another one
 * each time, each in a place of its own. They stay open from round to round, as they do in an application; a round
 * begins with empty tables. The first of them is what the others are compared with; what it does not do is left out.
 *
 * @param <P> what the places are
 */
final class Comparison<P extends Place> {
    private final Data data;
    private final List<Operation> operations;
    private final ToLongFunction<Measured> cpu;
    private final Map<Operation, Map<String, List<Measured>>> results = new EnumMap<>(Operation.class);
    private final Map<Peer<? super P>, P> peers = new LinkedHashMap<>();
    private List<String> names = List.of();

    /** Prepares a comparison, with this as the processor time. */
    Comparison(Data data, List<Operation> operations, ToLongFunction<Measured> cpu) {
        this.data = data;
        this.operations = operations;
        this.cpu = cpu;
    }

    /** Runs so many rounds after one that only warms up. */
    void run(Databases<P> databases, List<Supplier<Peer<? super P>>> suppliers, int rounds) throws Exception {
        for (Supplier<Peer<? super P>> supplier : suppliers) {
            Peer<? super P> peer = supplier.get();
            P place = databases.create(peer.name());
            peer.open(place);
            place.tune();
            peers.put(peer, place);
        }
        names = peers.keySet().stream().map(Peer::name).toList();
        for (int round = 0; round <= rounds; round++) {
            System.err.printf("%s%n", round == 0 ? "warming up" : "round " + round + " of " + rounds);
            round(round);
        }
        for (Peer<?> peer : peers.keySet()) {
            peer.close();
        }
    }

    private void round(int round) throws Exception {
        for (Operation operation : Operation.values()) {
            if (operations.contains(operation) || (operation == Operation.INSERT && needsRows())) {
                List<Peer<? super P>> order = new ArrayList<>(peers.keySet());
                Collections.rotate(order, round + operation.ordinal());
                for (Peer<? super P> peer : order) {
                    Optional<Measured> measured = measure(operation, peer);
                    if (round > 0 && measured.isPresent()) {
                        results.computeIfAbsent(operation, o -> new LinkedHashMap<>())
                                .computeIfAbsent(peer.name(), name -> new ArrayList<>())
                                .add(measured.get());
                    }
                }
            }
        }
    }

    private boolean needsRows() {
        return operations.stream().anyMatch(operation -> !operation.beginsEmpty());
    }

    /** One operation by one peer, if it does such a thing; what comes out must be what was to come out. */
    private Optional<Measured> measure(Operation operation, Peer<? super P> peer) throws Exception {
        Optional<Peer.Timed> timed = operation.prepare(peer, data);
        if (timed.isEmpty()) {
            return Optional.empty();
        }
        P place = peers.get(peer);
        if (operation.beginsEmpty()) {
            place.clear();
        }
        Measured measured = Measured.of(timed.get());
        long expected = operation.expected(data);
        if (measured.result() != expected) {
            throw new IllegalStateException(
                    "%s: %s gave %d, not %d".formatted(peer.name(), operation.title, measured.result(), expected));
        }
        place.check(data, operation.stored(data), peer.name() + ": " + operation.title);
        if (operation == Operation.INSERT) {
            place.settle();
        }
        return Optional.of(measured);
    }

    /** Writes the table of ratios. */
    void print(PrintStream out) {
        String yardstick = names.getFirst();
        List<String> others = names.subList(1, names.size());
        out.printf("| operation | %s, ms | %s |%n", yardstick, String.join(" | ", others));
        out.println("|---|---" + "|---".repeat(others.size()) + "|");
        results.forEach((operation, byPeer) -> {
            List<Measured> raw = byPeer.get(yardstick);
            if (raw == null) {
                return;
            }
            out.printf(Locale.ROOT, "| %s | %s |", operation.title, operation == Operation.COPY ? copied(raw) : times(raw));
            for (String other : others) {
                out.printf(" %s |", byPeer.containsKey(other) ? compared(byPeer.get(other), raw) : "");
            }
            out.println();
        });
    }

    private String times(List<Measured> raw) {
        return String.format(Locale.ROOT, "%.0f (%.0f)", middle(raw, Measured::nanos), middle(raw, cpu));
    }

    /** What raw JDBC does in another way is compared with its usual one. */
    private String copied(List<Measured> raw) {
        Map<String, List<Measured>> usual = results.get(Operation.LOAD);
        return usual == null ? times(raw) : times(raw) + ": " + compared(raw, usual.get(names.getFirst()));
    }

    private String compared(List<Measured> peer, List<Measured> raw) {
        return String.format(
                Locale.ROOT,
                "%.2f / %.2f (%.2f)",
                paired(peer, raw, Measured::nanos),
                best(peer) / (double) best(raw),
                paired(peer, raw, cpu));
    }

    /** The median of the ratios of each round. */
    private static double paired(List<Measured> peer, List<Measured> raw, ToLongFunction<Measured> figure) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < raw.size(); i++) {
            ratios.add(figure.applyAsLong(peer.get(i)) / (double) figure.applyAsLong(raw.get(i)));
        }
        return median(ratios);
    }

    /** The median of the milliseconds of each round. */
    private static double middle(List<Measured> all, ToLongFunction<Measured> figure) {
        return median(all.stream().map(each -> figure.applyAsLong(each) / 1e6).toList());
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
