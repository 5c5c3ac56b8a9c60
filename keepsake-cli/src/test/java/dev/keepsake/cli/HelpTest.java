package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
    private static String golden(String name) throws IOException {
        try (InputStream file = HelpTest.class.getResourceAsStream("/help/" + name + ".txt")) {
            assertThat(file).as(name).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"inspect", "query", "import", "export", "repair", "tour", "help"})
    void eachCommandHasItsHelp(String command) throws IOException {
        assertThat(Ran.of(command, "--help").done().out()).isEqualTo(golden(command));
        assertThat(Ran.of("help", command).done().out()).isEqualTo(golden(command));
    }

    @Test
    void theHelpListsAllCommandsAndExitCodes() throws IOException {
        assertThat(Ran.of("--help").done().out()).isEqualTo(golden("keepsake"));
        assertThat(Ran.of("help").done().out()).isEqualTo(golden("keepsake"));
        assertThat(Ran.of("-h").done().out()).isEqualTo(golden("keepsake"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"keepsake", "inspect", "query", "import", "export", "repair", "tour", "help"})
    void noLineIsWiderThanAHundredColumnsAndNoneHasColours(String name) throws IOException {
        assertThat(golden(name).lines()).allMatch(line -> line.length() <= 100 && !line.contains("\u001b"));
    }

    @Test
    void theVersionIsOneLine() {
        assertThat(Ran.of("--version").done().out()).matches("keepsake [^\n]+\n");
    }

    @Test
    void helpOfACommandThatIsNotThereHintsAtTheNearest() {
        Ran.of("help", "imprt").fails(2, "there is no command imprt").tells("hint", "did you mean import?");
    }
}
