package dev.keepsake.sql;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.StreamingContract;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import org.junit.jupiter.api.AfterEach;

@On("postgresql")
final class PostgresqlStreamingTest extends StreamingContract {
    private String url = "";

    @Override
    protected Guarded open() {
        url = Servers.postgresql().freshSpace();
        return Stores.open(url);
    }

    @AfterEach
    void drop() {
        Servers.postgresql().drop(url);
    }
}
