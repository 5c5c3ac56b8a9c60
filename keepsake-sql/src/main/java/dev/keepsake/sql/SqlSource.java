package dev.keepsake.sql;

import dev.keepsake.store.TransactionOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Where a store's connections to its database come from. A SQL store has one, and its transactions give it as
 * {@code unwrap(SqlSource.class)}. Safe for use by several threads.
 */
interface SqlSource extends SqlDatabase {
    /** A connection for one transaction of a store, until it is given back or discarded. */
    SqlConnection take(TransactionOptions options) throws SQLException;

    /** Takes a connection back, whose transaction is over. */
    void giveBack(SqlConnection connection);

    /** Takes a connection back, of which nobody knows in what state it is. */
    void discard(SqlConnection connection);

    /** A connection, auto-commit on, for one request beside all transactions, until it is released. */
    default Connection aside() throws SQLException {
        return connect();
    }

    /** How long a store waits for transactions of other threads before it closes. */
    default Duration closeWait() {
        return Duration.ofSeconds(5);
    }

    /** Closes all connections, also those that are taken; their transactions are rolled back. */
    @Override
    void close();
}
