package dev.keepsake.cli;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a UTF-8 text, one at a time; text that is not UTF-8 is refused at its line. Ends with LF or CR LF. */
final class Lines implements Closeable {
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int filled;
    private long number;

    Lines(InputStream in) {
        this.in = in;
    }

    /** The number of the line that was read last, the first is 1; while one is read, its own. */
    long number() {
        return number;
    }

    /** The next line without its end, or null. */
    @Nullable
    String next() throws IOException {
        number++;
        ByteArrayOutputStream longer = null;
        while (at < filled || fill()) {
            int end = at;
            while (end < filled && buffer[end] != '\n') {
                end++;
            }
            int start = at;
            boolean ended = end < filled;
            at = ended ? end + 1 : end;
            if (ended && longer == null) {
                return text(buffer, start, end);
            }
            longer = longer == null ? new ByteArrayOutputStream(2 * BUFFER) : longer;
            longer.write(buffer, start, end - start);
            if (ended) {
                return text(longer.toByteArray(), 0, longer.size());
            }
        }
        return longer == null ? null : text(longer.toByteArray(), 0, longer.size());
    }

    private boolean fill() throws IOException {
        at = 0;
        filled = Math.max(0, in.read(buffer));
        return filled > 0;
    }

    private String text(byte[] bytes, int start, int end) throws IOException {
        int last = end > start && bytes[end - 1] == '\r' ? end - 1 : end;
        int first = number == 1 && startsWithMark(bytes, start, last) ? start + 3 : start;
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes, first, last - first))
                .toString();
    }

    /** Whether there is the byte order mark that some programs put before UTF-8. */
    private static boolean startsWithMark(byte[] bytes, int start, int end) {
        byte[] mark = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
        return end - start >= 3 && Arrays.equals(bytes, start, start + 3, mark, 0, 3);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
