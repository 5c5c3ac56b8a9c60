package dev.keepsake.benchmarks.mongo;

import dev.keepsake.benchmarks.Row;
import dev.morphia.annotations.Entity;
import dev.morphia.annotations.Id;
import dev.morphia.annotations.Indexed;
import java.time.Instant;

/** A release, as the driver's codecs for classes and Morphia want it; the project is the id alone, by which it is found. */
@Entity(value = "releases", useDiscriminator = false)
public class Release {
    @Id
    private long id;

    @Indexed
    private String project;

    private int major;
    private int minor;
    private Instant created;
    private long size;
    private String url;
    private String digest;
    private boolean yanked;

    static Release of(Row row) {
        Release release = new Release();
        release.id = row.id();
        release.project = row.project();
        release.major = row.major();
        release.minor = row.minor();
        release.created = row.created();
        release.size = row.size();
        release.url = row.url();
        release.digest = row.digest();
        release.yanked = row.yanked();
        return release;
    }

    static long weigh(Release release) {
        return Row.weight(
                release.id,
                release.major,
                release.minor,
                release.created,
                release.size,
                release.url,
                release.digest,
                release.yanked);
    }

    public long getId() {
        return id;
    }

    public void setId(long id) {
        this.id = id;
    }

    public String getProject() {
        return project;
    }

    public void setProject(String project) {
        this.project = project;
    }

    public int getMajor() {
        return major;
    }

    public void setMajor(int major) {
        this.major = major;
    }

    public int getMinor() {
        return minor;
    }

    public void setMinor(int minor) {
        this.minor = minor;
    }

    public Instant getCreated() {
        return created;
    }

    public void setCreated(Instant created) {
        this.created = created;
    }

    public long getSize() {
        return size;
    }

    public void setSize(long size) {
        this.size = size;
    }

    public String getUrl() {
        return url;
    }

    public void setUrl(String url) {
        this.url = url;
    }

    public String getDigest() {
        return digest;
    }

    public void setDigest(String digest) {
        this.digest = digest;
    }

    public boolean isYanked() {
        return yanked;
    }

    public void setYanked(boolean yanked) {
        this.yanked = yanked;
    }
}
