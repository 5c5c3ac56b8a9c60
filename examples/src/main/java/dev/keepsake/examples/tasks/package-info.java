/**
 * A slow query beside a timer: blocking calls on virtual threads. Start reading at {@link dev.keepsake.examples.tasks.Tasks}.
 */
@NullMarked
package dev.keepsake.examples.tasks;

import org.jspecify.annotations.NullMarked;
