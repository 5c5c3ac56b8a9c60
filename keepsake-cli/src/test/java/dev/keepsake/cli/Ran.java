package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.json.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What a command did, run in this process.
 *
 * @param code its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record Ran(int code, String out, String err) {

    /** Runs a command. */
    static Ran of(String... arguments) {
        return reading("", arguments);
    }

    /** Runs a command with standard input. */
    static Ran reading(String in, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                arguments,
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8));
        return new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Asserts that it is done. */
    Ran done() {
        assertThat(code).as(err).isZero();
        return this;
    }

    /** Asserts the code and the first line of the error, and that there is no result and no stack trace. */
    Ran fails(int expected, String firstLine) {
        assertThat(err.lines().findFirst().orElse("")).as(err).isEqualTo(firstLine);
        assertThat(code).as(err).isEqualTo(expected);
        assertThat(err).doesNotContain("\tat ");
        assertThat(out).isEmpty();
        return this;
    }

    /** Asserts a fact, the hint or the problem's id in the error. */
    Ran tells(String name, String value) {
        assertThat(err.lines()).contains(String.format("  %-9s %s", name, value));
        return this;
    }

    /** The lines of the result. */
    List<String> lines() {
        return out.lines().toList();
    }

    /** The objects of the result, a line each. */
    @SuppressWarnings("unchecked") // keys of JSON objects are text
    List<Map<String, Object>> objects() {
        return out.lines().map(line -> (Map<String, Object>) Json.parse(line)).toList();
    }
}
