package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.store.StoreInfo;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** One database: its words, connections to it, and what its errors mean. Safe for use by several threads. */
interface SqlDatabase {
    /** The words of the database. */
    Dialect dialect();

    /** Which database it is. */
    StoreInfo info();

    /** A new connection, auto-commit on, that belongs to the caller alone until it is released. */
    Connection connect() throws SQLException;

    /** Takes a connection back; its transaction has ended, and auto-commit is on again. */
    default void release(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw translate(e, null);
        }
    }

    /** Our exception for a native one; the statement is null where there was none. */
    default Fault translate(SQLException exception, @Nullable String statement) {
        return dialect()
                .report(exception, statement, null)
                .store(info())
                .cause(exception)
                .fault();
    }

    /** Closes what is kept open. Connections that are not released stay open. */
    void close();
}
