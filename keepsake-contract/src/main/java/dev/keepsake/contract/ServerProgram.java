package dev.keepsake.contract;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The programs of one server: where they come from, and how they are run. What is asked of it is done in this order: a
 * kept folder is filled once with the programs and an empty server's data; each server is a copy of these data and a
 * command.
 */
sealed interface ServerProgram permits PostgresqlProgram, MariadbProgram, RedisProgram, MongoProgram {
    /** Who may do all on a started server. */
    String USER = "keepsake";

    /** Needs an escape in every place of a URL. */
    String PASSWORD = "p@ss:w/rd?#";

    /** The scheme of its URLs. */
    String scheme();

    /** Names these programs and their version, as the name of a folder. */
    String version();

    /** Fills a new folder with the programs, and with an empty server's files in {@code data}. */
    void prepare(Path folder) throws IOException;

    /** A port that is free now, and that its server can have. */
    default int freePort() {
        return Ports.free();
    }

    /**
     * The command of a server.
     *
     * @param prepared the folder that was filled, which may have another name since
     * @param folder the server's own, with its copy of {@code data} in it
     * @param durable whether it syncs to disk
     */
    List<String> command(Path prepared, Path folder, int port, boolean durable);

    /** The signal that ends it at once, and leaves nothing behind in the system. */
    String lastSignal();
}
