package dev.keepsake.value;

import java.util.HexFormat;

/**
 * A 12-byte identifier as MongoDB makes them, ordered as unsigned bytes. Ours, so that such ids can be kept in any
 * store. Immutable.
 */
public final class ObjectId implements Comparable<ObjectId> {
    private final Bytes content;

    private ObjectId(Bytes content) {
        this.content = content;
    }

    /** From its 12 bytes. */
    public static ObjectId of(byte... bytes) {
        if (bytes.length != 12) {
            throw new IllegalArgumentException("an object id has 12 bytes, not " + bytes.length);
        }
        return new ObjectId(Bytes.of(bytes));
    }

    /** From its 24 hexadecimal digits; anything else is an {@link IllegalArgumentException}. */
    public static ObjectId parse(String text) {
        if (text.length() != 24) {
            throw new IllegalArgumentException("an object id has 24 hexadecimal digits, not " + text.length());
        }
        return of(HexFormat.of().parseHex(text));
    }

    /** A copy of its 12 bytes. */
    public byte[] toArray() {
        return content.toArray();
    }

    @Override
    public int compareTo(ObjectId other) {
        return content.compareTo(other.content);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ObjectId id && content.equals(id.content);
    }

    @Override
    public int hashCode() {
        return content.hashCode();
    }

    /** The 24 hexadecimal digits, in lower case. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(content.toArray());
    }
}
