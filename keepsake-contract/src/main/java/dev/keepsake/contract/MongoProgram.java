package dev.keepsake.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A server that speaks MongoDB's protocol and has transactions, the nearest to it that is installed: SecantusDB, of which the server in Rust
 * is nearer than the one in Python. A {@code mongod} is named by the environment, since its replica set has to be initiated.
 *
 * @param program the installed one
 * @param single whether it is to be a server of its own, without transactions
 */
record MongoProgram(Path program, boolean single) implements ServerProgram {
    private static final List<String> PROGRAMS = List.of("secantusd-rs", "secantusd-py");

    static Optional<MongoProgram> find(boolean single) {
        return PROGRAMS.stream()
                .flatMap(name -> Shell.installed(name).stream())
                .findFirst()
                .map(program -> new MongoProgram(program, single));
    }

    /** Its name. */
    String name() {
        return program.getFileName().toString();
    }

    @Override
    public String scheme() {
        return "mongodb";
    }

    @Override
    public String version() {
        return Shell.fileName(name());
    }

    @Override
    public void prepare(Path folder) throws IOException {
        Files.createDirectory(folder.resolve("data"));
    }

    @Override
    public List<String> command(Path prepared, Path folder, int port, boolean durable) {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--port", String.valueOf(port)));
        String data = folder.resolve("data").toString();
        command.addAll(List.of("--host", "127.0.0.1", "--storage-path", data));
        if (name().endsWith("-rs")) {
            command.addAll(List.of("--cache-size", "256M", "--log-file-max", "8MB"));
        }
        if (durable) {
            command.add("--sync-on-commit");
        }
        if (single) {
            command.add("--standalone");
        }
        return command;
    }

    @Override
    public String lastSignal() {
        return "KILL";
    }
}
