/**
 * What can be done with a store from a shell?
 *
 * <p>Start at {@link dev.keepsake.cli.Main}; each command is a class of its own ({@code Inspect}, {@code Query}, {@code
 * Import}, {@code Export}, {@code Tour}), a thin shell over calls of the library. {@code Exit} says which error ends with
 * which code.
 */
@NullMarked
package dev.keepsake.cli;

import org.jspecify.annotations.NullMarked;
