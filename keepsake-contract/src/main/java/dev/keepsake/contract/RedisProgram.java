package dev.keepsake.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Redis, of the jar on the class path or of Debian's package. The one that tests share has a database for each. Redis looks for expired keys
 * in 16 databases at a time: with so many it must look more often than others do, to find them about as soon.
 *
 * @param installed the installed {@code redis-server}, null for the jar's
 * @param more arguments that outdo the others
 */
record RedisProgram(String version, @Nullable Path installed, List<String> more) implements ServerProgram {
    private static final Pattern VERSION = Pattern.compile(".* v=(\\S+) .*", Pattern.DOTALL);
    private static final int DATABASES = 10_000;
    private static final int LOOKS_A_SECOND = 500;

    /** How much higher than a cluster node's port the one is, on which nodes talk with each other. */
    private static final int TO_BUS = 10_000;

    static RedisProgram find() {
        Optional<Path> debian = Servers.isDebian() ? Shell.installed("redis-server") : Optional.empty();
        if (debian.isPresent()) {
            Matcher version = VERSION.matcher(Shell.run(debian.get().toString(), "--version"));
            String name = version.matches() ? version.group(1) : "unknown";
            return new RedisProgram("redis-" + Shell.fileName(name), debian.get(), List.of());
        }
        return new RedisProgram(PreparedServers.jar(resource()), null, List.of());
    }

    private static URL resource() {
        String machine = System.getProperty("os.arch");
        String name = switch (machine) {
            case "amd64", "x86_64" -> "redis-server-6.2.6-v5-linux-amd64";
            case "aarch64", "arm64" -> "redis-server-6.2.7-linux-arm64";
            default -> "redis-server for " + machine;
        };
        return PreparedServers.resource(name, "embedded-redis with " + name);
    }

    /** The same, with more arguments. */
    RedisProgram with(String... arguments) {
        List<String> all = new ArrayList<>(more);
        all.addAll(List.of(arguments));
        return new RedisProgram(version, installed, List.copyOf(all));
    }

    @Override
    public String scheme() {
        return "redis";
    }

    @Override
    public void prepare(Path folder) throws IOException {
        Files.createDirectory(folder.resolve("data"));
        if (installed == null) {
            Path program = program(folder);
            try (InputStream content = resource().openStream()) {
                Files.copy(content, program);
            }
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Override
    public int freePort() {
        return isClusterNode() ? Ports.freePair(TO_BUS) : Ports.free();
    }

    @Override
    public List<String> command(Path prepared, Path folder, int port, boolean durable) {
        Path program = installed == null ? program(prepared) : installed;
        if (isSentinel()) {
            return List.of(program.toString(), sentinelFile(folder, port).toString(), "--sentinel");
        }
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of("--port", String.valueOf(port), "--bind", "127.0.0.1"));
        command.addAll(List.of("--dir", folder.resolve("data").toString()));
        command.addAll(List.of("--requirepass", PASSWORD));
        command.addAll(List.of("--user", USER, "on", ">" + PASSWORD, "~*", "&*", "+@all"));
        command.addAll(List.of("--save", "", "--appendonly", durable ? "yes" : "no", "--appendfsync", "always"));
        if (!isClusterNode() && !durable) {
            command.addAll(List.of("--databases", String.valueOf(DATABASES), "--hz", String.valueOf(LOOKS_A_SECOND)));
        }
        command.addAll(more);
        return command;
    }

    /** A sentinel writes what it learns into its configuration, which so is a file; its lines stand for the arguments. */
    private Path sentinelFile(Path folder, int port) {
        Path file = folder.resolve("sentinel.conf");
        List<String> lines = new ArrayList<>(List.of("port " + port, "bind 127.0.0.1", "dir " + folder));
        lines.addAll(more.subList(1, more.size()));
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** Whether it is no store, but watches one and its replicas. */
    private boolean isSentinel() {
        return !more.isEmpty() && more.getFirst().equals("--sentinel");
    }

    /** Whether who connects is asked for the user and password: by all but sentinels that are not told to. */
    boolean asksForPassword() {
        return !isSentinel() || more.stream().anyMatch(line -> line.startsWith("requirepass "));
    }

    @Override
    public String lastSignal() {
        return "KILL";
    }

    private boolean isClusterNode() {
        return more.contains("--cluster-enabled");
    }

    private static Path program(Path prepared) {
        return prepared.resolve("redis-server");
    }
}
