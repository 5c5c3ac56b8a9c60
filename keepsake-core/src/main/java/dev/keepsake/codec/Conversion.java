package dev.keepsake.codec;

import java.util.function.Function;

/**
 * How values of a class that cannot be kept become values that can, and back: for all members of that class in a model.
 *
 * <pre>{@code
 * Conversion.of(Color.class, String.class, Colours::hex, Colours::parse)
 * }</pre>
 *
 * <p>Null stays null and is never converted. The functions are to be safe for use by several threads.
 *
 * @param type the class
 * @param as the class of what is kept
 * @param encode to what is kept
 * @param decode back; an {@link IllegalArgumentException} says what was expected
 * @param <J> the class
 * @param <K> the class of what is kept
 */
public record Conversion<J, K>(
        Class<J> type, Class<K> as, Function<? super J, ? extends K> encode, Function<? super K, ? extends J> decode) {
    /** A conversion of all members of a class. */
    public static <J, K> Conversion<J, K> of(
            Class<J> type,
            Class<K> as,
            Function<? super J, ? extends K> encode,
            Function<? super K, ? extends J> decode) {
        return new Conversion<>(type, as, encode, decode);
    }
}
