package dev.keepsake.examples.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.Row;
import dev.keepsake.contract.Servers;
import dev.keepsake.examples.Place;
import dev.keepsake.examples.Printed;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The program, as it is printed, on every store. */
class PagesTest {
    private static final String PRINTED = """
            20 visits, 1 rendered
            lives on: true
            22 visits, 2 rendered
            <h1>about</h1>
            <h1>contact</h1>
            [example:visits:about, example:visits:contact, example:visits:home]
            """;

    private static String run(String url) {
        return Printed.by(out -> {
            try {
                Pages.run(url, Duration.ofMillis(1500), out);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    @Row("S1-97")
    void pagesAreRenderedOnceAndGoWhenTheirTimeIsOver(Place place) {
        String url = place.url();
        assertThat(run(url)).isEqualTo(PRINTED);
        place.drop(url);
    }

    @Test
    @Row("S1-97")
    void redisDoesItNatively() {
        assertThat(run(Servers.redis().freshSpace())).isEqualTo(PRINTED);
    }
}
