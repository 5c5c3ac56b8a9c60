package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** A folder for one test, with an SQLite file and files to import. */
record Bench(Path folder) {
    /** The URL of the SQLite file. */
    String url() {
        return url("test.db");
    }

    String url(String file) {
        return "sqlite:" + path(file);
    }

    Path path(String file) {
        return folder.resolve(file);
    }

    /** Writes a file of lines, compressed if its name says so, and gives its path. */
    String file(String name, String... lines) throws IOException {
        return bytes(
                name, (String.join("\n", lines) + (lines.length == 0 ? "" : "\n")).getBytes(StandardCharsets.UTF_8));
    }

    String bytes(String name, byte[] bytes) throws IOException {
        try (OutputStream file = Files.newOutputStream(path(name));
                OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(file) : file) {
            out.write(bytes);
        }
        return path(name).toString();
    }

    /** Runs statements on the SQLite file. */
    void sql(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path("test.db"));
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** Imports lines of JSON into a kind. */
    void things(String kind, String... lines) {
        Ran.reading(String.join("\n", lines), "import", url(), kind, "-").done();
    }

    /** All that the SQLite file holds, by kind. */
    Map<String, String> content() {
        Map<String, String> content = new TreeMap<>();
        if (Files.exists(path("test.db"))) {
            for (Map<String, Object> kind :
                    Ran.of("inspect", url(), "--json").done().objects()) {
                String name = (String) kind.get("kind");
                content.put(
                        name, kind + Ran.of("export", url(), "--", name).done().out());
            }
        }
        return content;
    }

    /** Does something that is to leave store and folder as they are. */
    void unchanged(Runnable work) throws IOException {
        Map<String, String> before = content();
        var files = files();
        work.run();
        assertThat(content()).isEqualTo(before);
        assertThat(files()).isEqualTo(files);
    }

    /** The names of the files in the folder, sorted. */
    List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> !name.matches("test\\.db(-wal|-shm)?"))
                    .sorted()
                    .toList();
        }
    }
}
