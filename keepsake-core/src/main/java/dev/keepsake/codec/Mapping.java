package dev.keepsake.codec;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
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
 * <p>Immutable once it is made; safe for use by several threads if the functions are.
 *
 * @param <T> the class
 */
public final class Mapping<T> {
    private final Class<T> type;
    private final Kind kind;
    private final List<Part<T>> parts;
    private final Function<Parts, T> maker;

    /** One kept member. */
    private record Part<T>(String name, Class<?> raw, JavaType javaType, Function<? super T, ?> getter) {}

    private Mapping(Class<T> type, Kind kind, List<Part<T>> parts, Function<Parts, T> maker) {
        this.type = type;
        this.kind = kind;
        this.parts = parts;
        this.maker = maker;
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
                parts.add(new Part<>(name, as, javaType, getter));
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
        return new Codec<>() {
            @Override
            public Class<T> type() {
                return type;
            }

            @Override
            public Kind kind() {
                return kind;
            }

            @Override
            public State encode(T object) {
                @Nullable Object[] values = new Object[parts.size()];
                for (int i = 0; i < values.length; i++) {
                    Part<T> part = parts.get(i);
                    Object member = part.getter.apply(object);
                    Object encoded =
                            member == null ? null : part.javaType.encode().apply(member);
                    values[i] = Values.fit(encoded, part.javaType.type(), Path.of(part.name));
                }
                return State.of(kind.shape(), values);
            }

            @Override
            public T decode(State state) {
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                for (Part<T> part : parts) {
                    values.put(part.name, decoded(part, state));
                }
                try {
                    return maker.apply(new Parts(values));
                } catch (Fault e) {
                    throw e;
                } catch (RuntimeException e) {
                    throw ClassCodec.undecodable(kind, state, "", String.valueOf(e.getMessage()), e);
                }
            }
        };
    }

    private @Nullable Object decoded(Part<T> part, State state) {
        Object value = state.get(part.name);
        if (value == null) {
            return part.javaType.ofNull();
        }
        try {
            return part.javaType.decode().apply(value);
        } catch (ClassModel.Undecodable e) {
            throw ClassCodec.undecodable(kind, state, part.name + (e.at.isEmpty() ? "" : "." + e.at), e.why, e);
        } catch (IllegalArgumentException | ArithmeticException e) {
            String why = e.getMessage() + ", was " + Type.of(value) + " " + dev.keepsake.fault.Report.quote(value);
            throw ClassCodec.undecodable(kind, state, part.name, why, e);
        }
    }
}
