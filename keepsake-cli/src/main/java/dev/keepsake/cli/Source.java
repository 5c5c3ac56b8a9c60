package dev.keepsake.cli;

import dev.keepsake.fault.Problem;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The file that is imported, which can be read more than once: standard input is written to a temporary file for that. Not
 * safe for use by several threads.
 */
final class Source implements Closeable {
    private final String name;
    private final Path path;
    private final Format format;
    private final boolean temporary;
    private @Nullable Counting counting;

    private Source(String name, Path path, Format format, boolean temporary) {
        this.name = name;
        this.path = path;
        this.format = format;
        this.temporary = temporary;
    }

    /**
     * The file of that name, or standard input for {@code -}.
     *
     * @throws dev.keepsake.fault.NotFound {@code file-missing}
     */
    static Source of(String file, InputStream standardInput) {
        if (file.equals("-")) {
            return new Source("standard input", spooled(standardInput), Format.JSON_LINES, true);
        }
        Format format = Format.of(file);
        Path path = path(file);
        if (!Files.exists(path)) {
            throw Problem.FILE_MISSING.because("there is no file " + file).fault();
        }
        if (Files.isDirectory(path)) {
            throw Problem.FILE_MISSING
                    .because(file + " is a folder, not a file")
                    .fault();
        }
        return new Source(file, path, format, false);
    }

    /** The path that a text names. */
    static Path path(String file) {
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw Problem.FILE_MISSING
                    .because("%s cannot be the name of a file: %s", file, e.getReason())
                    .fault();
        }
    }

    private static Path spooled(InputStream in) {
        try {
            Path spool = Files.createTempFile("keepsake", ".jsonl");
            try {
                Files.copy(in, spool, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                Files.delete(spool);
                throw e;
            }
            return spool;
        } catch (IOException e) {
            throw Refused.because("standard input cannot be read: " + e.getMessage());
        }
    }

    /** What it holds. */
    Format format() {
        return format;
    }

    /** Its records, from the first. */
    Records records(String nullText) {
        return new Records(name, reader(nullText));
    }

    private RecordReader reader(String nullText) {
        InputStream in = open();
        return switch (format) {
            case JSON_LINES -> new JsonLines(in);
            case JSON_ARRAY -> new JsonArray(in);
            case CSV -> new CsvRecords(in, nullText);
        };
    }

    private InputStream open() {
        try {
            counting = new Counting(Files.newInputStream(path));
            try {
                return Format.isCompressed(name) ? new GZIPInputStream(counting, 1 << 16) : counting;
            } catch (IOException e) {
                counting.close();
                throw e;
            }
        } catch (EOFException e) {
            throw Refused.because("the compressed file " + name + " is cut off at its start");
        } catch (IOException e) {
            throw Refused.because("the file " + name + " cannot be read: " + e.getMessage());
        }
    }

    /** Its size in bytes, as it lies there. */
    long size() {
        try {
            return Files.size(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many of its bytes were read since it was opened last. */
    long position() {
        return counting == null ? 0 : counting.count;
    }

    /** Deletes what was temporary. */
    @Override
    public void close() {
        if (temporary) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class Counting extends FilterInputStream {
        private long count;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = in.read();
            count += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = in.read(bytes, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
