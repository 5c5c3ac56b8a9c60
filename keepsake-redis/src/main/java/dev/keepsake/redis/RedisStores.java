package dev.keepsake.redis;

import dev.keepsake.store.Store;
import dev.keepsake.store.StoreUrl;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;

/**
 * Stores on Redis for those who have a client of Lettuce already. Who has a URL needs none of this: {@code Keepsake.open(url, …)}.
 *
 * <pre>{@code
 * try (Keepsake keepsake = Keepsake.on(RedisStores.of(client, uri), Codecs.of(Login.class))) { … }
 * }</pre>
 *
 * <p>Stateless.
 */
public final class RedisStores {
    private RedisStores() {}

    /**
     * The store of a server, over a connection of its own of the client, with the client's options. It is meant for clients that do not
     * send again by themselves what they have sent: {@code ClientOptions.replayFilter(command -> true)}. Closing the store closes
     * the connection, and leaves the client open.
     *
     * @throws dev.keepsake.fault.Unavailable where no connection can be made
     */
    public static Store of(RedisClient client, RedisURI uri) {
        RedisURI named = uri.getHost() == null && !uri.getSentinels().isEmpty()
                ? uri.getSentinels().getFirst()
                : uri;
        String host = named.getHost() == null ? "localhost" : named.getHost();
        String at = host.indexOf(':') < 0 ? host : "[" + host + "]";
        int port = named.getPort() < 1 ? 6379 : named.getPort();
        StoreUrl url =
                StoreUrl.parse((uri.isSsl() ? "rediss" : "redis") + "://" + at + ":" + port + "/" + uri.getDatabase());
        RedisOptions options = RedisOptions.of(url);
        return new RedisStore(RedisLink.of(client, uri, options, url.scheme()), options);
    }
}
