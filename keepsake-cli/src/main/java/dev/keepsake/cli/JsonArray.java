package dev.keepsake.cli;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.value.Type;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the objects of one JSON array. It only finds where each element ends, by counting brackets outside of strings, and
 * so holds one element at a time; whether the element is well-formed is seen when it is read.
 */
final class JsonArray implements RecordReader {
    private static final int END = -1;

    private final Reader in;
    private JsonRecord record = new JsonRecord("", 1, 1);
    private int character;
    private long line = 1;
    private int column;
    private boolean started;
    private boolean over;

    JsonArray(InputStream in) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()), 1 << 16);
    }

    @Override
    public boolean next() throws IOException {
        if (over) {
            return false;
        }
        boolean first = !started;
        if (first) {
            started = true;
            skip();
            if (character == '\ufeff') {
                skip();
            }
            require('[', "the array's [");
        }
        skip();
        if (character == ']' && first) {
            return end();
        }
        record = element();
        if (character != ',' && character != ']') {
            throw expected(", or ]");
        }
        over = character == ']';
        if (over) {
            skip();
            require(END, "the end");
        }
        return true;
    }

    private boolean end() throws IOException {
        over = true;
        skip();
        require(END, "the end");
        return false;
    }

    /** Reads an element up to the comma or bracket behind it. */
    private JsonRecord element() throws IOException {
        long startLine = line;
        int startColumn = column;
        StringBuilder text = new StringBuilder();
        int depth = 0;
        while (depth > 0 || (character != ',' && character != ']')) {
            switch (character) {
                case END ->
                    throw Problem.MALFORMED_RECORD
                            .because("the JSON ends too early")
                            .fault();
                case '"' -> string(text);
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> {}
            }
            text.append((char) character);
            read();
        }
        return new JsonRecord(text.toString(), startLine, startColumn);
    }

    /** Reads a string up to its closing quote. */
    private void string(StringBuilder text) throws IOException {
        do {
            text.append((char) character);
            if (character == '\\') {
                read();
                text.append((char) character);
            }
            read();
            if (character == END) {
                throw Problem.MALFORMED_RECORD
                        .because("the JSON ends too early")
                        .fault();
            }
        } while (character != '"');
    }

    private void skip() throws IOException {
        do {
            read();
        } while (character == ' ' || character == '\n' || character == '\t' || character == '\r');
    }

    private void read() throws IOException {
        if (character == '\n') {
            line++;
            column = 0;
        }
        character = in.read();
        column++;
    }

    private void require(int wanted, String name) {
        if (character != wanted) {
            throw expected(name);
        }
    }

    private RuntimeException expected(String what) {
        String was = character == END ? "the end" : Report.quote(Character.toString(character));
        Report report = Problem.MALFORMED_RECORD.because("expected %s, was %s", what, was);
        record = new JsonRecord("", line, column);
        return report.at("line 1, column 1")
                .hint("a .json file is one array of objects; name a file with an object a line .jsonl")
                .fault();
    }

    @Override
    public long line() {
        return over || record.text().isEmpty() ? line : record.line();
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
        in.close();
    }
}
