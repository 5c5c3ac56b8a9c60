package dev.keepsake.value;

import java.util.Arrays;
import java.util.HexFormat;

/** An immutable sequence of bytes, ordered as unsigned bytes from the first on. */
public final class Bytes implements Comparable<Bytes> {
    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    /** A copy of the given bytes. */
    public static Bytes of(byte... bytes) {
        return new Bytes(bytes.clone());
    }

    /** A copy of the content. */
    public byte[] toArray() {
        return content.clone();
    }

    /** The number of bytes. */
    public int length() {
        return content.length;
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(content, other.content);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    /** The bytes in hexadecimal, no more than 32 of them. */
    @Override
    public String toString() {
        int shown = Math.min(content.length, 32);
        return "x'" + HexFormat.of().formatHex(content, 0, shown) + (shown < content.length ? "...'" : "'");
    }
}
