package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Violation of a write that takes what another object has and only one can have: the same words on every store. */
public final class Taken {
    private Taken() {}

    /**
     * The report, to which a store adds what it knows.
     *
     * @param kind the kind of both objects
     * @param fields the stored names of the fields whose values are taken
     * @param value what is taken, as text; null where the store does not say
     * @param id whether they are the id
     */
    public static Report report(String kind, List<String> fields, @Nullable String value, boolean id) {
        String rule = String.join(", ", fields);
        return Problem.UNIQUE_VIOLATION
                .because("another object of kind %s has the same %s", kind, rule)
                .fact("kind", kind)
                .fact("rule", rule)
                .fact("value", value == null ? null : Report.quote(value))
                .hint(
                        id
                                ? "add() is for new objects: put() takes the place of one that is there"
                                : "choose another value; where an object of the same session gives it up, flush() in between");
    }
}
