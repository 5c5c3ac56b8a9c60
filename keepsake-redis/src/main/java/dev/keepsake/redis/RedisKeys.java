package dev.keepsake.redis;

import dev.keepsake.schema.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The names of Redis keys. All of a part of the store begin with the same hash tag, so that a cluster keeps them on one server:
 * {@code {keepsake}} for kinds without {@link Kind#shard}, {@code {keepsake:archive}} for those of the shard archive.
 *
 * <p>The object 42 of kind people is {@code {keepsake}:people:42}. Behind two colons are the books that are kept of objects:
 * {@code {keepsake}::index:people:by_name}. In the name of a kind, a colon and a percent sign are escaped as in a URL. Immutable.
 *
 * @param prefix the first part of every tag
 */
record RedisKeys(String prefix) {
    /** The tag of a shard; of none, the tag that every keepsake has. */
    String tag(Optional<String> shard) {
        return shard.map(part -> "{" + prefix + ":" + part + "}").orElse("{" + prefix + "}");
    }

    /** Whether a key of someone else would be taken for one of ours. */
    boolean isOurs(String key) {
        return key.startsWith("{" + prefix + "}") || key.startsWith("{" + prefix + ":");
    }

    /** What the keys of a kind's objects begin with; the id as text follows. */
    String objects(Kind kind) {
        return tag(kind.shard()) + ":" + escaped(kind.name()) + ":";
    }

    /** The sorted set of all objects of a kind, in the order of their ids. */
    String ids(Kind kind) {
        return book(kind, "ids") + escaped(kind.name());
    }

    /** The sorted set of an index. */
    String index(Kind kind, String index) {
        return book(kind, "index") + escaped(kind.name()) + ":" + index;
    }

    /** The hash of what the indexes hold of each object of a kind. */
    String entries(Kind kind) {
        return book(kind, "entries") + escaped(kind.name());
    }

    /** The sorted set of the objects of a kind that will expire, by when. */
    String expiry(Kind kind) {
        return book(kind, "expiry") + escaped(kind.name());
    }

    /** The last number that was given to an object of a kind. */
    String sequence(Kind kind) {
        return book(kind, "sequence") + escaped(kind.name());
    }

    /** The hash of the records of kinds. */
    String kinds(String tag) {
        return tag + "::kinds";
    }

    /** The hash of how often the record of a kind was changed. */
    String revisions(String tag) {
        return tag + "::revisions";
    }

    /** The stream of what commits did. */
    String changes(String tag) {
        return tag + "::changes";
    }

    /** What became of a commit. */
    String commit(String tag, String id) {
        return tag + "::commit:" + id;
    }

    /** A key that nobody else uses. */
    String probe(String id) {
        return tag(Optional.empty()) + "::probe:" + id;
    }

    /** The set of all shards, which is on the server of the kinds that have none. */
    String shards() {
        return tag(Optional.empty()) + "::shards";
    }

    private String book(Kind kind, String book) {
        return tag(kind.shard()) + "::" + book + ":";
    }

    private static String escaped(String name) {
        return name.replace("%", "%25").replace(":", "%3A");
    }

    /** The pattern of all keys that start with a text. */
    static byte[] startingWith(String prefix) {
        return bytes(prefix.replaceAll("([\\\\*?\\[\\]^])", "\\\\$1") + "*");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
