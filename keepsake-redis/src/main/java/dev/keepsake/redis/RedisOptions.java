package dev.keepsake.redis;

import dev.keepsake.fault.Problem;
import dev.keepsake.store.ServerAddress;
import dev.keepsake.store.StoreUrl;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a URL {@code redis://user:password@host:port/number?option=value} says; {@code rediss://} is the same over TLS.
 *
 * @param address where the server is
 * @param database the number of the database
 * @param tls how connections are encrypted; nothing where they are not
 * @param nodes further servers of a cluster or sentinels, as host and port
 * @param sentinel the name under which sentinels know the primary
 * @param hasSentinelLogin whether sentinels ask for the same user and password as the server
 * @param prefix what the names of all keys begin with
 * @param timeout how long to wait for an answer
 * @param connectTimeout how long to wait for a connection
 * @param changes the length of the stream of changes; 0 for none
 * @param remembered for how long a commit is remembered
 */
record RedisOptions(
        ServerAddress address,
        int database,
        Optional<RedisTls> tls,
        List<RedisURI> nodes,
        Optional<String> sentinel,
        boolean hasSentinelLogin,
        String prefix,
        Duration timeout,
        Duration connectTimeout,
        int changes,
        Duration remembered) {
    private static final int PORT = 6379;
    private static final int SENTINEL_PORT = 26379;
    private static final int HOUR = 3_600_000;
    private static final List<String> NAMES = Stream.concat(
                    Stream.of(
                            "changes",
                            "commitMemory",
                            "connectTimeout",
                            "nodes",
                            "prefix",
                            "sentinel",
                            "sentinelLogin",
                            "timeout"),
                    RedisTls.NAMES.stream())
            .toList();

    /**
     * Reads a URL.
     *
     * @throws dev.keepsake.fault.Invalid {@code malformed-url}
     */
    static RedisOptions of(StoreUrl url) {
        url.allowing(NAMES);
        Optional<String> sentinel = url.option("sentinel");
        int port = sentinel.isPresent() ? SENTINEL_PORT : PORT;
        ServerAddress address = url.server(port, List.of("host"));
        int timeout = url.number("timeout", 10_000, 100, HOUR);
        return new RedisOptions(
                address,
                database(address),
                RedisTls.of(url),
                nodes(url, port),
                sentinel,
                hasSentinelLogin(url),
                prefix(url),
                Duration.ofMillis(timeout),
                Duration.ofMillis(url.number("connectTimeout", 5_000, 100, HOUR)),
                url.number("changes", 0, 0, 999_999_999),
                remembered(url, timeout));
    }

    /** At least as long as the same commit can be sent again. */
    private static Duration remembered(StoreUrl url, int timeout) {
        return Duration.ofSeconds(Math.max(url.number("commitMemory", 60, 1, 86_400), 3 * timeout / 1000 + 1));
    }

    private static int database(ServerAddress address) {
        String number = address.database();
        if (number.isEmpty()) {
            return 0;
        }
        if (!number.matches("\\d{1,9}")) {
            throw malformed("the database of a Redis is a number, such as 0 in redis://localhost/0");
        }
        return Integer.parseInt(number);
    }

    private static String prefix(StoreUrl url) {
        String prefix = url.option("prefix").orElse("keepsake");
        if (prefix.isEmpty() || prefix.matches(".*[{}:\\s].*")) {
            throw malformed("the option prefix is a word without braces, colons and blanks");
        }
        return prefix;
    }

    private static boolean hasSentinelLogin(StoreUrl url) {
        return switch (url.option("sentinelLogin").orElse("none")) {
            case "none" -> false;
            case "same" -> {
                if (url.option("sentinel").isEmpty()) {
                    throw malformed("the option sentinelLogin is for sentinels, and the option sentinel names none");
                }
                yield true;
            }
            default -> throw malformed("the option sentinelLogin is none, or same: that of the URL");
        };
    }

    private static List<RedisURI> nodes(StoreUrl url, int defaultPort) {
        List<RedisURI> nodes = new ArrayList<>();
        for (String node : url.option("nodes").orElse("").split(",")) {
            if (!node.isEmpty()) {
                ServerAddress at =
                        new StoreUrl(url.scheme(), "//" + node, Map.of()).server(defaultPort, List.of("host"));
                nodes.add(RedisURI.create(at.host(), at.port()));
            }
        }
        return nodes;
    }

    private static RuntimeException malformed(String sentence) {
        return Problem.MALFORMED_URL.because(sentence).fault();
    }

    /** Host and port as a URL has them, and the number of the database. */
    String place() {
        String at = address.toString();
        return at.substring(0, at.lastIndexOf('/')) + "/" + database;
    }

    /** All that the driver is to be told of where to go. */
    List<RedisURI> uris() {
        List<RedisURI> uris = new ArrayList<>();
        if (sentinel.isPresent()) {
            RedisURI.Builder watched = RedisURI.builder().withSentinelMasterId(sentinel.get());
            watched.withSentinel(watching(RedisURI.Builder.redis(address.host(), address.port())));
            nodes.forEach(
                    node -> watched.withSentinel(watching(RedisURI.Builder.redis(node.getHost(), node.getPort()))));
            uris.add(completed(watched));
        } else {
            uris.add(completed(RedisURI.Builder.redis(address.host(), address.port())));
            nodes.forEach(node -> uris.add(completed(RedisURI.Builder.redis(node.getHost(), node.getPort()))));
        }
        return uris;
    }

    private RedisURI watching(RedisURI.Builder sentinel) {
        if (hasSentinelLogin) {
            login(sentinel);
        }
        return encrypted(sentinel).withTimeout(connectTimeout).build();
    }

    private RedisURI.Builder encrypted(RedisURI.Builder builder) {
        tls.ifPresent(how -> builder.withSsl(true).withVerifyPeer(how.verify()));
        return builder;
    }

    private RedisURI completed(RedisURI.Builder builder) {
        login(builder);
        return encrypted(builder)
                .withDatabase(database)
                .withTimeout(connectTimeout)
                .build();
    }

    private void login(RedisURI.Builder builder) {
        String password = address.password();
        if (password != null && address.user().isEmpty()) {
            builder.withPassword(password.toCharArray());
        } else if (password != null) {
            builder.withAuthentication(address.user(), password.toCharArray());
        }
    }
}
