/**
 * Which values can be kept, when are they equal, and how are they ordered?
 *
 * <p>Start at {@link dev.keepsake.value.Values}, which holds the rules; {@link dev.keepsake.value.Type} says which
 * values a field takes.
 */
@NullMarked
package dev.keepsake.value;

import org.jspecify.annotations.NullMarked;
