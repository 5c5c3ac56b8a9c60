package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.store.StoreInfo;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Where direct SQL comes from: connections to one database, and what its errors mean. A SQL store has one, and its
 * transactions give it as {@code unwrap(SqlSource.class)}.
 */
interface SqlSource {
    /** A connection, auto-commit on, that belongs to the caller alone until it is released. */
    Connection connect() throws SQLException;

    /** Takes a connection back; its transaction has ended, and auto-commit is on again. */
    void release(Connection connection);

    /** Our exception for a native one; the statement is null where there was none. */
    Fault translate(SQLException exception, @Nullable String statement);

    /** Which store it is. */
    StoreInfo info();

    /** Closes all connections. */
    void close();
}
