package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A kind with the columns that its fields are really kept in, and the SQL that was written for it before. Safe for use by
 * several threads.
 */
final class Bound {
    private static final int KEPT_TEXTS = 256;

    private final Kind kind;
    private final Kind there;
    private final Map<String, Column> columns;
    private final List<Column> all;
    private final Map<Object, String> texts = new ConcurrentHashMap<>();

    /**
     * A kind with its columns.
     *
     * @param kind the kind as the caller knows it
     * @param there the kind as it is in the database
     * @param columns by stored field name, in the kind's order
     */
    Bound(Kind kind, Kind there, Map<String, Column> columns) {
        this.kind = kind;
        this.there = there;
        this.columns = columns;
        this.all = List.copyOf(columns.values());
    }

    Kind kind() {
        return kind;
    }

    /** The kind as it is in the database. */
    Kind there() {
        return there;
    }

    Map<String, Column> columns() {
        return columns;
    }

    Column column(String field) {
        return Objects.requireNonNull(columns.get(field), field);
    }

    /** The columns of a shape, in its order. */
    List<Column> columns(Shape shape) {
        return shape == kind.shape()
                ? all
                : shape.slots().stream().map(slot -> column(slot.name())).toList();
    }

    /**
     * SQL that is written once.
     *
     * @param key what it depends on, the kind aside
     */
    String text(Object key, Supplier<String> write) {
        String known = texts.get(key);
        if (known == null) {
            known = write.get();
            if (texts.size() >= KEPT_TEXTS) {
                texts.clear();
            }
            texts.put(key, known);
        }
        return known;
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
        return new Bound(kind, there, columns);
    }

    /** A kind as Keepsake itself would make it. */
    static Bound made(Kind kind, Dialect dialect) {
        Map<String, Column> columns = new LinkedHashMap<>();
        kind.fields().forEach(field -> columns.put(field.name(), dialect.column(field)));
        return new Bound(kind, kind, columns);
    }
}
