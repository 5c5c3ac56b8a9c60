package dev.keepsake.benchmarks;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.keepsake.contract.MongoServer;
import dev.keepsake.contract.Servers;
import org.bson.Document;

/** A replica set of MongoDB, or what stands in for it, as tests have it: transactions it must have. It ends with the process. */
record MongoPlaces(MongoServer server) implements Databases<MongoPlace> {
    static MongoPlaces open() {
        if (!Servers.hasMongodbTransactions()) {
            throw new IllegalStateException("""
                    there is no MongoDB with transactions to measure: put what .ci/mongodb installs on the PATH, \
                    or name a replica set with KEEPSAKE_MONGODB_URL""");
        }
        return new MongoPlaces(Servers.mongodb());
    }

    @Override
    public MongoPlace create(String peer) {
        return new MongoPlace(server.freshSpace());
    }

    /** What it calls itself, which is not what a program that stands in for it is. */
    @Override
    public String version() {
        try (MongoClient client = MongoClients.create(server.freshSpace())) {
            return "MongoDB " + client.getDatabase("admin").runCommand(new Document("buildInfo", 1)).getString("version");
        }
    }

    @Override
    public void close() {}
}
