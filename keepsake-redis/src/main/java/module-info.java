/** A store on Redis. */
module dev.keepsake.redis {
    requires transitive dev.keepsake.core;
    requires lettuce.core;

    exports dev.keepsake.redis;

    provides dev.keepsake.store.StoreProvider with
            dev.keepsake.redis.RedisProvider;
}
