package dev.keepsake.codec;

import dev.keepsake.fault.Problem;
import dev.keepsake.state.State;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a codec finds the other objects that one refers to, while it makes it: a session's side of decoding. */
public interface Links {
    /** The object with that id that a plain reference of an owner names. */
    Object one(Relation.ToOne relation, Object id, State owner);

    /** The lazy reference of an owner to the object with that id. */
    Ref<?> ref(Relation.ToOne relation, Object id);

    /** What the owner holds in the place of the objects that refer to it: a list, a set, or a {@link Ref}; may be null. */
    @Nullable
    Object many(Relation.ToMany relation, State owner);

    /** No session: lazy references know their id alone, and whatever would have to be loaded says that it is detached. */
    Links NONE = new Links() {
        @Override
        public Object one(Relation.ToOne relation, Object id, State owner) {
            throw detached(relation);
        }

        @Override
        public Ref<?> ref(Relation.ToOne relation, Object id) {
            return Ref.of(relation.target(), id);
        }

        @Override
        public @Nullable Object many(Relation.ToMany relation, State owner) {
            return relation.single() ? null : relation.collection(new DetachedList(relation));
        }
    };

    /** The refusal to load something outside a session: entity, attribute, the three cures. */
    static RuntimeException detached(Relation relation) {
        String what = relation.owner().getSimpleName() + "." + relation.name();
        return Problem.DETACHED
                .because("%s is not loaded, and its session is over", what)
                .at(what)
                .hint("read it inside the session; or fetch it with the query, by .fetch(\"" + relation.name()
                        + "\"); or get the object again in a new session")
                .fault();
    }

    /** A list that nobody can load any more. */
    final class DetachedList extends AbstractList<Object> {
        private final Relation relation;
        private final List<Object> added = new ArrayList<>();

        DetachedList(Relation relation) {
            this.relation = relation;
        }

        @Override
        public Object get(int index) {
            throw detached(relation);
        }

        @Override
        public int size() {
            throw detached(relation);
        }

        @Override
        public String toString() {
            return "[not loaded]";
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(added);
        }
    }
}
