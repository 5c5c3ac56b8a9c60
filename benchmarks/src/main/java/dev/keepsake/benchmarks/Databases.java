package dev.keepsake.benchmarks;

import dev.keepsake.contract.Servers;

/**
 * Where the peers of one run get their places.
 *
 * @param <P> what the places are
 */
sealed interface Databases<P extends Place> extends AutoCloseable permits Folder, Server, RedisPlaces, MongoPlaces {
    static Databases<Database> open(Product product) throws Exception {
        return switch (product) {
            case SQLITE -> Folder.make();
            case POSTGRESQL -> new Server(product, Servers.postgresql());
            case MARIADB -> new Server(product, Servers.mariadb()).enlarge();
        };
    }

    /** A new empty place for that peer. */
    P create(String peer);

    /** What the database says that it is. */
    String version() throws Exception;

    @Override
    void close() throws Exception;
}
