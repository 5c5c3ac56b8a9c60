package dev.keepsake.redis;

import dev.keepsake.value.Bytes;
import dev.keepsake.value.Id;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Values;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A value as bytes whose unsigned order is the order of the values, {@link Values#order}, so that a lexicographic sorted set of Redis
 * keeps objects in the order of a field. Values that a condition calls equal have the same bytes; no key is the beginning of another,
 * so that keys can stand one behind the other.
 *
 * <p>A key is the rank of the value's type, then its content: a number as sign, exponent and decimal digits, the negative ones
 * inverted; text as its UTF-8 and a zero; a list as each element behind a one, and a zero. Stateless.
 */
final class SortKey {
    /** The key of null: less than all others. */
    static final byte NULL = 0;

    private static final int BOOLEAN = 1;
    private static final int NUMBER = 2;
    private static final int TEXT = 3;
    private static final int BYTES = 4;
    private static final int UUIDS = 5;
    private static final int OBJECT_IDS = 6;
    private static final int DATE = 7;
    private static final int TIME = 8;
    private static final int DATE_TIME = 9;
    private static final int INSTANT = 10;
    private static final int LIST = 11;
    private static final int MAP = 12;
    private static final int ID = 13;

    /** Added to a decimal exponent, so that it is positive in two bytes. */
    private static final int BIAS = 0x4000;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(32);

    private SortKey() {}

    /** The key of a value. */
    static byte[] of(@Nullable Object value) {
        SortKey key = new SortKey();
        key.write(value);
        return key.out.toByteArray();
    }

    /** What the key of each text that starts with the given one starts with. */
    static byte[] ofTextsStartingWith(String prefix) {
        byte[] text = prefix.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(text.length + 1).put((byte) TEXT).put(text).array();
    }

    /** What the key of each value of the same type as the given one starts with. */
    static byte[] ofTypeOf(Object value) {
        return new byte[] {of(value)[0]};
    }

    /** The key of a field that is kept from the greatest to the least. */
    static byte[] inverted(byte[] key) {
        byte[] inverted = new byte[key.length];
        for (int i = 0; i < key.length; i++) {
            inverted[i] = (byte) ~key[i];
        }
        return inverted;
    }

    /** The least bytes that are greater than all that start with the given ones; null where there are none. */
    static byte @Nullable [] behind(byte[] start) {
        int length = start.length;
        while (length > 0 && start[length - 1] == (byte) 0xFF) {
            length--;
        }
        if (length == 0) {
            return null;
        }
        byte[] behind = new byte[length];
        System.arraycopy(start, 0, behind, 0, length);
        behind[length - 1]++;
        return behind;
    }

    private void write(@Nullable Object value) {
        switch (value) {
            case null -> out.write(NULL);
            case Boolean truth -> tagged(BOOLEAN).write(truth ? 1 : 0);
            case Long number -> number(Long.signum(number), magnitude(number), 0);
            case Double number -> number(new BigDecimal(number));
            case BigDecimal number -> number(number);
            case String text -> text(text);
            case Bytes bytes -> bytes(bytes);
            case UUID uuid -> {
                tagged(UUIDS);
                eight(uuid.getMostSignificantBits());
                eight(uuid.getLeastSignificantBits());
            }
            case ObjectId id -> tagged(OBJECT_IDS).writeBytes(id.toArray());
            case LocalDate date -> {
                tagged(DATE);
                signed(date.toEpochDay());
            }
            case LocalTime time -> {
                tagged(TIME);
                signed(time.toNanoOfDay());
            }
            case LocalDateTime time -> {
                tagged(DATE_TIME);
                signed(time.toLocalDate().toEpochDay());
                signed(time.toLocalTime().toNanoOfDay());
            }
            case Instant instant -> {
                tagged(INSTANT);
                signed(instant.getEpochSecond());
                signed(instant.getNano());
            }
            case List<?> list -> {
                tagged(LIST);
                list.forEach(this::element);
                out.write(0);
            }
            case Map<?, ?> map -> {
                tagged(MAP);
                members(map);
            }
            case Id id -> {
                tagged(ID);
                members(id.parts());
            }
            default -> throw new IllegalArgumentException("not a value: " + value.getClass());
        }
    }

    private ByteArrayOutputStream tagged(int rank) {
        out.write(rank);
        return out;
    }

    private void element(@Nullable Object element) {
        out.write(1);
        write(element);
    }

    private void members(Map<?, ?> map) {
        map.keySet().stream().map(String.class::cast).sorted(Values::orderText).forEach(key -> {
            element(key);
            element(map.get(key));
        });
        out.write(0);
    }

    private void text(String text) {
        tagged(TEXT).writeBytes(text.getBytes(StandardCharsets.UTF_8));
        out.write(0);
    }

    /** A zero is a zero and a greatest byte, so that two zeros are the end. */
    private void bytes(Bytes bytes) {
        tagged(BYTES);
        for (byte each : bytes.toArray()) {
            out.write(each);
            if (each == 0) {
                out.write(0xFF);
            }
        }
        out.write(0);
        out.write(0);
    }

    private void number(BigDecimal number) {
        number(number.signum(), number.unscaledValue().abs().toString(), number.scale());
    }

    private static String magnitude(long number) {
        return number == Long.MIN_VALUE ? Long.toUnsignedString(number) : Long.toString(Math.abs(number));
    }

    private void number(int sign, String digits, int scale) {
        tagged(NUMBER);
        out.write(sign + 1);
        if (sign == 0) {
            return;
        }
        int exponent = digits.length() - 1 - scale + BIAS;
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        int mask = sign < 0 ? 0xFF : 0;
        out.write((exponent >> 8) ^ mask);
        out.write((exponent & 0xFF) ^ mask);
        for (int i = 0; i < end; i++) {
            out.write(digits.charAt(i) ^ mask);
        }
        out.write(mask);
    }

    private void signed(long number) {
        eight(number ^ Long.MIN_VALUE);
    }

    private void eight(long number) {
        out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }
}
