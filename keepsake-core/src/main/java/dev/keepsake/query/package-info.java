/**
 * What may be asked of a store?
 *
 * <p>Start at {@link dev.keepsake.query.Condition} and {@link dev.keepsake.query.Selection}. A
 * {@link dev.keepsake.query.Request} is a selection, an aggregation, a changeset or alterations.
 */
@NullMarked
package dev.keepsake.query;

import org.jspecify.annotations.NullMarked;
