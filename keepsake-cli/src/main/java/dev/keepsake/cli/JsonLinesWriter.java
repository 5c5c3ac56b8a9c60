package dev.keepsake.cli;

import dev.keepsake.json.Json;
import dev.keepsake.state.State;
import java.io.IOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes a JSON object a line, Extended JSON where JSON lacks a value, so that import reads back exactly the same. */
final class JsonLinesWriter implements RecordWriter {
    private final Writer out;
    private final Set<String> omitted;
    private final boolean nulls;

    JsonLinesWriter(Writer out, Set<String> omitted, boolean nulls) {
        this.out = out;
        this.omitted = omitted;
        this.nulls = nulls;
    }

    @Override
    public void write(State state) throws IOException {
        Map<String, @Nullable Object> record = new LinkedHashMap<>();
        state.toMap().forEach((name, value) -> {
            if (!omitted.contains(name) && (nulls || value != null)) {
                record.put(name, value);
            }
        });
        out.write(Json.text(record));
        out.write('\n');
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }
}
