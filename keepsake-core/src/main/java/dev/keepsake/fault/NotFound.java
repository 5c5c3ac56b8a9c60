package dev.keepsake.fault;

import java.io.Serial;

/** What was asked for by name or id is not there. */
public final class NotFound extends Fault {
    @Serial
    private static final long serialVersionUID = 1;

    NotFound(Report report) {
        super(report);
    }
}
