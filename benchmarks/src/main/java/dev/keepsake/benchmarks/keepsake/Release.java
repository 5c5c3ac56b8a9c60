package dev.keepsake.benchmarks.keepsake;

import dev.keepsake.benchmarks.Row;
import dev.keepsake.codec.Ref;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;

/** A release, as Keepsake keeps it. */
@Entity
@Table(name = "releases", indexes = @Index(name = "releases_project", columnList = "project_id"))
class Release {
    @Id
    private long id;

    @ManyToOne(optional = false)
    @JoinColumn(name = "project_id")
    private Ref<Project> project;

    private int major;
    private int minor;
    private Instant created;
    private long size;
    private String url;
    private String digest;
    private boolean yanked;

    Release() {}

    Release(Row row) {
        this.id = row.id();
        this.project = Ref.of(Project.class, row.project());
        this.major = row.major();
        this.minor = row.minor();
        this.created = row.created();
        this.size = row.size();
        this.url = row.url();
        this.digest = row.digest();
        this.yanked = row.yanked();
    }

    void grow() {
        size++;
    }

    void resize(long to) {
        size = to;
    }

    long weight() {
        return Row.weight(id, major, minor, created, size, url, digest, yanked);
    }
}
