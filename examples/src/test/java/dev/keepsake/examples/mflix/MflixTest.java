package dev.keepsake.examples.mflix;

import static dev.keepsake.Keepsake.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.Keepsake;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.Servers;
import dev.keepsake.examples.Place;
import dev.keepsake.examples.Printed;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Violation;
import dev.keepsake.value.ObjectId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The data layer by itself, on each store. Its groups run by one command each, such as
 * {@code mvn test -pl examples -am -Dgroups=users -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class MflixTest {
    private static final List<Keepsake> STORES = new ArrayList<>();

    @BeforeAll
    static void open() {
        List<String> urls = new ArrayList<>(List.of(Servers.mongodb().freshSpace()));
        for (Place place : Place.values()) {
            urls.add(place.url());
        }
        for (String url : urls) {
            Keepsake keepsake = Keepsake.open(url, Mflix.CLASSES);
            STORES.add(keepsake);
            keepsake.createAll();
        }
    }

    @AfterAll
    static void close() {
        STORES.forEach(Keepsake::close);
        STORES.clear();
    }

    static List<Keepsake> stores() {
        return STORES;
    }

    private static ObjectId movie(Keepsake keepsake, String title) {
        Movie movie = new Movie(null, title, 1999, List.of("Ann"), List.of("Bob"), 7.5);
        return Objects.requireNonNull(
                keepsake.inTransaction(session -> session.add(movie)).id());
    }

    // ---- users

    @Tag("users")
    @Row({"S4-140", "S4-142", "S4-144"})
    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("stores")
    void aSecondUserOfTheSameEmailIsRefusedAndTheFirstStays(Keepsake keepsake) {
        Mflix mflix = new Mflix(keepsake);
        mflix.register("ada@example.org", "Ada", "correct horse");

        Violation violation = catchThrowableOfType(
                Violation.class, () -> mflix.register("ada@example.org", "Another", "battery staple"));

        assertThat(violation.problem()).isEqualTo(Problem.UNIQUE_VIOLATION);
        assertThat(violation).hasMessageContaining("ada@example.org");
        assertThat(violation.getMessage()).doesNotContain("battery");
        assertThat(keepsake.get(User.class, "ada@example.org").name()).isEqualTo("Ada");
    }

    @Tag("users")
    @Row({"S4-142", "S4-144"})
    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("stores")
    void aPasswordIsStoredAsNobodyCanReadItAndIsKnownAgain(Keepsake keepsake) {
        Mflix mflix = new Mflix(keepsake);
        User user = mflix.register("eve@example.org", "Eve", "tr0ub4dor");

        assertThat(user.password()).doesNotContain("tr0ub4dor");
        assertThat(mflix.login("eve@example.org", "tr0ub4dor")).contains(user);
        assertThat(mflix.login("eve@example.org", "Tr0ub4dor")).isEmpty();
        assertThat(mflix.login("nobody@example.org", "tr0ub4dor")).isEmpty();
    }

    // ---- comments

    @Tag("comments")
    @Row({"S4-140", "S4-143", "S4-144"})
    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("stores")
    void aCommentIsEditedAndDeletedByWhoWroteItAlone(Keepsake keepsake) {
        Mflix mflix = new Mflix(keepsake);
        mflix.register("kay@example.org", "Kay", "one");
        mflix.register("lee@example.org", "Lee", "two");
        Comment said = mflix.comment(movie(keepsake, "Edited"), "kay@example.org", "Bad.");
        ObjectId id = Objects.requireNonNull(said.id());
        keepsake.query(Comment.class)
                .where(field(Comment::id).eq(id))
                .update(field(Comment::date).set(Instant.EPOCH));

        assertThat(mflix.edit(id, "lee@example.org", "Good!")).isFalse();
        assertThat(keepsake.get(Comment.class, id).text()).isEqualTo("Bad.");
        assertThat(keepsake.get(Comment.class, id).date()).isEqualTo(Instant.EPOCH);

        assertThat(mflix.edit(id, "kay@example.org", "Not bad.")).isTrue();
        assertThat(keepsake.get(Comment.class, id).text()).isEqualTo("Not bad.");
        assertThat(keepsake.get(Comment.class, id).date()).isAfterOrEqualTo(said.date());

        assertThat(mflix.delete(id, "lee@example.org")).isFalse();
        assertThat(mflix.delete(id, "kay@example.org")).isTrue();
        assertThat(keepsake.find(Comment.class, id)).isEmpty();
    }

    // ---- movies

    @Tag("movies")
    @Row({"S4-141", "S4-144"})
    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("stores")
    void aMoviesPageHasItsCommentsTheLatestFirst(Keepsake keepsake) {
        Mflix mflix = new Mflix(keepsake);
        mflix.register("max@example.org", "Max", "three");
        ObjectId movie = movie(keepsake, "Page");
        ObjectId other = movie(keepsake, "Other");
        List<ObjectId> comments = new ArrayList<>();
        for (int day = 0; day < 3; day++) {
            Comment said = mflix.comment(movie, "max@example.org", "Day " + day);
            comments.addFirst(Objects.requireNonNull(said.id()));
            keepsake.query(Comment.class)
                    .where(field(Comment::id).eq(comments.getFirst()))
                    .update(field(Comment::date).set(Instant.EPOCH.plusSeconds(day)));
        }
        mflix.comment(other, "max@example.org", "Elsewhere");

        Movie page = mflix.withComments(movie).orElseThrow();

        assertThat(page.comments()).extracting(Comment::id).containsExactlyElementsOf(comments);
        assertThat(mflix.withComments(ObjectId.parse("5a9427648b0beebeb6950000")))
                .isEmpty();
    }

    @Tag("movies")
    @Row("S4-140")
    @ParameterizedTest
    @EnumSource(Place.class)
    void theProgramPrintsTheSameAgain(Place place) {
        String url = place.url();
        for (int run = 0; run < 2; run++) {
            assertThat(Printed.by(out -> Mflix.run(url, out)))
                    .startsWith("""
                            Hayao Miyazaki 8.4
                            Katsuhiro Otomo 8.0
                            """)
                    .contains("Akira: Loud, and well drawn. (Ada Example)")
                    .contains("My Neighbor Totoro: Again! (Bob Example)");
        }
    }
}
