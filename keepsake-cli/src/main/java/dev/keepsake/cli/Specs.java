package dev.keepsake.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The options and arguments of commands, built without reflection. Stateless. */
final class Specs {
    private Specs() {}

    /** A command with its description: a line that is also its entry in the list of commands, then the rest. */
    static CommandSpec command(String name, String summary, String... rest) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage()
                .width(Terminal.WIDTH)
                .autoWidth(false)
                .sortOptions(false)
                .description(rest.length == 0 ? new String[] {summary} : new String[] {summary, String.join(" ", rest)})
                .parameterListHeading("%n")
                .optionListHeading("%n");
        return spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("show this help")
                .build());
    }

    /** Adds examples, a line each, to the end of the help. */
    static CommandSpec examples(CommandSpec spec, String... lines) {
        spec.usageMessage().footerHeading("%nExamples:%n").footer(lines);
        return spec;
    }

    /** The URL that all commands on a store start with. */
    static PositionalParamSpec url() {
        return argument(
                0,
                "URL",
                "the store: sqlite:FILE, redis://HOST, or postgresql://, mariadb:// or mongodb:// with USER@HOST/DATABASE");
    }

    /** The URL and the kind that most commands start with. */
    static CommandSpec urlAndKind(CommandSpec spec) {
        return spec.addPositional(url()).addPositional(argument(1, "KIND", "the kind: a table, a collection"));
    }

    /** An option without a value. */
    static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name).description(description).build();
    }

    /** An option with a text. */
    static OptionSpec text(String name, String label, String... description) {
        return OptionSpec.builder(name)
                .type(String.class)
                .paramLabel(label)
                .description(String.join(" ", description))
                .build();
    }

    /** An option with a whole number. */
    static OptionSpec number(String name, String label, String... description) {
        return OptionSpec.builder(name)
                .type(Long.class)
                .paramLabel(label)
                .description(String.join(" ", description))
                .build();
    }

    /** An argument that has to be given. */
    static PositionalParamSpec argument(int position, String label, String... description) {
        return positional(position, true, label, description);
    }

    /** An argument that may be left out. */
    static PositionalParamSpec optional(int position, String label, String... description) {
        return positional(position, false, label, description);
    }

    private static PositionalParamSpec positional(int position, boolean required, String label, String... description) {
        return PositionalParamSpec.builder()
                .index(Integer.toString(position))
                .arity(required ? "1" : "0..1")
                .required(required)
                .type(String.class)
                .paramLabel(label)
                .description(String.join(" ", description))
                .build();
    }
}
