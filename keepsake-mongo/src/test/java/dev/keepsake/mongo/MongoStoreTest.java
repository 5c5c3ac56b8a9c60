package dev.keepsake.mongo;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.StandIns;
import dev.keepsake.contract.StoreContract;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import org.junit.jupiter.api.Tag;

/** A replica set, which has transactions. */
@On("mongodb")
@Tag(StandIns.TRANSACTIONS)
final class MongoStoreTest extends StoreContract {
    @Override
    protected Guarded open() {
        return Stores.open(Servers.mongodb().freshSpace());
    }
}
