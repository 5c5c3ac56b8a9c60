package dev.keepsake.examples.pypi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.Keepsake;
import dev.keepsake.examples.Place;
import dev.keepsake.examples.Printed;
import dev.keepsake.json.Json;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Request;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The same program over the database of a course, made by another program in another language. */
@Tag("data")
@ParameterizedClass
@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MEMORY")
@SuppressWarnings("unchecked") // the facts are of known types
class PypiDataTest {
    @Parameter
    private Place place;

    @TempDir
    private static Path folder;

    private static Path file;
    private static Map<String, Object> facts;
    private static final Map<Place, String> URLS = new EnumMap<>(Place.class);

    @BeforeAll
    static void unpack() throws IOException {
        String data = System.getProperty("keepsake.data", String.valueOf(System.getenv("KEEPSAKE_DATA")));
        Path set = Path.of(data).resolve("pypi-top-100");
        assertThat(set).as("KEEPSAKE_DATA").exists();
        file = folder.resolve("pypi.sqlite");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(set.resolve("pypi.sqlite.gz")))) {
            Files.copy(in, file);
        }
        facts = (Map<String, Object>) Json.parse(Files.readString(set.resolve("expected-facts.json")));
        URLS.put(Place.SQLITE, "sqlite:" + file);
        for (Place server : List.of(Place.POSTGRESQL, Place.MARIADB)) {
            String copy = server.url();
            copy(copy);
            URLS.put(server, copy);
        }
    }

    /** Makes the same tables somewhere else, with the same rows. */
    private static void copy(String to) {
        try (Guarded source = Stores.open("sqlite:" + file);
                Guarded target = Stores.open(to)) {
            List<Kind> kinds = new ArrayList<>();
            for (Kind kind : source.inspect().kinds()) {
                Kind.Builder copy = kind.toBuilder();
                for (Field field : kind.fields()) {
                    copy.replace(
                            field.name(),
                            field.required()
                                    ? Field.required(field.name(), field.type())
                                    : Field.of(field.name(), field.type()));
                }
                kinds.add(copy.build());
            }
            for (Kind kind : target.createAll(Schema.of(kinds))) {
                List<State> states = source.read(transaction -> transaction
                        .find(Selection.of(source.inspect().kind(kind.name())))
                        .list());
                target.write(transaction -> transaction.write(Changeset.inserts(
                        kind,
                        states.stream().map(state -> kind.state(state.toMap())).toList())));
            }
        }
    }

    private String url() {
        return Objects.requireNonNull(URLS.get(place));
    }

    private Keepsake open() {
        return Keepsake.open(url(), Package.class, Release.class, User.class, License.class);
    }

    @Test
    void theProgramAnswersAndChangesNothing() throws IOException {
        byte[] before = Files.readAllBytes(file);

        assertThat(Printed.by(out -> Pypi.run(url(), out))).isEqualTo("""
                        The latest releases of pytz:
                          2018.4.0 of 2018-04-10
                          2018.3.0 of 2018-02-09
                          2017.3.0 of 2017-10-30
                        Who takes care of it, and of what else:
                          Stuart Bishop: [pytz]
                        The packages with most releases:
                          awscli: 543
                          botocore: 536
                          setuptools: 318
                        All packages with all their releases:
                          96 packages, 5400 releases
                        Under the license MIT:
                          27 packages
                        """);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void everyPackageHasTheExpectedReleasesInTwoStatements() {
        try (Keepsake keepsake = open()) {
            List<Request> requests = new ArrayList<>();
            Map<String, Object> counts = new TreeMap<>();

            try (Guarded.Listening listening =
                    keepsake.store().listen(requested -> requests.add(requested.request()))) {
                for (Package each : new Pypi(keepsake).packagesWithReleases()) {
                    counts.put(each.id(), (long) each.releases().size());
                }
            }

            assertThat(counts).isEqualTo(new TreeMap<>((Map<String, Object>) facts.get("releases_per_package")));
            assertThat(requests).hasSize(2);
        }
    }

    @Test
    void theStoreCountsTheSameReleases() {
        try (Keepsake keepsake = open()) {
            Map<String, Object> counts = new TreeMap<>();
            new Pypi(keepsake).releasesPerPackage(1_000).forEach(count -> counts.put(count.name(), count.releases()));

            assertThat(counts).isEqualTo(new TreeMap<>((Map<String, Object>) facts.get("releases_per_package")));
        }
    }

    @Test
    void theNewestVersionsAreTheExpectedOnes() {
        Map<String, Object> expected = (Map<String, Object>) facts.get("top5_versions");
        assertThat(expected).hasSize(8);
        try (Keepsake keepsake = open()) {
            Pypi pypi = new Pypi(keepsake);
            expected.forEach((name, versions) -> assertThat(pypi.latestReleases(name, 5).stream()
                            .map(release -> List.of(release.majorVer(), release.minorVer(), release.buildVer()))
                            .toList())
                    .as(name)
                    .isEqualTo(versions));
        }
    }

    @Test
    void usersAndPackagesAreJoinedBothWays() {
        try (Keepsake keepsake = open()) {
            Pypi pypi = new Pypi(keepsake);
            assertThat(pypi.maintainersOf("flask")).extracting(User::name).containsExactly("Pallets team");
            assertThat(pypi.packagesOf("Pallets team")).extracting(Package::id).containsExactly("flask");
            keepsake.useTransaction(session -> assertThat(session.query(User.class).list().stream()
                            .mapToInt(user -> user.packages().size())
                            .sum())
                    .isEqualTo(10));
        }
    }

    @Test
    void aPackageCanBeChangedAndItsOtherColumnsStayAsTheyAre() {
        try (Keepsake keepsake = open()) {
            String description =
                    (String) keepsake.query("packages").where("id", "six").one().get("description");
            assertThat(description).isNotEmpty();

            keepsake.useTransaction(session -> {
                Package six = session.get(Package.class, "six");
                User user = session.query(User.class).orderBy("id").first().orElseThrow();
                six.maintainers().add(user);
                six.describe("Both Pythons");
            });

            assertThat(keepsake.get(Package.class, "six").summary()).isEqualTo("Both Pythons");
            assertThat(new Pypi(keepsake).maintainersOf("six")).hasSize(1);
            assertThat(keepsake.query("packages").where("id", "six").one().get("description"))
                    .isEqualTo(description);
            keepsake.useTransaction(
                    session -> session.get(Package.class, "six").maintainers().clear());
            assertThat(new Pypi(keepsake).maintainersOf("six")).isEmpty();
        }
    }
}
