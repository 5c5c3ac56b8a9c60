package dev.keepsake.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The kept folders with servers' programs and an empty server's data, one for each version, below
 * {@code java.io.tmpdir}. JVMs that fill the same one at the same time do not meet: each fills a folder of its own, and
 * the first to rename it wins.
 */
final class PreparedServers {
    /** Changes where what is prepared does, so that what an older build kept is not used. */
    private static final String FORM = "-1";

    private PreparedServers() {}

    /** The folder of a program, filled by it where it is not yet there. */
    static Path folder(ServerProgram program) {
        try {
            Path kept = kept().resolve(program.version() + FORM);
            if (!Files.exists(kept)) {
                Path filled = open(Files.createTempDirectory(kept(), "filling-"));
                try {
                    program.prepare(filled);
                    rename(filled, kept);
                } finally {
                    Shell.delete(filled);
                }
            }
            return kept;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void rename(Path filled, Path kept) throws IOException {
        try {
            Files.move(filled, kept, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(kept)) {
                throw e;
            }
        }
    }

    /** The folder of this user's folders; another user's is refused, for its programs could be anyone's. */
    private static Path kept() throws IOException {
        String user = System.getProperty("user.name");
        Path folder = Path.of(System.getProperty("java.io.tmpdir"), "keepsake-servers-" + Shell.fileName(user));
        Files.createDirectories(folder);
        if (!Files.getOwner(folder).getName().equals(user)) {
            throw new IllegalStateException(folder + " is not " + user + "'s own");
        }
        return open(folder);
    }

    /** Lets everyone read a folder. */
    static Path open(Path folder) throws IOException {
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A resource of a jar on the class path. */
    static URL resource(String name, String jar) {
        URL resource = loader().getResource(name);
        if (resource == null) {
            throw new IllegalStateException(
                    jar + " is not on the class path: put it there in test scope, or name a server"
                            + " with KEEPSAKE_POSTGRESQL_URL, KEEPSAKE_MARIADB_URL or KEEPSAKE_REDIS_URL");
        }
        return resource;
    }

    private static ClassLoader loader() {
        @Nullable ClassLoader own = PreparedServers.class.getClassLoader();
        return own == null ? ClassLoader.getSystemClassLoader() : own;
    }

    /** The name, without its ending, of the jar that a resource is in. */
    static String jar(URL resource) {
        String path = resource.getPath();
        int end = path.indexOf(".jar!");
        return path.substring(path.lastIndexOf('/', end) + 1, end);
    }
}
