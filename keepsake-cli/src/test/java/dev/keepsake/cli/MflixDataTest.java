package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.Row;
import dev.keepsake.json.Json;
import dev.keepsake.value.Values;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A part of MongoDB's sample_mflix, kept in each store. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("unchecked") // the facts are of known types
abstract class MflixDataTest {
    private String url = "";
    private Map<String, Object> facts = Map.of();

    /** The URL of an empty place. */
    abstract String place(Path folder);

    @BeforeAll
    void load(@TempDir Path folder) throws IOException {
        url = place(folder);
        facts = Data.facts("mflix");
        for (String kind : ((Map<String, Object>) facts.get("counts")).keySet()) {
            Ran.of("import", url, kind, Data.file("mflix/" + kind + ".jsonl.gz").toString(), "--sample", "0")
                    .done();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"movies", "comments", "theaters", "users", "embedded_movies", "movie_details"})
    void whatIsExportedIsWhatWasImported(String kind) throws IOException {
        Map<Object, Map<String, Object>> expected = byId(Data.records("mflix/" + kind + ".jsonl.gz"));
        Map<Object, Map<String, Object>> actual =
                byId(Ran.of("export", url, kind).done().objects());
        assertThat((long) actual.size()).isEqualTo(((Map<String, Object>) facts.get("counts")).get(kind));
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((id, record) -> {
            Map<String, Object> left = new LinkedHashMap<>(record);
            left.values().removeIf(value -> value == null && !tellsNullFromAbsent());
            Map<String, Object> found = actual.get(id);
            assertThat(found.keySet()).as(id.toString()).isEqualTo(left.keySet());
            left.forEach((name, value) -> assertThat(
                            Values.same(value, found.get(name)) || bothNumbers(value, found.get(name)))
                    .as("%s of %s: %s, %s", name, id, value, found.get(name))
                    .isTrue());
        });
    }

    /** Whether what was null is null afterwards, and not absent. */
    boolean tellsNullFromAbsent() {
        return false;
    }

    /** A column of whole numbers and doubles is a column of doubles. */
    private static boolean bothNumbers(Object a, Object b) {
        return a instanceof Long && b instanceof Double && Values.equal(a, b);
    }

    private static Map<Object, Map<String, Object>> byId(List<Map<String, Object>> records) {
        return records.stream().collect(Collectors.toMap(record -> record.get("_id"), Function.identity()));
    }

    private List<Object> yearAndTitle(String where, String order) {
        return Ran.of(
                        "query",
                        url,
                        "movie_details",
                        "--where",
                        where,
                        "--order",
                        order,
                        "--fields",
                        "year,title",
                        "--json")
                .done()
                .objects()
                .stream()
                .map(movie -> (Object) List.of(((Number) movie.get("year")).doubleValue(), movie.get("title")))
                .toList();
    }

    @Test
    @Row({"S4-22", "S4-28", "S4-29", "S4-30"})
    void theListsOfTheSeedsAreTheExpectedOnes() {
        Map<String, Object> expected = (Map<String, Object>) facts.get("movie_details");
        assertThat(yearAndTitle("director = 'Sam Raimi'", "year")).isEqualTo(expected.get("sam_raimi_by_year"));
        assertThat(yearAndTitle("actors has 'Tom Hanks'", "year,title"))
                .isEqualTo(expected.get("tom_hanks_by_year_title"));
        assertThat(Ran.of(
                                "query",
                                url,
                                "movie_details",
                                "--where",
                                "actors has 'Salma Hayek'",
                                "--order",
                                "title",
                                "--fields",
                                "title",
                                "--json")
                        .done()
                        .objects()
                        .stream()
                        .map(movie -> movie.get("title"))
                        .toList())
                .isEqualTo(expected.get("salma_hayek_titles"));
        assertThat(Ran.of(
                                "query",
                                url,
                                "movie_details",
                                "--where",
                                "director = 'Sam Raimi'",
                                "--order",
                                "year",
                                "--offset",
                                "5",
                                "--fields",
                                "title",
                                "--json")
                        .done()
                        .out())
                .isEqualTo("{\"title\":\"Oz the Great and Powerful\"}\n");
        assertThat(Ran.of("query", url, "movies", "--where", "cast has 'Fredric March'", "--count")
                        .done()
                        .out())
                .isEqualTo("17\n");
    }

    @Test
    void conditionsOnNestedValuesFindWhatTheTestCounts() throws IOException {
        List<Map<String, Object>> movies = Data.records("mflix/movies.jsonl.gz");
        long good = movies.stream()
                .filter(movie -> ((Map<String, Object>) movie.get("imdb")).get("rating") instanceof Number rating
                        && rating.doubleValue() >= 8)
                .count();
        assertThat(Ran.of("query", url, "movies", "--where", "imdb.rating >= 8", "--count")
                        .done()
                        .out())
                .isEqualTo(good + "\n");
        assertThat(Ran.of("query", url, "movies", "--where", "imdb.rating = ''", "--fields", "_id", "--json")
                        .done()
                        .out())
                .isEqualTo("{\"_id\":\"573a1393f29313caabcddbed\"}\n");
        Map<String, Object> presence = (Map<String, Object>) facts.get("field_presence");
        presence.forEach((field, count) -> {
            long nulls = movies.stream()
                    .filter(movie -> movie.containsKey(field) && movie.get(field) == null)
                    .count();
            assertThat(Ran.of("query", url, "movies", "--where", field + " is not null", "--count")
                            .done()
                            .out()
                            .strip())
                    .as(field)
                    .isEqualTo(Json.plain((Long) count - nulls));
        });
    }
}
