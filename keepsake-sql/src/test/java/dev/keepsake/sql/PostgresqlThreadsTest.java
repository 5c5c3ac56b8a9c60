package dev.keepsake.sql;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.TestServer;

@On("postgresql")
final class PostgresqlThreadsTest extends ThreadsContract {
    @Override
    protected TestServer shared() {
        return Servers.postgresql();
    }

    @Override
    protected String sleep(double seconds) {
        return "select pg_sleep(" + seconds + ")";
    }
}
