package dev.keepsake.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.fault.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/errors.md against the problems that there are. */
class ErrorsTest {
    private final Path root = Path.of(System.getProperty("keepsake.root", ".."));

    @Test
    void everyProblemHasASectionAndNoSectionIsOfNone() throws IOException {
        List<String> sections = Files.readAllLines(root.resolve("docs/errors.md")).stream()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.substring(4))
                .toList();

        assertThat(sections)
                .containsExactlyElementsOf(
                        Arrays.stream(Problem.values()).map(Problem::id).toList());
    }
}
