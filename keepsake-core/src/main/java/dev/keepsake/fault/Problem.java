package dev.keepsake.fault;

import java.util.Locale;

/**
 * A problem that Keepsake reports. Each has an identifier in kebab-case ({@code unknown-kind}), one {@link Fault}
 * subclass, which says what the caller can do, and a section of its own in {@code docs/errors.md}.
 */
public enum Problem {
    // Invalid: fix the call or the model
    UNKNOWN_SCHEME(Remedy.INVALID),
    MALFORMED_URL(Remedy.INVALID),
    SETTINGS_INVALID(Remedy.INVALID),
    UNKNOWN_KIND(Remedy.INVALID),
    UNKNOWN_FIELD(Remedy.INVALID),
    MALFORMED_CONDITION(Remedy.INVALID),
    MALFORMED_STATEMENT(Remedy.INVALID),
    PARAMETER_MISMATCH(Remedy.INVALID),
    AMBIGUOUS_NAME(Remedy.INVALID),
    TYPE_MISMATCH(Remedy.INVALID),
    VALUE_REFUSED(Remedy.INVALID),
    MALFORMED_RECORD(Remedy.INVALID),
    MODEL_INVALID(Remedy.INVALID),
    KIND_MISMATCH(Remedy.INVALID),
    REQUEST_INVALID(Remedy.INVALID),
    SUM_OVERFLOW(Remedy.INVALID),
    SEVERAL_RESULTS(Remedy.INVALID),
    NOT_MANAGED(Remedy.INVALID),
    WRONG_THREAD(Remedy.INVALID),
    CLOSED(Remedy.INVALID),
    TRANSACTION_FAILED(Remedy.INVALID),
    // NotFound
    FILE_MISSING(Remedy.NOT_FOUND),
    DATABASE_MISSING(Remedy.NOT_FOUND),
    OBJECT_MISSING(Remedy.NOT_FOUND),
    NO_RESULT(Remedy.NOT_FOUND),
    KEY_MISSING(Remedy.NOT_FOUND),
    // Conflict: reload and retry
    STALE_OBJECT(Remedy.CONFLICT),
    TRANSACTION_CONFLICT(Remedy.CONFLICT),
    // Violation: a constraint refused it
    UNIQUE_VIOLATION(Remedy.VIOLATION),
    REFERENCE_VIOLATION(Remedy.VIOLATION),
    REQUIRED_VIOLATION(Remedy.VIOLATION),
    CHECK_VIOLATION(Remedy.VIOLATION),
    OBJECT_INVALID(Remedy.VIOLATION),
    // Unavailable: retry later
    STORE_BUSY(Remedy.UNAVAILABLE),
    STORE_FULL(Remedy.UNAVAILABLE),
    STORE_UNREACHABLE(Remedy.UNAVAILABLE),
    POOL_EXHAUSTED(Remedy.UNAVAILABLE),
    TIME_LIMIT(Remedy.UNAVAILABLE),
    COMMIT_PARTIAL(Remedy.UNAVAILABLE),
    COMMIT_OUTCOME_UNKNOWN(Remedy.UNAVAILABLE),
    // Unsupported: another store, or another setting
    FEATURE_MISSING(Remedy.UNSUPPORTED),
    STORE_READ_ONLY(Remedy.UNSUPPORTED),
    ACCESS_DENIED(Remedy.UNSUPPORTED),
    PENDING_WRITES(Remedy.UNSUPPORTED),
    SCAN_REFUSED(Remedy.UNSUPPORTED),
    COMMIT_SPANS_OBJECTS(Remedy.UNSUPPORTED),
    COMMIT_SPANS_SHARDS(Remedy.UNSUPPORTED),
    // Corrupt: stored data does not fit
    STATE_UNDECODABLE(Remedy.CORRUPT),
    REFERENCE_DANGLING(Remedy.CORRUPT),
    NOT_A_DATABASE(Remedy.CORRUPT),
    // Detached: load it inside its session
    DETACHED(Remedy.DETACHED);

    /** What the caller can do: the choice of the {@link Fault} subclass. */
    enum Remedy {
        INVALID,
        NOT_FOUND,
        CONFLICT,
        VIOLATION,
        UNAVAILABLE,
        UNSUPPORTED,
        CORRUPT,
        DETACHED
    }

    final Remedy remedy;

    Problem(Remedy remedy) {
        this.remedy = remedy;
    }

    /** The identifier in kebab-case, as printed in errors and used as a heading of {@code docs/errors.md}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Whether the whole transaction may simply be run again: nothing of it was kept, and a new run can succeed without
     * any change by the caller.
     */
    public boolean retryable() {
        return this == TRANSACTION_CONFLICT || this == STORE_BUSY;
    }

    /** Starts a report of this problem with its one sentence, in lower case and without a full stop. */
    public Report because(String sentence) {
        return new Report(this, sentence);
    }

    /** As {@link #because(String)}, with {@link String#format} arguments. */
    public Report because(String format, Object... arguments) {
        return new Report(this, String.format(Locale.ROOT, format, arguments));
    }
}
