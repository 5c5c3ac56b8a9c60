package dev.keepsake.sql;

import dev.keepsake.contract.TestServer;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import java.sql.ResultSet;
import java.util.List;

/** A place on a server as any other program uses it, by JDBC alone, beside the store that is tested on it. */
record RawServer(TestServer server, String url) implements AutoCloseable {
    /** A new database, which is gone at the end. */
    static RawServer database(TestServer server) {
        return new RawServer(server, server.newDatabase());
    }

    /** A new space, which is gone at the end. */
    static RawServer space(TestServer server) {
        return new RawServer(server, server.freshSpace());
    }

    Guarded open() {
        return Stores.open(url);
    }

    RawServer run(String... statements) {
        Raw.run(() -> server.connect(url), statements);
        return this;
    }

    /** Each row as its values with bars between, as the server writes them. */
    List<String> rows(String sql) {
        return Raw.rows(() -> server.connect(url), sql, ResultSet::getString);
    }

    @Override
    public void close() {
        server.drop(url);
    }
}
