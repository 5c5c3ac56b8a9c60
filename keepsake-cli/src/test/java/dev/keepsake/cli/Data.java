package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** The real data sets, from the folder that the build or KEEPSAKE_DATA names. */
final class Data {
    private Data() {}

    static Path file(String name) {
        String folder = System.getProperty("keepsake.data", String.valueOf(System.getenv("KEEPSAKE_DATA")));
        Path file = Path.of(folder).resolve(name);
        assertThat(file).as("KEEPSAKE_DATA").exists();
        return file;
    }

    /** Unpacks a file into a folder. */
    static Path unpacked(String name, Path folder) throws IOException {
        String target = Path.of(name).getFileName().toString().replaceFirst("\\.gz$", "");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file(name)))) {
            Files.copy(in, folder.resolve(target));
        }
        return folder.resolve(target);
    }

    /** The facts that somebody else computed from a data set. */
    @SuppressWarnings("unchecked") // the file is an object
    static Map<String, Object> facts(String set) throws IOException {
        return (Map<String, Object>) Json.parse(Files.readString(file(set + "/expected-facts.json")));
    }

    /** The records of a file of JSON lines. */
    @SuppressWarnings("unchecked") // each line is an object
    static List<Map<String, Object>> records(String name) throws IOException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file(name))), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .map(line -> (Map<String, Object>) Json.parse(line))
                    .toList();
        }
    }
}
