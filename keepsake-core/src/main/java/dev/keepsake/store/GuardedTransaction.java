package dev.keepsake.store;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Alterations;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transaction behind the door: it is active, failed until it is rolled back, or over. */
final class GuardedTransaction implements Transaction {
    private final Guarded store;
    private final Transaction transaction;
    private final boolean readOnly;
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
        return transaction.find(selection);
    }

    @Override
    public Cursor aggregate(Aggregation aggregation) {
        requireActive();
        store.check(aggregation);
        return transaction.aggregate(aggregation);
    }

    @Override
    public WriteResult write(Changeset changes) {
        requireWritable();
        store.check(changes);
        Changeset complete = withIds(changes);
        try {
            return transaction.write(complete);
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public void alter(List<Alteration> steps) {
        requireWritable();
        store.check(new Alterations(steps));
        try {
            transaction.alter(steps);
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
        int index = marks.indexOf(mark);
        if (index < 0) {
            throw Problem.REQUEST_INVALID
                    .because("the mark is not of this transaction, or gone")
                    .store(store.info())
                    .fault();
        }
        transaction.rollbackTo(mark);
        marks.subList(index + 1, marks.size()).clear();
        failure = null;
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
        end();
        try (transaction) {
            transaction.commit();
        }
    }

    @Override
    public void rollback() {
        requireNotOver();
        end();
        try (transaction) {
            transaction.rollback();
        }
    }

    @Override
    public <T> T unwrap(Class<T> nativeType) {
        requireActive();
        return transaction.unwrap(nativeType);
    }

    @Override
    public void close() {
        if (!over) {
            end();
            transaction.close();
        }
    }

    private void end() {
        over = true;
        store.ended(this);
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
        store.requireOpen();
        if (over) {
            throw Problem.CLOSED
                    .because("the transaction is over")
                    .store(store.info())
                    .fault();
        }
    }

    // ---- ids

    private Changeset withIds(Changeset changes) {
        List<Changeset.Entry> entries = null;
        for (int i = 0; i < changes.entries().size(); i++) {
            if (changes.entries().get(i) instanceof Changeset.Insert insert && lacksId(insert)) {
                entries = entries == null ? new ArrayList<>(changes.entries()) : entries;
                entries.set(i, new Changeset.Insert(insert.kind(), identified(insert)));
            }
        }
        return entries == null ? changes : new Changeset(entries);
    }

    private boolean lacksId(Changeset.Insert insert) {
        Kind kind = insert.kind();
        if (kind.isBag() || kind.idOf(insert.state()) != null) {
            return false;
        }
        if (kind.generation() == Generation.GIVEN) {
            throw Problem.REQUIRED_VIOLATION
                    .because("an object of kind %s has no %s", kind.name(), String.join(", ", kind.id()))
                    .store(store.info())
                    .fact("kind", kind.name())
                    .fact("rule", String.join(", ", kind.id()))
                    .hint("give it an id, or declare that ids are generated")
                    .fault();
        }
        return kind.generation() == Generation.UUID || store.features().ids() == Features.Ids.RESERVED;
    }

    private State identified(Changeset.Insert insert) {
        Kind kind = insert.kind();
        Object id = kind.generation() == Generation.UUID
                ? TimeUuid.next()
                : store.reserveIds(kind, 1).getFirst();
        State state = insert.state();
        @Nullable Object[] values = new Object[kind.shape().size()];
        for (int i = 0; i < values.length; i++) {
            String name = kind.shape().name(i);
            int position = state.shape().position(name);
            values[i] = position >= 0 && state.has(position) ? state.at(position) : State.ABSENT;
        }
        values[kind.shape().position(kind.id().getFirst())] = id;
        return State.of(kind.shape(), values, state.extra());
    }
}
