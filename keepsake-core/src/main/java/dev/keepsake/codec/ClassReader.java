package dev.keepsake.codec;

import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Kind;
import dev.keepsake.value.Type;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads classes by reflection: what they keep, under which names. Every mistake is noted, and reading goes on. */
final class ClassReader {
    private static final int MOST_MEMBERS = 250;

    private final List<String> mistakes;
    private final JavaTypes javaTypes = new JavaTypes(raw -> model(raw, snake(raw.getSimpleName()), true));

    private ClassReader(List<String> mistakes) {
        this.mistakes = mistakes;
    }

    /** A class that cannot be a model at all; without a message, where the reasons are noted. */
    static final class Mistaken extends RuntimeException {
        private static final long serialVersionUID = 1;

        Mistaken(@Nullable String message) {
            super(message);
        }
    }

    static Codec<?> codec(Class<?> type, List<String> mistakes) {
        return new ClassReader(mistakes).codecOf(type);
    }

    /** How a class is kept inside another. */
    static JavaType valueOf(Class<?> type, List<String> mistakes) {
        return new ClassReader(mistakes).javaTypes.of(type);
    }

    private <T> Codec<T> codecOf(Class<T> type) {
        int before = mistakes.size();
        Annotations.Table table = Annotations.of(type);
        String name = table.name().isEmpty() ? snake(type.getSimpleName()) : table.name();
        ClassModel<T> model = model(type, name, false);
        boolean whole = mistakes.size() == before;
        Kind.Builder kind = Kind.named(name);
        List<String> ids = new ArrayList<>();
        Generation generation = Generation.GIVEN;
        for (Member member : model.members()) {
            Annotations.Column column = columnOf(type, member.javaName());
            kind.field(
                    new Field(member.name(), member.javaType().type(), member.required() || column.id(), null, null));
            if (column.id()) {
                ids.add(member.name());
                generation = column.generated() ? generation(type, member) : generation;
            }
            if (column.version()) {
                kind.version(member.name());
            }
            if (column.unique()) {
                kind.index(dev.keepsake.schema.Index.unique(name + "_" + member.name() + "_key", member.name()));
            }
        }
        if (!ids.isEmpty() || whole) {
            identify(type, model, kind, ids);
        }
        if (generation != Generation.GIVEN) {
            kind.generated(generation);
        }
        table.indexes().forEach(kind::index);
        if (mistakes.size() > before) {
            throw new Mistaken(null);
        }
        return new ClassCodec<>(model, kind.build());
    }

    private void identify(Class<?> type, ClassModel<?> model, Kind.Builder kind, List<String> ids) {
        if (!ids.isEmpty()) {
            kind.id(ids.toArray(String[]::new));
        } else if (model.members().stream().anyMatch(member -> member.javaName().equals("id"))) {
            kind.id(snake("id"));
        } else {
            mistakes.add(type.getName() + " has no id: name a member id, or annotate one with @Id");
        }
    }

    private Generation generation(Class<?> type, Member member) {
        return switch (member.javaType().type()) {
            case Type.Uuid u -> Generation.UUID;
            case Type.Int i -> Generation.IDENTITY;
            default -> {
                mistakes.add(type.getName() + "." + member.javaName()
                        + " cannot be generated: generated ids are whole numbers or UUIDs");
                yield Generation.GIVEN;
            }
        };
    }

    // ---- members

    private <T> ClassModel<T> model(Class<T> type, String name, boolean embedded) {
        int before = mistakes.size();
        Annotations.refused(type).forEach(reason -> mistakes.add(type.getName() + reason));
        if (type.isInterface()
                || Modifier.isAbstract(type.getModifiers())
                || type.isPrimitive()
                || type.isArray()
                || type.isEnum()) {
            throw new Mistaken(type.getName() + " is no record and no class that objects are made of");
        }
        MethodHandles.Lookup lookup = lookup(type);
        try {
            List<Member> members = type.isRecord() ? components(type, lookup) : fields(type, lookup);
            if (members.isEmpty()) {
                throw new Mistaken(mistakes.size() > before ? null : type.getName() + " has nothing to keep");
            }
            if (slots(members) > MOST_MEMBERS) {
                throw new Mistaken(type.getName() + " has more than " + MOST_MEMBERS
                        + " members (in a record, long and double count twice)");
            }
            if (embedded) {
                members.forEach(member -> Annotations.inside(columnOf(type, member.javaName()))
                        .forEach(said -> mistakes.add(type.getName() + "." + member.javaName() + ": " + said
                                + " says nothing where the class is kept inside another")));
            }
            if (type.isRecord() && mistakes.size() > before) {
                throw new Mistaken(null);
            }
            return new ClassModel<>(type, name, members, maker(type, lookup));
        } catch (IllegalAccessException e) {
            throw new Mistaken(type.getName() + " cannot be read: " + e.getMessage());
        }
    }

    /** How many arguments a constructor of all members has, as the Java Virtual Machine counts them. */
    private static int slots(List<Member> members) {
        return members.stream()
                .mapToInt(member ->
                        member.setter() == null && (member.raw() == long.class || member.raw() == double.class) ? 2 : 1)
                .sum();
    }

    private static MethodHandles.Lookup lookup(Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        } catch (IllegalAccessException e) {
            throw new Mistaken(type.getName() + " is closed to Keepsake: write 'opens " + type.getPackageName()
                    + " to dev.keepsake.core' in its module-info");
        }
    }

    private static MethodHandle maker(Class<?> type, MethodHandles.Lookup lookup) throws IllegalAccessException {
        MethodType signature = MethodType.methodType(void.class);
        if (type.isRecord()) {
            Class<?>[] components = Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            signature = MethodType.methodType(void.class, components);
        }
        try {
            return lookup.findConstructor(type, signature);
        } catch (NoSuchMethodException e) {
            throw new Mistaken(type.getName() + " has no constructor without arguments");
        }
    }

    private List<Member> components(Class<?> type, MethodHandles.Lookup lookup) throws IllegalAccessException {
        List<Member> members = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Annotations.Column column = columnOf(type, component.getName());
            note(type, component.getName(), column.refused());
            if (column.left()) {
                mistakes.add(type.getName() + "." + component.getName()
                        + " is left out, but a record is made of all its components");
            }
            MethodHandle getter = lookup.unreflect(component.getAccessor());
            add(
                    members,
                    type,
                    component.getName(),
                    component.getType(),
                    component.getGenericType(),
                    column,
                    getter,
                    null);
        }
        return members;
    }

    private List<Member> fields(Class<?> type, MethodHandles.Lookup own) throws IllegalAccessException {
        Deque<Class<?>> line = new ArrayDeque<>();
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
            line.push(at);
        }
        List<Member> members = new ArrayList<>();
        for (Class<?> declaring : line) {
            MethodHandles.Lookup lookup = declaring == type ? own : lookup(declaring);
            for (java.lang.reflect.Field field : declaring.getDeclaredFields()) {
                Annotations.Column column = Annotations.of(field);
                int modifiers = field.getModifiers();
                if (Modifier.isStatic(modifiers)
                        || Modifier.isTransient(modifiers)
                        || field.isSynthetic()
                        || column.left()) {
                    continue;
                }
                note(type, field.getName(), column.refused());
                if (Modifier.isFinal(modifiers)) {
                    mistakes.add(type.getName() + "." + field.getName() + " is final, so that it cannot be read back");
                    continue;
                }
                MethodHandle getter =
                        lookup.unreflectGetter(field).asType(MethodType.methodType(field.getType(), type));
                MethodHandle setter =
                        lookup.unreflectSetter(field).asType(MethodType.methodType(void.class, type, field.getType()));
                add(members, type, field.getName(), field.getType(), field.getGenericType(), column, getter, setter);
            }
        }
        return members;
    }

    private void add(
            List<Member> members,
            Class<?> type,
            String javaName,
            Class<?> raw,
            java.lang.reflect.Type generic,
            Annotations.Column column,
            MethodHandle getter,
            @Nullable MethodHandle setter) {
        String name = column.name().isEmpty() ? snake(javaName) : column.name();
        try {
            JavaType javaType = column.narrowed(javaTypes.of(generic));
            note(type, javaName, column.idle(javaType.type()));
            boolean required = !javaType.nullable() || column.required();
            members.add(new Member(javaName, name, raw, javaType, required, getter, setter));
        } catch (IllegalArgumentException | Mistaken e) {
            if (e.getMessage() != null) {
                mistakes.add(type.getName() + "." + javaName + ": " + e.getMessage());
            }
        }
    }

    private static Annotations.Column columnOf(Class<?> type, String javaName) {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            for (java.lang.reflect.Field field : at.getDeclaredFields()) {
                if (field.getName().equals(javaName)) {
                    return Annotations.of((AnnotatedElement) field);
                }
            }
        }
        throw new IllegalStateException(type + "." + javaName);
    }

    private void note(Class<?> type, String member, List<String> refused) {
        refused.forEach(reason -> mistakes.add(type.getName() + "." + member + ": " + reason));
    }

    /** {@code packageId} as {@code package_id}, {@code HTTPServer2} as {@code http_server2}. */
    static String snake(String javaName) {
        return javaName.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replaceAll("([A-Z]+)([A-Z][a-z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }
}
