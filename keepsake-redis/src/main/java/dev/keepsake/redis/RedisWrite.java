package dev.keepsake.redis;

import dev.keepsake.query.Guard;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Lacking;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One write of one object, and what {@code write.lua} is told of it.
 *
 * @param op what is done
 * @param kind as the caller knows it
 * @param id of the object
 * @param state the whole object; null where it goes
 * @param changed the fields that are written; null for all
 * @param guard what must still be so; null for nothing
 */
record RedisWrite(
        Op op,
        Kind kind,
        Object id,
        @Nullable State state,
        @Nullable Set<String> changed,
        @Nullable Guard guard) {
    private static final String KEPT = "";
    /** How many places the script needs of its own behind those of a write. */
    private static final int PLACES = 5;

    /** What the script does with an object. */
    enum Op {
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

        /** As the script calls it. */
        String word() {
            return word;
        }
    }

    boolean is(Op wanted) {
        return op == wanted;
    }

    /** An object as its kind keeps it, from which all is made that is kept of it. */
    static final class Fitted {
        private final String key;
        private final String id;
        private final byte[] order;
        private final byte[] tail;
        private final @Nullable State state;

        private Fitted(String key, String id, byte[] order, @Nullable State state) {
            this.key = key;
            this.id = id;
            this.order = order;
            this.state = state;
            byte[] text = RedisKeys.bytes(id);
            this.tail = ByteBuffer.allocate(order.length + text.length + Integer.BYTES)
                    .put(order)
                    .put(text)
                    .putInt(text.length)
                    .array();
        }

        /** The key of its hash. */
        String key() {
            return key;
        }

        /** The id as the last part of the key. */
        String id() {
            return id;
        }

        /** The sort key of the id. */
        byte[] order() {
            return order;
        }

        /** What each member of a sorted set ends with: the sort key of the id, the id, and its length in four bytes. */
        byte[] tail() {
            return tail;
        }

        /** Its fields; null where it goes. */
        @Nullable
        State state() {
            return state;
        }
    }

    /** The object as the kind keeps it. */
    Fitted fitted(RedisKind kept) {
        Object fittedId = fittedId(kept);
        return new Fitted(
                key(kept), kept.states().idText(fittedId), kept.states().idOrder(fittedId), fittedState(kept));
    }

    /** The key of its hash. */
    String key(RedisKind kept) {
        return kept.keys().objects(kept.kind()) + kept.states().idText(fittedId(kept));
    }

    private Object fittedId(RedisKind kept) {
        return kept.kind().isBag() ? id : kept.kind().fitId(id);
    }

    @Nullable
    State fittedState(RedisKind kept) {
        return state == null || state.shape().equals(kept.kind().shape())
                ? state
                : kept.kind().state(state.toMap());
    }

    /** What its guard expects, as the kind keeps it. */
    Guard expected(RedisKind kept) {
        return guard == null ? Guard.EXISTS : guard.cut(kept.kind());
    }

    /**
     * The whole write as one argument.
     *
     * @param object as the kind keeps it
     * @param reindexed the fields of an index that is being built
     * @param there what is there in place of what the guard expects, where that is another text of the same value
     */
    byte[] packed(Fitted object, RedisKind kept, Set<String> reindexed, Map<String, byte[]> there) {
        State whole = object.state;
        List<byte[]> set = new ArrayList<>();
        List<byte[]> unset = new ArrayList<>();
        if (whole != null) {
            fields(whole, kept, set, unset);
        }
        Packed packed = new Packed()
                .text(op.word)
                .text(object.id)
                .text(object.tail)
                .texts(guards(kept, there))
                .texts(set)
                .texts(unset);
        addParts(packed, whole, kept, object.order, reindexed);
        return packed.text(whole == null ? KEPT : expiry(whole, kept.kind()))
                .text(kept.present())
                .nothing(PLACES)
                .bytes();
    }

    /** What indexes are told: of a whole object everything, ready to be kept; of an update the parts that change. */
    private void addParts(Packed packed, @Nullable State whole, RedisKind kept, byte[] order, Set<String> reindexed) {
        boolean isWhole = whole != null && changed == null;
        boolean hasBooks =
                !kept.kind().indexes().isEmpty() || kept.kind().expiry().isPresent();
        if (whole == null || !isWhole || !hasBooks) {
            packed.texts(whole == null || isWhole ? List.of() : given(whole, kept, order, reindexed))
                    .text(KEPT)
                    .list(0)
                    .list(0);
            return;
        }
        RedisKind.Sorted sorted = kept.sorted(whole, order);
        packed.list(0)
                .text(sorted.record().bytes())
                .texts(sorted.keys())
                .list(sorted.unique().size());
        sorted.unique().forEach(packed::number);
    }

    /** The parts of indexes that an update changes, and the sort key of the id under the empty name; nothing where none changes. */
    private List<byte[]> given(State whole, RedisKind kept, byte[] order, Set<String> reindexed) {
        List<byte[]> given = kept.parts(whole, is(Op.REINDEX) ? reindexed : changed);
        if (!given.isEmpty()) {
            given.add(new byte[0]);
            given.add(order);
        }
        return given;
    }

    private List<byte[]> guards(RedisKind kept, Map<String, byte[]> there) {
        List<byte[]> guards = new ArrayList<>();
        expected(kept).expected().forEach((field, value) -> {
            guards.add(RedisKeys.bytes(field));
            byte[] text = there.get(field);
            guards.add(text == null ? kept.states().encoded(field, value) : text);
        });
        return guards;
    }

    private void fields(State whole, RedisKind kept, List<byte[]> set, List<byte[]> unset) {
        if (changed == null) {
            setAll(whole, kept, set);
            return;
        }
        for (String field : changed) {
            Object value = whole.get(field);
            requireSet(kept.kind(), field, value);
            if (has(whole, field)) {
                set.add(RedisKeys.bytes(field));
                set.add(kept.states().encoded(field, value));
            } else {
                unset.add(RedisKeys.bytes(field));
            }
        }
    }

    static boolean has(State state, String field) {
        int position = state.shape().position(field);
        return position >= 0 ? state.has(position) : state.extra().containsKey(field);
    }

    /** The whole hash of an object, name and text one after the other. */
    static void setAll(State whole, RedisKind kept, List<byte[]> set) {
        Kind kind = kept.kind();
        byte[][] names = kept.states().names();
        for (int i = 0; i < names.length; i++) {
            Object value = whole.at(i);
            requireSet(kind, kind.fields().get(i), value);
            if (whole.has(i)) {
                set.add(names[i]);
                set.add(kept.states().encoded(i, value));
            }
        }
        whole.extra().forEach((field, value) -> {
            set.add(RedisKeys.bytes(field));
            set.add(kept.states().encoded(field, value));
        });
        if (set.isEmpty()) { // a hash without fields is none
            set.add(names[0]);
            set.add(RedisStates.NULL);
        }
    }

    static void requireSet(Kind kind, String field, @Nullable Object value) {
        kind.field(field).ifPresent(known -> requireSet(kind, known, value));
    }

    private static void requireSet(Kind kind, Field field, @Nullable Object value) {
        if (field.required() && value == null) {
            throw Lacking.value(kind, field.name()).fault();
        }
    }

    /** When the object goes, in milliseconds; {@code never}, or nothing where that stays as it is. */
    private String expiry(State whole, Kind kept) {
        String field = kept.expiry().orElse(null);
        if (field == null || (changed != null && !changed.contains(field))) {
            return KEPT;
        }
        return whole.get(field) instanceof Instant end ? millis(end) : "never";
    }

    /** A moment as the script has it; nothing was before 1970 that still has to expire. */
    static String millis(Instant moment) {
        return Long.toString(Math.max(1, moment.toEpochMilli()));
    }
}
