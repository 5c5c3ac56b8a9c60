/**
 * How is a value written as JSON, and read back as the same value?
 *
 * <p>Start at {@link dev.keepsake.json.Json}.
 */
@NullMarked
package dev.keepsake.json;

import org.jspecify.annotations.NullMarked;
