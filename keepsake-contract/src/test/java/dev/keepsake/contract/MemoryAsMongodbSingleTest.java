package dev.keepsake.contract;

import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;

@On("memory as mongodb-single")
final class MemoryAsMongodbSingleTest extends StoreContract {
    @Override
    protected Guarded open() {
        return Stores.open("memory:?as=mongodb-single");
    }
}
