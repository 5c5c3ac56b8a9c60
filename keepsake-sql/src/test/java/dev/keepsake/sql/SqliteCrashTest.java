package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.query.Changeset;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.StoreUrl;
import dev.keepsake.value.Type;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.sqlite.JDBC;

/** A process that is killed while it writes. */
@On("sqlite")
final class SqliteCrashTest {
    private static final Kind PAIRS = Kind.named("pairs")
            .required("id", Type.INTEGER)
            .id("id")
            .generated(Generation.IDENTITY)
            .required("batch", Type.INTEGER)
            .build();

    @TempDir
    Path folder = Path.of("");

    /** Writes pairs for ever, and says after each commit which it was. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) {
            try (Guarded store = Guarded.of(new SqlProvider().open(StoreUrl.parse(arguments[0])))) {
                store.createAll(Schema.of(List.of(PAIRS)));
                for (long batch = 1; batch < Long.MAX_VALUE; batch++) {
                    Changeset one = Changeset.inserts(PAIRS, List.of(Raw.state(PAIRS, "batch", batch)));
                    store.write(transaction -> List.of(transaction.write(one), transaction.write(one)));
                    System.out.println(batch);
                }
            }
        }
    }

    @Test
    void whatWasAcknowledgedBeforeAKillIsThereAndNothingIsHalf() throws IOException, InterruptedException {
        Raw raw = Raw.in(folder);
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath(),
                        Writer.class.getName(),
                        raw.url())
                .redirectError(folder.resolve("errors").toFile())
                .start();
        long acknowledged = 0;
        try (BufferedReader lines = writer.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                acknowledged = Long.parseLong(line);
                if (acknowledged == 200) {
                    writer.toHandle().destroyForcibly();
                }
            }
        }
        writer.waitFor();

        assertThat(folder.resolve("errors")).content().doesNotContain("Exception");
        assertThat(acknowledged).isGreaterThanOrEqualTo(200);
        try (Guarded store = raw.open()) {
            long found = Raw.all(store, PAIRS).size();
            assertThat(found).isBetween(2 * acknowledged, 2 * acknowledged + 2);
            assertThat(Raw.insert(store, PAIRS, Raw.state(PAIRS, "batch", 0L))).containsExactly(found + 1);
        }
        assertThat(raw.rows("select batch from pairs where batch > 0 group by batch having count(*) <> 2"))
                .isEmpty();
        assertThat(raw.rows("pragma integrity_check")).containsExactly("ok");
    }

    private static String classPath() {
        Stream<String> places = Stream.of(Guarded.class, SqlProvider.class, Writer.class, JDBC.class, Logger.class)
                .map(SqliteCrashTest::root);
        return Stream.concat(places.distinct(), Stream.of(System.getProperty("java.class.path")))
                .reduce((a, b) -> a + File.pathSeparator + b)
                .orElseThrow();
    }

    /** The folder or jar that a class comes from, be it patched into a module or not. */
    private static String root(Class<?> type) {
        String resource = type.getName().replace('.', '/') + ".class";
        String url = Objects.requireNonNull(type.getResource("/" + resource)).toString();
        try {
            return url.startsWith("jar:")
                    ? Path.of(new URI(url.substring(4, url.indexOf("!/")))).toString()
                    : Path.of(new URI(url.substring(0, url.length() - resource.length())))
                            .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
