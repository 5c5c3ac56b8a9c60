package dev.keepsake.examples.pypi;

import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Someone with an account. */
@Table(name = "users")
public final class User {
    @Id
    @GeneratedValue
    private @Nullable Long id;

    private String name = "";
    private @Nullable String email;

    /** Many to many: the table {@code maintainers} holds a pair of ids for each user of each package. */
    @ManyToMany
    @JoinTable(
            name = "maintainers",
            joinColumns = @JoinColumn(name = "user_id"),
            inverseJoinColumns = @JoinColumn(name = "package_id"))
    @OrderBy("id")
    private List<Package> packages = new ArrayList<>();

    /** For Keepsake. */
    User() {}

    /** A new user, whose id comes from the store. */
    public User(String name, String email) {
        this.name = name;
        this.email = email;
    }

    /** The id; null as long as the user is not written. */
    public @Nullable Long id() {
        return id;
    }

    /** The full name. */
    public String name() {
        return name;
    }

    /** Where letters go. */
    public @Nullable String email() {
        return email;
    }

    /** The packages that the user takes care of, sorted by name. */
    public List<Package> packages() {
        return packages;
    }
}
