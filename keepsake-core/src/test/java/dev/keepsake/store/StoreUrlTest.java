package dev.keepsake.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StoreUrlTest {
    private static final String FORM = "write postgresql://user:password@host:port/database";

    private static ServerAddress server(String url) {
        return StoreUrl.parse(url).server(5432);
    }

    private static Fault malformed(String sentence, String url) {
        return Secrets.refused(Problem.MALFORMED_URL, sentence, () -> server(url));
    }

    private static ServerParts parts() {
        return StoreUrl.of("postgresql").host("localhost").database("app").user("ann");
    }

    // ---- text

    @Test
    void aUrlIsSchemePlaceAndOptions() {
        StoreUrl url = StoreUrl.parse("SQLite:a b+c.db?mode=ro&x=1%3D2+%C3%A4");
        assertThat(url.scheme()).isEqualTo("sqlite");
        assertThat(url.place()).isEqualTo("a b+c.db");
        assertThat(url.options()).isEqualTo(Map.of("mode", "ro", "x", "1=2+ä"));
        assertThat(url).hasToString("sqlite:a b+c.db");
        assertThat(url.with("mode", "rw").options()).isEqualTo(Map.of("mode", "rw", "x", "1=2+ä"));
        assertThat(url.options()).containsEntry("mode", "ro");
    }

    @Test
    void whatIsNoUrlIsRefused() {
        for (String text : List.of("", ":", "s3cr", "/s3cr.db", "1:s3cr", "ann@h:s3cr", "//ann:s3cr@h/db")) {
            malformed("a store's URL starts with its scheme and a colon", text);
        }
    }

    @Test
    void optionsAreWellFormed() {
        for (String options : List.of("", "s3cr", "=s3cr", "a=1&", "a=1&&b=2", "s3cr&a=1")) {
            malformed("the options of a URL are name=value, joined by &", "postgresql://ann@h/db?" + options);
        }
        for (String options :
                List.of("a=s3cr%", "a=s3cr%4", "a=%zzs3cr", "a=%FFs3cr", "s3cr%x=1", "a=%C3s3cr", "a=%-1")) {
            malformed("an option of the URL holds a malformed %-escape", "postgresql://ann@h/db?" + options);
        }
        malformed("the option a is given twice", "postgresql://ann@h/db?a=s3cr&b=1&a=s3cr");
        Secrets.refused(
                Problem.MALFORMED_URL,
                "x: has no option mod",
                () -> StoreUrl.parse("x:?mod=s3cr").allowing(List.of("mode")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password=s3cr",
                "a=1&PassWord=s3cr&s3cr=1&s3cr=2",
                "pwd=s3cr",
                "passwd=s3cr",
                "password",
                "pass%77ord=s3cr"
            })
    void aPasswordIsNoOption(String options) {
        Fault fault = malformed(
                "a password is no option of a URL, where it would be shown", "postgresql://ann@h/db?" + options);
        assertThat(fault.hint()).contains("write it before the host: scheme://user:password@host/database");
        Secrets.refused(
                Problem.MALFORMED_URL,
                fault.sentence(),
                () -> parts().option("password", "s3cr").build());
        Secrets.refused(
                Problem.MALFORMED_URL, fault.sentence(), () -> parts().build().with("password", "s3cr"));
    }

    // ---- the address of a server

    @Test
    void aServersAddressHasFiveParts() {
        assertThat(server("postgresql://ann:pw@db.example.org:6543/app?sslmode=require"))
                .isEqualTo(new ServerAddress("db.example.org", 6543, "app", "ann", "pw", 5432));
        assertThat(server("postgresql://ann@localhost/app"))
                .isEqualTo(new ServerAddress("localhost", 5432, "app", "ann", null, 5432));
        assertThat(server("postgresql://ann:@localhost/app").password()).isNull();
    }

    @Test
    void whatIsEscapedIsRead() {
        assertThat(server("postgresql://a%3An%40n:p%40ss%2Fw%3Ard%3F%25%23%20+%C3%A4%F0%9F%9A%80@h/my%20db%2Fx%40y"))
                .isEqualTo(new ServerAddress("h", 5432, "my db/x@y", "a:n@n", "p@ss/w:rd?%# +ä🚀", 5432));
    }

    @Test
    void theFirstColonEndsTheUserAndTheLastAtThePassword() {
        assertThat(server("postgresql://ann:p:w@x:@y#z@h:1/app"))
                .isEqualTo(new ServerAddress("h", 1, "app", "ann", "p:w@x:@y#z", 5432));
        assertThat(server("postgresql://ann@example.org@h/app").user()).isEqualTo("ann@example.org");
    }

    @Test
    void anAddressPrintsHostPortAndDatabaseAlone() {
        assertThat(server("postgresql://ann:s3cr@localhost:5432/app")).hasToString("localhost/app");
        assertThat(server("postgresql://ann:s3cr@localhost:5433/app")).hasToString("localhost:5433/app");
        assertThat(server("postgresql://ann:s3cr@[::1]:5433/a%0Ab")).hasToString("[::1]:5433/a\\u000ab");
    }

    @ParameterizedTest
    @CsvSource({
        "[::1],                       ::1,                5432",
        "[2001:db8::7]:1234,          2001:db8::7,        1234",
        "[::ffff:10.0.0.1],           ::ffff:10.0.0.1,    5432",
        "[fe80::1%25eth0]:1,          fe80::1%eth0,       1",
        "10.0.0.1:65535,              10.0.0.1,           65535",
        "my_db-1.intern.,             my_db-1.intern.,    5432",
        "bücher.example,              bücher.example,     5432"
    })
    void hosts(String written, String host, int port) {
        ServerAddress address = server("postgresql://ann@" + written + "/app");
        assertThat(address.host()).isEqualTo(host);
        assertThat(address.port()).isEqualTo(port);
        assertThat(parts().host(host).port(port).build())
                .isEqualTo(StoreUrl.parse("postgresql://ann@" + written.replaceFirst("(?<=[^:]):\\d+$|(?<=]):\\d+$", "")
                        + ":" + port + "/app"));
    }

    @Test
    void missingPartsAreNamedTogether() {
        assertThat(malformed("postgresql: the URL has no user", "postgresql://localhost/app")
                        .hint())
                .contains(FORM);
        assertThat(malformed("postgresql: the URL has no user and no host and no database", "postgresql://")
                        .hint())
                .contains(FORM);
        malformed("postgresql: the URL has no user", "postgresql://@h/s3cr");
        malformed("postgresql: the URL has no user", "postgresql://:s3cr@h/db");
        malformed("postgresql: the URL has no host", "postgresql://ann:s3cr@/db");
        malformed("postgresql: the URL has no database", "postgresql://ann:s3cr@h");
        malformed("postgresql: the URL has no database", "postgresql://ann:s3cr@h/");
        malformed("postgresql: the URL has no database", "postgresql://ann:s3cr@h?a=b");
        malformed("postgresql: the URL has no user and no database", "postgresql://h:s3cr");
        malformed("postgresql: the URL has no user", "postgresql://ann:s3cr/db");
        malformed("postgresql: the URL has no host", "postgresql://ann:s3cr@:5432/db");
    }

    @Test
    void withoutTwoSlashesThereIsNoServer() {
        for (String url :
                List.of("postgresql:", "postgresql:ann:s3cr@h/db", "postgresql:/ann:s3cr@h/db", "postgresql:db")) {
            assertThat(malformed("postgresql: the server stands behind two slashes", url)
                            .hint())
                    .contains(FORM);
        }
    }

    @Test
    void whatIsNotEscapedInAPasswordIsToldWithoutIt() {
        String slash = "postgresql: the user or password holds a slash as it is, or the database an @";
        for (String password : List.of("s3cr/s3cr", "/s3cr", "s3cr/", "s3cr@s3cr/s3cr", "1/s3cr", "s3cr%/s3cr")) {
            assertThat(malformed(slash, "postgresql://ann:" + password + "@h/db")
                            .hint())
                    .contains(StoreUrl.ESCAPES);
        }
        malformed(slash, "postgresql:///ann:s3cr@h/db");
        malformed(slash, "postgresql://ann:s3cr@h/d@b");
        String mark = "the URL's user or password holds a question mark as it is, or an option an @";
        for (String password : List.of("s3cr?s3cr", "?", "s3cr?a=s3cr&a=s3cr", "s3cr/s3cr?s3cr", "s3cr@s3cr?s3cr")) {
            assertThat(malformed(mark, "postgresql://ann:" + password + "@h/db").hint())
                    .contains(StoreUrl.ESCAPES);
        }
        malformed(mark, "postgresql://ann:s3cr@h/db?mail=a@b");
        for (String password : List.of(
                "s3cr%", "s3cr%4", "s3cr%zz", "%FFs3cr", "%C3%s3cr", "%C3s3cr", "%ED%A0%80s3cr", "\uD800s3cr")) {
            assertThat(malformed(
                                    "postgresql: the password holds a malformed %-escape",
                                    "postgresql://ann:" + password + "@h/db")
                            .hint())
                    .contains("write % as %25");
        }
        malformed("postgresql: the user holds a malformed %-escape", "postgresql://a%:s3cr@h/db");
        malformed("postgresql: the database holds a malformed %-escape", "postgresql://ann:s3cr@h/s3cr%");
    }

    @Test
    void portsAndHostsThatAreNoneAreRefused() {
        for (String port : List.of("", "0", "65536", "-1", "+1", "s3cr", "99999999999", "1 ", "٣", "0x10", "080")) {
            malformed("postgresql: the port is a whole number from 1 to 65535", "postgresql://ann@h:" + port + "/db");
        }
        String host = "postgresql: the host is no name and no address";
        for (String name : List.of(
                "s3cr%2F",
                "s3cr s3cr",
                "[s3cr]",
                "[]",
                "[1]",
                "[:]",
                "[::1%eth0]",
                "[::s3cr]",
                "h\n",
                "[::1%25]",
                "[h::1]",
                "a,s3cr")) {
            malformed(host, "postgresql://ann@" + name + "/db");
        }
        malformed("postgresql: an address of IPv6 stands in brackets", "postgresql://ann@::1/db");
        malformed("postgresql: an address of IPv6 stands in brackets", "postgresql://ann@h:1:s3cr/db");
        for (String name : List.of("[::1]s3cr", "[::1]]", "[", "[::1", "[::1]s3cr:1")) {
            malformed(
                    "postgresql: the host's brackets are closed, with a colon and the port behind them, or nothing",
                    "postgresql://ann@" + name + "/db");
        }
        malformed(
                "postgresql: behind the host is one name, that of the database, and no more slashes",
                "postgresql://ann@h/db/s3cr");
    }

    // ---- what is shown

    @ParameterizedTest
    @CsvSource({
        "postgresql://ann:s3cr@h:1/app?a=s3cr,       postgresql://h:1/app",
        "postgresql://ann:s3cr@s3cr@h/app,           postgresql://h/app",
        "postgresql://ann:s3cr/s3cr@h/app,           postgresql://h/app",
        "postgresql://:s3cr@h/app,                   postgresql://h/app",
        "postgresql:ann:s3cr@h/app,                  postgresql:ann:...@h/app",
        "postgresql:/ann:s3cr@h/app,                 postgresql:/ann:...@h/app",
        "postgresql:///ann:s3cr@h/app,               postgresql:///ann:...@h/app",
        "postgresql://ann:s3cr/app,                  postgresql://ann:...",
        "postgresql://ann:12s3cr,                    postgresql://ann:...",
        "jdbc:postgresql://ann:s3cr@h/app,           jdbc:postgresql:...@h/app",
        "postgresql://h:5432/app,                    postgresql://h:5432/app",
        "postgresql://[::1]:5432/app,                postgresql://[::1]:5432/app",
        "sqlite:///tmp/a@b.db,                       sqlite:///tmp/a@b.db",
        "sqlite:a@b.db,                              sqlite:a@b.db",
        "sqlite::memory:,                            sqlite::memory:"
    })
    void theTextOfAUrlHasNoPassword(String url, String shown) {
        assertThat(StoreUrl.parse(url)).hasToString(shown);
    }

    @Test
    void partsPrintTheirNamesAlone() {
        assertThat(parts().password("s3cr")).hasToString("parts of a URL: scheme, host, database, user, password");
        assertThat(parts().password("s3cr").build()).hasToString("postgresql://localhost/app");
    }

    // ---- by parts

    @Test
    void aUrlIsPutTogetherFromItsParts() {
        StoreUrl url = StoreUrl.of("PostgreSQL")
                .host("localhost")
                .port(5432)
                .database("app")
                .user("ann")
                .password("p@ss:w/rd")
                .option("sslmode", "require")
                .build();
        assertThat(url.scheme()).isEqualTo("postgresql");
        assertThat(url.option("sslmode")).contains("require");
        assertThat(url.server(1)).isEqualTo(new ServerAddress("localhost", 5432, "app", "ann", "p@ss:w/rd", 1));
        assertThat(url)
                .isEqualTo(StoreUrl.parse("postgresql://ann:p%40ss%3Aw%2Frd@localhost:5432/app?sslmode=require"));
        assertThat(parts().password("").build()).isEqualTo(parts().build());
        assertThat(parts().host("[::1]").build()).isEqualTo(parts().host("::1").build());
    }

    @Test
    void partsThatAreMissingAreNamedTogether() {
        Secrets.refused(
                Problem.MALFORMED_URL,
                "host and database and user are missing",
                () -> StoreUrl.of("postgresql").password("s3cr").build());
        Secrets.refused(
                Problem.MALFORMED_URL, "user is missing", () -> parts().user("").build());
    }

    @Test
    void partsThatAreWrongAreNamed() {
        String host = "host is no name and no address of a host, without port";
        for (String wrong : List.of("localhost:5432", "s3cr/s3cr", "ann@h", " h", "[h]", "::1]", "http://h")) {
            Secrets.refused(
                    Problem.MALFORMED_URL, host, () -> parts().host(wrong).build());
        }
        for (int wrong : List.of(0, -1, 65_536)) {
            Secrets.refused(
                    Problem.MALFORMED_URL,
                    "port is no whole number from 1 to 65535",
                    () -> parts().port(wrong).build());
        }
        Secrets.refused(
                Problem.MALFORMED_URL,
                "password holds half a character",
                () -> parts().password("s3cr\uD83D").build());
        Secrets.refused(
                Problem.MALFORMED_URL,
                "option has no name",
                () -> parts().option("", "s3cr").build());
        Secrets.refused(
                Problem.MALFORMED_URL,
                "scheme is not letters, digits, + - and .",
                () -> StoreUrl.of("s3cr:").host("h").database("app").user("ann").build());
    }

    // ---- equality

    @Test
    void urlsOfServersAreEqualIfTheirPartsAre() {
        StoreUrl url =
                parts().password("p@:#w").option("a", "1").option("b", "2").build();
        for (String same : List.of("p@:%23w", "%70%40%3a#w")) {
            StoreUrl other = StoreUrl.parse("postgresql://ann:" + same + "@localhost/%61pp?b=2&a=1");
            assertThat(other).isEqualTo(url).hasSameHashCodeAs(url);
        }
        for (String other : List.of(
                "postgresql://ann:p@:#w@localhost/app?a=1",
                "postgresql://ann:p@:#w@localhost/app/?a=1&b=2",
                "postgresql://ann:p@:#W@localhost/app?a=1&b=2",
                "postgresql://ann@localhost/app?a=1&b=2",
                "mysql://ann:p@:#w@localhost/app?a=1&b=2")) {
            assertThat(StoreUrl.parse(other)).isNotEqualTo(url);
        }
        assertThat(StoreUrl.parse("sqlite:a%20b.db")).isNotEqualTo(StoreUrl.parse("sqlite:a b.db"));
        assertThat(StoreUrl.parse("x://ann@h/a/b")).isNotEqualTo(StoreUrl.parse("x://ann@h/a%2Fb"));
        assertThat(StoreUrl.parse("x://ann:%zz@h/a")).isNotEqualTo(StoreUrl.parse("x://ann:%25zz@h/a"));
    }

    @Test
    void partsAndTextAreTheSameUrlForAnyPassword() {
        long seed = Long.getLong("keepsake.seed", new Random().nextLong());
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            String user = any(random, 1);
            String password = any(random, 0);
            String database = any(random, 1);
            String option = any(random, 0);
            boolean port = random.nextBoolean();
            ServerParts parts = StoreUrl.of("mysql")
                    .host("h")
                    .database(database)
                    .user(user)
                    .password(password)
                    .option("o", option);
            StoreUrl built = (port ? parts.port(33) : parts).build();
            String text = "mysql://" + escaped(user) + ":" + escaped(password) + "@h" + (port ? ":33" : "") + "/"
                    + escaped(database) + "?o=" + escaped(option);
            StoreUrl parsed = StoreUrl.parse(text);
            assertThat(parsed).as("seed %d: %s", seed, text).isEqualTo(built).hasSameHashCodeAs(built);
            assertThat(built.server(3306))
                    .as("seed %d: %s", seed, text)
                    .isEqualTo(parsed.server(3306))
                    .isEqualTo(new ServerAddress("h", port ? 33 : 3306, database, user, password, 3306));
            assertThat(built.options()).isEqualTo(parsed.options()).isEqualTo(Map.of("o", option));
            String least = password.replace("%", "%25").replace("/", "%2F").replace("?", "%3F");
            assertThat(StoreUrl.parse(text.replace(":" + escaped(password) + "@h", ":" + least + "@h")))
                    .as("seed %d: %s", seed, text)
                    .isEqualTo(built);
        }
    }

    private static String any(Random random, int least) {
        String signs = "@:/?#%&=+[]\\ '\"~$!*()ab0\n\täß€🚀";
        int[] all = signs.codePoints().toArray();
        StringBuilder text = new StringBuilder();
        for (int length = least + random.nextInt(8); length > 0; length--) {
            text.appendCodePoint(all[random.nextInt(all.length)]);
        }
        return text.toString();
    }

    /** Another writer of escapes than the one that is tested. */
    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
