package dev.keepsake.sql;

import dev.keepsake.query.Condition;
import dev.keepsake.schema.Check;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import java.util.List;

/** What all databases are told alike of the tables that keep kinds: references, checks and indexes. */
final class SqlTables {
    private SqlTables() {}

    /** A reference as a part of a table. */
    static String reference(Reference reference, Dialect dialect) {
        String onDelete = switch (reference.onDelete()) {
            case REFUSE -> "";
            case NULLIFY -> " ON DELETE SET NULL";
            case CASCADE -> " ON DELETE CASCADE";
        };
        return constraint(reference.name(), dialect) + "FOREIGN KEY (" + names(reference.fields(), dialect)
                + ") REFERENCES " + dialect.table(reference.kind()) + " (" + names(reference.targets(), dialect) + ")"
                + onDelete;
    }

    /** A check as a part of a table; what it says of null is false, as in every condition of ours. */
    static String check(Check check, Kind kind, Dialect dialect) {
        String name = constraint(check.name(), dialect);
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
        return name + "CHECK (coalesce(" + out.done().literal(dialect) + ", false))";
    }

    private static String constraint(String name, Dialect dialect) {
        return name.isEmpty() ? "" : "CONSTRAINT " + dialect.identifier(name) + " ";
    }

    /** What a part of an index sorts: a field, or the expression that it was found to be. */
    static String sorted(Index.Part part, Dialect dialect) {
        return part.field().startsWith("(") ? part.field() : dialect.identifier(part.field());
    }

    /**
     * The statement that adds an index, but for the condition of a partial one.
     *
     * @param parts each with its direction
     */
    static String index(String kind, Index index, List<String> parts, Dialect dialect) {
        return "CREATE " + (index.unique() ? "UNIQUE " : "") + "INDEX " + dialect.identifier(index.name()) + " ON "
                + dialect.table(kind) + " (" + String.join(", ", parts) + ")";
    }

    /** What follows the statement of a partial index. */
    static String condition(Index index) {
        return index.nativeCondition() == null ? "" : " WHERE " + index.nativeCondition();
    }

    static String names(List<String> names, Dialect dialect) {
        return new SqlWriter(dialect).names(names).done().text();
    }
}
