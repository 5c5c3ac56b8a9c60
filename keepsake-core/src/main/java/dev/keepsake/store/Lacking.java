package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;

/** The Violation of a field that must be there and is not: the same words on every store, to which each adds what it knows. Stateless. */
public final class Lacking {
    private Lacking() {}

    /** An object has no value in a field that must have one. */
    public static Report value(Kind kind, String field) {
        return report(kind, field, "%s of kind %s must not be null");
    }

    /** A field that must have a value is to be added, and objects have none. */
    public static Report valueOfSome(Kind kind, Field field) {
        return report(kind, field.name(), "%s of kind %s must not be null, and there are objects without it");
    }

    private static Report report(Kind kind, String field, String sentence) {
        return Problem.REQUIRED_VIOLATION
                .because(sentence, field, kind.name())
                .fact("kind", kind.name())
                .fact("rule", field);
    }
}
