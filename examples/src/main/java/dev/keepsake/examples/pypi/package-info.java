/**
 * The packages of PyPI, their releases and their maintainers, in a database that was there before Keepsake, or in a new
 * one. Start reading at {@link dev.keepsake.examples.pypi.Pypi}.
 */
@NullMarked
package dev.keepsake.examples.pypi;

import org.jspecify.annotations.NullMarked;
