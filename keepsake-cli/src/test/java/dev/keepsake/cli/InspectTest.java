package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@On("sqlite")
class InspectTest {
    @TempDir
    private Path folder;

    private Bench bench;

    @BeforeEach
    void someTables() throws SQLException {
        bench = new Bench(folder);
        bench.sql(
                "CREATE TABLE packages (id TEXT NOT NULL PRIMARY KEY, summary VARCHAR(80) COLLATE NOCASE)",
                "CREATE TABLE releases (id INTEGER PRIMARY KEY, package_id TEXT NOT NULL REFERENCES packages(id)"
                        + " ON DELETE CASCADE, major INT, size BIGINT, CHECK (size >= 0))",
                "CREATE INDEX newest ON releases (package_id, major DESC)",
                "CREATE TABLE notes (text TEXT)",
                "CREATE VIEW sizes AS SELECT package_id, sum(size) AS size FROM releases GROUP BY package_id",
                "INSERT INTO packages VALUES ('boto', 'Amazon'), ('six', NULL)",
                "INSERT INTO releases VALUES (1, 'boto', 2, 10), (2, 'boto', 1, 20), (3, 'six', 1, NULL)",
                "INSERT INTO notes VALUES ('a'), ('a')");
    }

    @Test
    void itShowsWhatIsThere() {
        assertThat(Ran.of("inspect", bench.url()).done().out()).isEqualTo("""
                notes: 2 objects
                  field  type  native type  required
                  -----  ----  -----------  --------
                  text   text  TEXT
                  key        none: a bag of objects

                packages: 2 objects
                  field    type      native type  required  collation
                  -------  --------  -----------  --------  ---------
                  id       text      TEXT         required
                  summary  text(80)  VARCHAR(80)            NOCASE
                  key        id

                releases: 3 objects
                  field       type     native type  required
                  ----------  -------  -----------  --------
                  id          integer  INTEGER      required
                  package_id  text     TEXT         required
                  major       integer  INT
                  size        integer  BIGINT
                  key        id, generated: identity
                  index      newest(package_id, -major)
                  reference  package_id -> packages(id) on delete cascade
                  check      size >= 0

                sizes: 2 objects, a view
                  field       type  native type  required
                  ----------  ----  -----------  --------
                  package_id  text  TEXT
                  size        any
                  key        none: a bag of objects

                4 kinds
                """);
    }

    @Test
    void oneKindAlone() {
        assertThat(Ran.of("inspect", bench.url(), "notes").done().out())
                .startsWith("notes: 2 objects\n")
                .endsWith("\n1 kind\n");
    }

    @Test
    void forProgramsItIsAKindALine() {
        List<Map<String, Object>> kinds =
                Ran.of("inspect", bench.url(), "--json").done().objects();
        assertThat(kinds)
                .extracting(kind -> kind.get("kind"))
                .containsExactly("notes", "packages", "releases", "sizes");
        Map<String, Object> releases = kinds.get(2);
        assertThat(releases)
                .containsEntry("count", 3L)
                .containsEntry("view", false)
                .containsEntry("bag", false)
                .containsEntry("id", List.of("id"))
                .containsEntry("generation", "identity");
        assertThat(releases.get("indexes").toString())
                .isEqualTo("[{name=newest, fields=[package_id, -major], unique=false, where=null}]");
        assertThat(releases.get("references").toString())
                .isEqualTo("[{name=, fields=[package_id], kind=packages, targets=[id], on_delete=cascade}]");
        assertThat(releases.get("checks").toString()).contains("size >= 0");
        assertThat(kinds.get(0)).containsEntry("bag", true);
        assertThat(kinds.get(3)).containsEntry("view", true);
    }

    @Test
    void itLeavesTheFileByteForByteAsItIs() throws IOException {
        byte[] before = Files.readAllBytes(bench.path("test.db"));
        Ran.of("inspect", bench.url()).done();
        Ran.of("query", bench.url(), "releases").done();
        Ran.of("export", bench.url(), "releases").done();
        assertThat(Files.readAllBytes(bench.path("test.db"))).isEqualTo(before);
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }
}
