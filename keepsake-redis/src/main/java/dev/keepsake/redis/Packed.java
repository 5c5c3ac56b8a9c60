package dev.keepsake.redis;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A list as one argument of a script, in MessagePack (its specification, "Formats"): lists, maps, texts and whole numbers, which is what
 * the scripts take. Texts are bytes of any kind.
 */
final class Packed {
    private static final int FIXED_LIST = 0x90;
    private static final int LIST_16 = 0xDC;
    private static final int LIST_32 = 0xDD;
    private static final int FIXED_MAP = 0x80;
    private static final int MAP_16 = 0xDE;
    private static final int FIXED_TEXT = 0xA0;
    private static final int NUMBER_8 = 0xCC;
    private static final int NUMBER_16 = 0xCD;
    private static final int NIL = 0xC0;
    private static final int TEXT_8 = 0xD9;
    private static final int TEXT_16 = 0xDA;
    private static final int TEXT_32 = 0xDB;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

    /** Begins a list of so many. */
    Packed list(int size) {
        if (size < 16) {
            out.write(FIXED_LIST | size);
        } else if (size < 0x10000) {
            out.write(LIST_16);
            number(size, 2);
        } else {
            out.write(LIST_32);
            number(size, 4);
        }
        return this;
    }

    /** Begins a map of so many names, each with its value behind it. */
    Packed map(int size) {
        if (size < 16) {
            out.write(FIXED_MAP | size);
        } else {
            out.write(MAP_16);
            number(size, 2);
        }
        return this;
    }

    /** A whole number below 65,536. */
    Packed number(int number) {
        if (number >= 0x100) {
            out.write(NUMBER_16);
            number(number, 2);
        } else {
            if (number >= 0x80) {
                out.write(NUMBER_8);
            }
            out.write(number);
        }
        return this;
    }

    /** So many places that hold nothing. */
    Packed nothing(int places) {
        for (int i = 0; i < places; i++) {
            out.write(NIL);
        }
        return this;
    }

    Packed text(String text) {
        return text(text.getBytes(StandardCharsets.UTF_8));
    }

    Packed text(byte[] bytes) {
        int size = bytes.length;
        if (size < 32) {
            out.write(FIXED_TEXT | size);
        } else if (size < 0x100) {
            out.write(TEXT_8);
            number(size, 1);
        } else if (size < 0x10000) {
            out.write(TEXT_16);
            number(size, 2);
        } else {
            out.write(TEXT_32);
            number(size, 4);
        }
        out.writeBytes(bytes);
        return this;
    }

    /** A whole list of texts. */
    Packed texts(List<byte[]> texts) {
        list(texts.size());
        texts.forEach(this::text);
        return this;
    }

    private void number(int number, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            out.write(number >>> shift);
        }
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
