package dev.keepsake.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keepsake.fault.Invalid;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RegexTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            delimiter = ' ',
            value = {
                "a xay true",
                "^a$ a true",
                "^a$ ba false",
                "a.c a😀c true",
                "[^\\d]+ 123 false",
                "[^\\d] 1a true",
                "[^\\w\\s] a_1 false",
                "[\\d-] - true",
                "[-a] - true",
                "[a-] - true",
                "[^-] - false",
                "[a-c] b true",
                "[a-c] - false",
                "[\\]] ] true",
                "[\\^a] ^ true",
                "[a^] ^ true",
                "[.] x false",
                "\\. x false",
                "(ab){2} abab true",
                "^(ab){3}$ abab false",
                "a{2,} aaa true",
                "^a{2,3}$ aaaa false",
                "a|^b$ b true",
                "(|a)b b true",
                "\\$ $ true",
                "x{0} a true",
                "] ] true",
                "} } true",
                "[äö] ö true",
                "[😀-😃] 😁 true",
                "\\w ä false",
                "\\d ٣ false",
                "\\-\\/ -/ true",
                "[*+?(){}|$] $ true",
                "# # true",
                "Q\\\\E Q\\E true"
            })
    void whatIsPortableMatchesAsItSays(String regex, String text, boolean found) {
        assertThat(Regex.compile(regex, false).matcher(text).find()).isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "a**",
                "a+?",
                "a{1}{2}",
                "+",
                "?",
                "^*",
                "$+",
                "(",
                ")",
                "(a",
                "a)",
                "(?i)a",
                "(?:a)",
                "[",
                "[]",
                "[^]",
                "[a",
                "[[a]]",
                "[a&&b]",
                "[z-a]",
                "[a-\\d]",
                "[\\d-z]",
                "[a-c-e]",
                "[a--]",
                "\\",
                "\\b",
                "\\B",
                "\\1",
                "\\p{L}",
                "\\Q",
                "\\A",
                "\\ä",
                "\\\uD83D\uDE80",
                "{1}",
                "a{",
                "a{}",
                "a{,2}",
                "a{2,1}",
                "a{256}",
                "a{1,256}",
                "a{1",
                "a{x}",
                "a|*",
                "(*)",
                "[[:alpha:]]",
                "[a\\",
                "a{999999999999}",
                "[\\]"
            })
    void whatIsNotPortableIsRefused(String regex) {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> Regex.compile(regex, false))
                .withMessageContaining("is refused: ")
                .withMessageContaining("position ");
    }

    @Test
    void itAgreesWithJavaWhereBothKnowTheExpression() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> atoms =
                List.of("a", "b", "[ab]", "[^a]", "(a|b)", "(ab)?", "a*", "b+", "a{1,2}", "c?", "[a-c]{2}", "\\d", "-");
        for (int i = 0; i < 5_000; i++) {
            StringBuilder regex = new StringBuilder();
            for (int j = 0; j <= random.nextInt(4); j++) {
                regex.append(atoms.get(random.nextInt(atoms.size())));
            }
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(6); j > 0; j--) {
                text.append("abAc1-".charAt(random.nextInt(6)));
            }
            for (boolean ignoringCase : new boolean[] {true, false}) {
                boolean expected = Pattern.compile(regex.toString(), ignoringCase ? Pattern.CASE_INSENSITIVE : 0)
                        .matcher(text)
                        .find();
                assertThat(Regex.compile(regex.toString(), ignoringCase)
                                .matcher(text)
                                .find())
                        .as("seed %d: %s in %s", seed, regex, text)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void whatIsNotRefusedCompiles() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "ab-^$.[](){}|*+?\\dws,12&]ä";
        int good = 0;
        for (int i = 0; i < 50_000; i++) {
            StringBuilder regex = new StringBuilder();
            for (int j = random.nextInt(8); j >= 0; j--) {
                regex.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                Regex.check(regex.toString());
            } catch (Invalid e) {
                continue;
            }
            good++;
            assertThat(Regex.compile(regex.toString(), true))
                    .as("seed %d", seed)
                    .isNotNull();
        }
        assertThat(good).isGreaterThan(1_000);
    }

    @Test
    void onlyTheLettersAToZFold() {
        assertThat(Regex.compile("^[a-z]$", true).matcher("Q").find()).isTrue();
        assertThat(Regex.compile("ä", true).matcher("Ä").find()).isFalse();
    }

    @Test
    void aGroupThatRepeatsTooOftenIsRefusedAndNotACrash() {
        String text = "ab".repeat(200_000);

        assertThatThrownBy(() -> Regex.find(Regex.compile("^(a|b)*$", false), text))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("[ab]*");
        assertThat(Regex.find(Regex.compile("^[ab]*$", false), text)).isTrue();
    }
}
