package dev.keepsake.sql;

import dev.keepsake.store.Store;
import dev.keepsake.store.StoreProvider;
import dev.keepsake.store.StoreUrl;
import java.util.Set;

/** Opens {@code sqlite:FILE} and {@code sqlite::memory:}. */
public final class SqlProvider implements StoreProvider {
    /** For the service loader. */
    public SqlProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("sqlite");
    }

    @Override
    public Store open(StoreUrl url) {
        return new SqlStore(SqliteFile.open(url), new SqliteDialect());
    }

    /** The connections of a URL, for direct SQL. */
    static SqlSource source(StoreUrl url) {
        return SqliteFile.open(url);
    }
}
