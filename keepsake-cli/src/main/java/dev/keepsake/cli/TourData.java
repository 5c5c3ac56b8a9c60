package dev.keepsake.cli;

import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import dev.keepsake.value.Type;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the tour keeps: six packages that do not exist, and their releases. */
final class TourData {
    static final Kind PACKAGES = Kind.named("packages")
            .required("id", Type.TEXT)
            .id("id")
            .field("info", Type.map(Type.ANY))
            .field("stars", Type.INTEGER)
            .build();

    static final Kind RELEASES = Kind.named("releases")
            .required("id", Type.INTEGER)
            .id("id")
            .generated(Generation.IDENTITY)
            .required("package_id", Type.TEXT)
            .required("major", Type.INTEGER)
            .required("minor", Type.INTEGER)
            .field("size", Type.INTEGER)
            .field("created", Type.INSTANT)
            .reference(Reference.of("package_id", "packages", "id"))
            .index(Index.of("newest_first", "package_id", "-major", "-minor"))
            .build();

    static final List<String> NAMES = List.of("alder", "birch", "cedar", "elm", "larch", "rowan");

    /** Releases of each package. */
    static final int EACH = 40;

    private TourData() {}

    /** Writes {@code packages.jsonl} and {@code releases.csv} into a folder. */
    static void write(Path folder) throws IOException {
        try (InputStream packages = TourData.class.getResourceAsStream("tour-packages.jsonl")) {
            if (packages == null) {
                throw new IllegalStateException("the tour's packages are missing from the jar");
            }
            Files.copy(packages, folder.resolve("packages.jsonl"));
        }
        StringBuilder csv = new StringBuilder("id,package_id,major,minor,size,created\n");
        int id = 1;
        for (int number = 0; number < EACH; number++) {
            for (String name : NAMES) {
                String created = String.format("20%02d-%02d-15T09:30:00.%03dZ", 10 + number / 4, 1 + number % 12, id);
                csv.append(id++)
                        .append(',')
                        .append(name)
                        .append(',')
                        .append(number / 10)
                        .append(',');
                csv.append(number % 10)
                        .append(',')
                        .append(1000 + 37 * id)
                        .append(',')
                        .append(created)
                        .append('\n');
            }
        }
        Files.writeString(folder.resolve("releases.csv"), csv, StandardCharsets.UTF_8);
    }
}
