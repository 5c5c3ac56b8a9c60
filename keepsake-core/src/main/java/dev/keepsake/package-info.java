/**
 * How do I begin?
 *
 * <p>Start at {@link dev.keepsake.Keepsake}.
 */
@NullMarked
package dev.keepsake;

import org.jspecify.annotations.NullMarked;
