package dev.keepsake.cli;

import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Corrupt;
import dev.keepsake.fault.Detached;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Invalid;
import dev.keepsake.fault.NotFound;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.fault.Unavailable;
import dev.keepsake.fault.Unsupported;
import dev.keepsake.fault.Violation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** How a command ends: the one place that makes an exit code and a message of what was thrown. Stateless. */
final class Exit {
    /** All is done; also where the reader of the results has gone. */
    static final int DONE = 0;
    /** There are differences, or pending work. */
    static final int DIFFERENT = 1;
    /** The command was said wrongly. */
    static final int USAGE = 2;
    /** The store is unavailable; the same command may succeed later. */
    static final int UNAVAILABLE = 3;
    /** The data, or the state of store or file, does not allow it. */
    static final int REFUSED = 4;
    /** A mistake of Keepsake's own. */
    static final int INTERNAL = 5;

    /** User and password of a URL, and whatever else an option calls a secret. */
    private static final Pattern SECRETS =
            Pattern.compile("(?i)(?<=://)[^\\s'\"]*(?=@)|(?<=(?:password|passwd|pwd|secret|token)=)[^&\\s'\"]+");

    /** A URL given as an argument, up to what is secret in it, and behind: user and password may hold any sign there. */
    private static final List<Pattern> URLS = List.of(
            Pattern.compile("(?s)([A-Za-z][A-Za-z0-9+.-]*://).*(@.*)"),
            Pattern.compile("(?s)([A-Za-z][A-Za-z0-9+.-]*://[^/:\\[]*:)(?![0-9]{1,5}(?:/|$)).*()"));

    private Exit() {}

    /** Tells what was thrown by a command with these arguments, and gives the code. */
    static int tell(Throwable thrown, Console console, String... arguments) {
        if (thrown instanceof Console.Gone || thrown instanceof Different) {
            return code(thrown);
        }
        String text = console.debug() ? trace(thrown) : message(thrown);
        for (String argument : arguments) {
            text = text.replace(argument, shown(argument));
        }
        console.err().println(SECRETS.matcher(text).replaceAll(Matcher.quoteReplacement("***")));
        return code(thrown);
    }

    private static String shown(String argument) {
        for (Pattern pattern : URLS) {
            Matcher url = pattern.matcher(argument);
            if (url.matches()) {
                return url.group(1) + "***" + url.group(2);
            }
        }
        return argument;
    }

    static int code(Throwable thrown) {
        return switch (thrown) {
            case Console.Gone gone -> DONE;
            case Different different -> DIFFERENT;
            case Refused refused -> REFUSED;
            case CommandLine.ParameterException wrong -> USAGE;
            case Fault fault -> code(fault);
            default -> INTERNAL;
        };
    }

    private static int code(Fault fault) {
        return switch (fault) {
            case Unavailable unavailable -> UNAVAILABLE;
            case Conflict conflict -> REFUSED;
            case Violation violation -> REFUSED;
            case Unsupported unsupported -> REFUSED;
            case Corrupt corrupt -> REFUSED;
            case Detached detached -> REFUSED;
            case NotFound missing -> missing.problem() == Problem.FILE_MISSING ? USAGE : REFUSED;
            case Invalid invalid -> code(invalid);
        };
    }

    private static int code(Invalid invalid) {
        Problem problem = invalid.problem();
        if (problem == Problem.VALUE_REFUSED
                || problem == Problem.MALFORMED_RECORD
                || problem == Problem.SUM_OVERFLOW) {
            return REFUSED;
        }
        return problem == Problem.CLOSED || problem == Problem.TRANSACTION_FAILED ? INTERNAL : USAGE;
    }

    static String message(Throwable thrown) {
        return switch (thrown) {
            case Refused refused -> String.valueOf(refused.fault().getMessage());
            case Fault fault -> String.valueOf(fault.getMessage());
            case CommandLine.ParameterException wrong -> usage(wrong);
            default -> "internal error: " + firstLine(thrown) + "\n  hint      KEEPSAKE_DEBUG=1 shows where";
        };
    }

    private static String usage(CommandLine.ParameterException wrong) {
        CommandLine.Model.CommandSpec command = wrong.getCommandLine().getCommandSpec();
        String sentence = firstLine(String.valueOf(wrong.getMessage()));
        Report report = Problem.REQUEST_INVALID
                .because(sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1))
                .hint("'" + command.qualifiedName() + " --help' shows the usage");
        if (wrong instanceof CommandLine.UnmatchedArgumentException unmatched) {
            near(report, unmatched.getUnmatched().getFirst(), command);
        }
        return String.valueOf(report.fault().getMessage());
    }

    /** Hints at the option or command that was probably meant. */
    private static void near(Report report, String wrong, CommandLine.Model.CommandSpec command) {
        String name = wrong.replaceFirst("=.*", "");
        List<String> names = wrong.startsWith("-")
                ? command.options().stream().map(option -> option.longestName()).toList()
                : List.copyOf(command.subcommands().keySet());
        if (!names.isEmpty()) {
            report.near(name, names);
        }
    }

    private static String firstLine(Throwable thrown) {
        return firstLine(thrown.toString());
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
