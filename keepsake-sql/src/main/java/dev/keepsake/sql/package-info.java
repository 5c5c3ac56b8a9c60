/**
 * How are States kept in a SQL database?
 *
 * <p>Users open a store by URL through {@link dev.keepsake.store.Stores}, or write SQL with {@link dev.keepsake.sql.Sql}.
 * Readers of the code start at {@link dev.keepsake.sql.SqlStore}, which wires the rest.
 */
@NullMarked
package dev.keepsake.sql;

import org.jspecify.annotations.NullMarked;
