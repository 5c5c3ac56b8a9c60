package dev.keepsake.cli;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.StandIns;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@On("mongodb")
@Tag("data")
@Tag(StandIns.TRANSACTIONS)
final class PypiMongodbDataTest extends PypiImportedDataTest {
    @Override
    String place(Path folder) {
        return Servers.mongodb().freshSpace();
    }
}
