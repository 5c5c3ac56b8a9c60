package dev.keepsake.cli;

import picocli.CommandLine.Model.CommandSpec;

/** One command: its options, and what it does. Stateless. */
interface Command {
    /** Name, options, arguments and help. */
    CommandSpec spec();

    /** Does it; a fault is thrown, {@link Exit} makes a code of it. */
    void run(Arguments given, Console console);
}
