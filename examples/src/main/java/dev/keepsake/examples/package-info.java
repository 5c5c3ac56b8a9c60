/** Short programs that show how Keepsake is used; each is a package of its own, with a {@code main}. */
@NullMarked
package dev.keepsake.examples;

import org.jspecify.annotations.NullMarked;
