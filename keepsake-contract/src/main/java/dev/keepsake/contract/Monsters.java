package dev.keepsake.contract;

import dev.keepsake.codec.OnDelete;
import dev.keepsake.codec.Ref;
import dev.keepsake.schema.Reference;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The classes of the suites about sessions: monsters of types, their trainers, and records beside them. */
final class Monsters {
    private Monsters() {}

    static final Class<?>[] ALL = {MonsterType.class, Monster.class, Trainer.class, Note.class, Berry.class, Node.class
    };

    /** A class with fields, and a list of those that refer to it. */
    @Entity(name = "monster_type")
    static class MonsterType {
        @Id
        @GeneratedValue
        @Nullable
        Long id;

        @Column(nullable = false)
        @Nullable
        String name;

        @OneToMany(mappedBy = "type")
        @OrderBy("name")
        List<Monster> monsters = new ArrayList<>();

        MonsterType() {}

        MonsterType(String name) {
            this.name = name;
        }
    }

    /** A class with fields that refers to another, and is joined with a third. */
    @Entity(name = "pocket_monster")
    static class Monster {
        @Id
        @GeneratedValue
        @Nullable
        Long id;

        @Column(nullable = false)
        @Nullable
        String name;

        int level;

        @ManyToOne(optional = false)
        @Nullable
        MonsterType type;

        @ManyToMany
        @JoinTable(name = "monster_trainer")
        List<Trainer> trainers = new ArrayList<>();

        Monster() {}

        Monster(String name, @Nullable MonsterType type) {
            this.name = name;
            this.type = type;
        }

        @Nullable
        MonsterType type() {
            return type;
        }
    }

    /** The other side of a join, with an id that is given. */
    @Entity
    static class Trainer {
        @Id
        @Nullable
        String id;

        int badges;

        @ManyToMany(mappedBy = "trainers")
        List<Monster> monsters = new ArrayList<>();

        Trainer() {}

        Trainer(String id) {
            this.id = id;
        }
    }

    /** A record with a generated id and a version. */
    record Note(
            @Id @GeneratedValue long id,
            String text,
            int stars,
            @Version long version) {
        Note(String text) {
            this(0, text, 0, 0);
        }

        Note starred(int more) {
            return new Note(id, text, more, version);
        }
    }

    /** A record with a given id and a lazy reference. */
    record Berry(
            String id,
            int size,
            @OnDelete(Reference.OnDelete.CASCADE) @Nullable Ref<MonsterType> favourite) {
        Berry(String id, int size) {
            this(id, size, null);
        }
    }

    /** A class that refers to others of its own. */
    @Entity
    static class Node {
        @Id
        @Nullable
        String id;

        @OnDelete(Reference.OnDelete.NULLIFY)
        @Nullable
        Ref<Node> parent;

        @OneToMany(mappedBy = "parent")
        List<Node> children = new ArrayList<>();

        Node() {}

        Node(String id) {
            this.id = id;
        }
    }
}
