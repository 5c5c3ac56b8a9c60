package dev.keepsake.store;

import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import java.util.List;

/** Part of someone else's transaction: commit leaves it open, rollback and close undo this part alone. */
final class Joined implements Transaction {
    private final Transaction transaction;
    private final Mark start;
    private boolean over;

    Joined(Transaction transaction) {
        this.transaction = transaction;
        this.start = transaction.mark();
    }

    @Override
    public Cursor find(Selection selection) {
        return transaction.find(selection);
    }

    @Override
    public Cursor rows(Rows rows) {
        return transaction.rows(rows);
    }

    @Override
    public Cursor aggregate(Aggregation aggregation) {
        return transaction.aggregate(aggregation);
    }

    @Override
    public Cursor decode(Kind kind, Object nativeRows) {
        return transaction.decode(kind, nativeRows);
    }

    @Override
    public Schema inspect() {
        return transaction.inspect();
    }

    @Override
    public WriteResult write(Changeset changes) {
        return transaction.write(changes);
    }

    @Override
    public void alter(List<Alteration> steps) {
        transaction.alter(steps);
    }

    @Override
    public Mark mark() {
        return transaction.mark();
    }

    @Override
    public void rollbackTo(Mark mark) {
        transaction.rollbackTo(mark);
    }

    @Override
    public void release(Mark mark) {
        transaction.release(mark);
    }

    @Override
    public void commit() {
        over = true;
    }

    @Override
    public void rollback() {
        over = true;
        transaction.rollbackTo(start);
    }

    @Override
    public <T> T unwrap(Class<T> nativeType) {
        return transaction.unwrap(nativeType);
    }

    @Override
    public void close() {
        if (!over) {
            rollback();
        }
    }
}
