package dev.keepsake.sql;

import dev.keepsake.contract.On;
import java.nio.file.Path;

@On("sqlite")
final class SqliteSqlTest extends SqlContract {
    @Override
    protected String url(Path folder) {
        return "sqlite:" + folder.resolve("people.db");
    }

    @Override
    protected boolean likeIgnoresCase() {
        return true;
    }
}
