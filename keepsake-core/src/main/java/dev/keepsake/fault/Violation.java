package dev.keepsake.fault;

import java.io.Serial;
import java.util.Optional;

/** A constraint refused the write; the same write is never retried. */
public final class Violation extends Fault {
    @Serial
    private static final long serialVersionUID = 1;

    Violation(Report report) {
        super(report);
    }

    /** The kind whose constraint it is, where it is known. */
    public Optional<String> kind() {
        return Optional.ofNullable((String) facts().get("kind"));
    }

    /** The constraint's name, or its fields where it has no name of its own. */
    public Optional<String> constraint() {
        return Optional.ofNullable((String) facts().get("rule"));
    }
}
