package dev.keepsake.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What is known of the terminal. Immutable.
 *
 * @param results whether results are written to one
 * @param errors whether errors are written to one
 * @param width its columns; {@value #WIDTH} where there is none
 */
record Terminal(boolean results, boolean errors, int width) {
    /** The width of tables and help where there is no terminal. */
    static final int WIDTH = 100;

    /** No terminal at all. */
    static final Terminal NONE = new Terminal(false, false, WIDTH);

    /** The terminal of this process. */
    static Terminal ofThisProcess() {
        boolean results = isTerminal(1);
        return new Terminal(results, isTerminal(2), results ? measured() : WIDTH);
    }

    private static boolean isTerminal(int descriptor) {
        Path link = Path.of("/proc/self/fd/" + descriptor);
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return !Files.exists(Path.of("/proc/self")) && tested(descriptor);
        }
    }

    /** Not Linux: where there is a program {@code test}, it inherits the descriptor and knows. */
    private static boolean tested(int descriptor) {
        try {
            return new ProcessBuilder("test", "-t", Integer.toString(descriptor))
                            .inheritIO()
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static int measured() {
        String columns = System.getenv("COLUMNS");
        String text = columns != null ? columns : sizeOfTerminal();
        try {
            int width = Integer.parseInt(text.substring(text.indexOf(' ') + 1).strip());
            return width < 20 ? WIDTH : width;
        } catch (NumberFormatException e) {
            return WIDTH;
        }
    }

    /** {@code 50 132}, as {@code stty} says; Java cannot ask. */
    private static String sizeOfTerminal() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }
}
