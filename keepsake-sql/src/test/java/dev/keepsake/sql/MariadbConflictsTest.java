package dev.keepsake.sql;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.TestServer;
import java.time.Duration;

@On("mariadb")
final class MariadbConflictsTest extends ConflictsContract {
    @Override
    protected TestServer shared() {
        return Servers.mariadb();
    }

    @Override
    protected String sleep(double seconds) {
        return "select sleep(" + seconds + ")";
    }

    @Override
    protected Duration patience(Duration wanted) {
        return Duration.ofSeconds((wanted.toMillis() + 999) / 1000);
    }

    @Override
    protected String askForPatience() {
        return "select @@innodb_lock_wait_timeout, @@lock_wait_timeout";
    }

    @Override
    protected String fiveSeconds() {
        return "[5, 5]";
    }
}
