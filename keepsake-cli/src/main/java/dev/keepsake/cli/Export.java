package dev.keepsake.cli;

import dev.keepsake.fault.Problem;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Transaction;
import dev.keepsake.value.Path;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.FileSystemException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Model.CommandSpec;

/** {@code keepsake export}: the objects of a kind into a file, or to standard output. */
final class Export implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Specs.urlAndKind(Specs.command(
                        "export",
                        "Writes the objects of a kind to a file, or to standard output.",
                        "They are ordered by id, as Extended JSON, an object a line, which import reads back",
                        "exactly, or as CSV. A file is there whole or not at all."))
                .addPositional(Specs.optional(
                        2,
                        "FILE",
                        "ends with .jsonl or .csv, compressed with .gz; without it, JSON goes to standard output"))
                .addOption(Query.where())
                .addOption(Query.scan())
                .addOption(Specs.text("--order", "FIELDS", "sort by these instead of by id; -FIELD from the greatest"))
                .addOption(Specs.flag("--nulls", "write null fields too where the store keeps no absent ones"))
                .addOption(Specs.flag("--force", "replace FILE if it exists"));
        return Specs.examples(
                spec,
                "  keepsake export sqlite:pypi.db packages packages.jsonl.gz",
                "  keepsake export sqlite:pypi.db releases boto.csv --where \"package_id = 'boto'\"",
                "  keepsake export sqlite:pypi.db packages | jq -r .info.license | sort | uniq -c");
    }

    @Override
    public void run(Arguments given, Console console) {
        Optional<String> file = given.optional(2).filter(name -> !name.equals("-"));
        Format format = file.map(Format::of).orElse(Format.JSON_LINES);
        if (format == Format.JSON_ARRAY) {
            throw Problem.REQUEST_INVALID
                    .because("export writes no .json file")
                    .hint("name it .jsonl, for a JSON object a line")
                    .fault();
        }
        try (Guarded store = Opening.toRead(given.argument(0))) {
            Schema schema = store.inspect();
            Kind kind = schema.kind(given.argument(1));
            Selection selection = ordered(Query.selection(kind, schema, given));
            AtomicLong done = new AtomicLong();
            try (Progress progress = new Progress(console, "export", -1, done::get)) {
                boolean nulls = given.has("--nulls") || store.features().absence() == Features.Absence.KEPT;
                Job job = new Job(store, selection, format, nulls, done, progress, console);
                if (file.isPresent()) {
                    toFile(job, file.get(), given.has("--force"));
                } else {
                    toOutput(job, console);
                }
                progress.close();
                console.err()
                        .println("exported " + done + " " + Texts.clean(kind.name()) + " in "
                                + Texts.seconds(progress.nanos()));
            }
        }
    }

    /** What is exported, and what is told of it on the way. */
    private record Job(
            Guarded store,
            Selection selection,
            Format format,
            boolean nulls,
            AtomicLong done,
            Progress progress,
            Console console) {}

    private static Selection ordered(Selection selection) {
        Kind kind = selection.kind();
        if (!selection.order().isEmpty() || kind.isBag()) {
            return selection;
        }
        return selection.orderBy(
                kind.id().stream().map(name -> new Order(Path.of(name), false)).toList());
    }

    private static void toFile(Job job, String file, boolean force) {
        try (OutputFile output = OutputFile.open(file, force)) {
            write(job, output.writer(), () -> {});
            output.finish();
        } catch (IOException e) {
            throw unwritable(file, e);
        } catch (UncheckedIOException e) {
            throw unwritable(file, Objects.requireNonNull(e.getCause()));
        }
    }

    private static Refused unwritable(String file, IOException e) {
        String reason = e instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : e.getClass().getSimpleName() + " " + e.getMessage();
        return Refused.because("the file " + file + " cannot be written: " + reason);
    }

    private static void toOutput(Job job, Console console) {
        try {
            write(job, new PrintWriter(console), console::check);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Job job, Writer out, Runnable check) throws IOException {
        Kind kind = job.selection.kind();
        Set<String> omitted = NewKind.isGenerated(kind) ? Set.of(NewKind.GENERATED) : Set.of();
        RecordWriter writer = job.format == Format.CSV
                ? new CsvRecordWriter(out, kind, omitted)
                : new JsonLinesWriter(out, omitted, job.nulls);
        job.store.read((Transaction transaction) -> {
            try (Cursor cursor = transaction.find(job.selection)) {
                while (cursor.next()) {
                    writer.write(cursor.state());
                    job.progress.update();
                    if (job.done.incrementAndGet() % Query.CHECKED == 0) {
                        check.run();
                    }
                }
                Query.tellScan(cursor, job.console);
                return writer;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.flush();
    }

    /** Writes to the console's results. */
    private static final class PrintWriter extends Writer {
        private final Console console;

        PrintWriter(Console console) {
            this.console = console;
        }

        @Override
        public void write(char[] characters, int offset, int count) {
            console.out().print(new String(characters, offset, count));
        }

        @Override
        public void write(String text, int offset, int count) {
            console.out().append(text, offset, offset + count);
        }

        @Override
        public void flush() {
            console.out().flush();
        }

        @Override
        public void close() {
            flush();
        }
    }
}
