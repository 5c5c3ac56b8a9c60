package dev.keepsake.examples.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.TestServer;
import dev.keepsake.examples.Printed;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The program on real servers, with short seconds. */
class TasksTest {
    private static final Duration TICK = Duration.ofMillis(120);
    private static final String QUESTION = "Is it ready yet?";
    private static final List<String> MONSTERS = List.of("Bulbasaur Grass", "Charmander Fire", "Oddish Grass");

    private static List<String> run(String url) {
        return Printed.by(out -> {
                    try {
                        Tasks.run(url, TICK, out);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                })
                .lines()
                .toList();
    }

    private static void interleaves(List<String> lines) {
        assertThat(lines.subList(0, 2)).as("the timer is not held up").containsOnly(QUESTION);
        assertThat(lines).filteredOn(QUESTION::equals).hasSize(5);
        assertThat(lines).containsSubsequence(MONSTERS);
        assertThat(lines).as("the program ends").hasSize(9).endsWith("closed");
    }

    private static void runsOn(TestServer server, String connections) throws SQLException {
        String url = server.newDatabase();
        run(url); // makes the tables
        long start = System.nanoTime();
        interleaves(run(url));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(TICK.multipliedBy(5));
        try (Connection connection = server.connect(url);
                Statement statement = connection.createStatement()) {
            while (count(statement, connections) > 0) { // the server notices a little later
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
            }
        }
        server.drop(url);
    }

    private static int count(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    @Test
    @Row({"S2-55", "S2-56"})
    void itRunsWithoutAServerToo() {
        interleaves(run("memory:"));
    }

    @Nested
    @On("postgresql")
    class OnPostgresql {
        @Test
        @Row({"S2-55", "S2-56"})
        void bothTasksRunAtTheSameTimeAndThePoolIsClosed() throws SQLException {
            runsOn(
                    Servers.postgresql(),
                    "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'Keepsake'");
        }
    }

    @Nested
    @On("mariadb")
    class OnMariadb {
        @Test
        @Row({"S2-55", "S2-56"})
        void bothTasksRunAtTheSameTimeAndThePoolIsClosed() throws SQLException {
            runsOn(
                    Servers.mariadb(),
                    "select count(*) from information_schema.processlist where db = database() and id <> connection_id()");
        }
    }
}
