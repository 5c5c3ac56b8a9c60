package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Chinook music shop: eleven tables that refer to each other. */
@On("sqlite")
@Tag("data")
@SuppressWarnings("unchecked") // the facts are of known types
class ChinookDataTest {
    @Test
    void inspectTellsTablesColumnsKeysReferencesAndIndexes(@TempDir Path folder) throws IOException {
        String url = "sqlite:" + Data.unpacked("chinook/Chinook_Sqlite.sqlite.gz", folder);
        Map<String, Object> facts = Data.facts("chinook");
        List<Map<String, Object>> kinds =
                Ran.of("inspect", url, "--json").done().objects();
        assertThat(kinds).hasSize(11);
        TreeSet<String> indexes = new TreeSet<>();
        for (Map<String, Object> kind : kinds) {
            String name = (String) kind.get("kind");
            assertThat(kind.get("count")).isEqualTo(((Map<String, Object>) facts.get("row_counts")).get(name));
            columns(kind, ((Map<String, List<List<Object>>>) facts.get("columns")).get(name));
            references(kind, ((Map<String, List<List<Object>>>) facts.get("foreign_keys")).get(name));
            ((List<Map<String, Object>>) kind.get("indexes")).forEach(index -> indexes.add((String) index.get("name")));
        }
        assertThat(indexes).containsAll((List<String>) facts.get("indexes"));
        BigDecimal sum = Ran.of("query", url, "Invoice", "--fields", "Total", "--json").done().objects().stream()
                .map(invoice -> new BigDecimal(invoice.get("Total").toString()))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(sum).isEqualByComparingTo(facts.get("invoice_total_sum").toString());
        assertThat(Ran.of("query", url, "Track", "--where", "Composer is null", "--count")
                        .done()
                        .out()
                        .strip())
                .isEqualTo(facts.get("tracks_without_composer").toString());
    }

    /** Name, native type, required, and the place in the key or 0. */
    private static void columns(Map<String, Object> kind, List<List<Object>> expected) {
        List<String> names = new ArrayList<>();
        Map<Long, String> key = new TreeMap<>();
        expected.forEach(column -> {
            names.add(column.get(0) + " " + column.get(1) + " " + column.get(2));
            if ((Long) column.get(3) > 0) {
                key.put((Long) column.get(3), (String) column.get(0));
            }
        });
        assertThat(((List<Map<String, Object>>) kind.get("fields"))
                        .stream()
                                .map(field ->
                                        field.get("name") + " " + field.get("native") + " " + field.get("required"))
                                .toList())
                .isEqualTo(names);
        assertThat(kind.get("id")).isEqualTo(List.copyOf(key.values()));
    }

    private static void references(Map<String, Object> kind, List<List<Object>> expected) {
        assertThat(((List<Map<String, Object>>) kind.get("references"))
                        .stream()
                                .map(reference -> List.of(
                                        ((List<Object>) reference.get("fields")).getFirst(),
                                        reference.get("kind"),
                                        ((List<Object>) reference.get("targets")).getFirst()))
                                .toList())
                .containsExactlyInAnyOrderElementsOf(expected);
    }
}
