package dev.keepsake.codec;

import dev.keepsake.fault.Report;
import jakarta.persistence.AttributeConverter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.util.Arrays;
import java.util.function.Supplier;

/** The converters of jakarta.persistence as conversions. Named only where that API is there. */
final class Converters {
    private Converters() {}

    /** Whether a class is a converter, by the name of what it implements. */
    static boolean isConverter(Class<?> type) {
        return Arrays.stream(type.getInterfaces())
                .anyMatch(each -> each.getName().equals("jakarta.persistence.AttributeConverter"));
    }

    /** Whether a converter is for all members of its class. */
    static boolean isAutomatic(Class<?> type) {
        jakarta.persistence.Converter said = type.getAnnotation(jakarta.persistence.Converter.class);
        return said != null && said.autoApply();
    }

    /** The conversion that a converter does. */
    static Conversion<?, ?> of(Class<?> type) {
        if (!AttributeConverter.class.isAssignableFrom(type) || type.isInterface()) {
            throw new IllegalArgumentException("@Convert names no class that implements AttributeConverter");
        }
        ParameterizedType generic = Arrays.stream(type.getGenericInterfaces())
                .filter(each -> each instanceof ParameterizedType of && of.getRawType() == AttributeConverter.class)
                .map(ParameterizedType.class::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        type.getName() + " does not say of which types it is a converter"));
        return conversion(made(type), raw(generic, 0), raw(generic, 1));
    }

    private static Class<?> raw(ParameterizedType generic, int index) {
        return switch (generic.getActualTypeArguments()[index]) {
            case Class<?> raw -> raw;
            case ParameterizedType of -> (Class<?>) of.getRawType();
            default -> throw new IllegalArgumentException("a converter names its types");
        };
    }

    private static AttributeConverter<Object, Object> made(Class<?> type) {
        try {
            @SuppressWarnings("unchecked") // values are cast before and after
            AttributeConverter<Object, Object> converter =
                    (AttributeConverter<Object, Object>) MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                            .findConstructor(type, MethodType.methodType(void.class))
                            .invoke();
            return converter;
        } catch (Throwable e) {
            throw new IllegalArgumentException(
                    type.getName() + " has no constructor without arguments that can be called", e);
        }
    }

    private static <J, K> Conversion<J, K> conversion(
            AttributeConverter<Object, Object> converter, Class<J> type, Class<K> as) {
        String name = converter.getClass().getSimpleName();
        return Conversion.of(
                type,
                as,
                value -> as.cast(refusing(name, () -> converter.convertToDatabaseColumn(value))),
                value -> type.cast(refusing(name, () -> converter.convertToEntityAttribute(value))));
    }

    private static Object refusing(String name, Supplier<Object> conversion) {
        Object converted;
        try {
            converted = conversion.get();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(name + " refuses: " + Report.quote(String.valueOf(e.getMessage())), e);
        }
        if (converted == null) {
            throw new IllegalArgumentException(name + " makes null of a value");
        }
        return converted;
    }
}
