package dev.keepsake.cli;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.RecordType;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.json.Json;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads comma-separated values with a header line (RFC 4180). A cell that is the null text, unquoted, is null; an empty cell
 * is an empty text for a text field, and null for any other, but that quoted it is no bytes for a field of bytes.
 */
final class CsvRecords implements RecordReader {
    private static final int LONGEST = 1 << 29;
    private static final Pattern LINE = Pattern.compile("line \\d+");

    private final CsvReader<Row> reader;
    private final String nullText;
    private final TrailingQuotes text;
    private @Nullable CloseableIterator<Row> rows;
    private List<String> header = List.of();
    private Row row = new Row(1, List.of(), new BitSet(), 0);

    /** One row of the file; a null cell is null. */
    private record Row(long line, List<@Nullable String> cells, BitSet quoted, int length) {}

    CsvRecords(InputStream in, String nullText) {
        this.nullText = nullText;
        text = new TrailingQuotes(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
        reader = CsvReader.builder()
                .maxBufferSize(LONGEST)
                .allowMissingFields(true)
                .allowExtraFields(true)
                .build(new Rows(), text);
    }

    @Override
    public boolean next() throws IOException {
        if (rows == null) {
            rows = reader.iterator();
            readHeader();
        }
        if (!advance()) {
            return false;
        }
        if (row.cells.size() != header.size()) {
            throw Problem.MALFORMED_RECORD
                    .because("the row has %d cells, the header has %d", row.cells.size(), header.size())
                    .hint("put a cell with a comma, a quote or a line break in double quotes")
                    .fault();
        }
        return true;
    }

    private boolean advance() throws IOException {
        try {
            if (rows == null || !rows.hasNext()) {
                return false;
            }
            row = rows.next();
            if (!rows.hasNext()) {
                requireClosed();
            }
            return true;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (CsvParseException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw malformed(e);
        }
    }

    /** The reader takes the end of the file for the end of a quoted cell, and would swallow all that follows a stray quote. */
    private void requireClosed() {
        int last = row.cells.size() - 1;
        String cell = last < 0 ? null : row.cells.get(last);
        if (cell != null && row.quoted.get(last) && !text.closes(cell)) {
            throw Problem.MALFORMED_RECORD
                    .because("a double quote opens a cell in this row and is never closed")
                    .at("line " + row.line)
                    .hint("double a quote that belongs to a cell")
                    .fault();
        }
    }

    /** The reader tells the line of a malformed row only in its message. */
    private RuntimeException malformed(CsvParseException e) {
        Matcher started = LINE.matcher(String.valueOf(e.getMessage()));
        Throwable innermost = e.getCause() == null ? e : e.getCause();
        return Problem.MALFORMED_RECORD
                .because("the CSV is malformed: %s", Report.quote(innermost.getMessage()))
                .at(started.find() ? started.group() : "line " + row.line)
                .cause(e)
                .fault();
    }

    private void readHeader() throws IOException {
        if (!advance()) {
            return;
        }
        List<String> names = new ArrayList<>();
        Set<String> once = new HashSet<>();
        for (String cell : row.cells) {
            String name = cell == null ? nullText : cell;
            String plain = names.isEmpty() && name.startsWith("\ufeff") ? name.substring(1) : name;
            if (plain.isEmpty() || !once.add(plain)) {
                throw Problem.MALFORMED_RECORD
                        .because(
                                plain.isEmpty()
                                        ? "the name of column " + (names.size() + 1) + " is empty"
                                        : "two columns are named " + Report.quote(plain))
                        .hint("the first line names the columns")
                        .fault();
            }
            names.add(plain);
        }
        header = List.copyOf(names);
    }

    @Override
    public long line() {
        return row.line;
    }

    @Override
    public int length() {
        return row.length;
    }

    @Override
    public List<String> header() {
        return header;
    }

    @Override
    public Map<String, @Nullable Object> values(Type.Struct types) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < header.size(); i++) {
            String name = header.get(i);
            Type type = types.members().getOrDefault(name, Type.TEXT);
            String cell = row.cells.get(i);
            boolean none = cell == null
                    || (cell.isEmpty()
                            && !(type instanceof Type.Text)
                            && !(type instanceof Type.Binary && row.quoted.get(i)));
            values.put(name, none ? null : value(cell, type, name));
        }
        return values;
    }

    private static @Nullable Object value(@Nullable String cell, Type type, String name) {
        String text = cell == null ? "" : cell;
        try {
            return Json.fromText(text, type, Path.of(name));
        } catch (Fault fault) {
            if (fault.problem() != Problem.MALFORMED_RECORD) {
                throw fault;
            }
            throw Problem.MALFORMED_RECORD
                    .because("the cell %s is no JSON, and %s takes %s", Report.quote(text), name, type)
                    .at(name)
                    .cause(fault)
                    .hint("a cell of such a field is JSON: a text stands in double quotes of its own, \"\"\"so\"\"\"")
                    .fault();
        }
    }

    @Override
    public void note(Map<String, Guess> guesses) {
        for (int i = 0; i < header.size(); i++) {
            if (guesses.computeIfAbsent(header.get(i), name -> new CellGuess()) instanceof CellGuess guess) {
                guess.see(row.cells.get(i));
            }
        }
    }

    @Override
    public String place(String place) {
        return place.startsWith("line ") ? place : "line " + line() + ", " + place;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    /** Tells a quoted cell from an unquoted one, which fastcsv's own records do not. */
    private final class Rows extends AbstractBaseCsvCallbackHandler<Row> {
        private List<@Nullable String> cells = new ArrayList<>();
        private BitSet quotes = new BitSet();
        private int length;

        @Override
        protected void handleBegin(long startingLine) {
            cells = new ArrayList<>(header.size());
            quotes = new BitSet();
            length = 0;
        }

        @Override
        protected void handleField(int index, char[] buffer, int offset, int count, boolean quoted) {
            String cell = new String(buffer, offset, count);
            cells.add(!quoted && cell.equals(nullText) ? null : cell);
            quotes.set(index, quoted);
            length += count;
        }

        @Override
        protected @Nullable Row buildRecord() {
            return getRecordType() == RecordType.DATA ? new Row(getStartingLineNumber(), cells, quotes, length) : null;
        }
    }
}
