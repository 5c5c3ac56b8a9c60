/**
 * Where are States kept?
 *
 * <p>Who writes a store reads {@link dev.keepsake.store.Store}, {@link dev.keepsake.store.Transaction},
 * {@link dev.keepsake.store.Features}, then {@link dev.keepsake.store.MemoryStore}, the shortest true implementation.
 */
@NullMarked
package dev.keepsake.store;

import org.jspecify.annotations.NullMarked;
