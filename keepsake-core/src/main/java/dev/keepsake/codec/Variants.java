package dev.keepsake.codec;

import dev.keepsake.fault.Report;
import dev.keepsake.value.Type;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A sealed class or interface as the type of a member: a struct of the members of all its classes, and a mark. */
final class Variants {
    private final Class<?> root;
    private final String field;
    private final Map<String, ClassModel<?>> byMark = new LinkedHashMap<>();
    private final Map<Class<?>, String> marks = new LinkedHashMap<>();

    private Variants(Class<?> root, String field) {
        this.root = root;
        this.field = field;
    }

    /** @throws IllegalArgumentException where its classes cannot be kept as one, with the reason */
    static Variants of(Class<?> root, Function<Class<?>, ClassModel<?>> models) {
        List<String> refused = new ArrayList<>();
        String field = Annotations.hierarchy(root, refused).column();
        Variants variants = new Variants(root, field.isEmpty() ? "dtype" : field);
        Entities.permitted(root).distinct().forEach(type -> variants.add(type, models.apply(type), refused));
        if (!refused.isEmpty()) {
            throw new IllegalArgumentException(root.getSimpleName() + String.join("; ", refused));
        }
        return variants;
    }

    private void add(Class<?> type, ClassModel<?> model, List<String> refused) {
        if (!type.isSealed() && !Modifier.isFinal(type.getModifiers())) {
            refused.add(": " + type.getSimpleName() + " is not final, so that others can extend it; declare it final");
        }
        String mark = Annotations.mark(type, refused);
        if (byMark.put(mark, model) != null) {
            refused.add(": two of its classes are marked " + mark);
        }
        marks.put(type, mark);
    }

    JavaType javaType() {
        Map<String, JavaType> values = new LinkedHashMap<>();
        byMark.forEach((mark, model) -> values.put(mark, model.asValue()));
        return new JavaType(
                new Type.Struct(members()),
                true,
                object -> {
                    String mark = Objects.requireNonNull(marks.get(object.getClass()));
                    Map<String, @Nullable Object> all = new LinkedHashMap<>();
                    all.put(field, mark);
                    Object encoded = Objects.requireNonNull(values.get(mark)).encoded(object);
                    ((Map<?, ?>) Objects.requireNonNull(encoded))
                            .forEach((name, value) -> all.put((String) name, value));
                    return all;
                },
                stored -> {
                    Object mark = stored instanceof Map<?, ?> map ? map.get(field) : null;
                    JavaType value = mark instanceof String text ? values.get(text) : null;
                    if (value == null) {
                        throw new IllegalArgumentException("expected a map whose " + field + " is one of "
                                + String.join(", ", values.keySet()) + ", not " + Report.quote(mark));
                    }
                    return value.decode().apply(stored);
                },
                null,
                List.copyOf(byMark.values()),
                null);
    }

    private Map<String, Type> members() {
        Map<String, Type> members = new LinkedHashMap<>();
        members.put(field, Type.TEXT);
        byMark.values()
                .forEach(model -> model.shape().slots().forEach(slot -> {
                    if (slot.name().equals(field)) {
                        throw new IllegalArgumentException(model.type().getSimpleName() + " has a member kept as "
                                + field + ", which tells the classes apart; name another by @DiscriminatorColumn");
                    }
                    Type other = members.putIfAbsent(slot.name(), slot.type());
                    if (other != null && !other.equals(slot.type())) {
                        throw new IllegalArgumentException(root.getSimpleName() + " keeps " + slot.name() + " as "
                                + other + " and as " + slot.type() + ": name one of them otherwise by @Column");
                    }
                }));
        return members;
    }
}
