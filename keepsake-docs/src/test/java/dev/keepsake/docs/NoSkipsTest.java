package dev.keepsake.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The core's tests run without the contract jar, whose listener fails a skip at once; so the reports are read here. */
class NoSkipsTest {
    private static final Pattern SKIPPED =
            Pattern.compile("<testcase name=\"([^\"]*)\" classname=\"([^\"]*)\"[^>]*>\\s*<skipped");

    private final Path root = Path.of(System.getProperty("keepsake.root", ".."));

    @Test
    void noTestOfAnyModuleWasSkipped() throws IOException {
        List<String> skipped = new ArrayList<>();
        for (Path report : reports()) {
            Matcher test = SKIPPED.matcher(Files.readString(report));
            while (test.find()) {
                skipped.add(test.group(2) + "." + test.group(1));
            }
        }
        assertThat(skipped).as("skipped tests").isEmpty();
    }

    private List<Path> reports() throws IOException {
        List<Path> reports = new ArrayList<>();
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.sorted().toList()) {
                Path folder = module.resolve("target/surefire-reports");
                if (Files.isDirectory(folder)) {
                    try (Stream<Path> files = Files.list(folder)) {
                        files.filter(file -> isReport(file.getFileName().toString()))
                                .filter(file -> isOfAClassThatIsStillThere(module, file))
                                .forEach(reports::add);
                    }
                }
            }
        }
        return reports;
    }

    private static boolean isReport(String name) {
        return name.startsWith("TEST-") && name.endsWith(".xml");
    }

    private static boolean isOfAClassThatIsStillThere(Path module, Path report) {
        String name = report.getFileName().toString();
        String type = name.substring("TEST-".length(), name.length() - ".xml".length());
        return Files.exists(module.resolve("target/test-classes").resolve(type.replace('.', '/') + ".class"));
    }
}
