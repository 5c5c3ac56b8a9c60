package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@On("sqlite")
class ImportTest {
    @TempDir
    private Path folder;

    private Bench bench;

    @BeforeEach
    void aBench() {
        bench = new Bench(folder);
    }

    private Map<String, Object> inspected(String kind) {
        return Ran.of("inspect", bench.url(), kind, "--json").done().objects().getFirst();
    }

    @SuppressWarnings("unchecked")
    private Map<String, String> types(String kind) {
        Map<String, String> types = new TreeMap<>();
        ((List<Map<String, Object>>) inspected(kind).get("fields"))
                .forEach(field -> types.put((String) field.get("name"), (String) field.get("type")));
        return types;
    }

    @Test
    void aNewKindTakesTheTypesOfItsRecords() throws IOException {
        String file = bench.file(
                "t.jsonl",
                "{\"id\":1,\"whole\":1,\"real\":1.5,\"both\":1,\"wide\":9007199254740993,\"mixed\":1,\"truth\":true,"
                        + "\"text\":\"a\",\"map\":{\"a\":1},\"list\":[1],\"none\":null,\"time\":{\"$date\":\"2018-05-31T01:44:52Z\"},"
                        + "\"fine\":{\"$date\":\"2018-05-31T01:44:52.123456Z\"},\"oid\":{\"$oid\":\"573a1390f29313caabcd42e8\"},"
                        + "\"exact\":{\"$numberDecimal\":\"1.25\"},\"big\":123456789012345678901234567890}",
                "{\"id\":2,\"both\":2.5,\"wide\":0.5,\"mixed\":\"x\"}");
        assertThat(Ran.of("import", bench.url(), "things", file).done().err())
                .matches("imported 2 things in \\d+\\.\\d s\n");
        assertThat(types("things"))
                .containsEntry("id", "integer")
                .containsEntry("whole", "integer")
                .containsEntry("real", "double")
                .containsEntry("both", "double")
                .containsEntry("wide", "any")
                .containsEntry("mixed", "any")
                .containsEntry("truth", "boolean")
                .containsEntry("text", "text")
                .containsEntry("none", "any")
                .containsEntry("time", "instant(3)")
                .containsEntry("fine", "instant(6)")
                .containsEntry("oid", "object_id")
                .containsEntry("exact", "decimal(38,9)")
                .containsEntry("big", "any");
        assertThat(inspected("things").get("id")).isEqualTo(List.of("id"));
    }

    @Test
    void theIdIsAsAskedElseAsUsualElseGenerated() throws IOException {
        bench.things("usual", "{\"id\":1,\"_id\":\"a\"}", "{\"id\":1,\"_id\":\"b\"}");
        assertThat(inspected("usual").get("id")).isEqualTo(List.of("_id"));
        bench.things("second", "{\"id\":1,\"_id\":\"a\"}", "{\"id\":2}");
        assertThat(inspected("second").get("id")).isEqualTo(List.of("id"));
        String file = bench.file("t.jsonl", "{\"a\":1,\"b\":1}", "{\"a\":1,\"b\":2}");
        Ran.of("import", bench.url(), "asked", file, "--id", "b,a").done();
        assertThat(inspected("asked").get("id")).isEqualTo(List.of("b", "a"));
        bench.things("none", "{\"a\":2}", "{\"a\":1}");
        assertThat(inspected("none").get("id")).isEqualTo(List.of("_uuid"));
        assertThat(Ran.of("export", bench.url(), "none").done().out()).isEqualTo("{\"a\":2}\n{\"a\":1}\n");
    }

    @Test
    void moreRecordsJoinAKindWithAGeneratedId() {
        bench.things("none", "{\"a\":2}");
        bench.things("none", "{\"a\":3}", "{\"a\":4}");
        assertThat(Ran.of("export", bench.url(), "none").done().out()).isEqualTo("{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n");
    }

    @Test
    void theWholeFileIsTheSampleWhereAsked() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1500; i++) {
            lines.append("{\"id\":")
                    .append(i)
                    .append(",\"v\":")
                    .append(i < 1400 ? "1" : "\"x\"")
                    .append("}\n");
        }
        String file = bench.bytes("t.jsonl", lines.toString().getBytes(StandardCharsets.UTF_8));
        bench.unchanged(() -> Ran.of("import", bench.url(), "things", file)
                .fails(4, "expected integer, was text x")
                .tells("at", "line 1401, $.v")
                .tells("hint", "--sample 0 takes the types from all records of the file"));
        Ran.of("import", bench.url(), "things", file, "--sample", "0").done();
        assertThat(types("things")).containsEntry("v", "any");
    }

    @Test
    void anExistingKindReadsPlainTextAsItsTypes() throws IOException {
        bench.things("things", "{\"id\":1,\"at\":{\"$date\":\"2018-05-31T01:44:52Z\"},\"n\":1.5}");
        String file = bench.file("t.jsonl", "{\"id\":2,\"at\":\"2019-01-01T00:00:00Z\",\"n\":3}");
        Ran.of("import", bench.url(), "things", file).done();
        assertThat(Ran.of("query", bench.url(), "things", "--where", "at > instant '2019-01-01' or id = 2", "--json")
                        .done()
                        .out())
                .isEqualTo("{\"id\":2,\"at\":\"2019-01-01T00:00:00.000Z\",\"n\":3.0}\n");
    }

    @Test
    void aJsonArrayIsRead() throws IOException {
        String file = bench.file(
                "t.json.gz", "\ufeff [", " {\"id\":1,\"t\":\"],\\\"}\"},", "", "{\"id\":2,", "\"t\":[[]]}", "]");
        Ran.of("import", bench.url(), "things", file).done();
        assertThat(Ran.of("export", bench.url(), "things").done().out())
                .isEqualTo("{\"id\":1,\"t\":\"],\\\"}\"}\n{\"id\":2,\"t\":[[]]}\n");
        Ran.of("import", bench.url(), "things", bench.file("e.json", "[ ]")).done();
        for (String name : List.of("a.json", "b.json", "c.json", "d.json")) {
            bench.file(name);
        }
        bench.unchanged(() -> {
            Ran.of("import", bench.url(), "things", file("a.json", "{\"id\":1}"))
                    .fails(4, "expected the array's [, was {")
                    .tells("at", "line 1, column 1");
            Ran.of("import", bench.url(), "things", file("b.json", "[{\"id\":8},", "{\"id\":9}"))
                    .fails(4, "the JSON ends too early");
            Ran.of("import", bench.url(), "things", file("c.json", "[{\"id\":8}]", "x"))
                    .fails(4, "expected the end, was x")
                    .tells("at", "line 2, column 1");
            Ran.of("import", bench.url(), "things", file("d.json", "[{\"id\":8},", "  {\"id\":", "nul}]"))
                    .tells("problem", "malformed-record")
                    .tells("at", "line 3, column 1");
        });
    }

    private String file(String name, String... lines) {
        try {
            return bench.file(name, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void csvIsInferredSoThatNothingIsLost() throws IOException {
        String file = bench.file(
                "t.csv",
                "id,whole,real,price,version,zip,truth,empty,mixed,long",
                "1,10,1.5,9.90,3.9,01234,true,,1,12345678901234567890",
                "2,-3,2,10.00,3.10,55555,false,,x,1",
                "3,\\N,,\\N,,\\N,,,,2");
        Ran.of("import", bench.url(), "t", file).done();
        assertThat(types("t"))
                .isEqualTo(new TreeMap<>(Map.of(
                        "id", "integer", "whole", "integer", "real", "double", "price", "double", "version", "text",
                        "zip", "text", "truth", "boolean", "empty", "text", "mixed", "text", "long", "text")));
        assertThat(Ran.of("query", bench.url(), "t", "--json").done().lines())
                .containsExactly(
                        "{\"id\":1,\"whole\":10,\"real\":1.5,\"price\":9.9,\"version\":\"3.9\",\"zip\":\"01234\",\"truth\":true,"
                                + "\"empty\":\"\",\"mixed\":\"1\",\"long\":\"12345678901234567890\"}",
                        "{\"id\":2,\"whole\":-3,\"real\":2.0,\"price\":10.0,\"version\":\"3.10\",\"zip\":\"55555\",\"truth\":false,"
                                + "\"empty\":\"\",\"mixed\":\"x\",\"long\":\"1\"}",
                        "{\"id\":3,\"whole\":null,\"real\":null,\"price\":null,\"version\":\"\",\"zip\":null,\"truth\":null,"
                                + "\"empty\":\"\",\"mixed\":\"\",\"long\":\"2\"}");
    }

    @Test
    void csvIsReadByTheTypesOfAnExistingKind() throws SQLException, IOException {
        bench.sql(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, at DATETIME, price NUMERIC(10,2), doc json_text)");
        String file = bench.file(
                "t.csv",
                "name,id,doc,price",
                "\"a, \"\"b\"\"\nc\",1,\"{\"\"x\"\":[1]}\",12.50",
                "\"\\N\",2,,",
                "\\N,3,\\N,0");
        Ran.of("import", bench.url(), "t", file).done();
        assertThat(Ran.of("query", bench.url(), "t", "--json").done().lines())
                .containsExactly(
                        "{\"id\":1,\"name\":\"a, \\\"b\\\"\\nc\",\"at\":null,\"price\":12.5,\"doc\":{\"x\":[1]}}",
                        "{\"id\":2,\"name\":\"\\\\N\",\"at\":null,\"price\":null,\"doc\":null}",
                        "{\"id\":3,\"name\":null,\"at\":null,\"price\":0,\"doc\":null}");
        Ran.of("import", bench.url(), "t", bench.file("n.csv", "id,name", "4,-", "5,"), "--null", "-")
                .done();
        assertThat(Ran.of("query", bench.url(), "t", "--where", "id > 3", "--fields", "name", "--json")
                        .done()
                        .lines())
                .containsExactly("{\"name\":null}", "{\"name\":\"\"}");
    }

    @Test
    void aCsvFileOfAHeaderAloneMakesAnEmptyKind() throws IOException {
        Ran.of("import", bench.url(), "t", bench.file("t.csv", "id,name"), "--id", "id")
                .done();
        assertThat(types("t")).isEqualTo(Map.of("id", "text", "name", "text"));
    }

    @Test
    void textOfTenMegabytesWorks() throws IOException {
        String text = "\u00e9x".repeat(5_000_000);
        Ran.of("import", bench.url(), "j", bench.file("t.jsonl", "{\"id\":1,\"text\":\"" + text + "\"}"))
                .done();
        Ran.of("import", bench.url(), "c", bench.file("t.csv", "id,text", "1," + text))
                .done();
        for (String kind : List.of("j", "c")) {
            assertThat(Ran.of("query", bench.url(), kind, "--json")
                            .done()
                            .objects()
                            .getFirst()
                            .get("text"))
                    .isEqualTo(text);
            assertThat(Ran.of("query", bench.url(), kind).done().lines().get(2).length())
                    .isLessThanOrEqualTo(100);
        }
    }

    @Test
    void anEmptyFileAddsNothing() throws IOException {
        bench.things("things", "{\"id\":1}");
        assertThat(Ran.of("import", bench.url(), "things", bench.file("e.jsonl.gz"))
                        .done()
                        .err())
                .startsWith("imported 0 things");
        Ran.of("import", bench.url(), "things", bench.file("e.csv")).done();
        bench.unchanged(() -> Ran.reading("\n\n", "import", bench.url(), "other", "-")
                .fails(4, "the file holds no records, and there is no kind other"));
    }
}
