package dev.keepsake.query;

import dev.keepsake.fault.Problem;
import java.io.Serializable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A member of a class, named by a method reference to its accessor: {@code Release::packageId} or
 * {@code Release::getPackageId}. A lambda expression is refused, since it has no name.
 *
 * <p>The name is read from the serial form of the method reference (Java Object Serialization Specification,
 * {@code SerializedLambda}); nothing is serialized.
 *
 * @param <T> the class
 * @param <V> the type of the member
 */
@FunctionalInterface
public interface Property<T, V extends @Nullable Object> extends Function<T, V>, Serializable {
    /**
     * The member's name as the class calls it: {@code packageId}.
     *
     * @throws dev.keepsake.fault.Invalid {@code request-invalid} for a lambda expression
     */
    default String name() {
        return Names.of(this);
    }

    /** Reads names, once for each place in the code. */
    final class Names {
        /** The implementation class of each method reference, as long as that is loaded. */
        private static final ClassValue<AtomicReference<@Nullable String>> KNOWN = new ClassValue<>() {
            @Override
            protected AtomicReference<@Nullable String> computeValue(Class<?> type) {
                return new AtomicReference<>();
            }
        };

        private Names() {}

        static String of(Property<?, ?> property) {
            AtomicReference<@Nullable String> known = KNOWN.get(property.getClass());
            String name = known.get();
            if (name == null) {
                name = bean(method(property));
                known.set(name);
            }
            return name;
        }

        private static String method(Property<?, ?> property) {
            Class<?> type = property.getClass();
            try {
                MethodHandle form = MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                        .findVirtual(type, "writeReplace", MethodType.methodType(Object.class));
                SerializedLambda lambda = (SerializedLambda) form.invoke(property);
                if (!lambda.getImplMethodName().startsWith("lambda$")) {
                    return lambda.getImplMethodName();
                }
            } catch (IllegalAccessException e) {
                throw Problem.REQUEST_INVALID
                        .because(
                                "the method reference in %s cannot be read, its module is closed",
                                type.getPackageName())
                        .hint("write 'opens " + type.getPackageName() + " to dev.keepsake.core' in its module-info, or "
                                + "name the field by text")
                        .cause(e)
                        .fault();
            } catch (Throwable e) {
                throw new IllegalStateException("reading a method reference", e);
            }
            throw Problem.REQUEST_INVALID
                    .because("a lambda expression names no field")
                    .hint("write a method reference such as Release::packageId, or name the field by text")
                    .fault();
        }

        /** {@code getPackageId} and {@code isActive} as the members they read. */
        private static String bean(String method) {
            int prefix = method.startsWith("get") ? 3 : method.startsWith("is") ? 2 : 0;
            if (prefix == 0 || method.length() == prefix || !Character.isUpperCase(method.charAt(prefix))) {
                return method;
            }
            return Character.toLowerCase(method.charAt(prefix)) + method.substring(prefix + 1);
        }
    }
}
