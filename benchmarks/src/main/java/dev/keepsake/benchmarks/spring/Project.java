package dev.keepsake.benchmarks.spring;

import org.springframework.data.annotation.Id;
import org.springframework.data.redis.core.RedisHash;

/** A project, as Spring Data keeps it. */
@RedisHash("projects")
public class Project {
    @Id
    private String id;

    private String license;

    Project() {}

    Project(String id, String license) {
        this.id = id;
        this.license = license;
    }

    String id() {
        return id;
    }
}
