package dev.keepsake.codec;

import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * One kept member of a class.
 *
 * @param javaName as the class calls it
 * @param name as it is stored
 * @param raw its Java class, for the handles
 * @param javaType how its values are kept
 * @param required whether null is refused
 * @param getter from the object to the member, of type {@code (T)raw}
 * @param setter from object and member to nothing, {@code (T,raw)void}; null for a record
 */
record Member(
        String javaName,
        String name,
        Class<?> raw,
        JavaType javaType,
        boolean required,
        MethodHandle getter,
        @Nullable MethodHandle setter) {}
