package dev.keepsake.benchmarks;

import java.time.Instant;

/**
 * The values of one release: what every peer writes and has to read again.
 *
 * @param id its number, from 1
 * @param project the id of the project that it belongs to
 */
public record Row(
        long id,
        String project,
        int major,
        int minor,
        Instant created,
        long size,
        String url,
        String digest,
        boolean yanked) {

    /** A number that needs all values but the reference, so that whoever sums it up has read them. */
    public long weight() {
        return weight(id, major, minor, created, size, url, digest, yanked);
    }

    /** As {@link #weight()}, for a peer's own class. */
    public static long weight(
            long id, int major, int minor, Instant created, long size, String url, String digest, boolean yanked) {
        return id + major + minor + created.toEpochMilli() + size + url.length() + digest.length() + (yanked ? 1 : 0);
    }
}
