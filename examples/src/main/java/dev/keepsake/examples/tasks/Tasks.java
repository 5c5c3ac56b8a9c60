package dev.keepsake.examples.tasks;

import dev.keepsake.Keepsake;
import dev.keepsake.session.Session;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Two tasks at a time: one waits three seconds for its database, the other asks once a second whether it is ready. Calls block; what runs
 * beside them is on another virtual thread, which costs next to nothing. Its argument is the URL of the store, such as
 * {@code postgresql://ann:secret@localhost/app}.
 */
public final class Tasks {
    private static final int TICKS_OF_THE_QUERY = 3;
    private static final int QUESTIONS = 5;

    private final Keepsake keepsake;
    private final Duration tick;
    private final PrintStream out;

    /**
     * A type of monsters.
     *
     * @param name its name
     */
    @Entity
    public record Kind(@Id String name) {}

    /**
     * A monster.
     *
     * @param name its name
     * @param kind its type, which is loaded with it
     */
    @Entity
    public record Monster(@Id String name, Kind kind) {}

    private Tasks(Keepsake keepsake, Duration tick, PrintStream out) {
        this.keepsake = keepsake;
        this.tick = tick;
        this.out = out;
    }

    /** The program. */
    public static void main(String[] arguments) throws InterruptedException {
        run(arguments.length == 0 ? "memory:" : arguments[0], Duration.ofSeconds(1), System.out);
    }

    /** The program, with seconds of that length. */
    public static void run(String url, Duration tick, PrintStream out) throws InterruptedException {
        // One store for all threads: it has a pool of connections, and closes it at the end.
        try (Keepsake keepsake = Keepsake.open(url, Kind.class, Monster.class)) {
            keepsake.createAll();
            Tasks tasks = new Tasks(keepsake, tick, out);
            if (!keepsake.query(Monster.class).exists()) {
                tasks.fill();
            }
            tasks.both();
        }
        out.println("closed");
    }

    private void fill() {
        Kind grass = new Kind("Grass");
        Kind fire = new Kind("Fire");
        keepsake.useTransaction(session -> session.addAll(List.of(
                new Monster("Bulbasaur", grass), new Monster("Charmander", fire), new Monster("Oddish", grass))));
    }

    /** Runs both and waits for both; a failure of one passes. */
    private void both() throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> monsters = threads.submit(() -> {
                findMonsters();
                return true;
            });
            Future<?> timer = threads.submit(() -> {
                isItReadyYet();
                return true;
            });
            monsters.get();
            timer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** A session belongs to one thread, so each task opens its own. */
    private void findMonsters() throws InterruptedException, SQLException {
        try (Session session = keepsake.session()) {
            beSlow(session);
            for (Monster monster : session.query(Monster.class).orderBy("name").list()) {
                out.println(monster.name() + " " + monster.kind().name());
            }
        }
    }

    private void isItReadyYet() throws InterruptedException {
        for (int i = 0; i < QUESTIONS; i++) {
            out.println("Is it ready yet?");
            Thread.sleep(tick);
        }
    }

    /** Lets the server take its time, in the transaction of the session; where there is no server, the thread waits itself. */
    private void beSlow(Session session) throws InterruptedException, SQLException {
        Duration slow = tick.multipliedBy(TICKS_OF_THE_QUERY);
        String sleep = switch (keepsake.info().scheme()) {
            case "postgresql" -> "select pg_sleep(?)";
            case "mariadb", "mysql" -> "select sleep(?)";
            default -> "";
        };
        if (sleep.isEmpty()) {
            Thread.sleep(slow);
            return;
        }
        Connection connection = session.transaction().unwrap(Connection.class);
        try (PreparedStatement statement = connection.prepareStatement(sleep)) {
            statement.setDouble(1, slow.toMillis() / 1000.0);
            statement.executeQuery().close();
        }
    }
}
