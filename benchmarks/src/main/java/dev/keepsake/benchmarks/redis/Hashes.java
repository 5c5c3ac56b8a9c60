package dev.keepsake.benchmarks.redis;

import dev.keepsake.benchmarks.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Objects as hashes by hand, with the keys that Spring Data has: a hash for each, a set of all ids, and for each value of an indexed
 * field the set of the ids of those that have it. All is text, times are whole numbers.
 */
final class Hashes {
    static final String PROJECTS = "projects";
    static final String RELEASES = "releases";

    /** The fields of a release, in the order of {@link #row}. */
    private static final String[] FIELDS = {
        "id", "project", "major", "minor", "created", "size", "url", "digest", "yanked"
    };

    private Hashes() {}

    /** The key of a project. */
    static String project(String id) {
        return "projects:" + id;
    }

    /** The key of a release. */
    static String release(String id) {
        return "releases:" + id;
    }

    /** The key of the ids of a project's releases. */
    static String releasesOf(String project) {
        return "releases:project:" + project;
    }

    static String[] fields() {
        return FIELDS;
    }

    static Map<String, String> of(String project) {
        Map<String, String> hash = new LinkedHashMap<>();
        hash.put("id", project);
        hash.put("license", "MIT");
        return hash;
    }

    static Map<String, String> of(Row row) {
        Map<String, String> hash = new LinkedHashMap<>();
        hash.put("id", Long.toString(row.id()));
        hash.put("project", row.project());
        hash.put("major", Integer.toString(row.major()));
        hash.put("minor", Integer.toString(row.minor()));
        hash.put("created", Long.toString(row.created().toEpochMilli()));
        hash.put("size", Long.toString(row.size()));
        hash.put("url", row.url());
        hash.put("digest", row.digest());
        hash.put("yanked", row.yanked() ? "1" : "0");
        return hash;
    }

    static Row row(List<String> values) {
        return new Row(
                Long.parseLong(values.get(0)),
                values.get(1),
                Integer.parseInt(values.get(2)),
                Integer.parseInt(values.get(3)),
                Instant.ofEpochMilli(Long.parseLong(values.get(4))),
                Long.parseLong(values.get(5)),
                values.get(6),
                values.get(7),
                values.get(8).equals("1"));
    }

    static long weigh(List<Row> rows) {
        long sum = 0;
        for (Row row : rows) {
            sum += row.weight();
        }
        return sum;
    }

    /** The same, of the releases of one project after the other. */
    static long weigh(Set<String> projects, List<Row> rows) {
        Map<String, List<Row>> byProject = new LinkedHashMap<>();
        projects.forEach(project -> byProject.put(project, new ArrayList<>()));
        for (Row row : rows) {
            byProject.get(row.project()).add(row);
        }
        return byProject.values().stream().mapToLong(Hashes::weigh).sum();
    }
}
