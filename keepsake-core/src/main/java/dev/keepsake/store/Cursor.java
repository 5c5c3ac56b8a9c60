package dev.keepsake.store;

import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * States, one after the other, in bounded memory. Each is a view that is valid until the next {@link #next}, see
 * {@link State#keep}. It is read once. Not safe for use by several threads.
 *
 * <pre>{@code
 * try (Cursor cursor = transaction.find(selection)) {
 *     while (cursor.next()) {
 *         System.out.println(cursor.state().at(0));
 *     }
 * }
 * }</pre>
 */
public interface Cursor extends AutoCloseable {
    /** The shape that all its States share. */
    Shape shape();

    /** Goes to the next State; false at the end, from then on for ever. */
    boolean next();

    /** The State it is at. */
    State state();

    /**
     * How many objects the store has read so far to find these, where it reads without an index because that is allowed, see
     * {@link dev.keepsake.query.Selection#scanning}; -1 for all other cursors.
     */
    default long scanned() {
        return -1;
    }

    /** Ends reading. A second close does nothing. */
    @Override
    void close();

    /** All that is left, kept; closes. */
    default List<State> list() {
        return list(State::keep);
    }

    /** A result for each State that is left, taken from its view; closes. */
    default <T> List<T> list(Function<? super State, ? extends T> reader) {
        try (this) {
            List<T> all = new ArrayList<>();
            while (next()) {
                all.add(reader.apply(state()));
            }
            return all;
        }
    }

    /** The first that is left, kept, if there is one; closes. */
    default Optional<State> first() {
        try (this) {
            return next() ? Optional.of(state().keep()) : Optional.empty();
        }
    }

    /** All that is left, each kept, read as the stream is; closing the stream closes this. */
    default Stream<State> stream() {
        Iterator<State> states = new Iterator<>() {
            private boolean ahead;
            private boolean there;

            @Override
            public boolean hasNext() {
                if (!ahead) {
                    there = Cursor.this.next();
                    ahead = true;
                }
                return there;
            }

            @Override
            public State next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                ahead = false;
                return state().keep();
            }
        };
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(states, Spliterator.ORDERED | Spliterator.NONNULL), false)
                .onClose(this::close);
    }

    /** A cursor over States that are already there. */
    static Cursor of(Shape shape, Iterable<State> states) {
        return new ListCursor(shape, states.iterator());
    }

    /** A cursor whose store reads without an index, and tells how many objects it has read. */
    static Cursor scanning(Cursor cursor, LongSupplier scanned) {
        return new ScanCursor(cursor, scanned, read -> {});
    }

    /** A cursor over States that come as they are asked for. */
    static Cursor of(Shape shape, Stream<State> states) {
        return new ListCursor(shape, states.iterator());
    }
}
