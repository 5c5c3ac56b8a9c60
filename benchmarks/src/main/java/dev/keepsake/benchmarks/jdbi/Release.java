package dev.keepsake.benchmarks.jdbi;

import dev.keepsake.benchmarks.Row;
import java.time.Instant;

/** A release, as Jdbi maps it: a public record, whose components are the columns. */
public record Release(
        long id,
        String projectId,
        int major,
        int minor,
        Instant created,
        long size,
        String url,
        String digest,
        boolean yanked) {

    static Release of(Row row) {
        return new Release(
                row.id(),
                row.project(),
                row.major(),
                row.minor(),
                row.created(),
                row.size(),
                row.url(),
                row.digest(),
                row.yanked());
    }

    Release grown() {
        return new Release(id, projectId, major, minor, created, size + 1, url, digest, yanked);
    }

    long weight() {
        return Row.weight(id, major, minor, created, size, url, digest, yanked);
    }
}
