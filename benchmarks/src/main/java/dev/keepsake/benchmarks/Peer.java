package dev.keepsake.benchmarks;

import java.nio.file.Path;

/**
 * One way to keep projects and releases in a SQLite file. Each operation prepares itself, unmeasured, and gives what is
 * to be measured.
 */
public interface Peer extends AutoCloseable {
    /** What is measured. It gives the sum of the weights it read, or how many objects it wrote. */
    interface Timed {
        long run() throws Exception;
    }

    /** How it is called in the tables. */
    String name();

    /** Makes a new file with two empty tables, and opens it. */
    void open(Path file) throws Exception;

    /** Writes all projects and releases: sessions of {@link Data#UNIT}, batches of {@link Data#BATCH}. */
    Timed insert(Data data) throws Exception;

    /** Reads all releases as objects whose changes would be noticed. */
    Timed loadTracked(Data data) throws Exception;

    /** Reads all releases as objects that are only read. */
    Timed loadReadOnly(Data data) throws Exception;

    /** Gets releases one by one, by {@link Data#someIds}. */
    Timed getById(Data data) throws Exception;

    /** Reads all projects and the releases of each. */
    Timed parents(Data data) throws Exception;

    /** For each project, its latest releases: a filter, an order, a limit. */
    Timed query(Data data) throws Exception;

    /** Writes what changed, one of {@link Data#CHANGED} in a session that has all: its size is one more. */
    Timed flush(Data data) throws Exception;

    @Override
    void close() throws Exception;
}
