package dev.keepsake.contract;

import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;

@On("memory as postgresql")
final class MemoryAsPostgresqlTest extends StoreContract {
    @Override
    protected Guarded open() {
        return Stores.open("memory:?as=postgresql");
    }
}
