package dev.keepsake.cli;

/** A command has told all, and ends with the code of differences. */
final class Different extends RuntimeException {
    private static final long serialVersionUID = 1;

    Different() {
        super("there are differences", null, false, false);
    }
}
