package dev.keepsake.contract;

import dev.keepsake.codec.Ref;
import jakarta.persistence.Column;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The records of the suite about units of work. */
final class Belongings {
    private Belongings() {}

    /** A record whose id the store gives. */
    record Project(@Id @GeneratedValue long id, String name) {}

    /** A record that refers to one whose id the store gives. */
    record Release(@Id @GeneratedValue long id, Ref<Project> project, String name) {}

    /** A record with a name that no other has. */
    record Badge(String id, @Column(unique = true) String name) {}

    /** A record whose id comes from a sequence. */
    record Ticket(
            @Id @GeneratedValue(strategy = GenerationType.SEQUENCE)
            long id,

            String name) {}

    /** One that another refers to. */
    record House(
            String id,
            int number,
            @OneToOne(mappedBy = "house") @Nullable Ref<Roof> roof) {}

    /** The other. */
    record Roof(String id, @OneToOne Ref<House> house) {}

    /** A record that asks for what belongs to it while it is made. */
    record Shelf(String id, @OneToMany(mappedBy = "shelf") List<Jar> jars) {
        Shelf {
            jars = List.copyOf(jars);
        }
    }

    /** What belongs to it. */
    record Jar(String id, Ref<Shelf> shelf) {}

    /** A record with a set. */
    record Bag(String id, Set<String> tags) {}

    /** Classes that are kept as one kind. */
    sealed interface Pet {
        String id();
    }

    record Dog(String id, String name, int barks) implements Pet {}

    record Cat(String id, String name, @Nullable String mew) implements Pet {}
}
