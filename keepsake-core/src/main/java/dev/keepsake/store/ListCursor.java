package dev.keepsake.store;

import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A cursor over States in memory. */
final class ListCursor implements Cursor {
    private final Shape shape;
    private final Iterator<State> states;
    private @Nullable State current;
    private boolean closed;

    ListCursor(Shape shape, Iterator<State> states) {
        this.shape = shape;
        this.states = states;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public boolean next() {
        current = !closed && states.hasNext() ? states.next() : null;
        return current != null;
    }

    @Override
    public State state() {
        if (current == null) {
            throw new NoSuchElementException("the cursor is at no State");
        }
        return current;
    }

    @Override
    public void close() {
        closed = true;
    }
}
