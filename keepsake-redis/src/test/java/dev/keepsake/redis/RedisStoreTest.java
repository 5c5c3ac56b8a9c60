package dev.keepsake.redis;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.StoreContract;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;

@On("redis")
final class RedisStoreTest extends StoreContract {
    @Override
    protected Guarded open() {
        return Stores.open(Servers.redis().freshSpace());
    }
}
