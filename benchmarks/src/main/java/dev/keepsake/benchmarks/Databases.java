package dev.keepsake.benchmarks;

import dev.keepsake.contract.Servers;

/** Where the peers of one run get their databases. */
sealed interface Databases extends AutoCloseable permits Folder, Server {
    static Databases open(Product product) throws Exception {
        return switch (product) {
            case SQLITE -> Folder.make();
            case POSTGRESQL -> new Server(product, Servers.postgresql());
            case MARIADB -> new Server(product, Servers.mariadb()).enlarge();
        };
    }

    /** A new empty database for that peer. */
    Database create(String peer);

    /** What the database says that it is. */
    String version() throws Exception;

    @Override
    void close() throws Exception;
}
