package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command on Redis, by the URL alone. */
class RedisTest {
    private static final String RECORDS = """
            {"_id":1,"title":"Häxan 😀","cast":["a","b"],"imdb":{"rating":7.6}}
            {"_id":2,"title":"Nosferatu","year":1922}
            """;

    @TempDir
    private Path folder;

    private final String url = Servers.redis().freshSpace();

    @BeforeEach
    void importFilms() throws IOException {
        Path file = Files.writeString(folder.resolve("films.jsonl"), RECORDS);
        assertThat(Ran.of("import", url, "films", file.toString()).done().err()).startsWith("imported 2 films in ");
    }

    @Test
    void whatIsImportedIsExportedAgain() {
        Ran.of("import", url, "films", folder.resolve("films.jsonl").toString())
                .fails(4, "another object of kind films has the same _id");
        assertThat(Ran.of("export", url, "films").done().out()).isEqualTo(RECORDS);
    }

    @Test
    void inspectTellsKindsAndWhatMayBeLost() {
        assertThat(Ran.of("inspect", url).done().out())
                .contains(
                        "films: 2 objects", "key        _id", "setting appendonly = no", "warning: what was committed")
                .doesNotContain(Servers.redis().password());
    }

    @Test
    void aQueryWithoutAnIndexIsRefusedOrSaysHowManyObjectsItRead() {
        Ran.of("query", url, "films", "--where", "title = 'Nosferatu'")
                .fails(4, "this would read all of kind films: films where title = 'Nosferatu'")
                .tells("hint", "declare an index on title, or allow a scan: scanning(N), on the command line --scan N");
        Ran.of("query", url, "films", "--where", "title = 'Nosferatu'", "--scan", "1")
                .fails(4, "kind films has 2 objects, more than may be read");

        Ran ran = Ran.of("query", url, "films", "--where", "cast has 'b'", "--scan", "100", "--json")
                .done();
        assertThat(ran.out()).startsWith("{\"_id\":1,").hasLineCount(1);
        assertThat(ran.err()).contains("read 2 objects without an index");
        assertThat(Ran.of("query", url, "films", "--where", "cast has 'b'", "--scan", "100", "--count")
                        .done()
                        .out())
                .isEqualTo("1\n");
        assertThat(Ran.of("query", url, "films", "--where", "_id = 2", "--fields", "title", "--json")
                        .done()
                        .out())
                .isEqualTo("{\"title\":\"Nosferatu\"}\n");
    }

    @Test
    void repairFindsAndMendsWhatDrifted() {
        assertThat(Ran.of("repair", url, "--check").done().out()).isEqualTo("2 objects, nothing is wrong\n");

        Servers.redis().command(url, "DEL", "{keepsake}::ids:films");
        Ran found = Ran.of("repair", url, "--check");
        assertThat(found.code()).isEqualTo(Exit.DIFFERENT);
        assertThat(found.out()).contains("films: 1 is not in the set of ids", "2 objects, 2 wrong");
        assertThat(Ran.of("repair", url).done().out()).contains("2 objects, 2 mended");
        assertThat(Ran.of("repair", url, "--check").done().out()).isEqualTo("2 objects, nothing is wrong\n");
    }

    @Test
    void aStoreWithoutBooksHasNothingToRepair() {
        assertThat(Ran.of("repair", "memory:", "--check").done().out())
                .isEqualTo("nothing to look at: this store keeps its indexes itself\n");
    }

    @Test
    void aServerThatIsNotThereIsUnavailable() {
        Ran.of("inspect", "redis://ann:s3cret@127.0.0.1:1/0").fails(3, "nobody listens there");
    }
}
