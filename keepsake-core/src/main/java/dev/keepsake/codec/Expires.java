package dev.keepsake.codec;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a member that is an {@link java.time.Instant}: from that moment on, by the store's clock, the object is gone, as if it had been
 * deleted; where it is null the object stays. Nobody is told, and what refers to it refers to nothing. A store whose
 * {@link dev.keepsake.store.Features.Expiry} is {@code NONE} refuses the class.
 *
 * <pre>{@code
 * record Login(String id, String user, @Expires Instant until) {}
 * }</pre>
 */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Expires {}
