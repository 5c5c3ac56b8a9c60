package dev.keepsake.contract;

import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One Redis server for tests, and new empty places on it. {@link Servers} gives them.
 *
 * <p>Places are URLs of Keepsake, {@code redis://user:password@host:port/number}, each with a numbered database of its
 * own. Numbers that were dropped are given again when no other is left, the one first that was dropped first. What is
 * not dropped goes with a started server; from one that the environment named, it is dropped as the JVM ends. On that
 * one, tests of one JVM at a time can run, and databases in which there is something already are left alone.
 *
 * <p>Thread-safe. Whatever fails throws {@link IllegalStateException} with the server's error. Only a server of the
 * caller's own ({@link Servers#startRedis}) can be killed, restarted and closed.
 */
public final class RedisServer implements AutoCloseable {
    /** How {@link #command} gives a reply that is nil, as of {@code GET} of what is not there. */
    public static final String NIL = "(nil)";

    private static final int USUAL_DATABASES = 16;

    private final RedisAddress named;
    private final @Nullable ServerProcess process;
    private final boolean isOwn;

    private final Set<Integer> undropped = new LinkedHashSet<>();
    private final Queue<Integer> dropped = new ArrayDeque<>();
    private int next;
    private int databases;
    private @Nullable String version;

    private RedisServer(RedisAddress named, @Nullable ServerProcess process, boolean isOwn) {
        this.named = named;
        this.process = process;
        this.isOwn = isOwn;
        this.next = named.database();
    }

    /** Starts a server; a durable one is the caller's own. */
    static RedisServer start(RedisProgram program, boolean durable) {
        RedisAddress address = program.asksForPassword()
                ? new RedisAddress("127.0.0.1", 0, ServerProgram.USER, ServerProgram.PASSWORD, 0)
                : new RedisAddress("127.0.0.1", 0, null, null, 0);
        ServerProcess process = new ServerProcess(program, durable);
        RedisServer server = new RedisServer(address, process, durable);
        process.start(server::answers);
        return server;
    }

    /** A server that runs already. */
    static RedisServer named(String url) {
        RedisServer server = new RedisServer(RedisAddress.parse(url), null, false);
        Runtime.getRuntime().addShutdownHook(new Thread(server::dropAll, "keepsake-server-clean"));
        return server;
    }

    /** The scheme of its URLs. */
    public String scheme() {
        return "redis";
    }

    /** Its address. */
    public String host() {
        return named.host();
    }

    /** Its port; a restart keeps it. */
    public int port() {
        return process == null ? named.port() : process.port();
    }

    /** A user that may do all; {@code default} where the environment's URL names none. */
    public String user() {
        return named.user() == null ? "default" : named.user();
    }

    /** That user's password, as it is; a started server's has characters that a URL must escape. */
    public String password() {
        return named.password() == null ? "" : named.password();
    }

    /** What the server says that it is, such as {@code Redis 7.0.15}. */
    public synchronized String version() {
        if (version == null) {
            version = "Redis " + info("server", "redis_version");
        }
        return version;
    }

    /** The value of a field of {@code INFO}, empty where there is no such field. */
    String info(String section, String field) {
        return field(address(0).ask("INFO", section), field);
    }

    /** The value of a field in lines of the form {@code field:value}, empty where there is no such field. */
    static String field(String lines, String field) {
        String start = field + ":";
        return lines.lines()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()).strip())
                .findFirst()
                .orElse("");
    }

    // ---- places

    /** Takes an empty database, and gives its URL. */
    public synchronized String freshSpace() {
        Running.usedServer(version());
        int database = nextDatabase();
        undropped.add(database);
        return address(database).url();
    }

    /** Empties what such a URL names, and takes it back; what was dropped already is left alone. */
    public synchronized void drop(String url) {
        int database = RedisAddress.parse(url).database();
        if (undropped.contains(database)) {
            address(database).ask("FLUSHDB");
            undropped.remove(database);
            dropped.add(database);
        }
    }

    private int nextDatabase() {
        while (next < databases()) {
            int database = next++;
            if (address(database).ask("DBSIZE").equals("0")) {
                return database;
            }
        }
        Integer first = dropped.poll();
        if (first == null) {
            throw new IllegalStateException("none of its " + databases + " databases is left: drop some");
        }
        address(first).ask("FLUSHDB"); // someone may have written to it after it was dropped
        return first;
    }

    private int databases() {
        if (databases == 0) {
            String[] reply = address(0).ask("CONFIG", "GET", "databases").split("\n");
            databases = reply.length == 2 ? Integer.parseInt(reply[1]) : USUAL_DATABASES;
        }
        return databases;
    }

    private synchronized void dropAll() {
        List.copyOf(undropped).forEach(database -> drop(address(database).url()));
    }

    // ---- commands

    /**
     * Sends one command, on a connection of its own, to what a URL of a Redis names, with the URL's login.
     *
     * @return the reply as text: a number in digits, nil as {@link #NIL}, an array's elements one a line
     * @throws IllegalStateException with the text of an error reply, or where nothing answers
     */
    public String command(String url, String... words) {
        return RedisAddress.parse(url).ask(words);
    }

    /** The address of one of its databases. */
    RedisAddress address(int database) {
        return new RedisAddress(named.host(), port(), named.user(), named.password(), database);
    }

    private boolean answers() {
        try {
            return address(0).ask("PING").equals("PONG");
        } catch (IllegalStateException e) {
            return false;
        }
    }

    // ---- its life

    /** Kills its process with SIGKILL. What was written is there again after {@link #restart}. */
    public synchronized void kill() {
        own().kill();
    }

    /** Starts a killed server again, on the same port with the same data, and waits until it answers. */
    public synchronized void restart() {
        own().start(this::answers);
    }

    /** Ends it and deletes its data. */
    @Override
    public synchronized void close() {
        own().close();
    }

    private ServerProcess own() {
        if (process == null || !isOwn) {
            throw new IllegalStateException("other tests use this server too: start one of your own");
        }
        return process;
    }
}
