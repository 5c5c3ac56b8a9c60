package dev.keepsake.docs;

import static dev.keepsake.Keepsake.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codec;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
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
    record Release(long id, String packageId, int major, int minor, Instant created, long size) {}

    private static void program(String url) {
        try (Keepsake keepsake = Keepsake.open(url, Release.class)) {
            keepsake.createAll();
            Codec<Release> releases = keepsake.codec(Release.class);
            Kind kind = releases.kind();

            Release boto = new Release(1, "boto", 2, 48, Instant.parse("2017-07-06T21:31:49Z"), 1_359_202);
            Release gevent = new Release(2, "gevent", 1, 3, Instant.parse("2018-05-29T18:20:45Z"), 4_000_000);
            keepsake.useTransaction(transaction -> transaction.write(
                    Changeset.inserts(kind, List.of(releases.encode(boto), releases.encode(gevent)))));

            Selection history = Selection.of(kind)
                    .where(field("package_id").eq("boto").and(field("size").lt(2_000_000)))
                    .orderBy(field("major").desc(), field("minor").desc());
            List<Release> found = keepsake.inTransaction(
                    transaction -> transaction.find(history).list(releases::decode));

            // a guarded write: it is a Conflict if someone else changed the size since it was loaded
            State loaded = releases.encode(found.getFirst());
            State changed = releases.encode(new Release(1, "boto", 2, 48, boto.created(), 42));
            keepsake.useTransaction(transaction -> transaction.write(Changeset.of(
                    new Changeset.Update(kind, changed, List.of("size"), Guard.of(loaded, List.of("size"))))));
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
