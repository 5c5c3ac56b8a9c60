package dev.keepsake.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Values one behind the other as one argument of a script, in MessagePack (its specification, "Formats"): lists, maps, texts and whole
 * numbers, which is what the scripts take. Texts are bytes of any kind.
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

    private byte[] bytes = new byte[256];
    private int size;

    /** Begins a list of so many. */
    Packed list(int count) {
        if (count < 16) {
            add(FIXED_LIST | count);
        } else if (count < 0x10000) {
            add(LIST_16);
            number(count, 2);
        } else {
            add(LIST_32);
            number(count, 4);
        }
        return this;
    }

    /** Begins a map of so many names, each with its value behind it. */
    Packed map(int count) {
        if (count < 16) {
            add(FIXED_MAP | count);
        } else {
            add(MAP_16);
            number(count, 2);
        }
        return this;
    }

    /** A whole number below 65,536. */
    Packed number(int number) {
        if (number >= 0x100) {
            add(NUMBER_16);
            number(number, 2);
        } else {
            if (number >= 0x80) {
                add(NUMBER_8);
            }
            add(number);
        }
        return this;
    }

    /** So many places that hold nothing. */
    Packed nothing(int places) {
        for (int i = 0; i < places; i++) {
            add(NIL);
        }
        return this;
    }

    Packed text(String text) {
        return text(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A text that is put together of parts. */
    Packed text(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        if (length < 32) {
            add(FIXED_TEXT | length);
        } else if (length < 0x100) {
            add(TEXT_8);
            number(length, 1);
        } else if (length < 0x10000) {
            add(TEXT_16);
            number(length, 2);
        } else {
            add(TEXT_32);
            number(length, 4);
        }
        reserve(length);
        for (byte[] part : parts) {
            System.arraycopy(part, 0, bytes, size, part.length);
            size += part.length;
        }
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
            add(number >>> shift);
        }
    }

    private void add(int one) {
        reserve(1);
        bytes[size++] = (byte) one;
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, size);
    }
}
