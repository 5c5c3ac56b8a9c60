package dev.keepsake.cli;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.value.Type;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The records of a file, first to last, one at a time. Whatever is wrong with one is {@link Refused}, with the file, its
 * line, and the place in it. Not safe for use by several threads.
 */
final class Records implements Closeable {
    private final String file;
    private final RecordReader reader;

    Records(String file, RecordReader reader) {
        this.file = file;
        this.reader = reader;
    }

    /** Goes to the next record; false at the end. */
    boolean next() {
        try {
            return reader.next();
        } catch (IOException e) {
            throw unreadable(e);
        } catch (UncheckedIOException e) {
            throw unreadable(Objects.requireNonNull(e.getCause()));
        } catch (Fault fault) {
            throw refused(fault, fault.facts().get("at"));
        }
    }

    /** The line at which the record starts. */
    long line() {
        return reader.line();
    }

    /** About how many characters the record has. */
    int length() {
        return reader.length();
    }

    /** The record's values by field, of the given types. */
    Map<String, @Nullable Object> values(Type.Struct types) {
        try {
            return reader.values(types);
        } catch (Fault fault) {
            throw refused(fault, fault.facts().get("at"));
        }
    }

    /** What is known of each field from the first records, all of them for a number of 0, by name, in order. */
    Map<String, Guess> guesses(long number) {
        Map<String, Guess> guesses = new LinkedHashMap<>();
        for (long i = 0; (number == 0 || i < number) && next(); i++) {
            try {
                reader.note(guesses);
            } catch (Fault fault) {
                throw refused(fault, fault.facts().get("at"));
            }
        }
        reader.header().forEach(name -> guesses.computeIfAbsent(name, key -> new CellGuess()));
        return guesses;
    }

    /** A fault that the record at that line is to blame for. */
    RuntimeException refused(Fault fault, long line) {
        return Refused.data(located(fault, "line " + line));
    }

    private RuntimeException refused(Fault fault, @Nullable Object place) {
        return Refused.data(located(fault, place == null ? "line " + line() : reader.place(place.toString())));
    }

    /** The same fault, with the file and the place in it. */
    private Fault located(Fault fault, String place) {
        Report report =
                fault.problem().because(fault.sentence()).fact("file", file).at(place);
        fault.facts().forEach((name, value) -> {
            if (!name.equals("at")) {
                report.fact(name, value);
            }
        });
        fault.hint().ifPresent(report::hint);
        return report.cause(fault).fault();
    }

    private RuntimeException unreadable(IOException e) {
        String sentence = switch (e) {
            case EOFException end -> "the compressed file is cut off";
            case ZipException zip -> "the file is no gzip, or damaged: " + e.getMessage();
            case CharacterCodingException text -> "the text is not UTF-8";
            default -> "the file cannot be read: " + e.getMessage();
        };
        return Refused.data(Problem.MALFORMED_RECORD
                .because(sentence)
                .fact("file", file)
                .at("line " + line())
                .cause(e)
                .fault());
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
