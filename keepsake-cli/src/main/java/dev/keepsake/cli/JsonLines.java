package dev.keepsake.cli;

import dev.keepsake.value.Type;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a JSON object a line; blank lines are passed over. */
final class JsonLines implements RecordReader {
    private final Lines lines;
    private JsonRecord record = new JsonRecord("", 0, 1);

    JsonLines(InputStream in) {
        lines = new Lines(in);
    }

    @Override
    public boolean next() throws IOException {
        String line;
        do {
            line = lines.next();
        } while (line != null && line.isBlank());
        record = new JsonRecord(line == null ? "" : line, lines.number(), 1);
        return line != null;
    }

    @Override
    public long line() {
        return lines.number();
    }

    @Override
    public int length() {
        return record.text().length();
    }

    @Override
    public Map<String, @Nullable Object> values(Type.Struct types) {
        return record.values(types);
    }

    @Override
    public void note(Map<String, Guess> guesses) {
        record.note(guesses);
    }

    @Override
    public String place(String place) {
        return record.place(place);
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
