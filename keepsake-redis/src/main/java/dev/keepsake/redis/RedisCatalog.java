package dev.keepsake.redis;

import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The records of kinds: what there is in a store on Redis, which cannot tell by itself. What was read once is remembered until a script
 * says that it is no longer so; then it is read anew. Thread-safe.
 */
final class RedisCatalog {
    private final RedisLink link;
    private final RedisKeys keys;
    private volatile @Nullable Map<String, RedisKind> known;

    RedisCatalog(RedisLink link, RedisKeys keys) {
        this.link = link;
        this.keys = keys;
    }

    RedisKeys keys() {
        return keys;
    }

    /** Forgets what was read. */
    void forget() {
        known = null;
    }

    /** What there is now. */
    Map<String, RedisKind> load() {
        Map<String, RedisKind> loaded = new TreeMap<>();
        List<String> tags = new ArrayList<>();
        tags.add(keys.tag(Optional.empty()));
        link.members(keys.shards()).forEach(shard -> tags.add(keys.tag(Optional.of(shard))));
        for (String tag : tags) {
            // a kind whose revision is missing is one that was made in between: the next load finds it whole
            Map<String, String> revisions = link.hash(keys.revisions(tag));
            link.hash(keys.kinds(tag)).forEach((name, record) -> {
                String revision = revisions.get(name);
                if (revision != null) {
                    loaded.put(name, RedisKind.read(record, revision, keys));
                }
            });
        }
        known = loaded;
        return loaded;
    }

    /** The kind of that name; null where there is none. */
    @Nullable
    RedisKind find(String name) {
        Map<String, RedisKind> remembered = known;
        RedisKind found = remembered == null ? null : remembered.get(name);
        return found == null ? load().get(name) : found;
    }

    Schema schema() {
        return Schema.of(load().values().stream().map(RedisKind::kind).toList());
    }

    /** The kind of that name, made where there is none. */
    RedisKind findOrCreate(Kind kind) {
        for (int attempt = 1; ; attempt++) {
            RedisKind found = find(kind.name());
            if (found != null) {
                return found.fitting(kind);
            }
            if (!replace(null, RedisKind.of(kind, "", Set.of(), keys)) && attempt == 10) {
                throw RedisErrors.busySchema(kind.name());
            }
        }
    }

    /**
     * Makes, changes or drops a kind, if it is still as it is known.
     *
     * @param before null where there is none yet
     * @param after null where there is to be none
     * @param books keys that go with it
     * @return whether it was so
     */
    boolean replace(@Nullable RedisKind before, @Nullable RedisKind after, String... books) {
        RedisKind either = after == null ? before : after;
        if (either == null) {
            return true;
        }
        String tag = either.tag();
        if (after != null) {
            after.kind().shard().ifPresent(shard -> link.addMember(keys.shards(), shard));
        }
        RedisCall call = new RedisCall(RedisScript.SCHEMA)
                .key(keys.kinds(tag))
                .key(keys.revisions(tag))
                .keys(books)
                .with(either.kind().name())
                .with(before == null ? "" : before.revision())
                .with(UUID.randomUUID().toString())
                .with(after == null ? "" : after.record());
        boolean done = Long.valueOf(1).equals(link.call(call));
        forget();
        return done;
    }
}
