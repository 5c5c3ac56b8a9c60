package dev.keepsake.sql;

import dev.keepsake.store.Store;
import javax.sql.DataSource;

/**
 * SQL stores for those who have connections already. Who has a URL needs none of this: {@code Keepsake.open(url, …)}.
 *
 * <pre>{@code
 * try (Keepsake keepsake = Keepsake.on(SqlStores.of(dataSource), Codecs.of(Release.class))) { … }
 * }</pre>
 *
 * <p>Stateless.
 */
public final class SqlStores {
    private SqlStores() {}

    /**
     * The store of a data source's database: SQLite, PostgreSQL, MariaDB or MySQL, as its connections say. A connection is taken
     * for each transaction, and given back with its auto-commit and session settings as they were. Closing the store leaves the
     * data source open. On PostgreSQL, new ids are asked for on a second connection: a pool needs one more than it has sessions
     * that write at once.
     *
     * @throws dev.keepsake.fault.Unavailable where no connection can be made
     * @throws dev.keepsake.fault.Unsupported {@code feature-missing} for another database
     */
    public static Store of(DataSource source) {
        return new SqlStore(SqlDataSource.of(source));
    }
}
