package dev.keepsake.codec;

import dev.keepsake.value.Type;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How values of one Java type become values of ours, and back.
 *
 * @param type what is kept
 * @param nullable whether the Java type has null, or {@code Optional.empty()}
 * @param encode from Java, not null, to something that {@code Values.fit} takes
 * @param decode from a value, not null, to Java; an {@link IllegalArgumentException} where it does not fit
 * @param ofNull what null is in Java
 */
record JavaType(
        Type type,
        boolean nullable,
        Function<Object, @Nullable Object> encode,
        Function<Object, Object> decode,
        @Nullable Object ofNull) {

    static JavaType of(Type type, Function<Object, Object> decode) {
        return new JavaType(type, true, value -> value, decode, null);
    }

    JavaType as(Type other) {
        return new JavaType(other, nullable, encode, decode, ofNull);
    }

    JavaType required() {
        return new JavaType(type, false, encode, decode, ofNull);
    }
}
