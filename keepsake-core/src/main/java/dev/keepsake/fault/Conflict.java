package dev.keepsake.fault;

import java.io.Serial;
import java.util.Optional;

/** Someone else changed what this write relied on: reload, and try again. */
public final class Conflict extends Fault {
    @Serial
    private static final long serialVersionUID = 1;

    Conflict(Report report) {
        super(report);
    }

    /** The kind of the object in conflict, where it is known. */
    public Optional<String> kind() {
        return Optional.ofNullable((String) facts().get("kind"));
    }

    /** The id of the object in conflict, where it is known. */
    public Optional<Object> id() {
        return Optional.ofNullable(facts().get("id"));
    }
}
