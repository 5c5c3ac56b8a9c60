package dev.keepsake.sql;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.TestServer;

@On("mariadb")
final class MariadbPoolTest extends PoolContract {
    @Override
    protected TestServer shared() {
        return Servers.mariadb();
    }

    @Override
    protected String sleep(double seconds) {
        return "select sleep(" + seconds + ")";
    }

    @Override
    protected String countOthers() {
        return "select count(*) from information_schema.processlist where db = database() and id <> connection_id()";
    }

    @Override
    protected String me() {
        return "select connection_id()";
    }

    @Override
    protected String kill(String connection) {
        return "kill " + connection;
    }
}
