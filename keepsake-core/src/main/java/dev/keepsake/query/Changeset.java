package dev.keepsake.query;

import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Writes, in order, that are done together or not at all. Runs of entries of the same sort and kind are sent to a store in
 * its bulk way. Immutable.
 *
 * @param entries the writes, first to last
 */
public record Changeset(List<Entry> entries) implements Request {

    /** One write. */
    public sealed interface Entry {
        /** What kind of object it is about. */
        Kind kind();
    }

    /**
     * Adds an object. An id that is null or absent is generated where the kind says so.
     *
     * @param state the whole object
     */
    public record Insert(Kind kind, State state) implements Entry {}

    /**
     * Adds the object, or replaces the whole of the one with its id, unguarded.
     *
     * @param state the whole object, with its id
     */
    public record Put(Kind kind, State state) implements Entry {}

    /**
     * Writes some fields of one object, if the guard holds; otherwise it is a Conflict.
     *
     * @param state the whole object as it is to be, with its id
     * @param changed the stored names of the fields to write; others are left as they are in the store
     * @param guard what must still be true
     */
    public record Update(Kind kind, State state, List<String> changed, Guard guard) implements Entry {
        /** Copies the list. */
        public Update {
            changed = List.copyOf(changed);
        }
    }

    /**
     * Deletes one object, if the guard holds; otherwise, and where it is missing, it is a Conflict.
     *
     * @param id its id
     * @param guard what must still be true
     */
    public record Delete(Kind kind, Object id, Guard guard) implements Entry {}

    /**
     * Changes each object for which a condition holds.
     *
     * @param where which
     * @param changes what is done to each; at most one to a path
     */
    public record UpdateWhere(Kind kind, Condition where, List<Change> changes) implements Entry {
        /** Resolves condition and changes against the kind. */
        public UpdateWhere {
            where = where.resolve(kind);
            changes = changes.stream().map(change -> change.resolve(kind)).toList();
        }
    }

    /**
     * Deletes each object for which a condition holds.
     *
     * @param where which
     */
    public record DeleteWhere(Kind kind, Condition where) implements Entry {
        /** Resolves the condition against the kind. */
        public DeleteWhere {
            where = where.resolve(kind);
        }
    }

    /** Copies the list. */
    public Changeset {
        entries = List.copyOf(entries);
    }

    /** The given writes. */
    public static Changeset of(Entry... entries) {
        return new Changeset(Arrays.asList(entries));
    }

    /** Inserts of one kind. */
    public static Changeset inserts(Kind kind, Collection<State> states) {
        return new Changeset(
                states.stream().map(state -> (Entry) new Insert(kind, state)).toList());
    }

    /** Unguarded inserts or replacements of one kind. */
    public static Changeset puts(Kind kind, Collection<State> states) {
        return new Changeset(
                states.stream().map(state -> (Entry) new Put(kind, state)).toList());
    }
}
