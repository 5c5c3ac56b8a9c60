package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.json.Json;
import dev.keepsake.value.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Names that other programs trip over, as kinds and as fields. */
@On("sqlite")
class HostileNamesTest {
    static List<String> names() {
        return List.of(
                "select",
                "a\"b",
                "a'b",
                "a`b",
                "a.b",
                "a b",
                "a,b",
                "--json",
                "-x",
                "%s %n",
                "a;drop table x",
                "\u00e9",
                "\ud83d\ude00 \u5929",
                "$",
                "[a]",
                "a\\b",
                "?",
                ":a",
                "null",
                "n".repeat(200),
                "rowid",
                "a\nb",
                "@file",
                "${x}");
    }

    @ParameterizedTest
    @MethodSource("names")
    void theyAreImportedQueriedAndExported(String name, @TempDir java.nio.file.Path folder) throws Exception {
        Bench bench = new Bench(folder);
        Map<String, Object> first = new LinkedHashMap<>();
        first.put("id", 1L);
        first.put(name, "x'y\"z");
        first.put("inside", Map.of(name, "in"));
        Map<String, Object> second = new LinkedHashMap<>(Map.of("id", 2L));
        String file = bench.file("t.jsonl", Json.text(first), Json.text(second));
        Ran.of("import", "--", bench.url(), name, file).done();
        assertThat(Ran.of("export", "--", bench.url(), name).done().objects()).containsExactly(first, second);
        String path = Path.of(name).toString();
        List<String> conditions =
                List.of(path + " = 'x''y\"z'", Path.of("inside", name) + " = 'in'", path + " is not null");
        for (String where : conditions) {
            assertThat(Ran.of(
                                    "query",
                                    "--json",
                                    "--fields=" + path,
                                    "--order=-" + path,
                                    "--where=" + where,
                                    "--",
                                    bench.url(),
                                    name)
                            .done()
                            .objects())
                    .containsExactly(Map.of(name, "x'y\"z"));
        }
        assertThat(Ran.of("inspect", "--json", "--", bench.url(), name)
                        .done()
                        .objects()
                        .getFirst())
                .containsEntry("kind", name);
        Ran.of("inspect", bench.url()).done();
        Ran.of("query", "--", bench.url(), name).done();
        String csv = bench.path("t.csv").toString();
        assertThat(Ran.of("export", "--", bench.url(), name, csv).code()).isEqualTo(4);
        bench.file("u.csv", "id,\"" + name.replace("\"", "\"\"") + "\"", "1,x");
        Ran.of("import", "--", bench.url(), "csv", bench.path("u.csv").toString())
                .done();
        Ran.of("export", "--", bench.url(), "csv", csv).done();
        assertThat(Ran.of("export", bench.url(), "csv").done().objects())
                .containsExactly(new LinkedHashMap<>(Map.of("id", 1L, name, "x")));
    }
}
