package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Chinook music shop as its own script makes it on PostgreSQL, where its names are written in another way. */
@On("postgresql")
@Tag("data")
@SuppressWarnings("unchecked") // the facts are of known types
class ChinookPostgresqlDataTest {
    @TempDir
    private static Path folder;

    private static String url = "";
    private static Map<String, Object> facts = Map.of();

    @BeforeAll
    static void load() throws IOException, SQLException {
        facts = Data.facts("chinook");
        String script = Files.readString(Data.unpacked("chinook/Chinook_PostgreSql.sql.gz", folder));
        String behindTheDatabase = script.substring(script.indexOf("\\c chinook;") + "\\c chinook;".length());
        url = Servers.postgresql().newDatabase();
        try (Connection connection = Servers.postgresql().connect(url);
                Statement statement = connection.createStatement()) {
            statement.execute(behindTheDatabase);
        }
    }

    @AfterAll
    static void drop() {
        Servers.postgresql().drop(url);
    }

    /** {@code InvoiceLine} as {@code invoice_line}. */
    private static String stored(Object name) {
        return name.toString().replaceAll("(?<=.)(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    @Test
    void inspectTellsTablesColumnsKeysReferencesAndIndexes() {
        Map<String, Map<String, Object>> kinds = new TreeMap<>();
        Ran.of("inspect", url, "--json").done().objects().forEach(kind -> kinds.put((String) kind.get("kind"), kind));
        assertThat(kinds).hasSize(11);
        ((Map<String, Object>) facts.get("row_counts")).forEach((name, count) -> {
            Map<String, Object> kind = kinds.get(stored(name));
            assertThat(kind).as(name).containsEntry("count", count);
            List<List<Object>> columns = ((Map<String, List<List<Object>>>) facts.get("columns")).get(name);
            assertThat(((List<Map<String, Object>>) kind.get("fields"))
                            .stream()
                                    .map(field -> List.of(field.get("name"), field.get("required")))
                                    .toList())
                    .isEqualTo(columns.stream()
                            .map(column -> List.of(stored(column.get(0)), column.get(2)))
                            .toList());
            assertThat(new TreeSet<>((List<String>) kind.get("id")))
                    .isEqualTo(new TreeSet<>(columns.stream()
                            .filter(column -> (Long) column.get(3) > 0)
                            .map(column -> stored(column.getFirst()))
                            .toList()));
            List<List<Object>> references = ((Map<String, List<List<Object>>>) facts.get("foreign_keys")).get(name);
            assertThat(((List<Map<String, Object>>) kind.get("references"))
                            .stream()
                                    .map(reference -> List.of(
                                            ((List<Object>) reference.get("fields")).getFirst(),
                                            reference.get("kind"),
                                            ((List<Object>) reference.get("targets")).getFirst()))
                                    .toList())
                    .containsExactlyInAnyOrderElementsOf(references.stream()
                            .map(reference -> List.<Object>of(
                                    stored(reference.get(0)), stored(reference.get(1)), stored(reference.get(2))))
                            .toList());
        });
        String text = Ran.of("inspect", url).done().out();
        assertThat(text)
                .contains(
                        "track: 3503 objects",
                        "decimal(10,2)",
                        "numeric(10,2)",
                        "timestamp without time zone",
                        "reference  album_id -> album(album_id)")
                .endsWith("11 kinds\n");
    }

    @Test
    void queriesHaveTheExpectedAnswers() {
        BigDecimal sum = Ran.of("query", url, "invoice", "--fields", "total", "--json").done().objects().stream()
                .map(invoice -> new BigDecimal(invoice.get("total").toString()))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(sum).isEqualByComparingTo(facts.get("invoice_total_sum").toString());
        assertThat(Ran.of("query", url, "track", "--where", "composer is null", "--count")
                        .done()
                        .out()
                        .strip())
                .isEqualTo(facts.get("tracks_without_composer").toString());
        assertThat(Ran.of("query", url, "album", "--where", "artist_id.name = 'Iron Maiden'", "--count")
                        .done()
                        .out())
                .isEqualTo("21\n");
        assertThat(Ran.of(
                                "query",
                                url,
                                "customer",
                                "--where",
                                "last_name startsWith 'Köh'",
                                "--fields",
                                "last_name",
                                "--json")
                        .done()
                        .out())
                .isEqualTo("{\"last_name\":\"Köhler\"}\n");
        assertThat(Ran.of("query", url, "track", "--where", "album_id = 1", "--sql")
                        .done()
                        .out())
                .contains("FROM track WHERE album_id = ");
        Ran.of("query", url, "trak", "--count")
                .fails(2, "there is no kind trak")
                .tells("hint", "did you mean track?");
    }

    @Test
    void whatIsExportedIsImportedAndExportedAgainTheSame() {
        String copy = Servers.postgresql().freshSpace();
        for (String kind : List.of("artist", "invoice", "track", "playlist_track")) {
            for (String form : List.of(".jsonl.gz", ".csv")) {
                String file = folder.resolve(kind + form).toString();
                Ran.of("export", url, kind, file).done();
                String id = kind.equals("playlist_track") ? "playlist_id,track_id" : kind + "_id";
                String there = kind + (form.equals(".csv") ? "_csv" : "");
                Ran.of("import", copy, there, file, "--id", id, "--sample", "0").done();
                assertThat(Ran.of("query", copy, there, "--count").done().out())
                        .isEqualTo(Ran.of("query", url, kind, "--count").done().out());
            }
            assertThat(Ran.of("export", copy, kind).done().objects())
                    .containsExactlyInAnyOrderElementsOf(
                            Ran.of("export", url, kind).done().objects());
        }
        Servers.postgresql().drop(copy);
    }
}
