package dev.keepsake.contract;

import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;

@On("memory as sqlite")
final class MemoryAsSqliteTest extends StoreContract {
    @Override
    protected Guarded open() {
        return Stores.open("memory:?as=sqlite");
    }
}
