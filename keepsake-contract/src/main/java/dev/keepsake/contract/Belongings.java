package dev.keepsake.contract;

import dev.keepsake.codec.Ref;
import jakarta.persistence.Column;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
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

    /** Classes that are kept as one kind. */
    sealed interface Pet {
        String id();
    }

    record Dog(String id, String name, int barks) implements Pet {}

    record Cat(String id, String name, @Nullable String mew) implements Pet {}
}
