package dev.keepsake.cli;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A print stream in UTF-8 that remembers why it failed; a plain one keeps that to itself. */
final class Pipe extends PrintStream {
    private static final int BUFFER = 1 << 16;

    private final Remembering target;

    private Pipe(Remembering target) {
        super(new BufferedOutputStream(target, BUFFER), false, StandardCharsets.UTF_8);
        this.target = target;
    }

    static Pipe to(OutputStream target) {
        return new Pipe(new Remembering(target));
    }

    /** The first failure, if there was one. */
    @Nullable
    IOException failure() {
        return target.failure;
    }

    /** Whether the failure means that the reader has gone: EPIPE, or its words on Windows. */
    static boolean isBroken(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("Broken pipe") || message.contains("pipe is being closed");
    }

    private static final class Remembering extends FilterOutputStream {
        private @Nullable IOException failure;

        Remembering(OutputStream target) {
            super(target);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                failure = failure == null ? e : failure;
                throw e;
            }
        }
    }
}
