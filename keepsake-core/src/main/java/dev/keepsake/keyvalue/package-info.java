/**
 * What of Redis' habits is there on every store: counters, lists and values by key, that go when their time is over?
 *
 * <p>Start at {@link dev.keepsake.keyvalue.KeyValue}.
 */
@NullMarked
package dev.keepsake.keyvalue;

import org.jspecify.annotations.NullMarked;
