package dev.keepsake.query;

import dev.keepsake.fault.Report;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What must still be true of a stored object for a write to go ahead: these fields hold these values, null for null or
 * absent. A version field and its number is the cheap guard; the values that were loaded are the other. A value is the
 * same when {@link Values#same} says so, on every store. Immutable.
 *
 * @param expected values by stored field name; of none, the object need only be there
 */
public record Guard(Map<String, @Nullable Object> expected) {
    /** The object need only be there. */
    public static final Guard EXISTS = new Guard(Map.of());

    /** Copies the values, normalised. */
    public Guard {
        Map<String, @Nullable Object> normal = new LinkedHashMap<>();
        expected.forEach((field, value) -> normal.put(field, Values.normalise(value, Path.of(field))));
        expected = Collections.unmodifiableMap(normal);
    }

    /** The version field still holds that number. */
    public static Guard version(String field, long number) {
        return new Guard(Map.of(field, number));
    }

    /** The fields of a State still hold its values. */
    public static Guard of(State loaded, Iterable<String> fields) {
        Map<String, @Nullable Object> expected = new LinkedHashMap<>();
        fields.forEach(field -> expected.put(field, loaded.get(field)));
        return new Guard(expected);
    }

    /**
     * This guard, checked against a kind and fitted to its types. Times are left as fine as they are: a kind may know its
     * column as coarser than it is, and what was loaded is what is there.
     *
     * @throws dev.keepsake.fault.Invalid {@code unknown-field} with near names, {@code type-mismatch}
     */
    Guard resolve(Kind kind) {
        return fitted(path -> Type.finest(kind.typeAt(path)));
    }

    /**
     * What two writes, one after the other, ask of an object as it was before the first: this guard, and of the later one
     * what the first did not write itself.
     */
    public Guard then(Guard later, Collection<String> written) {
        Map<String, @Nullable Object> both = new LinkedHashMap<>(later.expected);
        both.keySet().removeAll(written);
        both.putAll(expected);
        return new Guard(both);
    }

    /** This guard with times as fine as the kind, that is really there, keeps them. */
    public Guard cut(Kind kept) {
        return fitted(path -> kept.field(path.field()).isPresent() ? kept.typeAt(path) : Type.ANY);
    }

    private Guard fitted(Function<Path, Type> types) {
        if (expected.isEmpty()) {
            return this;
        }
        Map<String, @Nullable Object> fitted = new LinkedHashMap<>();
        boolean isSame = true;
        for (Map.Entry<String, @Nullable Object> each : expected.entrySet()) {
            Path at = Path.of(each.getKey());
            Type type = types.apply(at);
            Object value = each.getValue();
            Object fit = isLoaded(value, type) ? value : Values.fit(value, type, at);
            fitted.put(each.getKey(), fit);
            isSame &= fit == value;
        }
        return isSame ? this : new Guard(fitted);
    }

    /** What others wrote into a column can have more digits or characters than its declared type: it is expected as it is. */
    private static boolean isLoaded(@Nullable Object value, Type type) {
        return (type instanceof Type.Decimal && value instanceof BigDecimal)
                || (type instanceof Type.Text && value instanceof String);
    }

    /** What differs, by field, as {@code expected 3, found 4}; empty where the guard holds. */
    public Map<String, String> differences(State stored) {
        Map<String, String> differences = new LinkedHashMap<>();
        expected.forEach((field, value) -> {
            Object found = stored.get(field);
            if (!Values.same(value, found)) {
                differences.put(field, "expected " + Report.quote(value) + ", found " + Report.quote(found));
            }
        });
        return differences;
    }
}
