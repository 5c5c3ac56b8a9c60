package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.value.Type;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A long selection for a database whose open result blocks its connection. It is read row by row as long as nothing else is asked on
 * the connection; when something is, the result is closed, and the rest is read in pages by key, each behind the last State before.
 * The transaction keeps all of them one state of the database.
 */
final class SqlPages implements Cursor, SqlTransaction.Reading {
    private static final int PAGE = 2_000;

    private final Selection selection;
    private final Function<Selection, SqlStates> open;
    private SqlStates rows;
    private long read;
    /** How many rows are left in the page; all of them in the first result. */
    private long left;

    private boolean paged;
    private boolean at;
    /** The State that the cursor was at when its result was closed. */
    private @Nullable State kept;

    private final Current current = new Current();
    private boolean closed;
    private boolean cut;

    SqlPages(Selection selection, Function<Selection, SqlStates> open) {
        // in the order of the keys from the start, so that it can go on by them
        this.selection = selection.limit() < 0 ? selection.limit(Long.MAX_VALUE) : selection;
        this.open = open;
        this.rows = open.apply(this.selection);
        this.left = this.selection.limit();
    }

    /** Whether a selection is long enough, and has keys to go on from. */
    static boolean suit(Selection selection) {
        if (selection.kind().isBag() || (selection.limit() >= 0 && selection.limit() <= PAGE)) {
            return false;
        }
        for (Order key : selection.limit(PAGE).order()) {
            boolean kept = selection.links(key).isEmpty()
                    && selection.shape().position(key.path().field()) >= 0
                    && !(selection.kind().typeAt(key.path()) instanceof Type.Any);
            if (!kept) {
                return false;
            }
        }
        return true;
    }

    /** Makes way for another statement on the connection: what is left is read later. */
    void giveWay() {
        if (closed || rows.isClosed()) {
            return;
        }
        if (at) {
            kept = rows.state().keep();
        }
        rows.close();
        left = 0;
        paged = true;
    }

    @Override
    public Shape shape() {
        return selection.shape();
    }

    @Override
    public boolean next() {
        if (cut) {
            throw Problem.CLOSED
                    .because("the transaction ended before all States were read")
                    .fault();
        }
        if (closed || read == selection.limit()) {
            close();
            return false;
        }
        State last = kept;
        if (left == 0 && last == null) {
            last = at ? rows.state().keep() : null;
        }
        if (left == 0) {
            rows.close();
            kept = null;
            left = Math.min(PAGE, selection.limit() - read);
            Selection rest = last == null ? selection : selection.after(last).offset(0);
            rows = open.apply(paged ? rest.limit(left) : rest);
        }
        at = rows.next();
        if (!at) {
            close();
            return false;
        }
        left--;
        read++;
        return true;
    }

    /** A State that stays the current one when its result makes way. */
    @Override
    public State state() {
        if (!at || closed) {
            throw new NoSuchElementException("the cursor is at no State");
        }
        return current;
    }

    private State now() {
        return kept == null ? rows.state() : kept;
    }

    private final class Current implements State {
        @Override
        public Shape shape() {
            return selection.shape();
        }

        @Override
        public boolean has(int position) {
            return now().has(position);
        }

        @Override
        public @Nullable Object at(int position) {
            return now().at(position);
        }

        @Override
        public boolean isNull(int position) {
            return now().isNull(position);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            at = false;
            rows.close();
        }
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void cut() {
        if (!closed) {
            cut = true;
            close();
        }
    }
}
