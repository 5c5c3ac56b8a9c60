package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.List;

/** The tables that keep kinds, as SQLite is told to create them. */
final class SqliteTables {
    private SqliteTables() {}

    static List<String> create(Kind kind, Dialect dialect) {
        List<String> parts = new ArrayList<>();
        boolean rowid = numbered(kind);
        for (Field field : kind.fields()) {
            parts.add(column(kind, field, rowid && kind.id().contains(field.name()), dialect));
        }
        if (!kind.isBag() && !rowid) {
            parts.add("PRIMARY KEY (" + SqlTables.names(kind.id(), dialect) + ")");
        }
        kind.references().forEach(reference -> parts.add(SqlTables.reference(reference, dialect)));
        kind.checks().forEach(check -> parts.add(SqlTables.check(check, kind, dialect)));
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE " + dialect.identifier(kind.name()) + " (" + String.join(", ", parts) + ")");
        kind.indexes().forEach(index -> statements.add(index(kind.name(), index, dialect)));
        return statements;
    }

    /** Whether the id is SQLite's own row number, which alone it can generate. */
    private static boolean numbered(Kind kind) {
        if (kind.id().size() != 1) {
            return false;
        }
        Type type = kind.field(kind.id().getFirst()).orElseThrow().type();
        boolean generated = kind.generation() == Generation.IDENTITY;
        if (generated && !(type instanceof Type.Int)) {
            throw Problem.MODEL_INVALID
                    .because("the id of kind %s is %s, and only whole numbers are counted up", kind.name(), type)
                    .fault();
        }
        return type.equals(Type.INTEGER) || generated;
    }

    private static String column(Kind kind, Field field, boolean number, Dialect dialect) {
        String column = definition(field, dialect);
        if (!number) {
            return column + (kind.id().contains(field.name()) && !field.required() ? " NOT NULL" : "");
        }
        // AUTOINCREMENT: an id is never given twice, even after the greatest was deleted
        String generated = kind.generation() == Generation.IDENTITY ? " AUTOINCREMENT" : "";
        return dialect.identifier(field.name()) + " INTEGER PRIMARY KEY" + generated;
    }

    static String definition(Field field, Dialect dialect) {
        return dialect.identifier(field.name()) + " " + SqliteColumn.declared(field.type())
                + (field.required() ? " NOT NULL" : "");
    }

    static String index(String kind, Index index, Dialect dialect) {
        List<String> parts = index.parts().stream()
                .map(part -> SqlTables.sorted(part, dialect) + (part.descending() ? " DESC" : ""))
                .toList();
        return SqlTables.index(kind, index, parts, dialect) + SqlTables.condition(index);
    }
}
