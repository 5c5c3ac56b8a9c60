package dev.keepsake.store;

import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Guard;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The Conflict of a write whose guard does not hold: the same words on every store. */
public final class Stale {
    private Stale() {}

    /**
     * Throws if the stored object is missing or does not satisfy the guard.
     *
     * @throws Conflict {@code stale-object} with kind, id and what differs
     */
    public static void check(Kind kind, Object id, @Nullable State stored, Guard guard) {
        if (stored == null || !guard.differences(stored).isEmpty()) {
            throw conflict(kind, id, stored, guard);
        }
    }

    /** The Conflict itself, for a write that is known to have failed. */
    public static Conflict conflict(Kind kind, Object id, @Nullable State stored, Guard guard) {
        Map<String, String> differences = stored == null ? Map.of() : guard.differences(stored);
        String sentence = stored == null ? "%s %s is not there any more" : "%s %s was changed by someone else";
        return (Conflict) Problem.STALE_OBJECT
                .because(sentence, kind.name(), Report.quote(id))
                .fact("kind", kind.name())
                .fact("id", id)
                .fact(
                        "differs",
                        differences.isEmpty()
                                ? null
                                : differences.entrySet().stream()
                                        .map(each -> each.getKey() + ": " + each.getValue())
                                        .collect(Collectors.joining("; ")))
                .hint("load it anew, and decide again")
                .fault();
    }
}
