package dev.keepsake.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.json.Json;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Aggregation.Function;
import dev.keepsake.query.Aggregation.Measure;
import dev.keepsake.query.Change;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Explanation;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.RequestListener;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Queries: the releases of packages and a handful of movies, as the source documents ask for them. */
public abstract class QuerySuite extends WriteSuite {
    private static final Kind RELEASES = Kind.named("releases")
            .required("id", Type.INTEGER)
            .id("id")
            .field("package_id", Type.TEXT)
            .field("major_ver", Type.INTEGER)
            .field("minor_ver", Type.INTEGER)
            .field("build_ver", Type.INTEGER)
            .field("created_date", Type.dateTime(3))
            .field("comment", Type.TEXT)
            .field("size", Type.INTEGER)
            .index(Index.of("releases_by_package", "package_id"))
            .index(Index.of("releases_by_version", "-major_ver", "-minor_ver", "-build_ver"))
            .build();

    private static final Kind MOVIES = Kind.named("movies")
            .required("_id", Type.INTEGER)
            .id("_id")
            .field("title", Type.TEXT)
            .field("year", Type.DOUBLE)
            .field("director", Type.TEXT)
            .field("actors", Type.list(Type.TEXT))
            .field("imdb", Type.ANY)
            .build();

    private static final Kind BOOKS = Kind.named("books")
            .required("_id", Type.INTEGER)
            .id("_id")
            .field("isbn", Type.TEXT)
            .field("name", Type.TEXT)
            .field("price", Type.ANY)
            .field("meta", Type.ANY)
            .build();

    /** For suites. */
    protected QuerySuite() {}

    // ---- releases

    private void insertReleases() {
        create(RELEASES);
        insert(
                RELEASES,
                release(1, "boto", 2, 47, 0, "2017-05-22T19:22:02.123"),
                release(2, "boto", 2, 48, 0, "2017-07-06T21:31:49.001"),
                release(3, "gevent", 1, 3, 1, "2018-05-18T15:05:12.000"),
                release(4, "gevent", 1, 3, 2, "2018-05-29T18:20:45.000"),
                release(5, "boto", 2, 46, 1, "2017-02-22T00:00:00.000"),
                release(6, "boto", 2, 46, 1, "2017-02-21T00:00:00.000"));
    }

    private static State release(long id, String of, long major, long minor, long build, String created) {
        return state(
                RELEASES,
                "id",
                id,
                "package_id",
                of,
                "major_ver",
                major,
                "minor_ver",
                minor,
                "build_ver",
                build,
                "created_date",
                LocalDateTime.parse(created),
                "comment",
                id == 1 ? null : "",
                "size",
                1_000_000_000L + id);
    }

    private static Selection history(String of) {
        return Selection.of(RELEASES)
                .where(Term.of("package_id").eq(of))
                .orderBy(Order.parse("-major_ver"), Order.parse("-minor_ver"), Order.parse("-build_ver"));
    }

    @Test
    @Row({"S0-22", "S0-23", "S0-24", "S0-27"})
    void theHistoryOfAPackageIsNewestFirst() {
        insertReleases();

        assertThat(values("id", history("boto"))).as("ties by id").containsExactly(2L, 1L, 5L, 6L);
        assertThat(values("minor_ver", history("gevent").limit(1))).containsExactly(3L);
        assertThat(values("build_ver", history("gevent").limit(1))).containsExactly(2L);
        assertThat(find(history("unknown"))).isEmpty();
        assertThat(find(history("boto").limit(1)).getFirst().get("created_date"))
                .isEqualTo(LocalDateTime.parse("2017-07-06T21:31:49.001"));
    }

    @Test
    @Row({"S0-25", "S0-26", "S1-116"})
    void anIndexAnswersTheConditionAndTheOrder() {
        Selection byPackage = Selection.of(RELEASES).where(Term.of("package_id").eq("boto"));
        Selection byVersion = Selection.of(RELEASES)
                .orderBy(Order.parse("-major_ver"), Order.parse("-minor_ver"), Order.parse("-build_ver"))
                .limit(5);
        if (features().plans() == Features.Plans.NONE) {
            insertReleases();
            refused(Problem.FEATURE_MISSING, () -> store.explain(byPackage));
            return;
        }
        insertManyReleases();

        assertThat(store.explain(byPackage).indexes()).containsExactly("releases_by_package");
        Explanation sorted = store.explain(byVersion);
        assertThat(sorted.indexes()).as(sorted.text()).containsExactly("releases_by_version");
        assertThat(store.explain(Selection.of(RELEASES).orderBy(Term.of("size").desc()))
                        .sorts())
                .isTrue();
    }

    /** So many that no database would rather read them all. */
    private void insertManyReleases() {
        create(RELEASES);
        List<State> releases = new ArrayList<>();
        for (long id = 1; id <= 3_000; id++) {
            releases.add(release(id, "package" + id % 500, id % 7, id % 11, id % 300, "2018-05-31T01:44:52.000"));
        }
        insert(RELEASES, (commitsMany() ? releases : releases.subList(0, 50)).toArray(State[]::new));
    }

    @Test
    @Row({"S0-17", "S0-19"})
    void fiveThousandFourHundredReleasesKeepTheirTypesAndSums() {
        create(RELEASES);
        List<State> releases = new ArrayList<>();
        for (long id = 1; id <= 5_400; id++) {
            releases.add(release(id, "package" + id % 96, id % 7, id % 11, id % 3, "2018-05-31T01:44:52.000"));
        }
        if (!commitsMany()) {
            refused(
                    Problem.COMMIT_SPANS_OBJECTS,
                    () -> store.write(transaction -> transaction.write(Changeset.inserts(RELEASES, releases))));
            insert(RELEASES, releases.subList(0, 50).toArray(State[]::new));
            assertThat(count(RELEASES)).isEqualTo(50);
            return;
        }
        store.write(transaction -> transaction.write(Changeset.inserts(RELEASES, releases)));

        assertThat(count(RELEASES)).isEqualTo(5_400);
        List<State> figures = figures(Aggregation.of(
                RELEASES,
                new Measure("sum", Function.SUM, Path.of("size")),
                new Measure("first", Function.MIN, Path.of("created_date")),
                new Measure("mean", Function.AVG, Path.of("major_ver"))));
        if (!figures.isEmpty()) {
            long expected =
                    releases.stream().mapToLong(release -> release.longAt(7)).sum();
            assertThat(figures.getFirst().get("sum")).isEqualTo(expected);
            assertThat(figures.getFirst().get("first")).isEqualTo(LocalDateTime.parse("2018-05-31T01:44:52"));
            double mean = releases.stream()
                    .mapToLong(release -> release.longAt(2))
                    .average()
                    .orElseThrow();
            assertThat(figures.getFirst().doubleAt(2)).isCloseTo(mean, Offset.offset(1e-9));
        }
    }

    @Test
    void figuresAreComputedByGroup() {
        insertReleases();
        Aggregation byPackage = Aggregation.of(
                        RELEASES,
                        new Measure("releases", Function.COUNT, null),
                        new Measure("commented", Function.COUNT, Path.of("comment")),
                        new Measure("newest", Function.MAX, Path.of("created_date")))
                .by("package_id");

        List<State> all = figures(byPackage);
        List<State> some = figures(byPackage.having(Term.of("releases").gt(2L)));
        List<State> first = figures(byPackage.orderBy(Term.of("releases").asc()).limit(1));

        if (features().aggregates() == Features.Aggregates.NATIVE) {
            assertThat(all)
                    .extracting(State::toMap)
                    .containsExactly(
                            Map.of(
                                    "package_id",
                                    "boto",
                                    "releases",
                                    4L,
                                    "commented",
                                    3L,
                                    "newest",
                                    LocalDateTime.parse("2017-07-06T21:31:49.001")),
                            Map.of(
                                    "package_id",
                                    "gevent",
                                    "releases",
                                    2L,
                                    "commented",
                                    2L,
                                    "newest",
                                    LocalDateTime.parse("2018-05-29T18:20:45")));
            assertThat(some).extracting(state -> state.get("package_id")).containsExactly("boto");
            assertThat(first).extracting(state -> state.get("package_id")).containsExactly("gevent");
        }
    }

    @Test
    void figuresOfNothingAreNullAndSumsBeyondSixtyFourBitsAreRefused() {
        create(PEOPLE);
        Path count = Path.of("count");
        Aggregation sum = Aggregation.of(
                PEOPLE, new Measure("sum", Function.SUM, count), new Measure("n", Function.COUNT, count));
        List<State> nothing = figures(sum);
        if (features().aggregates() != Features.Aggregates.NATIVE) {
            return;
        }
        assertThat(nothing.getFirst().get("sum")).isNull();
        assertThat(nothing.getFirst().get("n")).isEqualTo(0L);
        insert(PEOPLE, person("a", Long.MAX_VALUE), person("b", 1));

        refused(Problem.SUM_OVERFLOW, () -> figures(sum));
    }

    @Test
    @Row("S0-20")
    void longTextOfManyLinesIsKeptToTheLastCharacter() {
        Kind documents = Kind.named("documents")
                .required("id", Type.INTEGER)
                .id("id")
                .generated(Generation.IDENTITY)
                .field("name", Type.TEXT)
                .build();
        create(documents);
        String text = "A long description,\r\n\twith tabs, \"quotes\", ümläuts and \uD83D\uDE80\n".repeat(5_000);

        insert(documents, state(documents, "name", text));

        String kept = (String) find(Selection.of(documents)).getFirst().get("name");
        assertThat(Values.digest(kept)).isEqualTo(Values.digest(text));
    }

    @Test
    @Row("S0-28")
    void theSameServiceRunsOnThisStore() {
        insertReleases();

        Map<String, Long> counts = new TreeMap<>();
        for (String of : List.of("boto", "gevent", "none")) {
            counts.put(of, count(RELEASES, Term.of("package_id").eq(of)));
        }

        assertThat(counts).isEqualTo(Map.of("boto", 4L, "gevent", 2L, "none", 0L));
    }

    @Test
    void pagesByOffsetAndPagesByKeyAreTheSame() {
        insertReleases();
        List<Order> order = List.of(Order.parse("comment"), Order.parse("-size"));
        Selection all = Selection.of(RELEASES).orderBy(order);
        List<Object> whole =
                List.copyOf(find(all).stream().map(state -> state.longAt(0)).toList());
        List<Object> byOffset = new ArrayList<>();
        for (long offset = 0; offset < 6; offset += 2) {
            find(all.limit(2).offset(offset)).forEach(state -> byOffset.add(state.longAt(0)));
        }
        List<Object> byKey = new ArrayList<>();
        List<State> page = find(all.limit(2));
        while (!page.isEmpty()) {
            page.forEach(state -> byKey.add(state.longAt(0)));
            page = find(all.limit(2).after(page.getLast()));
        }

        assertThat(byOffset).isEqualTo(whole);
        assertThat(byKey).isEqualTo(whole);
    }

    // ---- movies

    private void insertMovies() {
        create(MOVIES);
        insert(
                MOVIES,
                movie(1, "The Evil Dead", 1981, "Sam Raimi", "{\"rating\": 7.6, \"votes\": 126458}", "Bruce Campbell"),
                movie(2, "Spider-Man", 2002, "Sam Raimi", "{\"rating\": 7.3}", "Tobey Maguire", "Willem Dafoe"),
                movie(3, "Evil Dead II", 1987, "Sam Raimi", "{\"rating\": 7.8}", "Bruce Campbell"),
                movie(4, "Wild Wild West", 1999, "Barry Sonnenfeld", "{\"rating\": \"\"}", "Will Smith", "Salma Hayek"),
                movie(5, "Toy Story", 1995, "John Lasseter", "{}", "Tom Hanks", "Tim Allen"),
                state(MOVIES, "_id", 6L, "title", "A lost film"));
    }

    private static State movie(long id, String title, double year, String director, String imdb, String... actors) {
        return state(
                MOVIES,
                "_id",
                id,
                "title",
                title,
                "year",
                year,
                "director",
                director,
                "actors",
                List.of(actors),
                "imdb",
                Json.parse(imdb));
    }

    private List<Object> ids(Condition condition) {
        return List.copyOf(
                find(MOVIES, condition).stream().map(state -> state.longAt(0)).toList());
    }

    @Test
    @Row({"S4-20", "S4-23"})
    void whatMatchesIsCounted() {
        insertMovies();

        assertThat(count(MOVIES)).isEqualTo(6);
        assertThat(count(MOVIES, Term.of("director").eq("Sam Raimi"))).isEqualTo(3);
    }

    @Test
    @Row({"S4-21", "S4-40"})
    void aCursorIsReadOnce() {
        insertMovies();
        Selection byId = Selection.of(MOVIES).orderBy(Term.of("_id").asc());
        try (Transaction transaction = store.begin(TransactionOptions.READ)) {
            assertThat(transaction.find(byId).first()).isPresent();
            Cursor cursor = transaction.find(byId);
            int seen = 0;
            while (cursor.next()) {
                seen++;
            }
            assertThat(seen).isEqualTo(6);
            assertThat(cursor.next()).isFalse();
            assertThat(cursor.list()).isEmpty();
            try (var stream = transaction.find(byId).stream()) {
                assertThat(stream.limit(2).map(state -> state.longAt(0))).containsExactly(1L, 2L);
            }
        }
    }

    @Test
    void bytesAreOrderedByTheirContentOrNotAtAll() {
        Kind keys = Kind.named("keys")
                .required("id", Type.INTEGER)
                .id("id")
                .field("raw", Type.BYTES)
                .build();
        create(keys);
        Bytes one = Bytes.of(new byte[] {1, 2});
        Bytes two = Bytes.of(new byte[] {2});
        insert(keys, state(keys, "id", 1L, "raw", two), state(keys, "id", 2L, "raw", one));
        Selection sorted = Selection.of(keys).orderBy(Order.parse("raw"));

        assertThat(find(keys, Term.of("raw").eq(one))).hasSize(1);
        if (features().binaries() == Features.Binaries.ORDERED) {
            assertThat(values("raw", sorted)).containsExactly(one, two);
            assertThat(find(keys, Term.of("raw").lt(two))).hasSize(1);
            return;
        }
        refused(Problem.FEATURE_MISSING, () -> find(sorted));
        refused(Problem.FEATURE_MISSING, () -> find(keys, Term.of("raw").lt(two)));
        refused(
                Problem.FEATURE_MISSING,
                () -> find(keys, Term.of("raw").between(one, two).not()));
        refused(
                Problem.FEATURE_MISSING,
                () -> figures(Aggregation.of(keys, new Measure("least", Function.MIN, Path.of("raw")))));
        refused(
                Problem.FEATURE_MISSING,
                () -> write(Changeset.of(
                        new Changeset.DeleteWhere(keys, Term.of("raw").gt(one)))));
    }

    /** Names that the functions by which a store looks into lists may have for their own columns. */
    @Test
    void listsMayHaveAnyName() {
        List<String> names = List.of("json", "value", "type", "root", "path", "atom", "key", "parent", "fullkey");
        Kind.Builder kind = Kind.named("lists").required("id", Type.INTEGER).id("id");
        names.forEach(name -> kind.field(name, Type.list(Type.TEXT)));
        Kind lists = kind.build();
        create(lists);
        State state = state(lists, "id", 1L);
        for (String name : names) {
            state = state.with(name, List.of(name, "x"));
        }
        insert(lists, state);

        for (String name : names) {
            assertThat(find(lists, Term.of(name).has(name))).as(name).hasSize(1);
            assertThat(find(lists, Term.of(name).has("y"))).as(name).isEmpty();
        }
    }

    @Test
    @Row({"S4-22", "S4-33"})
    void aListHasAnElement() {
        insertMovies();

        assertThat(ids(Term.of("actors").has("Salma Hayek"))).containsExactly(4L);
        assertThat(ids(Term.of("actors").has("Bruce Campbell"))).containsExactly(1L, 3L);
        assertThat(ids(Term.of("actors").has("Salma Hayek").not())).containsExactly(1L, 2L, 3L, 5L, 6L);
        assertThat(ids(Term.of("title").eq("Toy Story"))).containsExactly(5L);
    }

    @Test
    @Row("S4-24")
    void documentsPrintAsJsonAndParseBack() {
        insertMovies();

        State movie = find(Selection.byId(MOVIES, 1L)).getFirst();

        assertThat(Json.parse(Json.text(movie.toMap()))).isEqualTo(movie.toMap());
    }

    @Test
    @Row({"S4-25", "S4-26"})
    void chosenFieldsComeWithTheIdOrWithout() {
        insertMovies();

        State chosen = find(Selection.byId(MOVIES, 1L).only("title")).getFirst();
        State bare = find(Selection.byId(MOVIES, 1L).exactly(List.of("title"))).getFirst();

        assertThat(chosen.toMap()).isEqualTo(Map.of("_id", 1L, "title", "The Evil Dead"));
        assertThat(bare.toMap()).isEqualTo(Map.of("title", "The Evil Dead"));
    }

    @Test
    @Row({"S4-27", "S4-28", "S4-29", "S4-30", "S4-31"})
    void sortingComesBeforeSkippingAndCutting() {
        insertMovies();
        Selection raimi = Selection.of(MOVIES).where(Term.of("director").eq("Sam Raimi"));

        assertThat(values("title", raimi.orderBy(Term.of("year").asc())))
                .containsExactly("The Evil Dead", "Evil Dead II", "Spider-Man");
        assertThat(values("title", raimi.orderBy(Term.of("year").asc()).offset(2)))
                .containsExactly("Spider-Man");
        assertThat(values("title", raimi.limit(1).orderBy(Term.of("year").desc())))
                .containsExactly("Spider-Man");
        assertThat(values("title", raimi.orderBy(Term.of("year").desc()).limit(1)))
                .containsExactly("Spider-Man");
        assertThat(values(
                        "_id",
                        Selection.of(MOVIES)
                                .orderBy(
                                        Term.of("director").asc(),
                                        Term.of("title").desc())))
                .as("nulls first")
                .containsExactly(6L, 4L, 5L, 1L, 2L, 3L);
    }

    @Test
    @Row("S4-32")
    void nestedFieldsKeepTheirOrder() {
        create(BOOKS);
        Object meta = Json.parse("{\"z\": 1, \"a\": {\"y\": 1, \"b\": 2}, \"m\": []}");
        insert(BOOKS, state(BOOKS, "_id", 1L, "meta", meta));

        Object kept = find(Selection.byId(BOOKS, 1L)).getFirst().get("meta");
        assertThat(kept).isEqualTo(meta);
        if (features().keys() == Features.Keys.ORDERED) {
            assertThat(Json.text(kept)).isEqualTo(Json.text(meta));
        }
    }

    private void insertBooks() {
        create(BOOKS);
        insert(
                BOOKS,
                book(1, "101", "Mastering MongoDB", "30", "{\"authors\": \"alex giamas\"}"),
                book(2, "102", "Mastering databases", "60", "{\"authors\": [\"alex\", \"john\"]}"),
                book(3, "103", "SQL", "\"50\"", "{\"authors\": null, \"edition\": {\"year\": 2019}}"),
                state(BOOKS, "_id", 4L, "isbn", "104"));
    }

    private static State book(long id, String isbn, String name, String price, String meta) {
        return state(
                BOOKS, "_id", id, "isbn", isbn, "name", name, "price", Json.parse(price), "meta", Json.parse(meta));
    }

    private List<Object> books(Condition condition) {
        return List.copyOf(
                find(BOOKS, condition).stream().map(state -> state.longAt(0)).toList());
    }

    @Test
    @Row("S4-34")
    void aNestedTextMatchesARegularExpressionOfEitherCase() {
        insertBooks();

        assertThat(books(Term.of("meta.authors").matchesIgnoreCase("aLEx"))).containsExactly(1L);
        assertThat(books(Term.of("meta.authors").matches("aLEx"))).isEmpty();
        assertThat(books(Term.of("meta.authors").matches("^alex g[a-z]+$"))).containsExactly(1L);
    }

    @Test
    @Row({"S4-35", "S4-39"})
    void aTextIsNoNumberAndAMissingFieldIsAbsent() {
        insertBooks();

        assertThat(books(Term.of("price").gt(40L))).containsExactly(2L);
        assertThat(books(Term.of("price").gt(40L).not())).containsExactly(1L, 3L, 4L);
        assertThat(books(Term.of("price").eq("50"))).containsExactly(3L);
        assertThat(books(Term.of("price").ne(60L))).containsExactly(1L, 3L, 4L);
        assertThat(books(Term.of("price").isNull())).containsExactly(4L);
        assertThat(books(Term.of("meta.authors").isNull())).containsExactly(3L, 4L);
        assertThat(books(Term.of("meta.edition.year").ge(2019L))).containsExactly(3L);
        assertThat(books(Term.of("meta.edition.year").lt(3000L).not())).containsExactly(1L, 2L, 4L);
    }

    @Test
    @Row({"S4-36", "S4-37", "S4-38"})
    void conditionsAreCombined() {
        insertBooks();
        Condition first = Term.of("isbn").eq("101");
        Condition second = Term.of("isbn").eq("102");

        assertThat(books(first.and(Term.of("price").eq(30L)))).containsExactly(1L);
        assertThat(books(first.and(Term.of("price").eq(31L)))).isEmpty();
        assertThat(books(first.or(second))).containsExactly(1L, 2L);
        assertThat(books(first.and(Term.of("name").startsWith("Mas"))
                        .or(second.and(Term.of("name").contains("data")))))
                .containsExactly(1L, 2L);
        assertThat(books(Condition.and())).hasSize(4);
        assertThat(books(Condition.or())).isEmpty();
        assertThat(books(first.or(second).not())).containsExactly(3L, 4L);
        assertThat(books(Term.of("isbn").in(List.of()))).isEmpty();
        assertThat(books(Term.of("isbn").in("101", "104").not())).containsExactly(2L, 3L);
        assertThat(books(Term.of("isbn").between("101", "102"))).containsExactly(1L, 2L);
    }

    @Test
    void aPathThroughAListMeansThatSomeElementSatisfies() {
        create(BOOKS);
        insert(
                BOOKS,
                book(1, "1", "a", "1", "{\"files\": [{\"size\": 1}, {\"size\": 5}]}"),
                book(2, "2", "b", "1", "{\"files\": [{\"size\": 1}, {\"name\": \"x\"}]}"),
                book(3, "3", "c", "1", "{\"files\": {\"size\": 9}}"),
                book(4, "4", "d", "1", "{\"files\": []}"));

        assertThat(books(Term.of("meta.files.size").gt(3L))).containsExactly(1L, 3L);
        assertThat(books(Term.of("meta.files.size").gt(3L).not())).containsExactly(2L, 4L);
        assertThat(books(Term.of("meta.files.name").isNull())).containsExactly(1L, 3L, 4L);
        assertThat(books(Term.of("meta.files.name").eq("x"))).containsExactly(2L);
    }

    @Test
    void textIsMatchedByCaseUnlessSaidOtherwise() {
        create(PEOPLE);
        insert(PEOPLE, person("Bob", 1), person("bob", 2), person("B_b%", 3), person("Boob*[?]", 4), person("ÄB", 5));

        assertThat(people(Term.of("name").like("B_b"))).containsExactly("Bob");
        assertThat(people(Term.of("name").likeIgnoreCase("B_b"))).containsExactly("Bob", "bob");
        assertThat(people(Term.of("name").like("B\\_b\\%"))).containsExactly("B_b%");
        assertThat(people(Term.of("name").like("%*[?]"))).containsExactly("Boob*[?]");
        assertThat(people(Term.of("name").startsWith("Bo"))).containsExactly("Bob", "Boob*[?]");
        assertThat(people(Term.of("name").startsWithIgnoreCase("bo"))).containsExactly("Bob", "bob", "Boob*[?]");
        assertThat(people(Term.of("name").contains("b%"))).containsExactly("B_b%");
        assertThat(people(Term.of("name").containsIgnoreCase("ob"))).containsExactly("Bob", "bob", "Boob*[?]");
        assertThat(people(Term.of("name").likeIgnoreCase("äb")))
                .as("only A to Z are folded")
                .isEmpty();
        assertThat(people(Term.of("name").like("__")))
                .as("a character is a code point")
                .containsExactly("ÄB");
        assertThat(people(Term.of("name").eq("BOB"))).isEmpty();
    }

    private List<Object> people(Condition condition) {
        List<Object> names = new ArrayList<>();
        find(PEOPLE, condition).forEach(state -> names.add(String.valueOf(state.get("name"))));
        return names;
    }

    @Test
    void textIsOrderedByCodePoint() {
        create(PEOPLE);
        insert(
                PEOPLE,
                person("b", 1),
                person("B", 2),
                person("", 3),
                person("\uFFFD", 4),
                person("\uD83D\uDE80", 5),
                state(PEOPLE, "name", null, "count", 6L),
                person("a", 7),
                person("ab", 8));

        assertThat(values("count", Selection.of(PEOPLE).orderBy(Term.of("name").asc())))
                .containsExactly(6L, 3L, 2L, 7L, 8L, 1L, 4L, 5L);
        assertThat(values("count", Selection.of(PEOPLE).orderBy(Term.of("name").desc())))
                .containsExactly(5L, 4L, 1L, 8L, 7L, 2L, 3L, 6L);
    }

    @Test
    void mistakesInAQueryAreSaidBeforeItRuns() {
        insertPeople();

        Fault field = refused(
                Problem.UNKNOWN_FIELD,
                () -> Selection.of(PEOPLE).where(Term.of("nam").eq("x")));
        assertThat(field.hint()).contains("did you mean name?");
        refused(
                Problem.TYPE_MISMATCH,
                () -> Selection.of(PEOPLE).where(Term.of("count").eq("1")));
        refused(
                Problem.TYPE_MISMATCH,
                () -> Selection.of(PEOPLE).where(Term.of("count").like("1%")));
        refused(
                Problem.UNKNOWN_FIELD,
                () -> Selection.of(PEOPLE).where(Term.of("name.first").eq("x")));
        refused(Problem.REQUEST_INVALID, () -> Term.of("name").eq(nothing()));
        refused(Problem.REQUEST_INVALID, () -> Selection.of(PEOPLE).limit(-1));
        refused(Problem.UNKNOWN_FIELD, () -> Selection.of(PEOPLE).orderBy(Order.parse("-cuont")));
        refused(Problem.MALFORMED_CONDITION, () -> Term.of("name").matches("a(?i)b"));
        refused(
                Problem.REQUEST_INVALID,
                () -> new Changeset.UpdateWhere(PEOPLE, Condition.all(), List.of(new Change.Set(Path.of("id"), 1L))));
    }

    @SuppressWarnings("NullAway")
    private static Object nothing() {
        return null;
    }

    @Test
    void whatIsLockedIsNotWrittenByOthersUnnoticed() {
        insertPeople();
        Selection locked = Selection.byId(PEOPLE, 1L).lock(Selection.Lock.UPDATE);
        try (Transaction transaction = store.begin()) {
            if (features().locks() == Features.Locks.NONE) {
                refused(Problem.FEATURE_MISSING, () -> transaction.find(locked));
                return;
            }
            refused(Problem.REQUEST_INVALID, () -> store.read(reader -> reader.find(locked)));
            assertThat(transaction.find(locked).list()).hasSize(1);
            Fault theirs = elsewhere(Changeset.of(new Changeset.UpdateWhere(
                    PEOPLE, Term.of("id").eq(1L), List.of(new Change.Set(Path.of("count"), 7L)))));
            Fault mine = faultOf(transaction::commit);
            assertThat(theirs != null || mine != null)
                    .as("one of both was told")
                    .isTrue();
        }
    }

    @Test
    void aScanIsRefusedWithTheIndexToDeclareOrRunsWithALimit() {
        insertPeople();
        Selection scan = Selection.of(PEOPLE).where(Term.of("count").gt(5L));
        if (features().scans() == Features.Scans.FREE) {
            assertThat(store.<Integer>read(
                            transaction -> transaction.find(scan).list().size()))
                    .isEqualTo(2);
            return;
        }
        Fault fault = refused(
                Problem.SCAN_REFUSED,
                () -> store.read(transaction -> transaction.find(scan).list()));
        assertThat(fault.hint()).get().asString().contains("index on count");
        refused(
                Problem.SCAN_REFUSED,
                () -> store.read(
                        transaction -> transaction.find(scan.scanning(2)).list()));
        List<Long> scanned = new ArrayList<>();
        try (Guarded.Listening listening = store.listen(new RequestListener() {
            @Override
            public void requested(Requested requested) {}

            @Override
            public void scanned(Selection selection, long read) {
                scanned.add(read);
            }
        })) {
            assertThat(store.<Integer>read(transaction ->
                            transaction.find(scan.scanning(3)).list().size()))
                    .isEqualTo(2);
        }
        assertThat(scanned).as("how many it read").containsExactly(3L);
    }

    @Test
    void writesThatWaitForCommitAreSeenByTheirOwnQueries() {
        insertPeople();
        try (Transaction transaction = store.begin()) {
            transaction.write(Changeset.inserts(PEOPLE, List.of(person("Carl", 12))));
            transaction.write(Changeset.of(
                    new Changeset.DeleteWhere(PEOPLE, Term.of("name").eq("Bob"))));
            transaction.write(Changeset.of(new Changeset.UpdateWhere(
                    PEOPLE, Term.of("name").eq("Joe"), List.of(new Change.Set(Path.of("count"), 99L)))));
            Selection byName = Selection.of(PEOPLE).orderBy(Term.of("name").asc());
            assertThat(transaction.find(byName).list(state -> String.valueOf(state.get("name"))))
                    .containsExactly("Carl", "Jill", "Joe");
            assertThat(transaction.find(byName.offset(1).limit(1)).list(state -> String.valueOf(state.get("name"))))
                    .containsExactly("Jill");
            assertThat(transaction
                            .find(Selection.of(PEOPLE)
                                    .where(Term.of("name").eq("Joe"))
                                    .only("count"))
                            .list(state -> state.longAt(1)))
                    .containsExactly(99L);
            Aggregation counting = Aggregation.count(PEOPLE, Condition.all());
            if (features().writes() == Features.Writes.BUFFERED) {
                refused(Problem.PENDING_WRITES, () -> transaction.aggregate(counting));
            } else {
                assertThat(transaction.aggregate(counting).list().getFirst().longAt(0))
                        .isEqualTo(3);
            }
        }
    }
}
