/** A store on Redis. */
@SuppressWarnings("requires-transitive-automatic") // Lettuce names its module in its manifest alone
module dev.keepsake.redis {
    requires transitive dev.keepsake.core;
    requires transitive lettuce.core; // RedisStores takes its client

    exports dev.keepsake.redis;

    provides dev.keepsake.store.StoreProvider with
            dev.keepsake.redis.RedisProvider;
}
