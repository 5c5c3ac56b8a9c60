package dev.keepsake.contract;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting in tests until something is so. Stateless. */
public final class Await {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int STEP_MILLIS = 20;

    private Await() {}

    /** Waits until something is so, which it must be in half a minute. */
    public static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("it is not so after " + PATIENCE.toSeconds() + " seconds");
            }
            aMoment();
        }
    }

    /** Lets a little time pass. */
    public static void aMoment() {
        try {
            Thread.sleep(STEP_MILLIS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
