package dev.keepsake.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * What one run took.
 *
 * @param nanos by the clock
 * @param cpu of this thread's processor time, in nanoseconds
 * @param result what it gave
 */
record Measured(long nanos, long cpu, long result) {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    static Measured of(Peer.Timed timed) throws Exception {
        System.gc(); // the garbage of another's turn is not to be paid for in this one
        long cpu = THREADS.getCurrentThreadCpuTime();
        long begin = System.nanoTime();
        long result = timed.run();
        long end = System.nanoTime();
        return new Measured(end - begin, THREADS.getCurrentThreadCpuTime() - cpu, result);
    }

    double millis() {
        return nanos / 1e6;
    }
}
