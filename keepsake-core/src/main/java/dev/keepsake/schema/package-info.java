/**
 * What can be kept here?
 *
 * <p>Start at {@link dev.keepsake.schema.Kind}; a {@link dev.keepsake.schema.Schema} is all kinds of a store.
 */
@NullMarked
package dev.keepsake.schema;

import org.jspecify.annotations.NullMarked;
