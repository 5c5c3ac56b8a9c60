package dev.keepsake.sql;

import dev.keepsake.store.Store;
import dev.keepsake.store.StoreProvider;
import dev.keepsake.store.StoreUrl;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * Opens {@code sqlite:FILE} and {@code sqlite::memory:}, {@code postgresql://}, {@code mariadb://} and {@code mysql://}, the last
 * three as {@code //user:password@host:port/database?option=value}.
 */
public final class SqlProvider implements StoreProvider {
    /** For the service loader. */
    public SqlProvider() {}

    @Override
    public Set<String> schemes() {
        Set<String> schemes = new TreeSet<>(Set.of("sqlite"));
        Arrays.stream(ServerProduct.values()).map(ServerProduct::scheme).forEach(schemes::add);
        return schemes;
    }

    @Override
    public Store open(StoreUrl url) {
        return new SqlStore(source(url));
    }

    private static SqlSource source(StoreUrl url) {
        ServerProduct server = ServerProduct.of(url.scheme());
        return server == null ? SqliteFile.open(url) : SqlServer.open(url, server);
    }

    /** The database of a URL, for who wants one connection and no store. */
    static SqlDatabase database(StoreUrl url) {
        ServerProduct server = ServerProduct.of(url.scheme());
        return server == null ? SqliteFile.open(url) : ServerDatabase.open(url, server, ServerOptions.of(url));
    }
}
