package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.query.Condition;
import dev.keepsake.schema.Check;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
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
            parts.add("PRIMARY KEY (" + names(kind.id(), dialect) + ")");
        }
        kind.references().forEach(reference -> parts.add(reference(reference, dialect)));
        kind.checks().forEach(check -> parts.add(check(check, kind, dialect)));
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

    private static String reference(Reference reference, Dialect dialect) {
        String name = reference.name().isEmpty() ? "" : "CONSTRAINT " + dialect.identifier(reference.name()) + " ";
        String onDelete = switch (reference.onDelete()) {
            case REFUSE -> "";
            case NULLIFY -> " ON DELETE SET NULL";
            case CASCADE -> " ON DELETE CASCADE";
        };
        return name + "FOREIGN KEY (" + names(reference.fields(), dialect) + ") REFERENCES "
                + dialect.identifier(reference.kind()) + " (" + names(reference.targets(), dialect) + ")" + onDelete;
    }

    private static String check(Check check, Kind kind, Dialect dialect) {
        String name = check.name().isEmpty() ? "" : "CONSTRAINT " + dialect.identifier(check.name()) + " ";
        if (check.foreign()) {
            return name + "CHECK (" + check.text() + ")";
        }
        SqlWriter out = new SqlWriter(dialect);
        new SqlQueries(dialect)
                .condition(
                        out,
                        Condition.parse(check.text(), kind),
                        Bound.made(kind, dialect),
                        other -> Bound.made(other, dialect));
        return name + "CHECK (coalesce(" + out.done().literal(dialect) + ", 0))";
    }

    static String index(String kind, Index index, Dialect dialect) {
        List<String> parts = index.parts().stream()
                .map(part -> (part.field().startsWith("(") ? part.field() : dialect.identifier(part.field()))
                        + (part.descending() ? " DESC" : ""))
                .toList();
        return "CREATE " + (index.unique() ? "UNIQUE " : "") + "INDEX " + dialect.identifier(index.name()) + " ON "
                + dialect.identifier(kind) + " (" + String.join(", ", parts) + ")"
                + (index.nativeCondition() == null ? "" : " WHERE " + index.nativeCondition());
    }

    private static String names(List<String> names, Dialect dialect) {
        return new SqlWriter(dialect).names(names).done().text();
    }
}
