package dev.keepsake.examples.shop;

import dev.keepsake.codec.Ref;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import java.util.HashSet;
import java.util.Set;

/**
 * The one class with a line that is not as it was: a plain reference to its own class would have to load the whole branch, since
 * there are no proxies; a {@link Ref} is lazy.
 */
@Entity
public class Category extends BaseEntity {
    private static final long serialVersionUID = 1L;

    @Column(nullable = false)
    private String name;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "parent_id")
    private Ref<Category> parent;

    @OneToMany(
            mappedBy = "parent",
            cascade = {CascadeType.PERSIST, CascadeType.MERGE})
    private Set<Category> children = new HashSet<>();

    protected Category() {}

    public Category(String name) {
        this.name = name;
    }

    public void addChild(Category child) {
        children.add(child);
        child.parent = Ref.to(this);
    }

    public String getName() {
        return name;
    }

    public Category getParent() {
        return parent == null ? null : parent.get();
    }

    public Set<Category> getChildren() {
        return children;
    }
}
