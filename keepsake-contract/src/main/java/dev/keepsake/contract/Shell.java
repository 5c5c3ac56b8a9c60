package dev.keepsake.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of the system, run to their end. */
final class Shell {
    private Shell() {}

    /** Runs a command, and gives what it wrote; where it fails, throws that. */
    static String run(String... command) {
        return run(InputStream.nullInputStream(), command);
    }

    /** The same, of a command that reads this input. */
    static String run(InputStream input, String... command) {
        try {
            Path output = Files.createTempFile("keepsake-output", null);
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                feed(process, input);
                int status = process.waitFor();
                String written = Files.readString(output);
                if (status != 0) {
                    throw new IllegalStateException(
                            String.join(" ", command) + " failed with status " + status + ":\n" + written);
                }
                return written.strip();
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted as it waited for " + command[0], e);
        }
    }

    private static void feed(Process process, InputStream input) throws InterruptedException {
        try (OutputStream into = process.getOutputStream()) {
            input.transferTo(into);
        } catch (IOException e) {
            // It ended before it had read all; its status says whether it should have.
            process.waitFor();
        }
    }

    /** A program that is installed on this machine. */
    static Optional<Path> installed(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("") + ":/usr/bin:/usr/sbin";
        return Stream.of(path.split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A text as the name of a file. */
    static String fileName(String text) {
        return text.replaceAll("[^A-Za-z0-9.-]+", "-");
    }

    /** Whether this JVM runs as root. */
    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Deletes a folder with all in it, if it is there. */
    static void delete(Path folder) {
        run("rm", "-rf", "--", folder.toString());
    }
}
