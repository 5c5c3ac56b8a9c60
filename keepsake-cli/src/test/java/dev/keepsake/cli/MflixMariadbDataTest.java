package dev.keepsake.cli;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@On("mariadb")
@Tag("data")
final class MflixMariadbDataTest extends MflixDataTest {
    @Override
    String place(Path folder) {
        return Servers.mariadb().freshSpace();
    }
}
