package dev.keepsake.fault;

import java.io.Serial;

/** The store cannot do it now: retry later. */
public final class Unavailable extends Fault {
    @Serial
    private static final long serialVersionUID = 1;

    Unavailable(Report report) {
        super(report);
    }
}
