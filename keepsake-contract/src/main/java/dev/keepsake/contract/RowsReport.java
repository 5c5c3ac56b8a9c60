package dev.keepsake.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What all modules' tests asserted, in one table. It reads every {@code MODULE/target/rows.json} that
 * {@link RowsListener} wrote.
 *
 * <p>It needs nothing but the JDK (17 or newer), so that {@code java RowsReport.java} runs it from its source.
 */
public final class RowsReport {
    /** Text order in which numbers count as numbers: S2-9 before S2-10 before S10-1. */
    static final Comparator<String> NATURAL = Comparator.comparing(RowsReport::padded);

    static final String SOAK = "soak.json";
    static final String SOAK_DEBIAN = "soak-debian.json";

    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern LINE = Pattern.compile(
            "\\{\"row\": \"(.*?)\", \"store\": \"(.*?)\", \"test\": \"(.*?)\", \"passed\": (true|false)},?");

    /** One row, asserted by one test on one store. */
    record Line(String row, String store, String test, boolean passed) {
        static final Comparator<Line> ORDER = Comparator.comparing(Line::row, NATURAL)
                .thenComparing(Line::store)
                .thenComparing(Line::test);

        String json() {
            return "{\"row\": " + text(row) + ", \"store\": " + text(store) + ", \"test\": " + text(test)
                    + ", \"passed\": " + passed + "}";
        }
    }

    private RowsReport() {}

    /**
     * {@code rows ROOT} writes {@code docs/rows.md}; {@code soak ROOT} writes {@code soak-report.json} from every
     * {@code target/soak.json} and {@code target/soak-debian.json}.
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("expected: rows ROOT, or soak ROOT");
        }
        Path root = Path.of(arguments[1]);
        switch (arguments[0]) {
            case "rows" -> write(root.resolve("docs/rows.md"), render(root));
            case "soak" -> {
                List<String> objects = objects(root, SOAK);
                objects.addAll(objects(root, SOAK_DEBIAN));
                write(root.resolve("soak-report.json"), array(objects));
            }
            default -> throw new IllegalArgumentException("expected rows or soak, was " + arguments[0]);
        }
    }

    /** The text of {@code docs/rows.md}, from the last test run of every module below this folder. */
    public static String render(Path root) throws IOException {
        Map<String, TreeSet<String>> stores = new TreeMap<>(NATURAL);
        Map<String, TreeSet<String>> tests = new TreeMap<>(NATURAL);
        for (Line line : merged(lines(root))) {
            if (line.passed()) {
                stores.computeIfAbsent(line.row(), row -> new TreeSet<>()).add(line.store());
                tests.computeIfAbsent(line.row(), row -> new TreeSet<>()).add(withoutPackage(line.test()));
            }
        }
        StringBuilder table = new StringBuilder("""
                # Rows

                Which row of the requirements is asserted by which test, and on which stores that test passes.
                Written by `.ci/rows` from the tests' `@Row` and `@On`; the build fails when it differs.
                Tests on real data (tagged `data`) are not counted.

                | row | stores | tests |
                |---|---|---|
                """);
        stores.forEach((row, on) -> table.append("| %s | %s | %s |\n"
                .formatted(row, String.join(", ", on), String.join("<br>", tests.getOrDefault(row, new TreeSet<>())))));
        return table.toString();
    }

    /** Sorted, with one line for each row, store and test; it passed if it always did. */
    static List<Line> merged(List<Line> lines) {
        Map<Line, Boolean> passed = new TreeMap<>(Line.ORDER);
        lines.forEach(line -> passed.merge(line, line.passed(), Boolean::logicalAnd));
        List<Line> merged = new ArrayList<>();
        passed.forEach((line, all) -> merged.add(new Line(line.row(), line.store(), line.test(), all)));
        return merged;
    }

    /** A JSON array of these objects, one on a line. */
    static String array(List<String> objects) {
        return objects.isEmpty() ? "[]\n" : "[\n  " + String.join(",\n  ", objects) + "\n]\n";
    }

    /** A JSON string. */
    static String text(String value) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\' || c < ' ') {
                text.append("\\u%04x".formatted((int) c));
            } else {
                text.append(c);
            }
        }
        return text.append('"').toString();
    }

    private static List<Line> lines(Path root) throws IOException {
        List<Line> lines = new ArrayList<>();
        for (String object : objects(root, "rows.json")) {
            Matcher line = LINE.matcher(object);
            if (!line.matches()) {
                throw new IllegalStateException("not a line of rows.json: " + object);
            }
            lines.add(new Line(
                    line.group(1), line.group(2), line.group(3), line.group(4).equals("true")));
        }
        return lines;
    }

    /** The objects of one file of every module, as {@link #array} wrote them. */
    private static List<String> objects(Path root, String file) throws IOException {
        List<Path> modules;
        try (Stream<Path> folders = Files.list(root)) {
            modules = folders.sorted().toList();
        }
        List<String> objects = new ArrayList<>();
        for (Path module : modules) {
            Path written = module.resolve("target").resolve(file);
            if (Files.exists(written)) {
                Files.readAllLines(written).stream()
                        .map(String::strip)
                        .filter(line -> line.startsWith("{"))
                        .map(line -> line.endsWith(",") ? line.substring(0, line.length() - 1) : line)
                        .forEach(objects::add);
            }
        }
        return objects;
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, text);
        System.out.println("wrote " + file);
    }

    private static String withoutPackage(String test) {
        return test.replaceFirst("^(?:[a-z0-9_]+\\.)+(?=[A-Z])", "");
    }

    private static String padded(String text) {
        return NUMBER.matcher(text)
                .replaceAll(number -> "0".repeat(Math.max(0, 10 - number.group().length())) + number.group());
    }
}
