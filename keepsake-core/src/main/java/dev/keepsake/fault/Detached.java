package dev.keepsake.fault;

import java.io.Serial;

/** Something was to be loaded for an object whose session is over: load it inside, or fetch it beforehand. */
public final class Detached extends Fault {
    @Serial
    private static final long serialVersionUID = 1;

    Detached(Report report) {
        super(report);
    }
}
