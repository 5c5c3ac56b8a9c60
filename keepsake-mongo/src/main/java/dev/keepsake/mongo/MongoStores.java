package dev.keepsake.mongo;

import com.mongodb.client.MongoClient;
import dev.keepsake.store.Store;

/**
 * Stores on MongoDB for those who have a client of the driver already. Who has a URL needs none of this: {@code Keepsake.open(url, …)}.
 *
 * <pre>{@code
 * try (Keepsake keepsake = Keepsake.on(MongoStores.of(client, "app"), Codecs.of(Movie.class))) { … }
 * }</pre>
 *
 * <p>Stateless.
 */
public final class MongoStores {
    private MongoStores() {}

    /**
     * The store of a database. Closing it leaves the client open.
     *
     * @throws dev.keepsake.fault.Unavailable where no server can be reached
     */
    public static Store of(MongoClient client, String database) {
        return new MongoStore(MongoLink.of(client, database));
    }
}
