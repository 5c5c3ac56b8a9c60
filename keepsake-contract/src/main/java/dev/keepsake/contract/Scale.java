package dev.keepsake.contract;

import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How large the tests are: every size that a test may ask for, small for each build and full for a soak. The system
 * property {@code keepsake.scale} chooses, {@code small} (as when absent) or {@code full}.
 *
 * <p>The same tests run at both scales. What a running test asks for is noted, and a full run writes it to
 * {@code target/soak.json} ({@link RowsListener}).
 */
public enum Scale {
    /** Rows in one streamed read or bulk write. */
    STREAMED_ROWS(50_000, 1_000_000),

    /** Random scenarios of writes, compared with the memory store after each step. */
    RANDOM_SCENARIOS(60, 2_000),

    /** Random queries, compared with the memory store's answer. */
    RANDOM_QUERIES(300, 10_000),

    /** Steps of random work in sessions, compared with a model of what is kept. */
    RANDOM_STEPS(1_500, 40_000),

    /** How often each of eight threads increments one counter. */
    INCREMENTS(1_000, 1_000),

    /** How often each of eight threads adds to one list. */
    PUSHES(10, 100),

    /** For how many seconds processes that write are killed again and again. */
    CRASH_SECONDS(8, 60);

    private final int small;
    private final int full;

    Scale(int small, int full) {
        this.small = small;
        this.full = full;
    }

    /** The size at the scale of this run. */
    public int size() {
        int size = isFull() ? full : small;
        Running.asked(this, size);
        return size;
    }

    /**
     * The seed of everything random in this run: the system property {@code keepsake.seed}, else chosen once per JVM. A
     * failed test that asked for it prints it.
     */
    public static long seed() {
        Running.askedSeed(Seed.OF_THIS_RUN);
        return Seed.OF_THIS_RUN;
    }

    static boolean isFull() {
        String scale = System.getProperty("keepsake.scale", "small");
        return switch (scale.toLowerCase(Locale.ROOT)) {
            case "full" -> true;
            case "small", "" -> false;
            default -> throw new IllegalArgumentException("keepsake.scale is " + scale + ", expected small or full");
        };
    }

    /** Apart, so that it is chosen when first asked for. */
    private static final class Seed {
        static final long OF_THIS_RUN = chosen();

        private static long chosen() {
            Long given = Long.getLong("keepsake.seed");
            return given != null ? given : ThreadLocalRandom.current().nextLong(1, 1_000_000_000);
        }
    }
}
