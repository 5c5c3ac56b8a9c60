/**
 * What is kept of one object, free of any class and any database?
 *
 * <p>Start at {@link dev.keepsake.state.State}, the one thing that flows through all of Keepsake.
 */
@NullMarked
package dev.keepsake.state;

import org.jspecify.annotations.NullMarked;
