package dev.keepsake.cli;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Invalid;
import dev.keepsake.fault.Problem;

/**
 * What was given to a command is refused, though the command itself was well said: bad data in a file, a file that exists.
 * The same fault in an argument would be a mistake of usage, so it is wrapped where the difference is known.
 */
@SuppressWarnings("serial") // never sent anywhere
final class Refused extends RuntimeException {
    private final transient Fault fault;

    private Refused(Fault fault) {
        super(fault.getMessage(), fault);
        this.fault = fault;
    }

    /** The fault that says why. */
    Fault fault() {
        return fault;
    }

    /** A fault in data: what would be a mistake of usage is a refusal; any other fault stays what it is. */
    static RuntimeException data(Fault fault) {
        return fault instanceof Invalid ? new Refused(fault) : fault;
    }

    /** The same refusal with another hint. */
    static Refused hinted(Fault fault, String hint) {
        return new Refused(fault.report().hint(hint).cause(fault).fault());
    }

    /** A refusal for which there is no problem of the library. */
    static Refused because(String sentence) {
        return new Refused(Problem.REQUEST_INVALID.because(sentence).fault());
    }

    /** As {@link #because(String)}, with what can be done. */
    static Refused because(String sentence, String hint) {
        return new Refused(Problem.REQUEST_INVALID.because(sentence).hint(hint).fault());
    }
}
