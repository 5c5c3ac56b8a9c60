package dev.keepsake.cli;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.json.Json;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text of one JSON object in a file.
 *
 * @param text the object
 * @param line the line of the file at which it starts
 * @param column the column of that line at which it starts, the first is 1
 */
record JsonRecord(String text, long line, int column) {
    private static final Path ROOT = Path.of("$");
    private static final Pattern PLACE = Pattern.compile("line (\\d+), column (\\d+)");

    Map<String, @Nullable Object> values(Type.Struct types) {
        try {
            return object(types);
        } catch (Fault fault) {
            throw fault.problem() == Problem.TYPE_MISMATCH ? precise(fault, types) : fault;
        }
    }

    private Map<String, @Nullable Object> object(Type type) {
        Object value = Json.parse(text, type, ROOT);
        if (!(value instanceof Map<?, ?> map)) {
            throw Problem.MALFORMED_RECORD
                    .because("a record is a JSON object, this is %s", Type.of(value))
                    .at("line 1, column 1")
                    .fault();
        }

        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        map.forEach((name, member) -> object.put((String) name, member));
        return object;
    }

    /** The same fault with the field: each is read by itself, until the one that does not fit. */
    private Fault precise(Fault fault, Type.Struct types) {
        for (Map.Entry<String, @Nullable Object> field : object(Type.ANY).entrySet()) {
            Type type = types.members().getOrDefault(field.getKey(), Type.ANY);
            try {
                Json.parse(Json.text(field.getValue()), type, ROOT.then(field.getKey()));
            } catch (Fault found) {
                return found;
            }
        }
        return fault;
    }

    void note(Map<String, Guess> guesses) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>(object(Type.ANY));
        object.putAll(times(object));
        object.forEach(
                (name, value) -> ((ValueGuess) guesses.computeIfAbsent(name, key -> new ValueGuess())).see(value));
    }

    /** The times among the values, to the nanosecond; read without a type they are cut to the millisecond. */
    private Map<String, @Nullable Object> times(Map<String, @Nullable Object> object) {
        Map<String, Type> times = new LinkedHashMap<>();
        object.forEach((name, value) -> {
            Type type = Type.of(value);
            if (type instanceof Type.Instant || type instanceof Type.DateTime || type instanceof Type.Time) {
                times.put(name, type);
            }
        });
        if (times.isEmpty()) {
            return Map.of();
        }
        Map<String, @Nullable Object> precise = object(new Type.Struct(times));
        precise.keySet().retainAll(times.keySet());
        return precise;
    }

    /** A place in the object as a place in the file. */
    String place(String place) {
        Matcher inside = PLACE.matcher(place);
        if (!inside.matches()) {
            return "line " + line + ", " + place;
        }
        long down = Long.parseLong(inside.group(1)) - 1;
        long across = Long.parseLong(inside.group(2)) + (down == 0 ? column - 1 : 0);
        return "line " + (line + down) + ", column " + across;
    }
}
