package dev.keepsake.json;

import dev.keepsake.value.Bytes;
import dev.keepsake.value.Id;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Times;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes values to a generator: wrapped as Extended JSON where asked for and the type does not tell what they are. */
final class JsonWriter {
    private final JsonGenerator out;
    private final boolean wrapping;
    private final boolean decimal;

    JsonWriter(JsonGenerator out, boolean wrapping, boolean decimal) {
        this.out = out;
        this.wrapping = wrapping;
        this.decimal = decimal;
    }

    /** A double without exponent and always with a point, which it keeps where numbers are kept as decimals. */
    private static String withPoint(double number) {
        BigDecimal exact = BigDecimal.valueOf(number);
        return (exact.scale() < 1 ? exact.setScale(1) : exact).toPlainString();
    }

    void write(@Nullable Object value, Type type) {
        boolean plain = !wrapping || !(type instanceof Type.Any);
        switch (value) {
            case null -> out.writeNull();
            case Boolean b -> out.writeBoolean(b);
            case Long l -> out.writeNumber(l);
            case Double d when decimal -> out.writeNumber(withPoint(d));
            case Double d -> out.writeNumber(d);
            case String s -> out.writeString(s);
            case BigDecimal d when plain -> out.writeNumber(d.toPlainString());
            case BigDecimal d -> wrap("$numberDecimal", d.toPlainString());
            case Bytes b when plain -> out.writeString(base64(b));
            case Bytes b -> binary(b);
            case UUID u -> text("$uuid", u.toString(), plain);
            case ObjectId o -> text("$oid", o.toString(), plain);
            case LocalDate d -> text("$localDate", Times.text(d), plain);
            case LocalTime t -> text("$localTime", Times.text(t, Plain.precision(type, t)), plain);
            case LocalDateTime t -> text("$localDateTime", Times.text(t, 'T', Plain.precision(type, t)), plain);
            case Instant i -> text("$date", Times.text(i, Plain.precision(type, i)), plain);
            case List<?> list -> list(list, type instanceof Type.Sequence s ? s.element() : Type.ANY);
            case Map<?, ?> map -> map(map, type);
            case Id id -> map(id.parts(), Type.ANY);
            default -> throw new IllegalArgumentException("not a value: " + value.getClass());
        }
    }

    private void list(List<?> list, Type element) {
        out.writeStartArray();
        for (Object value : list) {
            write(value, element);
        }
        out.writeEndArray();
    }

    private void map(Map<?, ?> map, Type type) {
        out.writeStartObject();
        map.forEach((key, value) -> {
            String name = (String) key;
            out.writeName(name);
            write(value, member(type, name));
        });
        out.writeEndObject();
    }

    private static Type member(Type type, String name) {
        return switch (type) {
            case Type.Dictionary map -> map.value();
            case Type.Struct struct -> struct.members().getOrDefault(name, Type.ANY);
            default -> Type.ANY;
        };
    }

    private void text(String wrapper, String text, boolean plain) {
        if (plain) {
            out.writeString(text);
        } else {
            wrap(wrapper, text);
        }
    }

    private void wrap(String wrapper, String text) {
        out.writeStartObject();
        out.writeName(wrapper);
        out.writeString(text);
        out.writeEndObject();
    }

    private void binary(Bytes bytes) {
        out.writeStartObject();
        out.writeName("$binary");
        out.writeStartObject();
        out.writeName("base64");
        out.writeString(base64(bytes));
        out.writeName("subType");
        out.writeString("00");
        out.writeEndObject();
        out.writeEndObject();
    }

    private static String base64(Bytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.toArray());
    }
}
