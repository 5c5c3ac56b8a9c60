package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@On("sqlite")
class UsageTest {
    @TempDir
    private Path folder;

    private Bench bench;

    @BeforeEach
    void aKindOfReleases() {
        bench = new Bench(folder);
        bench.things("releases", "{\"id\":1,\"package_id\":\"boto\",\"size\":10}", "{\"id\":2,\"package_id\":\"six\"}");
    }

    @Test
    void withoutACommandTheHelpIsShownAndItIsAMistake() {
        Ran ran = Ran.of();
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).startsWith("Usage: keepsake").contains("no command is given");
    }

    @Test
    void anUnknownCommandHintsAtTheNearest() {
        Ran.of("inspct", "memory:")
                .fails(2, "unmatched arguments from index 0: 'inspct', 'memory:'")
                .tells("hint", "did you mean inspect?");
    }

    @Test
    void anUnknownOptionHintsAtTheNearest() {
        Ran.of("query", bench.url(), "releases", "--lmit=3")
                .fails(2, "unknown option: '--lmit=3'")
                .tells("hint", "did you mean --limit?");
    }

    @Test
    void argumentsAreMissingOrTooMany() {
        Ran.of("inspect").fails(2, "missing required parameter: 'URL'");
        Ran.of("query", bench.url()).fails(2, "missing required parameter: 'KIND'");
        Ran.of("query", bench.url(), "releases", "more").fails(2, "unmatched argument at index 3: 'more'");
    }

    @Test
    void aNumberIsNoNumberOrNegative() {
        Ran.of("query", bench.url(), "releases", "--limit", "x")
                .fails(2, "invalid value for option '--limit': 'x' is not a long");
        Ran.of("query", bench.url(), "releases", "--limit", "-5").fails(2, "the limit is -5, it cannot be negative");
        Ran.of("import", bench.url(), "releases", "-", "--batch", "0").fails(2, "--batch is 0, it is at least 1");
    }

    @Test
    void anUnknownSchemeNamesTheKnown() {
        Ran.of("inspect", "sqlit:test.db")
                .fails(2, "no store has the scheme sqlit")
                .tells("problem", "unknown-scheme")
                .tells("hint", "did you mean sqlite?");
    }

    @Test
    void aMalformedUrl() {
        Ran.of("inspect", "test.db")
                .fails(2, "a store's URL starts with its scheme and a colon")
                .tells("problem", "malformed-url")
                .tells("hint", "for a file of SQLite write sqlite:FILE");
        Ran.of("inspect", "sqlite:test.db?mod=ro")
                .fails(2, "sqlite: has no option mod")
                .tells("hint", "did you mean mode?");
    }

    @Test
    void aMissingDatabaseIsNotMadeByReading() throws IOException {
        bench.unchanged(() -> {
            for (String[] command : new String[][] {{"inspect"}, {"query", "releases"}, {"export", "releases"}}) {
                String[] arguments = command.length == 1
                        ? new String[] {command[0], bench.url("missing.db")}
                        : new String[] {command[0], bench.url("missing.db"), command[1]};
                Ran.of(arguments)
                        .fails(2, "there is no file " + bench.path("missing.db"))
                        .tells("problem", "file-missing");
            }
        });
    }

    @Test
    void anUnknownKindHintsAtTheNearest() {
        Ran.of("query", bench.url(), "relases")
                .fails(2, "there is no kind relases")
                .tells("problem", "unknown-kind")
                .tells("hint", "did you mean releases?");
        Ran.of("inspect", bench.url(), "x").fails(2, "there is no kind x").tells("hint", "there are releases");
        Ran.of("export", bench.url(), "relases").fails(2, "there is no kind relases");
    }

    @Test
    void anUnknownFieldHintsAtTheNearest() {
        Ran.of("query", bench.url(), "releases", "--where", "packge_id = 'boto'")
                .fails(2, "kind releases has no field packge_id")
                .tells("problem", "unknown-field")
                .tells("at", "position 0")
                .tells("hint", "did you mean package_id?");
        Ran.of("query", bench.url(), "releases", "--order", "-siz")
                .fails(2, "kind releases has no field siz")
                .tells("hint", "did you mean size?");
        Ran.of("query", bench.url(), "releases", "--fields", "siz").fails(2, "kind releases has no field siz");
        Ran.of("query", bench.url(), "releases", "--fields", "id,`size")
                .fails(2, "`size is no path: the closing backtick is missing");
        Ran.of("query", bench.url(), "releases", "--order", "")
                .fails(2, "an empty text is no path: a step of the path is empty");
    }

    @Test
    void aMalformedConditionTellsWhereAndWhatWasExpected() {
        Ran.of("query", bench.url(), "releases", "--where", "package_id ~ 'boto'")
                .fails(
                        2,
                        "expected a comparison: = != < <= > >= in between like startswith contains matches has is,"
                                + " was ~ 'boto'")
                .tells("problem", "malformed-condition")
                .tells("condition", "package_id >>>~ 'boto'")
                .tells("at", "position 11");
        Ran.of("query", bench.url(), "releases", "--where", "size > 3 and")
                .fails(2, "expected a field, was the end")
                .tells("at", "position 12");
        Ran.of("export", bench.url(), "releases", "--where", "package_id = 'boto")
                .fails(2, "the closing quote is missing");
    }

    @Test
    void aConstantOfTheWrongTypeIsAMistakeOfUsage() {
        Ran.of("query", bench.url(), "releases", "--where", "size = 'big'")
                .fails(2, "size is integer; it cannot be compared with text big")
                .tells("problem", "type-mismatch");
    }

    @Test
    void optionsThatContradictEachOther() {
        Ran.of("query", bench.url(), "releases", "--sql", "--count")
                .fails(2, "--count and --sql cannot be asked for together");
        Ran.of("query", bench.url(), "releases", "--limit", "3", "--count")
                .fails(2, "--count counts all objects for which the condition holds, whatever --limit says");
        Ran.of("import", bench.url(), "releases", "-", "--id", "id")
                .fails(2, "--id and --sample are for a new kind, and releases exists");
        Ran.of("import", bench.url(), "releases", "-", "--null", "x").fails(2, "--null is for CSV");
    }

    @Test
    void aMissingFileIsAMistakeOfUsage() {
        Ran.of("import", bench.url(), "releases", "no.jsonl")
                .fails(2, "there is no file no.jsonl")
                .tells("problem", "file-missing");
        Ran.of("import", bench.url(), "releases", folder + "/../x.csv/")
                .fails(2, "the name of " + folder + "/../x.csv/ does not say its format");
    }

    @Test
    void aFileThatIsNoDatabaseIsRefused() throws IOException {
        Files.writeString(bench.path("text.db"), "this is no database, but long enough to look at, ".repeat(100));
        byte[] before = Files.readAllBytes(bench.path("text.db"));
        Ran.of("inspect", bench.url("text.db"))
                .fails(4, "the file is no SQLite database")
                .tells("problem", "not-a-database");
        Ran.reading("{\"id\":1}", "import", bench.url("text.db"), "things", "-")
                .fails(4, "the file is no SQLite database");
        assertThat(Files.readAllBytes(bench.path("text.db"))).isEqualTo(before);
    }

    @Test
    void aStoreThatIsLockedIsUnavailable() throws SQLException, IOException {
        bench.sql("PRAGMA journal_mode=DELETE");
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + bench.path("test.db"));
                var statement = connection.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            Ran.reading("{\"id\":3}", "import", bench.url(), "releases", "-")
                    .fails(3, "the database is locked by another transaction")
                    .tells("problem", "store-busy");
            statement.execute("ROLLBACK");
        }
        assertThat(Ran.of("query", bench.url(), "releases", "--count").done().out())
                .isEqualTo("2\n");
    }

    @Test
    void anInternalErrorIsOneLineAndAHint() {
        InputStream broken = new InputStream() {
            @Override
            public int read() {
                throw new IllegalStateException("postgresql://me:secret@host/db is odd");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                return read();
            }
        };
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Console console =
                new Console(broken, out, new PrintStream(err, false, StandardCharsets.UTF_8), Terminal.NONE, false);
        assertThat(Main.run(new String[] {"import", bench.url(), "releases", "-"}, console))
                .isEqualTo(5);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("""
                        internal error: java.lang.IllegalStateException: postgresql://***@host/db is odd
                          hint      KEEPSAKE_DEBUG=1 shows where
                        """);
    }

    @Test
    void debuggingShowsTheStackTraceAndNoPassword() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Console console = new Console(
                InputStream.nullInputStream(),
                out,
                new PrintStream(err, false, StandardCharsets.UTF_8),
                Terminal.NONE,
                true);
        assertThat(Main.run(new String[] {"inspect", "oracle://me:secret@host/db?password=secret"}, console))
                .isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("\tat dev.keepsake")
                .doesNotContain("secret");
    }

    @Test
    void aPasswordNeverAppears() {
        assertThat(Ran.of("inspect", "oracle://me:sec/r@et@host/db")
                        .fails(2, "no store has the scheme oracle")
                        .err())
                .doesNotContain("et@");
        assertThat(Ran.of("query", bench.url(), "releases", "postgresql://me:secret@host/db")
                        .err())
                .contains("postgresql://***@host/db")
                .doesNotContain("secret");
        assertThat(Ran.of("inspect", "memory:?password=secret").err()).doesNotContain("secret");
    }

    @Test
    void noCommandTellsThePasswordOfAMalformedUrl() {
        for (String url : new String[] {
            "oracle://me:s3cr?s3cr@host/db",
            "oracle://me@host/db?s3cr",
            "oracle://me@host/db?a=s3cr%",
            "oracle://me@host/db?pwd=s3cr&s3cr=1&s3cr=2",
            "1racle://me:s3cr@host/db",
            "//me:s3cr@host/db"
        }) {
            for (String[] command : new String[][] {
                {"inspect", url}, {"query", url, "k"}, {"export", url, "k"}, {"import", url, "k", "-"}
            }) {
                assertThat(Ran.of(command).tells("problem", "malformed-url").err())
                        .doesNotContain("s3cr");
            }
        }
        for (String url :
                new String[] {"oracle://me:s3cr 's3cr\" s3cr@host/db", "oracle://me:s3cr/db", "oracle://me:s3cr"}) {
            assertThat(Ran.of("inspct", url).err()).contains("oracle://").doesNotContain("s3cr");
        }
    }

    @Test
    void nobodyReadsTheResultToItsEnd() {
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        assertThat(run(Pipe.to(gone), "query", bench.url(), "releases")).isEqualTo("0 ");
    }

    @Test
    void aResultThatCannotBeWrittenIsNotDone() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        assertThat(run(Pipe.to(full), "export", bench.url(), "releases"))
                .startsWith("4 ")
                .contains("cannot write the result: No space left on device");
    }

    private static String run(PrintStream out, String... arguments) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                InputStream.nullInputStream(),
                out,
                new PrintStream(err, false, StandardCharsets.UTF_8),
                Terminal.NONE,
                false);
        return Main.run(arguments, console) + " " + err.toString(StandardCharsets.UTF_8);
    }
}
