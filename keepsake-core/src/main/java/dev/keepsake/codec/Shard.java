package dev.keepsake.codec;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Which part of a store keeps the objects of a class, where the store is spread over several servers, such as a Redis Cluster:
 * classes of the same part lie together, and one commit covers one part only. Without it a class lies in the part of all that have
 * none. A store on one server keeps all together and pays no heed to it.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Shard {
    /** The name of the part: any text without braces. */
    String value();
}
