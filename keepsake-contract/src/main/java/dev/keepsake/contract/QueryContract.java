package dev.keepsake.contract;

import static dev.keepsake.Keepsake.asc;
import static dev.keepsake.Keepsake.desc;
import static dev.keepsake.Keepsake.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.Ref;
import dev.keepsake.contract.Library.Author;
import dev.keepsake.contract.Library.Book;
import dev.keepsake.contract.Library.Genre;
import dev.keepsake.contract.Library.Print;
import dev.keepsake.contract.Monsters.Node;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.NotFound;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Figure;
import dev.keepsake.query.Request;
import dev.keepsake.query.Rows;
import dev.keepsake.session.Query;
import dev.keepsake.session.RowQuery;
import dev.keepsake.session.Session;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Queries over classes on a store: what they find, what they cost in requests, and what they say when they make no sense. */
public abstract class QueryContract extends UnitOfWorkContract {
    /** For suites. */
    protected QueryContract() {}

    /** Authors and books on the store of the test. */
    private Keepsake library() {
        Keepsake keepsake = Keepsake.on(store, Codecs.of(Library.ALL));
        keepsake.createAll();
        Library.fill(keepsake, commitsMany());
        return keepsake;
    }

    private static Query<Book> books(Keepsake keepsake) {
        return scan(keepsake.query(Book.class));
    }

    private static Query<Author> authors(Keepsake keepsake) {
        return scan(keepsake.query(Author.class));
    }

    private static List<String> ids(Query<Book> query) {
        return query.orderBy("id").list().stream().map(Book::id).toList();
    }

    private static List<String> ids(Keepsake keepsake, Condition condition) {
        return ids(books(keepsake).where(condition));
    }

    private static List<String> authorIds(Query<Author> query) {
        return query.list().stream()
                .map(author -> Objects.requireNonNull(author.id))
                .toList();
    }

    /** What a request across kinds gives; null where the store is asserted to refuse it. */
    private <R> @Nullable R across(Supplier<R> query) {
        if (features().joins() == Features.Joins.NATIVE) {
            return query.get();
        }
        refused(Problem.FEATURE_MISSING, query::get);
        return null;
    }

    /** What figures there are; null where the store is asserted to refuse them. */
    private <R> @Nullable R figures(Supplier<R> query) {
        if (features().aggregates() == Features.Aggregates.NATIVE) {
            return query.get();
        }
        refused(Problem.FEATURE_MISSING, query::get);
        return null;
    }

    /** Asserts that something is refused that would have to read through all objects, where the store does not do that. */
    private boolean scansFreely(ThrowingCallable what) {
        if (features().scans() == Features.Scans.FREE) {
            return true;
        }
        refused(Problem.SCAN_REFUSED, what);
        return false;
    }

    // ---- conditions

    @Test
    @Row({"S4-33", "S4-34", "S4-35", "S4-36", "S4-37", "S4-38", "MP-100", "MP-101", "MP-102", "N-06"})
    void conditionsNameMembersByAccessorOrTextAndTakeJavaValues() {
        Keepsake keepsake = library();

        assertThat(ids(keepsake, field(Book::pages).gt(300))).containsExactly("orlando", "waves");
        assertThat(ids(keepsake, field("pages").le(174).and(field(Book::genre).eq(Genre.STORIES))))
                .containsExactly("aleph", "ficciones");
        assertThat(ids(keepsake, field(Book::price).between(new BigDecimal("8.00"), 11)))
                .containsExactly("aleph", "orlando", "waves");
        assertThat(ids(keepsake, field(Book::published).lt(LocalDate.of(1930, 1, 1))))
                .containsExactly("orlando");
        assertThat(ids(keepsake, field(Book::id).in("waves", "aleph", "none"))).containsExactly("aleph", "waves");
        assertThat(ids(
                        keepsake,
                        field(Book::id).startsWith("a").or(field(Book::id).contains("ari"))))
                .containsExactly("aleph", "anonymous", "solaris");
        assertThat(ids(keepsake, field(Book::subjects).has("sea"))).containsExactly("solaris", "waves");
        assertThat(ids(keepsake, field("print.year").gt(1930))).containsExactly("aleph", "ficciones");
        assertThat(ids(books(keepsake).where(Book::genre, Genre.NOVEL).where("pages", 333)))
                .containsExactly("orlando");
        assertThat(ids(books(keepsake).where(Book::price, null))).containsExactly("anonymous");
        assertThat(ids(books(keepsake).matching("pages < 150 and genre = 'STORIES'")))
                .containsExactly("aleph");
        assertThat(ids(keepsake, field("print.place").matchesIgnoreCase("aIRES$")))
                .containsExactly("aleph", "ficciones");
        assertThat(ids(
                        keepsake,
                        field(Book::genre)
                                .eq(Genre.NOVEL)
                                .and(field(Book::pages).gt(330))
                                .or(field(Book::genre)
                                        .eq(Genre.STORIES)
                                        .and(field(Book::pages).lt(150)))))
                .containsExactly("aleph", "orlando");
        assertThat(ids(keepsake, field(Book::genre).in(List.of()))).isEmpty();
        assertThat(keepsake.<List<Book>>inTransaction(
                        session -> session.findAll(Book.class, List.of("waves", "none", "aleph"))))
                .extracting(Book::id)
                .containsExactly("waves", "aleph");
    }

    @Test
    @Row("MP-106")
    void noConditionIsEverDropped() {
        Keepsake keepsake = library();
        List<Condition> conditions = List.of(
                field(Book::id).eq("waves"),
                field(Book::pages).between(150, 324),
                field(Book::genre).isNull(),
                field(Book::subjects).has("sea"),
                field("print.place").eq("Buenos Aires"),
                field(Book::price).in(8, 11),
                field(Book::id).startsWith("a").not(),
                field(Book::author).eq("borges"));

        for (Condition one : conditions) {
            List<String> found = ids(keepsake, one);
            assertThat(found).as("%s", one).isNotEmpty().hasSizeLessThan(6);
            assertThat(books(keepsake).where(one).count()).as("%s", one).isEqualTo(found.size());
            assertThat(books(keepsake).where(one).exists()).isTrue();
            assertThat(books(keepsake).where(one).orderBy("id").first())
                    .map(Book::id)
                    .contains(found.getFirst());
            for (Condition other : conditions) {
                List<String> both = new ArrayList<>(found);
                both.retainAll(ids(keepsake, other));
                assertThat(ids(books(keepsake).where(one).where(other)))
                        .as("%s, and %s", one, other)
                        .isEqualTo(both);
            }
        }
        refused(
                Problem.REQUEST_INVALID,
                () -> books(keepsake)
                        .select(field("id"))
                        .having(field("id").eq("waves"))
                        .list());
    }

    @Test
    @Row("S4-102")
    void eachStepIsAnotherQueryAndLeavesTheOneBeforeAsItWas() {
        Keepsake keepsake = library();
        Query<Book> all = books(keepsake);

        Query<Book> novels = all.where(Book::genre, Genre.NOVEL);
        Query<Book> thick = novels.matching("pages > 300").orderBy("-pages").limit(1);

        assertThat(thick.list()).extracting(Book::id).containsExactly("orlando");
        assertThat(ids(novels)).containsExactly("orlando", "solaris", "waves");
        assertThat(all.count()).isEqualTo(6);
        assertThat(thick.list()).as("again").extracting(Book::id).containsExactly("orlando");
    }

    @Test
    @Row("MP-101")
    void notIsTheExactComplementAndFindsNullsToo() {
        Keepsake keepsake = library();

        assertThat(ids(keepsake, field(Book::price).gt(9).not())).containsExactly("anonymous", "solaris", "waves");
        assertThat(ids(keepsake, field(Book::genre).ne(Genre.NOVEL)))
                .containsExactly("aleph", "anonymous", "ficciones");
        Fault fault = refused(Problem.REQUEST_INVALID, () -> field(Book::price).eq(nothing()));
        assertThat(fault.hint()).contains("use isNull()");
        refused(Problem.REQUEST_INVALID, () -> field(Book::price).in(1, nothing()));
    }

    @SuppressWarnings("NullAway") // what a user may hand over
    private static Object nothing() {
        return null;
    }

    @Test
    @Row("S4-99")
    void whatMakesNoSenseIsRefusedWithNearNamesBeforeItIsAsked() {
        Keepsake keepsake = library();

        int requests = requests(() -> {
            Fault unknown = refused(
                    Problem.UNKNOWN_FIELD,
                    () -> books(keepsake).where(field("page").gt(1)));
            assertThat(unknown.hint().orElseThrow()).contains("pages");
            refused(Problem.UNKNOWN_FIELD, () -> books(keepsake).orderBy("sise"));
            refused(
                    Problem.UNKNOWN_FIELD,
                    () -> books(keepsake).where(field("author.contry").eq("GB")));
            refused(Problem.UNKNOWN_FIELD, () -> books(keepsake).fetch("authors"));
            refused(
                    Problem.TYPE_MISMATCH,
                    () -> books(keepsake).where(field(Book::pages).eq("many")));
            refused(
                    Problem.TYPE_MISMATCH,
                    () -> books(keepsake).where(field(Book::genre).eq(7)));
            refused(
                    Problem.TYPE_MISMATCH,
                    () -> books(keepsake).where(field(Book::pages).in(1, "two")));
            Fault list = refused(
                    Problem.TYPE_MISMATCH,
                    () -> books(keepsake).where(field(Book::subjects).eq("sea")));
            assertThat(list.hint().orElseThrow()).contains("has");
            refused(
                    Problem.REQUEST_INVALID,
                    () -> books(keepsake)
                            .where(field((Book book) -> book.pages() + 1).eq(2)));
            Fault several =
                    refused(Problem.REQUEST_INVALID, () -> authors(keepsake).select(field("books.id")));
            assertThat(several.hint().orElseThrow()).contains("join(field(\"books\"))");
            refused(
                    Problem.REQUEST_INVALID,
                    () -> books(keepsake).select(field("id"), field("pages").as("id")));
            refused(Problem.MALFORMED_CONDITION, () -> books(keepsake).matching("pages >"));
            refused(Problem.REQUEST_INVALID, () -> books(keepsake).limit(-1));
            refused(Problem.MODEL_INVALID, () -> keepsake.query(Print.class));
        });

        assertThat(requests).isZero();
    }

    @Test
    @Row("S4-52")
    void aReferenceIsComparedWithWhatCanBeItsId() {
        Keepsake keepsake = library();
        Author lem = keepsake.get(Author.class, "lem");

        for (Object same : List.of("lem", lem, Ref.to(lem), Ref.of(Author.class, "lem"))) {
            assertThat(ids(keepsake, field(Book::author).eq(same))).containsExactly("solaris");
        }
        assertThat(ids(keepsake, field(Book::author).in(lem, "woolf"))).containsExactly("orlando", "solaris", "waves");
        Fault fault = refused(
                Problem.TYPE_MISMATCH,
                () -> books(keepsake).where(field(Book::author).eq(7)));
        assertThat(fault.sentence()).isEqualTo("7 is no id of Author: expected text, was integer 7");
    }

    // ---- order and pages

    @Test
    @Row({"S4-27", "S4-28", "S4-29", "S4-30", "S4-31", "S4-98", "S4-99", "S4-100", "MP-107", "MP-108"})
    void resultsAreSortedAndCutHoweverTheStepsAreOrdered() {
        Keepsake keepsake = library();

        assertThat(books(keepsake).orderBy(desc(Book::genre), asc(Book::pages)).list())
                .extracting(Book::id)
                .containsExactly("aleph", "ficciones", "solaris", "waves", "orlando", "anonymous");
        assertThat(books(keepsake).limit(2).offset(1).orderBy("-pages").list())
                .extracting(Book::id)
                .containsExactly("waves", "solaris");
        assertThat(books(keepsake).orderBy("price").reverse().limit(1).list())
                .extracting(Book::id)
                .containsExactly("ficciones");
        assertThat(books(keepsake).limit(0).list()).isEmpty();
        assertThat(books(keepsake).offset(100).list()).isEmpty();
        assertThat(books(keepsake).orderBy("-pages").limit(1).orderBy("pages").list())
                .as("the last order alone, before the limit")
                .extracting(Book::id)
                .containsExactly("anonymous");
        assertThat(books(keepsake).orderBy("pages").offset(5).list())
                .extracting(Book::id)
                .containsExactly("orlando");
        assertThat(ids(books(keepsake).orderBy("pages").reverse().reverse().limit(2)))
                .isEqualTo(ids(books(keepsake).orderBy("pages").limit(2)));
        assertThat(ids(books(keepsake).reverse())).isEqualTo(ids(books(keepsake)));
        assertThat(requests(() -> books(keepsake).orderBy("pages").limit(2).list()))
                .isEqualTo(1);
    }

    @Test
    @Row("MP-108")
    void pagesGoOnBehindAnObjectWithoutCounting() {
        Keepsake keepsake = library();
        Query<Book> pages = books(keepsake).orderBy("genre", "-pages").limit(2);
        List<String> seen = new ArrayList<>();

        List<Book> page = pages.list();
        while (!page.isEmpty()) {
            page.forEach(book -> seen.add(book.id()));
            page = pages.after(page.getLast()).list();
        }

        assertThat(seen).containsExactly("anonymous", "orlando", "waves", "solaris", "ficciones", "aleph");
    }

    // ---- one, first, count, exists

    @Test
    @Row({"S1-51", "S2-44", "S4-21", "S4-51", "S4-95", "MP-104", "MP-105", "N-17"})
    void oneIsExactlyOne() {
        Keepsake keepsake = library();

        assertThat(books(keepsake).where("id", "waves").one().pages()).isEqualTo(324);
        assertThat(books(keepsake).where("id", "none").oneOrNone()).isEmpty();
        assertThat(books(keepsake).where("id", "none").first()).isEmpty();
        assertThat(books(keepsake).orderBy("pages").first()).map(Book::id).contains("anonymous");
        assertThat(books(keepsake).limit(0).first()).isEmpty();
        assertThat(books(keepsake).first())
                .isPresent()
                .isEqualTo(books(keepsake).first());
        assertThat(requests(() -> books(keepsake).where("id", "waves").one())).isEqualTo(1);
        assertThat(requests(() -> books(keepsake).first())).isEqualTo(1);
        assertThatThrownBy(() -> books(keepsake).where("id", "none").one())
                .isInstanceOf(NotFound.class)
                .hasMessageContaining("there is no result of")
                .hasMessageContaining("none");
        Fault several = refused(
                Problem.SEVERAL_RESULTS,
                () -> books(keepsake).where("genre", Genre.NOVEL).one());
        assertThat(several.hint().orElseThrow()).contains("first()");
        refused(Problem.SEVERAL_RESULTS, () -> books(keepsake).oneOrNone());
        assertThat(keepsake.<Book>inTransaction(session ->
                                session.one(Book.class, field(Book::id).eq("aleph")))
                        .pages())
                .isEqualTo(146);
    }

    @Test
    @Row({"S4-20", "S4-23", "S4-94", "MP-104", "N-05"})
    void countAndExistsReadNoObjects() {
        Keepsake keepsake = library();

        assertThat(requests(() -> {
                    assertThat(books(keepsake).count()).isEqualTo(6);
                    assertThat(books(keepsake).where(field(Book::pages).gt(200)).count())
                            .isEqualTo(3);
                    assertThat(books(keepsake).limit(4).offset(3).count()).isEqualTo(3);
                    assertThat(books(keepsake).offset(1).limit(1).count()).isEqualTo(1);
                    assertThat(books(keepsake).where("id", "waves").exists()).isTrue();
                    assertThat(books(keepsake).where("id", "none").exists()).isFalse();
                }))
                .isEqualTo(6);
    }

    // ---- parts of objects

    @Test
    @Row({"S4-25", "S4-26", "S4-96", "S4-97", "S4-101"})
    void chosenFieldsComeAsValuesOrRecordsAndTheOthersAreNotRead() {
        Keepsake keepsake = library();
        refused(Problem.REQUEST_INVALID, () -> books(keepsake).only("pages").list());
        refused(Problem.REQUEST_INVALID, () -> books(keepsake).exclude("id"));
        refused(Problem.UNKNOWN_FIELD, () -> books(keepsake).only("sise"));
        assertThat(books(keepsake).where("id", "aleph").into(Thin.class))
                .containsExactly(new Thin("aleph", LocalDate.of(1949, 6, 26)));
        if (!scansFreely(() ->
                books(keepsake).only("pages").where(field(Book::pages).gt(300)).values())) {
            return;
        }
        List<Request> asked = new ArrayList<>();

        try (Guarded.Listening listening = store.listen(requested -> asked.add(requested.request()))) {
            List<Map<String, @Nullable Object>> values = books(keepsake)
                    .only("pages")
                    .where(field(Book::pages).gt(300))
                    .orderBy("id")
                    .values();
            assertThat(values)
                    .containsExactly(Map.of("id", "orlando", "pages", 333L), Map.of("id", "waves", "pages", 324L));
        }
        assertThat(asked)
                .singleElement()
                .isInstanceOfSatisfying(
                        Rows.class,
                        rows -> assertThat(rows.columns())
                                .extracting(Rows.Column::name)
                                .containsExactly("id", "pages"));
        assertThat(books(keepsake)
                        .only("pages")
                        .only("genre")
                        .where("id", "aleph")
                        .values())
                .containsExactly(Map.of("id", "aleph", "pages", 146L, "genre", "STORIES"));
        assertThat(books(keepsake).where("id", "aleph").select(field("pages")).list())
                .singleElement()
                .satisfies(row -> assertThat(row.toMap()).containsExactly(Map.entry("pages", 146L)));
        assertThat(books(keepsake)
                        .exclude("subjects", "print", "price", "published", "genre", "author")
                        .limit(1)
                        .values())
                .first()
                .satisfies(map -> assertThat(map.keySet()).containsExactly("id", "pages"));
    }

    /** A projection. */
    record Thin(String id, @Nullable LocalDate published) {}

    /** A projection with a value of several parts. */
    record Printed(
            String id, @Nullable Print print, @Nullable Genre genre) {}

    @Test
    @Row({"S4-27", "S4-45", "MP-104"})
    void rowsAreWhatObjectsAreAndOfOneColumnValues() {
        Keepsake keepsake = library();
        Query<Book> stories = books(keepsake).where("genre", Genre.STORIES).orderBy("id");
        if (!scansFreely(() -> stories.into(Printed.class))) {
            return;
        }

        assertThat(stories.into(Printed.class))
                .isEqualTo(stories.list().stream()
                        .map(book -> new Printed(book.id(), book.print(), book.genre()))
                        .toList());
        assertThat(stories.select(field(Book::id), field(Book::print), field(Book::genre))
                        .into(Printed.class))
                .isEqualTo(stories.into(Printed.class));
        List<String> names = stories.select(field(Book::id)).into(String.class);
        assertThat(names).containsExactly("aleph", "ficciones");
        assertThat(stories.limit(1).select(field(Book::id)).into(String.class)).containsExactly("aleph");
        assertThat(stories.select(field(Book::id)).limit(1).into(String.class)).containsExactly("aleph");
        assertThat(stories.select(field(Book::pages)).into(int.class)).containsExactly(146, 174);
        assertThat(books(keepsake).select(field(Book::genre)).distinct().into(Genre.class))
                .containsExactlyInAnyOrder(null, Genre.NOVEL, Genre.STORIES);
        assertThat(requests(() -> stories.select(field(Book::id)).into(String.class)))
                .isEqualTo(1);
        assertThat(stories.select(field("id")).orderBy(field("pages").desc()).first())
                .map(row -> row.get("id"))
                .contains("ficciones");
        assertThat(stories.select(field("id")).limit(0).first()).isEmpty();
        refused(Problem.REQUEST_INVALID, () -> stories.select(field("id")).into(Thin.class));
        refused(
                Problem.REQUEST_INVALID,
                () -> stories.select(field("id"), field("pages")).into(String.class));
        refused(Problem.REQUEST_INVALID, () -> stories.into(String.class));
        refused(Problem.REQUEST_INVALID, () -> stories.select(field("id")).limit(-1));
    }

    @Test
    void membersAreNamedByTheirAccessorsAndGetters() {
        Keepsake keepsake = library();

        assertThat(authorIds(authors(keepsake).where(field(Author::country).eq("PL"))))
                .containsExactly("lem");
        assertThat(field(Bean::getName).path().toString()).isEqualTo("name");
        assertThat(field(Bean::isOpen).path().toString()).isEqualTo("open");
        across(() -> {
            assertThat(ids(keepsake, field(Book::author).then(Author::country).eq("PL")))
                    .containsExactly("solaris");
            assertThat(authorIds(authors(keepsake)
                            .where(field(Author::books).any(field(Book::pages).gt(330)))))
                    .containsExactly("woolf");
            return true;
        });
    }

    /** A class with getters. */
    static class Bean {
        String getName() {
            return "";
        }

        boolean isOpen() {
            return true;
        }
    }

    // ---- across references

    @Test
    @Row({"S2-31", "MP-102"})
    void conditionsFollowReferencesToOne() {
        Keepsake keepsake = library();

        across(() -> {
            List<String> found = new ArrayList<>();
            assertThat(requests(() ->
                            found.addAll(ids(keepsake, field("author.country").eq("GB")))))
                    .isEqualTo(1);
            assertThat(found).containsExactly("orlando", "waves");
            assertThat(ids(
                            keepsake,
                            field("author.born").ge(1899).and(field(Book::pages).lt(200))))
                    .containsExactly("aleph", "ficciones");
            assertThat(ids(keepsake, field("author.country").eq("GB").not()))
                    .as("the complement has those without an author")
                    .containsExactly("aleph", "anonymous", "ficciones", "solaris");
            assertThat(ids(books(keepsake).matching("author_id.country = 'PL'")))
                    .containsExactly("solaris");
            return found;
        });
    }

    @Test
    void theIdBehindAReferenceIsNoOtherKind() {
        Keepsake keepsake = library();

        assertThat(ids(keepsake, field("author").eq("lem"))).containsExactly("solaris");
        assertThat(ids(keepsake, field("author.id").eq("lem"))).containsExactly("solaris");
        assertThat(ids(keepsake, field("author").isNull())).containsExactly("anonymous");
    }

    @Test
    void conditionsFollowReferencesToMany() {
        Keepsake keepsake = library();

        across(() -> {
            assertThat(authorIds(authors(keepsake).where(field("books.pages").lt(150))))
                    .containsExactly("borges");
            assertThat(authorIds(authors(keepsake)
                            .where(field(Author::books)
                                    .any(field("pages")
                                            .gt(150)
                                            .and(field("pages").lt(190))))))
                    .as("one book of which both are true")
                    .containsExactly("borges");
            assertThat(authorIds(authors(keepsake)
                            .where(field(Author::books)
                                    .any(field("pages")
                                            .gt(330)
                                            .and(field("price").lt(9))))))
                    .isEmpty();
            assertThat(authorIds(
                            authors(keepsake).where(field("books.pages").gt(0).not())))
                    .as("without any")
                    .containsExactly("silent");
            assertThat(authors(keepsake)
                            .where(field("books.genre").eq(Genre.NOVEL))
                            .count())
                    .as("each once")
                    .isEqualTo(2);
            return true;
        });
    }

    @Test
    void theOrderFollowsReferencesToOne() {
        Keepsake keepsake = library();

        across(() -> {
            assertThat(books(keepsake).orderBy("-author.born", "id").list())
                    .extracting(Book::id)
                    .containsExactly("solaris", "aleph", "ficciones", "orlando", "waves", "anonymous");
            return true;
        });
    }

    @Test
    @Row({"S4-49", "S4-50", "S4-53"})
    void authorsWithAllTheirBooksAreTwoRequests() {
        Keepsake keepsake = library();
        List<Author> found = new ArrayList<>();

        int requests = requests(() -> {
            found.addAll(authors(keepsake).fetch(Author::books).list());
            found.forEach(author ->
                    author.books.forEach(book -> assertThat(book.pages()).isPositive()));
        });

        assertThat(requests).isEqualTo(2);
        assertThat(found)
                .filteredOn(author -> "woolf".equals(author.id))
                .singleElement()
                .satisfies(woolf -> assertThat(woolf.books).extracting(Book::id).containsExactly("orlando", "waves"));
        assertThat(found)
                .filteredOn(author -> "silent".equals(author.id))
                .singleElement()
                .satisfies(silent -> assertThat(silent.books).isEmpty());
    }

    // ---- rows

    @Test
    @Row({"S4-50", "S4-53"})
    void rowsJoinWhatAMemberLeadsTo() {
        Keepsake keepsake = library();

        across(() -> {
            assertThat(books(keepsake)
                            .where(field(Book::pages).gt(200))
                            .orderBy("id")
                            .select(field("id"), field("author.country"))
                            .into(Place.class))
                    .containsExactly(new Place("orlando", "GB"), new Place("solaris", "PL"), new Place("waves", "GB"));
            RowQuery<Author> joined = authors(keepsake)
                    .orderBy("born")
                    .join(field(Author::books))
                    .where(field("books.pages").lt(330))
                    .select(field("id"), field("books.id").as("book"));
            assertThat(joined.list())
                    .extracting(row -> row.at(0) + " " + row.get("book"))
                    .containsExactlyInAnyOrder("woolf waves", "borges ficciones", "borges aleph", "lem solaris");
            assertThat(authors(keepsake)
                            .leftJoin(field(Author::books))
                            .select(field("id"), field("books.id"))
                            .list())
                    .hasSize(6)
                    .filteredOn(row -> "silent".equals(row.at(0)))
                    .singleElement()
                    .satisfies(row -> assertThat(row.at(1)).isNull());
            assertThat(books(keepsake).select(field("author.country")).list())
                    .as("a book without author is there")
                    .hasSize(6);
            assertThat(books(keepsake)
                            .select(field("author.country"))
                            .distinct()
                            .list())
                    .hasSize(4);
            return true;
        });
        assertThatThrownBy(() -> authors(keepsake)
                        .join(field("boks"))
                        .select(field("id"))
                        .list())
                .hasMessageContaining("books");
    }

    @Test
    void rowsFollowSeveralRelationsAndThoseOfAClassToItself() {
        Keepsake keepsake = monsters();
        for (String name : List.of("a", "a.1", "a.2", "a.1.x", "a.1.y")) {
            Node node = new Node(name);
            int dot = name.lastIndexOf('.');
            node.parent = dot < 0 ? null : Ref.of(Node.class, name.substring(0, dot));
            save(keepsake, node);
        }
        Query<Node> nodes = scan(keepsake.query(Node.class));

        across(() -> {
            RowQuery<Node> both = nodes.join(field("parent"))
                    .where(field("parent.id").eq("a"))
                    .join(field("children"), "child")
                    .where(field("child.id").ne("a.1.x"))
                    .select(
                            field("id"),
                            field("parent.id").as("up"),
                            field("child.id").as("down"));
            assertThat(requests(() -> assertThat(both.list())
                            .extracting(row -> row.at(0) + " " + row.get("up") + " " + row.get("down"))
                            .containsExactly("a.1 a a.1.y")))
                    .isEqualTo(1);
            assertThat(nodes.rows()
                            .join(field("parent"), "up")
                            .join(field("up.parent"), "top")
                            .select(field("id"), field("top.id"))
                            .orderBy(field("id").asc())
                            .list())
                    .extracting(row -> row.at(0) + " " + row.at(1))
                    .containsExactly("a.1.x a", "a.1.y a");
            assertThat(nodes.join(field("parent.children"), "sibling")
                            .where(field("id").eq("a.1"))
                            .select(field("sibling.id"))
                            .orderBy(field("sibling.id").desc())
                            .into(String.class))
                    .containsExactly("a.2", "a.1");
            assertThat(nodes.orderBy("id")
                            .select(field("id"), field("parent.parent.id"))
                            .list())
                    .extracting(row -> row.at(0) + " " + row.at(1))
                    .containsExactly("a null", "a.1 null", "a.1.x a", "a.1.y a", "a.2 null");
            assertThat(nodes.select(field("id"))
                            .orderBy(
                                    field("parent.parent.id").desc(),
                                    field("id").desc())
                            .limit(2)
                            .into(String.class))
                    .containsExactly("a.1.y", "a.1.x");
            refused(Problem.REQUEST_INVALID, () -> nodes.join(field("parent")).join(field("parent")));
            return true;
        });
        refused(Problem.REQUEST_INVALID, () -> nodes.limit(2).join(field("parent")));
        refused(Problem.UNKNOWN_FIELD, () -> nodes.join(field("id.parent")));
    }

    /** A row of two kinds. */
    record Place(String id, @Nullable String country) {}

    @Test
    @Row({"S4-47", "S4-48"})
    void figuresOfGroupsWithConditionsOnTheResult() {
        Keepsake keepsake = library();

        figures(() -> {
            assertThat(books(keepsake)
                            .where(field(Book::genre).isNotNull())
                            .groupBy(field(Book::genre))
                            .select(
                                    field(Book::genre),
                                    Figure.count(),
                                    Figure.sum(field(Book::pages)).as("pages"),
                                    Figure.max(field(Book::price)).as("dearest"))
                            .having(field("count").ge(2))
                            .orderBy(field("pages").desc())
                            .into(Sums.class))
                    .containsExactly(
                            new Sums(Genre.NOVEL, 3, 861, new BigDecimal("9.5")),
                            new Sums(Genre.STORIES, 2, 320, new BigDecimal("12.25")));
            assertThat(books(keepsake).sum(field(Book::pages))).isEqualTo(1191L);
            assertThat(books(keepsake).average(field(Book::pages))).hasValue(198.5);
            assertThat(books(keepsake).min(field(Book::published))).isEqualTo(LocalDate.of(1928, 10, 11));
            assertThat(books(keepsake).max(field(Book::id))).isEqualTo("waves");
            assertThat(books(keepsake).where("id", "none").average(field(Book::pages)))
                    .isEmpty();
            assertThat(books(keepsake).where("id", "none").sum(field(Book::pages)))
                    .isNull();
            return true;
        });
        refused(
                Problem.REQUEST_INVALID,
                () -> books(keepsake)
                        .groupBy(field(Book::genre))
                        .select(field(Book::pages))
                        .list());
        refused(Problem.REQUEST_INVALID, () -> books(keepsake).rows().list());
    }

    @Test
    @Row({"S4-47", "S4-48"})
    void groupsAreByNestedValuesAndReferencesAndHaveTheColumnsInTheirOrder() {
        Keepsake keepsake = library();

        figures(() -> {
            assertThat(books(keepsake)
                            .where(field("print.place").isNotNull())
                            .groupBy(field("print.place"))
                            .select(
                                    Figure.average(field(Book::pages)).as("average"),
                                    field("print.place").as("place"))
                            .orderBy(field("average").desc())
                            .into(Average.class))
                    .containsExactly(new Average(333.0, "London"), new Average(160.0, "Buenos Aires"));
            assertThat(books(keepsake)
                            .groupBy(field(Book::author))
                            .select(field("author"), Figure.count(), Figure.sum(field("pages")))
                            .having(field("count").gt(1).and(field("author").isNotNull()))
                            .orderBy(field("sum_pages").desc())
                            .list())
                    .extracting(row -> row.at(0) + " " + row.at(1) + " " + row.at(2))
                    .containsExactly("woolf 2 657", "borges 2 320");
            assertThat(books(keepsake)
                            .groupBy(field("author.id"), field(Book::genre))
                            .having(field("genre").eq(Genre.NOVEL))
                            .orderBy(field("author.id").asc())
                            .list())
                    .as("without columns: what is grouped by, and the count")
                    .extracting(State::toMap)
                    .containsExactly(
                            Map.of("author.id", "lem", "genre", "NOVEL", "count", 1L),
                            Map.of("author.id", "woolf", "genre", "NOVEL", "count", 2L));
            assertThat(books(keepsake)
                            .groupBy(field(Book::genre))
                            .select(Figure.count())
                            .orderBy(field("count").desc())
                            .into(long.class))
                    .containsExactly(3L, 2L, 1L);
            Query<Book> printed = books(keepsake).where(field("print").isNotNull());
            assertThat(printed.average(field("print.year"))).hasValue((1928 + 1944 + 1949) / 3.0);
            assertThat(printed.sum(field("print.year"))).isEqualTo(1928L + 1944 + 1949);
            assertThat(printed.min(field("print.year"))).isEqualTo(1928L);
            assertThat(printed.max(field("print.place"))).isEqualTo("London");
            assertThat(requests(
                            () -> books(keepsake).groupBy(field(Book::genre)).list()))
                    .isEqualTo(1);
            assertThat(requests(() -> books(keepsake).sum(field(Book::pages)))).isEqualTo(1);
            return true;
        });
        refused(Problem.REQUEST_INVALID, () -> books(keepsake).limit(2).groupBy(field(Book::genre)));
        refused(Problem.REQUEST_INVALID, () -> books(keepsake).offset(1).sum(field(Book::pages)));
        refused(
                Problem.UNKNOWN_FIELD,
                () -> books(keepsake)
                        .groupBy(field(Book::genre))
                        .having(field("number").gt(1))
                        .list());
    }

    /** A figure before what is grouped by. */
    record Average(double average, String place) {}

    /** A row of figures. */
    record Sums(Genre genre, long count, long pages, BigDecimal dearest) {}

    @Test
    @Row("S4-48")
    void figuresAcrossReferences() {
        Keepsake keepsake = library();
        RowQuery<Book> query = books(keepsake)
                .groupBy(field("author.country"))
                .select(
                        field("author.country").as("country"),
                        Figure.average(field(Book::pages)).as("average"))
                .orderBy(field("average").desc());

        if (features().joins() == Features.Joins.NATIVE && features().aggregates() == Features.Aggregates.NATIVE) {
            assertThat(query.list())
                    .extracting(row -> row.get("country") + " " + row.get("average"))
                    .containsExactly("GB 328.5", "PL 204.0", "AR 160.0", "null 10.0");
        } else {
            refused(Problem.FEATURE_MISSING, query::list);
        }
    }

    @Test
    @Row("S4-46")
    void listsAreUnwoundIntoRows() {
        Keepsake keepsake = library();

        figures(() -> {
            assertThat(books(keepsake)
                            .unwind(field(Book::subjects))
                            .groupBy(field(Book::subjects))
                            .select(field(Book::subjects).as("subject"), Figure.count())
                            .orderBy(field("count").desc(), field("subject").asc())
                            .limit(2)
                            .list())
                    .extracting(row -> row.get("subject") + " " + row.get("count"))
                    .containsExactly("time 3", "sea 2");
            return true;
        });
        across(() -> {
            List<String> subjects = books(keepsake).list().stream()
                    .flatMap(book -> book.subjects().stream().map(subject -> book.id() + " " + subject))
                    .toList();
            assertThat(requests(() -> assertThat(books(keepsake)
                                    .unwind(field(Book::subjects))
                                    .select(field("id"), field(Book::subjects))
                                    .list())
                            .as("a row for each element, none for a book without")
                            .extracting(row -> row.at(0) + " " + row.at(1))
                            .containsExactlyInAnyOrderElementsOf(subjects)))
                    .isEqualTo(1);
            assertThat(books(keepsake)
                            .unwind(field(Book::subjects))
                            .where(field("subjects").startsWith("s"))
                            .where(field("author.country").eq("PL"))
                            .select(field("author.born"), field("subjects"))
                            .orderBy(field("subjects").asc())
                            .list())
                    .extracting(row -> row.at(0) + " " + row.at(1))
                    .containsExactly("1921 sea", "1921 space");
            assertThat(books(keepsake)
                            .where("id", "orlando")
                            .unwind(field(Book::subjects))
                            .select(field("id"), field(Book::subjects))
                            .list())
                    .extracting(row -> row.at(0) + " " + row.at(1))
                    .containsExactlyInAnyOrder("orlando time", "orlando gender");
            return true;
        });
        refused(
                Problem.TYPE_MISMATCH,
                () -> books(keepsake)
                        .unwind(field(Book::pages))
                        .select(field("id"))
                        .list());
    }

    // ---- writing by condition

    @Test
    @Row({"S4-91", "N-03"})
    void objectsAreChangedByConditionInOneRequestAndSessionsSeeIt() {
        Keepsake keepsake = library();
        if (!commitsMany()) {
            refused(
                    Problem.COMMIT_SPANS_OBJECTS,
                    () -> books(keepsake)
                            .where("genre", Genre.NOVEL)
                            .update(field(Book::pages).increment(1)));
            return;
        }

        if (!scansFreely(() -> books(keepsake)
                .where(field(Book::pages).gt(300))
                .update(field(Book::pages).set(1)))) {
            return;
        }
        keepsake.useTransaction(session -> {
            Author woolf = session.get(Author.class, "woolf");
            Book waves = session.get(Book.class, "waves");
            long changed = scan(session.query(Book.class))
                    .where(field(Book::pages).gt(300))
                    .update(field(Book::pages).increment(1), field(Book::genre).set(Genre.STORIES));
            assertThat(changed).isEqualTo(2);
            assertThat(session.get(Book.class, "waves").pages()).isEqualTo(325);
            assertThat(waves.pages()).as("a record never changes").isEqualTo(324);

            assertThat(scan(session.query(Author.class))
                            .where("id", "woolf")
                            .update(field(Author::born).set(1)))
                    .isEqualTo(1);
            assertThat(woolf.born).as("an object of the session is read anew").isEqualTo(1);
            assertThat(woolf.version).as("and its version counted").isEqualTo(1);
            woolf.born = 1882;
        });

        assertThat(keepsake.get(Author.class, "woolf").born).isEqualTo(1882);
        assertThat(ids(keepsake, field(Book::genre).eq(Genre.STORIES)))
                .containsExactly("aleph", "ficciones", "orlando", "waves");
        assertThat(books(keepsake)
                        .where(field(Book::pages).lt(0))
                        .update(field(Book::pages).set(0)))
                .isZero();
        assertThat(requests(() -> books(keepsake)
                        .where("id", "none")
                        .update(field(Book::pages).set(0))))
                .isEqualTo(1);
        Fault nothing = refused(
                Problem.REQUEST_INVALID,
                () -> books(keepsake).where("id", "waves").update());
        assertThat(nothing.hint().orElseThrow()).contains("set(");
        refused(
                Problem.REQUEST_INVALID,
                () -> books(keepsake).update(field("author.country").set("GB")));
        refused(
                Problem.REQUEST_INVALID,
                () -> books(keepsake).limit(1).update(field(Book::pages).set(0)));
        refused(
                Problem.TYPE_MISMATCH,
                () -> books(keepsake).update(field(Book::pages).set("many")));
    }

    @Test
    @Row("S4-92")
    void objectsAreDeletedByConditionInOneRequest() {
        Keepsake keepsake = library();
        Query<Book> some = books(keepsake).where(field(Book::pages).lt(180));
        if (!commitsMany()) {
            refused(Problem.COMMIT_SPANS_OBJECTS, some::delete);
            return;
        }

        if (!scansFreely(some::delete)) {
            return;
        }
        keepsake.useTransaction(session -> {
            Book aleph = session.get(Book.class, "aleph");
            int requests = requests(() -> assertThat(scan(session.query(Book.class))
                            .where(field(Book::pages).lt(180))
                            .delete())
                    .isEqualTo(3));
            assertThat(requests)
                    .as("the delete, and what the session has is read anew")
                    .isEqualTo(2);
            assertThat(session.find(Book.class, "aleph")).isEmpty();
            assertThat(session.contains(aleph)).isFalse();
        });

        assertThat(ids(books(keepsake))).containsExactly("orlando", "solaris", "waves");
        assertThat(some.delete()).isZero();
    }

    // ---- sessions

    @Test
    @Row("MP-121")
    void aQuerySeesWhatItsSessionHasNotWrittenYet() {
        Keepsake keepsake = library();
        if (!commitsMany()) {
            return;
        }

        keepsake.useTransaction(session -> {
            Author lem = session.get(Author.class, "lem");
            lem.born = 1800;
            assertThat(requests(() ->
                            assertThat(scan(session.query(Book.class)).count()).isEqualTo(6)))
                    .as("nothing of what is queried has changed")
                    .isEqualTo(1);
            Author found = scan(session.query(Author.class))
                    .where(field(Author::born).lt(1850))
                    .one();
            assertThat(found).isSameAs(lem);
            session.delete(lem.books.getFirst());
            assertThat(scan(session.query(Book.class)).where("id", "solaris").exists())
                    .isFalse();
        });
        assertThat(keepsake.get(Author.class, "lem").born).isEqualTo(1800);
    }

    @Test
    @Row("S4-40")
    void streamsReadAsTheyGoAndAreClosed() {
        Keepsake keepsake = library();

        try (Stream<Book> stream = books(keepsake).orderBy("id").stream()) {
            assertThat(stream.map(Book::id)).startsWith("aleph", "anonymous");
            assertThatThrownBy(() -> stream.map(Book::id)).isInstanceOf(IllegalStateException.class);
        }
        assertThat(requests(() -> keepsake.useTransaction(session -> {
                    try (Stream<Author> stream = scan(session.query(Author.class)).stream()) {
                        assertThat(stream.mapToInt(author -> author.books.size())
                                        .sum())
                                .isEqualTo(5);
                    }
                })))
                .as("the authors, and the books of those that were read together")
                .isEqualTo(2);
        keepsake.useTransaction(session -> {
            try (Stream<Author> stream = scan(session.query(Author.class)).stream()) {
                assertThat(stream.mapToInt(author -> author.books.size()).sum()).isEqualTo(5);
            }
            assertThat(session.size()).isEqualTo(9);
            try (Stream<Book> stream = scan(session.query(Book.class)).untracked().stream()) {
                assertThat(stream.map(Book::pages).reduce(0, Integer::sum)).isEqualTo(1191);
            }
            assertThat(session.size()).as("nothing more is kept").isEqualTo(9);
        });
        assertThat(keepsake.openSessions()).isEmpty();
    }

    @Test
    void whatIsReadOnlyIsNotOfTheSession() {
        Keepsake keepsake = library();

        keepsake.useTransaction(session -> {
            Author woolf = scan(session.query(Author.class))
                    .untracked()
                    .where("id", "woolf")
                    .one();
            woolf.born = 0;
            assertThat(session.contains(woolf)).isFalse();
            assertThat(session.hasChanges()).isFalse();
            Fault fault = refused(
                    Problem.NOT_MANAGED,
                    () -> woolf.books.add(new Book("x", null, 1, null, null, List.of(), null, null)));
            assertThat(fault.hint().orElseThrow()).contains("untracked()");
        });
        assertThat(keepsake.get(Author.class, "woolf").born).isEqualTo(1882);
    }

    @Test
    void rowsAreLockedWhereTheStoreCan() {
        Keepsake keepsake = library();

        try (Session session = keepsake.session()) {
            Query<Author> locking =
                    scan(session.query(Author.class)).where("id", "woolf").forUpdate();
            if (features().locks() == Features.Locks.NONE) {
                refused(Problem.FEATURE_MISSING, locking::list);
            } else {
                assertThat(locking.one().born).isEqualTo(1882);
                assertThat(scan(session.query(Author.class))
                                .where("id", "lem")
                                .forShare()
                                .list())
                        .hasSize(1);
            }
            refused(Problem.REQUEST_INVALID, () -> locking.select(field("id")));
        }
    }

    @Test
    void massesAreLoadedInBatches() {
        Keepsake keepsake = library();
        int batch = store.batch();

        assertThat(keepsake.load(Book.class, ids("b", 2 * batch + 5).map(QueryContract::book)))
                .isEqualTo(2L * batch + 5);
        assertThat(books(keepsake).count()).isEqualTo(6 + 2 * batch + 5);
        assertThat(keepsake.load(Book.class, ids("one", batch).map(QueryContract::book)))
                .isEqualTo(batch);
        assertThat(keepsake.load(Book.class, Stream.of())).isZero();
    }

    @Test
    void whatALoadBrokeOffAtIsToldAndWhatWasBeforeIsKept() {
        Keepsake keepsake = library();
        int batch = store.batch();
        String kept = batch + " objects before it, which are kept";

        Fault taken = refused(
                Problem.UNIQUE_VIOLATION,
                () -> keepsake.load(
                        Book.class,
                        Stream.concat(ids("a", batch), Stream.concat(Stream.of("waves"), ids("z", 2 * batch)))
                                .map(QueryContract::book)));
        assertThat(taken.facts()).containsEntry("loaded", kept);
        assertThat(books(keepsake).count()).isEqualTo(6 + batch);

        Fault twice = refused(
                Problem.UNIQUE_VIOLATION,
                () -> keepsake.load(
                        Book.class, Stream.of("same", "other", "same").map(QueryContract::book)));
        assertThat(twice.facts().containsKey("loaded")).isEqualTo(batch < 3);
        long before = books(keepsake).count();

        Book tooDear = new Book("dear", null, 1, new BigDecimal("12345678901234"), null, List.of(), null, null);
        assertThatThrownBy(() -> keepsake.load(
                        Book.class, Stream.concat(ids("c", batch).map(QueryContract::book), Stream.of(tooDear))))
                .as("the batch under way is waited for")
                .isInstanceOfSatisfying(
                        Fault.class, fault -> assertThat(fault.facts()).containsEntry("loaded", kept));

        assertThatThrownBy(() -> keepsake.load(Book.class, ids("d", batch + 1).map(id -> {
                    if (id.equals("d" + batch)) {
                        throw new IllegalStateException("the source is gone");
                    }
                    return book(id);
                })))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the source is gone");
        assertThat(books(keepsake).count()).isEqualTo(before + 2L * batch);
    }

    @Test
    void aLoadThatIsInterruptedLeavesWholeBatches() {
        Keepsake keepsake = library();
        int batch = store.batch();
        Thread loading = Thread.currentThread();
        Stream<Book> interrupting = ids("i", 5 * batch).map(id -> {
            if (id.equals("i" + 2 * batch)) {
                loading.interrupt();
            }
            return book(id);
        });

        boolean isBroken = false;
        try {
            keepsake.load(Book.class, interrupting);
        } catch (Fault fault) {
            isBroken = true;
        }

        assertThat(Thread.interrupted()).as("it is still to be seen").isTrue();
        long loaded = books(keepsake).count() - 6;
        assertThat(loaded % batch).isZero();
        assertThat(loaded == 5L * batch).isEqualTo(!isBroken);
    }

    private static Stream<String> ids(String start, int count) {
        return IntStream.range(0, count).mapToObj(i -> start + i);
    }

    private static Book book(String id) {
        return new Book(id, null, 1, null, null, List.of(), null, null);
    }

    // ---- what it would do

    @Test
    @Row("S2-32")
    void aQueryShowsWhatItWouldDoWithoutItsValues() {
        Keepsake keepsake = library();
        Query<Book> query = books(keepsake)
                .where(field(Book::id).eq("secret"))
                .orderBy("-pages")
                .limit(3);

        assertThat(requests(() -> {
                    assertThat(query.toSql()).isNotBlank().doesNotContain("secret");
                    assertThat(query).hasToString("book where id = 'secret' order -pages limit 3");
                    assertThat(books(keepsake)
                                    .where(field("id").eq("x".repeat(1_000)))
                                    .toString())
                            .as("what is long is cut")
                            .hasSizeLessThan(120)
                            .endsWith("xxx...");
                    assertThat(books(keepsake)
                                    .where(field("pages")
                                            .in(IntStream.range(0, 1_000)
                                                    .boxed()
                                                    .toList()))
                                    .toString())
                            .contains("(0, 1, 2,")
                            .endsWith(", and 990 more)");
                    assertThat(books(keepsake)
                                    .where(field("pages").gt(9))
                                    .groupBy(field("genre"))
                                    .select(field("genre"), Figure.sum(field("pages")))
                                    .having(field("sum_pages").gt(1))
                                    .orderBy(field("sum_pages").desc())
                                    .limit(2))
                            .hasToString("book where pages > 9 group genre compute sum(pages) as sum_pages"
                                    + " having sum_pages > 1 order -sum_pages limit 2");
                }))
                .isZero();
        if (features().plans() == Features.Plans.SHOWN) {
            assertThat(query.plan().text()).isNotBlank();
        } else {
            refused(Problem.FEATURE_MISSING, query::plan);
        }
    }

    @Test
    void kindsThatNoClassStandsForAreJoinedByTheirStoredNames() {
        Keepsake library = library();
        Keepsake plain = Keepsake.on(store, Codecs.of());
        if (features().absentKinds() == Features.AbsentKinds.EMPTY) {
            return; // such a store does not know what refers to what
        }

        across(() -> {
            List<State> found = scan(plain.query("book"))
                    .where(field("author_id.country").eq("AR"))
                    .orderBy("id")
                    .list();
            assertThat(found).extracting(state -> state.get("id")).containsExactly("aleph", "ficciones");
            return library;
        });
    }
}
