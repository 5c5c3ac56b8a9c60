package dev.keepsake.contract;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A server for tests that speaks MongoDB's protocol, and new databases on it. {@link Servers} gives them. Thread-safe. Only a server of the
 * caller's own can be killed, restarted and closed.
 */
public final class MongoServer implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 500;

    private final String before;
    private final String behind;
    private final @Nullable ServerProcess process;
    private final String prefix = "keepsake_"
            + Integer.toString(ThreadLocalRandom.current().nextInt(36 * 36 * 36 * 36, Integer.MAX_VALUE), 36) + "_";
    private final AtomicInteger spaces = new AtomicInteger();

    private MongoServer(String before, String behind, @Nullable ServerProcess process) {
        this.before = before;
        this.behind = behind;
        this.process = process;
    }

    static MongoServer start(MongoProgram program, boolean durable) {
        ServerProcess process = new ServerProcess(program, durable);
        process.start(() -> isOpen(process.port()));
        return new MongoServer("mongodb://127.0.0.1:" + process.port() + "/", "", process);
    }

    /**
     * One in this JVM, of the jar on the class path, which knows plain requests and no transactions. It is reached by its names, since its
     * jars are no modules.
     */
    static MongoServer inProcess() {
        ClassLoader loader = ClassLoader.getSystemClassLoader();
        try {
            Class<?> backend = loader.loadClass("de.bwaldvogel.mongo.MongoBackend");
            Object memory = loader.loadClass("de.bwaldvogel.mongo.backend.memory.MemoryBackend")
                    .getConstructor()
                    .newInstance();
            Object server = loader.loadClass("de.bwaldvogel.mongo.MongoServer")
                    .getConstructor(backend)
                    .newInstance(memory);
            Object address = server.getClass().getMethod("bind").invoke(server);
            return new MongoServer("mongodb://127.0.0.1:" + ((InetSocketAddress) address).getPort() + "/", "", null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "mongo-java-server is not on the class path: put it there in test scope, or name a server with"
                            + " KEEPSAKE_MONGODB_URL",
                    e);
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A server that runs already, by a URL whose database is not used. */
    static MongoServer named(String url) {
        int slash = url.indexOf('/', url.indexOf("//") + 2);
        int mark = url.indexOf('?');
        int end = slash < 0 ? mark < 0 ? url.length() : mark : slash;
        return new MongoServer(url.substring(0, end) + "/", mark < 0 ? "" : url.substring(mark), null);
    }

    /** The URL of a database that nobody has used. */
    public String freshSpace() {
        return before + prefix + spaces.incrementAndGet() + behind;
    }

    /** A URL of {@link #freshSpace} with one more option. */
    public static String with(String url, String option) {
        return url + (url.contains("?") ? "&" : "?") + option;
    }

    /** Its port. */
    public int port() {
        return own().port();
    }

    private ServerProcess own() {
        if (process == null) {
            throw new IllegalStateException("the server is not ours");
        }
        return process;
    }

    /** Kills its process with SIGKILL. */
    public synchronized void kill() {
        own().kill();
    }

    /** Starts a killed server again, on the same port with the same data. */
    public synchronized void restart() {
        own().start(() -> isOpen(own().port()));
    }

    /** Ends it, and deletes its data. */
    @Override
    public void close() {
        own().close();
    }
}
