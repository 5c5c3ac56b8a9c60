package dev.keepsake.cli;

import dev.keepsake.json.Json;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Condition;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Transaction;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/** {@code keepsake inspect}: what is really in a store. */
final class Inspect implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Specs.command(
                        "inspect",
                        "Shows what is really in a store.",
                        "Each kind with its number of objects, fields, id, indexes, references and checks; of a server",
                        "whose settings decide what may be lost, these too.",
                        "Nothing is written.")
                .addPositional(Specs.url())
                .addPositional(Specs.optional(1, "KIND", "this kind alone"))
                .addOption(Specs.flag("--json", "one JSON object a line, one for each kind"));
        return Specs.examples(
                spec,
                "  keepsake inspect sqlite:pypi.db",
                "  keepsake inspect sqlite:pypi.db releases",
                "  keepsake inspect sqlite:pypi.db --json | jq -r .kind");
    }

    @Override
    public void run(Arguments given, Console console) {
        try (Guarded store = Opening.toRead(given.argument(0))) {
            Schema schema = store.inspect();
            Collection<Kind> kinds = given.optional(1)
                    .<Collection<Kind>>map(name -> List.of(schema.kind(name)))
                    .orElse(schema.kinds());
            store.read(transaction -> {
                for (Kind kind : kinds) {
                    long count = count(transaction, kind, Condition.all());
                    if (given.has("--json")) {
                        console.out().println(Json.plain(KindText.json(kind, count)));
                    } else {
                        print(kind, count, console);
                    }
                }
                return kinds;
            });
            if (!given.has("--json")) {
                store.settings()
                        .forEach((name, value) -> console.out()
                                .println(
                                        name.equals("warning")
                                                ? name + ": " + value
                                                : "setting " + name + " = " + value));
                console.out().println(Texts.counted(kinds.size(), "kind"));
            }
        }
    }

    /** The number of objects for which a condition holds. */
    static long count(Transaction transaction, Kind kind, Condition where) {
        try (Cursor cursor = transaction.aggregate(Aggregation.count(kind, where))) {
            return cursor.next() ? cursor.state().longAt(0) : 0;
        }
    }

    private static void print(Kind kind, long count, Console console) {
        PrintStream out = console.out();
        String sort = kind.writable() ? "" : ", a view";
        out.println(Texts.clean(kind.name()) + ": " + Texts.counted(count, "object") + sort);
        Table fields = new Table(out, console.terminal().width(), "  ", fieldColumns(kind));
        for (Field field : kind.fields()) {
            fields.row(cells(kind, field));
        }
        fields.end();
        KindText.rules(kind)
                .forEach((name, rules) -> rules.forEach(
                        rule -> out.println("  " + String.format(Locale.ROOT, "%-10s ", name) + Texts.clean(rule))));
        out.println();
    }

    private static boolean hasCollations(Kind kind) {
        return kind.fields().stream().anyMatch(field -> field.collation() != null);
    }

    private static List<Table.Column> fieldColumns(Kind kind) {
        List<Table.Column> columns = new ArrayList<>(List.of(
                new Table.Column("field", false),
                new Table.Column("type", false),
                new Table.Column("native type", false),
                new Table.Column("required", false)));
        if (hasCollations(kind)) {
            columns.add(new Table.Column("collation", false));
        }
        return columns;
    }

    private static List<String> cells(Kind kind, Field field) {
        List<String> cells = new ArrayList<>(List.of(
                field.name(),
                field.type().toString(),
                field.nativeType() == null ? "" : field.nativeType(),
                field.required() ? "required" : ""));
        if (hasCollations(kind)) {
            cells.add(field.collation() == null ? "" : field.collation());
        }
        return cells;
    }
}
