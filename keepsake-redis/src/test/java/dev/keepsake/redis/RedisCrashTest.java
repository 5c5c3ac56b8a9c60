package dev.keepsake.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.RedisServer;
import dev.keepsake.contract.Scale;
import dev.keepsake.contract.Servers;
import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Unavailable;
import dev.keepsake.fault.Violation;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Findings;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import dev.keepsake.value.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writers and servers that are killed in the middle of what they do, again and again. */
@On("redis")
class RedisCrashTest {
    private static final int PROCESSES = 4;
    private static final int THREADS = 2;
    private static final int OBJECTS = 300;

    private static final Kind THINGS = Kind.named("things")
            .required("id", Type.INTEGER)
            .id("id")
            .field("name", Type.TEXT)
            .field("size", Type.INTEGER)
            .field("until", Type.INSTANT)
            .expires("until")
            .index(Index.unique("things_by_name", "name"))
            .index(Index.of("things_by_size", "-size", "name"))
            .build();

    /** Each transfer is two halves in one commit. */
    private static final Kind HALVES = Kind.named("halves")
            .required("id", Type.TEXT)
            .id("id")
            .field("pair", Type.TEXT)
            .index(Index.of("halves_by_pair", "pair"))
            .build();

    @TempDir
    Path folder = Path.of("");

    /** Writes for ever, whatever becomes of it. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) {
            Guarded store = opened(arguments[0]);
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(Long.parseLong(arguments[1]) + i);
                new Thread(() -> write(store, random)).start();
            }
        }

        /** The server may be gone just then. */
        private static Guarded opened(String url) {
            while (true) {
                try {
                    Guarded store = Stores.open(url);
                    store.createAll(Schema.of(List.of(THINGS, HALVES)));
                    return store;
                } catch (Unavailable e) {
                    // once more
                }
            }
        }

        private static void write(Guarded store, Random random) {
            while (true) {
                try {
                    once(store, random);
                } catch (Conflict | Violation | Unavailable e) {
                    // another was first, or the server is gone for a while
                }
            }
        }

        private static void once(Guarded store, Random random) {
            long id = random.nextInt(OBJECTS);
            switch (random.nextInt(5)) {
                case 0 -> {
                    String pair = Long.toString(random.nextLong(), 36);
                    store.write(transaction -> transaction.write(Changeset.inserts(
                            HALVES,
                            List.of(
                                    HALVES.state(Map.of("id", pair + "a", "pair", pair)),
                                    HALVES.state(Map.of("id", pair + "b", "pair", pair))))));
                }
                case 1 ->
                    store.write(transaction -> {
                        State found = transaction
                                .find(Selection.byId(THINGS, id))
                                .first()
                                .orElse(null);
                        return found == null
                                ? 0
                                : transaction.write(Changeset.of(
                                        new Changeset.Delete(THINGS, id, Guard.of(found, List.of("name", "size")))));
                    });
                case 2 ->
                    store.write(transaction -> {
                        List<State> found = transaction
                                .find(Selection.of(THINGS)
                                        .where(Term.of("size").lt(50L))
                                        .limit(5))
                                .list();
                        List<Changeset.Entry> entries = new ArrayList<>();
                        for (State each : found) {
                            entries.add(new Changeset.Update(
                                    THINGS, each.with("size", 99L), List.of("size"), Guard.of(each, List.of("size"))));
                        }
                        return transaction.write(new Changeset(entries));
                    });
                default ->
                    store.write(transaction ->
                            transaction.write(Changeset.puts(THINGS, List.of(thing(id, random, store)))));
            }
        }

        private static State thing(long id, Random random, Guarded store) {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            values.put("id", id);
            values.put("name", random.nextInt(10) == 0 ? null : "name " + random.nextInt(2 * OBJECTS));
            values.put("size", (long) random.nextInt(100));
            values.put("until", random.nextInt(3) == 0 ? store.now().plusMillis(random.nextInt(400)) : null);
            return THINGS.state(values);
        }
    }

    @Test
    void nothingDriftsHoweverOftenWritersAndServersAreKilled() throws IOException, InterruptedException {
        Random random = new Random(Scale.seed());
        try (RedisServer server = Servers.startRedis("--appendfsync", "everysec")) {
            String url = server.freshSpace();
            List<Process> writers = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                writers.add(writer(url, random.nextInt()));
            }
            long end = System.nanoTime()
                    + Duration.ofSeconds(Scale.CRASH_SECONDS.size()).toNanos();
            long serverDies = System.nanoTime() + (end - System.nanoTime()) / 2;
            int killed = 0;
            while (System.nanoTime() < end) {
                Thread.sleep(random.nextInt(700) + 100);
                int victim = random.nextInt(PROCESSES);
                writers.get(victim).destroyForcibly().waitFor();
                writers.set(victim, writer(url, random.nextInt()));
                killed++;
                if (System.nanoTime() > serverDies) {
                    serverDies = Long.MAX_VALUE;
                    server.kill();
                    server.restart();
                }
            }
            for (Process each : writers) {
                each.destroyForcibly().waitFor();
            }
            assertThat(killed).isPositive();
            assertThat(folder.resolve("errors")).content().doesNotContain("Exception");
            assertThatNothingDrifted(url);
        }
    }

    private static void assertThatNothingDrifted(String url) {
        try (Guarded store = Stores.open(url)) {
            Findings findings = store.check();
            assertThat(findings.objects()).isPositive();
            assertThat(findings.examples()).isEmpty();
            Map<String, Integer> halves = new LinkedHashMap<>();
            store.read(transaction -> {
                transaction
                        .find(Selection.of(HALVES))
                        .list()
                        .forEach(half -> halves.merge((String) half.get("pair"), 1, Integer::sum));
                return halves;
            });
            assertThat(halves).isNotEmpty();
            assertThat(halves.values()).containsOnly(2);
        }
    }

    private Process writer(String url, int seed) throws IOException {
        Path errors = folder.resolve("errors");
        if (!Files.exists(errors)) {
            Files.createFile(errors);
        }
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        url,
                        Integer.toString(seed))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .start();
    }
}
