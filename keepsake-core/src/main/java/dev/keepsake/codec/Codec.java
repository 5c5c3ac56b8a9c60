package dev.keepsake.codec;

import dev.keepsake.query.Change;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Order;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns objects of one class into States and back, and knows the class by its members: their stored names, where they lead,
 * what they must be. Made by {@link Codecs}. Immutable, safe for use by several threads.
 *
 * @param <T> the class
 */
public sealed interface Codec<T> permits ClassCodec, HierarchyCodec, StateCodec {
    /** The class of the objects. */
    Class<T> type();

    /** What is kept of an object: its kind, in stored names. */
    Kind kind();

    /** The condition that tells objects of this class from others of the kind; of a class that shares it with none, true. */
    Condition own();

    /**
     * The State of an object, normalised: times cut to their field's precision, sets sorted.
     *
     * @throws dev.keepsake.fault.Invalid {@code value-refused} with the field, for what cannot be kept
     */
    State encode(T object);

    /**
     * The object of a State, whose shape may have the fields in another order, lack some, or have more; lazy members are
     * detached, and a plain reference to another object cannot be followed.
     *
     * @throws dev.keepsake.fault.Corrupt {@code state-undecodable} with id, field, and what was expected and found
     * @throws dev.keepsake.fault.Detached where an object is made of another one that would have to be loaded
     */
    default T decode(State state) {
        return decode(state, Links.NONE);
    }

    /** As {@link #decode(State)}, with someone who finds the other objects. */
    T decode(State state, Links links);

    /** Whether the object holds what the State does, so that nothing is to be written. */
    boolean holds(T object, State state);

    /** The stored names of the fields in which the object differs from the State. */
    List<String> changes(T object, State state);

    /** Whether its objects are never changed, as those of a record: another value is another object. */
    boolean fixed(T object);

    /** Puts what a State holds into an object that can be changed. */
    void fill(T object, State state, Links links);

    /** The object with another value in a stored field: changed in place, or a copy of one that cannot be. */
    T with(T object, String field, @Nullable Object value);

    /** The object with another value of a relation: changed in place, or a copy of one that cannot be. */
    T with(T object, Relation relation, @Nullable Object value);

    /** The id of an object; null where it has none yet. */
    @Nullable
    Object idOf(Object object);

    /** An id as the kind has it, of what a user gives: a plain value, an id class, an embedded id, a reference. */
    Object id(Object given);

    /** The members of an object that lead to others. */
    List<Relation> relations(T object);

    /** All members that lead to others, of any object of this class. */
    List<Relation> relations();

    /** The members that are kept, by their paths in Java names, in order. */
    List<String> names();

    /** What is wrong with an object, each with its path in Java names; empty for one that can be written. */
    List<String> mistakes(T object);

    /** Where its generated numbers come from, if from a sequence. */
    Optional<Sequence> sequence();

    /**
     * The stored path of a path in Java names; through relations too.
     *
     * @throws dev.keepsake.fault.Invalid {@code unknown-field} with near names
     */
    Path stored(Path javaPath);

    /** A condition in Java names, its constants of Java types, as one in stored names and values. */
    Condition stored(Condition condition);

    /** A key of sorting in Java names as one in stored names. */
    default Order stored(Order order) {
        return new Order(stored(order.path()), order.descending());
    }

    /** A change in Java names as one in stored names and values. */
    Change stored(Change change);

    /**
     * A sequence of numbers, taken in blocks.
     *
     * @param name its name
     * @param first its first number
     * @param block how many are taken at once
     */
    record Sequence(String name, long first, int block) {}
}
