package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@On("sqlite")
class TourTest {
    private static Set<Path> folders() throws IOException {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(path -> path.getFileName().toString().startsWith("keepsake-tour"))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void itTellsTheStoryAndCleansUp() throws IOException {
        Set<Path> before = folders();
        long start = System.nanoTime();
        Ran ran = Ran.of("tour").done();
        assertThat((System.nanoTime() - start) / 1_000_000_000).isLessThan(60);
        assertThat(folders()).isEqualTo(before);
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out())
                .contains("$ keepsake import sqlite:tour.db packages packages.jsonl")
                .contains("indexes: newest_first")
                .contains("problem   stale-object")
                .contains("problem   reference-violation")
                .contains("both files of releases are equal")
                .doesNotContain("\u001b")
                .doesNotContain("\n\n\n")
                .doesNotContain("keepsake-tour");
    }

    @Test
    void coloursAreForATerminalAlone() {
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        Console console = new Console(InputStream.nullInputStream(), out, out, new Terminal(true, true, 80), false);
        assertThat(Main.run(new String[] {"tour"}, console)).isZero();
        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("\u001b[1m1. Declare");
    }
}
