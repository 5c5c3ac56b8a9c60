package dev.keepsake.cli;

import dev.keepsake.fault.Problem;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code keepsake help query}: the help of a command. */
final class Help implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Specs.command("help", "Shows the help of a command.")
                .addPositional(Specs.optional(0, "COMMAND", "the command; without one, all are listed"));
        return Specs.examples(spec, "  keepsake help", "  keepsake help import");
    }

    @Override
    public void run(Arguments given, Console console) {
        CommandLine all = Main.commandLine();
        CommandLine chosen = given.optional(0)
                .map(name -> {
                    CommandLine command = all.getSubcommands().get(name);
                    if (command == null) {
                        throw Problem.REQUEST_INVALID
                                .because("there is no command " + name)
                                .near(name, all.getSubcommands().keySet())
                                .fault();
                    }
                    return command;
                })
                .orElse(all);
        console.out().print(Main.help(chosen, console));
    }
}
