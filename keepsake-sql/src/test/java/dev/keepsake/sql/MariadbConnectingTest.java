package dev.keepsake.sql;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.TestServer;

@On("mariadb")
final class MariadbConnectingTest extends ConnectingContract {
    @Override
    TestServer server() {
        return Servers.mariadb();
    }

    @Override
    String encrypted() {
        return "sslMode=trust";
    }
}
