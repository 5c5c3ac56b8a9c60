package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a store can do, said before anything is asked of it: a questionnaire whose answers are names. They are read from
 * the server, never from a brand name. {@link Guarded} checks every request against them, so that a store never sees what
 * it cannot do. Immutable.
 *
 * @param writes when a write reaches the store
 * @param commits how many objects one commit covers
 * @param reads what a transaction that only reads sees
 * @param writers how many write transactions there are at a time
 * @param ids when a generated whole number is known
 * @param savepoints whether part of a transaction can be undone
 * @param alterations what a transaction means for a change of schema
 * @param absence whether an absent field is told from a null one
 * @param extras whether fields that the kind does not know are kept
 * @param absentKinds what reading a kind that is not there means
 * @param references whether references are enforced
 * @param checks whether checks are enforced
 * @param scans whether a query may read without an index
 * @param joins whether queries follow references
 * @param aggregates whether figures are computed in the store
 * @param locks what a lock of a selection locks
 * @param modified what the number of modified objects counts
 * @param times how fine times are kept
 * @param decimals how many digits decimals are kept with
 * @param plans whether a selection's plan can be shown
 * @param renames whether kinds and fields can be renamed
 * @param keys whether the keys of a map keep their order
 * @param isolations how far transactions can be kept apart
 * @param expiry whether objects are gone by themselves when their time is over
 * @param binaries whether bytes are less or greater than others
 */
public record Features(
        Writes writes,
        Commits commits,
        Reads reads,
        Writers writers,
        Ids ids,
        Savepoints savepoints,
        AlterationScope alterations,
        Absence absence,
        Extras extras,
        AbsentKinds absentKinds,
        Enforcement references,
        Enforcement checks,
        Scans scans,
        Joins joins,
        Aggregates aggregates,
        Locks locks,
        Modified modified,
        Times times,
        Decimals decimals,
        Plans plans,
        Renames renames,
        Keys keys,
        Isolations isolations,
        Expiry expiry,
        Binaries binaries) {

    /** When a write reaches the store. */
    public enum Writes {
        /** At once, inside the store's own transaction. */
        DIRECT,
        /** In one request, just before commit; until then Keepsake keeps it. */
        BUFFERED
    }

    /** How many objects one commit covers. */
    public enum Commits {
        /** Any number, all or nothing. */
        MANY_OBJECTS,
        /** One; a commit of several is refused. */
        ONE_OBJECT,
        /** Any number, one after the other: a failure leaves what was before it, and says so. */
        PARTIAL
    }

    /** What a transaction that only reads sees. */
    public enum Reads {
        /** One state of the store throughout. */
        SNAPSHOT,
        /** Each request what is committed then. */
        LATEST
    }

    /** How many write transactions there are at a time. */
    public enum Writers {
        /** One; others wait, then fail as busy. */
        ONE,
        /** Many; those that write the same object conflict. */
        MANY
    }

    /** When a generated whole number is known. */
    public enum Ids {
        /** Before the insert, by {@link Store#reserveIds}. */
        RESERVED,
        /** From the insert. */
        ON_INSERT
    }

    /** Whether part of a transaction can be undone. */
    public enum Savepoints {
        /** Yes. */
        NESTED,
        /** No. */
        NONE
    }

    /** What a transaction means for a change of schema. */
    public enum AlterationScope {
        /** It belongs to the transaction. */
        TRANSACTIONAL,
        /** It commits the transaction before it. */
        IMPLICIT_COMMIT,
        /** It happens at once, whatever becomes of the transaction. */
        IMMEDIATE
    }

    /** Whether an absent field is told from a null one. */
    public enum Absence {
        /** Yes. */
        KEPT,
        /** No: what was absent reads as null. */
        NULL
    }

    /** Whether fields that the kind does not know are kept. */
    public enum Extras {
        /** Yes. */
        KEPT,
        /** No: writing them is refused. */
        REFUSED
    }

    /** What reading a kind that is not there means. */
    public enum AbsentKinds {
        /** It is empty; the first write makes it. */
        EMPTY,
        /** It is refused. */
        REFUSED
    }

    /** Whether a rule of a kind is enforced by the store. */
    public enum Enforcement {
        /** Yes. */
        ENFORCED,
        /** No. */
        NONE
    }

    /** Whether a query may read without an index. */
    public enum Scans {
        /** Always. */
        FREE,
        /** Only with a limit, by {@link dev.keepsake.query.Selection#scanning}. */
        LIMITED
    }

    /** Whether queries follow references: in conditions, orders and rows. */
    public enum Joins {
        /** Yes. */
        NATIVE,
        /** No. */
        NONE
    }

    /** Whether figures are computed in the store. */
    public enum Aggregates {
        /** Yes. */
        NATIVE,
        /** Only the count of objects. */
        COUNT,
        /** No. */
        NONE
    }

    /** What a lock of a selection locks. */
    public enum Locks {
        /** The rows that it reads. */
        ROWS,
        /** Nothing more: a write transaction holds the whole store anyway. */
        STORE,
        /** It is refused. */
        NONE
    }

    /** What the number of modified objects counts. */
    public enum Modified {
        /** Those that changed. */
        CHANGED,
        /** Those that matched. */
        MATCHED
    }

    /** How fine times are kept. */
    public enum Times {
        /** To the millisecond. */
        MILLIS(3),
        /** To the microsecond. */
        MICROS(6),
        /** To the nanosecond. */
        NANOS(9);

        private final int digits;

        Times(int digits) {
            this.digits = digits;
        }

        /** The most digits of a second's fraction. */
        public int digits() {
            return digits;
        }
    }

    /** How many digits decimals are kept with. */
    public enum Decimals {
        /** 34. */
        DIGITS_34(34),
        /** 38, as many as any field can declare. */
        DIGITS_38(38);

        private final int digits;

        Decimals(int digits) {
            this.digits = digits;
        }

        /** The most digits of a decimal. */
        public int digits() {
            return digits;
        }
    }

    /** Whether a selection's plan can be shown. */
    public enum Plans {
        /** Yes. */
        SHOWN,
        /** No. */
        NONE
    }

    /** Whether kinds and fields can be renamed. */
    public enum Renames {
        /** Yes. */
        NATIVE,
        /** No. */
        NONE
    }

    /** Whether the keys of a map keep their order, which no comparison looks at. */
    public enum Keys {
        /** Yes. */
        ORDERED,
        /** No: they come back in an order of the store's own. */
        UNORDERED
    }

    /** How far transactions can be kept apart. */
    public enum Isolations {
        /** As if one ran after the other: {@link Isolation#SERIALIZABLE}. */
        SERIALIZABLE,
        /** Each sees one state; two that read what the other writes both commit. */
        SNAPSHOT,
        /** Not at all: guards of what is written are all there is. */
        NONE
    }

    /** Whether objects are gone by themselves when their time is over: {@link dev.keepsake.schema.Kind#expiry}. */
    public enum Expiry {
        /** Yes: no request sees one from that moment on. */
        ENFORCED,
        /** No: a kind whose objects expire is refused. */
        NONE
    }

    /** Whether bytes are less or greater than others. */
    public enum Binaries {
        /** Yes, by their content. */
        ORDERED,
        /** They are equal or not; what asks for more is refused, since the store would compare them by their length first. */
        EQUAL
    }

    /** An embedded SQLite file or memory. */
    public static final Features SQLITE = new Features(
            Writes.DIRECT,
            Commits.MANY_OBJECTS,
            Reads.SNAPSHOT,
            Writers.ONE,
            Ids.ON_INSERT,
            Savepoints.NESTED,
            AlterationScope.TRANSACTIONAL,
            Absence.NULL,
            Extras.REFUSED,
            AbsentKinds.REFUSED,
            Enforcement.ENFORCED,
            Enforcement.ENFORCED,
            Scans.FREE,
            Joins.NATIVE,
            Aggregates.NATIVE,
            Locks.STORE,
            Modified.MATCHED,
            Times.NANOS,
            Decimals.DIGITS_38,
            Plans.SHOWN,
            Renames.NATIVE,
            Keys.ORDERED,
            Isolations.SERIALIZABLE,
            Expiry.NONE,
            Binaries.ORDERED);

    /** A PostgreSQL server. */
    public static final Features POSTGRESQL = new Features(
            Writes.DIRECT,
            Commits.MANY_OBJECTS,
            Reads.SNAPSHOT,
            Writers.MANY,
            Ids.RESERVED,
            Savepoints.NESTED,
            AlterationScope.TRANSACTIONAL,
            Absence.NULL,
            Extras.REFUSED,
            AbsentKinds.REFUSED,
            Enforcement.ENFORCED,
            Enforcement.ENFORCED,
            Scans.FREE,
            Joins.NATIVE,
            Aggregates.NATIVE,
            Locks.ROWS,
            Modified.MATCHED,
            Times.MICROS,
            Decimals.DIGITS_38,
            Plans.SHOWN,
            Renames.NATIVE,
            Keys.UNORDERED,
            Isolations.SERIALIZABLE,
            Expiry.NONE,
            Binaries.ORDERED);

    /** A MySQL or MariaDB server. */
    public static final Features MARIADB = new Features(
            Writes.DIRECT,
            Commits.MANY_OBJECTS,
            Reads.SNAPSHOT,
            Writers.MANY,
            Ids.ON_INSERT,
            Savepoints.NESTED,
            AlterationScope.IMPLICIT_COMMIT,
            Absence.NULL,
            Extras.REFUSED,
            AbsentKinds.REFUSED,
            Enforcement.ENFORCED,
            Enforcement.ENFORCED,
            Scans.FREE,
            Joins.NATIVE,
            Aggregates.NATIVE,
            Locks.ROWS,
            Modified.MATCHED,
            Times.MICROS,
            Decimals.DIGITS_38,
            Plans.SHOWN,
            Renames.NATIVE,
            Keys.ORDERED,
            Isolations.SERIALIZABLE,
            Expiry.NONE,
            Binaries.ORDERED);

    /** A MongoDB replica set or sharded cluster. */
    public static final Features MONGODB = new Features(
            Writes.DIRECT,
            Commits.MANY_OBJECTS,
            Reads.SNAPSHOT,
            Writers.MANY,
            Ids.RESERVED,
            Savepoints.NONE,
            AlterationScope.IMMEDIATE,
            Absence.KEPT,
            Extras.KEPT,
            AbsentKinds.EMPTY,
            Enforcement.NONE,
            Enforcement.NONE,
            Scans.FREE,
            Joins.NATIVE,
            Aggregates.NATIVE,
            Locks.NONE,
            Modified.CHANGED,
            Times.MILLIS,
            Decimals.DIGITS_34,
            Plans.SHOWN,
            Renames.NATIVE,
            Keys.ORDERED,
            Isolations.SNAPSHOT,
            Expiry.ENFORCED,
            Binaries.EQUAL);

    /** A single MongoDB server, which has no transactions. */
    public static final Features MONGODB_SINGLE = new Features(
            Writes.BUFFERED,
            Commits.ONE_OBJECT,
            Reads.LATEST,
            Writers.MANY,
            Ids.RESERVED,
            Savepoints.NESTED,
            AlterationScope.IMMEDIATE,
            Absence.KEPT,
            Extras.KEPT,
            AbsentKinds.EMPTY,
            Enforcement.NONE,
            Enforcement.NONE,
            Scans.FREE,
            Joins.NATIVE,
            Aggregates.NATIVE,
            Locks.NONE,
            Modified.CHANGED,
            Times.MILLIS,
            Decimals.DIGITS_34,
            Plans.SHOWN,
            Renames.NATIVE,
            Keys.ORDERED,
            Isolations.NONE,
            Expiry.ENFORCED,
            Binaries.EQUAL);

    /** A Redis server. */
    public static final Features REDIS = new Features(
            Writes.BUFFERED,
            Commits.MANY_OBJECTS,
            Reads.LATEST,
            Writers.MANY,
            Ids.RESERVED,
            Savepoints.NESTED,
            AlterationScope.IMMEDIATE,
            Absence.KEPT,
            Extras.KEPT,
            AbsentKinds.EMPTY,
            Enforcement.NONE,
            Enforcement.NONE,
            Scans.LIMITED,
            Joins.NONE,
            Aggregates.COUNT,
            Locks.NONE,
            Modified.MATCHED,
            Times.NANOS,
            Decimals.DIGITS_38,
            Plans.NONE,
            Renames.NONE,
            Keys.ORDERED,
            Isolations.NONE,
            Expiry.ENFORCED,
            Binaries.ORDERED);

    /** The most that there is: what {@link MemoryStore} does of its own. */
    public static final Features MEMORY = new Features(
            Writes.DIRECT,
            Commits.MANY_OBJECTS,
            Reads.SNAPSHOT,
            Writers.MANY,
            Ids.RESERVED,
            Savepoints.NESTED,
            AlterationScope.TRANSACTIONAL,
            Absence.KEPT,
            Extras.KEPT,
            AbsentKinds.REFUSED,
            Enforcement.ENFORCED,
            Enforcement.ENFORCED,
            Scans.FREE,
            Joins.NATIVE,
            Aggregates.NATIVE,
            Locks.ROWS,
            Modified.CHANGED,
            Times.NANOS,
            Decimals.DIGITS_38,
            Plans.SHOWN,
            Renames.NATIVE,
            Keys.ORDERED,
            Isolations.SERIALIZABLE,
            Expiry.ENFORCED,
            Binaries.ORDERED);

    /** The same with another answer to how many objects one commit covers. */
    public Features committing(Commits other) {
        return new Features(
                writes,
                other,
                reads,
                writers,
                ids,
                savepoints,
                alterations,
                absence,
                extras,
                absentKinds,
                references,
                checks,
                scans,
                joins,
                aggregates,
                locks,
                modified,
                times,
                decimals,
                plans,
                renames,
                keys,
                isolations,
                expiry,
                binaries);
    }

    /**
     * Checks that one commit covers so many objects.
     *
     * @throws dev.keepsake.fault.Unsupported {@code commit-spans-objects}
     */
    void requireCommit(int objects) {
        if (commits == Commits.ONE_OBJECT && objects > 1) {
            throw Problem.COMMIT_SPANS_OBJECTS
                    .because("this store commits one object at a time, not %d", objects)
                    .hint("commit each alone, or open the store with partialCommits=allow")
                    .fault();
        }
    }

    /** The answers of each store there is, by name: what {@code memory:?as=redis} names. */
    public static Map<String, Features> presets() {
        Map<String, Features> presets = new TreeMap<>();
        presets.put("memory", MEMORY);
        presets.put("sqlite", SQLITE);
        presets.put("postgresql", POSTGRESQL);
        presets.put("mariadb", MARIADB);
        presets.put("mongodb", MONGODB);
        presets.put("mongodb-single", MONGODB_SINGLE);
        presets.put("redis", REDIS);
        return presets;
    }
}
