package dev.keepsake.examples.pypi;

import dev.keepsake.codec.Ref;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A package. It is a class with fields, since it has lists of others: these are loaded when they are first read, for all
 * packages of one query together. The database has more columns (a long description, a page), which this program does not
 * need: they stay as they are.
 */
@Table(name = "packages")
@SuppressWarnings("JavaLangClash") // that is what PyPI calls it
public final class Package {
    private String id = "";
    private @Nullable LocalDateTime createdDate;
    private @Nullable String summary;

    /** The column is called {@code license} and holds the license's id. */
    @JoinColumn(name = "license")
    private @Nullable Ref<License> license;

    /** Those that refer to this package: nothing is kept of them here. */
    @OneToMany(mappedBy = "project")
    @OrderBy("majorVer desc, minorVer desc, buildVer desc, id")
    private List<Release> releases = new ArrayList<>();

    /** The other side of {@link User#packages()}. */
    @ManyToMany(mappedBy = "packages")
    private List<User> maintainers = new ArrayList<>();

    /** For Keepsake, which makes an object first and then fills its fields. */
    Package() {}

    /** A new package. */
    public Package(String id, LocalDateTime createdDate, String summary, @Nullable License license) {
        this.id = id;
        this.createdDate = createdDate;
        this.summary = summary;
        this.license = license == null ? null : Ref.to(license);
    }

    /** Its name. */
    public String id() {
        return id;
    }

    /** When it was first released. */
    public @Nullable LocalDateTime createdDate() {
        return createdDate;
    }

    /** What it is for. */
    public @Nullable String summary() {
        return summary;
    }

    /** Says anew what it is for. In a session, that is all there is to do: the change is written when it ends. */
    public void describe(String newSummary) {
        this.summary = newSummary;
    }

    /** Its license, if it has one. */
    public @Nullable Ref<License> license() {
        return license;
    }

    /** Its releases, the newest version first. */
    public List<Release> releases() {
        return releases;
    }

    /** Who takes care of it. */
    public List<User> maintainers() {
        return maintainers;
    }
}
