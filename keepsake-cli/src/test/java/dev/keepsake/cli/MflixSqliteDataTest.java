package dev.keepsake.cli;

import dev.keepsake.contract.On;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@On("sqlite")
@Tag("data")
final class MflixSqliteDataTest extends MflixDataTest {
    @Override
    String place(Path folder) {
        return "sqlite:" + folder.resolve("mflix.db");
    }
}
