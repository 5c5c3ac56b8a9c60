package dev.keepsake.examples.mflix;

import static dev.keepsake.Keepsake.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Ref;
import dev.keepsake.contract.Servers;
import dev.keepsake.examples.Place;
import dev.keepsake.fault.Invalid;
import dev.keepsake.fault.Violation;
import dev.keepsake.json.Json;
import dev.keepsake.query.Request;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.value.ObjectId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A part of MongoDB's sample_mflix as classes, on each store: the answers are those that somebody else computed. */
@Tag("data")
@SuppressWarnings("unchecked") // the facts are of known types
class MflixDataTest {
    private static final List<Keepsake> STORES = new ArrayList<>();

    private static Map<String, Object> facts = Map.of();

    @BeforeAll
    static void load() throws IOException {
        facts = (Map<String, Object>) Json.parse(Files.readString(file("expected-facts.json")));
        List<Map<String, Object>> movies = records("movies");
        Set<Object> ids = movies.stream().map(movie -> movie.get("_id")).collect(Collectors.toSet());
        List<Comment> comments = records("comments").stream()
                .filter(comment -> ids.contains(comment.get("movie_id")))
                .map(MflixDataTest::comment)
                .toList();
        List<String> urls = new ArrayList<>();
        for (Place place : Place.values()) {
            urls.add(place.url());
        }
        if (Servers.hasMongodbTransactions()) {
            urls.add(Servers.mongodb().freshSpace());
        }
        for (String url : urls) {
            Keepsake keepsake = Keepsake.open(url, Mflix.CLASSES);
            STORES.add(keepsake);
            keepsake.createAll();
            keepsake.load(Movie.class, movies.stream().map(MflixDataTest::movie));
            keepsake.load(
                    User.class,
                    records("users").stream().map(user -> new User(text(user, "email"), text(user, "name"), null)));
            keepsake.load(Comment.class, comments.stream());
            keepsake.load(MovieDetails.class, records("movie_details").stream().map(MflixDataTest::details));
        }
    }

    @AfterAll
    static void close() {
        STORES.forEach(Keepsake::close);
    }

    static List<Keepsake> stores() {
        return STORES;
    }

    // ---- reading the files

    private static Path file(String name) {
        String folder = System.getProperty("keepsake.data", String.valueOf(System.getenv("KEEPSAKE_DATA")));
        Path file = Path.of(folder).resolve("mflix").resolve(name);
        assertThat(file).as("KEEPSAKE_DATA").exists();
        return file;
    }

    private static List<Map<String, Object>> records(String name) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file(name + ".jsonl.gz"))), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .map(line -> (Map<String, Object>) Json.parse(line))
                    .toList();
        }
    }

    private static String text(Map<String, Object> of, String name) {
        return (String) Objects.requireNonNull(of.get(name));
    }

    private static List<String> texts(Map<String, Object> of, String name) {
        return (List<String>) of.getOrDefault(name, List.of());
    }

    private static Movie movie(Map<String, Object> of) {
        Object rating = ((Map<String, Object>) Objects.requireNonNull(of.get("imdb"))).get("rating");
        return new Movie(
                (ObjectId) Objects.requireNonNull(of.get("_id")),
                text(of, "title"),
                ((Long) Objects.requireNonNull(of.get("year"))).intValue(),
                texts(of, "cast"),
                texts(of, "directors"),
                rating instanceof Number number ? number.doubleValue() : null); // one of them is the text ""
    }

    private static Comment comment(Map<String, Object> of) {
        return new Comment(
                (ObjectId) Objects.requireNonNull(of.get("_id")),
                Ref.of(User.class, text(of, "email")),
                Ref.of(Movie.class, Objects.requireNonNull(of.get("movie_id"))),
                text(of, "text"),
                (Instant) Objects.requireNonNull(of.get("date")));
    }

    private static MovieDetails details(Map<String, Object> of) {
        return new MovieDetails(
                (ObjectId) Objects.requireNonNull(of.get("_id")),
                text(of, "title"),
                ((Number) Objects.requireNonNull(of.get("year"))).doubleValue(),
                (@Nullable String) of.get("director"),
                texts(of, "actors"));
    }

    /** How many statements something is. */
    private static int statements(Keepsake keepsake, Runnable work) {
        List<Request> all = new ArrayList<>();
        try (Guarded.Listening listening = keepsake.store().listen(requested -> all.add(requested.request()))) {
            work.run();
        }
        return all.size();
    }

    // ---- the answers

    private static List<Object> yearsAndTitles(List<MovieDetails> movies) {
        return movies.stream()
                .map(movie -> (Object) List.of(movie.year(), movie.title()))
                .toList();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("stores")
    void listsOfMoviesAreInTheirOrder(Keepsake keepsake) {
        Map<String, Object> expected = (Map<String, Object>) facts.get("movie_details");
        Mflix mflix = new Mflix(keepsake);

        assertThat(mflix.titlesWith("Salma Hayek")).isEqualTo(expected.get("salma_hayek_titles"));
        assertThat(mflix.moviesWith("Fredric March")).isEqualTo(17);
        assertThat(yearsAndTitles(mflix.by("Sam Raimi").list())).isEqualTo(expected.get("sam_raimi_by_year"));
        assertThat(mflix.by("Sam Raimi").offset(5).list())
                .extracting(MovieDetails::title)
                .containsExactly("Oz the Great and Powerful");
        assertThat(yearsAndTitles(mflix.with("Tom Hanks"))).isEqualTo(expected.get("tom_hanks_by_year_title"));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("stores")
    void directorsAreUnwoundAndTheirAveragesComputed(Keepsake keepsake) {
        Mflix mflix = new Mflix(keepsake);

        List<Mflix.Directed> directed = mflix.directed();
        assertThat(directed)
                .hasSize(keepsake.query(Movie.class).list().stream()
                        .mapToInt(movie -> movie.directors().size())
                        .sum());
        assertThat(directed.stream().map(Mflix.Directed::director).distinct())
                .hasSize(((Long) Objects.requireNonNull(facts.get("directors_distinct"))).intValue());

        List<List<Object>> best =
                (List<List<Object>>) Objects.requireNonNull(facts.get("director_avg_imdb_rating_top10"));
        List<Mflix.Average> found = mflix.bestDirectors(best.size());
        assertThat(found)
                .extracting(Mflix.Average::director)
                .containsExactlyElementsOf(
                        best.stream().map(each -> (String) each.getFirst()).toList());
        for (int i = 0; i < best.size(); i++) {
            assertThat(found.get(i).rating())
                    .isCloseTo(((Number) best.get(i).getLast()).doubleValue(), Offset.offset(1e-12));
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("stores")
    void moviesComeWithTheirCommentsInOrder(Keepsake keepsake) {
        Mflix mflix = new Mflix(keepsake);
        List<Map<String, Object>> expected =
                (List<Map<String, Object>>) Objects.requireNonNull(facts.get("most_commented_in_subset"));
        List<Movie> found = new ArrayList<>();

        for (Map<String, Object> each : expected) {
            assertThat(statements(keepsake, () -> found.addAll(mflix.withComments(text(each, "title")))))
                    .isEqualTo(2);
        }

        assertThat(found)
                .filteredOn(movie -> movie.title().equals("Cinderella"))
                .flatExtracting(Movie::comments)
                .extracting(comment -> String.valueOf(comment.id()))
                .isEqualTo(expected.getFirst().get("comment_ids_date_desc"));
        assertThat(mflix.mostCommented(3))
                .containsExactlyElementsOf(expected.stream()
                        .map(each -> new Mflix.Talk(text(each, "title"), (Long) Objects.requireNonNull(each.get("n"))))
                        .toList());
        assertThat(mflix.withoutComments()).isEqualTo(1_000 - 308);
        Movie silent = keepsake.query(Movie.class)
                .where(field("comments.id").isNull())
                .fetch(Movie::comments)
                .orderBy("title")
                .first()
                .orElseThrow();
        assertThat(silent.comments()).isEmpty();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("stores")
    void commentsAreJoinedWithWhatTheyAreAboutByIdsOfOneType(Keepsake keepsake) {
        Mflix mflix = new Mflix(keepsake);
        List<Mflix.Said> said = new ArrayList<>();

        assertThat(statements(keepsake, () -> said.addAll(mflix.latest(20)))).isEqualTo(1);

        assertThat(said).hasSize(20).doesNotContainNull();
        Comment latest = keepsake.query(Comment.class)
                .fetch(Comment::movie, Comment::user)
                .orderBy("-date")
                .first()
                .orElseThrow();
        assertThat(said.getFirst())
                .isEqualTo(new Mflix.Said(
                        latest.user().get().name(), latest.movie().get().title(), latest.text()));

        ObjectId id = Objects.requireNonNull(
                keepsake.query(Movie.class).where("title", "Cinderella").one().id());
        assertThat(keepsake.query(Comment.class)
                        .where(field(Comment::movie).eq(id))
                        .count())
                .isEqualTo(153);
        assertThatThrownBy(() -> keepsake.query(Comment.class)
                        .where(field(Comment::movie).eq(id.toString()))
                        .count())
                .as("a text is no id of a movie")
                .isInstanceOf(Invalid.class);
        Comment dangling = new Comment(
                ObjectId.parse("5a9427648b0beebeb6950000"),
                latest.user(),
                Ref.of(Movie.class, ObjectId.parse("5a9427648b0beebeb6950001")),
                "",
                Instant.EPOCH);
        boolean isRefused = keepsake.store().features().references() == Features.Enforcement.ENFORCED;
        assertThat(catchThrowable(() -> keepsake.useTransaction(session -> session.add(dangling))) instanceof Violation)
                .as("of a movie that is not there")
                .isEqualTo(isRefused);
    }
}
