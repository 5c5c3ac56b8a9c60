package dev.keepsake.redis;

import dev.keepsake.json.Json;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.KindRecord;
import dev.keepsake.state.State;
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
 * @param states how its objects are kept
 * @param keys the names of its keys
 */
record RedisKind(Kind kind, String revision, Set<String> building, RedisStates states, RedisKeys keys) {
    static RedisKind of(Kind kind, String revision, Set<String> building, RedisKeys keys) {
        return new RedisKind(kind, revision, Set.copyOf(building), new RedisStates(kind), keys);
    }

    /** The kind that a record holds. */
    static RedisKind read(String record, String revision, RedisKeys keys) {
        if (!(Json.parse(record) instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("no record of a kind: " + record);
        }
        Set<String> building = new LinkedHashSet<>();
        if (map.get("building") instanceof List<?> names) {
            names.forEach(name -> building.add(String.valueOf(name)));
        }
        return of(KindRecord.read(map), revision, building, keys);
    }

    /** The record that is kept. */
    String record() {
        Map<String, @Nullable Object> record = new LinkedHashMap<>(KindRecord.of(kind));
        if (!building.isEmpty()) {
            record.put("building", List.copyOf(building));
        }
        return Json.text(record);
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

    static byte[] sortKey(Index.Part part, @Nullable Object value) {
        byte[] key = SortKey.of(value);
        return part.descending() ? SortKey.inverted(key) : key;
    }
}
