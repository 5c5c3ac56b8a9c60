package dev.keepsake.codec;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lazy reference to another object: it knows the other's id, and loads the object when it is asked for. Of those that one
 * query loaded, asking one loads the others' objects too, in one round trip.
 *
 * <pre>{@code
 * record Monster(long id, String name, Ref<MonsterType> type) {}
 * session.add(new Monster(0, "Flowerasaur", Ref.to(grass)));
 * session.get(Monster.class, 1).type().get().name();
 * }</pre>
 *
 * <p>No reference at all is null. One that was loaded in a session belongs to its thread; outside its session it gives the id,
 * and the object only where it was loaded already. Two are equal when they refer to the same object: by class and id, or, as
 * long as there is no id, by the very object.
 *
 * @param <T> the class of the other object
 */
public final class Ref<T> {
    private final Class<T> type;
    private @Nullable Object id;
    /** The id as it is stored, once that was found out. */
    private @Nullable Object stored;

    private @Nullable T object;
    private @Nullable Loader loader;

    /** Loads the object behind a reference, and whatever is best loaded with it. */
    public interface Loader {
        /** The object behind the reference; null where there is none. */
        @Nullable
        Object load(Ref<?> ref);

        /** The id of the object behind a reference, if it has one by now. */
        @Nullable
        Object idOf(Ref<?> ref);
    }

    private Ref(Class<T> type, @Nullable Object id, @Nullable T object, @Nullable Loader loader) {
        this.type = type;
        this.id = id;
        this.object = object;
        this.loader = loader;
    }

    /** The reference to the object of a class with that id, which is not loaded. */
    public static <T> Ref<T> of(Class<T> type, Object id) {
        return new Ref<>(type, Objects.requireNonNull(id), null, null);
    }

    /** The reference to an object, new or not. */
    public static <T> Ref<T> to(T object) {
        @SuppressWarnings("unchecked") // the class of a T is one of a T
        Class<T> type = (Class<T>) object.getClass();
        return new Ref<>(type, null, object, null);
    }

    /** A reference that a loader stands behind. */
    public static <T> Ref<T> loadable(Class<T> type, @Nullable Object id, Loader loader) {
        Ref<T> ref = new Ref<>(type, id, null, loader);
        ref.stored = id;
        return ref;
    }

    /** The class of the other object, or of the one that it was made of. */
    public Class<T> type() {
        return type;
    }

    /** The other object's id; empty as long as a new one has none. */
    public Optional<Object> id() {
        if (id == null && loader != null) {
            id = loader.idOf(this);
        }
        return Optional.ofNullable(id);
    }

    /** Whether the object is there without loading. */
    public boolean isLoaded() {
        return object != null;
    }

    /** The object if it is there without loading. */
    public Optional<T> loaded() {
        return Optional.ofNullable(object);
    }

    /**
     * The object, loaded where it is not yet; empty where there is none with that id.
     *
     * @throws dev.keepsake.fault.Detached where it is to be loaded and the session is over, or there never was one
     */
    public Optional<T> find() {
        if (object == null) {
            if (loader == null) {
                throw Problem.DETACHED
                        .because("the reference to %s %s belongs to no session", type.getSimpleName(), Report.quote(id))
                        .hint(
                                "get the object by its id in a session, or read the reference from an object of a session")
                        .fault();
            }
            object = type.cast(loader.load(this));
        }
        return Optional.ofNullable(object);
    }

    /**
     * The object, loaded where it is not yet.
     *
     * @throws dev.keepsake.fault.NotFound {@code object-missing} where there is none with that id; and as {@link #find}
     */
    public T get() {
        return find().orElseThrow(() -> Problem.OBJECT_MISSING
                .because("there is no %s %s", type.getSimpleName(), Report.quote(id))
                .hint("find() is empty for a reference to nothing")
                .fault());
    }

    /** Puts the object of a reference in place, or forgets it; for those who load. */
    public void resolve(@Nullable Object loaded) {
        this.object = type.cast(loaded);
    }

    /** The id as it is stored; null where the other object has none yet. */
    @Nullable
    Object stored(Codec<?> codec) {
        if (stored == null) {
            Object known = id().orElse(null);
            if (known == null) {
                return object == null ? null : codec.idOf(object); // it may change as long as the object is new
            }
            stored = codec.id(known);
        }
        return stored;
    }

    /** Whether it is known to lead to the object with that id, as it is stored. */
    boolean isTo(@Nullable Object other) {
        return other != null && other.equals(stored);
    }

    /** Whether a session stands behind it. */
    public boolean isAttached() {
        return loader != null;
    }

    /** Puts a loader behind a reference that a user made; for sessions. */
    public void attach(Loader behind) {
        this.loader = behind;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof Ref<?> ref)) {
            return false;
        }
        if (object != null && object == ref.object) {
            return true;
        }
        Optional<Object> mine = id();
        return mine.isPresent() && mine.equals(ref.id()) && related(ref.type);
    }

    private boolean related(Class<?> other) {
        return type.isAssignableFrom(other) || other.isAssignableFrom(type);
    }

    /** The same for all references, whose ids come and go; they are no good keys. */
    @Override
    public int hashCode() {
        return Ref.class.hashCode();
    }

    /** Class and id; it never loads. */
    @Override
    public String toString() {
        return type.getSimpleName() + " " + id().map(Report::quote).orElse("(new)");
    }
}
