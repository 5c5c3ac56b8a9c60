package dev.keepsake.sql;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.TestServer;

@On("postgresql")
final class PostgresqlDataSourceTest extends DataSourceContract {
    @Override
    TestServer server() {
        return Servers.postgresql();
    }

    @Override
    String settings() {
        return "show lock_timeout";
    }
}
