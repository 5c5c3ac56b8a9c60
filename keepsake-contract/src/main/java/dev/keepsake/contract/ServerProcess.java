package dev.keepsake.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One started server: its folder, its port, and the process while there is one. It does not outlive the JVM: a hook
 * ends it, and where the JVM is killed, a shell that then reads the end of its input does. Not thread-safe.
 */
final class ServerProcess {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int STEP_MILLIS = 10;

    /** Starts {@code "$@"} with a guard beside it, that waits for a line, which dismisses it, or the end of input. */
    private static final String GUARDED = """
            folder=$1 signal=$2
            shift 2
            exec 3<&0 </dev/null >>"$folder/log" 2>&1
            { read -r dismissed || { kill -s "$signal" $$; sleep 1; rm -rf -- "$folder"; }; } <&3 &
            exec 3<&- "$@"
            """;

    private final ServerProgram program;
    private final boolean durable;
    private final Path prepared;
    private final Path folder;
    private final Thread hook = new Thread(this::stopAndDelete, "keepsake-server-end");
    private int port;
    private @Nullable Process process;

    ServerProcess(ServerProgram program, boolean durable) {
        this.program = program;
        this.durable = durable;
        this.prepared = PreparedServers.folder(program);
        this.port = program.freePort();
        try {
            this.folder = PreparedServers.open(Files.createTempDirectory("keepsake-" + program.scheme() + "-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(hook);
        String data = prepared.resolve("data").toString();
        Shell.run("cp", "-a", "--reflink=auto", "--sparse=always", data, folder.toString());
    }

    int port() {
        return port;
    }

    /** Starts it, for the first time or again, and waits until it answers. */
    void start(BooleanSupplier answers) {
        boolean first = process == null;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            Process started = launch();
            while (started.isAlive() && System.nanoTime() < deadline) {
                if (answers.getAsBoolean() && started.isAlive()) {
                    return;
                }
                pause();
            }
            // Its port was taken meanwhile, or something of a killed one was still there.
            dismissGuard(started);
            port = first ? program.freePort() : port;
            pause();
        }
        String log = log();
        stopAndDelete();
        throw new IllegalStateException(program.version() + " does not start:\n" + log);
    }

    /** Kills all of its processes, as a power cut would. */
    void kill() {
        Process running = process;
        if (running == null) {
            return;
        }
        dismissGuard(running);
        List<ProcessHandle> all = new ArrayList<>(running.descendants().toList());
        running.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        waitFor(running);
    }

    /** Ends it, by its gentlest way that waits for nobody, and deletes what it kept. */
    void close() {
        Runtime.getRuntime().removeShutdownHook(hook);
        stopAndDelete();
    }

    private void stopAndDelete() {
        Process running = process;
        if (running != null) {
            dismissGuard(running);
            end(running);
        }
        Shell.delete(folder);
    }

    private Process launch() {
        List<String> command = new ArrayList<>(List.of("sh", "-c", GUARDED, "keepsake-" + program.scheme()));
        command.addAll(List.of(folder.toString(), program.lastSignal()));
        command.addAll(program.command(prepared, folder, port, durable));
        try {
            Process started =
                    new ProcessBuilder(command).directory(folder.toFile()).start();
            process = started;
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void dismissGuard(Process running) {
        try {
            running.getOutputStream().write("dismissed\n".getBytes(StandardCharsets.US_ASCII));
            running.getOutputStream().flush();
        } catch (IOException e) {
            // The guard has gone with its server.
        }
    }

    private void end(Process running) {
        if (running.isAlive()) {
            try {
                Shell.run("kill", "-s", program.lastSignal(), String.valueOf(running.pid()));
            } catch (IllegalStateException e) {
                running.destroyForcibly(); // it may have ended meanwhile
            }
            waitFor(running);
        }
    }

    private static void waitFor(Process ending) {
        try {
            if (!ending.waitFor(5, TimeUnit.SECONDS)) {
                ending.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String log() {
        try {
            Path log = folder.resolve("log");
            return Files.exists(log) ? Files.readString(log) : "it wrote nothing";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void pause() {
        try {
            Thread.sleep(STEP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted as it waited for a server", e);
        }
    }
}
