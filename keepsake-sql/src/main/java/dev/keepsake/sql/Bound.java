package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A kind with the columns that its fields are really kept in.
 *
 * @param kind the kind as the caller knows it
 * @param columns by stored field name, in the kind's order
 */
record Bound(Kind kind, Map<String, Column> columns) {

    Column column(String field) {
        return Objects.requireNonNull(columns.get(field), field);
    }

    List<Column> columns(List<String> fields) {
        return fields.stream().map(this::column).toList();
    }

    /**
     * A kind as it was inspected, or one from elsewhere matched with the table that is there.
     *
     * @throws dev.keepsake.fault.Invalid {@code kind-mismatch}, all misfits together
     */
    static Bound of(Kind kind, Kind there, Dialect dialect) {
        Map<String, Column> columns = new LinkedHashMap<>();
        List<String> misfits = new ArrayList<>();
        for (Field field : kind.fields()) {
            Field real = there.field(field.name()).orElse(null);
            if (real == null) {
                misfits.add("it has no " + field.name());
                continue;
            }
            try {
                Field wanted =
                        new Field(field.name(), field.type(), field.required(), real.nativeType(), real.collation());
                columns.put(field.name(), dialect.column(wanted));
            } catch (IllegalArgumentException e) {
                misfits.add(String.valueOf(e.getMessage()));
            }
        }
        if (!misfits.isEmpty()) {
            throw Problem.KIND_MISMATCH
                    .because(
                            "kind %s does not fit the table that is there: %s", kind.name(), String.join("; ", misfits))
                    .hint("declare the fields as inspect shows them, or change the table")
                    .fault();
        }
        return new Bound(kind, columns);
    }

    /** A kind as Keepsake itself would make it. */
    static Bound made(Kind kind, Dialect dialect) {
        Map<String, Column> columns = new LinkedHashMap<>();
        kind.fields().forEach(field -> columns.put(field.name(), dialect.column(field)));
        return new Bound(kind, columns);
    }
}
