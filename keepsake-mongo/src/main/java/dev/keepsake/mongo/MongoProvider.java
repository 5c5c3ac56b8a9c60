package dev.keepsake.mongo;

import dev.keepsake.store.Store;
import dev.keepsake.store.StoreProvider;
import dev.keepsake.store.StoreUrl;
import java.util.Set;

/** Opens {@code mongodb:} and {@code mongodb+srv:} URLs; found by the service loader. Stateless. */
public final class MongoProvider implements StoreProvider {
    /** For the service loader. */
    public MongoProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("mongodb", "mongodb+srv");
    }

    @Override
    public Store open(StoreUrl url) {
        return new MongoStore(MongoLink.open(MongoOptions.of(url)));
    }
}
