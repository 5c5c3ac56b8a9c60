package dev.keepsake.docs;

import static dev.keepsake.Keepsake.desc;
import static dev.keepsake.Keepsake.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Ref;
import dev.keepsake.contract.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's program: compiled and run here, and compared with what the README shows. */
class ReadmeTest {
    private final Path root = Path.of(System.getProperty("keepsake.root", ".."));

    @TempDir
    Path folder;

    // README: begin
    record Project(String id, String license) {}

    record Release(String id, Ref<Project> project, int major, int minor, Instant created, long size) {
        Release withSize(long other) {
            return new Release(id, project, major, minor, created, other);
        }
    }

    private static void program(String url) {
        try (Keepsake keepsake = Keepsake.open(url, Project.class, Release.class)) {
            keepsake.createAll();
            Project boto = new Project("boto", "MIT");
            Instant july = Instant.parse("2018-07-11T20:33:31Z");
            keepsake.useTransaction(session -> session.addAll(List.of(
                    boto,
                    new Release("boto-2.48", Ref.to(boto), 2, 48, july.minusSeconds(31_000_000), 1_359_202),
                    new Release("boto-2.49", Ref.to(boto), 2, 49, july, 1_359_202))));

            List<Release> history = keepsake.query(Release.class)
                    .where(field("project.license")
                            .eq("MIT")
                            .and(field(Release::size).lt(2_000_000)))
                    .orderBy(desc(Release::major), desc(Release::minor))
                    .list();

            keepsake.useTransaction(session -> {
                Release latest = session.get(Release.class, history.getFirst().id());
                session.put(latest.withSize(42)); // only the size is written, if nobody else changed it meanwhile
                System.out.println(
                        latest.id() + " is under " + latest.project().get().license());
            });
        }
    }
    // README: end

    @Test
    void theReadmeShowsThisProgram() throws IOException {
        Path source = root.resolve("keepsake-docs/src/test/java/dev/keepsake/docs/ReadmeTest.java");
        String program = between(Files.readString(source), "// README: begin", "// README: end")
                .replace("private static void program(String url) {", "");
        String shown = between(Files.readString(root.resolve("README.md")), "```java", "```");

        assertThat(words(shown)).isNotEmpty().isEqualTo(words(program.substring(0, program.lastIndexOf('}'))));
    }

    @Test
    @Row("S2-59")
    void theReadmeSaysWhichStoreIsForWhatAndWhichNotAndWhy() throws IOException {
        String readme = Files.readString(root.resolve("README.md"));
        assertThat(readme).contains("SQLite", "PostgreSQL", "MongoDB", "Redis");
        assertThat(readme.toLowerCase(Locale.ROOT)).contains("time series", "graph");
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from));
    }

    /** The code without its layout. */
    private static String words(String code) {
        return code.replaceAll("\\s+", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory:", "sqlite::memory:", "sqlite:FILE"})
    void theProgramRunsByItsUrl(String url) {
        program(url.replace("FILE", folder.resolve("pypi.db").toString()));
    }
}
