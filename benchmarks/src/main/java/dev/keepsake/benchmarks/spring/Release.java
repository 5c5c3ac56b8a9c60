package dev.keepsake.benchmarks.spring;

import dev.keepsake.benchmarks.Row;
import java.time.Instant;
import org.springframework.data.annotation.Id;
import org.springframework.data.redis.core.RedisHash;
import org.springframework.data.redis.core.index.Indexed;

/** A release, as Spring Data keeps it; the project is the id alone, by which it is found. */
@RedisHash("releases")
public class Release {
    @Id
    private Long id;

    @Indexed
    private String project;

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
        this.project = row.project();
        this.major = row.major();
        this.minor = row.minor();
        this.created = row.created();
        this.size = row.size();
        this.url = row.url();
        this.digest = row.digest();
        this.yanked = row.yanked();
    }

    void grow(int by) {
        size += by;
    }

    Row row() {
        return new Row(id, project, major, minor, created, size, url, digest, yanked);
    }

    long weight() {
        return Row.weight(id, major, minor, created, size, url, digest, yanked);
    }
}
