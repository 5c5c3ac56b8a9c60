package dev.keepsake.redis;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.json.Json;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.KindRecord;
import dev.keepsake.state.State;
import dev.keepsake.store.Fitting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A kind as a store on Redis knows it, by its record there.
 *
 * @param kind what it is
 * @param revision changes with every change of the record; empty while there is none
 * @param building the indexes that do not have all objects yet, and so answer nothing
 * @param isGoing whether it is being dropped
 * @param states how its objects are kept
 * @param keys the names of its keys
 */
record RedisKind(
        Kind kind, String revision, Set<String> building, boolean isGoing, RedisStates states, RedisKeys keys) {
    static RedisKind of(Kind kind, String revision, Set<String> building, RedisKeys keys) {
        return new RedisKind(kind, revision, Set.copyOf(building), false, new RedisStates(kind), keys);
    }

    /** The kind that a record holds. */
    static RedisKind read(String record, String revision, RedisKeys keys) {
        if (!(Json.parse(record) instanceof Map<?, ?> map)) {
            throw Problem.STATE_UNDECODABLE
                    .because("the record of a kind is none: %s", Report.quote(record))
                    .fault();
        }
        Set<String> building = new LinkedHashSet<>();
        if (map.get("building") instanceof List<?> names) {
            names.forEach(name -> building.add(String.valueOf(name)));
        }
        RedisKind kind = of(KindRecord.read(map), revision, building, keys);
        return Boolean.TRUE.equals(map.get("going")) ? kind.going() : kind;
    }

    /** The same while it is being dropped. */
    RedisKind going() {
        return new RedisKind(kind, revision, building, true, states, keys);
    }

    /** The same with the indexes alone that have all objects. */
    RedisKind whole() {
        if (building.isEmpty()) {
            return this;
        }
        Kind.Builder whole = kind.toBuilder();
        building.forEach(whole::removeIndex);
        return of(whole.build(), revision, Set.of(), keys);
    }

    /** The record that is kept. */
    String record() {
        Map<String, @Nullable Object> record = new LinkedHashMap<>(KindRecord.of(kind));
        if (!building.isEmpty()) {
            record.put("building", List.copyOf(building));
        }
        if (isGoing) {
            record.put("going", true);
        }
        return Json.text(record);
    }

    /**
     * Checks that a kind as somebody knows it is this one, see {@link Fitting}; an id is part of keys, so that its types are the same, and
     * so is the shard.
     *
     * @throws dev.keepsake.fault.Invalid {@code kind-mismatch}, all misfits together
     */
    RedisKind fitting(Kind wanted) {
        if (wanted.equals(kind)) {
            return this;
        }
        List<String> misfits = Fitting.misfits(
                wanted,
                kind,
                (there, field) -> kind.id().contains(field.name())
                        ? there.type().getClass() == field.type().getClass()
                        : Fitting.isAlike(there.type(), field.type()));
        if (wanted.shard().isPresent() && !wanted.shard().equals(kind.shard())) {
            misfits.add("it lies on "
                    + kind.shard().map(part -> "the shard " + part).orElse("no shard of its own"));
        }
        Fitting.require(kind, misfits);
        return this;
    }

    /** The tag of its keys. */
    String tag() {
        return keys.tag(kind.shard());
    }

    /** The key of an object. */
    String object(Object id) {
        return keys.objects(kind) + states.idText(id);
    }

    /** The sort keys of the parts of all indexes, name and key one after the other, of those fields alone that are named. */
    List<byte[]> parts(State state, @Nullable Set<String> fields) {
        List<byte[]> parts = new ArrayList<>();
        Set<Index.Part> seen = new LinkedHashSet<>();
        for (Index index : kind.indexes()) {
            for (Index.Part part : index.parts()) {
                if ((fields == null || fields.contains(part.field())) && seen.add(part)) {
                    parts.add(RedisKeys.bytes(part.toString()));
                    parts.add(sortKey(part, state.get(part.field())));
                }
            }
        }
        return parts;
    }

    /**
     * What the indexes keep of a whole object.
     *
     * @param record all parts, as they are kept
     * @param keys what each index sorts it by
     * @param unique the numbers, from 1, of the indexes in which nobody else may have the same
     */
    record Sorted(Packed record, List<byte[]> keys, List<Integer> unique) {}

    Sorted sorted(State state, byte[] order) {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        List<byte[]> keys = new ArrayList<>();
        List<Integer> unique = new ArrayList<>();
        for (Index index : kind.indexes()) {
            List<byte[]> joined = new ArrayList<>();
            boolean isTaken = index.unique();
            for (Index.Part part : index.parts()) {
                Object value = state.get(part.field());
                joined.add(parts.computeIfAbsent(part.toString(), name -> sortKey(part, value)));
                isTaken &= value != null;
            }
            keys.add(joined.size() == 1 ? joined.getFirst() : RedisStates.joined(joined));
            if (isTaken) {
                unique.add(keys.size());
            }
        }
        Packed record = new Packed().map(parts.size() + 1).text("").text(order);
        parts.forEach((name, key) -> record.text(name).text(key));
        return new Sorted(record, keys, unique);
    }

    /** The field that every object has, by which it is told from one that is not there. */
    byte[] present() {
        return states.names()[
                kind.id().isEmpty() ? 0 : kind.shape().position(kind.id().getFirst())];
    }

    static byte[] sortKey(Index.Part part, @Nullable Object value) {
        byte[] key = SortKey.of(value);
        return part.descending() ? SortKey.inverted(key) : key;
    }
}
