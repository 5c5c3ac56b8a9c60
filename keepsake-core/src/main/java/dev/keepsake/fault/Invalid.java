package dev.keepsake.fault;

import java.io.Serial;

/** The call or the model is wrong: fix it. */
public final class Invalid extends Fault {
    @Serial
    private static final long serialVersionUID = 1;

    Invalid(Report report) {
        super(report);
    }
}
