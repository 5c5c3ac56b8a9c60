package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.schema.Reference;
import dev.keepsake.state.State;
import dev.keepsake.value.Id;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who refers to whom among tables in memory, where references are enforced. */
final class MemoryReferences {
    private final Map<String, MemoryTable> tables;
    private final Features features;

    MemoryReferences(Map<String, MemoryTable> tables, Features features) {
        this.tables = tables;
        this.features = features;
    }

    record Referrer(MemoryTable table, Reference reference, Object id) {}

    void requireTargets(MemoryTable table, Object id) {
        if (features.references() == Features.Enforcement.NONE) {
            return;
        }
        State state = Objects.requireNonNull(table.get(id));
        for (Reference reference : table.kind().references()) {
            List<@Nullable Object> values = values(state, reference.fields());
            MemoryTable target = tables.get(reference.kind());
            if (!values.contains(null) && (target == null || !exists(target, reference, values))) {
                throw broken(table, reference, "names no object of kind " + reference.kind() + ": " + values)
                        .fault();
            }
        }
    }

    private static boolean exists(MemoryTable target, Reference reference, List<@Nullable Object> values) {
        if (reference.targets().equals(target.kind().id())) {
            return target.get(identity(reference, values)) != null;
        }
        return target.states().stream()
                .anyMatch(other -> values(other, reference.targets()).equals(values));
    }

    private static Object identity(Reference reference, List<@Nullable Object> values) {
        if (values.size() == 1) {
            return Objects.requireNonNull(values.getFirst());
        }
        Map<String, Object> parts = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            parts.put(reference.targets().get(i), Objects.requireNonNull(values.get(i)));
        }
        return Id.of(parts);
    }

    static List<@Nullable Object> values(State state, List<String> fields) {
        List<@Nullable Object> values = new ArrayList<>();
        fields.forEach(field -> values.add(state.get(field)));
        return values;
    }

    List<Referrer> referring(MemoryTable target, State state) {
        List<Referrer> referrers = new ArrayList<>();
        if (features.references() == Features.Enforcement.NONE) {
            return referrers;
        }
        for (MemoryTable table : tables.values()) {
            for (Reference reference : table.kind().references()) {
                if (reference.kind().equals(target.kind().name())) {
                    List<@Nullable Object> wanted = values(state, reference.targets());
                    for (Object id : table.ids()) {
                        if (values(Objects.requireNonNull(table.get(id)), reference.fields())
                                .equals(wanted)) {
                            referrers.add(new Referrer(table, reference, id));
                        }
                    }
                }
            }
        }
        return referrers;
    }

    void requireUnreferred(MemoryTable table, State before, State after) {
        for (Referrer referrer : referring(table, before)) {
            List<String> targets = referrer.reference.targets();
            if (!values(before, targets).equals(values(after, targets))) {
                throw broken(referrer.table, referrer.reference, "still refers to what would change")
                        .fault();
            }
        }
    }

    static Report broken(MemoryTable table, Reference reference, String what) {
        return table.violation(Problem.REFERENCE_VIOLATION, String.join(", ", reference.fields()), what);
    }
}
