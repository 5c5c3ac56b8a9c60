package dev.keepsake.cli;

import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows on a terminal how far a long command is, from its first half second on. Without a terminal it shows nothing, and the
 * library that draws is not even loaded. Not safe for use by several threads.
 */
final class Progress implements AutoCloseable {
    private static final long QUIET = 500_000_000;

    private final Console console;
    private final String task;
    private final long most;
    private final LongSupplier position;
    private final long start = System.nanoTime();
    private @Nullable Drawn drawn;

    /**
     * Starts to measure.
     *
     * @param most the position at the end, or -1 where it is not known
     * @param position how far it is
     */
    Progress(Console console, String task, long most, LongSupplier position) {
        this.console = console;
        this.task = task;
        this.most = most;
        this.position = position;
    }

    /** Says that something was done. */
    void update() {
        if (console.terminal().errors() && (drawn != null || nanos() > QUIET)) {
            if (drawn == null) {
                drawn = new Drawn(console, task, most);
            }
            drawn.to(position.getAsLong());
        }
    }

    /** The time since it was made. */
    long nanos() {
        return System.nanoTime() - start;
    }

    @Override
    public void close() {
        if (drawn != null) {
            drawn.close();
            drawn = null;
        }
    }

    /** Apart, so that the classes behind it are loaded when something is drawn. */
    private static final class Drawn {
        private final ProgressBar bar;

        Drawn(Console console, String task, long most) {
            ProgressBarBuilder builder = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(most)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(200)
                    .clearDisplayOnFinish()
                    .setConsumer(new ConsoleProgressBarConsumer(
                            console.err(), console.terminal().width() - 1));
            bar = (most < 0 ? builder : builder.setUnit(" MB", 1_000_000)).build();
        }

        void to(long position) {
            bar.stepTo(position);
        }

        void close() {
            bar.close();
        }
    }
}
