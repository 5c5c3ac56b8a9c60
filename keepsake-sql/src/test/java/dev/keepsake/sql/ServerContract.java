package dev.keepsake.sql;

import dev.keepsake.Keepsake;
import dev.keepsake.contract.TestServer;
import dev.keepsake.session.Session;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What contracts about servers start from: an empty database on the server that tests share, and threads. */
abstract class ServerContract {
    private static final Duration LONG = Duration.ofSeconds(30);

    /** A number that many write. */
    @Entity
    record Counter(@Id long id, long n) {
        Counter plusOne() {
            return new Counter(id, n + 1);
        }
    }

    /** An object whose id the database makes. */
    @Entity
    record Ticket(@Id @GeneratedValue long id, String holder) {}

    /** An empty database. */
    String url = "";

    protected abstract TestServer shared();

    /** A query that takes so long on the server. */
    protected abstract String sleep(double seconds);

    @BeforeEach
    void makeDatabase() {
        url = shared().newDatabase();
    }

    @AfterEach
    void dropDatabase() {
        shared().drop(url);
    }

    /** Opens it with options such as {@code maxConnections=1}, its kinds made, and counters from 1 on, all 0. */
    Keepsake opened(int counters, String... options) {
        Keepsake keepsake = open(url, options);
        keepsake.createAll();
        List<Counter> all = new ArrayList<>();
        for (int i = 1; i <= counters; i++) {
            all.add(new Counter(i, 0));
        }
        keepsake.useTransaction(session -> session.addAll(all));
        return keepsake;
    }

    static Keepsake open(String url, String... options) {
        return Keepsake.open(
                url + (options.length == 0 ? "" : "?" + String.join("&", options)), Counter.class, Ticket.class);
    }

    static SqlServer server(Keepsake keepsake) {
        return (SqlServer) keepsake.store().unwrap(SqlSource.class);
    }

    static void addOne(Session session, long id) {
        session.put(session.get(Counter.class, id).plusOne());
    }

    static List<Long> numbers(Keepsake keepsake) {
        return keepsake.query(Counter.class).orderBy("id").list().stream()
                .map(Counter::n)
                .toList();
    }

    // ---- threads

    /** Does something on threads of its own, and waits for all of them; the first failure passes. */
    static <T> List<T> together(List<? extends Callable<T>> tasks) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> running = new ArrayList<>();
            tasks.forEach(task -> running.add(threads.submit(task)));
            List<T> results = new ArrayList<>();
            try {
                for (Future<T> each : running) {
                    results.add(each.get(LONG.toSeconds(), TimeUnit.SECONDS));
                }
            } catch (TimeoutException e) {
                for (Future<T> each : running) {
                    if (each.isDone()) {
                        each.get(); // one that failed is why the others wait
                    }
                }
                throw e;
            }
            return results;
        }
    }

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(LONG.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("waited too long");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited too long");
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    static Duration took(Runnable what) {
        long start = System.nanoTime();
        what.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
