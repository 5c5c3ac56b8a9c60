package dev.keepsake.contract;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A database of a Redis server, as its URL names it: {@code redis://user:password@host:port/number}. The login and the
 * number may be absent.
 */
record RedisAddress(
        String host,
        int port,
        @Nullable String user,
        @Nullable String password,
        int database) {
    private static final int PORT = 6379;

    static RedisAddress parse(String url) {
        URI uri = URI.create(url);
        String path = String.valueOf(uri.getPath());
        String login = uri.getRawUserInfo();
        boolean isWhole = login == null || login.contains(":");
        if (!"redis".equals(uri.getScheme()) || uri.getHost() == null || !isWhole || !path.matches("(/\\d*)?")) {
            throw new IllegalArgumentException("expected a URL of the form redis://user:password@host:port/number");
        }
        int port = uri.getPort() > 0 ? uri.getPort() : PORT;
        int database = path.length() < 2 ? 0 : Integer.parseInt(path.substring(1));
        if (login == null) {
            return new RedisAddress(uri.getHost(), port, null, null, database);
        }
        String[] words = login.split(":", 2);
        String user = words[0].isEmpty() ? "default" : TestServer.decoded(words[0]);
        return new RedisAddress(uri.getHost(), port, user, TestServer.decoded(words[1]), database);
    }

    /** The URL of this database. */
    String url() {
        return serverUrl() + "/" + database;
    }

    /** The URL of the server, without a database. */
    String serverUrl() {
        String login = user == null || password == null
                ? ""
                : TestServer.encoded(user) + ":" + TestServer.encoded(password) + "@";
        return "redis://" + login + host + ":" + port;
    }

    /** Sends one command on a connection of its own, and gives the reply as {@link RedisServer#command} says. */
    String ask(String... words) {
        try (RedisConnection connection = new RedisConnection(host, port)) {
            if (user != null && password != null) {
                connection.ask("AUTH", user, password);
            }
            if (database != 0) {
                connection.ask("SELECT", String.valueOf(database));
            }
            return connection.ask(words);
        }
    }
}
