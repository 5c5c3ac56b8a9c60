package dev.keepsake.redis;

import dev.keepsake.query.Guard;
import dev.keepsake.schema.Index;
import dev.keepsake.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * Neighbours among the writes of a commit, of one kind. Where they are alike, the script hands their parts on as they are: new objects
 * without uniques and expiry, or updates of the same fields that no index knows. A table in Lua for each object is most of what many
 * writes cost; such runs need none. Others are told one by one.
 */
final class RedisRun {
    /** How many pairs are one argument: twice as many values must fit on Lua's stack, which takes 8,000. */
    private static final int PIECE = 1_000;

    private static final byte[] ZERO = {'0'};

    private final RedisKind kept;
    private final int number;
    private final Sort sort;
    private final List<RedisWrite> writes = new ArrayList<>();

    /** What writes of one run have in common. */
    sealed interface Sort {
        /** New objects without uniques and expiry. */
        record Inserts() implements Sort {}

        /** Changes of the same fields, guarded by the same. */
        record Updates(Set<String> changed, Set<String> guarded) implements Sort {}

        /** Whatever is told one by one. */
        record Each() implements Sort {}

        /** The sort of a write. */
        static Sort of(RedisWrite write, RedisKind kept) {
            return switch (write.op()) {
                case INSERT -> isPlain(kept) && isNarrow(write) ? new Inserts() : new Each();
                case UPDATE -> {
                    Set<String> changed = Objects.requireNonNull(write.changed());
                    Set<String> guarded =
                            Objects.requireNonNull(write.guard()).expected().keySet();
                    yield isUnseen(changed, guarded, kept) && hasAll(write, changed)
                            ? new Updates(changed, guarded)
                            : new Each();
                }
                case PUT, REINDEX, DELETE, REMOVE -> new Each();
            };
        }

        private static boolean isPlain(RedisKind kept) {
            return kept.kind().expiry().isEmpty()
                    && kept.kind().indexes().stream().noneMatch(Index::unique);
        }

        private static boolean isNarrow(RedisWrite write) {
            State state = Objects.requireNonNull(write.state());
            return state.shape().slots().size() + state.extra().size() < PIECE;
        }

        /** Whether nothing but the hash changes, and not too much of it. */
        private static boolean isUnseen(Set<String> changed, Set<String> guarded, RedisKind kept) {
            return changed.size() < PIECE
                    && guarded.size() < PIECE
                    && kept.kind().expiry().filter(changed::contains).isEmpty()
                    && kept.kind().indexes().stream()
                            .flatMap(index -> index.fields().stream())
                            .noneMatch(changed::contains);
        }

        private static boolean hasAll(RedisWrite write, Set<String> changed) {
            State state = Objects.requireNonNull(write.state());
            return !changed.isEmpty() && changed.stream().allMatch(field -> RedisWrite.has(state, field));
        }

        /** How many arguments a write takes beside the two that each may take. */
        default int arguments() {
            return this instanceof Updates updates ? updates.changed.size() + updates.guarded.size() : 0;
        }
    }

    /**
     * Begins one.
     *
     * @param number of the kind
     */
    RedisRun(RedisKind kept, int number, Sort sort) {
        this.kept = kept;
        this.number = number;
        this.sort = sort;
    }

    /** Whether a write of that sort belongs to it. */
    boolean takes(RedisKind kind, Sort next) {
        return kind == kept && sort.equals(next);
    }

    void add(RedisWrite write) {
        writes.add(write);
    }

    /**
     * Tells it to the script.
     *
     * @param reindexed the fields of an index that is being built
     * @param there what is there in place of what a guard expects
     */
    void addTo(RedisCall call, Set<String> reindexed, Function<RedisWrite, Map<String, byte[]>> there) {
        String word =
                sort instanceof Sort.Each ? "each" : writes.getFirst().op().word();
        call.with(word).with(number).with(writes.size());
        switch (sort) {
            case Sort.Inserts inserts -> addInserts(call);
            case Sort.Updates updates -> addUpdates(call, updates, there);
            case Sort.Each each -> {
                for (RedisWrite write : writes) {
                    RedisWrite.Fitted object = write.fitted(kept);
                    call.key(object.key()).with(write.packed(object, kept, reindexed, there.apply(write)));
                }
            }
        }
    }

    /** Of all objects the ids, entries and members of sorted sets, each many to an argument; then each hash. */
    private void addInserts(RedisCall call) {
        List<Index> indexes = kept.kind().indexes();
        Pieces ids = new Pieces();
        Pieces entries = new Pieces();
        List<Pieces> members = indexes.stream().map(index -> new Pieces()).toList();
        List<byte[]> hashes = new ArrayList<>(writes.size());
        List<byte[]> hash = new ArrayList<>();
        for (RedisWrite write : writes) {
            RedisWrite.Fitted object = write.fitted(kept);
            State state = Objects.requireNonNull(object.state());
            call.key(object.key());
            ids.next().text(ZERO).text(object.tail());
            if (!indexes.isEmpty()) {
                RedisKind.Sorted sorted = kept.sorted(state, object.order());
                entries.next().text(object.id()).text(sorted.record().bytes());
                for (int i = 0; i < indexes.size(); i++) {
                    members.get(i).next().text(ZERO).text(sorted.keys().get(i), object.tail());
                }
            }
            hash.clear();
            RedisWrite.setAll(state, kept, hash);
            Packed packed = new Packed();
            hash.forEach(packed::text);
            hashes.add(packed.bytes());
        }
        call.with(ids.list()).with(entries.list());
        members.forEach(pieces -> call.with(pieces.list()));
        hashes.forEach(call::with);
    }

    /** The names once; then of each object the texts that must be there, and those to write. */
    private void addUpdates(RedisCall call, Sort.Updates updates, Function<RedisWrite, Map<String, byte[]>> there) {
        RedisStates states = kept.states();
        List<byte[]> read = new ArrayList<>();
        read.add(kept.present());
        updates.guarded.forEach(name -> read.add(RedisKeys.bytes(name)));
        call.with(read).with(updates.changed.stream().map(RedisKeys::bytes).toList());
        for (RedisWrite write : writes) {
            State state = Objects.requireNonNull(write.fittedState(kept));
            Guard expected = write.expected(kept);
            Map<String, byte[]> texts = there.apply(write);
            call.key(write.key(kept));
            for (String name : updates.guarded) {
                byte[] text = texts.get(name);
                call.with(
                        text == null ? states.encoded(name, expected.expected().get(name)) : text);
            }
            for (String name : updates.changed) {
                RedisWrite.requireSet(kept.kind(), name, state.get(name));
                call.with(states.encoded(name, state.get(name)));
            }
        }
    }

    /** Pairs of values, a thousand to an argument. */
    private static final class Pieces {
        private final List<byte[]> full = new ArrayList<>();
        private Packed last = new Packed();
        private int pairs;

        /** Where the next pair is to be put. */
        Packed next() {
            if (pairs == PIECE) {
                full.add(last.bytes());
                last = new Packed();
                pairs = 0;
            }
            pairs++;
            return last;
        }

        List<byte[]> list() {
            if (pairs > 0) {
                full.add(last.bytes());
                pairs = 0;
            }
            return full;
        }
    }
}
