package dev.keepsake.redis;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Stale;
import dev.keepsake.store.Taken;
import dev.keepsake.store.WriteResult;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
    private static final String KEPT = "";
    /** How many places the script needs of its own behind those of a write. */
    private static final int PLACES = 4;

    /** Two arguments each, of which a server takes a million and some ("Protocol" in Redis' manual, since 6.2). */
    private static final int MOST = 500_000;

    private final RedisStore store;
    private final List<Write> writes = new ArrayList<>();
    private final String id = UUID.randomUUID().toString();
    private final Map<String, RedisKind> kinds = new LinkedHashMap<>();
    /** What is there, by the number of a write, where that is another text than expected of the same value. */
    private final Map<Integer, Map<String, byte[]>> found = new HashMap<>();

    /** The fields of an index that is being built. */
    private Set<String> reindexed = Set.of();

    /**
     * One write of one object.
     *
     * @param op what is done
     * @param kind as the caller knows it
     * @param id of the object
     * @param state the whole object; null where it goes
     * @param changed the fields that are written; null for all
     * @param guard what must still be so; null for nothing
     */
    private record Write(
            Op op,
            Kind kind,
            Object id,
            @Nullable State state,
            @Nullable Set<String> changed,
            @Nullable Guard guard) {}

    /** What the script does with an object. */
    private enum Op {
        /** Adds it; it must not be there. */
        INSERT("insert"),
        /** Adds or replaces it. */
        PUT("put"),
        /** Changes it; it must be there. */
        UPDATE("update"),
        /** Gives an index that is being built what it lacks of it. */
        REINDEX("reindex"),
        /** Deletes it; it must be there. */
        DELETE("delete"),
        /** Deletes it if it is there. */
        REMOVE("remove");

        private final String word;

        Op(String word) {
            this.word = word;
        }
    }

    RedisCommit(RedisStore store, Changeset changes) {
        this.store = store;
        Map<String, Long> rows = rowNumbers(changes);
        changes.entries().forEach(entry -> add(entry, rows));
    }

    /** Gives an index objects that are still as they were read. */
    static void reindex(RedisStore store, Kind kind, List<State> states, Set<String> fields) {
        RedisCommit commit = new RedisCommit(store, Changeset.of());
        for (State state : states) {
            Guard guard = Guard.of(state, fields);
            commit.writes.add(new Write(Op.REINDEX, kind, kind.requireIdOf(state), state, Set.of(), guard));
        }
        commit.reindexed = fields;
        commit.write();
    }

    /** Numbers for objects of bags, which nothing else tells apart: the first of each kind. */
    private Map<String, Long> rowNumbers(Changeset changes) {
        Map<Kind, Long> counts = new LinkedHashMap<>();
        for (Changeset.Entry entry : changes.entries()) {
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
                writes.add(new Write(Op.INSERT, kind, given, insert.state(), null, null));
            }
            case Changeset.Put put ->
                writes.add(new Write(Op.PUT, kind, kind.requireIdOf(put.state()), put.state(), null, null));
            case Changeset.Update update ->
                writes.add(new Write(
                        Op.UPDATE,
                        kind,
                        kind.requireIdOf(update.state()),
                        update.state(),
                        Set.copyOf(update.changed()),
                        update.guard()));
            case Changeset.Delete delete ->
                writes.add(new Write(Op.DELETE, kind, delete.id(), null, null, delete.guard()));
            case Changeset.DeleteWhere delete -> {
                Selection selection = Selection.of(kind).where(delete.where());
                for (State state : new RedisTransaction(store).find(selection).list()) {
                    writes.add(new Write(Op.REMOVE, kind, kind.requireIdOf(state), null, null, null));
                }
            }
            case Changeset.UpdateWhere update ->
                throw new IllegalStateException("the buffer makes writes by id of it: " + update.where());
        }
    }

    // ---- the call

    WriteResult write() {
        if (writes.isEmpty()) {
            return WriteResult.NOTHING;
        }
        if (writes.size() > MOST) {
            throw Problem.REQUEST_INVALID
                    .because("a commit on Redis has at most %d writes, not %d", MOST, writes.size())
                    .store(store.info())
                    .hint("load() commits masses in batches")
                    .fault();
        }
        store.probe();
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            learnKinds();
            List<?> answer = store.link().commit(call());
            if (isDone(answer)) {
                return result();
            }
        }
        throw RedisErrors.busySchema(writes.getFirst().kind.name());
    }

    private void learnKinds() {
        kinds.clear();
        for (Write write : writes) {
            if (!kinds.containsKey(write.kind.name())) {
                kinds.put(write.kind.name(), store.catalog().findOrCreate(write.kind));
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
        call.with(writes.size());
        for (int i = 0; i < writes.size(); i++) {
            Write write = writes.get(i);
            add(call, write, i, Objects.requireNonNull(numbers.get(write.kind.name())));
        }
        return call;
    }

    /** The greatest number among new ids, below which none is to be given any more. */
    private String greatest(Kind kind) {
        if (kind.generation() != Generation.IDENTITY) {
            return "";
        }
        long greatest = 0;
        for (Write write : writes) {
            boolean isNew = write.op == Op.INSERT || write.op == Op.PUT;
            if (isNew && write.id instanceof Long number && write.kind.name().equals(kind.name())) {
                greatest = Math.max(greatest, number);
            }
        }
        return greatest == 0 ? "" : Long.toString(greatest);
    }

    private void add(RedisCall call, Write write, int number, int kindNumber) {
        RedisKind kind = known(write.kind);
        Object id = kind.kind().isBag() ? write.id : kind.kind().fitId(write.id);
        String text = kind.states().idText(id);
        byte[] order = kind.states().idOrder(id);
        List<byte[]> set = new ArrayList<>();
        List<byte[]> unset = new ArrayList<>();
        State state = write.state == null ? null : fitted(write.state, kind.kind());
        if (state != null) {
            fields(write, state, kind, set, unset);
        }
        Packed packed = new Packed()
                .text(write.op.word)
                .number(kindNumber)
                .text(text)
                .text(tail(order, text))
                .texts(guards(write, number, kind))
                .texts(set)
                .texts(unset);
        addParts(packed, write, state, kind, order);
        packed.text(state == null ? KEPT : expiry(write, state, kind.kind()))
                .text(kind.present())
                .nothing(PLACES);
        call.key(kind.keys().objects(kind.kind()) + text).with(packed.bytes());
    }

    /** The State as it is kept, from which everything else is made: its hash, its key, and its entries. */
    private static State fitted(State state, Kind kept) {
        return state.shape().equals(kept.shape()) ? state : kept.state(state.toMap());
    }

    /** What indexes are told: of a whole object everything, ready to be kept; of an update the parts that change. */
    private void addParts(Packed packed, Write write, @Nullable State state, RedisKind kind, byte[] order) {
        boolean isWhole = state != null && write.changed == null;
        boolean hasBooks =
                !kind.kind().indexes().isEmpty() || kind.kind().expiry().isPresent();
        if (state == null || !isWhole || !hasBooks) {
            packed.texts(state == null || isWhole ? List.of() : given(write, state, kind, order))
                    .text(KEPT)
                    .list(0)
                    .list(0);
            return;
        }
        RedisKind.Sorted sorted = kind.sorted(state, order);
        packed.list(0)
                .text(sorted.record().bytes())
                .texts(sorted.keys())
                .list(sorted.unique().size());
        sorted.unique().forEach(packed::number);
    }

    /** The parts of indexes that an update changes, and the sort key of the id under the empty name; nothing where none changes. */
    private List<byte[]> given(Write write, State state, RedisKind kind, byte[] order) {
        List<byte[]> given = kind.parts(state, write.op == Op.REINDEX ? reindexed : write.changed);
        if (!given.isEmpty()) {
            given.add(new byte[0]);
            given.add(order);
        }
        return given;
    }

    /** The sort key of an id, then the id and its length in four bytes. */
    private static byte[] tail(byte[] order, String id) {
        byte[] text = RedisKeys.bytes(id);
        return ByteBuffer.allocate(order.length + text.length + Integer.BYTES)
                .put(order)
                .put(text)
                .putInt(text.length)
                .array();
    }

    private List<byte[]> guards(Write write, int number, RedisKind kind) {
        List<byte[]> guards = new ArrayList<>();
        if (write.guard != null) {
            Map<String, byte[]> there = found.getOrDefault(number, Map.of());
            write.guard.cut(kind.kind()).expected().forEach((field, value) -> {
                guards.add(RedisKeys.bytes(field));
                byte[] text = there.get(field);
                guards.add(text == null ? kind.states().encoded(field, value) : text);
            });
        }
        return guards;
    }

    private static void fields(Write write, State state, RedisKind kind, List<byte[]> set, List<byte[]> unset) {
        if (write.changed == null) {
            state.toMap().forEach((field, value) -> set(field, value, kind, set));
            kind.kind().fields().forEach(field -> requireSet(kind.kind(), field, state.get(field.name())));
            if (set.isEmpty()) {
                set(kind.kind().fields().getFirst().name(), null, kind, set); // a hash without fields is none
            }
            return;
        }
        for (String field : write.changed) {
            int position = state.shape().position(field);
            boolean isThere =
                    position >= 0 ? state.has(position) : state.extra().containsKey(field);
            Object value = state.get(field);
            kind.kind().field(field).ifPresent(known -> requireSet(kind.kind(), known, value));
            if (isThere) {
                set(field, value, kind, set);
            } else {
                unset.add(RedisKeys.bytes(field));
            }
        }
    }

    private static void set(String field, @Nullable Object value, RedisKind kind, List<byte[]> set) {
        set.add(RedisKeys.bytes(field));
        set.add(kind.states().encoded(field, value));
    }

    private static void requireSet(Kind kind, Field field, @Nullable Object value) {
        if (field.required() && value == null) {
            throw Problem.REQUIRED_VIOLATION
                    .because("%s of kind %s must not be null", field.name(), kind.name())
                    .fact("kind", kind.name())
                    .fact("rule", field.name())
                    .fault();
        }
    }

    /** When the object goes, in milliseconds; {@code never}, or nothing where that stays as it is. */
    private static String expiry(Write write, State state, Kind kind) {
        String field = kind.expiry().orElse(null);
        if (field == null || (write.changed != null && !write.changed.contains(field))) {
            return KEPT;
        }
        return state.get(field) instanceof Instant end ? millis(end) : "never";
    }

    /** A moment as the script has it; nothing was before 1970 that still has to expire. */
    static String millis(Instant moment) {
        return Long.toString(Math.max(1, moment.toEpochMilli()));
    }

    // ---- the answer

    /** Whether it is done; false where it is to be called anew. */
    private boolean isDone(List<?> answer) {
        String word = RedisStore.word(answer);
        if (word.equals("ok")) {
            return true;
        }
        if (word.equals("schema")) {
            store.catalog().forget();
            return false;
        }
        if (word.equals("type")) {
            throw Problem.REQUEST_INVALID
                    .because(
                            "the key %s holds a %s of somebody else",
                            Report.quote(RedisKeys.text((byte[]) answer.get(3))),
                            RedisKeys.text((byte[]) answer.get(2)))
                    .store(store.info())
                    .hint("rename that key, or open the store with another prefix: ?prefix=NAME")
                    .fault();
        }
        int number = Math.toIntExact((Long) answer.get(1)) - 1;
        Write write = writes.get(number);
        RedisKind kind = known(write.kind);
        switch (word) {
            case "missing" -> throw Stale.conflict(write.kind, write.id, null, guard(write, kind));
            case "guard" -> recompare(number, write, kind);
            case "exists" ->
                throw Taken.report(write.kind.name(), write.kind.id(), String.valueOf(write.id), true)
                        .at(write.kind.name() + "/" + Report.quote(write.id))
                        .store(store.info())
                        .fault();
            case "unique" -> throw taken(write, kind, RedisKeys.text((byte[]) answer.get(2)));
            default -> throw new IllegalStateException("write.lua answers " + word);
        }
        return false;
    }

    private static Guard guard(Write write, RedisKind kind) {
        return write.guard == null ? Guard.EXISTS : write.guard.cut(kind.kind());
    }

    /** A guard did not find its text: the object has other values, or the same ones in another text. */
    private void recompare(int number, Write write, RedisKind kind) {
        Map<byte[], byte[]> hash = store.link().ask(redis -> redis.hgetall(RedisKeys.bytes(kind.object(write.id))));
        State stored = hash.isEmpty() ? null : kind.states().ofHash(hash);
        Guard guard = guard(write, kind);
        Stale.check(write.kind, write.id, stored, guard);
        Map<String, byte[]> there = new HashMap<>();
        hash.forEach((field, text) -> there.put(RedisKeys.text(field), text));
        Map<String, byte[]> expected = new HashMap<>();
        guard.expected().keySet().forEach(field -> expected.put(field, there.getOrDefault(field, RedisStates.NULL)));
        found.put(number, expected);
    }

    private RuntimeException taken(Write write, RedisKind kind, String key) {
        Index index = kind.kind().indexes().stream()
                .filter(each -> kind.keys().index(kind.kind(), each.name()).equals(key))
                .findFirst()
                .orElseThrow();
        State state = Objects.requireNonNull(write.state);
        String value = index.fields().stream()
                .map(field -> String.valueOf(state.get(field)))
                .collect(Collectors.joining(", "));
        return Taken.report(write.kind.name(), index.fields(), value, false)
                .at(write.kind.name() + "/" + Report.quote(write.id))
                .store(store.info())
                .fault();
    }

    private WriteResult result() {
        List<Object> ids = new ArrayList<>();
        long inserted = 0;
        long matched = 0;
        long deleted = 0;
        for (Write write : writes) {
            switch (write.op) {
                case INSERT -> {
                    inserted++;
                    if (!write.kind.isBag()) {
                        ids.add(write.id);
                    }
                }
                case PUT, UPDATE, REINDEX -> matched++;
                case DELETE, REMOVE -> deleted++;
            }
        }
        return new WriteResult(ids, inserted, matched, matched, deleted);
    }
}
