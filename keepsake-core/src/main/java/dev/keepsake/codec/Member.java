package dev.keepsake.codec;

import java.lang.invoke.MethodHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One member of a class, as the class has it and as it is kept. */
sealed interface Member {
    /** As the class calls it. */
    String javaName();

    /** Its Java class, for the handles. */
    Class<?> raw();

    /** From the object to the member, of type {@code (T)raw}. */
    MethodHandle getter();

    /** From object and member to nothing, {@code (T,raw)void}; null for a record. */
    @Nullable
    MethodHandle setter();

    /**
     * One that is kept as one field.
     *
     * @param name as it is stored
     * @param javaType how its values are kept
     * @param required whether null is refused
     * @param column what is said of it
     * @param rules what its values are checked for before they are written
     * @param toOne the relation that it is, if it is one
     */
    record Value(
            String javaName,
            Class<?> raw,
            String name,
            JavaType javaType,
            boolean required,
            Annotations.Column column,
            List<Rules.Rule> rules,
            MethodHandle getter,
            @Nullable MethodHandle setter,
            Relation.@Nullable ToOne toOne)
            implements Member {}

    /**
     * An object whose own members are kept beside those of its owner; null where they are all null.
     *
     * @param inner its class
     * @param values its members as they are kept, in the order of its class, each with a getter from the owner
     * @param rules what it is checked for as a whole
     */
    record Flat(
            String javaName,
            Class<?> raw,
            ClassModel<?> inner,
            List<Value> values,
            List<Rules.Rule> rules,
            MethodHandle getter,
            @Nullable MethodHandle setter)
            implements Member {}

    /** One of which nothing is kept with the object. */
    record Many(
            String javaName,
            Class<?> raw,
            Relation.ToMany relation,
            MethodHandle getter,
            @Nullable MethodHandle setter) implements Member {}
}
