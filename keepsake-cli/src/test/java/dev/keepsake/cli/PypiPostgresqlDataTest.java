package dev.keepsake.cli;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@On("postgresql")
@Tag("data")
final class PypiPostgresqlDataTest extends PypiImportedDataTest {
    @Override
    String place(Path folder) {
        return Servers.postgresql().freshSpace();
    }
}
