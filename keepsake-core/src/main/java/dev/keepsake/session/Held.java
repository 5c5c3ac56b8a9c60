package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Relation;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One object of a session: the instance, and what the store holds of it. */
final class Held {
    /** What is to become of it. */
    enum Status {
        /** Added, and not written yet. */
        NEW,
        /** Put without having been loaded: it is written whole, whatever is there. */
        PUT,
        /** As it is in the store, but for what its instance says otherwise. */
        STORED,
        /** To be deleted. */
        DELETED,
        /** Not of this session any more. */
        GONE
    }

    private static final Object MAKING = new Object();

    Codec<Object> codec;
    boolean fixed;
    Object object;

    @Nullable
    Object id;

    @Nullable
    State stored;

    Status status;
    /** Whether a record took the place of the one that was loaded. */
    boolean replaced;
    /** Whether the id was made here, and is not the user's. */
    boolean generated;
    /** Whether what the store holds of it is what a user brought, to delete it, and was never read. */
    boolean stranger;
    /** Whether it was put without having been loaded, and what the store has under its id, if anything, was never read. */
    boolean unmet;
    /** The version that a user brought, and that the store must have, of one that was put without having been loaded. */
    @Nullable
    Object expected;

    /** How many others must be written before it, one after the other, in the flush that goes on. */
    int rank;
    /** Whether it has a place in the order of its kind, be it gone. */
    boolean listed;

    @Nullable
    Batch batch;

    private @Nullable List<Members> members;

    /** One that a user brings. */
    Held(Codec<?> codec, Object object, @Nullable Object id, Status status) {
        this.codec = cast(codec);
        this.object = object;
        this.id = id;
        this.status = status;
        this.fixed = this.codec.fixed(object);
    }

    /** One that is loaded, whose object is being made. */
    Held(Codec<?> codec, Object id, State stored) {
        this.codec = cast(codec);
        this.object = MAKING;
        this.id = id;
        this.stored = stored;
        this.status = Status.STORED;
    }

    /** The object is made. */
    void made(Object instance) {
        this.object = instance;
        this.fixed = codec.fixed(instance);
    }

    @SuppressWarnings("unchecked") // it is only ever given objects of its own class
    static Codec<Object> cast(Codec<?> codec) {
        return (Codec<Object>) codec;
    }

    Kind kind() {
        return codec.kind();
    }

    State stored() {
        return Objects.requireNonNull(stored);
    }

    Object id() {
        return Objects.requireNonNull(id);
    }

    /** Whether it is deleted, or not of this session any more. */
    boolean isGone() {
        return status == Status.DELETED || status == Status.GONE;
    }

    /** Takes back that it is to be deleted. */
    void revive() {
        if (status == Status.DELETED) {
            status = stored != null ? Status.STORED : unmet ? Status.PUT : Status.NEW;
        }
    }

    /** What it holds in the place of a relation to many, once that was made. */
    @Nullable
    Members members(Relation.ToMany relation) {
        if (members != null) {
            for (Members each : members) {
                if (each.relation == relation) {
                    return each;
                }
            }
        }
        return null;
    }

    List<Members> members() {
        return members == null ? List.of() : members;
    }

    void keep(Members more) {
        if (members == null) {
            members = new ArrayList<>(2);
        }
        members.add(more);
    }

    @Override
    public String toString() {
        return kind().name() + " " + (id == null ? "(new)" : id) + " " + status;
    }
}
