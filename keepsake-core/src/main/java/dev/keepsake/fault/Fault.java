package dev.keepsake.fault;

import java.io.Serial;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/**
 * The root of all exceptions of Keepsake. A subclass says what the caller can do; the {@link #problem} says what
 * happened; the message is one sentence, then the facts, a line each, then a hint:
 *
 * <pre>
 * cannot decode person 42: born holds text "soon", expected instant
 *   problem   state-undecodable
 *   store     postgresql localhost/app
 *   at        person/42 $.born
 *   hint      declare a migration from form 3, or declare born as String
 * </pre>
 *
 * <p>A message never holds a password, and shortens user data to 80 characters. Immutable.
 */
@SuppressWarnings("serial") // facts are for reading here, not for sending
public abstract sealed class Fault extends RuntimeException
        permits Invalid, NotFound, Conflict, Violation, Unavailable, Unsupported, Corrupt, Detached {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient Report report;

    Fault(Report report) {
        super(report.text(), report.cause);
        this.report = report;
    }

    /** What happened. */
    public Problem problem() {
        return report.problem;
    }

    /** The message's first line. */
    public String sentence() {
        return report.sentence;
    }

    /** The facts by name, in the order in which they are printed. */
    public Map<String, Object> facts() {
        return Collections.unmodifiableMap(report.facts);
    }

    /** What the caller can do, in words. */
    public Optional<String> hint() {
        return Optional.ofNullable(report.hint);
    }

    /** A report with the same problem, sentence, facts and hint, to which somebody adds what he knows of it; its cause is his to say. */
    public Report report() {
        return report(report.sentence);
    }

    /** As {@link #report()}, in another sentence. */
    public Report report(String sentence) {
        Report same = new Report(report.problem, sentence);
        same.facts.putAll(report.facts);
        same.hint = report.hint;
        return same;
    }

    /** Whether the whole transaction may simply be run again, see {@link Problem#retryable()}. */
    public boolean retryable() {
        return report.problem.retryable();
    }
}
