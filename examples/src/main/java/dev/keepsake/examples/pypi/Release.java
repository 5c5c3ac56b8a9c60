package dev.keepsake.examples.pypi;

import dev.keepsake.codec.Ref;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.Table;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A version of a package, as it was released. A record refers to another object by a {@link Ref}, which is loaded when it is
 * asked for.
 *
 * @param id counted up by the store; zero for a new one
 * @param majorVer the first number of the version
 * @param minorVer the second
 * @param buildVer the third
 * @param createdDate when it was released
 * @param size of its file, in bytes
 * @param project the package; {@code package} is a word of Java's, so only the column has that name
 */
@Table(name = "releases")
public record Release(
        @Id @GeneratedValue long id,
        long majorVer,
        long minorVer,
        long buildVer,
        LocalDateTime createdDate,
        @Nullable Long size,
        @JoinColumn(name = "package_id") Ref<Package> project) {

    /** A new release. */
    public static Release of(Package project, int major, int minor, int build, LocalDateTime created, long size) {
        return new Release(0, major, minor, build, created, size, Ref.to(project));
    }

    /** The version as people write it. */
    public String version() {
        return majorVer + "." + minorVer + "." + buildVer;
    }
}
