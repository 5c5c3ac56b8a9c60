/**
 * A cache that is read through, with counters and a queue of work: values by key. Start reading at
 * {@link dev.keepsake.examples.cache.Pages}.
 */
@NullMarked
package dev.keepsake.examples.cache;

import org.jspecify.annotations.NullMarked;
