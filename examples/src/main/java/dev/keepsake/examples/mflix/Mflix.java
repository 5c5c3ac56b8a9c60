package dev.keepsake.examples.mflix;

import static dev.keepsake.Keepsake.asc;
import static dev.keepsake.Keepsake.field;
import static java.util.Objects.requireNonNull;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Ref;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Figure;
import dev.keepsake.session.Query;
import dev.keepsake.value.ObjectId;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a website about movies asks and writes, by itself: no part of it knows of requests or pages. The program fills in a few movies and
 * comments; its argument is the URL of the store, such as {@code mongodb://localhost/mflix?w=majority}.
 */
public final class Mflix {
    static final Class<?>[] CLASSES = {Movie.class, Comment.class, User.class, MovieDetails.class};

    private final Keepsake keepsake;

    /** Over a store that is open for {@link Movie}, {@link Comment}, {@link User} and {@link MovieDetails}. */
    public Mflix(Keepsake keepsake) {
        this.keepsake = keepsake;
    }

    /** The program. */
    public static void main(String[] arguments) {
        run(arguments.length == 0 ? "memory:" : arguments[0], System.out);
    }

    /** The program, on the store of a URL. */
    public static void run(String url, PrintStream out) {
        try (Keepsake keepsake = Keepsake.open(url, CLASSES)) {
            keepsake.createAll();
            Mflix mflix = new Mflix(keepsake);
            if (!keepsake.query(Movie.class).exists()) {
                mflix.fill();
            }
            for (Average each : mflix.bestDirectors(3)) {
                out.printf(Locale.ROOT, "%s %.1f%n", each.director(), each.rating());
            }
            for (Said each : mflix.latest(3)) {
                out.println(each.title() + ": " + each.text() + " (" + each.name() + ")");
            }
        }
    }

    private void fill() {
        Movie spirited =
                new Movie(null, "Spirited Away", 2001, List.of("Rumi Hiiragi"), List.of("Hayao Miyazaki"), 8.6);
        Movie totoro =
                new Movie(null, "My Neighbor Totoro", 1988, List.of("Chika Sakamoto"), List.of("Hayao Miyazaki"), 8.2);
        Movie akira = new Movie(null, "Akira", 1988, List.of("Mitsuo Iwata"), List.of("Katsuhiro Otomo"), 8.0);
        keepsake.useTransaction(session -> session.addAll(List.of(spirited, totoro, akira)));
        register("ada@example.org", "Ada Example", "correct horse");
        register("bob@example.org", "Bob Example", "battery staple");
        Comment first = comment(requireNonNull(akira.id()), "ada@example.org", "Loud.");
        comment(requireNonNull(totoro.id()), "bob@example.org", "Again!");
        edit(requireNonNull(first.id()), "ada@example.org", "Loud, and well drawn.");
    }

    // ---- users

    /**
     * Adds a user, whose password is not stored but what {@link Passwords} makes of it.
     *
     * @throws dev.keepsake.fault.Violation when there is one of that e-mail; it names the user's id
     */
    public User register(String email, String name, String password) {
        User user = new User(email, name, Passwords.hashed(password));
        return keepsake.inTransaction(session -> session.add(user));
    }

    /** The user of that e-mail and password, if there is one. */
    public Optional<User> login(String email, String password) {
        return keepsake.find(User.class, email)
                .filter(user -> user.password() != null && Passwords.matches(password, user.password()));
    }

    // ---- comments

    /** Adds what a user says of a movie. */
    public Comment comment(ObjectId movie, String email, String text) {
        Comment comment = new Comment(null, Ref.of(User.class, email), Ref.of(Movie.class, movie), text, now());
        return keepsake.inTransaction(session -> session.add(comment));
    }

    /** Changes a comment, and its date; only who wrote it can do so. One statement, so that nobody comes between question and change. */
    public boolean edit(ObjectId comment, String email, String text) {
        return keepsake.query(Comment.class)
                        .where(ofUser(comment, email))
                        .update(
                                field(Comment::text).set(text),
                                field(Comment::date).set(now()))
                == 1;
    }

    /** Deletes a comment; only who wrote it can do so. */
    public boolean delete(ObjectId comment, String email) {
        return keepsake.query(Comment.class).where(ofUser(comment, email)).delete() == 1;
    }

    private static Condition ofUser(ObjectId comment, String email) {
        return field(Comment::id).eq(comment).and(field(Comment::user).eq(email));
    }

    /** As exact as every store keeps it. */
    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    // ---- lists of text

    /** The titles of an actor's movies. A list has an element; one column is read as values. */
    public List<String> titlesWith(String actor) {
        return keepsake.query(MovieDetails.class)
                .where(field(MovieDetails::actors).has(actor))
                .select(field(MovieDetails::title))
                .orderBy(asc(MovieDetails::title))
                .into(String.class);
    }

    /** How many movies of the newer list an actor plays in. */
    public long moviesWith(String actor) {
        return keepsake.query(Movie.class).where(field(Movie::cast).has(actor)).count();
    }

    // ---- order and pages

    /** The movies of a director, the oldest first. */
    public Query<MovieDetails> by(String director) {
        return keepsake.query(MovieDetails.class)
                .where(field(MovieDetails::director).eq(director))
                .orderBy(asc(MovieDetails::year));
    }

    /** The movies of an actor, the oldest first, those of one year by title. */
    public List<MovieDetails> with(String actor) {
        return keepsake.query(MovieDetails.class)
                .where(field(MovieDetails::actors).has(actor))
                .orderBy(asc(MovieDetails::year), asc(MovieDetails::title))
                .list();
    }

    // ---- lists as rows, groups and figures

    /** Who directed what: a row for each director of each movie. */
    public record Directed(String director, String title) {}

    /** All directors with their movies. */
    public List<Directed> directed() {
        return keepsake.query(Movie.class)
                .unwind(field(Movie::directors))
                .select(field(Movie::directors), field(Movie::title))
                .into(Directed.class);
    }

    /** A director, and how good the movies are. */
    public record Average(String director, double rating) {}

    /** The directors of the best movies: one row for each, the best first. Movies without a rating do not count. */
    public List<Average> bestDirectors(int most) {
        return keepsake.query(Movie.class)
                .unwind(field(Movie::directors))
                .where(field("imdb.rating").isNotNull())
                .groupBy(field(Movie::directors))
                .select(
                        field(Movie::directors).as("director"),
                        Figure.average(field("imdb.rating")).as("rating"))
                .orderBy(field("rating").desc(), field("director").asc())
                .limit(most)
                .into(Average.class);
    }

    // ---- lookups

    /** A movie's page: the movie with its comments, the latest first. */
    public Optional<Movie> withComments(ObjectId id) {
        return keepsake.query(Movie.class)
                .where(field(Movie::id).eq(id))
                .fetch(Movie::comments)
                .oneOrNone();
    }

    /** Movies with their comments, the latest first: two statements, however many movies there are. */
    public List<Movie> withComments(String title) {
        return keepsake.query(Movie.class)
                .where(field(Movie::title).eq(title))
                .fetch(Movie::comments)
                .list();
    }

    /** A comment, who wrote it, and of what. */
    public record Said(String name, String title, String text) {}

    /** The latest comments, with what they are about and who wrote them: one statement. */
    public List<Said> latest(int most) {
        return keepsake.query(Comment.class)
                .select(field("user.name"), field("movie.title"), field(Comment::text))
                .orderBy(field(Comment::date).desc())
                .limit(most)
                .into(Said.class);
    }

    /** How much is said of a movie. */
    public record Talk(String title, long comments) {}

    /** The movies that most is said of. */
    public List<Talk> mostCommented(int most) {
        return keepsake.query(Movie.class)
                .join(field(Movie::comments))
                .groupBy(field(Movie::id), field(Movie::title))
                .select(field(Movie::title), Figure.count().as("comments"))
                .orderBy(field("comments").desc())
                .limit(most)
                .into(Talk.class);
    }

    /** Movies of which nothing is said. */
    public long withoutComments() {
        return keepsake.query(Movie.class).where(field("comments.id").isNull()).count();
    }
}
