package dev.keepsake.contract;

import dev.keepsake.codec.Ref;
import dev.keepsake.codec.TypeId;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.AttributeOverride;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.DiscriminatorColumn;
import jakarta.persistence.DiscriminatorValue;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Index;
import jakarta.persistence.Inheritance;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.OrderBy;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import jakarta.persistence.UniqueConstraint;
import jakarta.persistence.Version;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The classes of the suite about mappings: a blog, cars, pets of one owner, and ids of every sort. */
final class Mapped {
    private Mapped() {}

    // ---- a blog: its posts refer to their author, and keep their comments inside

    static final Class<?>[] BLOG = {User.class, Post.class};

    /** A user, known by an address that is checked. */
    @Table(name = "blog_user")
    record User(
            @Id @Email @Nullable String email,
            @NotBlank @Nullable String firstName,
            @Column(length = 30) @Nullable String lastName) {}

    /** What is kept inside a post. */
    record Comment(
            @NotBlank String text, Byline author, @Nullable Integer likes) {
        Comment(String text) {
            this(text, new Byline("anonymous"), null);
        }
    }

    /** A class inside a class inside a list. */
    record Byline(@Size(max = 20) String name) {}

    /** A post, with both: a reference and what is embedded. */
    @Entity(name = "blog_post")
    static class Post {
        @Id
        @Nullable
        String id;

        @ManyToOne
        @Nullable
        Ref<User> author;

        @Nullable
        LocalDateTime written;

        @ElementCollection
        List<Comment> comments = new ArrayList<>();

        Map<String, Object> more = Map.of();

        Post() {}

        Post(String id, @Nullable Ref<User> author) {
            this.id = id;
            this.author = author;
        }
    }

    // ---- cars: one class by its annotations, the same data under other classes

    /** A class with fields, not all of which are kept. */
    @TypeId("7e2d5b60-car")
    static class Car {
        @Id
        @Nullable
        String id;

        @Column(name = "paint")
        @Nullable
        String colour;

        @Nullable
        String make;

        @Transient
        @Nullable
        String driver;

        transient int seen;

        @Version
        long version;

        Car() {}

        Car(String id, String colour, String make) {
            this.id = id;
            this.colour = colour;
            this.make = make;
        }
    }

    /** What {@link Car} is called in a later program. */
    @TypeId("7e2d5b60-car")
    record Vehicle(
            String id,
            @Nullable String paint,
            @Nullable String make,
            @Version long version) {}

    /** A car as an older program knows it: without its make. */
    @TypeId("7e2d5b60-car")
    record Painted(
            String id, @Nullable String paint, @Version long version) {}

    // ---- pets: a sealed interface of records

    /** One of several records, all kept as one kind. */
    @TypeId("pet")
    sealed interface Pet permits Dog, Cat {
        String id();

        @Nullable
        Ref<Owner> owner();
    }

    /** Kept under the name of its class. */
    record Dog(String id, @Nullable Ref<Owner> owner, int barks) implements Pet {}

    /** Kept under a name of its own. */
    @TypeId("felis")
    record Cat(
            String id, @Nullable Ref<Owner> owner, @Nullable Mood mood) implements Pet {}

    /** Whose pets they are. */
    @Entity
    static class Owner {
        @Id
        @Nullable
        String id;

        @OneToMany(mappedBy = "owner")
        @OrderBy("id")
        List<Pet> pets = new ArrayList<>();

        @Nullable
        Ref<Dog> favourite;

        Owner() {}

        Owner(String id) {
            this.id = id;
        }
    }

    /** The same pets in a program that knows no cats. */
    @TypeId("pet")
    sealed interface OldPet permits OldDog {}

    /** As {@link Dog}. */
    @TypeId("Dog")
    record OldDog(String id, int barks) implements OldPet {}

    /** Kept by name. */
    enum Mood {
        CALM,
        CROSS
    }

    // ---- payments: abstract classes in a single table, and a sealed type inside another

    /** What all have: neither a kind nor a class that objects are made of. */
    @MappedSuperclass
    abstract static class Stamped {
        @Id
        @GeneratedValue
        @Nullable
        Long id;

        @Nullable
        String stamp;
    }

    /** The first of its classes. */
    @Entity
    @Inheritance
    @DiscriminatorColumn(name = "sort")
    abstract static class Payment extends Stamped {
        int cents;

        @ManyToOne
        @Nullable
        Account account;
    }

    /** Marked by a word. */
    @Entity
    @DiscriminatorValue("card")
    static class CardPayment extends Payment {
        @Nullable
        String number;
    }

    /** Marked by the name of the entity. */
    @Entity(name = "cash")
    static class CashPayment extends Payment {
        boolean rounded;
    }

    /** Whose payments they are. */
    @Entity
    static class Account {
        @Id
        @Nullable
        String id;

        @OneToMany(mappedBy = "account")
        List<Payment> payments = new ArrayList<>();

        Account() {}

        Account(String id) {
            this.id = id;
        }
    }

    // ---- one to one

    /** Refers to its holder, who has no other. */
    @Entity
    @Table(
            indexes = @Index(name = "passport_by_country", columnList = "country, number DESC"),
            uniqueConstraints =
                    @UniqueConstraint(
                            name = "passport_number",
                            columnNames = {"country", "number"}))
    static class Passport {
        @Id
        @Nullable
        String id;

        @Nullable
        String country;

        int number;

        @OneToOne(optional = false)
        @JoinColumn(name = "holder", unique = true)
        @Nullable
        Ref<Holder> holder;

        Passport() {}

        Passport(String id, int number, @Nullable Holder holder) {
            this.id = id;
            this.country = "NZ";
            this.number = number;
            this.holder = holder == null ? null : Ref.to(holder);
        }
    }

    /** Knows the passport from the other side. */
    @Entity
    static class Holder {
        @Id
        @Nullable
        String id;

        @OneToOne(mappedBy = "holder")
        @Nullable
        Ref<Passport> passport;

        Holder() {}

        Holder(String id) {
            this.id = id;
        }
    }

    // ---- embedded and converted

    /** Kept as fields of its owner. */
    @Embeddable
    record Geo(double lat, double lon) {}

    /** Kept as fields of its owner, with others in it. */
    @Embeddable
    record Address(String street, @Nullable Geo geo) {}

    /** One of several, inside one field. */
    sealed interface Contact permits Phone, Mail {}

    record Phone(String number) implements Contact {}

    record Mail(@Email String address) implements Contact {}

    /** Not kept as it is. */
    record Isbn(String text) {}

    /** Keeps it as text. */
    static final class Isbns implements AttributeConverter<Isbn, String> {
        @Override
        public String convertToDatabaseColumn(Isbn isbn) {
            return isbn.text();
        }

        @Override
        public Isbn convertToEntityAttribute(String text) {
            return new Isbn(text);
        }
    }

    /** Keeps a truth as a letter. */
    static final class YesNo implements AttributeConverter<Boolean, String> {
        @Override
        public String convertToDatabaseColumn(Boolean truth) {
            return truth ? "Y" : "N";
        }

        @Override
        public Boolean convertToEntityAttribute(String text) {
            return text.equals("Y");
        }
    }

    /** A shop with everything inside. */
    record Shop(
            @Id @Convert(converter = Isbns.class) Isbn isbn,

            @Embedded
            @AttributeOverride(name = "geo.lat", column = @Column(name = "north"))
            @AttributeOverride(name = "geo.lon", column = @Column(name = "east"))
            @Nullable
            Address address,

            @Nullable Contact contact,
            List<Contact> contacts,
            @Convert(converter = YesNo.class) boolean open,
            Set<String> tags,
            @Nullable Object anything) {}

    // ---- ids

    /** Counted up in blocks. */
    record Ticket(
            @Id
            @GeneratedValue(strategy = GenerationType.SEQUENCE)
            @SequenceGenerator(sequenceName = "tickets", initialValue = 100, allocationSize = 5)
            long id,

            String title) {}

    /** Made by version 7, which rises with the time. */
    record Event(
            @Id @GeneratedValue(strategy = GenerationType.UUID) @Nullable
            UUID id,

            int place) {}

    /** The parts of an id. */
    record SeatKey(String room, int number) {}

    /** Identified by two members. */
    @IdClass(SeatKey.class)
    record Seat(@Id String room, @Id int number, String note) {}

    /** Identified by a reference and a number. */
    @Entity
    @IdClass(BookingKey.class)
    static class Booking {
        @Id
        @ManyToOne
        @Nullable
        Ref<User> user;

        @Id
        int day;

        @Nullable
        String note;
    }

    /** The parts of the id of a booking. */
    static class BookingKey {
        @Nullable
        String user;

        int day;
    }

    /** An id inside. */
    @Embeddable
    record Spot(@Column(name = "row_number") int row, String letter) {}

    /** Identified by a member that has members. */
    record Plant(@EmbeddedId @Nullable Spot spot, String name) {}
}
