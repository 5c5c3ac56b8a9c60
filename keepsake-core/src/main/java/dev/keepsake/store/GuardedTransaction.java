package dev.keepsake.store;

import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Unavailable;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Alterations;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A transaction behind the door: it is active, failed until it is rolled back, or over. */
final class GuardedTransaction implements Transaction {
    private final Guarded store;
    private final Transaction transaction;
    private final boolean readOnly;
    private final Thread owner = Thread.currentThread();
    private final List<Mark> marks = new ArrayList<>();
    private boolean over;
    private @Nullable RuntimeException failure;

    GuardedTransaction(Guarded store, Transaction transaction, boolean readOnly) {
        this.store = store;
        this.transaction = transaction;
        this.readOnly = readOnly;
    }

    @Override
    public Cursor find(Selection selection) {
        requireActive();
        store.check(selection);
        if (readOnly && selection.lock() != Selection.Lock.NONE) {
            throw Problem.REQUEST_INVALID
                    .because("a transaction that only reads locks nothing")
                    .store(store.info())
                    .hint("begin it with TransactionOptions.WRITE")
                    .fault();
        }
        Cursor found = store.told(selection, () -> reading(() -> transaction.find(selection)));
        return found.scanned() < 0
                ? found
                : new ScanCursor(found, found::scanned, read -> store.tellScanned(selection, read));
    }

    @Override
    public Cursor rows(Rows rows) {
        requireActive();
        store.check(rows);
        return store.told(rows, () -> reading(() -> transaction.rows(rows)));
    }

    @Override
    public Cursor aggregate(Aggregation aggregation) {
        requireActive();
        store.check(aggregation);
        return store.told(aggregation, () -> reading(() -> transaction.aggregate(aggregation)));
    }

    /** A read that meets a conflict or a store that is gone leaves nothing to go on with, as a write does. */
    private Cursor reading(Supplier<Cursor> read) {
        try {
            return read.get();
        } catch (Conflict | Unavailable e) {
            failure = e;
            throw e;
        }
    }

    boolean hasFailed() {
        return failure != null;
    }

    /** Who began it. */
    Thread owner() {
        return owner;
    }

    /** Whether nobody else can be using it. */
    boolean isLeft() {
        return owner == Thread.currentThread() || !owner.isAlive();
    }

    @Override
    public Cursor decode(Kind kind, Object nativeRows) {
        requireActive();
        return transaction.decode(kind, nativeRows);
    }

    @Override
    public Schema inspect() {
        requireActive();
        return transaction.inspect();
    }

    @Override
    public WriteResult write(Changeset changes) {
        requireWritable();
        store.check(changes);
        Changeset complete = store.withIds(changes);
        try {
            return store.told(complete, () -> transaction.write(complete));
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public boolean holdsWhatItRead() {
        return transaction.holdsWhatItRead();
    }

    @Override
    public void alter(List<Alteration> steps) {
        requireWritable();
        store.check(new Alterations(steps));
        try {
            transaction.alter(steps);
            if (store.features().alterations() != Features.AlterationScope.TRANSACTIONAL) {
                marks.clear();
            }
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public Mark mark() {
        requireActive();
        requireSavepoints();
        Mark mark = transaction.mark();
        marks.add(mark);
        return mark;
    }

    @Override
    public void rollbackTo(Mark mark) {
        requireNotOver();
        requireSavepoints();
        int index = indexOf(mark);
        transaction.rollbackTo(mark);
        marks.subList(index + 1, marks.size()).clear();
        failure = null;
    }

    @Override
    public void release(Mark mark) {
        requireActive();
        requireSavepoints();
        int index = indexOf(mark);
        transaction.release(mark);
        marks.subList(index, marks.size()).clear();
    }

    private int indexOf(Mark mark) {
        int index = marks.indexOf(mark);
        if (index < 0) {
            throw Problem.REQUEST_INVALID
                    .because("the mark is not of this transaction, or gone")
                    .store(store.info())
                    .fault();
        }
        return index;
    }

    private void requireSavepoints() {
        if (store.features().savepoints() == Features.Savepoints.NONE) {
            throw Problem.FEATURE_MISSING
                    .because("this store cannot undo part of a transaction")
                    .store(store.info())
                    .fault();
        }
    }

    @Override
    public void commit() {
        requireActive();
        ending(transaction::commit);
    }

    @Override
    public void rollback() {
        requireNotOver();
        ending(transaction::rollback);
    }

    @Override
    public <T> T unwrap(Class<T> nativeType) {
        requireActive();
        return transaction.unwrap(nativeType);
    }

    @Override
    public void close() {
        if (!over) {
            ending(() -> {});
        }
    }

    /** It is over at once, and has ended when the store's own has: until then the store is not closed. */
    private void ending(Runnable way) {
        over = true;
        try (transaction) {
            way.run();
        } finally {
            store.ended(this);
        }
    }

    private void requireWritable() {
        requireActive();
        if (readOnly) {
            throw Problem.REQUEST_INVALID
                    .because("the transaction only reads")
                    .store(store.info())
                    .hint("begin it with TransactionOptions.WRITE")
                    .fault();
        }
    }

    private void requireActive() {
        requireNotOver();
        if (failure != null) {
            throw Problem.TRANSACTION_FAILED
                    .because("the transaction has failed and is to be rolled back")
                    .store(store.info())
                    .fact("first", failure instanceof Fault fault ? fault.sentence() : failure.toString())
                    .cause(failure)
                    .hint("roll back, then begin anew")
                    .fault();
        }
    }

    private void requireNotOver() {
        store.requireNotClosed();
        if (over) {
            throw Problem.CLOSED
                    .because("the transaction is over")
                    .store(store.info())
                    .fault();
        }
    }
}
