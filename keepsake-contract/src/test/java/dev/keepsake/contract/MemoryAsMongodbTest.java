package dev.keepsake.contract;

import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;

@On("memory as mongodb")
final class MemoryAsMongodbTest extends StoreContract {
    @Override
    protected Guarded open() {
        return Stores.open("memory:?as=mongodb");
    }
}
