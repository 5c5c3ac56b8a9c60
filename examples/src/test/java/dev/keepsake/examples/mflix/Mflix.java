package dev.keepsake.examples.mflix;

import static dev.keepsake.Keepsake.asc;
import static dev.keepsake.Keepsake.field;

import dev.keepsake.Keepsake;
import dev.keepsake.query.Figure;
import dev.keepsake.session.Query;
import java.util.List;

/** What a website about movies asks. */
final class Mflix {
    static final Class<?>[] CLASSES = {Movie.class, Comment.class, User.class, MovieDetails.class};

    private final Keepsake keepsake;

    Mflix(Keepsake keepsake) {
        this.keepsake = keepsake;
    }

    // ---- lists of text

    /** The titles of an actor's movies. A list has an element; one column is read as values. */
    List<String> titlesWith(String actor) {
        return keepsake.query(MovieDetails.class)
                .where(field(MovieDetails::actors).has(actor))
                .select(field(MovieDetails::title))
                .orderBy(asc(MovieDetails::title))
                .into(String.class);
    }

    /** How many movies of the newer list an actor plays in. */
    long moviesWith(String actor) {
        return keepsake.query(Movie.class).where(field(Movie::cast).has(actor)).count();
    }

    // ---- order and pages

    /** The movies of a director, the oldest first. */
    Query<MovieDetails> by(String director) {
        return keepsake.query(MovieDetails.class)
                .where(field(MovieDetails::director).eq(director))
                .orderBy(asc(MovieDetails::year));
    }

    /** The movies of an actor, the oldest first, those of one year by title. */
    List<MovieDetails> with(String actor) {
        return keepsake.query(MovieDetails.class)
                .where(field(MovieDetails::actors).has(actor))
                .orderBy(asc(MovieDetails::year), asc(MovieDetails::title))
                .list();
    }

    // ---- lists as rows, groups and figures

    /** Who directed what: a row for each director of each movie. */
    record Directed(String director, String title) {}

    List<Directed> directed() {
        return keepsake.query(Movie.class)
                .unwind(field(Movie::directors))
                .select(field(Movie::directors), field(Movie::title))
                .into(Directed.class);
    }

    /** A director, and how good the movies are. */
    record Average(String director, double rating) {}

    /** The directors of the best movies: one row for each, the best first. Movies without a rating do not count. */
    List<Average> bestDirectors(int most) {
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

    /** Movies with their comments, the latest first: two statements, however many movies there are. */
    List<Movie> withComments(String title) {
        return keepsake.query(Movie.class)
                .where(field(Movie::title).eq(title))
                .fetch(Movie::comments)
                .list();
    }

    /** A comment, who wrote it, and of what. */
    record Said(String name, String title, String text) {}

    /** The latest comments, with what they are about and who wrote them: one statement. */
    List<Said> latest(int most) {
        return keepsake.query(Comment.class)
                .select(field("user.name"), field("movie.title"), field(Comment::text))
                .orderBy(field(Comment::date).desc())
                .limit(most)
                .into(Said.class);
    }

    /** How much is said of a movie. */
    record Talk(String title, long comments) {}

    /** The movies that most is said of. */
    List<Talk> mostCommented(int most) {
        return keepsake.query(Movie.class)
                .join(field(Movie::comments))
                .groupBy(field(Movie::id), field(Movie::title))
                .select(field(Movie::title), Figure.count().as("comments"))
                .orderBy(field("comments").desc())
                .limit(most)
                .into(Talk.class);
    }

    /** Movies of which nothing is said. */
    long withoutComments() {
        return keepsake.query(Movie.class).where(field("comments.id").isNull()).count();
    }
}
