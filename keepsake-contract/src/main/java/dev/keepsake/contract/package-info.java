/**
 * What does a store promise? The answer as abstract JUnit classes: a store's whole test extends one, says which store
 * it is with {@link dev.keepsake.contract.On}, and opens it. {@link dev.keepsake.contract.Row} names the line of the
 * requirements that a test asserts; {@link dev.keepsake.contract.RowsListener} writes down which were.
 */
@NullMarked
package dev.keepsake.contract;

import org.jspecify.annotations.NullMarked;
