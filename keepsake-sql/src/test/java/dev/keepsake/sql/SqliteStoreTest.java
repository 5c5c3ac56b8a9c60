package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.StoreContract;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@On("sqlite")
final class SqliteStoreTest extends StoreContract {
    @TempDir
    Path folder = Path.of("");

    @Override
    protected Guarded open() {
        return Stores.open("sqlite:" + folder.resolve("test.db"));
    }

    @Test
    void itsFeaturesAreThoseThatMemoryTakesOn() {
        assertThat(features()).isEqualTo(Features.SQLITE);
    }
}
