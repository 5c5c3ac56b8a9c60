package dev.keepsake.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.RowsReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Runs after all other tests of all modules. */
class RowsTest {
    private final Path root = Path.of(System.getProperty("keepsake.root", ".."));

    @Test
    void theTableOfRowsIsWhatTheTestsAssert() throws IOException {
        Path table = root.resolve("docs/rows.md");
        String committed = Files.exists(table) ? Files.readString(table) : "";
        assertThat(committed.lines())
                .as("docs/rows.md differs from what the tests assert: run .ci/rows")
                .containsExactlyElementsOf(RowsReport.render(root).lines().toList());
    }
}
