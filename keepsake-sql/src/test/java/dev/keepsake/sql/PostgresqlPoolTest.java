package dev.keepsake.sql;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.TestServer;

@On("postgresql")
final class PostgresqlPoolTest extends PoolContract {
    @Override
    protected TestServer shared() {
        return Servers.postgresql();
    }

    @Override
    protected String sleep(double seconds) {
        return "select pg_sleep(" + seconds + ")";
    }

    @Override
    protected String countOthers() {
        return "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    }

    @Override
    protected String me() {
        return "select pg_backend_pid()";
    }

    @Override
    protected String kill(String connection) {
        return "select pg_terminate_backend(" + connection + ")";
    }
}
