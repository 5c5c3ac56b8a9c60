package dev.keepsake.redis;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Stale;
import dev.keepsake.store.Taken;
import dev.keepsake.store.WriteResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One commit: a changeset as the one call of {@code write.lua} that does it, and what the script answers as what a store says. A guard
 * compares text; where the text differs but the value is the same, the call is made anew with the text that is there.
 */
final class RedisCommit {
    private static final int ATTEMPTS = 20;
    /** How many arguments there may be, a little less than a server takes (1,048,576, {@code processMultibulkBuffer} in its source). */
    private static final int ARGUMENTS = 1_000_000;
    /** Two arguments each. */
    private static final int MOST = ARGUMENTS / 2;

    private final RedisStore store;
    private final List<RedisWrite> writes = new ArrayList<>();
    private final String id = UUID.randomUUID().toString();
    private final Map<String, RedisKind> kinds = new LinkedHashMap<>();
    /** What is there, by write, where that is another text than expected of the same value. */
    private final IdentityHashMap<RedisWrite, Map<String, byte[]>> found = new IdentityHashMap<>();

    /** The first call, where it was made beforehand. */
    private @Nullable RedisCall ready;

    /** The fields of an index that is being built. */
    private Set<String> reindexed = Set.of();

    RedisCommit(RedisStore store, List<? extends Changeset.Entry> entries) {
        this.store = store;
        Map<String, Long> rows = rowNumbers(entries);
        entries.forEach(entry -> add(entry, rows));
    }

    /** Gives an index objects that are still as they were read. */
    static void reindex(RedisStore store, Kind kind, List<State> states, Set<String> fields) {
        RedisCommit commit = new RedisCommit(store, List.of());
        for (State state : states) {
            Guard guard = Guard.of(state, fields);
            commit.writes.add(
                    new RedisWrite(RedisWrite.Op.REINDEX, kind, kind.requireIdOf(state), state, Set.of(), guard));
        }
        commit.reindexed = fields;
        commit.write();
    }

    /** Numbers for objects of bags, which nothing else tells apart: the first of each kind. */
    private Map<String, Long> rowNumbers(List<? extends Changeset.Entry> entries) {
        Map<Kind, Long> counts = new LinkedHashMap<>();
        for (Changeset.Entry entry : entries) {
            if (entry.kind().isBag() && entry instanceof Changeset.Insert) {
                counts.merge(entry.kind(), 1L, Long::sum);
            }
        }
        Map<String, Long> first = new HashMap<>();
        counts.forEach((kind, count) -> first.put(
                kind.name(), store.reserveIds(kind, Math.toIntExact(count)).getFirst()));
        return first;
    }

    private void add(Changeset.Entry entry, Map<String, Long> rows) {
        Kind kind = entry.kind();
        switch (entry) {
            case Changeset.Insert insert -> {
                Object given = kind.isBag()
                        ? Objects.requireNonNull(rows.merge(kind.name(), 1L, Long::sum)) - 1
                        : kind.requireIdOf(insert.state());
                writes.add(new RedisWrite(RedisWrite.Op.INSERT, kind, given, insert.state(), null, null));
            }
            case Changeset.Put put ->
                writes.add(new RedisWrite(
                        RedisWrite.Op.PUT, kind, kind.requireIdOf(put.state()), put.state(), null, null));
            case Changeset.Update update ->
                writes.add(new RedisWrite(
                        RedisWrite.Op.UPDATE,
                        kind,
                        kind.requireIdOf(update.state()),
                        update.state(),
                        Collections.unmodifiableSet(new LinkedHashSet<>(update.changed())),
                        update.guard()));
            case Changeset.Delete delete ->
                writes.add(new RedisWrite(RedisWrite.Op.DELETE, kind, delete.id(), null, null, delete.guard()));
            case Changeset.DeleteWhere delete -> {
                Selection selection = Selection.of(kind).where(delete.where());
                for (State state : new RedisTransaction(store).find(selection).list()) {
                    writes.add(new RedisWrite(RedisWrite.Op.REMOVE, kind, kind.requireIdOf(state), null, null, null));
                }
            }
            case Changeset.UpdateWhere update ->
                throw new IllegalStateException("the buffer makes writes by id of it: " + update.where());
        }
    }

    // ---- the call

    /** Makes the call ready, so that {@link #write} need only send it. */
    RedisCommit prepare() {
        if (!writes.isEmpty()) {
            ready = call();
        }
        return this;
    }

    WriteResult write() {
        if (writes.isEmpty()) {
            return WriteResult.NOTHING;
        }
        for (int attempt = 1; attempt <= ATTEMPTS; ) {
            List<?> answer = store.link().commit(ready == null ? call() : ready);
            ready = null;
            switch (RedisStore.word(answer)) {
                case "ok" -> {
                    return result();
                }
                case "schema" -> {
                    store.catalog().forget();
                    attempt++;
                }
                case "guard" -> recompare(number(answer));
                default -> throw refused(answer);
            }
        }
        throw RedisErrors.busySchema(writes.getFirst().kind().name());
    }

    private void learnKinds() {
        kinds.clear();
        for (RedisWrite write : writes) {
            if (!kinds.containsKey(write.kind().name())) {
                kinds.put(write.kind().name(), store.catalog().findOrCreate(write.kind()));
            }
        }
        kinds.values().stream().filter(RedisKind::isGoing).findFirst().ifPresent(going -> {
            throw Problem.STORE_BUSY
                    .because("kind %s is being dropped", going.kind().name())
                    .store(store.info())
                    .hint("wait until it is; where that was interrupted, drop it again")
                    .fault();
        });
        Set<String> tags = kinds.values().stream().map(RedisKind::tag).collect(Collectors.toSet());
        if (store.link().isCluster() && tags.size() > 1) {
            throw Problem.COMMIT_SPANS_SHARDS
                    .because("a commit covers one shard of a cluster, and this one writes to %d", tags.size())
                    .store(store.info())
                    .fact("kinds", String.join(", ", kinds.keySet()))
                    .hint("commit the kinds of each @Shard alone")
                    .fault();
        }
    }

    private RedisKind known(Kind kind) {
        return Objects.requireNonNull(kinds.get(kind.name()));
    }

    private RedisCall call() {
        if (writes.size() > MOST) {
            throw Problem.REQUEST_INVALID
                    .because("a commit on Redis has at most %d writes, not %d", MOST, writes.size())
                    .store(store.info())
                    .hint("load() commits masses in batches")
                    .fault();
        }
        store.probe();
        learnKinds();
        String tag = kinds.values().iterator().next().tag();
        RedisKeys keys = store.catalog().keys();
        RedisCall call = new RedisCall(RedisScript.WRITE)
                .key(keys.commit(tag, id))
                .key(keys.changes(tag))
                .with(store.options().remembered().toSeconds())
                .with(store.options().changes())
                .with(kinds.size());
        Map<String, Integer> numbers = new HashMap<>();
        for (RedisKind kind : kinds.values()) {
            numbers.put(kind.kind().name(), numbers.size() + 1);
            call.kind(kind).with(greatest(kind.kind()));
        }
        addWrites(call, numbers);
        return call;
    }

    /** The writes in order, neighbours that are alike as a run. */
    private void addWrites(RedisCall call, Map<String, Integer> numbers) {
        List<RedisRun> runs = new ArrayList<>();
        Set<String> added = new HashSet<>();
        int left = ARGUMENTS - 2 * writes.size();
        for (RedisWrite write : writes) {
            RedisKind kind = known(write.kind());
            boolean isWhole = write.is(RedisWrite.Op.INSERT) || write.is(RedisWrite.Op.PUT);
            if (isWhole && !added.add(write.key(kind))) {
                throw exists(write);
            }
            RedisRun.Sort sort = RedisRun.Sort.of(write, kind);
            if (sort.arguments() > left) {
                sort = new RedisRun.Sort.Each();
            }
            left -= sort.arguments();
            if (runs.isEmpty() || !runs.getLast().takes(kind, sort)) {
                int number = Objects.requireNonNull(numbers.get(kind.kind().name()));
                runs.add(new RedisRun(kind, number, sort));
            }
            runs.getLast().add(write);
        }
        call.with(runs.size());
        runs.forEach(run -> run.addTo(call, reindexed, this::there));
    }

    /** What is there in place of what a guard expects. */
    private Map<String, byte[]> there(RedisWrite write) {
        return found.getOrDefault(write, Map.of());
    }

    /** The greatest number among new ids, below which none is to be given any more. */
    private String greatest(Kind kind) {
        if (kind.generation() != Generation.IDENTITY) {
            return "";
        }
        long greatest = 0;
        for (RedisWrite write : writes) {
            boolean isNew = write.is(RedisWrite.Op.INSERT) || write.is(RedisWrite.Op.PUT);
            if (isNew
                    && write.id() instanceof Long number
                    && write.kind().name().equals(kind.name())) {
                greatest = Math.max(greatest, number);
            }
        }
        return greatest == 0 ? "" : Long.toString(greatest);
    }

    // ---- the answer

    private static int number(List<?> answer) {
        return Math.toIntExact((Long) answer.get(1)) - 1;
    }

    private RuntimeException refused(List<?> answer) {
        String word = RedisStore.word(answer);
        if (word.equals("type")) {
            return Problem.REQUEST_INVALID
                    .because(
                            "the key %s holds a %s of somebody else",
                            Report.quote(RedisKeys.text((byte[]) answer.get(3))),
                            RedisKeys.text((byte[]) answer.get(2)))
                    .store(store.info())
                    .hint("rename that key, or open the store with another prefix: ?prefix=NAME")
                    .fault();
        }
        RedisWrite write = writes.get(number(answer));
        RedisKind kind = known(write.kind());
        return switch (word) {
            case "missing" -> Stale.conflict(write.kind(), write.id(), null, write.expected(kind));
            case "exists" -> exists(write);
            case "unique" -> taken(write, kind, RedisKeys.text((byte[]) answer.get(2)));
            default -> new IllegalStateException("write.lua answers " + word);
        };
    }

    private RuntimeException exists(RedisWrite write) {
        return Taken.report(write.kind().name(), write.kind().id(), String.valueOf(write.id()), true)
                .at(write.kind().name() + "/" + Report.quote(write.id()))
                .store(store.info())
                .fault();
    }

    /**
     * A guard did not find its text: the object has other values, or the same ones in another text. Where one has, those behind it
     * mostly have too, so they are all looked at.
     */
    private void recompare(int from) {
        for (RedisWrite write : writes.subList(from, writes.size())) {
            if (write.guard() != null) {
                recompare(write, known(write.kind()));
            }
        }
    }

    private void recompare(RedisWrite write, RedisKind kind) {
        Map<byte[], byte[]> hash = store.link().ask(redis -> redis.hgetall(RedisKeys.bytes(write.key(kind))));
        State stored = hash.isEmpty() ? null : kind.states().ofHash(hash);
        Guard guard = write.expected(kind);
        Stale.check(write.kind(), write.id(), stored, guard);
        Map<String, byte[]> there = new HashMap<>();
        hash.forEach((field, text) -> there.put(RedisKeys.text(field), text));
        Map<String, byte[]> expected = new HashMap<>();
        guard.expected().keySet().forEach(field -> expected.put(field, there.getOrDefault(field, RedisStates.NULL)));
        found.put(write, expected);
    }

    private RuntimeException taken(RedisWrite write, RedisKind kind, String key) {
        Index index = kind.kind().indexes().stream()
                .filter(each -> kind.keys().index(kind.kind(), each.name()).equals(key))
                .findFirst()
                .orElseThrow();
        State state = Objects.requireNonNull(write.state());
        String value = index.fields().stream()
                .map(field -> String.valueOf(state.get(field)))
                .collect(Collectors.joining(", "));
        return Taken.report(write.kind().name(), index.fields(), value, false)
                .at(write.kind().name() + "/" + Report.quote(write.id()))
                .store(store.info())
                .fault();
    }

    private WriteResult result() {
        List<Object> ids = new ArrayList<>();
        long inserted = 0;
        long matched = 0;
        long deleted = 0;
        for (RedisWrite write : writes) {
            switch (write.op()) {
                case INSERT -> {
                    inserted++;
                    if (!write.kind().isBag()) {
                        ids.add(write.id());
                    }
                }
                case PUT, UPDATE, REINDEX -> matched++;
                case DELETE, REMOVE -> deleted++;
            }
        }
        return new WriteResult(ids, inserted, matched, matched, deleted);
    }
}
