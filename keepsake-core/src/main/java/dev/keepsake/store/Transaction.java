package dev.keepsake.store;

import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import java.util.List;

/**
 * Reads and writes that belong together. It sees its own writes; others see them after {@link #commit}. When a write fails
 * the transaction is to be rolled back, whole or to a mark; until then everything else is refused with the first cause.
 * Close without commit rolls back. Not safe for use by several threads.
 */
public interface Transaction extends AutoCloseable {
    /** The States that are selected. The cursor is to be closed, and ends with the transaction. */
    Cursor find(Selection selection);

    /** Chosen columns of rows, a State for each. */
    Cursor rows(Rows rows);

    /** The figures of an aggregation, a State for each group. */
    Cursor aggregate(Aggregation aggregation);

    /**
     * What native rows of this store hold, as States of a kind: the way back from what is done with {@link #unwrap}. For SQL a
     * {@code java.sql.ResultSet}, of which those are read that are left, or a {@code Record} or {@code Result} of jOOQ; for the
     * store in memory a State, or several.
     *
     * @throws dev.keepsake.fault.Invalid {@code request-invalid} for what are no rows of this store, and for rows that lack
     *     fields of the kind
     */
    Cursor decode(Kind kind, Object nativeRows);

    /** What is really there: kinds, fields, ids, indexes, references, checks, as they are, whoever made them. */
    Schema inspect();

    /**
     * Does the writes, in order, all or nothing.
     *
     * @throws dev.keepsake.fault.Conflict {@code stale-object} where a guard does not hold
     * @throws dev.keepsake.fault.Violation where a constraint refuses it
     */
    WriteResult write(Changeset changes);

    /**
     * Whether no write of an object that this transaction has read can succeed where another transaction has changed it since, as where
     * the store itself lets the first who writes win. Then a guard tells no more than what this transaction itself has written in
     * between, and who knows that needs none.
     */
    default boolean holdsWhatItRead() {
        return false;
    }

    /** Changes the schema, step by step. */
    void alter(List<Alteration> steps);

    /** Marks this place, to come back to it by {@link #rollbackTo}. It is not asked where {@link Features} say that nothing is undone in part. */
    default Mark mark() {
        throw new IllegalStateException("Features say that nothing is undone in part");
    }

    /** Undoes everything since the mark, which stays usable; later marks are gone. */
    default void rollbackTo(Mark mark) {
        throw new IllegalStateException("Features say that nothing is undone in part");
    }

    /** Forgets a mark and those after it; what was done since stays done. A transaction with many marks releases them. */
    default void release(Mark mark) {
        throw new IllegalStateException("Features say that nothing is undone in part");
    }

    /**
     * Makes all writes lasting, and ends the transaction.
     *
     * @throws dev.keepsake.fault.Conflict {@code transaction-conflict} where another transaction was first; nothing is kept
     */
    void commit();

    /** Undoes all writes, and ends the transaction. */
    void rollback();

    /**
     * The native object of the given type inside this transaction, as {@link Store#unwrap}; {@code Object.class} is for the
     * native transaction, whatever it is.
     */
    <T> T unwrap(Class<T> nativeType);

    /** Rolls back unless it has ended. A second close does nothing. */
    @Override
    void close();
}
