package dev.keepsake.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {
    private static final String PARTS = """
            db.scheme = postgresql
            db.host = localhost
            db.database = app
            db.user = ann
            db.password = s3cr
            """;

    @TempDir
    private Path folder;

    private Path file;
    private final Map<String, String> variables = new HashMap<>(Map.of(
            "DB_HOST", "localhost", "DB_NAME", "app", "DB_USER", "ann", "DB_PASSWORD", "s3cr@:/?#%s3cr", "DB_X", "y"));

    @BeforeEach
    void aFile() {
        file = folder.resolve("keepsake.properties");
    }

    private StoreUrl environment() {
        return StoreUrl.fromEnvironment("postgresql", "DB_", variables);
    }

    private Fault refusedInEnvironment(String sentence) {
        Fault fault = Secrets.refused(Problem.SETTINGS_INVALID, sentence, this::environment);
        assertThat(fault.facts()).containsEntry("at", "the environment");
        return fault;
    }

    private StoreUrl read(String text) throws IOException {
        Files.writeString(file, text);
        return StoreUrl.fromProperties(file, "db.");
    }

    private Fault refused(Problem problem, String sentence, String text) {
        Fault fault = Secrets.refused(problem, sentence, () -> read(text));
        assertThat(fault.facts()).containsEntry("at", file);
        return fault;
    }

    private Fault refused(String sentence, String text) {
        return refused(Problem.SETTINGS_INVALID, sentence, text);
    }

    // ---- the environment

    @Test
    void fiveVariablesAreAUrl() {
        assertThat(environment().server(5432))
                .isEqualTo(new ServerAddress("localhost", 5432, "app", "ann", "s3cr@:/?#%s3cr", 5432));
        assertThat(environment()).hasToString("postgresql://localhost/app");
        variables.put("DB_PORT", "5433");
        assertThat(environment()).hasToString("postgresql://localhost:5433/app");
        variables.put("DB_PORT", "");
        assertThat(environment().server(5432).port()).isEqualTo(5432);
    }

    @Test
    void missingVariablesAreNamedTogether() {
        variables.keySet().removeAll(List.of("DB_HOST", "DB_USER", "DB_PASSWORD"));
        variables.put("DB_NAME", "");
        assertThat(refusedInEnvironment("DB_HOST and DB_NAME and DB_USER and DB_PASSWORD are missing")
                        .hint())
                .contains("where there is no password, set DB_PASSWORD to nothing");
    }

    @Test
    void aPasswordIsSetEvenIfToNothing() {
        variables.put("DB_PASSWORD", "");
        assertThat(environment().server(5432).password()).isNull();
        variables.remove("DB_USER");
        assertThat(refusedInEnvironment("DB_USER is missing").hint()).isEmpty();
        variables.put("DB_USER", "ann");
        variables.remove("DB_PASSWORD");
        refusedInEnvironment("DB_PASSWORD is missing");
    }

    @Test
    void aWrongVariableIsNamedWithoutItsValue() {
        variables.put("DB_PORT", "s3cr");
        refusedInEnvironment("DB_PORT is no whole number from 1 to 65535");
        variables.put("DB_HOST", "s3cr:1");
        refusedInEnvironment("DB_HOST is no name and no address of a host, without port");
        variables.putAll(Map.of("DB_HOST", "h", "DB_PORT", "1"));
        Secrets.refused(
                Problem.SETTINGS_INVALID,
                "the scheme is not letters, digits, + - and .",
                () -> StoreUrl.fromEnvironment("s3cr:", "DB_", variables));
    }

    @Test
    void theEnvironmentOfTheProcessIsReadWhereNoneIsGiven() {
        Secrets.refused(
                Problem.SETTINGS_INVALID,
                "NO_SUCH_HOST and NO_SUCH_NAME and NO_SUCH_USER and NO_SUCH_PASSWORD are missing",
                () -> StoreUrl.fromEnvironment("postgresql", "NO_SUCH_"));
    }

    // ---- a properties file

    @Test
    void aFileHasAUrlOrItsParts() throws IOException {
        StoreUrl url = StoreUrl.parse("postgresql://ann:s3cr@localhost/app");
        assertThat(read(PARTS)).isEqualTo(url);
        assertThat(read("db.url=postgresql://ann:s3cr@localhost/app\nother=1")).isEqualTo(url);
        assertThat(read("db.url=sqlite:people.db?mode=ro")).isEqualTo(StoreUrl.parse("sqlite:people.db?mode=ro"));
        assertThat(read("db.port=\n" + PARTS)).isEqualTo(url);
        assertThat(read("\uFEFF" + PARTS)).isEqualTo(url);
        assertThat(read(PARTS + "db.port=1\ndb.option.sslmode=require\ndb.option.a.b = ä=&"))
                .isEqualTo(StoreUrl.parse("postgresql://ann:s3cr@localhost:1/app?sslmode=require&a.b=%C3%A4%3D%26"));
    }

    @Test
    void valuesAreAsTheyAre() throws IOException {
        assertThat(read(PARTS.replace("s3cr", "p@ss:w/rd?#%41=ä\\\\\\u20ac!"))
                        .server(1)
                        .password())
                .isEqualTo("p@ss:w/rd?#%41=ä\\€!");
        assertThat(read(PARTS.replace("s3cr", "")).server(1).password()).isNull();
    }

    @Test
    void missingKeysAreNamedTogetherWithTheFile() {
        assertThat(refused("db.scheme and db.host and db.user and db.password are missing", "db.database=app\ndb.user=")
                        .hint())
                .contains("where there is no password, set db.password to nothing");
        refused("db.host is missing", PARTS.replace("db.host", "host"));
        assertThat(refused("db.url is missing", "other=s3cr").hint().orElseThrow())
                .startsWith("write db.url=scheme://user:password@host/database, or its parts: db.scheme, db.host,");
    }

    @Test
    void unknownKeysAreRefusedWithTheNearName() {
        assertThat(refused("there is no setting db.pasword", PARTS.replace("password", "pasword"))
                        .hint())
                .contains("did you mean db.password?");
        refused("there is no setting db.option.", PARTS + "db.option.=s3cr");
        refused("there is no setting db.", PARTS + "db.=s3cr");
        refused("db.url says all, but db.password is given beside it", "db.url=postgresql://h/app\ndb.password=s3cr");
        refused("db.user is given twice", PARTS + "db.user = bob");
        refused("db.password is given twice", PARTS + "db.password = s3cr");
    }

    @Test
    void wrongValuesAreNamedByTheirKeys() {
        refused("db.port is no whole number from 1 to 65535", PARTS + "db.port=s3cr");
        refused(
                "db.host is no name and no address of a host, without port",
                PARTS.replace("localhost", "localhost:s3cr"));
        refused("db.scheme is not letters, digits, + - and .", PARTS.replace("postgresql", "s3cr:"));
        refused(
                Problem.MALFORMED_URL,
                "a password is no option of a URL, where it would be shown",
                PARTS + "db.option.password=s3cr");
        refused(Problem.MALFORMED_URL, "a store's URL starts with its scheme and a colon", "db.url=//ann:s3cr@h/app");
        refused(
                Problem.MALFORMED_URL,
                "the URL's user or password holds a question mark as it is, or an option an @",
                "db.url=postgresql://ann:s3cr?s3cr@h/app");
    }

    @Test
    void aFileThatIsNoneIsToldAsWhatItIs() throws IOException {
        assertThat(Secrets.refused(
                                Problem.FILE_MISSING,
                                "there is no file " + file,
                                () -> StoreUrl.fromProperties(file, "db."))
                        .hint()
                        .orElseThrow())
                .startsWith("check the path");
        Secrets.refused(
                Problem.SETTINGS_INVALID, "it is a folder, not a file", () -> StoreUrl.fromProperties(folder, "db."));
        refused("the file holds a malformed \\u escape", PARTS + "db.user=s3cr\\u12");
        Files.write(file, (PARTS + "ä").getBytes(StandardCharsets.ISO_8859_1));
        Secrets.refused(
                Problem.SETTINGS_INVALID, "the file is no text in UTF-8", () -> StoreUrl.fromProperties(file, "db."));
    }
}
