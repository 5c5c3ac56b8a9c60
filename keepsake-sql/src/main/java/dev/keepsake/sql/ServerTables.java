package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The tables that keep kinds, as a database server is told to create them. */
final class ServerTables {
    private ServerTables() {}

    static List<String> create(Kind kind, List<String> later, ServerDialect dialect) {
        List<String> parts = new ArrayList<>();
        Set<String> keyed = keyed(kind);
        boolean generated = kind.generation() == Generation.IDENTITY;
        for (Field field : kind.fields()) {
            boolean id = kind.id().contains(field.name());
            if (generated && id && !(field.type() instanceof Type.Int)) {
                throw Problem.MODEL_INVALID
                        .because(
                                "the id of kind %s is %s, and only whole numbers are counted up",
                                kind.name(), field.type())
                        .fault();
            }
            Field whole = id && !field.required() ? Field.required(field.name(), field.type()) : field;
            parts.add(definition(whole, keyed.contains(field.name()), dialect)
                    + (generated && id ? dialect.identity() : ""));
        }
        if (!kind.isBag()) {
            parts.add("PRIMARY KEY (" + SqlTables.names(kind.id(), dialect) + ")");
        }
        kind.references().stream()
                .filter(reference -> !later.contains(reference.kind()))
                .forEach(reference -> parts.add(SqlTables.reference(reference, dialect)));
        kind.checks().forEach(check -> parts.add(SqlTables.check(check, kind, dialect)));
        parts.addAll(dialect.indexesInside(kind));
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE " + dialect.table(kind.name()) + " (" + String.join(", ", parts) + ")"
                + dialect.tableOptions());
        statements.addAll(dialect.afterCreate(kind));
        return statements;
    }

    /** The statements that add references to kinds that were created later. */
    static List<String> refer(Kind kind, List<String> later, ServerDialect dialect) {
        return kind.references().stream()
                .filter(reference -> later.contains(reference.kind()))
                .map(reference ->
                        "ALTER TABLE " + dialect.table(kind.name()) + " ADD " + SqlTables.reference(reference, dialect))
                .toList();
    }

    /** The fields that are part of a key, and so may have to be shorter. */
    private static Set<String> keyed(Kind kind) {
        Set<String> keyed = new LinkedHashSet<>(kind.id());
        kind.indexes().stream().filter(Index::unique).forEach(index -> keyed.addAll(index.fields()));
        kind.references().forEach(reference -> keyed.addAll(reference.fields()));
        return keyed;
    }

    /** A column as it is declared. */
    static String definition(Field field, boolean keyed, ServerDialect dialect) {
        return dialect.identifier(field.name()) + " " + dialect.declared(field.type(), keyed)
                + dialect.collated(field.type()) + (field.required() ? " NOT NULL" : "")
                + dialect.described(field.name(), field.type(), keyed);
    }
}
