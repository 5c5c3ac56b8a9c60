package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Row;
import dev.keepsake.schema.Schema;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@On("sqlite")
class QueryTest {
    @TempDir
    private Path folder;

    private Bench bench;

    @BeforeEach
    void theDataOfTheTour() throws IOException {
        bench = new Bench(folder);
        TourData.write(folder);
        try (Guarded store = Stores.open(bench.url())) {
            store.createAll(Schema.of(List.of(TourData.PACKAGES, TourData.RELEASES)));
        }
        Ran.of("import", bench.url(), "packages", folder + "/packages.jsonl").done();
        Ran.of("import", bench.url(), "releases", folder + "/releases.csv").done();
    }

    @Test
    void aTableIsAlignedAndCounted() {
        assertThat(Ran.of("query", bench.url(), "packages", "--fields", "id,stars,info.author.mail")
                        .done()
                        .out())
                .isEqualTo("""
                        id     stars  info.author.mail
                        -----  -----  --------------------
                        alder    812  null
                        birch     95  null
                        cedar   1204  null
                        elm        3  null
                        larch    407  lars@example.invalid
                        rowan    660  null
                        6 rows
                        """);
    }

    @Test
    void cellsAreCutToTheWidth() {
        Ran ran = Ran.of("query", bench.url(), "packages").done();
        assertThat(ran.lines()).allMatch(line -> line.length() <= 100);
        assertThat(ran.lines().get(2)).startsWith("alder  {\"license\":\"MIT\"").contains("\u2026");
    }

    @Test
    @Row({"S0-24", "S0-23"})
    void severalKeysSortDescendingAndALimitCuts() {
        Ran ran = Ran.of(
                        "query",
                        bench.url(),
                        "releases",
                        "--where",
                        "package_id = 'larch'",
                        "--order",
                        "-major,-minor",
                        "--limit",
                        "2",
                        "--offset",
                        "1",
                        "--fields",
                        "major,minor",
                        "--json")
                .done();
        assertThat(ran.lines()).containsExactly("{\"major\":3,\"minor\":8}", "{\"major\":3,\"minor\":7}");
        assertThat(Ran.of("query", bench.url(), "releases", "--where", "package_id = 'yew'")
                        .done()
                        .out())
                .endsWith("\n0 rows\n");
    }

    @Test
    @Row({"S0-25", "S0-26", "S1-116"})
    void theIndexIsSeenInThePlan() {
        String[] query = {
            "query", bench.url(), "releases", "--where", "package_id = 'larch'", "--order", "-major,-minor", "--explain"
        };
        assertThat(Ran.of(query).done().out())
                .contains("newest_first")
                .endsWith("indexes: newest_first\nsorts:   no\n");
        assertThat(Ran.of(
                                "query",
                                bench.url(),
                                "releases",
                                "--where",
                                "size > 5",
                                "--order",
                                "size",
                                "--explain",
                                "--json")
                        .done()
                        .objects()
                        .getFirst())
                .containsEntry("indexes", List.of())
                .containsEntry("sorts", true);
    }

    @Test
    void theNativeTextIsShown() {
        assertThat(Ran.of("query", bench.url(), "releases", "--where", "size > 5", "--sql")
                        .done()
                        .out())
                .containsIgnoringCase("select")
                .contains("releases")
                .contains("size");
    }

    @Test
    void objectsAreCounted() {
        assertThat(Ran.of("query", bench.url(), "releases", "--where", "major = 3", "--count")
                        .done()
                        .out())
                .isEqualTo("60\n");
        assertThat(Ran.of("query", bench.url(), "releases", "--count", "--json")
                        .done()
                        .out())
                .isEqualTo("{\"count\":240}\n");
    }

    @Test
    void conditionsGoIntoNestedValues() {
        assertThat(Ran.of(
                                "query",
                                bench.url(),
                                "packages",
                                "--where",
                                "info.license = 'MIT'",
                                "--fields",
                                "id",
                                "--json")
                        .done()
                        .lines())
                .containsExactly("{\"id\":\"alder\"}", "{\"id\":\"cedar\"}", "{\"id\":\"larch\"}");
        assertThat(Ran.of(
                                "query",
                                bench.url(),
                                "packages",
                                "--where",
                                "info.classifiers has 'Async' and not (info.license = 'MIT' or info.license is null)",
                                "--fields",
                                "id",
                                "--json")
                        .done()
                        .lines())
                .containsExactly("{\"id\":\"rowan\"}");
    }

    @Test
    void forProgramsNullIsNullAndTimesArePlain() {
        assertThat(Ran.of("query", bench.url(), "packages", "--where", "id = 'elm'", "--json")
                        .done()
                        .out())
                .isEqualTo("{\"id\":\"elm\",\"info\":{\"license\":null,\"summary\":\"Small, and nobody knows whose\","
                        + "\"author\":{\"name\":\"?\"},\"classifiers\":[]},\"stars\":3}\n");
        assertThat(Ran.of("query", bench.url(), "releases", "--where", "id = 1", "--fields", "created", "--json")
                        .done()
                        .out())
                .isEqualTo("{\"created\":\"2010-01-15T09:30:00.001Z\"}\n");
    }

    @Test
    void whatWouldMoveTheCursorIsEscaped() {
        bench.things("things", "{\"id\":1,\"text\":\"a\\u001b[31mb\\nc\\td\"}");
        assertThat(Ran.of("query", bench.url(), "things").done().lines().get(2)).isEqualTo(" 1  a\\u001b[31mb\\nc\\td");
    }

    @Test
    void wideCharactersKeepTheColumnsAligned() {
        bench.things(
                "things", "{\"id\":1,\"a\":\"\u5929\u5730\",\"b\":\"x\"}", "{\"id\":2,\"a\":\"e\u0301\",\"b\":\"y\"}");
        assertThat(Ran.of("query", bench.url(), "things").done().out()).isEqualTo("""
                id  a     b
                --  ----  -
                 1  \u5929\u5730  x
                 2  e\u0301     y
                2 rows
                """);
    }
}
