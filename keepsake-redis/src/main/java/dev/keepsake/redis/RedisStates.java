package dev.keepsake.redis;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.json.Json;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.value.Id;
import dev.keepsake.value.Path;
import dev.keepsake.value.Times;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * States of a kind as hashes of Redis. A field of the hash is a field of the State under its stored name, and its value is text: text as
 * it is, numbers with all their digits, times in ISO 8601, lists and maps as JSON; null is the one character that no text can have,
 * U+0000. A field that the kind does not know is Extended JSON, which tells its type. Immutable.
 */
final class RedisStates {
    /** How null is kept. */
    static final byte[] NULL = {0};

    private final Kind kind;
    private final byte[][] names;
    private final List<Path> paths;

    RedisStates(Kind kind) {
        this.kind = kind;
        this.paths = kind.fields().stream().map(field -> Path.of(field.name())).toList();
        this.names = kind.fields().stream()
                .map(field -> RedisKeys.bytes(field.name()))
                .toArray(byte[][]::new);
    }

    /** The stored names of the fields that the kind knows, by position. */
    byte[][] names() {
        return names;
    }

    /** What the value of a field is kept as. */
    byte[] encoded(String field, @Nullable Object value) {
        int position = kind.shape().position(field);
        return position < 0 ? further(value) : encoded(position, value);
    }

    /** A text as it is, unless it would be taken for something else, and so is JSON as all others are. */
    private static byte[] further(@Nullable Object value) {
        return value instanceof String text && text.equals(ofFurther(text))
                ? RedisKeys.bytes(text)
                : encoded(value, Type.ANY);
    }

    /** What the text of a field that the kind does not know holds: JSON, or text where it is none. */
    static @Nullable Object ofFurther(String text) {
        try {
            return Json.parse(text);
        } catch (Fault fault) {
            return text;
        }
    }

    /** As {@link #encoded(String, Object)}, of the field at a position of the kind. */
    byte[] encoded(int position, @Nullable Object value) {
        return encoded(value, kind.shape().type(position));
    }

    private static byte[] encoded(@Nullable Object value, Type type) {
        return value == null ? NULL : RedisKeys.bytes(text(value, type));
    }

    private static String text(Object value, Type type) {
        return switch (type) {
            case Type.Any any -> Json.text(value);
            default ->
                switch (value) {
                    case String text -> text;
                    case Long number -> number.toString();
                    case Double number -> number.toString();
                    case BigDecimal number -> number.toPlainString();
                    case Boolean truth -> truth.toString();
                    case UUID uuid -> uuid.toString();
                    case Instant instant
                    when type instanceof Type.Instant kept -> Times.text(instant, kept.precision());
                    case List<?> list -> Json.text(list, type);
                    case Map<?, ?> map -> Json.text(map, type);
                    default -> unquoted(Json.text(value, type));
                };
        };
    }

    /** What JSON has as text without anything to escape: times, dates, bytes and ids. */
    private static String unquoted(String json) {
        return json.substring(1, json.length() - 1);
    }

    /** An id as the last part of a key; of an object of a bag the number that stands for it. */
    String idText(Object id) {
        if (kind.isBag()) {
            return id.toString();
        }
        return id instanceof Id tuple
                ? Json.text(List.copyOf(tuple.parts().values()))
                : text(id, kind.shape().type(kind.shape().position(kind.id().getFirst())));
    }

    /** The sort key of an id, part by part. */
    byte[] idOrder(Object id) {
        if (!(id instanceof Id tuple)) {
            return SortKey.of(id);
        }
        return joined(
                kind.id().stream().map(part -> SortKey.of(tuple.part(part))).toList());
    }

    static byte[] joined(List<byte[]> parts) {
        byte[] joined = new byte[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }

    /**
     * The State that a row holds.
     *
     * @param values by position of {@link #names}; null where there is none
     * @param others the fields that the kind does not know, name and value one after the other
     */
    State decoded(List<?> values, List<?> others) {
        Shape shape = kind.shape();
        @Nullable Object[] decoded = new Object[names.length];
        for (int i = 0; i < names.length; i++) {
            byte[] value = (byte[]) values.get(i);
            decoded[i] = value == null ? State.ABSENT : decoded(value, shape.type(i), i, values);
        }
        if (others.isEmpty()) {
            return State.of(shape, decoded);
        }
        Map<String, @Nullable Object> extra = new LinkedHashMap<>();
        for (int i = 0; i < others.size(); i += 2) {
            String name = RedisKeys.text((byte[]) others.get(i));
            if (shape.position(name) < 0) {
                byte[] value = (byte[]) others.get(i + 1);
                extra.put(name, isNull(value) ? null : ofFurther(RedisKeys.text(value)));
            }
        }
        return State.of(shape, decoded, extra);
    }

    private static boolean isNull(byte[] value) {
        return value.length == 1 && value[0] == 0;
    }

    /** A field that was a further one before the kind knew it is still JSON, where its type is not text. */
    private static @Nullable Object read(String text, Type type, Path at) {
        return text.startsWith("{") ? Json.parse(text, type, at) : Json.fromText(text, type, at);
    }

    private @Nullable Object decoded(byte[] value, Type type, int position, List<?> row) {
        if (isNull(value)) {
            return null;
        }
        String text = RedisKeys.text(value);
        try {
            return switch (type) {
                case Type.Text any -> text;
                case Type.Int integer -> Long.valueOf(text);
                case Type.Real real -> Double.valueOf(text);
                default -> read(text, type, paths.get(position));
            };
        } catch (Fault | NumberFormatException e) {
            throw undecodable(text, type, position, row, e);
        }
    }

    private RuntimeException undecodable(String text, Type type, int position, List<?> row, RuntimeException cause) {
        List<String> id = new ArrayList<>();
        for (String part : kind.id()) {
            byte[] value = (byte[]) row.get(kind.shape().position(part));
            id.add(value == null ? "?" : RedisKeys.text(value));
        }
        String field = kind.fields().get(position).name();
        return Problem.STATE_UNDECODABLE
                .because(
                        "cannot decode %s %s: %s holds %s, expected %s",
                        kind.name(), String.join(", ", id), field, Report.quote(text), type)
                .at(kind.name() + "/" + String.join(",", id))
                .cause(cause)
                .fault();
    }

    /** The State of a hash that someone else has read, which must have all fields of the kind that objects must have. */
    State ofForeignHash(Map<?, ?> hash) {
        Map<String, byte[]> values = new LinkedHashMap<>();
        hash.forEach((name, value) -> values.put(textOf(name), bytesOf(value)));
        for (Field field : kind.fields()) {
            if (field.required() && !values.containsKey(field.name())) {
                throw Problem.REQUEST_INVALID
                        .because("the rows lack %s of kind %s", field.name(), kind.name())
                        .hint("read the whole hash, with HGETALL")
                        .fault();
            }
        }
        return named(values);
    }

    /** The State of a whole hash. */
    State ofHash(Map<byte[], byte[]> hash) {
        Map<String, byte[]> values = new LinkedHashMap<>();
        hash.forEach((name, value) -> values.put(RedisKeys.text(name), value));
        return named(values);
    }

    private State named(Map<String, byte[]> values) {
        byte @Nullable [][] known = new byte[names.length][];
        List<byte[]> others = new ArrayList<>();
        values.forEach((name, value) -> {
            int position = kind.shape().position(name);
            if (position >= 0) {
                known[position] = value;
            } else {
                others.add(RedisKeys.bytes(name));
                others.add(value);
            }
        });
        return decoded(Arrays.asList(known), others);
    }

    private static String textOf(@Nullable Object name) {
        return name instanceof byte[] bytes ? RedisKeys.text(bytes) : String.valueOf(name);
    }

    private static byte[] bytesOf(@Nullable Object value) {
        return value instanceof byte[] bytes ? bytes : RedisKeys.bytes(String.valueOf(value));
    }
}
