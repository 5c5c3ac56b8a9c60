package dev.keepsake.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder of SQLite files, gone when it is closed. */
record Folder(Path path) implements Databases<Database> {
    static Folder make() throws IOException {
        return new Folder(Files.createTempDirectory("keepsake-benchmarks"));
    }

    @Override
    public Database create(String peer) {
        Path file = path.resolve(peer.replace(' ', '-') + ".db");
        return new Database(
                Product.SQLITE, "jdbc:sqlite:" + file + Product.SQLITE.options(), "", "", "sqlite:" + file);
    }

    @Override
    public String version() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:")) {
            return "SQLite " + connection.getMetaData().getDatabaseProductVersion();
        }
    }

    @Override
    public void close() throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(path)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }
}
