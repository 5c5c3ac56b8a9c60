package dev.keepsake.cli;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Transaction;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** {@code keepsake import}: the records of a file into a kind, all or none. */
final class Import implements Command {
    private static final long SAMPLE = 1000;
    private static final long BATCH = 1000;
    private static final String NULL = "\\N";

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Specs.urlAndKind(Specs.command(
                        "import",
                        "Inserts the records of a file into a kind, all or none.",
                        "A kind that is not there is created: its types are those of the first records, a field of",
                        "several types takes any value. Into a kind that exists, values are read as the types of",
                        "its fields."))
                .addPositional(Specs.argument(
                        2,
                        "FILE",
                        "a JSON object a line (.jsonl), one JSON array (.json) or CSV with a header line (.csv),",
                        "compressed by gzip or not (.gz); - is standard input, a JSON object a line"))
                .addOption(Specs.text(
                        "--id",
                        "FIELDS",
                        "the id of a new kind, joined by commas; without it _id, else id, else a",
                        "generated field _uuid, which export leaves out"))
                .addOption(Specs.number(
                        "--sample",
                        "N",
                        "take the types of a new kind from so many records (" + SAMPLE + "); 0 for all"))
                .addOption(Specs.number("--batch", "N", "send so many records at a time (" + BATCH + ")"))
                .addOption(Specs.text(
                        "--null",
                        "TEXT",
                        "what null is in CSV, where it is not quoted (\\N); an empty cell is empty text for a",
                        "text field, and null for others"));
        return Specs.examples(
                spec,
                "  keepsake import sqlite:docs.db packages packages.jsonl.gz --id package_name",
                "  keepsake import sqlite:docs.db releases releases.csv",
                "  zcat movies.jsonl.gz | keepsake import sqlite:films.db movies -",
                "",
                "In CSV a new column is a number or a boolean only where that loses nothing: 007 stays text.",
                "JSON may be Extended JSON: {\"$date\": \"2018-05-31T01:44:52Z\"}, $oid, $uuid, $numberDecimal, $binary.");
    }

    @Override
    public void run(Arguments given, Console console) {
        long sample = number(given, "--sample", SAMPLE, 0);
        long batch = number(given, "--batch", BATCH, 1);
        try (Source source = Source.of(given.argument(2), console.in())) {
            if (given.has("--null") && source.format() != Format.CSV) {
                throw Problem.REQUEST_INVALID.because("--null is for CSV").fault();
            }
            String nullText = given.text("--null").orElse(NULL);
            try (Guarded store = Opening.toWrite(given.argument(0));
                    Progress progress = new Progress(console, "import", source.size(), source::position)) {
                Target target = target(store, given, source, nullText, sample);
                long count = load(store, target, source.records(nullText), batch, progress);
                progress.close();
                console.err()
                        .println("imported " + count + " " + Texts.clean(target.kind.name()) + " in "
                                + Texts.seconds(progress.nanos()));
            }
        }
    }

    private static long number(Arguments given, String option, long otherwise, long least) {
        long number = given.number(option).orElse(otherwise);
        if (number < least) {
            throw Problem.REQUEST_INVALID
                    .because("%s is %d, it is at least %d", option, number, least)
                    .fault();
        }
        return number;
    }

    /**
     * Where the records go.
     *
     * @param absent whether the kind is to be created
     * @param partly whether its types are those of only some of the records
     */
    private record Target(Kind kind, boolean absent, boolean partly) {}

    private static Target target(Guarded store, Arguments given, Source source, String nullText, long sample) {
        String name = given.argument(1);
        Optional<Kind> existing = store.inspect().find(name);
        if (existing.isEmpty()) {
            try (Records records = source.records(nullText)) {
                Kind kind = NewKind.of(name, records.guesses(sample), given.names("--id"));
                return new Target(kind, true, sample > 0);
            }
        }
        if (given.has("--id") || given.has("--sample")) {
            throw Problem.REQUEST_INVALID
                    .because("--id and --sample are for a new kind, and %s exists", name)
                    .hint("leave them out, the kind has its id and types")
                    .fault();
        }
        Kind kind = existing.get();
        boolean generated = NewKind.isGenerated(kind);
        return new Target(
                generated ? kind.toBuilder().generated(Generation.UUID).build() : kind, false, false);
    }

    private static long load(Guarded store, Target target, Records records, long batch, Progress progress) {
        boolean inside = store.features().alterations() == Features.AlterationScope.TRANSACTIONAL;
        if (target.absent && !inside) {
            store.createAll(Schema.of(List.of(target.kind)));
        }
        try (records) {
            return store.write(transaction -> {
                if (target.absent && inside) {
                    create(transaction, target.kind);
                }
                return new Loader(transaction, target.kind, batch, store.features()).load(records, progress);
            });
        } catch (RuntimeException e) {
            if (target.absent && !inside) {
                drop(store, target.kind, e);
            }
            throw target.partly ? hinted(e) : e;
        }
    }

    /** Names that the store cannot tell apart, or keeps to itself, are the file's. */
    private static void create(Transaction transaction, Kind kind) {
        try {
            transaction.alter(List.of(new Alteration.CreateKind(kind)));
        } catch (Fault fault) {
            throw Refused.data(fault);
        }
    }

    private static void drop(Guarded store, Kind kind, RuntimeException first) {
        try {
            store.write((Transaction transaction) -> {
                transaction.alter(List.of(new Alteration.DropKind(kind.name())));
                return kind;
            });
        } catch (RuntimeException e) {
            first.addSuppressed(e);
        }
    }

    /** A record that does not fit types taken from those before it: the whole file might have told other types. */
    private static RuntimeException hinted(RuntimeException e) {
        Fault fault = e instanceof Refused refused ? refused.fault() : null;
        return fault != null && (fault.problem() == Problem.TYPE_MISMATCH || fault.problem() == Problem.UNKNOWN_FIELD)
                ? Refused.hinted(fault, "--sample 0 takes the types from all records of the file")
                : e;
    }
}
