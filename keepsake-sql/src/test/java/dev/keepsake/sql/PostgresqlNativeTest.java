package dev.keepsake.sql;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;

@On("postgresql")
final class PostgresqlNativeTest extends NativeContract {
    private final TestServer server = Servers.postgresql();
    private final String url = server.freshSpace();

    @AfterEach
    void drop() {
        server.drop(url);
    }

    @Override
    String url() {
        return url;
    }

    @Override
    Connection connect() throws SQLException {
        return server.connect(url);
    }
}
