package dev.keepsake.codec;

import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;

/**
 * Turns objects of one class into States and back. Immutable, safe for use by several threads.
 *
 * @param <T> the class
 */
public interface Codec<T> {
    /** The class of the objects. */
    Class<T> type();

    /** What is kept of an object: its kind, in stored names. */
    Kind kind();

    /**
     * The State of an object, normalised: times cut to their field's precision, sets sorted.
     *
     * @throws dev.keepsake.fault.Invalid {@code value-refused} with the field, for what cannot be kept
     */
    State encode(T object);

    /**
     * The object of a State, whose shape may have the fields in another order, lack some, or have more.
     *
     * @throws dev.keepsake.fault.Corrupt {@code state-undecodable} with id, field, and what was expected and found
     */
    T decode(State state);
}
