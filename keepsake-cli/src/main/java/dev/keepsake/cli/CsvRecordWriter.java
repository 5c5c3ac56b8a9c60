package dev.keepsake.cli;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategy;
import dev.keepsake.json.Json;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Type;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes comma-separated values with a header line (RFC 4180). Null is {@code \N}; an empty text, and a text that looks like
 * null, are quoted. Lists and maps are refused.
 */
final class CsvRecordWriter implements RecordWriter {
    private static final String NULL = "\\N";
    private static final String HINT = "export to a .jsonl file";

    private final CsvWriter out;
    private final String kind;
    private final List<Field> fields;
    private @Nullable Object[] row = {};

    CsvRecordWriter(Writer target, Kind kind, Set<String> omitted) {
        this.kind = kind.name();
        fields = kind.fields().stream()
                .filter(field -> !omitted.contains(field.name()))
                .toList();
        for (Field field : fields) {
            if (Type.nested(field.type()) && !(field.type() instanceof Type.Any)) {
                throw refused(field, field.type() + " values");
            }
        }
        out = CsvWriter.builder()
                .lineDelimiter(LineDelimiter.LF)
                .quoteStrategy(new Quotes())
                .build(target);
        row = fields.stream().map(Field::name).toArray();
        out.writeRecord(fields.stream().map(Field::name).toList());
    }

    @Override
    public void write(State state) {
        row = fields.stream().map(field -> state.get(field.name())).toArray();
        List<String> cells = new ArrayList<>(row.length);
        for (int i = 0; i < row.length; i++) {
            cells.add(cell(row[i], fields.get(i)));
        }
        if (!state.extra().isEmpty()) {
            throw Refused.because(
                    "an object of kind " + kind + " has fields that the kind does not know, such as "
                            + state.extra().keySet().iterator().next(),
                    HINT);
        }
        out.writeRecord(cells);
    }

    private String cell(@Nullable Object value, Field field) {
        if (value == null) {
            return NULL;
        }
        if (value instanceof List<?> || value instanceof Map<?, ?>) {
            throw refused(field, "lists or maps");
        }
        if (value instanceof String text && !(field.type() instanceof Type.Any)) {
            return text;
        }
        String json = Json.text(value, field.type());
        boolean quoted = !(field.type() instanceof Type.Any) && json.startsWith("\"");
        return quoted ? json.substring(1, json.length() - 1) : json;
    }

    private Refused refused(Field field, String what) {
        return Refused.because(
                "CSV cannot hold field " + field.name() + " of kind " + kind + ", which has " + what, HINT);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    /** Quotes what would be read as something else: an empty text, and a text that is the null text. */
    private final class Quotes implements QuoteStrategy {
        @Override
        public boolean quoteEmpty(int line, int column) {
            return true;
        }

        @Override
        public boolean quoteValue(int line, int column, String value) {
            return value.equals(NULL) && row[column] != null;
        }
    }
}
