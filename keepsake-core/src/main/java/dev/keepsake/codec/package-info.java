/**
 * How does an object become a State, and a State the object again?
 *
 * <p>Start at {@link dev.keepsake.codec.Codec} and {@link dev.keepsake.codec.Codecs}. The only package that knows Java
 * classes by reflection.
 */
@NullMarked
package dev.keepsake.codec;

import org.jspecify.annotations.NullMarked;
