package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong with a file: nothing of it is kept, and the error names the line. */
@On("sqlite")
class ImportErrorsTest {
    @TempDir
    private Path folder;

    private Bench bench;

    @BeforeEach
    void aKind() {
        bench = new Bench(folder);
        bench.things("things", "{\"id\":1,\"n\":1,\"text\":\"a\"}");
    }

    private static final List<String> KINDS = List.of("things", "fresh");

    private Ran imported(String kind, String file) {
        return Ran.of("import", bench.url(), kind, file);
    }

    /** A file of 100 good lines but for one. */
    private String hundred(int wrong, String line) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            lines.add(i == wrong ? line : "{\"id\":" + (100 + i) + ",\"n\":" + i + "}");
        }
        return bench.file("t.jsonl", lines.toArray(String[]::new));
    }

    @Test
    void brokenJsonAtLine57() throws IOException {
        String file = hundred(57, "{\"id\":157,\"n\":}");
        bench.unchanged(() -> KINDS.forEach(kind -> imported(kind, file)
                .fails(4, "the JSON is malformed: Unexpected character ('}' (code 125)): expected a value")
                .tells("problem", "malformed-record")
                .tells("file", file)
                .tells("at", "line 57, column 15")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"id\":5,\"text\":\"a\\u0000b\"}             | the text holds U+0000 at position 1          | line 57, $.text   | value-refused",
                "{\"id\":5,\"text\":\"a\\ud800b\"}             | the text holds a lone surrogate at position 1 | line 57, $.text   | value-refused",
                "{\"id\":5,\"n\":1e999}                        | Infinity cannot be kept                      | line 57, $.n      | value-refused",
                "{\"id\":5,\"$date\":1,\"n\":{\"$oid\":\"x\"}} | $oid holds x, which it cannot                | line 57, column 34 | malformed-record",
                "[1]                                           | a record is a JSON object, this is list(any) | line 57, column 1 | malformed-record",
                "17                                            | a record is a JSON object, this is integer   | line 57, column 1 | malformed-record",
                "{\"id\":5} {\"id\":6}                         | the JSON goes on behind its end              | line 57, column 10 | malformed-record",
            })
    void whatCannotBeKept(String line, String sentence, String at, String problem) throws IOException {
        String file = hundred(57, line);
        bench.unchanged(() -> KINDS.forEach(
                kind -> imported(kind, file).fails(4, sentence).tells("at", at).tells("problem", problem)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"id\":5,\"n\":NaN}      | the JSON is malformed: Non-standard token 'NaN'",
                "{\"id\":5,\"id\":6}       | the JSON is malformed: Duplicate Object property \"id\"",
                "{\"id\":5                 | the JSON is malformed: Unexpected end-of-input",
                "{'id':5}                  | the JSON is malformed: Unexpected character",
            })
    void whatIsNoJson(String line, String start) throws IOException {
        String file = hundred(57, line);
        bench.unchanged(() -> KINDS.forEach(kind -> {
            Ran ran = imported(kind, file);
            assertThat(ran.code()).as(ran.err()).isEqualTo(4);
            assertThat(ran.err()).startsWith(start).contains("  at        line 57, column ");
        }));
    }

    @Test
    void nestingOfFiveThousandLevels() throws IOException {
        String file = hundred(57, "{\"id\":5,\"n\":" + "[".repeat(5000) + "]".repeat(5000) + "}");
        bench.unchanged(() -> KINDS.forEach(kind -> {
            Ran ran = imported(kind, file);
            assertThat(ran.code()).as(ran.err()).isEqualTo(4);
            assertThat(ran.err()).contains("nesting depth").contains("line 57");
        }));
    }

    @Test
    void aValueOfAnotherType() throws IOException {
        String file = hundred(57, "{\"id\":5,\"n\":\"many\"}");
        bench.unchanged(() -> imported("things", file)
                .fails(4, "expected integer, was text many")
                .tells("problem", "type-mismatch")
                .tells("at", "line 57, $.n"));
    }

    @Test
    void aFieldThatTheKindLacks() throws IOException {
        String file = hundred(57, "{\"id\":5,\"txt\":\"x\"}");
        bench.unchanged(() -> imported("things", file)
                .fails(4, "kind things has no field txt, and this store keeps no others")
                .tells("problem", "unknown-field")
                .tells("at", "line 57")
                .tells("hint", "did you mean text?"));
    }

    @Test
    void anIdThatIsThereAlready() throws IOException {
        String file = hundred(57, "{\"id\":1}");
        bench.unchanged(() -> {
            Ran ran = imported("things", file);
            assertThat(ran.code()).isEqualTo(4);
            assertThat(ran.err()).contains("unique-violation").contains("  at        line 57\n");
        });
        String twice = hundred(57, "{\"id\":101}");
        bench.unchanged(() -> assertThat(imported("fresh", twice).err()).contains("line 57"));
    }

    @Test
    void aRequiredValueAndAnIdAreMissing() throws IOException, SQLException {
        bench.sql("CREATE TABLE strict (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, CHECK (name <> 'bad'))");
        bench.file("t.csv");
        bench.unchanged(() -> {
            csv("strict", "id", "a").tells("problem", "required-violation").tells("at", "line 2");
            csv("strict", "id,name", "a,x", "b,\\N")
                    .tells("problem", "required-violation")
                    .tells("at", "line 3");
            csv("strict", "name", "a").tells("problem", "required-violation").tells("at", "line 2");
            csv("strict", "id,name", "a,ok", "b,bad")
                    .tells("problem", "check-violation")
                    .tells("at", "line 3");
        });
    }

    private Ran csv(String kind, String... lines) {
        try {
            Ran ran = imported(kind, bench.file("t.csv", lines));
            assertThat(ran.code()).as(ran.err()).isEqualTo(4);
            return ran;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void csvWithTooFewOrTooManyCells() throws IOException {
        bench.file("t.csv");
        bench.unchanged(() -> KINDS.forEach(kind -> {
            csv(kind, "id,n,text", "5,1,a", "6,2")
                    .fails(4, "the row has 2 cells, the header has 3")
                    .tells("problem", "malformed-record")
                    .tells("at", "line 3");
            csv(kind, "id,n,text", "5,1,\"a\nb\"", "6,2,b,c")
                    .fails(4, "the row has 4 cells, the header has 3")
                    .tells("at", "line 4");
        }));
    }

    @Test
    void csvWithABadHeaderOrBadQuotes() throws IOException {
        bench.file("t.csv");
        bench.unchanged(() -> {
            csv("things", "id,n,id", "5,1,6")
                    .fails(4, "two columns are named id")
                    .tells("at", "line 1");
            csv("things", "id,,n", "5,1,6")
                    .fails(4, "the name of column 2 is empty")
                    .tells("at", "line 1");
            csv("things", "id,m", "5,1").fails(4, "kind things has no field m, and this store keeps no others");
            assertThat(csv("things", "id,text", "5,a", "6,\"a\"b", "7,c").err())
                    .contains("the CSV is malformed")
                    .contains("line 3");
            csv("things", "id,text", "5,a", "6,\"b", "7,c")
                    .fails(4, "a double quote opens a cell in this row and is never closed")
                    .tells("at", "line 3");
            csv("things", "id,n", "5,1", "6,many")
                    .fails(4, "expected integer, was text many")
                    .tells("at", "line 3, n");
        });
    }

    @Test
    void aFileThatIsCutOff() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            lines.add("{\"id\":" + (i + 10) + ",\"text\":\"" + Integer.toHexString(i * 7919) + "\"}");
        }
        Path whole = Path.of(bench.file("whole.jsonl.gz", lines.toArray(String[]::new)));
        byte[] bytes = Files.readAllBytes(whole);
        for (int length : new int[] {5, bytes.length / 2, bytes.length - 1}) {
            Path cut = bench.path("cut.jsonl.gz");
            Files.write(cut, Arrays.copyOf(bytes, length));
            bench.unchanged(() -> {
                for (String kind : KINDS) {
                    Ran ran = imported(kind, cut.toString());
                    assertThat(ran.code()).as(ran.err()).isEqualTo(4);
                    assertThat(ran.err()).contains("cut off");
                }
            });
        }
        Path none = bench.path("none.csv.gz");
        Files.writeString(none, "id,n\n1,2\n");
        bench.unchanged(
                () -> assertThat(imported("fresh", none.toString()).err()).contains("Not in GZIP format"));
    }

    @Test
    void textThatIsNotUtf8() throws IOException {
        String json = bench.bytes(
                "t.jsonl", "{\"id\":5}\n{\"id\":6,\"text\":\"\u00e9\"}\n".getBytes(StandardCharsets.ISO_8859_1));
        String csv = bench.bytes("t.csv", "id,text\n5,\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        bench.unchanged(() -> {
            imported("things", json).fails(4, "the text is not UTF-8").tells("at", "line 2");
            imported("things", csv).fails(4, "the text is not UTF-8");
        });
    }

    @Test
    void aReadOnlyStore() throws IOException {
        bench.unchanged(() -> {
            Ran.reading("{\"id\":5}", "import", bench.url() + "?mode=ro", "things", "-")
                    .fails(4, "the database is read-only")
                    .tells("problem", "store-read-only");
            Ran.reading("{\"id\":5}", "import", bench.url() + "?mode=ro", "fresh", "-")
                    .fails(4, "the database is read-only");
        });
    }

    @Test
    void aView() throws IOException, SQLException {
        bench.sql("CREATE VIEW seen AS SELECT id FROM things");
        bench.unchanged(() -> Ran.reading("{\"id\":5}", "import", bench.url(), "seen", "-")
                .fails(4, "kind seen is a view and cannot be written"));
    }

    @Test
    void aFullDisk() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            lines.add("{\"id\":" + (i + 10) + ",\"text\":\"" + "x".repeat(1000) + "\"}");
        }
        String file = bench.file("t.jsonl", lines.toArray(String[]::new));
        bench.unchanged(() -> KINDS.forEach(kind -> {
            Ran ran = Ran.of("import", bench.url() + "?maxPages=50", kind, file);
            assertThat(ran.err()).startsWith("the database or its disk is full; nothing of this transaction is kept\n");
            assertThat(ran.code()).isEqualTo(3);
        }));
    }

    @Test
    void namesThatTheStoreCannotTellApart() throws IOException {
        String file = bench.file("t.jsonl", "{\"id\":5,\"a\":1,\"A\":2}");
        bench.unchanged(() -> {
            Ran ran = imported("fresh", file);
            assertThat(ran.code()).as(ran.err()).isEqualTo(4);
            assertThat(ran.err()).contains("duplicate column name");
        });
    }

    @Test
    void anIdThatCannotBeOne() throws IOException {
        String file = bench.file("t.jsonl", "{\"a\":[1],\"b\":1}", "{\"a\":[2],\"b\":\"x\"}");
        bench.unchanged(() -> {
            Ran.of("import", bench.url(), "fresh", file, "--id", "c")
                    .fails(2, "the records have no field c, which was to be the id")
                    .tells("hint", "did you mean a or b?");
            Ran.of("import", bench.url(), "fresh", file, "--id", "a")
                    .fails(4, "field a cannot be the id: its values are lists, maps, or of several types");
            Ran.of("import", bench.url(), "fresh", file, "--id", "b")
                    .fails(4, "field b cannot be the id: its values are lists, maps, or of several types");
        });
        String own = bench.file("u.jsonl", "{\"_uuid\":1}");
        bench.unchanged(() -> imported("fresh", own)
                .fails(4, "the records have a field _uuid, the name of ids that import generates"));
    }

    @Test
    void aFailedImportIntoNoFileLeavesNoKind() throws IOException {
        String file = hundred(57, "nonsense");
        Ran.of("import", bench.url("new.db"), "fresh", file, "--sample", "10");
        assertThat(Ran.of("inspect", bench.url("new.db")).out()).isIn("0 kinds\n", "");
    }
}
