package dev.keepsake.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Invalid;
import dev.keepsake.schema.Kind;
import dev.keepsake.value.Type;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The text form of conditions. */
final class ConditionTest {
    static final Kind KIND = Kind.named("things")
            .required("id", Type.INTEGER)
            .id("id")
            .field("name", Type.TEXT)
            .field("rate", Type.DOUBLE)
            .field("price", Type.decimal(20, 4))
            .field("done", Type.BOOLEAN)
            .field("born", Type.DATE)
            .field("seen", Type.instant(3))
            .field("uid", Type.UUID)
            .field("tags", Type.list(Type.TEXT))
            .field("info", new Type.Struct(Map.of("license", Type.TEXT, "a.b", Type.INTEGER)))
            .field("json", Type.ANY)
            .field("and", Type.INTEGER)
            .field("startswith", Type.INTEGER)
            .field("fal\u017fe", Type.INTEGER)
            .field("a b", Type.INTEGER)
            .field("`", Type.INTEGER)
            .build();

    private static final String GOOD = """
            id = 1 | id = 1
            id == -1 | id = -1
            id != 1 | not (id = 1)
            id <> +1 | not (id = 1)
            ID_IS_NOT.x | !
            id<=1 | id <= 1
            rate > 1.5e3 | rate > 1500.0
            rate >= .5 | rate >= 0.5
            name = 'it''s' | name = 'it''s'
            name < '' | name < ''
            done = TRUE | done = true
            name is null | name is null
            name IS NOT NULL | not (name is null)
            not name is null | not (name is null)
            not not name is null | name is null
            id in (1, 2,3) | id in (1, 2, 3)
            id in () | id in ()
            id not in (1) | not (id in (1))
            id between 1 and 2 and id = 3 | id between 1 and 2 and id = 3
            id not between 1 and 2 | not (id between 1 and 2)
            id = 1 or id = 2 and id = 3 | id = 1 or (id = 2 and id = 3)
            (id = 1 or id = 2) and id = 3 | (id = 1 or id = 2) and id = 3
            not (id = 1 and id = 2) | not (id = 1 and id = 2)
            name like 'a%' | name like 'a%'
            name ilike '_' | name ilike '_'
            name not startswith 'a' | not (name startswith 'a')
            name icontains '%' | name icontains '%'
            name matches '^a|b$' | name matches '^a|b$'
            tags has 'x' | tags has 'x'
            tags = json '["a"]' | tags = json '["a"]'
            info.license = 'MIT' | info.license = 'MIT'
            info.`a.b` = 1 | info.`a.b` = 1
            `info`.`license` = 'x' | info.license = 'x'
            json.x.y = 1 | json.x.y = 1
            json.and.null = 1 | json.`and`.`null` = 1
            `and` = 1 and `startswith` = 2 | `and` = 1 and `startswith` = 2
            falſe = 1 | falſe = 1
            `a b` = 1 | `a b` = 1
            ```` = 1 | ```` = 1
            born = '2018-05-31' | born = date '2018-05-31'
            seen > '2018-05-31 01:44:52.123456+02:00' | seen > instant '2018-05-30T23:44:52.123456Z'
            seen = INSTANT '2018-05-31' | seen = instant '2018-05-31T00:00:00Z'
            price = decimal '1.50' | price = decimal '1.5'
            uid = '00000000-0000-0001-0000-000000000002' | uid = uuid '00000000-0000-0001-0000-000000000002'
            json = instant '2018-05-31T00:00:00Z' | json = instant '2018-05-31T00:00:00Z'
            json = json '{"b": [1, 2.0]}' | json = json '{"b":[1,2.0]}'
            true and not false | true and not (false)
            """;

    @Test
    void goodTextsPrintThemselvesAsTextThatIsReadAgain() {
        GOOD.lines().filter(line -> !line.endsWith("| !")).forEach(line -> {
            String[] parts = line.split(" \\| ", 2);
            Condition condition = Condition.parse(parts[0], KIND);
            assertThat(condition).as(parts[0]).hasToString(parts[1]);
            assertThat(Condition.parse(parts[1], KIND)).isEqualTo(condition);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            ~~            | 0  | expected a field, was the end
            id            | 2  | expected a comparison: = != < <= > >= in between like startswith contains matches has is, was the end
            id 1          | 3  | expected a comparison: = != < <= > >= in between like startswith contains matches has is, was 1
            id = 1 id     | 7  | expected and, or, or the end, was id
            id = 1 and    | 10 | expected a field, was the end
            id = 1 or or  | 10 | expected a field, was or
            (id = 1       | 7  | expected ')', was the end
            id = 1)       | 6  | expected and, or, or the end, was )
            not           | 3  | expected a field, was the end
            = 1           | 0  | expected a field, was = 1
            1 = id        | 0  | expected a field, was 1 = id
            id =          | 4  | expected a constant: a number, 'text', true, false, or instant '...' and the like, was the end
            id = name     | 5  | expected a constant: a number, 'text', true, false, or instant '...' and the like, was name
            id = null     | 5  | nothing is equal to null; write is null
            id => 1       | 4  | expected a constant: a number, 'text', true, false, or instant '...' and the like, was > 1
            name = 'a     | 7  | the closing quote is missing
            name = "a"    | 7  | expected a constant: a number, 'text', true, false, or instant '...' and the like, was "a"
            `id = 1       | 0  | the closing backtick is missing
            id. = 1       | 0  | a step of the path is empty
            id = 1.2.3    | 5  | 1.2.3 is no number
            id = 12ab     | 5  | 12ab is no number
            id = -        | 5  | - is no number
            id = 1e400    | 5  | the number 1e400 is beyond 64 bits; write decimal '1e400'
            id = 9223372036854775808 | 5 | the number 9223372036854775808 is beyond 64 bits; write decimal '9223372036854775808'
            id in 1       | 6  | expected '(', was 1
            id in (1      | 8  | expected ')', was the end
            id in (1,)    | 9  | expected a constant: a number, 'text', true, false, or instant '...' and the like, was )
            id between 1  | 12 | expected and, was the end
            id is 1       | 6  | expected null, was 1
            name like 1   | 10 | expected a pattern in single quotes, was 1
            name matches '(' | 0 | the regular expression ( is refused: a closing parenthesis is missing
            nam = 'x'     | 0  | kind things has no field nam
            info.licence = 'x' | 0 | info of kind things is struct(
            id.x = 1      | 0  | id of kind things is integer and has no x inside
            id = 'x'      | 0  | id is integer; it cannot be compared with text x
            name = 1      | 0  | name is text; it cannot be compared with integer 1
            id like 'x'   | 0  | id is integer; like is for text
            name has 'x'  | 0  | name is text; has is for lists
            born = 'soon' | 7  | expected date, was text soon
            uid = 'x'     | 6  | expected uuid, was text x
            price = decimal 'x' | 8 | x is no decimal
            json = json '{'  | 7 | the JSON is malformed
            json = json 'null' | 7 | nothing is equal to null; write is null
            id = foo 'x'  | 5  | foo is no type of constants
            """)
    void badTextsAreRefusedWithThePosition(String text, int position, String sentence) {
        Invalid fault = refusal(text == null ? "" : text);
        assertThat(fault.sentence()).startsWith(sentence);
        assertThat(fault.facts()).containsEntry("at", "position " + position);
        assertThat(fault.facts().get("condition").toString()).contains(">>>");
    }

    @Test
    void nearNamesAreHinted() {
        assertThat(refusal("nam = 'x'").hint()).contains("did you mean name?");
        assertThat(refusal("info.licence = 'x'").hint()).contains("did you mean license?");
        assertThat(refusal("tags = 'x'").hint()).contains("use has for an element of a list");
    }

    @Test
    void theTextIsShownOnOneLineAndCut() {
        Invalid fault =
                refusal("name = 'a\u001b' and\n" + "id = 1 and ".repeat(100) + "nme = 1" + " and id = 2".repeat(100));
        assertThat(fault.facts().get("condition").toString())
                .hasSizeLessThan(90)
                .contains(">>>nme")
                .endsWith("...");
        assertThat(refusal("id = 1\nand\u001bx").getMessage().lines()).noneMatch(line -> line.contains("\u001b"));
        assertThat(refusal("name = 'a\0'").facts()).containsEntry("at", "position 0");
        assertThat(refusal("name like 'a\0'").facts()).containsEntry("at", "position 0");
    }

    @Test
    void deepNestingIsRefused() {
        for (String open : new String[] {"(", "not ", "not ("}) {
            Invalid fault = refusal(open.repeat(100_000) + "id = 1");
            assertThat(fault.sentence()).isEqualTo("conditions are nested deeper than 200 levels");
        }
        assertThat(Condition.parse("(".repeat(150) + "id = 1" + ")".repeat(150), KIND))
                .hasToString("id = 1");
        refusal("name matches '" + "(".repeat(100_000) + "'");
        refusal("json = json '" + "[".repeat(100_000) + "'");
    }

    @Test
    void nothingButInvalidIsEverThrown() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] good = GOOD.lines().map(line -> line.split(" \\| ", 2)[0]).toArray(String[]::new);
        String alphabet = "'`().,=<>!-+%\\[]{}\"\0\n\uD83D aeinot019";
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(good[random.nextInt(good.length)]);
            for (int j = random.nextInt(4); j >= 0 && !text.isEmpty(); j--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(4)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
                    case 2 -> text.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
                    default -> text.insert(at, good[random.nextInt(good.length)]);
                }
            }
            try {
                Condition condition = Condition.parse(text.toString(), KIND);
                assertThat(Condition.parse(condition.toString(), KIND))
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(condition);
                read++;
            } catch (Invalid e) {
                assertThat(e.facts()).as("seed %d: %s", seed, text).containsKey("at");
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed + ": " + text, e);
            }
        }
        assertThat(read).as("texts that are still good").isGreaterThan(500);
    }

    private static Invalid refusal(String text) {
        Invalid fault = catchThrowableOfType(Invalid.class, () -> Condition.parse(text, KIND));
        assertThat(fault).as("refusal of %.80s", text).isNotNull();
        return fault;
    }
}
