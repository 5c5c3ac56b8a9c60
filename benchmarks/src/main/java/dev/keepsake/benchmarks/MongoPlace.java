package dev.keepsake.benchmarks;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Projections;
import java.net.URI;
import org.bson.Document;

/** An empty database of a MongoDB for one peer: a document for each object, in the collections {@code projects} and {@code releases}. */
public final class MongoPlace implements Place {
    private final String url;

    MongoPlace(String url) {
        this.url = url;
    }

    /** Its URL, with user and password in it, and the name of the database as path. */
    public String url() {
        return url;
    }

    /** The name of the database. */
    public String name() {
        return URI.create(url).getPath().substring(1);
    }

    @Override
    public String keepsakeUrl() {
        return url;
    }

    @Override
    public void tune() {
        // nothing to tell
    }

    @Override
    public void clear() {
        try (MongoClient client = MongoClients.create(url)) {
            MongoDatabase database = client.getDatabase(name());
            database.getCollection("releases").deleteMany(new Document());
            database.getCollection("projects").deleteMany(new Document());
        }
    }

    @Override
    public void settle() {
        // it does all at once
    }

    @Override
    public void check(Data data, long sizes, String who) {
        try (MongoClient client = MongoClients.create(url)) {
            MongoDatabase database = client.getDatabase(name());
            long releases = 0;
            long sum = 0;
            int digest = Integer.MAX_VALUE;
            for (Document each : database.getCollection("releases").find().projection(Projections.include("size", "digest"))) {
                releases++;
                sum += each.getLong("size");
                digest = Math.min(digest, each.getString("digest").length());
            }
            long projects = database.getCollection("projects").countDocuments();
            data.check(who, sizes, releases, sum, projects, digest);
        }
    }
}
