package dev.keepsake.examples.cache;

import dev.keepsake.keyvalue.KeyValue;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * Pages that are slow to render, kept for a while once they are; how often each was asked for; and a queue of those to be rendered anew. Its
 * argument is the URL of the store, such as {@code redis://localhost}: the same program runs on all of them.
 */
public final class Pages {
    private static final int READERS = 20;

    private final KeyValue<String> store;
    private final Duration life;
    private final PrintStream out;

    private Pages(KeyValue<String> store, Duration life, PrintStream out) {
        this.store = store;
        this.life = life;
        this.out = out;
    }

    /** The program. */
    public static void main(String[] arguments) throws InterruptedException {
        run(arguments.length == 0 ? "memory:" : arguments[0], Duration.ofSeconds(2), System.out);
    }

    /** The program, with pages that live so long. */
    public static void run(String url, Duration life, PrintStream out) throws InterruptedException {
        try (KeyValue<byte[]> bytes = KeyValue.open(url)) {
            new Pages(bytes.text(), life, out).tell();
        }
    }

    private void tell() throws InterruptedException {
        store.keys("example:*").forEach(store::delete);

        // Twenty readers at once: one renders, the others wait for it.
        readAtOnce("home");
        out.println(store.increment("example:visits:home", 0) + " visits, " + store.increment("example:rendered", 0)
                + " rendered");

        // The page is still there: nobody renders.
        read("home");
        out.println("lives on: "
                + store.ttl("example:page:home").map(left -> !left.isNegative()).orElse(false));

        // Its time is over: it is gone by itself, and the next reader renders.
        while (store.exists("example:page:home")) {
            Thread.sleep(20);
        }
        read("home");
        out.println(store.increment("example:visits:home", 0) + " visits, " + store.increment("example:rendered", 0)
                + " rendered");

        // A queue of work, first in first out.
        store.pushRight("example:queue", List.of("about", "contact"));
        for (Optional<String> page = store.popLeft("example:queue");
                page.isPresent();
                page = store.popLeft("example:queue")) {
            out.println(read(page.get()));
        }
        out.println(store.keys("example:visits:*"));
    }

    private void readAtOnce(String page) {
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, READERS).forEach(reader -> readers.execute(() -> read(page)));
        }
    }

    private String read(String page) {
        store.increment("example:visits:" + page);
        return store.getOrLoad("example:page:" + page, life, () -> render(page));
    }

    private String render(String page) {
        store.increment("example:rendered");
        return "<h1>" + page + "</h1>";
    }
}
