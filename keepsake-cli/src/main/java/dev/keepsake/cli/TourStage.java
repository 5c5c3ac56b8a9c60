package dev.keepsake.cli;

import dev.keepsake.fault.Fault;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the tour is played: a temporary folder, the commands that run in it, and what is told of them. Not safe for use by
 * several threads.
 */
final class TourStage implements AutoCloseable {
    private static final String INDENT = "    ";

    private final Console console;
    private final Path folder;
    private int steps;
    private boolean blank = true;
    private String told = "";

    private TourStage(Console console, Path folder) {
        this.console = console;
        this.folder = folder;
    }

    static TourStage open(Console console) throws IOException {
        return new TourStage(console, Files.createTempDirectory("keepsake-tour"));
    }

    Path folder() {
        return folder;
    }

    /** Columns there are for what is shown. */
    int width() {
        return console.terminal().width() - INDENT.length();
    }

    /** The URL of an SQLite file in the folder. */
    String url(String file) {
        return "sqlite:" + folder.resolve(file);
    }

    /** Starts a step. */
    void heading(String title) {
        gap();
        print(styled("1", ++steps + ". " + title));
        gap();
    }

    /** Tells something. */
    void say(String... lines) {
        gap();
        for (String line : lines) {
            print(line);
        }
    }

    /** Shows lines of Java. */
    void code(String... lines) {
        gap();
        for (String line : lines) {
            print(INDENT + styled("36", line));
        }
        gap();
    }

    /** Shows a result. */
    void show(String text) {
        text.lines()
                .map(line -> line.replace(folder + File.separator, ""))
                .forEach(line -> print((INDENT + line).stripTrailing()));
    }

    /** Runs a command in the folder, and shows it with all that it told. */
    void run(String... words) {
        gap();
        print(styled("36", "  $ keepsake " + String.join(" ", quoted(words))));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
            Terminal terminal = new Terminal(false, false, width());
            Main.run(placed(words), new Console(InputStream.nullInputStream(), out, out, terminal, console.debug()));
        }
        told = bytes.toString(StandardCharsets.UTF_8).stripTrailing();
        show(told);
        gap();
    }

    private static List<String> quoted(String... words) {
        return Stream.of(words)
                .map(word -> word.matches("[\\w:.,/-]+") ? word : '"' + word + '"')
                .toList();
    }

    private String[] placed(String... words) {
        List<String> placed = new ArrayList<>();
        for (String word : words) {
            boolean file = word.endsWith(".jsonl") || word.endsWith(".csv");
            placed.add(
                    word.startsWith("sqlite:")
                            ? url(word.substring("sqlite:".length()))
                            : file ? folder.resolve(word).toString() : word);
        }
        return placed.toArray(String[]::new);
    }

    /** What the last command told. */
    String told() {
        return told;
    }

    /** Does what is to fail, and shows the fault as it prints. */
    Fault fault(Runnable work) {
        try {
            work.run();
        } catch (Fault fault) {
            show(String.valueOf(fault.getMessage()));
            return fault;
        }
        throw failed("it is refused");
    }

    /** Ends the tour where something did not come out as it should. */
    void expect(boolean held, String what) {
        if (!held) {
            throw failed(what);
        }
    }

    private RuntimeException failed(String what) {
        return new IllegalStateException("the tour went wrong at step " + steps + ": expected that " + what);
    }

    private void print(String line) {
        console.out().println(line);
        blank = line.isEmpty();
    }

    /** An empty line, unless there is one already. */
    private void gap() {
        if (!blank) {
            print("");
        }
    }

    private String styled(String style, String text) {
        return console.terminal().results() ? "\u001b[" + style + "m" + text + "\u001b[0m" : text;
    }

    /** Deletes the folder. */
    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
