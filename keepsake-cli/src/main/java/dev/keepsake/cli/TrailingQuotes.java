package dev.keepsake.cli;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/** Passes CSV on and remembers how many double quotes stand at its end, before the last line breaks. */
final class TrailingQuotes extends FilterReader {
    private int run;

    TrailingQuotes(Reader in) {
        super(in);
    }

    /**
     * Whether a quoted cell that the text ends with was closed. A quote inside a cell is doubled, so that what stands at the end
     * of a closed cell is odd; where a cell is nothing but quotes, the opening one counts too.
     */
    boolean closes(String lastCell) {
        boolean onlyQuotes = lastCell.chars().allMatch(c -> c == '"');
        return run % 2 == (onlyQuotes ? 0 : 1);
    }

    @Override
    public int read() throws IOException {
        int c = super.read();
        if (c >= 0) {
            see((char) c);
        }
        return c;
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
        int count = super.read(buffer, offset, length);
        for (int i = offset; i < offset + count; i++) {
            see(buffer[i]);
        }
        return count;
    }

    private void see(char c) {
        if (c == '"') {
            run++;
        } else if (c != '\n' && c != '\r') {
            run = 0;
        }
    }
}
