package dev.keepsake.contract;

import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;

@On("memory")
final class MemoryStoreTest extends StoreContract {
    @Override
    protected Guarded open() {
        return Stores.open("memory:");
    }
}
