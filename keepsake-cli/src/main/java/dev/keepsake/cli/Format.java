package dev.keepsake.cli;

import dev.keepsake.fault.Problem;
import java.util.Locale;

/** What a file holds, as its name says: {@code .jsonl}, {@code .json} or {@code .csv}, each with {@code .gz} or without. */
enum Format {
    /** A JSON object a line. */
    JSON_LINES,
    /** One JSON array of objects. */
    JSON_ARRAY,
    /** Comma-separated values with a header line (RFC 4180). */
    CSV;

    /**
     * The format that a file's name says.
     *
     * @throws dev.keepsake.fault.Invalid {@code request-invalid}
     */
    static Format of(String file) {
        String name = file.toLowerCase(Locale.ROOT);
        name = isCompressed(file) ? name.substring(0, name.length() - 3) : name;
        if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
            return JSON_LINES;
        }
        if (name.endsWith(".json")) {
            return JSON_ARRAY;
        }
        if (name.endsWith(".csv")) {
            return CSV;
        }
        throw Problem.REQUEST_INVALID
                .because("the name of %s does not say its format", file)
                .hint("end it with .jsonl or .csv, compressed with .jsonl.gz or .csv.gz")
                .fault();
    }

    /** Whether the file is compressed by gzip. */
    static boolean isCompressed(String file) {
        return file.toLowerCase(Locale.ROOT).endsWith(".gz");
    }
}
