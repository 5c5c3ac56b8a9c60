package dev.keepsake.schema;

import dev.keepsake.value.Type;
import org.jspecify.annotations.Nullable;

/**
 * One stored field of a kind.
 *
 * @param name its stored name
 * @param type the type of its values
 * @param required whether null and absent are refused
 * @param nativeType the type as the store declares it, where the kind was read from a store
 * @param collation how a foreign text column compares, where that is not by code point
 */
public record Field(
        String name,
        Type type,
        boolean required,
        @Nullable String nativeType,
        @Nullable String collation) {

    /** A field that may be null. */
    public static Field of(String name, Type type) {
        return new Field(name, type, false, null, null);
    }

    /** A field that may not be null. */
    public static Field required(String name, Type type) {
        return new Field(name, type, true, null, null);
    }

    /** The field as text: {@code created_date instant(3) required}. */
    @Override
    public String toString() {
        return name + " " + type + (required ? " required" : "");
    }
}
