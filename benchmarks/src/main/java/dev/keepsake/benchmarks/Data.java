package dev.keepsake.benchmarks;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * What is measured: so many releases, the same in each run, 200 of each project, one project after the other. About 230
 * bytes each.
 *
 * @param rows the releases
 */
public record Data(List<Row> rows) {
    /** How many releases are written in one session or transaction. */
    public static final int UNIT = 10_000;
    /** How many rows go in one batch. */
    public static final int BATCH = 1_000;
    /** How many releases a project has. */
    public static final int CHILDREN = 200;
    /** How many results a query has at most. */
    public static final int LIMIT = 20;
    /** Of so many releases, one is changed. */
    public static final int CHANGED = 10;
    /** The least minor number that a query finds. */
    public static final int LEAST_MINOR = 5;

    /** Makes them. */
    public static Data of(int scale) {
        Random random = new Random(1);
        Instant begin = Instant.parse("2010-01-01T00:00:00Z");
        byte[] digest = new byte[32];
        List<Row> rows = new ArrayList<>(scale);
        for (int i = 0; i < scale; i++) {
            random.nextBytes(digest);
            String project = project(i / CHILDREN);
            int major = random.nextInt(10);
            int minor = random.nextInt(20);
            rows.add(new Row(
                    i + 1L,
                    project,
                    major,
                    minor,
                    begin.plusMillis(random.nextLong(500_000_000_000L)),
                    random.nextInt(100_000_000),
                    "https://files.example.org/packages/%s/%s-%d.%d.tar.gz".formatted(project, project, major, minor),
                    HexFormat.of().formatHex(digest),
                    random.nextInt(50) == 0));
        }
        return new Data(rows);
    }

    private static String project(int number) {
        return "project-%05d".formatted(number);
    }

    /** How many releases there are. */
    public int size() {
        return rows.size();
    }

    /** The ids of all projects. */
    public List<String> projects() {
        return rows.stream().map(Row::project).distinct().toList();
    }

    /** The releases of one session each. */
    public List<List<Row>> units() {
        List<List<Row>> units = new ArrayList<>();
        for (int from = 0; from < size(); from += UNIT) {
            units.add(rows.subList(from, Math.min(size(), from + UNIT)));
        }
        return units;
    }

    /** Up to ten thousand ids, in no order, none of them twice. */
    public long[] someIds() {
        return new Random(2)
                .ints(0, size())
                .distinct()
                .limit(Math.min(10_000, Math.max(1, size() / 2)))
                .mapToLong(i -> rows.get(i).id())
                .toArray();
    }
}
