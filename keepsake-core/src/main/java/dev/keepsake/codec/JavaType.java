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
 * @param model the class, where it is one that is kept inside another
 * @param element of what it is, where it is a list, a set, a map or an optional
 */
record JavaType(
        Type type,
        boolean nullable,
        Function<Object, @Nullable Object> encode,
        Function<Object, Object> decode,
        @Nullable Object ofNull,
        @Nullable ClassModel<?> model,
        @Nullable JavaType element) {

    static JavaType of(Type type, Function<Object, Object> decode) {
        return new JavaType(type, true, value -> value, decode, null, null, null);
    }

    static JavaType of(
            Type type,
            Function<Object, @Nullable Object> encode,
            Function<Object, Object> decode,
            @Nullable Object ofNull,
            @Nullable JavaType element) {
        return new JavaType(type, true, encode, decode, ofNull, null, element);
    }

    JavaType as(Type other) {
        return new JavaType(other, nullable, encode, decode, ofNull, model, element);
    }

    JavaType required() {
        return new JavaType(type, false, encode, decode, ofNull, model, element);
    }

    /** A value of this type, null included, as something that {@code Values.fit} takes. */
    @Nullable
    Object encoded(@Nullable Object value) {
        return value == null ? null : encode.apply(value);
    }
}
