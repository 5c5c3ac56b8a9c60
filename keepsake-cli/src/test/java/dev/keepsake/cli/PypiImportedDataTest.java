package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The top hundred packages of PyPI, imported from files into a server: the facts are those that SQLite has. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("unchecked") // the facts are of known types
abstract class PypiImportedDataTest {
    private String url = "";
    private Map<String, Object> facts = Map.of();

    /** The URL of an empty place. */
    abstract String place(Path folder);

    @BeforeAll
    void load(@TempDir Path folder) throws IOException {
        url = place(folder);
        facts = Data.facts("pypi-top-100");
        for (String kind : List.of("users", "packages", "releases", "licenses", "languages")) {
            Ran.of(
                            "import",
                            url,
                            kind,
                            Data.file("pypi-top-100/" + kind + ".csv.gz").toString())
                    .done();
        }
    }

    private List<Map<String, Object>> objects(String... arguments) {
        return Ran.of(arguments).done().objects();
    }

    @Test
    @Row({"S0-18", "S0-19", "S0-22"})
    void countsSumsAndExtremesAreTheExpectedOnes() {
        Map<String, Object> counts = (Map<String, Object>) facts.get("row_counts");
        for (String kind : List.of("users", "packages", "releases", "licenses", "languages")) {
            assertThat(Ran.of("query", url, kind, "--count").done().out()).isEqualTo(counts.get(kind) + "\n");
        }
        List<Map<String, Object>> releases = objects("query", url, "releases", "--fields", "package_id,size", "--json");
        assertThat(releases.stream()
                        .mapToLong(release -> (Long) release.get("size"))
                        .sum())
                .isEqualTo(facts.get("release_size_sum"));
        Map<String, Object> perPackage = new TreeMap<>();
        releases.forEach(
                release -> perPackage.merge((String) release.get("package_id"), 1L, (a, b) -> (Long) a + (Long) b));
        assertThat(perPackage).isEqualTo(new TreeMap<>((Map<String, Object>) facts.get("releases_per_package")));
        Map<String, String> conditions = Map.of(
                "users where hashed_password is not null", "users_with_password",
                "packages where author_name is null", "packages_author_name_null",
                "packages where license is null", "packages_license_null",
                "releases where comment = ''", "releases_comment_empty");
        conditions.forEach((query, fact) -> {
            int where = query.indexOf(" where ");
            assertThat(Ran.of("query", url, query.substring(0, where), "--where", query.substring(where + 7), "--count")
                            .done()
                            .out())
                    .as(query)
                    .isEqualTo(facts.get(fact) + "\n");
        });
    }

    @Test
    @Row({"S0-24", "S0-30+"})
    void theNewestVersionsAreTheExpectedOnes() {
        Map<String, Object> expected = (Map<String, Object>) facts.get("top5_versions");
        assertThat(expected).hasSize(8);
        expected.forEach((name, versions) -> assertThat(objects(
                                "query",
                                url,
                                "releases",
                                "--where",
                                "package_id = '" + name + "'",
                                "--order",
                                "-major_ver,-minor_ver,-build_ver",
                                "--limit",
                                "5",
                                "--json")
                        .stream()
                        .map(release ->
                                List.of(release.get("major_ver"), release.get("minor_ver"), release.get("build_ver")))
                        .toList())
                .as(name)
                .isEqualTo(versions));
    }

    @Test
    void nestedDocumentsAreLoadedQueriedAndExported() throws IOException {
        String file = Data.file("pypi-top-100/packages.jsonl.gz").toString();
        assertThat(Ran.of("import", url, "nested", file).done().err()).startsWith("imported 96 nested in ");
        List<Map<String, Object>> records = Data.records("pypi-top-100/packages.jsonl.gz");
        long mit = records.stream()
                .filter(record -> "MIT".equals(((Map<String, Object>) record.get("info")).get("license")))
                .count();
        assertThat(mit).isPositive();
        assertThat(Ran.of("query", url, "nested", "--where", "info.license = 'MIT'", "--count")
                        .done()
                        .out())
                .isEqualTo(mit + "\n");
        assertThat(objects("export", url, "nested")).containsExactlyInAnyOrderElementsOf(records);
    }
}
