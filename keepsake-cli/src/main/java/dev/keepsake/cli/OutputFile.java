package dev.keepsake.cli;

import dev.keepsake.fault.Problem;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.GZIPOutputStream;

/**
 * A file that is there whole or not at all: it is written beside its place under another name, and renamed by
 * {@link #finish}. Without that, close leaves nothing. Not safe for use by several threads.
 */
final class OutputFile implements AutoCloseable {
    private final Path target;
    private final Path part;
    private final boolean replacing;
    private final Writer writer;

    private OutputFile(Path target, Path part, boolean replacing, Writer writer) {
        this.target = target;
        this.part = part;
        this.replacing = replacing;
        this.writer = writer;
    }

    /** Starts the file of that name, compressed if it ends with {@code .gz}. */
    static OutputFile open(String file, boolean replacing) throws IOException {
        Path target = Source.path(file).toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw Problem.FILE_MISSING.because("there is no folder " + folder).fault();
        }
        if (Files.isDirectory(target)) {
            throw Refused.because(file + " is a folder, not a file");
        }
        if (!replacing && Files.exists(target)) {
            throw exists(target);
        }
        String name = "." + target.getFileName() + "."
                + Long.toHexString(ThreadLocalRandom.current().nextLong()) + ".part";
        Path part = folder.resolve(name);
        OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream compressed = Format.isCompressed(file) ? new GZIPOutputStream(out, 1 << 16) : out;
        Writer writer = new BufferedWriter(new OutputStreamWriter(compressed, StandardCharsets.UTF_8), 1 << 16);
        return new OutputFile(target, part, replacing, writer);
    }

    private static Refused exists(Path target) {
        return Refused.because("the file " + target.getFileName() + " exists", "--force replaces it");
    }

    /** What is written. */
    Writer writer() {
        return writer;
    }

    /** Puts the file in its place. */
    void finish() throws IOException {
        writer.close();
        try {
            if (replacing) {
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } else {
                Files.move(part, target);
            }
        } catch (FileAlreadyExistsException e) {
            throw exists(target);
        }
    }

    /** Deletes what was not finished. */
    @Override
    public void close() throws IOException {
        try {
            writer.close();
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
