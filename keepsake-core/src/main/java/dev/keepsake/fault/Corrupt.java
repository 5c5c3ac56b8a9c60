package dev.keepsake.fault;

import java.io.Serial;

/** Stored data does not fit what is known of it. */
public final class Corrupt extends Fault {
    @Serial
    private static final long serialVersionUID = 1;

    Corrupt(Report report) {
        super(report);
    }
}
