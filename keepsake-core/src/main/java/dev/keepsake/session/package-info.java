/**
 * What am I changing together, and which objects do I ask for?
 *
 * <p>Start at {@link dev.keepsake.session.Session} and {@link dev.keepsake.session.Query}.
 */
@NullMarked
package dev.keepsake.session;

import org.jspecify.annotations.NullMarked;
