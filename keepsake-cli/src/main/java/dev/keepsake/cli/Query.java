package dev.keepsake.cli;

import dev.keepsake.fault.Problem;
import dev.keepsake.json.Json;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Explanation;
import dev.keepsake.store.Guarded;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code keepsake query}: the objects that a condition selects. */
final class Query implements Command {
    /** After so many rows it is asked whether somebody still reads. */
    static final int CHECKED = 500;

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Specs.urlAndKind(Specs.command(
                        "query",
                        "Shows the objects of a kind that a condition selects.",
                        "As a table, its cells cut to the width of the terminal, or as JSON, an object a line."))
                .addOption(where())
                .addOption(Specs.text("--order", "FIELDS", "sort by these, joined by commas; -FIELD from the greatest"))
                .addOption(Specs.number("--limit", "N", "no more than so many objects"))
                .addOption(Specs.number("--offset", "N", "without the first so many"))
                .addOption(Specs.text("--fields", "FIELDS", "show these alone; info.license goes into a nested value"))
                .addOption(Specs.flag("--json", "one JSON object a line; null as null, absent fields left out"))
                .addOption(scan())
                .addOption(Specs.flag("--count", "only how many satisfy the condition"))
                .addOption(Specs.flag("--explain", "only how the store would find them"))
                .addOption(Specs.flag("--sql", "only the request in the store's own language"));
        return Specs.examples(
                spec,
                "  keepsake query sqlite:pypi.db releases --where \"package_id = 'boto'\" \\",
                "      --order -major_ver,-minor_ver,-build_ver --limit 5",
                "  keepsake query sqlite:docs.db packages --where \"info.license = 'MIT'\" --fields package_name",
                "  keepsake query sqlite:pypi.db releases --where \"size between 1000 and 2000\" --count",
                "  keepsake query sqlite:pypi.db packages --where \"not (license is null or license like 'BSD%%')\"");
    }

    /** The option that query and export share. */
    static OptionSpec where() {
        return Specs.text(
                "--where",
                "CONDITION",
                "only objects for which it holds; the words are = != < <= > >= in between like",
                "startswith contains matches has is null and or not; i before a word of matching",
                "ignores case; text is in 'single quotes', a field with signs in `backticks`");
    }

    /** The option that query and export share. */
    static OptionSpec scan() {
        return Specs.number(
                "--scan",
                "N",
                "where a store answers from indexes alone (Redis), let it read up to N objects without one;",
                "how many it read is told at the end");
    }

    @Override
    public void run(Arguments given, Console console) {
        refuseTogether(given);
        try (Guarded store = Opening.toRead(given.argument(0))) {
            Schema schema = store.inspect();
            Kind kind = schema.kind(given.argument(1));
            Projection projection = new Projection(kind, given.paths("--fields"));
            Selection selection = projection.narrow(selection(kind, schema, given));
            if (given.has("--count")) {
                count(store, selection, given.has("--json"), console);
            } else if (given.has("--explain")) {
                explain(store.explain(selection), given.has("--json"), console);
            } else if (given.has("--sql")) {
                store.render(selection).forEach(console.out()::println);
            } else if (given.has("--json")) {
                json(store, selection, projection, console);
            } else {
                table(store, selection, projection, console);
            }
        }
    }

    private static void refuseTogether(Arguments given) {
        List<String> only =
                Stream.of("--count", "--explain", "--sql").filter(given::has).toList();
        if (only.size() > 1) {
            throw Problem.REQUEST_INVALID
                    .because("%s cannot be asked for together", String.join(" and ", only))
                    .fault();
        }
        List<String> lost = Stream.of("--order", "--limit", "--offset", "--fields")
                .filter(given::has)
                .toList();
        if (given.has("--count") && !lost.isEmpty()) {
            throw Problem.REQUEST_INVALID
                    .because(
                            "--count counts all objects for which the condition holds, whatever %s says",
                            lost.getFirst())
                    .hint("leave " + String.join(" and ", lost) + " out")
                    .fault();
        }
    }

    /** What condition, order, limit and offset select. */
    static Selection selection(Kind kind, Schema schema, Arguments given) {
        Selection selection = Selection.of(kind, schema);
        if (given.has("--where")) {
            selection = selection.where(Condition.parse(given.text("--where").orElseThrow(), kind, schema));
        }
        if (given.has("--order")) {
            selection = selection.orderBy(Arguments.split(given.text("--order").orElseThrow()).stream()
                    .map(Query::key)
                    .toList());
        }
        if (given.has("--limit")) {
            selection = selection.limit(given.number("--limit").orElseThrow());
        }
        if (given.has("--scan")) {
            selection = selection.scanning(given.number("--scan").orElseThrow());
        }
        return given.has("--offset") ? selection.offset(given.number("--offset").orElseThrow()) : selection;
    }

    private static Order key(String text) {
        boolean descending = text.startsWith("-");
        return new Order(Arguments.path(descending ? text.substring(1) : text), descending);
    }

    private static void count(Guarded store, Selection selection, boolean json, Console console) {
        Long count = store.read(transaction -> selection.scanLimit() < 0
                ? Inspect.count(transaction, selection.kind(), selection.condition())
                : counted(transaction.find(selection), console));
        console.out().println(json ? Json.plain(Map.of("count", count)) : count.toString());
    }

    private static long counted(Cursor found, Console console) {
        try (found) {
            long count = 0;
            while (found.next()) {
                count++;
            }
            tellScan(found, console);
            return count;
        }
    }

    /** Says how many objects were read for those that were found, where that was done without an index. */
    static void tellScan(Cursor found, Console console) {
        if (found.scanned() >= 0) {
            console.err().println("read " + Texts.counted(found.scanned(), "object") + " without an index");
        }
    }

    private static void explain(Explanation plan, boolean json, Console console) {
        if (json) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            map.put("plan", plan.text().lines().toList());
            map.put("indexes", plan.indexes());
            map.put("sorts", plan.sorts());
            console.out().println(Json.plain(map));
            return;
        }
        console.out().println(plan.text().stripTrailing());
        console.out().println("indexes: " + (plan.indexes().isEmpty() ? "none" : String.join(", ", plan.indexes())));
        console.out().println("sorts:   " + (plan.sorts() ? "yes" : "no"));
    }

    private static void json(Guarded store, Selection selection, Projection projection, Console console) {
        store.read(transaction -> {
            try (Cursor cursor = transaction.find(selection)) {
                for (long rows = 1; cursor.next(); rows++) {
                    console.out().println(Json.plain(projection.json(cursor.state())));
                    if (rows % CHECKED == 0) {
                        console.check();
                    }
                }
                tellScan(cursor, console);
            }
            return store;
        });
    }

    private static void table(Guarded store, Selection selection, Projection projection, Console console) {
        Table table = new Table(console.out(), console.terminal().width(), "", projection.columns());
        Long count = store.read(transaction -> {
            try (Cursor cursor = transaction.find(selection)) {
                long rows = 0;
                while (cursor.next()) {
                    table.row(projection.cells(cursor.state()));
                    if (++rows % CHECKED == 0) {
                        console.check();
                    }
                }
                tellScan(cursor, console);
                return rows;
            }
        });
        List<String> hidden = table.end();
        String rest = hidden.isEmpty() ? "" : "; --fields shows " + Texts.clean(String.join(", ", hidden)) + " too";
        console.out().println(Texts.counted(count, "row") + rest);
    }
}
