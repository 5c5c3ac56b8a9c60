package dev.keepsake.codec;

import dev.keepsake.value.Type;
import java.util.List;
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
 * @param models the class, where it is one that is kept inside another; several, where it is a sealed one
 * @param element of what it is, where it is a list, a set, a map or an optional
 */
record JavaType(
        Type type,
        boolean nullable,
        Function<Object, @Nullable Object> encode,
        Function<Object, Object> decode,
        @Nullable Object ofNull,
        List<ClassModel<?>> models,
        @Nullable JavaType element) {
    @SuppressWarnings("UnnecessaryLambda") // it is told from others by being the same
    private static final Function<Object, @Nullable Object> AS_IT_IS = value -> value;

    static JavaType of(Type type, Function<Object, Object> decode) {
        return new JavaType(type, true, AS_IT_IS, decode, null, List.of(), null);
    }

    static JavaType of(
            Type type,
            Function<Object, @Nullable Object> encode,
            Function<Object, Object> decode,
            @Nullable Object ofNull,
            @Nullable JavaType element) {
        return new JavaType(type, true, encode, decode, ofNull, List.of(), element);
    }

    JavaType as(Type other) {
        return new JavaType(other, nullable, encode, decode, ofNull, models, element);
    }

    JavaType required() {
        return new JavaType(type, false, encode, decode, ofNull, models, element);
    }

    /** Whether values are kept as they are in Java. */
    boolean isPlain() {
        return encode == AS_IT_IS;
    }

    /** The class that a value is of, where it is kept inside another. */
    @Nullable
    ClassModel<?> modelOf(Object value) {
        for (ClassModel<?> model : models) {
            if (model.type() == value.getClass()) {
                return model;
            }
        }
        return models.size() == 1 ? models.getFirst() : null;
    }

    /** A value of this type, null included, as something that {@code Values.fit} takes. */
    @Nullable
    Object encoded(@Nullable Object value) {
        return value == null ? null : encode.apply(value);
    }
}
