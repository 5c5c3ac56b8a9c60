package dev.keepsake.cli;

import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Violation;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code keepsake tour}: the whole story on an embedded store, each step told, done and checked. */
final class Tour implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Specs.command(
                "tour",
                "Shows what Keepsake does, in seconds.",
                "It runs on an SQLite file in a temporary folder, which is deleted at the end. Each step shows",
                "its command or its lines of Java, and what came of them.");
        return Specs.examples(spec, "  keepsake tour");
    }

    @Override
    public void run(Arguments given, Console console) {
        try (TourStage stage = TourStage.open(console)) {
            TourData.write(stage.folder());
            stage.say(
                    "Keepsake keeps objects safe while their shape and their database change.",
                    "This tour runs on an SQLite file in a temporary folder.");
            declare(stage);
            load(stage);
            ask(stage);
            conflict(stage);
            violate(stage);
            moveThere(stage);
            stage.say(
                    "That was the tour, and its folder is deleted. Start your own:",
                    "",
                    "  $ keepsake import sqlite:my.db things things.jsonl");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void declare(TourStage stage) {
        stage.heading("Declare what is kept");
        stage.code(
                "Kind packages = Kind.named(\"packages\").required(\"id\", TEXT).id(\"id\")",
                "        .field(\"info\", map(ANY)).field(\"stars\", INTEGER).build();",
                "Kind releases = Kind.named(\"releases\").required(\"id\", INTEGER).id(\"id\") ...",
                "        .reference(Reference.of(\"package_id\", \"packages\", \"id\"))",
                "        .index(Index.of(\"newest_first\", \"package_id\", \"-major\", \"-minor\")).build();",
                "Stores.open(\"sqlite:tour.db\").createAll(Schema.of(List.of(packages, releases)));");
        try (Guarded store = Stores.open(stage.url("tour.db"))) {
            List<Kind> created = store.createAll(Schema.of(List.of(TourData.PACKAGES, TourData.RELEASES)));
            stage.show("created "
                    + String.join(" and ", created.stream().map(Kind::name).toList()));
            stage.expect(created.size() == 2, "both kinds are created");
        }
    }

    private static void load(TourStage stage) throws IOException {
        stage.heading("Import nested JSON, and CSV");
        stage.say("packages.jsonl has an object a line, with objects and lists inside:");
        stage.show(Texts.cut(
                Files.readAllLines(stage.folder().resolve("packages.jsonl")).getFirst(), stage.width()));
        stage.run("import", "sqlite:tour.db", "packages", "packages.jsonl");
        stage.expect(stage.told().startsWith("imported 6 packages"), "six packages are imported");
        stage.run("import", "sqlite:tour.db", "releases", "releases.csv");
        stage.expect(stage.told().startsWith("imported 240 releases"), "240 releases are imported");
        stage.heading("See what is really there");
        stage.run("inspect", "sqlite:tour.db");
        stage.expect(
                stage.told().contains("package_id -> packages(id)")
                        && stage.told().contains("newest_first(package_id, -major, -minor)"),
                "the reference and the index are there");
    }

    private static void ask(TourStage stage) {
        stage.heading("Ask for what is inside nested values");
        stage.run(
                "query",
                "sqlite:tour.db",
                "packages",
                "--where",
                "info.license = 'MIT' and stars > 500",
                "--fields",
                "id,stars,info.author.name");
        stage.expect(stage.told().contains("Ada Brook") && stage.told().endsWith("2 rows"), "two packages are found");
        stage.run(
                "query",
                "sqlite:tour.db",
                "packages",
                "--where",
                "info.classifiers has 'Async'",
                "--fields",
                "id,info.classifiers",
                "--order",
                "-stars",
                "--json");
        stage.expect(
                stage.told().lines().count() == 3 && stage.told().startsWith("{\"id\":\"cedar\""),
                "three packages are found, the most starred first");
        stage.heading("The newest first, from an index");
        stage.run(
                "query",
                "sqlite:tour.db",
                "releases",
                "--where",
                "package_id = 'larch'",
                "--order",
                "-major,-minor",
                "--limit",
                "3");
        stage.expect(stage.told().endsWith("3 rows"), "three releases are found");
        stage.run(
                "query",
                "sqlite:tour.db",
                "releases",
                "--where",
                "package_id = 'larch'",
                "--order",
                "-major,-minor",
                "--limit",
                "3",
                "--explain");
        stage.expect(stage.told().contains("indexes: newest_first"), "the index answers");
    }

    private static void conflict(TourStage stage) {
        stage.heading("Two people change the same release");
        stage.say("Each write says what it relied on. The second relied on a size that is gone:");
        stage.code(
                "State loaded = store.read(tx -> tx.find(Selection.byId(releases, 5L)).first()).orElseThrow();",
                "Guard asLoaded = Guard.of(loaded, List.of(\"size\"));",
                "store.write(tx -> tx.write(update(loaded, \"size\", 42L, asLoaded)));    // Ann",
                "store.write(tx -> tx.write(update(loaded, \"size\", 43L, asLoaded)));    // Bob");
        try (Guarded store = Stores.open(stage.url("tour.db"))) {
            State loaded = store.read(transaction -> transaction
                            .find(Selection.byId(TourData.RELEASES, 5L))
                            .first())
                    .orElseThrow();
            store.write(transaction -> transaction.write(sized(loaded, 42L)));
            stage.show("Ann's write is kept.");
            Fault fault = stage.fault(() -> store.write(transaction -> transaction.write(sized(loaded, 43L))));
            stage.expect(fault instanceof Conflict, "Bob's write is a conflict");
        }
    }

    private static Changeset sized(State loaded, long size) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>(loaded.toMap());
        values.put("size", size);
        return Changeset.of(new Changeset.Update(
                TourData.RELEASES,
                TourData.RELEASES.state(values),
                List.of("size"),
                Guard.of(loaded, List.of("size"))));
    }

    private static void violate(TourStage stage) {
        stage.heading("A release of a package that is not there");
        stage.code("store.write(tx -> tx.write(insert(releases, Map.of(\"package_id\", \"yew\", ...))));");
        try (Guarded store = Stores.open(stage.url("tour.db"))) {
            State state = TourData.RELEASES.state(Map.of("package_id", "yew", "major", 1, "minor", 0));
            Fault fault = stage.fault(() -> store.write(
                    transaction -> transaction.write(Changeset.of(new Changeset.Insert(TourData.RELEASES, state)))));
            stage.expect(fault instanceof Violation, "it is refused");
        }
    }

    private static void moveThere(TourStage stage) throws IOException {
        stage.heading("Out, in, and out again: the same bytes");
        for (String kind : List.of("packages", "releases")) {
            stage.run("export", "sqlite:tour.db", kind, "first-" + kind + ".jsonl");
            stage.run("import", "sqlite:copy.db", kind, "first-" + kind + ".jsonl");
            stage.run("export", "sqlite:copy.db", kind, "second-" + kind + ".jsonl");
            Path first = stage.folder().resolve("first-" + kind + ".jsonl");
            long difference = Files.mismatch(first, stage.folder().resolve("second-" + kind + ".jsonl"));
            stage.show(
                    difference < 0
                            ? "both files of " + kind + " are equal: " + Files.size(first) + " bytes"
                            : "the files of " + kind + " differ at byte " + difference);
            stage.expect(difference < 0, "both files are equal");
        }
    }
}
