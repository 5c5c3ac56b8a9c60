package dev.keepsake.sql;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.TestServer;
import java.time.Duration;

@On("postgresql")
final class PostgresqlConflictsTest extends ConflictsContract {
    @Override
    protected TestServer shared() {
        return Servers.postgresql();
    }

    @Override
    protected String sleep(double seconds) {
        return "select pg_sleep(" + seconds + ")";
    }

    @Override
    protected Duration patience(Duration wanted) {
        return wanted;
    }

    @Override
    protected String askForPatience() {
        return "select current_setting('lock_timeout')";
    }

    @Override
    protected String fiveSeconds() {
        return "[5s]";
    }
}
