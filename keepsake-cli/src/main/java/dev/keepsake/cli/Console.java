package dev.keepsake.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;

/**
 * Where a command reads and writes. Results go to {@code out}, everything else to {@code err}. Not safe for use by several
 * threads.
 *
 * @param in what {@code -} reads
 * @param out for results
 * @param err for errors, progress and the closing line
 * @param terminal what is known of the terminal
 * @param debug whether errors are told with their stack trace
 */
record Console(InputStream in, PrintStream out, PrintStream err, Terminal terminal, boolean debug) {
    /**
     * Checks that results still arrive.
     *
     * @throws Gone where nobody reads them any more ({@code | head})
     * @throws Refused where they cannot be written
     */
    void check() {
        if (!out.checkError()) {
            return;
        }
        IOException failure = out instanceof Pipe pipe ? pipe.failure() : null;
        if (failure == null || Pipe.isBroken(failure)) {
            throw new Gone();
        }
        throw Refused.because("cannot write the result: " + failure.getMessage());
    }

    /** Nobody reads the result any more. */
    @SuppressWarnings("serial") // never sent anywhere
    static final class Gone extends RuntimeException {
        Gone() {
            super("nobody reads the result", null, false, false);
        }
    }
}
