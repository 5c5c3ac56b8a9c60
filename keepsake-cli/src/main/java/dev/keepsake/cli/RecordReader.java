package dev.keepsake.cli;

import dev.keepsake.value.Type;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the records of a file in one format; {@link Records} says where in the file a fault is. */
interface RecordReader extends Closeable {
    /** Goes to the next record; false at the end. */
    boolean next() throws IOException;

    /** The line at which the record starts, the first is 1; before the first and behind the last, where reading stands. */
    long line();

    /** About how many characters the record has. */
    int length();

    /** The fields that the file names before its first record. */
    default List<String> header() {
        return List.of();
    }

    /** The record's values by field, of the given types; fields without one are read as they are. */
    Map<String, @Nullable Object> values(Type.Struct types);

    /** Adds the record to what is known of each field. */
    void note(Map<String, Guess> guesses);

    /** Where in the file a fault is that was met in the record; {@code place} is where in the record. */
    String place(String place);
}
