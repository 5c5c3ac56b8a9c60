package dev.keepsake.examples.mflix;

import dev.keepsake.value.ObjectId;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A movie, with what was said of it: a class with fields, since it has a list of others. */
@Table(name = "movies")
public final class Movie {
    /** What the visitors of a website think of it; none for one that has no number there. */
    public record Imdb(@Nullable Double rating) {}

    @Id
    @GeneratedValue
    private @Nullable ObjectId id;

    private String title = "";
    private int year;
    private List<String> cast = new ArrayList<>();
    private List<String> directors = new ArrayList<>();
    private @Nullable Imdb imdb;

    /** The latest first. */
    @OneToMany(mappedBy = "movie")
    @OrderBy("date desc")
    private List<Comment> comments = new ArrayList<>();

    /** For Keepsake. */
    Movie() {}

    /** A movie; without an id it gets one. */
    public Movie(
            @Nullable ObjectId id,
            String title,
            int year,
            List<String> cast,
            List<String> directors,
            @Nullable Double rating) {
        this.id = id;
        this.title = title;
        this.year = year;
        this.cast = cast;
        this.directors = directors;
        this.imdb = new Imdb(rating);
    }

    /** Its id; null for one that is new. */
    public @Nullable ObjectId id() {
        return id;
    }

    /** Its title. */
    public String title() {
        return title;
    }

    /** When it came out. */
    public int year() {
        return year;
    }

    /** Who plays in it. */
    public List<String> cast() {
        return cast;
    }

    /** Who directed it. */
    public List<String> directors() {
        return directors;
    }

    /** What visitors think of it. */
    public @Nullable Imdb imdb() {
        return imdb;
    }

    /** What was said of it, the latest first. */
    public List<Comment> comments() {
        return comments;
    }
}
