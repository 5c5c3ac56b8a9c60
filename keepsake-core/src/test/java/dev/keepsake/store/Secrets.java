package dev.keepsake.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Refusals that tell no secret: each secret of these tests has {@link #MARK} in all that is between its special characters. */
final class Secrets {
    static final String MARK = "s3cr";

    private Secrets() {}

    /** Asserts the problem and the first line, and that neither it nor a cause tells a secret. */
    static Fault refused(Problem problem, String sentence, ThrowingCallable call) {
        Fault fault = catchThrowableOfType(Fault.class, call);
        assertThat(fault).as("it is refused: " + sentence).isNotNull();
        StringWriter all = new StringWriter();
        fault.printStackTrace(new PrintWriter(all));
        assertThat(all.toString()).doesNotContain(MARK);
        assertThat(fault.sentence()).isEqualTo(sentence);
        assertThat(fault.problem()).isEqualTo(problem);
        return fault;
    }
}
