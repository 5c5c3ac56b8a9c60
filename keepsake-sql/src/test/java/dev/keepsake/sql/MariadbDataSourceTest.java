package dev.keepsake.sql;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.TestServer;

@On("mariadb")
final class MariadbDataSourceTest extends DataSourceContract {
    @Override
    TestServer server() {
        return Servers.mariadb();
    }

    @Override
    String settings() {
        return "select concat(@@sql_mode, @@time_zone, @@innodb_lock_wait_timeout, @@lock_wait_timeout, @@tx_isolation)";
    }
}
