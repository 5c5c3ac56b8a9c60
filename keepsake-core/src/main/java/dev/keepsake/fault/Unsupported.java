package dev.keepsake.fault;

import java.io.Serial;

/** This store, or this setting, cannot do it: choose another. */
public final class Unsupported extends Fault {
    @Serial
    private static final long serialVersionUID = 1;

    Unsupported(Report report) {
        super(report);
    }
}
