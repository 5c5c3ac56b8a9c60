package dev.keepsake.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.store.Features;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The table of docs/stores.md against the Features of each store. */
class StoresTest {
    private final Path root = Path.of(System.getProperty("keepsake.root", ".."));

    @Test
    void theTableSaysWhatTheFeaturesSay() throws IOException {
        assertThat(Files.readString(root.resolve("docs/stores.md"))).contains(String.join("\n", table()));
    }

    private static List<String> table() {
        Map<String, Features> presets = Features.presets();
        List<String> lines = new ArrayList<>();
        lines.add("| feature | " + String.join(" | ", presets.keySet()) + " |");
        lines.add("|---".repeat(presets.size() + 1) + "|");
        for (RecordComponent feature : Features.class.getRecordComponents()) {
            StringBuilder line = new StringBuilder("| " + feature.getName());
            presets.values().forEach(features -> line.append(" | ").append(answer(feature, features)));
            lines.add(line.append(" |").toString());
        }
        return lines;
    }

    private static String answer(RecordComponent feature, Features features) {
        try {
            return feature.getAccessor()
                    .invoke(features)
                    .toString()
                    .toLowerCase(Locale.ROOT)
                    .replace('_', ' ');
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
