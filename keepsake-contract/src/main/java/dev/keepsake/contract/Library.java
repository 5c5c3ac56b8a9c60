package dev.keepsake.contract;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Ref;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The classes of the suite about queries: books as records, their authors as a class with fields, and what is known of them. */
final class Library {
    static final Class<?>[] ALL = {Author.class, Book.class};

    private Library() {}

    /** What a book is. */
    enum Genre {
        NOVEL,
        STORIES
    }

    /** Where and when a book was printed first. */
    record Print(String place, int year) {}

    /** Who writes. */
    @Entity
    static class Author {
        @Id
        @Nullable
        String id;

        @Nullable
        String country;

        int born;

        @Version
        long version;

        @OneToMany(mappedBy = "author")
        @OrderBy("published")
        List<Book> books = new ArrayList<>();

        Author() {}

        Author(String id, @Nullable String country, int born) {
            this.id = id;
            this.country = country;
            this.born = born;
        }

        @Nullable
        String country() {
            return country;
        }

        int born() {
            return born;
        }

        List<Book> books() {
            return books;
        }
    }

    /** What is written. */
    record Book(
            String id,
            @Nullable Ref<Author> author,
            int pages,
            @Column(precision = 12, scale = 2) @Nullable BigDecimal price,
            @Nullable LocalDate published,
            List<String> subjects,
            @Nullable Genre genre,
            @Nullable Print print) {}

    /** Four authors, one of them without a book, and six books, one of them by nobody. */
    static void fill(Keepsake keepsake, boolean together) {
        Author woolf = new Author("woolf", "GB", 1882);
        Author borges = new Author("borges", "AR", 1899);
        Author lem = new Author("lem", "PL", 1921);
        Author silent = new Author("silent", null, 1950);
        List<Object> all = List.of(
                woolf,
                borges,
                lem,
                silent,
                book("orlando", woolf, 333, "9.50", "1928-10-11", Genre.NOVEL, "London", "time", "gender"),
                book("waves", woolf, 324, "8", "1931-10-08", Genre.NOVEL, null, "sea", "time"),
                book(
                        "ficciones",
                        borges,
                        174,
                        "12.25",
                        "1944-01-01",
                        Genre.STORIES,
                        "Buenos Aires",
                        "labyrinth",
                        "time"),
                book("aleph", borges, 146, "11", "1949-06-26", Genre.STORIES, "Buenos Aires", "infinity"),
                book("solaris", lem, 204, "7.75", "1961-06-01", Genre.NOVEL, null, "sea", "space"),
                new Book("anonymous", null, 10, null, null, List.of(), null, null));
        if (together) {
            keepsake.useTransaction(session -> session.addAll(all));
        } else {
            all.forEach(each -> keepsake.useTransaction(session -> session.add(each)));
        }
    }

    private static Book book(
            String id,
            Author author,
            int pages,
            String price,
            String published,
            Genre genre,
            @Nullable String place,
            String... subjects) {
        LocalDate day = LocalDate.parse(published);
        Print print = place == null ? null : new Print(place, day.getYear());
        return new Book(id, Ref.to(author), pages, new BigDecimal(price), day, List.of(subjects), genre, print);
    }
}
