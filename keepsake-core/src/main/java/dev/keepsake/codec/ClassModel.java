package dev.keepsake.codec;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A class taken apart: its members, and how an object is made of them. The handles of all members are composed into one
 * for the whole object, so that no loop over fields is left when objects are read, written or compared.
 *
 * @param <T> the class
 */
final class ClassModel<T> {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private final Class<T> type;
    private final List<Member> members;
    private final List<Member.Value> values;
    private final MethodHandle maker;
    private final Shape shape;
    private final MethodHandle writer;
    private final MethodHandle parts;
    /** Whether there is more to check than that nothing is null that must not be. */
    private final boolean checked;

    private final List<Needed> needed;
    private final boolean fixed;
    /** From an object to each value, {@code (Object)Object}. */
    private final MethodHandle[] getters;

    private final Map<Shape, MethodHandle> readers = new ConcurrentHashMap<>();
    private final Map<Shape, MethodHandle> comparers = new ConcurrentHashMap<>();
    private final Map<Shape, MethodHandle> fillers = new ConcurrentHashMap<>();
    /** From an object and a member to nothing, {@code (Object,Object)void}; none for a record. */
    private final MethodHandle[] setters;

    /** What made or compared an object last, with the shape that it was made for: most often the next is of the same. */
    private volatile Compiled reading = new Compiled(null, null);

    private volatile Compiled comparing = new Compiled(null, null);

    /** A member that must not be null, with its getter as {@code (Object)Object}. */
    private record Needed(Member member, MethodHandle getter) {}

    private record Compiled(@Nullable Shape shape, @Nullable MethodHandle handle) {}

    /** A State with the session that it is decoded for. */
    private record Linked(State state, Links links) {}

    /**
     * A model.
     *
     * @param maker for a record its constructor, {@code (all members)T}; for a class one without arguments
     */
    ClassModel(Class<T> type, String name, List<Member> members, MethodHandle maker) {
        this.type = type;
        this.members = List.copyOf(members);
        this.values = this.members.stream()
                .flatMap(member -> switch (member) {
                    case Member.Value value -> List.of(value).stream();
                    case Member.Flat flat -> flat.values().stream();
                    case Member.Many many -> Stream.<Member.Value>empty();
                })
                .toList();
        this.maker = MethodHandles.catchException(
                maker, Exception.class, REFUSED.bindTo(type).asType(MethodType.methodType(type, Exception.class)));
        this.shape = new Shape(
                name,
                0,
                values.stream()
                        .map(value ->
                                new Shape.Slot(value.name(), value.javaType().type()))
                        .toList());
        this.fixed = this.members.stream().allMatch(member -> member.setter() == null);
        this.getters = values.stream()
                .map(value -> value.getter().asType(MethodType.methodType(Object.class, Object.class)))
                .toArray(MethodHandle[]::new);
        this.setters = this.members.stream()
                .map(Member::setter)
                .filter(Objects::nonNull)
                .map(setter -> setter.asType(MethodType.methodType(void.class, Object.class, Object.class)))
                .toArray(MethodHandle[]::new);
        this.writer = writer();
        this.parts = parts();
        this.checked = values.stream()
                        .anyMatch(value -> !value.rules().isEmpty()
                                || (value.javaType().type() instanceof Type.Text text && text.length() > 0)
                                || isChecked(value.javaType()))
                || this.members.stream().anyMatch(ClassModel::isRuled);
        this.needed = this.members.stream()
                .filter(ClassModel::isNeeded)
                .map(member ->
                        new Needed(member, member.getter().asType(MethodType.methodType(Object.class, Object.class))))
                .toList();
    }

    Class<T> type() {
        return type;
    }

    List<Member> members() {
        return members;
    }

    /** What is kept of it, field by field. */
    List<Member.Value> values() {
        return values;
    }

    Shape shape() {
        return shape;
    }

    /** Whether an object is made of all its members at once, and never changed. */
    boolean isFixed() {
        return fixed;
    }

    Optional<Member> member(String javaName) {
        return members.stream()
                .filter(member -> member.javaName().equals(javaName))
                .findFirst();
    }

    // ---- from objects

    /** What is kept of an object, encoded but not fitted yet, by position. */
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

    /** One of the fields of an object, encoded but not fitted yet. */
    @Nullable
    Object encode(Object object, int position) {
        return encoded(values.get(position), got(getters[position], object));
    }

    private static @Nullable Object got(Member member, Object object) {
        return got(member.getter().asType(MethodType.methodType(Object.class, Object.class)), object);
    }

    private static @Nullable Object got(MethodHandle getter, Object object) {
        try {
            return (Object) getter.invokeExact(object);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("reading " + object.getClass().getName(), e);
        }
    }

    /** {@code (Object)Object[]}: each getter, then its conversion, collected. */
    private MethodHandle writer() {
        MethodHandle[] encoders = new MethodHandle[getters.length];
        for (int i = 0; i < encoders.length; i++) {
            encoders[i] = MethodHandles.filterReturnValue(getters[i], ENCODE.bindTo(values.get(i)));
        }
        return collected(encoders);
    }

    /** {@code (Object)Object[]}: the members themselves, as the maker takes them. */
    private MethodHandle parts() {
        return collected(members.stream()
                .map(member -> member.getter().asType(MethodType.methodType(Object.class, Object.class)))
                .toArray(MethodHandle[]::new));
    }

    private static MethodHandle collected(MethodHandle[] getters) {
        MethodHandle collector = MethodHandles.identity(Object[].class).asCollector(Object[].class, getters.length);
        MethodHandle each = MethodHandles.filterArguments(collector, 0, getters);
        return MethodHandles.permuteArguments(
                each, MethodType.methodType(Object[].class, Object.class), new int[getters.length]);
    }

    private static @Nullable Object encoded(Member.Value value, @Nullable Object member) {
        Relation.ToOne toOne = value.toOne();
        if (toOne != null) {
            return toOne.idOf(member);
        }
        try {
            return value.javaType().encoded(member);
        } catch (IllegalArgumentException e) {
            throw Problem.VALUE_REFUSED
                    .because("%s cannot be kept: %s", value.javaName(), String.valueOf(e.getMessage()))
                    .at(Path.of(value.javaName()))
                    .cause(e)
                    .fault();
        }
    }

    // ---- compared

    /** Whether what is kept of an object is what a State holds, position by position of the State's shape. */
    boolean holds(Object object, State state) {
        Compiled last = comparing;
        MethodHandle comparer = last.handle;
        if (comparer == null || last.shape != state.shape()) {
            comparer = comparers.computeIfAbsent(state.shape(), this::comparer);
            comparing = new Compiled(state.shape(), comparer);
        }
        try {
            return (boolean) comparer.invokeExact(object, state);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("comparing " + type.getName(), e);
        }
    }

    /** {@code (Object,State)boolean}: each member compared in its own type, the next only if it is the same. */
    private MethodHandle comparer(Shape with) {
        MethodHandle same =
                MethodHandles.dropArguments(MethodHandles.constant(boolean.class, true), 0, Object.class, State.class);
        MethodHandle different =
                MethodHandles.dropArguments(MethodHandles.constant(boolean.class, false), 0, Object.class, State.class);
        for (int i = values.size() - 1; i >= 0; i--) {
            Member.Value value = values.get(i);
            int position = with.position(value.name());
            MethodHandle test = test(value, position);
            MethodHandle getter =
                    value.getter().asType(MethodType.methodType(test.type().parameterType(0), Object.class));
            same = MethodHandles.guardWithTest(MethodHandles.filterArguments(test, 0, getter), same, different);
        }
        return same;
    }

    private static MethodHandle test(Member.Value value, int position) {
        Class<?> raw = value.raw();
        if (!value.javaType().isPlain()) {
            return MethodHandles.insertArguments(SAME_OBJECT, 1, value, position);
        }
        MethodHandle test = raw == long.class || raw == int.class || raw == short.class || raw == byte.class
                ? MethodHandles.insertArguments(SAME_LONG, 1, position)
                : raw == boolean.class
                        ? MethodHandles.insertArguments(SAME_BOOLEAN, 1, position)
                        : raw == double.class
                                ? MethodHandles.insertArguments(SAME_DOUBLE, 1, position)
                                : MethodHandles.insertArguments(SAME_OBJECT, 1, value, position);
        return raw == int.class || raw == short.class || raw == byte.class
                ? test.asType(test.type().changeParameterType(0, raw))
                : test;
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static boolean sameLong(long member, int position, State state) {
        return state.at(position) instanceof Long number && number == member;
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static boolean sameBoolean(boolean member, int position, State state) {
        return state.at(position) instanceof Boolean truth && truth == member;
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static boolean sameDouble(double member, int position, State state) {
        return state.at(position) instanceof Double number && number == member;
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static boolean sameObject(@Nullable Object member, Member.Value value, int position, State state) {
        Object stored = state.at(position);
        if (member == stored || (member instanceof Ref<?> ref && ref.isTo(stored))) {
            return true;
        }
        Object encoded = encoded(value, member);
        // a reference to a new object, which has no id yet, is another one than none
        return (encoded != null || member == null || value.toOne() == null) && same(value, encoded, stored);
    }

    /** What is converted is also the same if it is what would be read: as a class inside that lacks, or does not know, a field. */
    private static boolean same(Member.Value value, @Nullable Object encoded, @Nullable Object stored) {
        if (same(encoded, stored)) {
            return true;
        }
        if (encoded == null || stored == null || value.javaType().isPlain()) {
            return false;
        }
        try {
            return same(
                    encoded, value.javaType().encoded(value.javaType().decode().apply(stored)));
        } catch (RuntimeException e) {
            return false; // what cannot be read is another value
        }
    }

    /** As it is, or as it would be kept: a time that was loaded finer than it is declared is unchanged. */
    static boolean same(@Nullable Object encoded, @Nullable Object stored) {
        if (encoded == stored || encoded == null || stored == null) {
            return encoded == stored;
        }
        if (encoded.equals(stored)) {
            return true;
        }
        try {
            return !(encoded instanceof String) && Values.same(Values.normalise(encoded, Path.of("value")), stored);
        } catch (Fault e) {
            return false; // whoever writes it is told why it cannot be
        }
    }

    /** The stored names of what an object holds otherwise than a State does. */
    List<String> changes(Object object, State state) {
        @Nullable Object[] now = encode(object);
        List<String> changed = new ArrayList<>();
        for (int i = 0; i < now.length; i++) {
            if (!same(values.get(i), now[i], state.get(values.get(i).name()))) {
                changed.add(values.get(i).name());
            }
        }
        return changed;
    }

    // ---- checked

    /** Whether something inside a value is to be checked. */
    private static boolean isChecked(@Nullable JavaType javaType) {
        return javaType != null
                && (javaType.models().stream().anyMatch(model -> model.checked || !model.needed.isEmpty())
                        || isChecked(javaType.element()));
    }

    private static boolean isRuled(Member member) {
        return member instanceof Member.Flat flat && !flat.rules().isEmpty();
    }

    private static boolean isNeeded(Member member) {
        return switch (member) {
            case Member.Value value ->
                value.required()
                        && !value.raw().isPrimitive()
                        && !value.column().generated()
                        && !value.column().version();
            case Member.Flat flat -> !flat.inner().needed.isEmpty();
            case Member.Many many -> false;
        };
    }

    /** What is wrong with an object: each rule that it breaks, with the place in Java names. */
    List<String> mistakes(Object object) {
        if (!checked && !lacks(object)) {
            return List.of();
        }
        List<String> broken = new ArrayList<>();
        check(object, "", broken);
        return broken;
    }

    /** Whether something that is required is null: all there is to check of most classes. */
    private boolean lacks(Object object) {
        for (Needed each : needed) {
            Object held = got(each.getter, object);
            if (held == null
                    ? each.member instanceof Member.Value
                    : each.member instanceof Member.Flat flat && flat.inner().lacks(held)) {
                return true;
            }
        }
        return false;
    }

    /** Notes each rule that an object breaks, with the place in Java names. */
    private void check(Object object, String prefix, List<String> broken) {
        for (Member member : members) {
            if (member instanceof Member.Flat flat) {
                Object inner = got(flat, object);
                keeps(flat.rules(), inner, prefix + flat.javaName(), broken);
                if (inner != null) {
                    flat.inner().check(inner, prefix + flat.javaName() + ".", broken);
                }
            } else if (member instanceof Member.Value value) {
                Object held = got(value, object);
                if (value.toOne() == null) {
                    check(value, held, prefix + value.javaName(), broken);
                } else {
                    refer(value, held, prefix + value.javaName(), broken);
                }
            }
        }
    }

    /** The id of the other object may not be known yet. */
    private static void refer(Member.Value value, @Nullable Object held, String at, List<String> broken) {
        keeps(value.rules(), held, at, broken);
        if (held == null && value.required() && value.rules().isEmpty()) {
            broken.add(at + ": is required, was null");
        }
    }

    private static void keeps(List<Rules.Rule> rules, @Nullable Object held, String at, List<String> broken) {
        rules.forEach(rule -> rule.check(held, at, broken));
    }

    private static void check(Member.Value value, @Nullable Object held, String at, List<String> broken) {
        int before = broken.size();
        keeps(value.rules(), held, at, broken);
        inside(value.javaType(), held, at, broken);
        if (broken.size() == before) {
            fits(value, held, at, broken);
        }
    }

    private static void inside(JavaType javaType, @Nullable Object held, String at, List<String> broken) {
        ClassModel<?> model = held == null ? null : javaType.modelOf(held);
        JavaType element = javaType.element();
        if (held != null && model != null) {
            model.check(held, at + ".", broken);
        } else if (held instanceof Optional<?> optional && element != null) {
            inside(element, optional.orElse(null), at, broken);
        } else if (held instanceof Collection<?> all && element != null) {
            int index = 0;
            for (Object each : all) {
                inside(element, each, at + "[" + index++ + "]", broken);
            }
        } else if (held instanceof Map<?, ?> map && element != null) {
            map.forEach((key, each) -> inside(element, each, at + "." + key, broken));
        }
    }

    private static void fits(Member.Value value, @Nullable Object held, String at, List<String> broken) {
        try {
            Object fitted =
                    Values.fit(value.javaType().encoded(held), value.javaType().type(), Path.of(at));
            if (fitted == null
                    && value.required()
                    && !value.column().generated()
                    && !value.column().version()) {
                broken.add(at + ": is required, was null");
            }
        } catch (Fault e) {
            broken.add(at + ": " + e.sentence());
        } catch (IllegalArgumentException e) {
            broken.add(at + ": " + e.getMessage());
        }
    }

    // ---- to objects

    /** The object of a State of any shape: members by stored name. */
    T decode(State state, Links links) {
        Compiled last = reading;
        MethodHandle reader = last.handle;
        if (reader == null || last.shape != state.shape()) {
            reader = readers.computeIfAbsent(state.shape(), this::reader);
            reading = new Compiled(state.shape(), reader);
        }
        try {
            return type.cast((Object) reader.invokeExact(new Linked(state, links)));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("making " + type.getName(), e);
        }
    }

    /** Puts what a State holds into an object that is there, all or nothing; only for a class with fields. */
    void fill(Object object, State state, Links links) {
        try {
            MethodHandle read = fillers.computeIfAbsent(state.shape(), this::filler);
            @Nullable Object[] all = (@Nullable Object[]) read.invokeExact(new Linked(state, links));
            for (int i = 0; i < all.length; i++) {
                setters[i].invokeExact(object, all[i]);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("writing " + type.getName(), e);
        }
    }

    /** {@code (Linked)Object[]}: each member read from its position. */
    private MethodHandle filler(Shape from) {
        MethodHandle[] reads = members.stream()
                .map(member -> read(member, from).asType(MethodType.methodType(Object.class, Linked.class)))
                .toArray(MethodHandle[]::new);
        MethodHandle collector = MethodHandles.identity(Object[].class).asCollector(Object[].class, reads.length);
        return MethodHandles.permuteArguments(
                MethodHandles.filterArguments(collector, 0, reads),
                MethodType.methodType(Object[].class, Linked.class),
                new int[reads.length]);
    }

    /** The object with another value of one member: changed in place, or, of a record, a copy. */
    T with(T object, Member member, @Nullable Object value) {
        try {
            MethodHandle setter = member.setter();
            if (setter != null) {
                setter.invoke(object, value);
                return object;
            }
            @Nullable Object[] all = (@Nullable Object[]) parts.invokeExact((Object) object);
            all[members.indexOf(member)] = value;
            return type.cast(maker.invokeWithArguments(all));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("writing " + type.getName(), e);
        }
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static Object refused(Class<?> type, Exception e) {
        if (e instanceof Fault fault) {
            throw fault;
        }
        throw new Undecodable(
                "the constructor of " + type.getSimpleName() + " refuses: "
                        + Report.quote(e.getMessage() == null ? e : e.getMessage()),
                "",
                e);
    }

    /** {@code (Linked)Object}: each member read from its position, then the object made of them. */
    private MethodHandle reader(Shape from) {
        MethodHandle[] reads =
                members.stream().map(member -> read(member, from)).toArray(MethodHandle[]::new);
        MethodHandle whole = isFixed() ? constructed(reads) : filled(reads);
        return whole.asType(MethodType.methodType(Object.class, Linked.class));
    }

    /** {@code (Linked)raw}: one member. */
    private static MethodHandle read(Member member, Shape from) {
        MethodHandle read = switch (member) {
            case Member.Value value
            when value.toOne() != null ->
                MethodHandles.insertArguments(READ_ONE, 0, value, from.position(value.name()));
            case Member.Value value -> plain(value, from.position(value.name()));
            case Member.Flat flat ->
                MethodHandles.insertArguments(
                        READ_FLAT,
                        0,
                        flat,
                        flat.values().stream()
                                .mapToInt(value -> from.position(value.name()))
                                .toArray());
            case Member.Many many -> READ_MANY.bindTo(many.relation());
        };
        return read.asType(MethodType.methodType(member.raw(), Linked.class));
    }

    private static MethodHandle plain(Member.Value value, int position) {
        Class<?> raw = value.raw();
        return position >= 0 && raw == long.class && value.javaType().isPlain()
                ? MethodHandles.insertArguments(READ_LONG, 0, value, position)
                : MethodHandles.insertArguments(READ, 0, value, position, raw.isPrimitive());
    }

    private MethodHandle constructed(MethodHandle[] reads) {
        MethodHandle made = MethodHandles.filterArguments(maker, 0, reads);
        return MethodHandles.permuteArguments(made, MethodType.methodType(type, Linked.class), new int[reads.length]);
    }

    private MethodHandle filled(MethodHandle[] reads) {
        MethodHandle sets = MethodHandles.empty(MethodType.methodType(void.class, type, Linked.class));
        for (int i = reads.length - 1; i >= 0; i--) {
            MethodHandle setter = Objects.requireNonNull(members.get(i).setter());
            MethodHandle set = MethodHandles.filterArguments(
                    setter.asType(MethodType.methodType(
                            void.class, type, reads[i].type().returnType())),
                    1,
                    reads[i]);
            sets = MethodHandles.foldArguments(sets, set);
        }
        MethodHandle thenObject = MethodHandles.foldArguments(
                MethodHandles.dropArguments(MethodHandles.identity(type), 1, Linked.class), sets);
        return MethodHandles.foldArguments(
                thenObject, MethodHandles.dropArguments(maker.asType(MethodType.methodType(type)), 0, Linked.class));
    }

    private static @Nullable Object stored(Member.Value value, int position, State state) {
        return position < 0 ? state.extra().get(value.name()) : state.at(position);
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static long readLong(Member.Value value, int position, Linked from) {
        State state = from.state;
        long number = state.longAt(position);
        if (number == 0 && state.isNull(position)) {
            throw new Undecodable("expected " + value.javaType().type() + ", was null", value.name(), null);
        }
        if (number == 0 && !(state.at(position) instanceof Long)) {
            return (long) Objects.requireNonNull(read(value, position, true, from));
        }
        return number;
    }

    private static @Nullable Object read(Member.Value value, int position, boolean primitive, Linked from) {
        Object stored = stored(value, position, from.state);
        if (stored == null) {
            if (primitive) {
                throw new Undecodable("expected " + value.javaType().type() + ", was null", value.name(), null);
            }
            return value.javaType().ofNull();
        }
        try {
            return value.javaType().decode().apply(stored);
        } catch (Undecodable e) {
            throw new Undecodable(e.why, value.name() + (e.at.isEmpty() ? "" : "." + e.at), e.getCause());
        } catch (IllegalArgumentException | ArithmeticException | ClassCastException e) {
            throw new Undecodable(
                    e.getMessage() + ", was " + Type.of(stored) + " " + Report.quote(stored), value.name(), e);
        }
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static @Nullable Object readOne(Member.Value value, int position, Linked from) {
        Object id = stored(value, position, from.state);
        Relation.ToOne relation = Objects.requireNonNull(value.toOne());
        if (id == null) {
            return null;
        }
        return relation.lazy() ? from.links.ref(relation, id) : from.links.one(relation, id, from.state);
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static @Nullable Object readFlat(Member.Flat flat, int[] positions, Linked from) {
        @Nullable Object[] inner = new Object[positions.length];
        boolean there = false;
        for (int i = 0; i < inner.length; i++) {
            inner[i] = stored(flat.values().get(i), positions[i], from.state);
            there |= inner[i] != null;
        }
        return there ? flat.inner().decode(State.of(flat.inner().shape(), inner), from.links) : null;
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static @Nullable Object readMany(Relation.ToMany relation, Linked from) {
        return from.links.many(relation, from.state);
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
                    @Nullable Object[] encoded = encode(object);
                    Map<String, @Nullable Object> map = new LinkedHashMap<>();
                    for (int i = 0; i < encoded.length; i++) {
                        map.put(shape.name(i), encoded[i]);
                    }
                    return map;
                },
                value -> {
                    if (!(value instanceof Map<?, ?> map)) {
                        throw new IllegalArgumentException("expected a map of " + shape.slots());
                    }
                    List<@Nullable Object> stored = new ArrayList<>();
                    shape.slots().forEach(slot -> stored.add(map.get(slot.name())));
                    return decode(State.of(shape, stored.toArray()), Links.NONE);
                },
                null,
                List.of(this),
                null);
    }

    // ---- by their handles

    private static final Class<?> VALUE = Member.Value.class;
    private static final MethodHandle ENCODE = handle("encoded", Object.class, VALUE, Object.class);
    private static final MethodHandle REFUSED = handle("refused", Object.class, Class.class, Exception.class);
    private static final MethodHandle READ =
            handle("read", Object.class, VALUE, int.class, boolean.class, Linked.class);
    private static final MethodHandle READ_LONG = handle("readLong", long.class, VALUE, int.class, Linked.class);
    private static final MethodHandle READ_ONE = handle("readOne", Object.class, VALUE, int.class, Linked.class);
    private static final MethodHandle READ_FLAT =
            handle("readFlat", Object.class, Member.Flat.class, int[].class, Linked.class);
    private static final MethodHandle READ_MANY = handle("readMany", Object.class, Relation.ToMany.class, Linked.class);
    private static final MethodHandle SAME_LONG = handle("sameLong", boolean.class, long.class, int.class, State.class);
    private static final MethodHandle SAME_BOOLEAN =
            handle("sameBoolean", boolean.class, boolean.class, int.class, State.class);
    private static final MethodHandle SAME_DOUBLE =
            handle("sameDouble", boolean.class, double.class, int.class, State.class);
    private static final MethodHandle SAME_OBJECT =
            handle("sameObject", boolean.class, Object.class, VALUE, int.class, State.class);

    private static MethodHandle handle(String name, Class<?> result, Class<?>... arguments) {
        try {
            return LOOKUP.findStatic(ClassModel.class, name, MethodType.methodType(result, arguments));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
