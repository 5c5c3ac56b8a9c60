/**
 * What can go wrong, and what can the caller do about it?
 *
 * <p>Start at {@link dev.keepsake.fault.Fault}; {@link dev.keepsake.fault.Problem} lists every problem there is.
 */
@NullMarked
package dev.keepsake.fault;

import org.jspecify.annotations.NullMarked;
