package dev.keepsake.json;

import dev.keepsake.fault.Report;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Times;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The wrappers of Extended JSON v2, relaxed and canonical: {@code {"$oid": "..."}} is an object id. */
final class Extended {
    private Extended() {}

    /**
     * What the map stands for, or the map itself where it is no wrapper.
     *
     * @throws IllegalArgumentException where it is a wrapper of something that it cannot hold
     */
    static Object unwrap(Map<String, @Nullable Object> map) {
        if (map.size() != 1) {
            return map;
        }
        Map.Entry<String, @Nullable Object> only = map.entrySet().iterator().next();
        String key = only.getKey();
        Object value = only.getValue();
        if (!key.startsWith("$")) {
            return map;
        }
        try {
            return switch (key) {
                case "$oid" -> ObjectId.parse(text(value));
                case "$uuid" -> Plain.uuid(text(value));
                case "$date" ->
                    value instanceof Long millis ? Instant.ofEpochMilli(millis) : Times.instant(text(value));
                case "$numberDecimal" -> new BigDecimal(text(value));
                case "$numberLong", "$numberInt" -> Long.valueOf(text(value));
                case "$numberDouble" -> Double.valueOf(text(value));
                case "$localDate" -> Times.date(text(value));
                case "$localTime" -> Times.time(text(value));
                case "$localDateTime" -> Times.dateTime(text(value));
                case "$binary" -> binary(value);
                default -> map;
            };
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IllegalArgumentException(key + " holds " + Report.quote(value) + ", which it cannot", e);
        }
    }

    private static Object binary(@Nullable Object value) {
        if (value instanceof Map<?, ?> map && map.get("base64") instanceof String text) {
            byte[] bytes = Base64.getDecoder().decode(text);
            boolean uuid = map.get("subType") instanceof String type
                    && (type.equals("04") || type.equals("4"))
                    && bytes.length == 16;
            return uuid ? uuid(bytes) : Bytes.of(bytes);
        }
        throw new IllegalArgumentException("expected base64 and subType");
    }

    private static UUID uuid(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    private static String text(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("expected text");
    }
}
