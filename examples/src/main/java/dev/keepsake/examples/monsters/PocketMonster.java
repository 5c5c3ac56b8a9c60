package dev.keepsake.examples.monsters;

import dev.keepsake.codec.Ref;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import org.jspecify.annotations.Nullable;

/** A monster, which is of one type. */
@Entity
public class PocketMonster {
    @Id
    @GeneratedValue
    private @Nullable Long id;

    @Column(nullable = false)
    private String name = "";

    /** Lazy: it knows the type's id, and loads the type when it is asked for. */
    @ManyToOne(optional = false)
    private @Nullable Ref<MonsterType> type;

    /** For Keepsake. */
    protected PocketMonster() {}

    /** A new monster. */
    public PocketMonster(String name, @Nullable MonsterType type) {
        this.name = name;
        this.type = type == null ? null : Ref.to(type);
    }

    /** A new monster of a type of which only the id is known. */
    public PocketMonster(String name, long typeId) {
        this.name = name;
        this.type = Ref.of(MonsterType.class, typeId);
    }

    /** The id; null as long as the monster is not written. */
    public @Nullable Long id() {
        return id;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Its type. */
    public @Nullable Ref<MonsterType> type() {
        return type;
    }

    /** The name of its type, which is loaded where it is not yet. */
    public String typeName() {
        return type == null ? "none" : type.get().name();
    }

    /** Prints what is there, and loads nothing. */
    @Override
    public String toString() {
        return name + " (" + type + ")";
    }
}
