package dev.keepsake.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

/**
 * What one run took.
 *
 * @param nanos by the clock
 * @param cpu of this thread's processor time, in nanoseconds
 * @param allCpu of the processor time of all threads, in nanoseconds
 * @param result what it gave
 */
record Measured(long nanos, long cpu, long allCpu, long result) {
    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    static Measured of(Peer.Timed timed) throws Exception {
        System.gc(); // the garbage of another's turn is not to be paid for in this one
        Map<Long, Long> all = byThread();
        long cpu = THREADS.getCurrentThreadCpuTime();
        long begin = System.nanoTime();
        long result = timed.run();
        long end = System.nanoTime();
        long cpuEnd = THREADS.getCurrentThreadCpuTime();
        long allCpu = 0;
        for (Map.Entry<Long, Long> thread : byThread().entrySet()) {
            allCpu += thread.getValue() - all.getOrDefault(thread.getKey(), 0L);
        }
        return new Measured(end - begin, cpuEnd - cpu, allCpu, result);
    }

    /** The processor time of each thread, but for those of the collector and the compiler. */
    private static Map<Long, Long> byThread() {
        long[] threads = THREADS.getAllThreadIds();
        long[] times = THREADS.getThreadCpuTime(threads);
        Map<Long, Long> byThread = new HashMap<>();
        for (int i = 0; i < threads.length; i++) {
            byThread.put(threads[i], Math.max(0, times[i]));
        }
        return byThread;
    }

    double millis() {
        return nanos / 1e6;
    }
}
