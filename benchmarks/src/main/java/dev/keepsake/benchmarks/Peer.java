package dev.keepsake.benchmarks;

import java.util.Optional;

/**
 * One way to keep projects and releases. Each operation prepares itself, unmeasured, and gives what is to be measured.
 *
 * @param <P> where it can keep them
 */
public interface Peer<P extends Place> extends AutoCloseable {
    /** What is measured. It gives the sum of the weights it read, or how many objects it wrote. */
    interface Timed {
        long run() throws Exception;
    }

    /** How it is called in the tables. */
    String name();

    /** Makes what it needs in an empty place, such as the two tables in a database, and stays connected to it. */
    void open(P place) throws Exception;

    /** Writes all projects and releases by what it has for masses, in transactions of {@link Data#UNIT}; where it has nothing, as ever. */
    default Timed load(Data data) throws Exception {
        return insert(data);
    }

    /** Writes all projects and releases by the database's own way for masses, for those who can. */
    default Optional<Timed> copy(Data data) throws Exception {
        return Optional.empty();
    }

    /** Writes all projects and releases: sessions of {@link Data#UNIT}, batches of {@link Data#BATCH}. */
    Timed insert(Data data) throws Exception;

    /** Reads all releases as objects whose changes would be noticed. */
    Timed loadTracked(Data data) throws Exception;

    /** Reads all releases as objects that are only read. */
    Timed loadReadOnly(Data data) throws Exception;

    /** Gets releases one by one, by {@link Data#someIds}. */
    Timed getById(Data data) throws Exception;

    /** As {@link #getById}, by {@link Data#THREADS} virtual threads. */
    default Optional<Timed> getByThreads(Data data) throws Exception {
        return Optional.empty();
    }

    /** Reads all projects and the releases of each. */
    Timed parents(Data data) throws Exception;

    /** For each project, its latest releases: a filter, an order, a limit. */
    Timed query(Data data) throws Exception;

    /** Writes what changed, one of {@link Data#CHANGED} in a session that has all: its size is one more. */
    Timed flush(Data data) throws Exception;

    /** Writes the size of all releases, which is {@link Data#GROWTH} more than at first: sessions of {@link Data#UNIT}. */
    default Optional<Timed> update(Data data) throws Exception {
        return Optional.empty();
    }

    @Override
    void close() throws Exception;
}
