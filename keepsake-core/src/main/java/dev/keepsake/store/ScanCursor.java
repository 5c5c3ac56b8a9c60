package dev.keepsake.store;

import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** A cursor whose store reads without an index: it tells how many objects were read, once more when it is closed. */
final class ScanCursor implements Cursor {
    private final Cursor cursor;
    private final LongSupplier scanned;
    private final LongConsumer told;
    private boolean closed;

    ScanCursor(Cursor cursor, LongSupplier scanned, LongConsumer told) {
        this.cursor = cursor;
        this.scanned = scanned;
        this.told = told;
    }

    @Override
    public Shape shape() {
        return cursor.shape();
    }

    @Override
    public boolean next() {
        return cursor.next();
    }

    @Override
    public State state() {
        return cursor.state();
    }

    @Override
    public long scanned() {
        return scanned.getAsLong();
    }

    @Override
    public void close() {
        cursor.close();
        if (!closed) {
            closed = true;
            told.accept(scanned());
        }
    }
}
