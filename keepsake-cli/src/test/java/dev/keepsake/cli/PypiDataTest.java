package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The top hundred packages of PyPI: the course's SQLite database, and the same packages as nested JSON. */
@On("sqlite")
@Tag("data")
@SuppressWarnings("unchecked") // the facts are of known types
class PypiDataTest {
    @TempDir
    private static Path folder;

    private static String url;
    private static Map<String, Object> facts;

    @BeforeAll
    static void unpack() throws IOException {
        url = "sqlite:" + Data.unpacked("pypi-top-100/pypi.sqlite.gz", folder);
        facts = Data.facts("pypi-top-100");
    }

    private static List<Map<String, Object>> objects(String... arguments) {
        return Ran.of(arguments).done().objects();
    }

    @Test
    void inspectTellsEverythingAndLeavesTheFileAsItIs() throws IOException {
        Path file = folder.resolve("pypi.sqlite");
        byte[] before = Files.readAllBytes(file);
        Map<String, Map<String, Object>> kinds = new TreeMap<>();
        objects("inspect", url, "--json").forEach(kind -> kinds.put((String) kind.get("kind"), kind));
        Map<String, Object> counts = new TreeMap<>();
        kinds.forEach((name, kind) -> counts.put(name, kind.get("count")));
        assertThat(counts).isEqualTo(new TreeMap<>((Map<String, Object>) facts.get("row_counts")));
        assertThat(kinds.get("releases")).containsEntry("id", List.of("id")).containsEntry("generation", "identity");
        assertThat(kinds.get("maintainers")).containsEntry("id", List.of("user_id", "package_id"));
        assertThat(kinds.get("packages")).containsEntry("id", List.of("id")).containsEntry("generation", "given");
        assertThat(kinds.get("releases").get("references").toString())
                .contains("fields=[package_id], kind=packages, targets=[id]");
        assertThat((List<Map<String, Object>>) kinds.get("releases").get("indexes"))
                .extracting(index -> index.get("name") + " " + index.get("fields"))
                .containsExactlyInAnyOrder(
                        "ix_releases_major_ver [major_ver]",
                        "ix_releases_minor_ver [minor_ver]",
                        "ix_releases_build_ver [build_ver]",
                        "ix_releases_created_date [created_date]");
        Map<String, Object> types = new TreeMap<>();
        ((List<Map<String, Object>>) kinds.get("releases").get("fields"))
                .forEach(field -> types.put((String) field.get("name"), field.get("type") + " " + field.get("native")));
        assertThat(types)
                .containsEntry("id", "integer INTEGER")
                .containsEntry("size", "integer BIGINT")
                .containsEntry("created_date", "datetime(6) DATETIME")
                .containsEntry("package_id", "text VARCHAR");
        assertThat(Ran.of("inspect", url).done().out())
                .contains("releases: 5400 objects")
                .endsWith("9 kinds\n");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        try (var files = Files.list(folder)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .doesNotContain("pypi.sqlite-wal", "pypi.sqlite-shm", "pypi.sqlite-journal");
        }
    }

    @Test
    @Row({"S0-24", "S0-30+"})
    void theNewestVersionsAreTheExpectedOnes() {
        Map<String, Object> expected = (Map<String, Object>) facts.get("top5_versions");
        assertThat(expected).hasSize(8);
        expected.forEach((name, versions) -> {
            List<Map<String, Object>> releases = objects(
                    "query",
                    url,
                    "releases",
                    "--where",
                    "package_id = '" + name + "'",
                    "--order",
                    "-major_ver,-minor_ver,-build_ver",
                    "--limit",
                    "5",
                    "--json");
            assertThat(releases.stream()
                            .map(release -> List.of(
                                    release.get("major_ver"), release.get("minor_ver"), release.get("build_ver")))
                            .toList())
                    .as(name)
                    .isEqualTo(versions);
        });
    }

    @Test
    @Row({"S0-18", "S0-19", "S0-22"})
    void countsSumsAndExtremesAreTheExpectedOnes() {
        List<Map<String, Object>> releases =
                objects("query", url, "releases", "--fields", "package_id,size,created_date", "--json");
        assertThat(releases.stream()
                        .mapToLong(release -> (Long) release.get("size"))
                        .sum())
                .isEqualTo(facts.get("release_size_sum"));
        assertThat(releases.stream()
                        .mapToLong(release -> (Long) release.get("size"))
                        .max())
                .hasValue((Long) facts.get("release_size_max"));
        Map<String, Object> perPackage = new TreeMap<>();
        releases.forEach(
                release -> perPackage.merge((String) release.get("package_id"), 1L, (a, b) -> (Long) a + (Long) b));
        assertThat(perPackage).isEqualTo(new TreeMap<>((Map<String, Object>) facts.get("releases_per_package")));
        List<String> times = releases.stream()
                .map(release -> ((String) release.get("created_date")).replace('T', ' '))
                .sorted()
                .toList();
        assertThat(times.getFirst()).startsWith(((String) facts.get("release_created_min")).substring(0, 19));
        assertThat(times.getLast()).startsWith(((String) facts.get("release_created_max")).substring(0, 19));
        Map<String, String> counts = Map.of(
                "users where hashed_password is not null", "users_with_password",
                "packages where author_name is null", "packages_author_name_null",
                "packages where license is null", "packages_license_null",
                "releases where comment = ''", "releases_comment_empty");
        counts.forEach((query, fact) -> {
            int where = query.indexOf(" where ");
            assertThat(Ran.of("query", url, query.substring(0, where), "--where", query.substring(where + 7), "--count")
                            .done()
                            .out()
                            .strip())
                    .as(query)
                    .isEqualTo(facts.get(fact).toString());
        });
    }

    @Test
    void csvFilesAreWhatTheDatabaseHolds() {
        String copy = "sqlite:" + folder.resolve("csv.db");
        for (String kind : List.of("users", "packages", "releases", "licenses")) {
            Ran.of(
                            "import",
                            copy,
                            kind,
                            Data.file("pypi-top-100/" + kind + ".csv.gz").toString())
                    .done();
            assertThat(Ran.of("query", copy, kind, "--count").done().out())
                    .isEqualTo(Ran.of("query", url, kind, "--count").done().out());
        }
        for (String field : List.of("description", "summary", "license")) {
            String[] query = {"query", url, "packages", "--fields", "id," + field, "--order", "id", "--json"};
            String[] copied = query.clone();
            copied[1] = copy;
            assertThat(objects(copied)).isEqualTo(objects(query));
        }
    }

    @Test
    void nestedDocumentsAreLoadedQueriedAndExported() throws IOException {
        String nested = "sqlite:" + folder.resolve("nested.db");
        String file = Data.file("pypi-top-100/packages.jsonl.gz").toString();
        assertThat(Ran.of("import", nested, "packages", file).done().err()).startsWith("imported 96 packages in ");
        List<Map<String, Object>> records = Data.records("pypi-top-100/packages.jsonl.gz");
        long mit = records.stream()
                .filter(record -> "MIT".equals(((Map<String, Object>) record.get("info")).get("license")))
                .count();
        assertThat(mit).isPositive();
        assertThat(Ran.of("query", nested, "packages", "--where", "info.license = 'MIT'", "--count")
                        .done()
                        .out()
                        .strip())
                .isEqualTo(Long.toString(mit));
        assertThat(new ArrayList<>(objects("export", nested, "packages"))).isEqualTo(records);
    }
}
