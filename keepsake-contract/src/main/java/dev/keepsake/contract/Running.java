package dev.keepsake.contract;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The test that runs now, and what it asked of {@link Scale} and {@link Servers}. One test at a time per JVM, as these builds run them; a
 * test's own threads are taken for the test.
 */
final class Running {
    /** What one test asked for. Thread-safe: a test may ask from its own threads. */
    static final class Asked {
        private final Map<Scale, Integer> sizes = new EnumMap<>(Scale.class);
        private @Nullable Long seed;
        private @Nullable String server;

        synchronized Map<Scale, Integer> sizes() {
            return new EnumMap<>(sizes);
        }

        synchronized @Nullable Long seed() {
            return seed;
        }

        synchronized @Nullable String server() {
            return server;
        }

        synchronized void size(Scale scale, int size) {
            sizes.put(scale, size);
        }

        synchronized void seed(long asked) {
            seed = asked;
        }

        synchronized void server(String used) {
            server = used;
        }
    }

    private static volatile Asked now = new Asked();

    private Running() {}

    static void now(Asked asked) {
        now = asked;
    }

    static void asked(Scale scale, int size) {
        now.size(scale, size);
    }

    static void askedSeed(long seed) {
        now.seed(seed);
    }

    static void usedServer(String version) {
        now.server(version);
    }
}
