package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.StoreContract;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@On("mariadb")
final class MariadbStoreTest extends StoreContract {
    private String url = "";

    @Override
    protected Guarded open() {
        url = Servers.mariadb().freshSpace();
        return Stores.open(url);
    }

    @AfterEach
    void drop() {
        Servers.mariadb().drop(url);
    }

    @Test
    void itsFeaturesAreThoseThatMemoryTakesOn() {
        assertThat(features()).isEqualTo(Features.MARIADB);
    }
}
