package dev.keepsake.session;

import dev.keepsake.fault.Fault;
import dev.keepsake.query.Changeset;
import dev.keepsake.store.Guarded;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Adds objects in transactions, one after the other: while one is under way in a thread of its own, the caller makes the next one
 * ready. None begins before the one before it has succeeded. For one thread.
 */
final class Masses {
    private final Guarded store;
    private @Nullable FutureTask<?> underWay;
    private @Nullable Thread writing;
    private final AtomicLong loaded = new AtomicLong();

    Masses(Guarded store) {
        this.store = store;
    }

    /** Adds all in one transaction; where there are no others, in this thread. */
    void add(List<Changeset.Insert> inserts, boolean isOnly) {
        Runnable ready = store.prepared(inserts, loaded::addAndGet);
        await();
        if (isOnly) {
            ready.run();
            return;
        }
        FutureTask<?> task = new FutureTask<>(ready, null);
        underWay = task;
        writing = Thread.ofPlatform().daemon().name("keepsake-load").start(task);
    }

    /** How many objects are added, when all are. */
    long loaded() {
        await();
        return loaded.get();
    }

    /** What ended it: the earlier of two failures, the other beside it; of a Fault, how far it went. */
    RuntimeException stopped(RuntimeException failure) {
        try {
            await();
        } catch (RuntimeException earlier) {
            if (earlier != failure) {
                earlier.addSuppressed(failure);
            }
            return told(earlier);
        }
        return told(failure);
    }

    private RuntimeException told(RuntimeException failure) {
        if (loaded.get() == 0 || !(failure instanceof Fault fault)) {
            return failure;
        }
        return fault.report()
                .fact("loaded", loaded.get() + " objects before it, which are kept")
                .cause(fault)
                .fault();
    }

    /** Waits for the one under way. Who interrupts this thread interrupts what it waits for, which says so. */
    private void await() {
        FutureTask<?> awaited = underWay;
        Thread thread = writing;
        underWay = null;
        writing = null;
        boolean isInterrupted = false;
        try {
            while (awaited != null && thread != null) {
                try {
                    awaited.get();
                    return;
                } catch (InterruptedException e) {
                    isInterrupted = true;
                    thread.interrupt();
                } catch (ExecutionException e) {
                    switch (e.getCause()) {
                        case RuntimeException failure -> throw failure;
                        case Error error -> throw error;
                        case null, default -> throw new IllegalStateException(e.getCause());
                    }
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
