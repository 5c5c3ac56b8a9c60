/**
 * How are States kept in a SQL database?
 *
 * <p>Users open a store by URL through {@link dev.keepsake.store.Stores}, hand over a data source by
 * {@link dev.keepsake.sql.SqlStores}, or write SQL with {@link dev.keepsake.sql.Sql}. Readers of the code start at
 * {@code SqlStore}, which wires the rest, then read {@code Dialect}, the questions that each database answers.
 */
@NullMarked
package dev.keepsake.sql;

import org.jspecify.annotations.NullMarked;
