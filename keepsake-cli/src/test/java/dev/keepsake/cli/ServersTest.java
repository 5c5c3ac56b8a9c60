package dev.keepsake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.Servers;
import dev.keepsake.contract.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every command on database servers, by the URL alone. */
class ServersTest {
    /** A server. */
    enum On {
        POSTGRESQL,
        MARIADB;

        TestServer server() {
            return this == POSTGRESQL ? Servers.postgresql() : Servers.mariadb();
        }

        /** Its whole numbers of 32 bits, as it writes their type. */
        String whole() {
            return this == POSTGRESQL ? "integer" : "int(11)";
        }
    }

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void tablesOfOthersAreInspectedQueriedAndExported(On on) throws SQLException {
        String url = on.server().freshSpace();
        try (Connection connection = on.server().connect(url);
                Statement statement = connection.createStatement()) {
            statement.execute("create table packages (id varchar(40) primary key, stars int not null)");
            statement.execute("create table releases (id int primary key, package_id varchar(40) not null,"
                    + " constraint of_package foreign key (package_id) references packages (id) on delete cascade)");
            statement.execute("insert into packages values ('boto', 10), ('six', 20)");
            statement.execute("insert into releases values (1, 'boto'), (2, 'six')");
        }

        assertThat(Ran.of("inspect", url, "releases").done().out())
                .contains(
                        "releases: 2 objects",
                        on.whole(),
                        "key        id",
                        "package_id -> packages(id) on delete cascade");
        assertThat(Ran.of("query", url, "releases", "--where", "package_id.stars > 15", "--fields", "id", "--json")
                        .done()
                        .out())
                .isEqualTo("{\"id\":2}\n");
        assertThat(Ran.of("export", url, "packages").done().lines())
                .containsExactly("{\"id\":\"boto\",\"stars\":10}", "{\"id\":\"six\",\"stars\":20}");
        on.server().drop(url);
    }

    @ParameterizedTest
    @EnumSource
    void aFileIsImportedAllOrNothingAndExportedAgain(On on) throws IOException {
        String url = on.server().freshSpace();
        Path file = Files.writeString(
                folder.resolve("films.jsonl"),
                "{\"_id\":1,\"title\":\"Häxan 😀\",\"cast\":[\"a\",\"b\"],\"imdb\":{\"rating\":7.6}}\n{\"_id\":2,\"title\":\"Nosferatu\"}\n");

        assertThat(Ran.of("import", url, "films", file.toString()).done().err()).startsWith("imported 2 films in ");
        Ran.of("import", url, "films", file.toString()).fails(4, "another object of kind films has the same _id");
        assertThat(Ran.of("query", url, "films", "--where", "cast has 'b' and imdb.rating > 7", "--count")
                        .done()
                        .out())
                .isEqualTo("1\n");
        assertThat(Ran.of("export", url, "films").done().out()).isEqualTo(Files.readString(file));
        List<Map<String, Object>> kinds =
                Ran.of("inspect", url, "--json").done().objects();
        assertThat(kinds).hasSize(1);
        on.server().drop(url);
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatIsNotThereIsUnavailableAndItsPasswordStaysSecret(On on) {
        TestServer server = on.server();
        String scheme = server.scheme();
        Ran missing = Ran.of("inspect", server.newDatabase().replaceFirst("/[^/]*$", "/nowhere"));
        assertThat(missing.code()).isEqualTo(4);
        assertThat(missing.err()).contains("nowhere").doesNotContain(server.password());
        Ran unreachable = Ran.of("inspect", scheme + "://ann:secret@" + server.host() + ":1/test");
        assertThat(unreachable.code()).isEqualTo(3);
        assertThat(unreachable.err()).doesNotContain("secret");
        Ran denied = Ran.of("inspect", scheme + "://ann:secret@" + server.host() + ":" + server.port() + "/test");
        assertThat(denied.code()).isEqualTo(4);
        assertThat(denied.err()).doesNotContain("secret");
    }
}
