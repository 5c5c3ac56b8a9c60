package dev.keepsake.benchmarks;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;

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
    /** How many threads get releases at the same time. */
    public static final int THREADS = 16;
    /** Of so many releases, one is changed. */
    public static final int CHANGED = 10;
    /** By how much the size of each release grows where all are changed. */
    public static final int GROWTH = 2;
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

    /** The releases that a flush has to write: one of {@link #CHANGED}. */
    public List<Row> changed() {
        List<Row> changed = new ArrayList<>();
        for (int i = 0; i < size(); i += CHANGED) {
            changed.add(rows.get(i));
        }
        return changed;
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

    /** The sum of what is got by {@link #someIds}, one after the other. */
    public Peer.Timed oneByOne(LongUnaryOperator weightById) {
        long[] ids = someIds();
        return () -> {
            long sum = 0;
            for (long id : ids) {
                sum += weightById.applyAsLong(id);
            }
            return sum;
        };
    }

    /** Refuses what is not all projects and releases, whose digests are of 64 characters, with this sum of sizes. */
    void check(String who, long sizes, long releases, long sum, long projects, int digest) {
        String found = releases + " " + sum + " " + projects + " " + digest;
        String expected = size() + " " + sizes + " " + projects().size() + " 64";
        if (!found.equals(expected)) {
            throw new IllegalStateException(who + " left " + found + " in the database, not " + expected);
        }
    }

    /** The sum of what is got by {@link #someIds}, of {@link #THREADS} virtual threads that get a part of them each. */
    public long sumByThreads(LongUnaryOperator weightById) throws InterruptedException, ExecutionException {
        long[] ids = someIds();
        List<Future<Long>> sums = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int thread = 0; thread < THREADS; thread++) {
                long[] part =
                        Arrays.copyOfRange(ids, ids.length * thread / THREADS, ids.length * (thread + 1) / THREADS);
                sums.add(
                        threads.submit(() -> Arrays.stream(part).map(weightById).sum()));
            }
        }
        long sum = 0;
        for (Future<Long> each : sums) {
            sum += each.get();
        }
        return sum;
    }

    /** The latest of one project's releases that a query wants, where the caller has to choose them. */
    public static Stream<Row> latest(Stream<Row> ofProject) {
        return ofProject
                .filter(row -> row.minor() >= LEAST_MINOR)
                .sorted(Comparator.comparing(Row::created).reversed().thenComparing(Row::id))
                .limit(LIMIT);
    }
}
