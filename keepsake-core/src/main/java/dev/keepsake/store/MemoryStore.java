package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alterations;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Request;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;

/**
 * The store in memory: the shortest true implementation of {@link Store}, and the oracle that every other is compared with.
 * It takes any {@link Features} as its own, so that refusals, buffering and ids of a store are proven before that store
 * exists; it never asks for a name.
 *
 * <p>What is committed is an immutable map of tables. A transaction reads the one that was committed when it began, writes
 * copies of the tables it touches, and publishes them at commit; if others committed in between, its objects are merged
 * in unless one of them was changed there too (first committer wins, as in Berenson et al., "A Critique of ANSI SQL
 * Isolation Levels", 1995).
 */
final class MemoryStore implements Store {
    private final Features features;
    private final Semaphore writer = new Semaphore(1);
    private final Map<String, Long> numbers = new LinkedHashMap<>();
    private Map<String, MemoryTable> committed = Map.of();

    MemoryStore(Features features) {
        this.features = features;
    }

    @Override
    public StoreInfo info() {
        return new StoreInfo("memory", "in this process", Runtime.version().toString());
    }

    @Override
    public Features features() {
        return features;
    }

    Semaphore writer() {
        return writer;
    }

    synchronized Map<String, MemoryTable> committed() {
        removeOver();
        return committed;
    }

    /** Objects whose time is over go before anyone looks. */
    private void removeOver() {
        Instant now = now();
        if (committed.values().stream().anyMatch(table -> table.living(now) != table)) {
            Map<String, MemoryTable> living = new LinkedHashMap<>(committed);
            living.replaceAll((name, table) -> table.living(now));
            committed = living;
        }
    }

    /** Makes the result of a function of what is committed what is committed. */
    synchronized Map<String, MemoryTable> publish(UnaryOperator<Map<String, MemoryTable>> change) {
        removeOver();
        committed = change.apply(committed);
        return committed;
    }

    @Override
    public Transaction begin(TransactionOptions options) {
        return new MemoryTransaction(this, options);
    }

    @Override
    public Transaction join(Object nativeTransaction) {
        if (nativeTransaction instanceof MemoryTransaction transaction) {
            return new Joined(transaction);
        }
        throw Problem.REQUEST_INVALID
                .because(
                        "a %s is no transaction of this store",
                        nativeTransaction.getClass().getName())
                .hint("pass what unwrap(Object.class) gave")
                .fault();
    }

    @Override
    public List<String> render(Request request) {
        return switch (request) {
            case Changeset changes ->
                changes.entries().stream().map(MemoryStore::words).distinct().toList();
            case Alterations alterations ->
                alterations.steps().stream().map(Object::toString).toList();
            case Selection selection -> List.of("find " + selection.kind().name());
            case Rows rows -> List.of("rows of " + rows.source().root().name());
            case Aggregation aggregation ->
                List.of("figures of " + aggregation.source().root().name());
        };
    }

    /** There is no native text; this says what is done to which kind. */
    private static String words(Changeset.Entry entry) {
        return entry.getClass().getSimpleName() + " " + entry.kind().name();
    }

    @Override
    public Explanation explain(Selection selection) {
        return Indexing.plan(selection);
    }

    @Override
    public List<Long> reserveIds(Kind kind, int count) {
        List<Long> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(nextId(kind.name(), 1));
        }
        return ids;
    }

    /** A number that no object of the kind has, had, or will have, and that is not below the given one. */
    synchronized long nextId(String kind, long least) {
        MemoryTable table = committed.get(kind);
        long next = Math.max(Math.max(numbers.getOrDefault(kind, 1L), least), table == null ? 1 : table.nextId());
        numbers.put(kind, next + 1);
        return next;
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public <T> T unwrap(Class<T> nativeType) {
        throw Problem.FEATURE_MISSING
                .because("memory has no %s", nativeType.getName())
                .store(info())
                .fault();
    }

    @Override
    public void close() {
        publish(tables -> Map.of());
    }
}
