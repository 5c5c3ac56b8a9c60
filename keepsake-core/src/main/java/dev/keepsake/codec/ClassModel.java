package dev.keepsake.codec;

import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.value.Type;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A class taken apart: its members, and how an object is made of them. The handles of all members are composed into one
 * for the whole object, so that no loop over fields is left when objects are read or written.
 *
 * @param <T> the class
 */
final class ClassModel<T> {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private final Class<T> type;
    private final List<Member> members;
    private final MethodHandle maker;
    private final Shape shape;
    private final MethodHandle writer;
    private final Map<Shape, MethodHandle> readers = new ConcurrentHashMap<>();

    /**
     * A model.
     *
     * @param maker for a record its constructor, {@code (all members)T}; for a class one without arguments
     */
    ClassModel(Class<T> type, String name, List<Member> members, MethodHandle maker) {
        this.type = type;
        this.members = List.copyOf(members);
        this.maker = MethodHandles.catchException(
                maker, Exception.class, REFUSED.bindTo(type).asType(MethodType.methodType(type, Exception.class)));
        this.shape = new Shape(
                name,
                0,
                members.stream()
                        .map(member ->
                                new Shape.Slot(member.name(), member.javaType().type()))
                        .toList());
        this.writer = writer();
    }

    Class<T> type() {
        return type;
    }

    List<Member> members() {
        return members;
    }

    Shape shape() {
        return shape;
    }

    // ---- from objects

    /** The members of an object, encoded but not fitted yet, by position. */
    @Nullable
    Object[] encode(Object object) {
        try {
            return (Object[]) writer.invokeExact(object);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("reading " + type.getName(), e);
        }
    }

    /** {@code (Object)Object[]}: each getter, then its conversion, collected. */
    private MethodHandle writer() {
        MethodHandle collector = MethodHandles.identity(Object[].class).asCollector(Object[].class, members.size());
        MethodHandle[] getters = new MethodHandle[members.size()];
        for (int i = 0; i < getters.length; i++) {
            MethodHandle getter = members.get(i).getter();
            MethodHandle boxed = getter.asType(MethodType.methodType(Object.class, Object.class));
            getters[i] = MethodHandles.filterReturnValue(
                    boxed, ENCODE.bindTo(members.get(i).javaType()));
        }
        MethodHandle each = MethodHandles.filterArguments(collector, 0, getters);
        return MethodHandles.permuteArguments(
                each, MethodType.methodType(Object[].class, Object.class), new int[members.size()]);
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static @Nullable Object encoded(JavaType javaType, @Nullable Object member) {
        return member == null ? null : javaType.encode().apply(member);
    }

    // ---- to objects

    /** The object of a State of any shape: members by stored name. */
    T decode(State state) {
        MethodHandle reader = readers.get(state.shape());
        if (reader == null) {
            reader = readers.computeIfAbsent(state.shape(), this::reader);
        }
        try {
            return type.cast(reader.invokeExact(state));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("making " + type.getName(), e);
        }
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static Object refused(Class<?> type, Exception e) {
        throw new Undecodable(
                "the constructor of " + type.getSimpleName() + " refuses: "
                        + dev.keepsake.fault.Report.quote(e.getMessage() == null ? e : e.getMessage()),
                "",
                e);
    }

    /** {@code (State)Object}: each member read from its position, then the object made of them. */
    private MethodHandle reader(Shape from) {
        MethodHandle[] reads = new MethodHandle[members.size()];
        for (int i = 0; i < reads.length; i++) {
            Member member = members.get(i);
            MethodHandle read = MethodHandles.insertArguments(
                    READ, 0, member, from.position(member.name()), member.raw().isPrimitive());
            reads[i] = read.asType(MethodType.methodType(member.raw(), State.class));
        }
        MethodHandle whole = type.isRecord() ? constructed(reads) : filled(reads);
        return whole.asType(MethodType.methodType(Object.class, State.class));
    }

    private MethodHandle constructed(MethodHandle[] reads) {
        MethodHandle made = MethodHandles.filterArguments(maker, 0, reads);
        return MethodHandles.permuteArguments(made, MethodType.methodType(type, State.class), new int[reads.length]);
    }

    private MethodHandle filled(MethodHandle[] reads) {
        MethodHandle sets = MethodHandles.empty(MethodType.methodType(void.class, type, State.class));
        for (int i = reads.length - 1; i >= 0; i--) {
            MethodHandle setter =
                    java.util.Objects.requireNonNull(members.get(i).setter());
            MethodHandle set = MethodHandles.filterArguments(
                    setter.asType(MethodType.methodType(
                            void.class, type, reads[i].type().returnType())),
                    1,
                    reads[i]);
            sets = MethodHandles.foldArguments(sets, set);
        }
        MethodHandle thenObject = MethodHandles.foldArguments(
                MethodHandles.dropArguments(MethodHandles.identity(type), 1, State.class), sets);
        return MethodHandles.foldArguments(
                thenObject, MethodHandles.dropArguments(maker.asType(MethodType.methodType(type)), 0, State.class));
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static @Nullable Object read(Member member, int position, boolean primitive, State state) {
        Object value = position < 0 ? state.extra().get(member.name()) : state.at(position);
        if (value == null) {
            if (primitive) {
                throw new Undecodable("expected " + member.javaType().type() + ", was null", member.name(), null);
            }
            return member.javaType().ofNull();
        }
        try {
            return member.javaType().decode().apply(value);
        } catch (Undecodable e) {
            throw new Undecodable(e.why, member.name() + (e.at.isEmpty() ? "" : "." + e.at), e.getCause());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new Undecodable(
                    e.getMessage() + ", was " + Type.of(value) + " " + dev.keepsake.fault.Report.quote(value),
                    member.name(),
                    e);
        }
    }

    /** A value that does not fit its member; the codec tells which object. */
    static final class Undecodable extends RuntimeException {
        private static final long serialVersionUID = 1;
        final String why;
        final String at;

        Undecodable(String why, String at, @Nullable Throwable cause) {
            super(why, cause);
            this.why = why;
            this.at = at;
        }
    }

    // ---- as a value inside another

    /** This class as the type of a member: a struct of its members. */
    JavaType asValue() {
        Map<String, Type> types = new LinkedHashMap<>();
        shape.slots().forEach(slot -> types.put(slot.name(), slot.type()));
        return new JavaType(
                new Type.Struct(types),
                true,
                object -> {
                    @Nullable Object[] values = encode(object);
                    Map<String, @Nullable Object> map = new LinkedHashMap<>();
                    for (int i = 0; i < values.length; i++) {
                        map.put(shape.name(i), values[i]);
                    }
                    return map;
                },
                value -> {
                    if (!(value instanceof Map<?, ?> map)) {
                        throw new IllegalArgumentException("expected a map of " + shape.slots());
                    }
                    List<@Nullable Object> values = new ArrayList<>();
                    shape.slots().forEach(slot -> values.add(map.get(slot.name())));
                    return decode(State.of(shape, values.toArray()));
                },
                null);
    }

    private static final MethodHandle ENCODE =
            handle("encoded", MethodType.methodType(Object.class, JavaType.class, Object.class));
    private static final MethodHandle REFUSED =
            handle("refused", MethodType.methodType(Object.class, Class.class, Exception.class));
    private static final MethodHandle READ =
            handle("read", MethodType.methodType(Object.class, Member.class, int.class, boolean.class, State.class));

    private static MethodHandle handle(String name, MethodType type) {
        try {
            return LOOKUP.findStatic(ClassModel.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
