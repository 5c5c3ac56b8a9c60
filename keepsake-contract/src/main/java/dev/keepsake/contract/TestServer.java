package dev.keepsake.contract;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One database server for tests, and new empty places on it. {@link Servers} gives them.
 *
 * <p>Places are URLs of Keepsake. {@link #freshSpace} is the fast one, for a store per test: on PostgreSQL a schema of a
 * database that the spaces of this JVM share, on MariaDB and MySQL a database. {@link #newDatabase} is always a database.
 * What is not dropped goes with a started server; from one that the environment named, it is dropped as the JVM ends.
 *
 * <p>Thread-safe. Whatever fails throws {@link IllegalStateException} with the server's error. Only a server of the
 * caller's own ({@link Servers#startPostgresql}, {@link Servers#startMariadb}) can be killed, restarted and closed.
 */
public final class TestServer implements AutoCloseable {
    private static final int LOCK_WAIT_SECONDS = 20;

    private final String scheme;
    private final String host;
    private final int namedPort;
    private final String user;
    private final String password;
    private final String firstDatabase;
    private final @Nullable ServerProcess process;
    private final boolean isOwn;

    private final String prefix = "keepsake_"
            + Integer.toString(ThreadLocalRandom.current().nextInt(36 * 36 * 36 * 36, Integer.MAX_VALUE), 36);
    private final Map<String, Connection> connections = new HashMap<>();
    private final Set<String> undropped = new LinkedHashSet<>();
    private int places;
    private @Nullable String spaces;
    private @Nullable String version;

    private TestServer(
            String scheme,
            String host,
            int namedPort,
            String user,
            String password,
            String firstDatabase,
            @Nullable ServerProcess process,
            boolean isOwn) {
        this.scheme = scheme;
        this.host = host;
        this.namedPort = namedPort;
        this.user = user;
        this.password = password;
        this.firstDatabase = firstDatabase;
        this.process = process;
        this.isOwn = isOwn;
    }

    /** Starts a server; a durable one is the caller's own. */
    static TestServer start(ServerProgram program, boolean durable) {
        ServerProcess process = new ServerProcess(program, durable);
        String first = program.scheme().equals("postgresql") ? "postgres" : "mysql";
        TestServer server = new TestServer(
                program.scheme(), "127.0.0.1", 0, ServerProgram.USER, ServerProgram.PASSWORD, first, process, durable);
        process.start(server::answers);
        return server;
    }

    /** A server that runs already. */
    static TestServer named(String scheme, String url) {
        URI uri = URI.create(url);
        String[] login = String.valueOf(uri.getRawUserInfo()).split(":", 2);
        String path = String.valueOf(uri.getPath());
        if (!scheme.equals(uri.getScheme()) || uri.getHost() == null || login.length < 2 || path.length() < 2) {
            throw new IllegalArgumentException(
                    "expected a URL of the form " + scheme + "://user:password@host:port/database");
        }
        int port = uri.getPort() > 0 ? uri.getPort() : scheme.equals("postgresql") ? 5432 : 3306;
        TestServer server = new TestServer(
                scheme, uri.getHost(), port, decoded(login[0]), decoded(login[1]), path.substring(1), null, false);
        Runtime.getRuntime().addShutdownHook(new Thread(server::dropAll, "keepsake-server-clean"));
        return server;
    }

    /** The scheme of its URLs: {@code postgresql}, {@code mariadb} or {@code mysql}. */
    public String scheme() {
        return scheme;
    }

    /** Its address. */
    public String host() {
        return host;
    }

    /** Its port; a restart keeps it. */
    public int port() {
        return process == null ? namedPort : process.port();
    }

    /** A user that may do all. */
    public String user() {
        return user;
    }

    /** That user's password, as it is; a started server's has characters that a URL must escape. */
    public String password() {
        return password;
    }

    /** What the server says that it is, such as {@code PostgreSQL 18.6} or {@code MariaDB 11.4.5-MariaDB}. */
    public synchronized String version() {
        if (version == null) {
            try {
                DatabaseMetaData data = connection(firstDatabase).getMetaData();
                version = data.getDatabaseProductName() + " " + data.getDatabaseProductVersion();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
        return version;
    }

    // ---- places

    /** Creates an empty database, and gives its URL. */
    public synchronized String newDatabase() {
        Running.usedServer(version());
        String url = url(create(nextName()));
        undropped.add(url);
        return url;
    }

    /** Creates an empty space in the quickest way, and gives its URL. */
    public synchronized String freshSpace() {
        if (!isPostgresql()) {
            return newDatabase();
        }
        Running.usedServer(version());
        if (spaces == null) {
            spaces = create(nextName());
            undropped.add(url(spaces));
        }
        String schema = nextName();
        execute(spaces, "create schema " + schema);
        return url(spaces) + "?schema=" + schema;
    }

    /** Drops what such a URL names, with all in it; on PostgreSQL a database also while others are connected to it. */
    public synchronized void drop(String url) {
        URI uri = URI.create(url);
        String database = uri.getPath().substring(1);
        String query = uri.getQuery();
        if (query == null) {
            dropDatabase(database);
        } else {
            execute(database, "drop schema if exists " + quoted(schema(query)) + " cascade");
        }
    }

    /** Drops a database by its name, if it is there. */
    public synchronized void dropDatabase(String database) {
        close(connections.remove(database));
        execute(firstDatabase, "drop database if exists " + quoted(database) + (isPostgresql() ? " with (force)" : ""));
        undropped.remove(url(database));
        if (database.equals(spaces)) {
            spaces = null;
        }
    }

    private String create(String name) {
        execute(
                firstDatabase,
                "create database " + name
                        + (isPostgresql()
                                ? " template template0 encoding 'UTF8'"
                                : " character set utf8mb4 collate utf8mb4_general_ci"));
        return name;
    }

    private String nextName() {
        places++;
        return prefix + "_" + places;
    }

    // ---- connections

    /** The URL of a database for JDBC, to use with {@link #user} and {@link #password}. */
    public String jdbcUrl(String database) {
        String options = scheme.equals("mysql") ? "?allowPublicKeyRetrieval=true" : "";
        return "jdbc:" + scheme + "://" + host + ":" + port() + "/" + encoded(database) + options;
    }

    /**
     * A new JDBC connection to what a URL of {@link #newDatabase} or {@link #freshSpace} names, which the caller closes.
     *
     * @throws SQLException where the server refuses, or does not answer
     */
    public Connection connect(String url) throws SQLException {
        URI uri = URI.create(url);
        Connection connection = connectTo(uri.getPath().substring(1));
        if (uri.getQuery() != null) {
            connection.setSchema(schema(uri.getQuery()));
        }
        return connection;
    }

    private Connection connectTo(String database) throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", user);
        login.setProperty("password", password);
        return DriverManager.getConnection(jdbcUrl(database), login);
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port()), 1000);
        } catch (IOException e) {
            return false;
        }
        try (Connection connection = connectTo(firstDatabase)) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    private void execute(String database, String sql) {
        try (Statement statement = connection(database).createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** The one kept connection to a database; a drop through it does not wait for long for those who forgot to close. */
    private Connection connection(String database) throws SQLException {
        Connection kept = connections.get(database);
        if (kept != null && kept.isValid(5)) {
            return kept;
        }
        Connection connection = connectTo(database);
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    isPostgresql()
                            ? "set lock_timeout = '" + LOCK_WAIT_SECONDS + "s'"
                            : "set session lock_wait_timeout = " + LOCK_WAIT_SECONDS);
        }
        connections.put(database, connection);
        return connection;
    }

    private void closeConnections() {
        connections.values().forEach(TestServer::close);
        connections.clear();
    }

    private static void close(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            // It was broken already.
        }
    }

    private synchronized void dropAll() {
        List.copyOf(undropped).forEach(this::drop);
        closeConnections();
    }

    // ---- its life

    /** Kills its processes with SIGKILL. What was committed is there again after {@link #restart}. */
    public synchronized void kill() {
        own().kill();
        closeConnections();
    }

    /** Starts a killed server again, on the same port with the same data, and waits until it answers. */
    public synchronized void restart() {
        own().start(this::answers);
    }

    /** Ends it and deletes its data. */
    @Override
    public synchronized void close() {
        closeConnections();
        own().close();
    }

    private ServerProcess own() {
        if (process == null || !isOwn) {
            throw new IllegalStateException("other tests use this server too: start one of your own");
        }
        return process;
    }

    // ---- text

    private boolean isPostgresql() {
        return scheme.equals("postgresql");
    }

    private String url(String database) {
        String login = encoded(user) + ":" + encoded(password);
        return scheme + "://" + login + "@" + host + ":" + port() + "/" + encoded(database);
    }

    private static String schema(String query) {
        if (!query.startsWith("schema=")) {
            throw new IllegalArgumentException("expected a URL that a test server gave, with no option but schema");
        }
        return query.substring("schema=".length());
    }

    private String quoted(String name) {
        return isPostgresql() ? '"' + name.replace("\"", "\"\"") + '"' : '`' + name.replace("`", "``") + '`';
    }

    /** A text as a part of a URL. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The text that a part of a URL stands for. */
    static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
