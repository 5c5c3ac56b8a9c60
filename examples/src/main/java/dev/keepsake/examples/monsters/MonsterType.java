package dev.keepsake.examples.monsters;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A type of monsters, with all monsters of that type. */
@Entity
public class MonsterType {
    @Id
    @GeneratedValue
    private @Nullable Long id;

    @Column(nullable = false)
    private String name = "";

    /** The other side of {@link PocketMonster#type()}; both are kept in step. */
    @OneToMany(mappedBy = "type")
    @OrderBy("name")
    private List<PocketMonster> monsters = new ArrayList<>();

    /** For Keepsake. */
    protected MonsterType() {}

    /** A new type. */
    public MonsterType(String name) {
        this.name = name;
    }

    /** The id; null as long as the type is not written. */
    public @Nullable Long id() {
        return id;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** The monsters of this type, loaded when they are first read. */
    public List<PocketMonster> monsters() {
        return monsters;
    }

    @Override
    public String toString() {
        return name;
    }
}
