package dev.keepsake.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.codec.Codecs;
import dev.keepsake.fault.Invalid;
import dev.keepsake.fault.Problem;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.PrePersist;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What else is found in classes of a Hibernate project, and is refused, with the reason, when the model is built: nothing that a
 * class says is overlooked in silence.
 */
class RefusedTest {
    @Entity
    static class Folder {
        @Id
        Long id;

        @ManyToOne
        Folder parent;
    }

    @Test
    void aPlainReferenceBackToItsOwnClass() {
        refused("Folder.parent leads back to Folder: declare it as Ref<Folder>", Folder.class);
    }

    @Entity
    static class Passport {
        @Id
        Long id;

        @OneToOne
        Person person;
    }

    @Entity
    static class Person {
        @Id
        Long id;

        @OneToOne(mappedBy = "person")
        Passport passport;
    }

    @Test
    void theOtherSideOfAReferenceToOne() {
        refused("declare it as Ref<Passport>, which is loaded when it is asked for", Person.class, Passport.class);
    }

    @Entity
    static class Page {
        @Id
        Long id;
    }

    @Entity
    static class Book {
        @Id
        Long id;

        @OneToMany
        @JoinColumn(name = "book_id")
        List<Page> pages = new ArrayList<>();
    }

    @Test
    void aListThatTheOtherSideDoesNotKnow() {
        refused("let the other class refer back, and name that member by mappedBy", Book.class, Page.class);
    }

    @Entity
    static class Bookmark {
        @Id
        Long id;

        @ManyToOne(cascade = CascadeType.ALL)
        Page page;
    }

    @Test
    void deletingWhatOthersMayReferTo() {
        refused("it would delete what others may refer to; name PERSIST and MERGE", Bookmark.class, Page.class);
    }

    enum Color {
        RED
    }

    @Entity
    static class Paint {
        @Id
        Long id;

        @Enumerated
        Color color;
    }

    @Test
    void constantsByTheirNumbers() {
        refused("a new constant would change what old numbers mean; use EnumType.STRING", Paint.class);
    }

    @Entity
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Payment {
        @Id
        Long id;
    }

    @Test
    void aHierarchyInSeveralTables() {
        refused("a hierarchy is kept in one table; use SINGLE_TABLE", Payment.class);
    }

    @Entity
    @NamedQuery(name = "all", query = "select e from Everything e")
    static class Everything {
        @Id
        Long id;

        @Column(updatable = false)
        Instant createdAt;

        @SuppressWarnings("JavaUtilDate") // that is the point
        Date changedAt;

        final List<String> names = new ArrayList<>();

        @PrePersist
        void created() {
            createdAt = Instant.now();
        }
    }

    @Test
    void severalMistakesAreToldTogether() {
        refused("@NamedQuery is not honoured", Everything.class);
        refused("createdAt: @Column(insertable, updatable, check) is not honoured", Everything.class);
        refused("java.util.Date cannot be kept: use Instant", Everything.class);
        refused("names is final", Everything.class);
        refused("@PrePersist on a method is not honoured", Everything.class);
    }

    private static void refused(String reason, Class<?>... types) {
        Invalid refusal = catchThrowableOfType(Invalid.class, () -> Codecs.of(types));
        assertThat(refusal.problem()).isEqualTo(Problem.MODEL_INVALID);
        assertThat(refusal).hasMessageContaining(reason);
    }
}
