package dev.keepsake.redis;

import dev.keepsake.store.Store;
import dev.keepsake.store.StoreProvider;
import dev.keepsake.store.StoreUrl;
import java.util.Set;

/** Opens {@code redis://user:password@host:port/number?option=value}, and {@code rediss://} over TLS. */
public final class RedisProvider implements StoreProvider {
    /** For the service loader. */
    public RedisProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("redis", "rediss");
    }

    @Override
    public Store open(StoreUrl url) {
        RedisOptions options = RedisOptions.of(url);
        return new RedisStore(RedisLink.open(options, url.scheme()), options);
    }
}
