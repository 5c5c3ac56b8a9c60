package dev.keepsake.value;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The canonical bytes of a value, digested. Each value is a tag, then its content with its length where that varies, so
 * that no two different values have the same bytes.
 */
final class Digest {
    private final DataOutputStream out;

    private Digest(DataOutputStream out) {
        this.out = out;
    }

    static Bytes of(@Nullable Object value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            new Digest(new DataOutputStream(bytes)).write(value);
            return Bytes.of(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private void write(@Nullable Object value) throws IOException {
        switch (value) {
            case null -> out.writeByte('0');
            case Boolean b -> tagged('b').writeBoolean(b);
            case Long l -> tagged('i').writeLong(l);
            case Double d -> tagged('d').writeDouble(d);
            case BigDecimal d -> text('n', d.toPlainString());
            case String s -> text('s', s);
            case Bytes b -> bytes('x', b.toArray());
            case UUID u -> text('u', u.toString());
            case ObjectId o -> bytes('o', o.toArray());
            case LocalDate d -> text('D', d.toString());
            case LocalTime t -> text('T', t.toString());
            case LocalDateTime t -> text('L', t.toString());
            case Instant i -> text('I', i.toString());
            case List<?> list -> {
                tagged('[').writeInt(list.size());
                for (Object element : list) {
                    write(element);
                }
            }
            case Map<?, ?> map -> map('{', map);
            case Id id -> map('(', id.parts());
            default -> throw new IllegalArgumentException("not a value: " + value.getClass());
        }
    }

    private void map(char tag, Map<?, ?> map) throws IOException {
        tagged(tag).writeInt(map.size());
        List<String> keys = map.keySet().stream()
                .map(String.class::cast)
                .sorted(Values::orderText)
                .toList();
        for (String key : keys) {
            text('k', key);
            write(map.get(key));
        }
    }

    private void text(char tag, String text) throws IOException {
        bytes(tag, text.getBytes(StandardCharsets.UTF_8));
    }

    private void bytes(char tag, byte[] bytes) throws IOException {
        tagged(tag).writeInt(bytes.length);
        out.write(bytes);
    }

    private DataOutputStream tagged(char tag) throws IOException {
        out.writeByte(tag);
        return out;
    }
}
