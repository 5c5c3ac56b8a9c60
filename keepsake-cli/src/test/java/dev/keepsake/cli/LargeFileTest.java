package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.Scale;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as a process of its own, on more rows than would fit its memory if it kept them. */
@On("sqlite")
class LargeFileTest {
    @TempDir
    private Path folder;

    @Test
    @Row({"S0-08", "S0-03"})
    void aLargeFileGoesInAndOutInLittleMemory() throws Exception {
        int rows = Scale.STREAMED_ROWS.size();
        Path file = folder.resolve("rows.jsonl");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 1; i <= rows; i++) {
                out.write("{\"id\":" + i + ",\"name\":\"n" + (i * 7919L % rows) + "\",\"inside\":{\"list\":[" + i
                        + ",\"x\"]},\"text\":\"" + "some text ".repeat(10) + "\"}\n");
            }
        }
        String url = "sqlite:" + folder.resolve("large.db");
        assertThat(launched("import", url, "rows", file.toString())).startsWith("0 imported " + rows + " rows in ");
        String again = folder.resolve("again.jsonl").toString();
        assertThat(launched("export", url, "rows", again)).startsWith("0 exported " + rows + " rows in ");
        assertThat(Files.mismatch(file, Path.of(again))).isEqualTo(-1);
        assertThat(launched("query", url, "rows", "--where", "name = 'n5'")).isEqualTo("0 ");
        assertThat(launched("export", url, "nothing")).startsWith("2 there is no kind nothing");
    }

    /** Exit code and standard error. */
    private String launched(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.jooq.no-logo=true",
                "-Dorg.jooq.no-tips=true",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.keepsake.cli.Main"));
        command.addAll(List.of(arguments));
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(30, TimeUnit.MINUTES)).isTrue();
        return process.exitValue() + " " + Files.readString(err);
    }
}
