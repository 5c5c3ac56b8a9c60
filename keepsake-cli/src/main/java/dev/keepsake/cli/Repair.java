package dev.keepsake.cli;

import dev.keepsake.store.Findings;
import dev.keepsake.store.Guarded;
import picocli.CommandLine.Model.CommandSpec;

/** {@code keepsake repair}: whether what is kept beside the objects fits them, and making it so. */
final class Repair implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Specs.command(
                        "repair",
                        "Makes what is kept beside the objects fit them: the entries of indexes on Redis.",
                        "The objects are not changed, and others may write meanwhile. SQL databases keep their indexes",
                        "themselves, so that there is nothing to look at.")
                .addPositional(Specs.url())
                .addOption(Specs.flag(
                        "--check",
                        "only look; the exit code is 1 where something does not fit, and nothing is changed"));
        return Specs.examples(
                spec, "  keepsake repair redis://localhost --check", "  keepsake repair redis://localhost");
    }

    @Override
    public void run(Arguments given, Console console) {
        boolean checks = given.has("--check");
        Findings findings;
        try (Guarded store = Opening.toRead(given.argument(0))) {
            findings = checks ? store.check() : store.repair();
        }
        if (findings == Findings.NONE) {
            console.out().println("nothing to look at: this store keeps its indexes itself");
            return;
        }
        findings.examples().forEach(each -> console.out().println(Texts.clean(each)));
        long more = findings.wrong() - findings.examples().size();
        if (more > 0) {
            console.out().println("and " + more + " more");
        }
        String found = findings.wrong() == 0
                ? "nothing is wrong"
                : findings.wrong() + (checks ? " wrong; leave --check out to mend it" : " mended");
        console.out().println(Texts.counted(findings.objects(), "object") + ", " + found);
        if (checks && findings.wrong() > 0) {
            throw new Different();
        }
    }
}
