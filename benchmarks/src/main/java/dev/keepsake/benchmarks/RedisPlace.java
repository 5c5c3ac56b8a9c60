package dev.keepsake.benchmarks;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * An empty database of a Redis for one peer. Releases are hashes with the fields {@code size} and {@code digest}, projects those with
 * a {@code license}; what else a peer keeps is its own affair.
 */
public final class RedisPlace implements Place {
    private static final ScanParams HASHES = new ScanParams().count(Data.BATCH);

    private final String url;
    private final Map<String, byte[]> made = new HashMap<>();

    RedisPlace(String url) {
        this.url = url;
    }

    /** Its URL, with user and password in it, and the number of the database as path. */
    public URI uri() {
        return URI.create(url);
    }

    @Override
    public String keepsakeUrl() {
        return url;
    }

    /** Remembers what there is without any object, as tables are. */
    @Override
    public void tune() {
        try (Jedis jedis = new Jedis(uri())) {
            for (String key : jedis.keys("*")) {
                made.put(key, jedis.dump(key));
            }
        }
    }

    @Override
    public void clear() {
        try (Jedis jedis = new Jedis(uri())) {
            jedis.flushDB();
            made.forEach((key, content) -> jedis.restore(key, 0, content));
        }
    }

    @Override
    public void settle() {
        // it does all at once
    }

    @Override
    public void check(Data data, long sizes, String who) {
        long releases = 0;
        long sum = 0;
        long projects = 0;
        int digest = Integer.MAX_VALUE;
        for (List<String> hash : hashes()) {
            projects += hash.get(2) == null ? 0 : 1;
            if (hash.get(0) != null) {
                releases++;
                sum += Long.parseLong(hash.get(0));
                digest = Math.min(digest, String.valueOf(hash.get(1)).length());
            }
        }
        data.check(who, sizes, releases, sum, projects, digest);
    }

    /** Size, digest and license of each hash. */
    private List<List<String>> hashes() {
        List<List<String>> hashes = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        try (Jedis jedis = new Jedis(uri())) {
            String cursor = ScanParams.SCAN_POINTER_START;
            do {
                ScanResult<String> found = jedis.scan(cursor, HASHES, "hash");
                cursor = found.getCursor();
                List<Response<List<String>>> values = new ArrayList<>();
                try (Pipeline pipeline = jedis.pipelined()) {
                    for (String key : found.getResult()) {
                        if (seen.add(key)) { // a scan may give a key twice
                            values.add(pipeline.hmget(key, "size", "digest", "license"));
                        }
                    }
                }
                values.forEach(each -> hashes.add(each.get()));
            } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
        }
        return hashes;
    }
}
