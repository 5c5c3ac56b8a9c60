package dev.keepsake.json;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * Values as JSON text. A value whose {@link Type} is declared is written plain, an instant as text; where the type is
 * {@link Type#ANY} what JSON lacks is written as relaxed Extended JSON (MongoDB's "Extended JSON v2" specification):
 * {@code {"$date": "2018-05-31T01:44:52.000Z"}}, and {@code $oid}, {@code $uuid}, {@code $numberDecimal}, {@code $binary};
 * dates and times without zone, which that lacks too, as {@code $localDate}, {@code $localTime}, {@code $localDateTime}.
 *
 * <p>A whole number without fraction or exponent is a {@link Long} (or a decimal, beyond 64 bits), any other a
 * {@link Double}; the order of keys is kept; a key that occurs twice is refused. Stateless, safe for use by several
 * threads.
 */
public final class Json {
    /** How deep a wrapper of Extended JSON is; what is too deep without it is refused as a value. */
    private static final int WRAPPER = 2;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Values.MAX_DEPTH + WRAPPER)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(1_000_000)
                    .build())
            .streamWriteConstraints(StreamWriteConstraints.builder()
                    .maxNestingDepth(2 * Values.MAX_DEPTH)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    /**
     * Reads one value, Extended JSON included.
     *
     * @throws dev.keepsake.fault.Invalid {@code malformed-record}, with line and column; {@code value-refused}
     */
    public static @Nullable Object parse(String text) {
        return parse(text, Type.ANY, Path.of("$"));
    }

    /**
     * Reads one value of the given type, plain or as Extended JSON.
     *
     * @param at where the text is, for the error message
     * @throws dev.keepsake.fault.Invalid {@code malformed-record}, {@code type-mismatch} or {@code value-refused}
     */
    public static @Nullable Object parse(String text, Type type, Path at) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            return parse(parser, type, at);
        }
    }

    private static @Nullable Object parse(JsonParser parser, Type type, Path at) {
        try {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw Problem.MALFORMED_RECORD
                        .because("the JSON is empty")
                        .at(place(parser.currentTokenLocation()))
                        .fault();
            }
            Object value = read(parser, first, type);
            if (parser.nextToken() != null) {
                throw Problem.MALFORMED_RECORD
                        .because("the JSON goes on behind its end")
                        .at(place(parser.currentTokenLocation()))
                        .fault();
            }
            return type instanceof Type.Any ? Values.fit(value, type, at) : Plain.read(value, type, at);
        } catch (JacksonException e) {
            throw Problem.MALFORMED_RECORD
                    .because("the JSON is malformed: %s", Report.quote(firstLine(e)))
                    .at(place(e.getLocation() == null ? parser.currentLocation() : e.getLocation()))
                    .fault();
        }
    }

    private static String firstLine(JacksonException e) {
        String message = String.valueOf(e.getOriginalMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    private static @Nullable String place(@Nullable TokenStreamLocation location) {
        return location == null ? null : "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    /** The type matters for numbers alone: a decimal would not survive being a double on the way. */
    private static @Nullable Object read(JsonParser parser, JsonToken token, Type type) {
        return switch (token) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> whole(parser.getNumberValue());
            case VALUE_NUMBER_FLOAT ->
                type instanceof Type.Decimal ? parser.getDecimalValue() : (Object) parser.getDoubleValue();
            case START_ARRAY -> {
                Type element = type instanceof Type.Sequence sequence ? sequence.element() : Type.ANY;
                List<@Nullable Object> list = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    list.add(read(parser, next, element));
                }
                yield Collections.unmodifiableList(list);
            }
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String key = parser.currentName();
                    Type member = Type.step(type, key).orElse(Type.ANY);
                    map.put(key, read(parser, parser.nextToken(), member));
                }
                yield unwrapped(map, parser);
            }
            default ->
                throw Problem.MALFORMED_RECORD
                        .because("the JSON ends too early")
                        .fault();
        };
    }

    private static Number whole(Number number) {
        if (number instanceof Integer small) {
            return small.longValue();
        }
        return number;
    }

    private static Object unwrapped(Map<String, @Nullable Object> map, JsonParser parser) {
        try {
            return Extended.unwrap(map);
        } catch (IllegalArgumentException e) {
            throw Problem.MALFORMED_RECORD
                    .because(String.valueOf(e.getMessage()))
                    .at(place(parser.currentTokenLocation()))
                    .cause(e.getCause())
                    .fault();
        }
    }

    /**
     * Reads plain text, such as a cell of a CSV file, as a value of the given type; lists, maps and untyped values are
     * JSON.
     *
     * @throws dev.keepsake.fault.Invalid {@code type-mismatch}, {@code malformed-record} or {@code value-refused}
     */
    public static @Nullable Object fromText(String text, Type type, Path at) {
        return Type.nested(type) ? parse(text, type, at) : Values.fit(Plain.scalar(text, type, at), type, at);
    }

    /** Writes a value of any type, what JSON lacks as Extended JSON, on one line. */
    public static String text(@Nullable Object value) {
        return text(value, Type.ANY);
    }

    /** Writes a value of the given type, plain where the type tells what it is, on one line. */
    public static String text(@Nullable Object value, Type type) {
        return text(value, type, true, false);
    }

    /**
     * As {@link #text(Object, Type)}, for a store that keeps JSON's numbers as decimals: a double has a point and no exponent, by
     * which it is told from a whole number when it is read back.
     */
    public static String decimalText(@Nullable Object value, Type type) {
        return text(value, type, true, true);
    }

    private static String text(@Nullable Object value, Type type, boolean wrapping, boolean decimal) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            new JsonWriter(generator, wrapping, decimal).write(value, type);
        }
        return text.toString();
    }

    /** Writes a value for reading only: everything that JSON lacks is plain text or a number, nothing is wrapped. */
    public static String plain(@Nullable Object value) {
        return text(value, Type.ANY, false, false);
    }
}
