package dev.keepsake.codec;

import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a class is kept that cannot be changed or annotated, written by hand:
 *
 * <pre>{@code
 * Mapping<Color> colours = Mapping.of(Color.class)
 *         .id("rgb", Integer.class, Color::getRGB)
 *         .field("name", String.class, Colours::nameOf)
 *         .made(parts -> new Color(parts.get("rgb", Integer.class), true));
 * }</pre>
 *
 * <p>It counts before the members and the annotations of the class itself, which nobody looks at then. Immutable once it is
 * made; safe for use by several threads if the functions are.
 *
 * @param <T> the class
 */
public final class Mapping<T> {
    private final Class<T> type;
    private final Kind kind;
    private final List<Part<T>> parts;
    private final Function<Parts, T> maker;

    /** One kept member. */
    private record Part<T>(
            String name, Class<?> raw, JavaType javaType, boolean required, Function<? super T, ?> getter) {}

    private Mapping(Class<T> type, Kind kind, List<Part<T>> parts, Function<Parts, T> maker) {
        this.type = type;
        this.kind = kind;
        this.parts = parts;
        this.maker = maker;
    }

    Class<T> type() {
        return type;
    }

    Kind kind() {
        return kind;
    }

    /** Starts the mapping of a class, kept under its name in snake_case. */
    public static <T> Builder<T> of(Class<T> type) {
        return new Builder<>(type);
    }

    /** The kept members of one object, from which it is made. */
    public static final class Parts {
        private final Map<String, @Nullable Object> values;

        private Parts(Map<String, @Nullable Object> values) {
            this.values = values;
        }

        /** A member that must be there. */
        public <V> V get(String name, Class<V> as) {
            V value = find(name, as);
            if (value == null) {
                throw new IllegalArgumentException(name + " is null");
            }
            return value;
        }

        /** A member that may be null. */
        public <V> @Nullable V find(String name, Class<V> as) {
            if (!values.containsKey(name)) {
                throw new IllegalArgumentException("the mapping has no field " + name);
            }
            @SuppressWarnings(
                    "unchecked") // int.class casts nothing, but Integer.class does, and both are Class<Integer>
            Class<V> boxed = (Class<V>) MethodType.methodType(as).wrap().returnType();
            return boxed.cast(values.get(name));
        }
    }

    /**
     * Puts a mapping together.
     *
     * @param <T> the class
     */
    public static final class Builder<T> {
        private final Class<T> type;
        private Kind.Builder kind;
        private final List<Part<T>> parts = new ArrayList<>();
        private final List<String> ids = new ArrayList<>();

        private Builder(Class<T> type) {
            this.type = type;
            this.kind = Kind.named(ClassReader.snake(type.getSimpleName()));
        }

        /** Keeps it under another name. */
        public Builder<T> named(String name) {
            kind.name(name);
            return this;
        }

        /** Names the kept instant from which on an object is gone, as {@link Expires} does. */
        public Builder<T> expires(String name) {
            kind.expires(name);
            return this;
        }

        /** Says which part of a store keeps it, as {@link Shard} does. */
        public Builder<T> shard(String part) {
            kind.shard(part);
            return this;
        }

        /** Keeps a member that identifies the object, alone or with others. */
        public <V> Builder<T> id(String name, Class<V> as, Function<? super T, V> getter) {
            ids.add(name);
            return add(name, as, getter, true);
        }

        /** Keeps a member that may be null. */
        public <V> Builder<T> field(String name, Class<V> as, Function<? super T, ? extends @Nullable V> getter) {
            return add(name, as, getter, false);
        }

        private Builder<T> add(String name, Class<?> as, Function<? super T, ?> getter, boolean required) {
            try {
                List<String> mistakes = new ArrayList<>();
                JavaType javaType = ClassReader.valueOf(as, mistakes);
                parts.add(new Part<>(name, as, javaType, required || !javaType.nullable(), getter));
                kind.field(new Field(name, javaType.type(), required || !javaType.nullable(), null, null));
                if (!mistakes.isEmpty()) {
                    throw new IllegalArgumentException(String.join("; ", mistakes));
                }
                return this;
            } catch (IllegalArgumentException | ClassReader.Mistaken e) {
                throw Problem.MODEL_INVALID
                        .because(
                                "the mapping of %s cannot keep %s: %s",
                                type.getName(), name, String.valueOf(e.getMessage()))
                        .fault();
            }
        }

        /** Adds an index. */
        public Builder<T> index(Index index) {
            kind.index(index);
            return this;
        }

        /** Says that the id is generated. */
        public Builder<T> generated(Generation generation) {
            kind.generated(generation);
            return this;
        }

        /**
         * Says how an object is made of its members, and ends the mapping.
         *
         * @throws dev.keepsake.fault.Invalid {@code model-invalid}
         */
        public Mapping<T> made(Function<Parts, T> maker) {
            Kind whole = kind.id(ids.toArray(String[]::new)).build();
            return new Mapping<>(type, whole, List.copyOf(parts), maker);
        }
    }

    /** The codec of this mapping. */
    public Codec<T> codec() {
        List<Member> members = new ArrayList<>();
        for (Part<T> part : parts) {
            MethodHandle getter = APPLY.bindTo(part.getter).asType(MethodType.methodType(part.raw, type));
            members.add(new Member.Value(
                    part.name,
                    part.raw,
                    part.name,
                    part.javaType,
                    part.required,
                    Annotations.Column.SILENT,
                    List.of(),
                    getter,
                    null,
                    null));
        }
        List<String> names = parts.stream().map(Part::name).toList();
        Class<?>[] raws = parts.stream().map(Part::raw).toArray(Class<?>[]::new);
        MethodHandle made = MethodHandles.insertArguments(MAKE, 0, maker, names)
                .asCollector(Object[].class, raws.length)
                .asType(MethodType.methodType(type, raws));
        return new ClassCodec<>(new ClassModel<>(type, kind.name(), members, made), kind, null, null, null);
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static Object make(Function<Parts, ?> maker, List<String> names, @Nullable Object[] members) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < members.length; i++) {
            values.put(names.get(i), members[i]);
        }
        return maker.apply(new Parts(values));
    }

    private static final MethodHandle MAKE;
    private static final MethodHandle APPLY;

    static {
        try {
            MAKE = MethodHandles.lookup()
                    .findStatic(
                            Mapping.class,
                            "make",
                            MethodType.methodType(Object.class, Function.class, List.class, Object[].class));
            APPLY = MethodHandles.lookup()
                    .findVirtual(Function.class, "apply", MethodType.methodType(Object.class, Object.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
