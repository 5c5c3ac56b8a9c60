/** A store on MongoDB. */
@SuppressWarnings("requires-transitive-automatic") // the driver names its modules in its manifests alone
module dev.keepsake.mongo {
    requires transitive dev.keepsake.core;
    requires transitive org.mongodb.driver.sync.client; // MongoStores takes its client
    requires transitive org.mongodb.driver.core;
    requires transitive org.mongodb.bson;
    requires static jsr305;

    exports dev.keepsake.mongo;

    provides dev.keepsake.store.StoreProvider with
            dev.keepsake.mongo.MongoProvider;
}
