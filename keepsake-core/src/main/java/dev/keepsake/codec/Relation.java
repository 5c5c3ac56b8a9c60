package dev.keepsake.codec;

import dev.keepsake.query.Order;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member that leads from one object to others. Part of a model, and complete once that is built; safe for use by several
 * threads.
 */
public abstract sealed class Relation {
    private static final MethodType GETTER = MethodType.methodType(Object.class, Object.class);
    private static final MethodType SETTER = MethodType.methodType(void.class, Object.class, Object.class);

    private final Class<?> owner;
    private final String name;
    private final Class<?> target;
    private final MethodHandle getter;
    private final @Nullable MethodHandle setter;
    private @Nullable Codec<?> codec;
    private @Nullable Kind ownerKind;

    private Relation(Class<?> owner, String name, Class<?> target, MethodHandle getter, @Nullable MethodHandle setter) {
        this.owner = owner;
        this.name = name;
        this.target = target;
        this.getter = getter.asType(GETTER);
        this.setter = setter == null ? null : setter.asType(SETTER);
    }

    /** The class that has the member. */
    public Class<?> owner() {
        return owner;
    }

    /** The member's name as the class calls it. */
    public String name() {
        return name;
    }

    /** The class of the other objects. */
    public Class<?> target() {
        return target;
    }

    /** The codec of the other objects. */
    public Codec<?> codec() {
        return Objects.requireNonNull(codec, "the model is not built yet");
    }

    /** The kind that objects with the member are kept as. */
    public Kind ownerKind() {
        return Objects.requireNonNull(ownerKind, "the model is not built yet");
    }

    void bind(Codec<?> of, Kind kept) {
        this.codec = of;
        this.ownerKind = kept;
    }

    /** What the member of an object holds. */
    public @Nullable Object get(Object object) {
        try {
            return (Object) getter.invokeExact(object);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("reading " + this, e);
        }
    }

    /** Whether the member can be changed in place; that of a record cannot. */
    public boolean settable() {
        return setter != null;
    }

    /** Changes the member of an object in place. */
    public void set(Object object, @Nullable Object value) {
        try {
            Objects.requireNonNull(setter, "a record is not changed").invokeExact(object, value);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("writing " + this, e);
        }
    }

    /** The stored steps of a path that leads to the other objects. */
    public List<String> steps() {
        return Naming.steps(this);
    }

    @Override
    public String toString() {
        return owner.getSimpleName() + "." + name;
    }

    /** A reference to one object, kept as its id. */
    public static final class ToOne extends Relation {
        private final String field;
        private final boolean lazy;
        private final boolean required;
        private final Reference.OnDelete onDelete;

        ToOne(
                Class<?> owner,
                String name,
                Class<?> target,
                MethodHandle getter,
                @Nullable MethodHandle setter,
                String field,
                boolean lazy,
                boolean required,
                Reference.OnDelete onDelete) {
            super(owner, name, target, getter, setter);
            this.field = field;
            this.lazy = lazy;
            this.required = required;
            this.onDelete = onDelete;
        }

        /** The stored field that keeps the id. */
        public String field() {
            return field;
        }

        /** Whether the member is a {@link Ref}, and not the object itself. */
        public boolean lazy() {
            return lazy;
        }

        /** Whether there must be another object. */
        public boolean required() {
            return required;
        }

        /** What becomes of the owner when the other object is deleted. */
        public Reference.OnDelete onDelete() {
            return onDelete;
        }

        /** The other object, if it is there without loading. */
        public @Nullable Object loaded(Object object) {
            Object held = get(object);
            return held instanceof Ref<?> ref ? ref.loaded().orElse(null) : held;
        }

        /** The id that the member's value is kept as; null where there is none, or none yet. */
        public @Nullable Object idOf(@Nullable Object held) {
            if (held instanceof Ref<?> ref) {
                return ref.stored(codec());
            }
            return held == null ? null : codec().idOf(held);
        }
    }

    /** Where the objects of a {@link ToMany} are. */
    public sealed interface Via {
        /**
         * They refer to the owner.
         *
         * @param back by this member of theirs
         */
        record Inverse(ToOne back) implements Via {}

        /**
         * A kind of pairs joins them.
         *
         * @param join the kind
         * @param own its field with the owner's id
         * @param other its field with the other's id
         */
        record Through(Kind join, String own, String other) implements Via {
            /** The same join, as the other side has it. */
            public Through reversed() {
                String theirs = other;
                return new Through(join, theirs, own);
            }
        }
    }

    /** The objects that refer to one, or are joined with it: nothing is kept of them with the object itself. */
    public static final class ToMany extends Relation {
        private final Class<?> raw;
        private final boolean orphans;
        private final boolean eager;
        private List<Order> order;
        private @Nullable Via via;

        ToMany(
                Class<?> owner,
                String name,
                Class<?> target,
                MethodHandle getter,
                @Nullable MethodHandle setter,
                Class<?> raw,
                boolean orphans,
                boolean eager) {
            super(owner, name, target, getter, setter);
            this.raw = raw;
            this.orphans = orphans;
            this.eager = eager;
            this.order = List.of();
        }

        void complete(Via where, List<Order> sorted) {
            this.via = where;
            this.order = List.copyOf(sorted);
        }

        boolean isComplete() {
            return via != null;
        }

        /** Where the objects are. */
        public Via via() {
            return Objects.requireNonNull(via, "the model is not built yet");
        }

        /** Whether an object that is taken out is deleted. */
        public boolean orphans() {
            return orphans;
        }

        /** Whether it is loaded with its owner, unless a query says otherwise. */
        public boolean eager() {
            return eager;
        }

        /** The order in which they are loaded, in stored names; by id where it says nothing. */
        public List<Order> order() {
            return order;
        }

        /** Whether there is at most one other object, held as a {@link Ref}. */
        public boolean single() {
            return raw == Ref.class;
        }

        /** A list as the member wants it: itself, or as a set. */
        Object collection(List<?> list) {
            return raw == Set.class ? new SetOf<>(list) : list;
        }

        /** A list of ours as the member wants it: itself, or as a set over it. */
        public Object shown(List<?> list) {
            return collection(list);
        }

        /** The list behind what the member holds. */
        public static @Nullable Collection<?> behind(@Nullable Object held) {
            return held instanceof SetOf<?> set ? set.list : held instanceof Collection<?> all ? all : null;
        }
    }

    /** A list without repetitions, as a set. */
    private static final class SetOf<E> extends AbstractSet<E> {
        private final List<E> list;

        SetOf(List<E> list) {
            this.list = list;
        }

        @Override
        public Iterator<E> iterator() {
            return list.iterator();
        }

        @Override
        public int size() {
            return list.size();
        }

        @Override
        public boolean contains(@Nullable Object object) {
            return list.contains(object);
        }

        @Override
        public boolean add(E element) {
            return !list.contains(element) && list.add(element);
        }

        @Override
        public boolean remove(@Nullable Object object) {
            return list.remove(object);
        }

        /** As the list behind it: printing loads nothing. */
        @Override
        public String toString() {
            return list.toString();
        }
    }
}
