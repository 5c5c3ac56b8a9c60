package dev.keepsake.sql;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.TestServer;

@On("postgresql")
final class PostgresqlConnectingTest extends ConnectingContract {
    @Override
    TestServer server() {
        return Servers.postgresql();
    }

    @Override
    String encrypted() {
        return "sslmode=require";
    }
}
