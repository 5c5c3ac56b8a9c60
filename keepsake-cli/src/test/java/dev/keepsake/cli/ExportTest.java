package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@On("sqlite")
class ExportTest {
    private static final String[] LINES = {
        "{\"id\":1,\"at\":{\"$date\":\"2018-05-31T01:44:52.000Z\"},\"price\":{\"$numberDecimal\":\"1.5\"},\"doc\":{\"a\":[1,1.0,\"x\",null]}}",
        "{\"id\":2,\"oid\":{\"$oid\":\"573a1390f29313caabcd42e8\"},\"uuid\":{\"$uuid\":\"01890a5d-ac96-774b-bcce-b302099a8057\"}}",
        "{\"id\":10,\"real\":2.0,\"text\":\"\u00e9\ud83d\ude00\\n\\\"\",\"bytes\":{\"$binary\":{\"base64\":\"AQI=\",\"subType\":\"00\"}},\"truth\":false}",
    };

    @TempDir
    private Path folder;

    private Bench bench;

    @BeforeEach
    void things() {
        bench = new Bench(folder);
        bench.things("things", LINES);
    }

    private String out(String name) {
        return bench.path(name).toString();
    }

    @Test
    void importReadsBackExactlyWhatExportWrites() {
        assertThat(Ran.of("export", bench.url(), "things", out("a.jsonl.gz"))
                        .done()
                        .err())
                .matches("exported 3 things in \\d+\\.\\d s\n");
        Ran.of("import", bench.url("copy.db"), "things", out("a.jsonl.gz")).done();
        String again = Ran.of("export", bench.url("copy.db"), "things").done().out();
        assertThat(again)
                .isEqualTo(Ran.of("export", bench.url(), "things", "-").done().out());
        assertThat(again.lines().map(line -> Json.parse(line)).toList())
                .isEqualTo(List.of(LINES).stream().map(line -> Json.parse(line)).toList());
    }

    @Test
    void nullsAreLeftOutUnlessAskedFor() {
        assertThat(Ran.of("export", bench.url(), "things", "--where", "id = 2")
                        .done()
                        .out())
                .doesNotContain("null");
        assertThat(Ran.of("export", bench.url(), "things", "--where", "id = 2", "--nulls")
                        .done()
                        .out())
                .contains("\"price\":null");
    }

    @Test
    void orderIsByIdUnlessAskedFor() {
        assertThat(Ran.of("export", bench.url(), "things", "--order", "-id")
                        .done()
                        .lines()
                        .getFirst())
                .startsWith("{\"id\":10");
        assertThat(Ran.of("export", bench.url(), "things", "--where", "id < 10", "--order", "-id")
                        .done()
                        .lines())
                .hasSize(2);
    }

    @Test
    void aFileThatExistsStays() throws IOException {
        Files.writeString(bench.path("a.jsonl"), "precious");
        bench.unchanged(() -> Ran.of("export", bench.url(), "things", out("a.jsonl"))
                .fails(4, "the file a.jsonl exists")
                .tells("hint", "--force replaces it"));
        assertThat(bench.path("a.jsonl")).hasContent("precious");
        Ran.of("export", bench.url(), "things", out("a.jsonl"), "--force").done();
        assertThat(Files.readAllLines(bench.path("a.jsonl"))).hasSize(3);
        assertThat(bench.files()).containsExactly("a.jsonl");
    }

    @Test
    void aFailedExportLeavesNothing() throws IOException {
        Files.writeString(bench.path("file"), "x");
        bench.unchanged(() -> {
            Ran.of("export", bench.url(), "things", out("no/a.jsonl"))
                    .fails(2, "there is no folder " + bench.path("no").toAbsolutePath());
            Ran.of("export", bench.url(), "things", out("file/a.jsonl"))
                    .fails(2, "there is no folder " + bench.path("file").toAbsolutePath());
            Ran.of("export", bench.url(), "things", out("a.csv"))
                    .fails(4, "CSV cannot hold field doc of kind things, which has lists or maps")
                    .tells("hint", "export to a .jsonl file");
            Ran.of("export", bench.url(), "things", out("a.txt"))
                    .fails(2, "the name of " + out("a.txt") + " does not say its format");
            Ran.of("export", bench.url(), "things", out("a.json")).fails(2, "export writes no .json file");
        });
        Files.createDirectory(bench.path("folder.csv"));
        Ran.of("export", bench.url(), "things", out("folder.csv"))
                .fails(4, out("folder.csv") + " is a folder, not a file");
    }

    @Test
    void csvComesBackAsItWas() throws SQLException, IOException {
        bench.sql(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, at DATETIME, price NUMERIC(10,2), data BLOB, ok BOOLEAN)",
                "INSERT INTO t VALUES (1, 'a, \"b\"' || char(10) || 'c', '2018-05-31 01:44:52.000000', 1.5, x'0102', 1),"
                        + " (2, '', NULL, NULL, NULL, 0), (3, NULL, NULL, 7, NULL, NULL), (4, '\\N', NULL, 0.25, x'', 1)");
        Ran.of("export", bench.url(), "t", out("t.csv.gz")).done();
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(bench.path("t.csv.gz")))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text)
                    .startsWith("id,name,at,price,data,ok\n1,\"a, \"\"b\"\"\nc\",2018-05-31T01:44:52")
                    .contains("\n2,\"\",\\N,\\N,\\N,false\n3,\\N,")
                    .contains("\n4,\"\\N\",");
        }
        String before = Ran.of("export", bench.url(), "t").done().out();
        bench.sql("DELETE FROM t");
        Ran.of("import", bench.url(), "t", out("t.csv.gz")).done();
        assertThat(Ran.of("export", bench.url(), "t").done().out()).isEqualTo(before);
    }

    @Test
    void aBagIsExported() throws SQLException {
        bench.sql("CREATE TABLE bag (a TEXT)", "INSERT INTO bag VALUES ('x'), ('x'), (NULL)");
        assertThat(Ran.of("export", bench.url(), "bag").done().lines())
                .containsExactlyInAnyOrder("{\"a\":\"x\"}", "{\"a\":\"x\"}", "{}");
    }
}
