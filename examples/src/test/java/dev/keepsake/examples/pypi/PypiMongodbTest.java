package dev.keepsake.examples.pypi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.StandIns;
import dev.keepsake.examples.Printed;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The program on documents, by its URL alone. */
@On("mongodb")
@Tag(StandIns.TRANSACTIONS)
class PypiMongodbTest {
    @Test
    void itAnswersEveryQuestion() {
        String url = Servers.mongodb().freshSpace();

        assertThat(Printed.by(out -> Pypi.run(url, out))).isEqualTo(PypiTest.PRINTED);
        assertThat(Printed.by(out -> Pypi.run(url, out))).as("again").isEqualTo(PypiTest.PRINTED);
    }
}
