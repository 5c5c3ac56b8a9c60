package dev.keepsake.cli;

import dev.keepsake.query.Selection;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which values of a State are shown, under which names: all fields, or some, or values inside them. Immutable.
 *
 * @param kind of which kind
 * @param paths what is shown; of none, all fields
 */
record Projection(Kind kind, List<Path> paths) {
    /** Checks the paths. */
    Projection {
        paths.forEach(kind::typeAt);
    }

    /** The selection with no more fields than are shown. */
    Selection narrow(Selection selection) {
        return paths.isEmpty()
                ? selection
                : selection.exactly(paths.stream().map(Path::field).distinct().toList());
    }

    /** The columns of a table. */
    List<Table.Column> columns() {
        return shown().stream()
                .map(path -> new Table.Column(name(path), Type.numeric(kind.typeAt(path))))
                .toList();
    }

    /** A State as the cells of a table. */
    List<String> cells(State state) {
        return shown().stream()
                .map(path -> has(state, path) ? Texts.cell(value(state, path)) : "")
                .toList();
    }

    /** A State as a JSON object; what is absent is left out. */
    Map<String, @Nullable Object> json(State state) {
        if (paths.isEmpty()) {
            return state.toMap();
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        for (Path path : paths) {
            if (has(state, path)) {
                json.put(name(path), value(state, path));
            }
        }
        return json;
    }

    private List<Path> shown() {
        return paths.isEmpty()
                ? kind.fields().stream().map(Field::name).map(Path::of).toList()
                : paths;
    }

    private static String name(Path path) {
        return path.nested() ? path.toString() : path.field();
    }

    private static boolean has(State state, Path path) {
        int position = state.shape().position(path.field());
        return position >= 0 && state.has(position);
    }

    private static @Nullable Object value(State state, Path path) {
        return inside(state.get(path.field()), path.inside());
    }

    /** A step through a list leads to a list of what it leads to from each element that has it. */
    private static @Nullable Object inside(@Nullable Object value, List<String> steps) {
        if (steps.isEmpty()) {
            return value;
        }
        return switch (value) {
            case Map<?, ?> map -> inside(map.get(steps.getFirst()), steps.subList(1, steps.size()));
            case List<?> list -> {
                List<@Nullable Object> each = new ArrayList<>();
                for (Object element : list) {
                    if (element instanceof Map<?, ?> map && map.containsKey(steps.getFirst())) {
                        each.add(inside(map, steps));
                    }
                }
                yield Collections.unmodifiableList(each);
            }
            case null, default -> null;
        };
    }
}
