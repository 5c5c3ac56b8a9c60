package dev.keepsake.codec;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Report;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.lang.invoke.MethodType;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which Java types can be kept, and how. A type that cannot is a mistake with its reason and a cure. */
final class JavaTypes {
    private static final Map<Class<?>, String> REFUSED = Map.of(
            Date.class, "use Instant",
            OffsetDateTime.class, "stores keep no offset; use Instant",
            ZonedDateTime.class, "stores keep no zone; use Instant, and a field for the zone",
            Calendar.class, "use Instant");

    private final Deque<Class<?>> nesting = new ArrayDeque<>();
    private final Function<Class<?>, ClassModel<?>> models;
    private final Map<Class<?>, Conversion<?, ?>> conversions;
    private boolean changeable;
    /** What the member that is read says of its own conversion. */
    private @Nullable Said said;

    JavaTypes(Function<Class<?>, ClassModel<?>> models, Map<Class<?>, Conversion<?, ?>> conversions) {
        this.models = models;
        this.conversions = conversions;
    }

    /** A conversion of one member or its elements; none at all where it says that there is to be none. */
    private static final class Said {
        private final @Nullable Conversion<?, ?> conversion;
        private boolean used;

        Said(@Nullable Conversion<?, ?> conversion) {
            this.conversion = conversion;
            this.used = conversion == null;
        }
    }

    /**
     * A type of a member; a list, set or map of a class with fields can be changed in place, that of a record cannot.
     *
     * @param converter what converts the member, or its elements; an annotation, where nothing is to
     * @throws IllegalArgumentException where it cannot be kept, with the reason
     */
    JavaType of(java.lang.reflect.Type type, boolean ofRecord, @Nullable Class<?> converter) {
        boolean before = changeable;
        Said outer = said;
        Said own = converter == null ? null : new Said(converter.isAnnotation() ? null : Converters.of(converter));
        changeable = !ofRecord;
        said = own;
        try {
            JavaType javaType = of(type);
            if (own != null && own.conversion != null && !own.used) {
                throw new IllegalArgumentException("@Convert names a converter of "
                        + own.conversion.type().getSimpleName() + ", but this is a " + type.getTypeName());
            }
            return javaType;
        } finally {
            changeable = before;
            said = outer;
        }
    }

    /** A class as what is kept of something, where nobody can say of what a list or map is. */
    JavaType loose(Class<?> raw) {
        if (raw == List.class || raw == Collection.class) {
            return list(of(Object.class));
        }
        return raw == Map.class ? map(String.class, of(Object.class)) : plain(raw);
    }

    /** @throws IllegalArgumentException where it cannot be kept, with the reason */
    JavaType of(java.lang.reflect.Type type) {
        return switch (type) {
            case Class<?> raw -> ofClass(raw);
            case ParameterizedType generic -> ofGeneric(generic);
            case WildcardType wildcard -> of(wildcard.getUpperBounds()[0]);
            case GenericArrayType array -> throw refused(array, "use a List");
            case TypeVariable<?> variable -> throw refused(variable, "name a class");
            default -> throw refused(type, "name a class");
        };
    }

    /** A type through a conversion of it. */
    <J, K> JavaType converted(Conversion<J, K> conversion) {
        JavaType kept = loose(conversion.as());
        return JavaType.of(
                kept.type(),
                value ->
                        kept.encoded(conversion.encode().apply(conversion.type().cast(value))),
                value -> conversion
                        .decode()
                        .apply(conversion.as().cast(kept.decode().apply(value))),
                null,
                null);
    }

    private JavaType ofClass(Class<?> raw) {
        Conversion<?, ?> conversion = conversion(raw);
        JavaType javaType = conversion == null ? plain(raw) : converted(conversion);
        return raw.isPrimitive() ? javaType.required() : javaType;
    }

    private @Nullable Conversion<?, ?> conversion(Class<?> raw) {
        Class<?> boxed = MethodType.methodType(raw).wrap().returnType();
        if (said == null) {
            return conversions.get(boxed);
        }
        if (said.conversion != null && said.conversion.type().isAssignableFrom(boxed)) {
            said.used = true;
            return said.conversion;
        }
        return null;
    }

    private JavaType plain(Class<?> raw) {
        JavaType scalar = scalar(raw);
        if (scalar != null) {
            return scalar;
        }
        if (raw.isEnum()) {
            return enumeration(raw);
        }
        if (raw.isArray()) {
            throw refused(raw, "use a List, or byte[] for bytes");
        }
        if (Collection.class.isAssignableFrom(raw) || raw == Map.class || raw == Optional.class) {
            throw refused(raw, "say of what, as in List<String>");
        }
        if (REFUSED.containsKey(raw)) {
            throw refused(raw, String.valueOf(REFUSED.get(raw)));
        }
        if (raw.isSealed() && !raw.getName().startsWith("java.")) {
            return inside(raw, () -> Variants.of(raw, models).javaType());
        }
        if (raw.isInterface() || raw.getName().startsWith("java.")) {
            throw refused(raw, "convert it to text, a number or a record, or write a Mapping");
        }
        return inside(raw, () -> models.apply(raw).asValue());
    }

    /** Whether values of a class are kept as they are. */
    static boolean isScalar(Class<?> raw) {
        return scalar(raw) != null;
    }

    /** A class whose objects are values by themselves: text, a number, a time, an enum; null for any other. */
    static @Nullable JavaType ofPlain(Class<?> raw) {
        return raw.isEnum() ? enumeration(raw) : scalar(raw);
    }

    private static @Nullable JavaType scalar(Class<?> raw) {
        if (raw.isPrimitive()) {
            JavaType boxed = scalar(MethodType.methodType(raw).wrap().returnType());
            return boxed == null ? null : boxed.required();
        }
        return switch (raw.getName()) {
            case "java.lang.Boolean" -> JavaType.of(Type.BOOLEAN, Boolean.class::cast);
            case "java.lang.Long" -> JavaType.of(Type.INTEGER, value -> whole(value, 64));
            case "java.lang.Integer" -> JavaType.of(new Type.Int(32), value -> (int) whole(value, 32));
            case "java.lang.Short" -> JavaType.of(new Type.Int(16), value -> (short) whole(value, 16));
            case "java.lang.Byte" -> JavaType.of(new Type.Int(8), value -> (byte) whole(value, 8));
            case "java.lang.Double" -> JavaType.of(Type.DOUBLE, JavaTypes::real);
            case "java.lang.Float" -> JavaType.of(Type.DOUBLE, JavaTypes::single);
            case "java.lang.Character" -> JavaType.of(new Type.Text(1), JavaTypes::character);
            case "java.lang.String" -> JavaType.of(Type.TEXT, cast(String.class));
            case "java.lang.Object" -> JavaType.of(Type.ANY, value -> value);
            case "java.math.BigDecimal" -> JavaType.of(Type.DECIMAL, JavaTypes::decimal);
            case "java.math.BigInteger" ->
                JavaType.of(new Type.Decimal(38, 0), value -> decimal(value).toBigIntegerExact());
            case "[B" ->
                JavaType.of(
                        Type.BYTES, value -> cast(Bytes.class).apply(value) instanceof Bytes b ? b.toArray() : value);
            case "dev.keepsake.value.Bytes" -> JavaType.of(Type.BYTES, cast(Bytes.class));
            case "dev.keepsake.value.ObjectId" -> JavaType.of(Type.OBJECT_ID, cast(ObjectId.class));
            case "java.util.UUID" -> JavaType.of(Type.UUID, cast(UUID.class));
            case "java.time.LocalDate" -> JavaType.of(Type.DATE, cast(LocalDate.class));
            case "java.time.LocalTime" -> JavaType.of(Type.TIME, cast(LocalTime.class));
            case "java.time.LocalDateTime" -> JavaType.of(Type.DATE_TIME, JavaTypes::dateTime);
            case "java.time.Instant" -> JavaType.of(Type.INSTANT, JavaTypes::instant);
            default -> null;
        };
    }

    private static Function<Object, Object> cast(Class<?> wanted) {
        return value -> {
            if (wanted.isInstance(value)) {
                return value;
            }
            throw new IllegalArgumentException("expected " + wanted.getSimpleName());
        };
    }

    private static long whole(Object value, int bits) {
        if (value instanceof Long number && number >= -1L << (bits - 1) && number <= ~(-1L << (bits - 1))) {
            return number;
        }
        throw new IllegalArgumentException("expected a whole number of " + bits + " bits");
    }

    private static double real(Object value) {
        if (value instanceof Double || value instanceof Long || value instanceof BigDecimal) {
            return ((Number) value).doubleValue();
        }
        throw new IllegalArgumentException("expected a number");
    }

    private static Object single(Object value) {
        float number = (float) real(value);
        if (Float.isInfinite(number)) {
            throw new IllegalArgumentException("expected a number of 32 bits");
        }
        return number;
    }

    private static BigDecimal decimal(Object value) {
        return switch (value) {
            case BigDecimal decimal -> decimal;
            case Long number -> BigDecimal.valueOf(number);
            case Double number -> BigDecimal.valueOf(number);
            default -> throw new IllegalArgumentException("expected a number");
        };
    }

    private static Object character(Object value) {
        if (value instanceof String text && text.length() == 1) {
            return text.charAt(0);
        }
        throw new IllegalArgumentException("expected one character");
    }

    /** A column with a zone is read in UTC. */
    private static Object dateTime(Object value) {
        return value instanceof Instant instant
                ? Values.utc(instant)
                : cast(LocalDateTime.class).apply(value);
    }

    /** A column without a zone is UTC. */
    private static Object instant(Object value) {
        return value instanceof LocalDateTime time
                ? time.toInstant(ZoneOffset.UTC)
                : cast(Instant.class).apply(value);
    }

    private static JavaType enumeration(Class<?> raw) {
        Annotations.ofConstants(raw);
        Map<String, Object> byName = new LinkedHashMap<>();
        for (Object constant : raw.getEnumConstants()) {
            byName.put(((Enum<?>) constant).name(), constant);
        }
        return JavaType.of(Type.TEXT, value -> {
            Object constant = byName.get(String.valueOf(value));
            if (constant == null) {
                throw new IllegalArgumentException("expected one of " + String.join(", ", byName.keySet()));
            }
            return constant;
        });
    }

    private JavaType ofGeneric(ParameterizedType generic) {
        Class<?> raw = (Class<?>) generic.getRawType();
        java.lang.reflect.Type[] arguments = generic.getActualTypeArguments();
        Conversion<?, ?> conversion = conversion(raw);
        if (conversion != null) {
            return converted(conversion);
        }
        if (raw == Optional.class) {
            return optional(of(arguments[0]));
        }
        if (raw == List.class || raw == Collection.class) {
            return list(of(arguments[0]));
        }
        if (raw == Set.class) {
            return set(of(arguments[0]));
        }
        if (raw == Map.class) {
            return map(arguments[0], of(arguments[1]));
        }
        throw refused(raw, "use List, Set, Map or Optional");
    }

    private static JavaType optional(JavaType inner) {
        return JavaType.of(
                inner.type(),
                value -> ((Optional<?>) value).map(inner.encode()).orElse(null),
                value -> Optional.of(inner.decode().apply(value)),
                Optional.empty(),
                inner);
    }

    private JavaType list(JavaType element) {
        boolean fixed = !changeable;
        return JavaType.of(
                Type.list(element.type()),
                value -> each((Collection<?>) value, element),
                value -> {
                    List<@Nullable Object> all = elements(value, element);
                    return fixed ? Collections.unmodifiableList(all) : all;
                },
                null,
                element);
    }

    /** A set is kept as a list in the order of its values, so that equal sets are equal lists. */
    private JavaType set(JavaType element) {
        boolean fixed = !changeable;
        return JavaType.of(
                Type.list(element.type()),
                value -> sorted(each((Collection<?>) value, element)),
                value -> {
                    Set<@Nullable Object> all = new LinkedHashSet<>(elements(value, element));
                    return fixed ? Collections.unmodifiableSet(all) : all;
                },
                null,
                element);
    }

    private static List<@Nullable Object> sorted(List<@Nullable Object> elements) {
        try {
            List<@Nullable Object> values = new ArrayList<>();
            elements.forEach(each -> values.add(Values.normalise(each, Path.of("element"))));
            values.sort(Values::order);
            return values;
        } catch (Fault e) {
            return elements; // Values.fit refuses it again, and knows where it is
        }
    }

    private static List<@Nullable Object> each(Collection<?> elements, JavaType element) {
        List<@Nullable Object> values = new ArrayList<>(elements.size());
        for (Object each : elements) {
            values.add(each == null ? null : element.encode().apply(each));
        }
        return values;
    }

    private static List<@Nullable Object> elements(Object value, JavaType element) {
        if (!(value instanceof List<?> list)) {
            throw new IllegalArgumentException("expected a list");
        }
        List<@Nullable Object> elements = new ArrayList<>(list.size());
        for (Object each : list) {
            elements.add(each == null ? element.ofNull() : element.decode().apply(each));
        }
        return elements;
    }

    private JavaType map(java.lang.reflect.Type keyType, JavaType valueType) {
        boolean fixed = !changeable;
        Function<Object, Object> key = keyType == String.class
                ? text -> text
                : keyType instanceof Class<?> raw && raw.isEnum()
                        ? enumeration(raw).decode()
                        : null;
        if (key == null) {
            throw refused(keyType, "the keys of a kept map are String or an enum");
        }
        return JavaType.of(
                Type.map(valueType.type()),
                value -> {
                    Map<String, @Nullable Object> values = new LinkedHashMap<>();
                    ((Map<?, ?>) value)
                            .forEach((k, v) -> values.put(
                                    k instanceof Enum<?> e ? e.name() : (String) k,
                                    v == null ? null : valueType.encode().apply(v)));
                    return values;
                },
                value -> {
                    if (!(value instanceof Map<?, ?> map)) {
                        throw new IllegalArgumentException("expected a map");
                    }
                    Map<Object, @Nullable Object> values = new LinkedHashMap<>();
                    map.forEach((k, v) -> values.put(
                            key.apply(k),
                            v == null ? valueType.ofNull() : valueType.decode().apply(v)));
                    return fixed ? Collections.unmodifiableMap(values) : values;
                },
                null,
                valueType);
    }

    private JavaType inside(Class<?> raw, Supplier<JavaType> reading) {
        if (nesting.contains(raw)) {
            throw refused(raw, "it contains itself; keep the others by id");
        }
        Said outer = said;
        said = null;
        nesting.push(raw);
        try {
            return reading.get();
        } finally {
            nesting.pop();
            said = outer;
        }
    }

    private static IllegalArgumentException refused(java.lang.reflect.Type type, String cure) {
        return new IllegalArgumentException(Report.quote(type.getTypeName()) + " cannot be kept: " + cure);
    }
}
