package dev.keepsake.mongo;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.StoreContract;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;

/** A single server, which has no transactions: a commit covers one object. */
@On("mongodb single")
final class MongoSingleStoreTest extends StoreContract {
    @Override
    protected Guarded open() {
        return Stores.open(Servers.mongodbSingle().freshSpace());
    }
}
