package dev.keepsake.examples.mflix;

import dev.keepsake.value.ObjectId;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A movie, with what was said of it: a class with fields, since it has a list of others. */
@Table(name = "movies")
final class Movie {
    /** What the visitors of a website think of it; none for one that has no number there. */
    record Imdb(@Nullable Double rating) {}

    @Id
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

    Movie() {}

    Movie(ObjectId id, String title, int year, List<String> cast, List<String> directors, @Nullable Double rating) {
        this.id = id;
        this.title = title;
        this.year = year;
        this.cast = cast;
        this.directors = directors;
        this.imdb = new Imdb(rating);
    }

    @Nullable
    ObjectId id() {
        return id;
    }

    String title() {
        return title;
    }

    int year() {
        return year;
    }

    List<String> cast() {
        return cast;
    }

    List<String> directors() {
        return directors;
    }

    @Nullable
    Imdb imdb() {
        return imdb;
    }

    List<Comment> comments() {
        return comments;
    }
}
