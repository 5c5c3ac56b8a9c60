/**
 * The data layer of a website about movies, their comments and its users, as MongoDB's sample_mflix has them. Start reading at
 * {@link dev.keepsake.examples.mflix.Mflix}.
 */
@NullMarked
package dev.keepsake.examples.mflix;

import org.jspecify.annotations.NullMarked;
