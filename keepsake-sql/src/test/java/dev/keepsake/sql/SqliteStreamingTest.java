package dev.keepsake.sql;

import dev.keepsake.contract.On;
import dev.keepsake.contract.StreamingContract;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

@On("sqlite")
final class SqliteStreamingTest extends StreamingContract {
    @TempDir
    Path folder = Path.of("");

    @Override
    protected Guarded open() {
        return Stores.open("sqlite:" + folder.resolve("test.db"));
    }
}
