package dev.keepsake.cli;

import dev.keepsake.state.State;
import java.io.IOException;

/** Writes States in one format. Closing what it writes to is left to who opened it. */
interface RecordWriter {
    /** Writes a State. */
    void write(State state) throws IOException;

    /** Writes what is still held back. */
    void flush() throws IOException;
}
