package dev.keepsake.redis;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a script packed in MessagePack (its specification, "Formats"): lists, texts, and false for what is not there, which is what the
 * scripts pack. A list is a {@link List}, a text {@code byte[]}, false null.
 */
final class Unpacked {
    private static final int NIL = 0xC0;
    private static final int FALSE = 0xC2;
    private static final int TEXT_8 = 0xD9;
    private static final int TEXT_16 = 0xDA;
    private static final int TEXT_32 = 0xDB;
    private static final int LIST_16 = 0xDC;
    private static final int LIST_32 = 0xDD;

    private final ByteBuffer in;

    private Unpacked(byte[] packed) {
        this.in = ByteBuffer.wrap(packed);
    }

    /** The list that was packed. */
    static List<?> list(byte[] packed) {
        Object read = new Unpacked(packed).read();
        if (read instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("no list was packed");
    }

    private @Nullable Object read() {
        int format = in.get() & 0xFF;
        if (format >= 0xA0 && format < NIL) {
            return text(format & 0x1F);
        }
        if (format >= 0x90 && format < 0xA0) {
            return list(format & 0xF);
        }
        return switch (format) {
            case NIL, FALSE -> null;
            case TEXT_8 -> text(in.get() & 0xFF);
            case TEXT_16 -> text(in.getShort() & 0xFFFF);
            case TEXT_32 -> text(in.getInt());
            case LIST_16 -> list(in.getShort() & 0xFFFF);
            case LIST_32 -> list(in.getInt());
            default -> throw new IllegalArgumentException("packed in a way that no script does: " + format);
        };
    }

    private byte[] text(int size) {
        byte[] text = new byte[size];
        in.get(text);
        return text;
    }

    private List<@Nullable Object> list(int size) {
        List<@Nullable Object> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            list.add(read());
        }
        return list;
    }
}
