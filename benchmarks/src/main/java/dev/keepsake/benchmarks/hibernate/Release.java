package dev.keepsake.benchmarks.hibernate;

import dev.keepsake.benchmarks.Row;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;

/** A release, as Hibernate keeps it. */
@Entity
@Table(name = "releases")
class Release {
    @Id
    private long id;

    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    @JoinColumn(name = "project_id")
    private Project project;

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
        this.major = row.major();
        this.minor = row.minor();
        this.created = row.created();
        this.size = row.size();
        this.url = row.url();
        this.digest = row.digest();
        this.yanked = row.yanked();
    }

    void belongTo(Project other) {
        project = other;
    }

    void grow() {
        size++;
    }

    long weight() {
        return Row.weight(id, major, minor, created, size, url, digest, yanked);
    }
}
