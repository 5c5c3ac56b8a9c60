package dev.keepsake.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command line: {@code keepsake inspect sqlite:pypi.db}. Results go to standard output, errors and progress to standard
 * error; the exit code is 0 when all is done, 2 for a mistake of usage, 3 where the store is unavailable, 4 where data are
 * refused, 5 for an internal error. A reader that closes the pipe early ({@code | head}) ends a command quietly with 0.
 *
 * <p>Stateless; {@link #run} can be called from other programs, several at a time.
 */
public final class Main {
    private static final List<Command> COMMANDS =
            List.of(new Inspect(), new Query(), new Import(), new Export(), new Repair(), new Tour(), new Help());

    private Main() {}

    /** Runs the command that the arguments name, and ends the process with its exit code. */
    public static void main(String[] args) {
        Pipe out = Pipe.to(new FileOutputStream(FileDescriptor.out));
        PrintStream err = Pipe.to(new FileOutputStream(FileDescriptor.err));
        boolean debug = "1".equals(System.getenv("KEEPSAKE_DEBUG"));
        int code = run(args, new Console(System.in, out, err, Terminal.ofThisProcess(), debug));
        err.flush();
        System.exit(code);
    }

    /**
     * Runs the command that the arguments name, without a terminal.
     *
     * @param in what a FILE of {@code -} reads
     * @param out for results
     * @param err for errors and the closing line
     * @return the exit code
     */
    public static int run(String[] args, InputStream in, PrintStream out, PrintStream err) {
        return run(args, new Console(in, out, err, Terminal.NONE, false));
    }

    @SuppressWarnings("CatchingUnchecked") // whatever happens is told in one line, and ends with a code
    static int run(String[] args, Console console) {
        try {
            execute(args, console);
            console.check();
            return Exit.DONE;
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            console.out().flush();
            return Exit.tell(e, console, args);
        } finally {
            console.err().flush();
        }
    }

    private static void execute(String[] args, Console console) {
        CommandLine line = commandLine();
        if (args.length == 0) {
            console.err().print(help(line, console));
            throw new CommandLine.ParameterException(line, "No command is given");
        }
        ParseResult root = line.parseArgs(args);
        ParseResult given = root.hasSubcommand() ? root.subcommand() : root;
        CommandLine chosen = given.commandSpec().commandLine();
        if (root.isVersionHelpRequested()) {
            console.out().println("keepsake " + version());
        } else if (root.isUsageHelpRequested() || given.isUsageHelpRequested()) {
            console.out().print(help(chosen, console));
        } else if (!root.hasSubcommand()) {
            throw new CommandLine.ParameterException(line, "No command is given");
        } else {
            command(given.commandSpec().name()).run(new Arguments(given), console);
        }
    }

    private static Command command(String name) {
        return COMMANDS.stream()
                .filter(command -> command.spec().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** All commands, ready to parse. */
    static CommandLine commandLine() {
        CommandSpec root = Specs.command("keepsake", "Keeps objects safe while their shape and their database change.")
                .addOption(OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("show the version")
                        .build());
        root.usageMessage().commandListHeading("%nCommands:%n").synopsisSubcommandLabel("COMMAND");
        List<String> examples = new ArrayList<>(List.of(
                "  keepsake tour",
                "  keepsake inspect sqlite:pypi.db",
                "  keepsake inspect postgresql://ann@localhost/shop",
                "  keepsake query sqlite:pypi.db releases --where \"package_id = 'boto'\" --order -major_ver",
                "",
                "Exit codes: 0 done, 1 differences or pending work, 2 usage, 3 store unavailable, 4 refused,",
                "5 internal. A result that nobody reads to its end (| head) is done."));
        Specs.examples(root, examples.toArray(String[]::new));
        for (Command command : COMMANDS) {
            CommandSpec spec = command.spec();
            root.addSubcommand(spec.name(), spec);
        }
        return new CommandLine(root)
                .setExpandAtFiles(false)
                .setPosixClusteredShortOptionsAllowed(false)
                .setOverwrittenOptionsAllowed(false);
    }

    /** The help of a command. */
    static String help(CommandLine command, Console console) {
        CommandLine.Help.Ansi ansi =
                console.terminal().results() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF;
        return command.getUsageMessage(ansi);
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
