package dev.keepsake.store;

import java.util.concurrent.TimeUnit;

/** A wait before something is asked again: written once, for stores and what stands before them. Stateless. */
public final class Pause {
    private Pause() {}

    /** Waits so long; false where the thread is interrupted, which it stays. */
    public static boolean millis(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
