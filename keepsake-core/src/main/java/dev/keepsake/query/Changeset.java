package dev.keepsake.query;

import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
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
    public record Insert(Kind kind, State state) implements Entry {
        /** Keeps the State, in the shape of the kind. */
        public Insert {
            state = kind.shaped(state);
        }
    }

    /**
     * Adds the object, or replaces the whole of the one with its id, unguarded.
     *
     * @param state the whole object, with its id
     */
    public record Put(Kind kind, State state) implements Entry {
        /** Keeps the State, in the shape of the kind; it must have an id. */
        public Put {
            state = kind.shaped(state);
            kind.requireIdOf(state);
        }
    }

    /**
     * Writes some fields of one object, if the guard holds; otherwise it is a Conflict.
     *
     * @param state the whole object as it is to be, with its id
     * @param changed the stored names of the fields to write; others are left as they are in the store
     * @param guard what must still be true
     */
    public record Update(Kind kind, State state, List<String> changed, Guard guard) implements Entry {
        /** Keeps the State, in the shape of the kind; checks the names and resolves the guard against the kind. */
        public Update {
            state = kind.shaped(state);
            kind.requireIdOf(state);
            changed = List.copyOf(changed);
            for (String field : changed) {
                if (!state.extra().containsKey(field)) {
                    kind.typeAt(Path.of(field));
                }
            }
            guard = guard.resolve(kind);
        }
    }

    /**
     * Deletes one object, if the guard holds; otherwise, and where it is missing, it is a Conflict.
     *
     * @param id its id
     * @param guard what must still be true
     */
    public record Delete(Kind kind, Object id, Guard guard) implements Entry {
        /** Fits the id and resolves the guard against the kind. */
        public Delete {
            id = kind.fitId(id);
            guard = guard.resolve(kind);
        }
    }

    /**
     * Changes each object for which a condition holds.
     *
     * @param where which
     * @param changes what is done to each, in order; none about what another is about, or about something inside it
     */
    public record UpdateWhere(Kind kind, Condition where, List<Change> changes) implements Entry {
        /** Resolves condition and changes against the kind. */
        public UpdateWhere {
            if (changes.isEmpty()) {
                throw Problem.REQUEST_INVALID
                        .because("an update of kind %s changes nothing", kind.name())
                        .hint("name what changes, as in field(\"size\").set(1)")
                        .fault();
            }
            where = where.resolve(kind);
            changes = changes.stream().map(change -> change.resolve(kind)).toList();
            requireApart(changes);
        }

        private static void requireApart(List<Change> changes) {
            for (int i = 0; i < changes.size(); i++) {
                List<String> one = changes.get(i).path().steps();
                for (int j = i + 1; j < changes.size(); j++) {
                    List<String> other = changes.get(j).path().steps();
                    int shared = Math.min(one.size(), other.size());
                    if (one.subList(0, shared).equals(other.subList(0, shared))) {
                        throw Problem.REQUEST_INVALID
                                .because(
                                        "%s and %s are both changed, and one is inside the other",
                                        changes.get(i).path(), changes.get(j).path())
                                .hint("change each place once")
                                .fault();
                    }
                }
            }
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
