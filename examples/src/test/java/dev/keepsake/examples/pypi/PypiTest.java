package dev.keepsake.examples.pypi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.Keepsake;
import dev.keepsake.examples.Place;
import dev.keepsake.examples.Printed;
import dev.keepsake.query.Request;
import dev.keepsake.store.Guarded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The program over stores that it fills by itself. */
class PypiTest {
    static final String PRINTED = """
            The latest releases of pytz:
              2018.4.0 of 2018-04-11
              2018.3.0 of 2018-01-31
              2017.3.0 of 2017-05-01
            Who takes care of it, and of what else:
              Ada Example: [pandas, pytz]
            The packages with most releases:
              pytz: 3
              pandas: 2
              six: 1
            All packages with all their releases:
              3 packages, 6 releases
            Under the license MIT:
              2 packages
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Place.class)
    void itAnswersEveryQuestion(Place place) {
        String url = place.url();

        assertThat(Printed.by(out -> Pypi.run(url, out))).isEqualTo(PRINTED);
        place.drop(url);
    }

    @Test
    void aStoreThatHasPackagesIsLeftAsItIs() {
        String url = "sqlite:" + folder.resolve("packages.db");

        assertThat(Printed.by(out -> Pypi.run(url, out))).isEqualTo(PRINTED);
        assertThat(Printed.by(out -> Pypi.run(url, out))).as("again").isEqualTo(PRINTED);
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void allPackagesWithAllReleasesAreTwoStatements(Place place) {
        String url = place.url();
        try (Keepsake keepsake = Keepsake.open(url, Package.class, Release.class, User.class, License.class)) {
            keepsake.createAll();
            Pypi pypi = new Pypi(keepsake);
            pypi.fill();
            List<Request> requests = new ArrayList<>();

            List<Package> packages = new ArrayList<>();
            try (Guarded.Listening listening =
                    keepsake.store().listen(requested -> requests.add(requested.request()))) {
                packages.addAll(pypi.packagesWithReleases());
            }

            assertThat(requests).hasSize(2);
            assertThat(packages)
                    .extracting(each -> each.id() + " "
                            + each.releases().stream().map(Release::version).toList())
                    .containsExactly("pandas [0.23.0, 0.22.0]", "pytz [2018.4.0, 2018.3.0, 2017.3.0]", "six [1.11.0]");
        }
        place.drop(url);
    }
}
