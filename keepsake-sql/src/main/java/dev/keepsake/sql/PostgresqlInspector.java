package dev.keepsake.sql;

import dev.keepsake.schema.Check;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import dev.keepsake.schema.Schema;
import dev.keepsake.sql.SqlCatalog.Row;
import dev.keepsake.value.Type;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is really in a PostgreSQL database, read from its catalogs (manual, "System Catalogs"). Tables of the schema that is looked
 * at are kinds by their names, those of other schemas by {@code schema.table}. What a kind cannot say of its table it names.
 */
final class PostgresqlInspector {
    private static final String TABLES = """
            SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS sort, c.relrowsecurity AS secured,
                ARRAY(SELECT t.tgname::text FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal ORDER BY 1) AS triggers,
                ARRAY(SELECT i.inhrelid::regclass::text FROM pg_inherits i WHERE i.inhparent = c.oid ORDER BY 1) AS parts,
                ARRAY(SELECT r.rulename::text FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN' ORDER BY 1)
                    AS rules
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
                AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp\\_%'
                AND (?::text IS NULL OR n.nspname = ?) AND (?::text IS NULL OR c.relname = ?)
            ORDER BY n.nspname <> ?, n.nspname, c.relname COLLATE "C"
            """;

    private static final String COLUMNS = """
            SELECT a.attrelid AS oid, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,
                a.attidentity AS identity, a.attgenerated AS generated, t.typtype AS sort, a.attndims AS depth,
                CASE WHEN t.typtype = 'd' THEN (WITH RECURSIVE base AS (
                    SELECT t.typbasetype AS oid, t.typtypmod AS modifier UNION ALL
                    SELECT b.typbasetype, CASE WHEN b.typtypmod < 0 THEN base.modifier ELSE b.typtypmod END
                    FROM base JOIN pg_type b ON b.oid = base.oid AND b.typtype = 'd')
                    SELECT format_type(base.oid, base.modifier) || CASE WHEN b.typtype = 'e' THEN ' enum' ELSE '' END FROM base JOIN pg_type b ON b.oid = base.oid
                    WHERE b.typtype <> 'd') END AS base,
                col_description(a.attrelid, a.attnum) AS comment, pg_get_expr(d.adbin, d.adrelid) AS value,
                CASE WHEN a.attcollation <> 0 THEN CASE WHEN l.collname = 'default' THEN
                    (SELECT CASE to_jsonb(b) ->> 'datlocprovider'
                        WHEN 'i' THEN coalesce(to_jsonb(b) ->> 'datlocale', to_jsonb(b) ->> 'daticulocale') || '-x-icu'
                        WHEN 'b' THEN to_jsonb(b) ->> 'datlocale' ELSE b.datcollate END
                        FROM pg_database b WHERE b.datname = current_database()) ELSE l.collname END END AS collation
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                LEFT JOIN pg_collation l ON l.oid = a.attcollation
            WHERE a.attrelid = ANY(?::oid[]) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum
            """;

    private static final String CONSTRAINTS = """
            SELECT c.conrelid AS oid, c.conname AS name, c.contype AS sort, c.conindid AS index, c.condeferrable AS deferrable,
                ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, o)
                    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.o) AS fields,
                n.nspname AS schema, f.relname AS target,
                ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k(n, o)
                    JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY k.o) AS targets,
                c.confdeltype AS deleted, c.confupdtype AS updated,
                CASE WHEN c.contype = 'c' THEN pg_get_expr(c.conbin, c.conrelid) ELSE pg_get_constraintdef(c.oid) END AS text
            FROM pg_constraint c LEFT JOIN pg_class f ON f.oid = c.confrelid LEFT JOIN pg_namespace n ON n.oid = f.relnamespace
            WHERE c.conrelid = ANY(?::oid[]) AND c.contype IN ('p', 'u', 'f', 'c', 'x') AND c.conparentid = 0
            ORDER BY c.conrelid, c.oid
            """;

    private static final String INDEXES = """
            SELECT i.indrelid AS oid, i.indexrelid AS index, c.relname AS name, i.indisunique AS only, i.indisprimary AS main,
                i.indisexclusion AS excludes, m.amname AS method, i.indnatts > i.indnkeyatts AS more,
                ARRAY(SELECT coalesce(a.attname::text, '(' || pg_get_indexdef(i.indexrelid, k, true) || ')')
                    FROM generate_series(1, i.indnkeyatts) k LEFT JOIN pg_attribute a
                    ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k - 1] AND i.indkey[k - 1] <> 0 ORDER BY k) AS parts,
                ARRAY(SELECT ((i.indoption[k - 1] & 1) = 1)::text FROM generate_series(1, i.indnkeyatts) k ORDER BY k) AS falling,
                pg_get_expr(i.indpred, i.indrelid) AS condition
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
            WHERE i.indrelid = ANY(?::oid[]) AND i.indisvalid ORDER BY i.indrelid, i.indexrelid
            """;

    /** How it ends what it says of a constraint that is checked late. */
    static final String DEFERRED = " can be deferred";

    /** Collations by code point (manual, "Collation Support"). */
    private static final Set<String> BY_CODE_POINT =
            Set.of("C", "POSIX", "ucs_basic", "C.UTF-8", "C.utf8", "pg_c_utf8");

    private final SqlCatalog catalog;
    private final String home;
    private final boolean alone;
    private final Set<String> schemas = new LinkedHashSet<>();
    private final Set<String> constraints = new HashSet<>();

    /**
     * An inspector.
     *
     * @param home the schema whose tables are kinds by their names
     * @param alone whether other schemas are none of our business
     */
    PostgresqlInspector(Connection connection, String home, boolean alone) {
        this.catalog = new SqlCatalog(connection);
        this.home = home;
        this.alone = alone;
    }

    /** The schemas whose kinds are named with them. */
    Set<String> otherSchemas() {
        return schemas;
    }

    /** The names of indexes that are there for a constraint, each behind its table's and a blank. */
    Set<String> constraints() {
        return constraints;
    }

    /** One table, as it is read. */
    private static final class Table {
        private final Kind.Builder kind;
        private final String name;
        private final boolean readOnly;
        private final Map<String, Row> columns = new LinkedHashMap<>();
        private final List<Index> uniques = new ArrayList<>();
        private final List<Index> indexes = new ArrayList<>();
        private List<String> id = List.of();
        private final Set<Long> ofConstraints = new HashSet<>();

        private Table(String name, boolean readOnly) {
            this.kind = Kind.named(name);
            this.name = name;
            this.readOnly = readOnly;
        }
    }

    Schema schema(@Nullable String only) throws SQLException {
        findSchemas();
        int point = only == null ? -1 : only.indexOf('.');
        boolean elsewhere = only != null && point > 0 && schemas.contains(only.substring(0, point));
        String in = only == null ? (alone ? home : null) : elsewhere ? only.substring(0, point) : home;
        String name = only == null ? null : elsewhere ? only.substring(point + 1) : only;
        Map<Long, Table> tables = new LinkedHashMap<>();
        for (Row row : catalog.rows(TABLES, in, in, name, name, home)) {
            tables.put(row.number("oid"), table(row));
        }
        if (tables.isEmpty()) {
            return Schema.EMPTY;
        }
        String oids = "{"
                + String.join(",", tables.keySet().stream().map(String::valueOf).toList()) + "}";
        for (Row column : catalog.rows(COLUMNS, oids)) {
            Table table = of(tables, column);
            table.kind.field(field(column));
            table.columns.put(column.text("name"), column);
        }
        for (Row constraint : catalog.rows(CONSTRAINTS, oids)) {
            constraint(of(tables, constraint), constraint);
        }
        for (Row index : catalog.rows(INDEXES, oids)) {
            index(of(tables, index), index);
        }
        List<Kind> kinds = new ArrayList<>();
        for (Table table : tables.values()) {
            if (!table.columns.isEmpty()) {
                kinds.add(kind(table));
            }
        }
        return Schema.of(kinds);
    }

    private void findSchemas() throws SQLException {
        if (alone) {
            return;
        }
        for (Row row : catalog.rows(
                "SELECT nspname AS name FROM pg_namespace WHERE nspname <> ? AND nspname NOT LIKE 'pg\\_%'"
                        + " AND nspname <> 'information_schema'",
                home)) {
            schemas.add(row.text("name"));
        }
    }

    private static Table of(Map<Long, Table> tables, Row row) {
        Table table = tables.get(row.number("oid"));
        if (table == null) {
            throw new IllegalStateException("no table " + row.number("oid"));
        }
        return table;
    }

    private String named(String schema, String table) {
        return schema.equals(home) ? table : schema + "." + table;
    }

    private Table table(Row row) {
        String sort = row.text("sort");
        Table table = new Table(
                named(row.text("schema"), row.text("name")), sort.equals("v") || sort.equals("m") || sort.equals("f"));
        row.list("triggers").forEach(trigger -> table.kind.unkept("trigger " + trigger));
        row.list("rules").forEach(rule -> table.kind.unkept("rule " + rule));
        row.list("parts").forEach(part -> table.kind.unkept((sort.equals("p") ? "partition " : "heir ") + part));
        if (row.truth("secured")) {
            table.kind.unkept("row-level security");
        }
        if (sort.equals("m") || sort.equals("f")) {
            table.kind.unkept(sort.equals("m") ? "that it is a materialized view" : "that it is a foreign table");
        }
        return table;
    }

    private static Field field(Row column) {
        String base = column.textOrNull("base");
        StringBuilder type = new StringBuilder(column.text("type"));
        if (type.toString().endsWith("[]")) {
            type.append("[]".repeat(Math.max(0, (int) column.number("depth") - 1)));
        }
        if (column.text("sort").equals("e")) {
            type.append(PostgresqlTypes.CHOICE);
        }
        if (base != null) {
            type.append(" domain of ").append(base);
        }
        String found = ServerTypes.found(
                type.toString(),
                column.textOrNull("comment"),
                !column.text("generated").isBlank());
        Type ours = PostgresqlTypes.column(found).type();
        String collation = column.textOrNull("collation");
        boolean foreign = ours instanceof Type.Text && collation != null && !BY_CODE_POINT.contains(collation);
        return new Field(column.text("name"), ours, column.truth("required"), found, foreign ? collation : null);
    }

    private void constraint(Table table, Row row) {
        String name = row.text("name");
        List<String> fields = row.list("fields");
        switch (row.text("sort")) {
            case "p" -> table.id = fields;
            case "u" -> {
                table.ofConstraints.add(row.number("index"));
                constraints.add(table.name + " " + name);
            }
            case "c" -> table.kind.check(new Check(name, row.text("text"), true));
            case "x" -> table.kind.unkept("constraint " + name + " " + row.text("text"));
            default -> reference(table, row, name, fields);
        }
        if (row.truth("deferrable")) {
            table.kind.unkept("that constraint " + name + DEFERRED);
        }
    }

    private void reference(Table table, Row row, String name, List<String> fields) {
        Reference.OnDelete onDelete = switch (row.text("deleted")) {
            case "c" -> Reference.OnDelete.CASCADE;
            case "n" -> Reference.OnDelete.NULLIFY;
            default -> Reference.OnDelete.REFUSE;
        };
        table.kind.reference(new Reference(
                name, fields, named(row.text("schema"), row.text("target")), row.list("targets"), onDelete));
        if (row.text("deleted").equals("d")) {
            table.kind.unkept("on delete set default of " + name);
        }
        if (!row.text("updated").equals("a") && !row.text("updated").equals("r")) {
            table.kind.unkept("on update of " + name);
        }
    }

    private static void index(Table table, Row row) {
        if (row.truth("main") || row.truth("excludes")) {
            return;
        }
        List<Index.Part> parts = new ArrayList<>();
        List<String> falling = row.list("falling");
        for (int i = 0; i < falling.size(); i++) {
            parts.add(new Index.Part(row.list("parts").get(i), falling.get(i).equals("true")));
        }
        Index index = new Index(row.text("name"), parts, row.truth("only"), row.textOrNull("condition"));
        (table.ofConstraints.contains(row.number("index")) ? table.uniques : table.indexes).add(index);
        if (!row.text("method").equals("btree")) {
            table.kind.unkept("that index " + index.name() + " is a " + row.text("method") + " index");
        }
        if (row.truth("more")) {
            table.kind.unkept("the included columns of index " + index.name());
        }
    }

    private Kind kind(Table table) {
        List<String> required = table.columns.values().stream()
                .filter(column -> column.truth("required"))
                .map(column -> column.text("name"))
                .toList();
        List<Index> all = new ArrayList<>(table.uniques);
        all.addAll(table.indexes);
        List<String> id = table.id;
        if (id.isEmpty()) {
            // without a primary key, a unique index over required fields says which object it is
            id = all.stream()
                    .filter(index ->
                            index.unique() && index.nativeCondition() == null && required.containsAll(index.fields()))
                    .findFirst()
                    .map(Index::fields)
                    .orElse(List.of());
        }
        if (!id.isEmpty()) {
            table.kind.id(id.toArray(String[]::new));
            table.kind.generated(generation(table, id));
        }
        all.forEach(table.kind::index);
        return table.readOnly ? table.kind.readOnly().build() : table.kind.build();
    }

    private static Generation generation(Table table, List<String> id) {
        Row column = table.columns.get(id.getFirst());
        if (id.size() > 1 || column == null) {
            return Generation.GIVEN;
        }
        String value = String.valueOf(column.textOrNull("value"));
        if (!column.text("identity").isBlank() || (value.startsWith("nextval(") && value.contains("::regclass"))) {
            return Generation.IDENTITY;
        }
        return column.text("type").equals("uuid") && value.contains("uuid") ? Generation.UUID : Generation.GIVEN;
    }
}
