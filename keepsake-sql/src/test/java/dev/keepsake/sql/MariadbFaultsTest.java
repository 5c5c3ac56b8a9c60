package dev.keepsake.sql;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.TestServer;

@On("mariadb")
final class MariadbFaultsTest extends FaultsContract {
    @Override
    protected TestServer shared() {
        return Servers.mariadb();
    }

    @Override
    protected String sleep(double seconds) {
        return "select sleep(" + seconds + ")";
    }

    @Override
    protected TestServer start() {
        return Servers.startMariadb();
    }
}
