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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is really in a database of MariaDB or MySQL, read from its {@code information_schema} by columns that both have and have had
 * since MariaDB 10.6. What a kind cannot say of its table it names.
 */
final class MariadbInspector {
    private static final Pattern JSON = Pattern.compile("json_valid\\(`((?:[^`]|``)+)`\\)", Pattern.CASE_INSENSITIVE);

    private static final String ONE = " AND (? IS NULL OR %s = ?)";

    private static final String TABLES = "SELECT table_name AS name, table_type AS sort FROM information_schema.tables"
            + " WHERE table_schema = ?" + String.format(ONE, "table_name")
            + " AND table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED', 'SEQUENCE') ORDER BY table_name";

    private static final String COLUMNS = "SELECT table_name AS kind, column_name AS name, column_type AS type,"
            + " is_nullable AS optional, extra, column_comment AS comment, collation_name AS collation,"
            + " character_set_name AS charset, column_key AS keyed, generation_expression AS expression"
            + " FROM information_schema.columns WHERE table_schema = ?" + String.format(ONE, "table_name")
            + " ORDER BY table_name, ordinal_position";

    private static final String INDEXES = "SELECT table_name AS kind, index_name AS name, non_unique AS several,"
            + " column_name AS field, collation AS direction, sub_part AS part, index_type AS method"
            + " FROM information_schema.statistics WHERE table_schema = ?" + String.format(ONE, "table_name")
            + " ORDER BY table_name, index_name, seq_in_index";

    private static final String REFERENCES = "SELECT k.table_name AS kind, k.constraint_name AS name,"
            + " k.column_name AS field, k.referenced_table_schema AS schema_name, k.referenced_table_name AS target,"
            + " k.referenced_column_name AS target_field, r.delete_rule AS deleted, r.update_rule AS updated"
            + " FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r"
            + " ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name"
            + " AND r.table_name = k.table_name"
            + " WHERE k.table_schema = ?" + String.format(ONE, "k.table_name")
            + " AND k.referenced_table_name IS NOT NULL ORDER BY k.table_name, k.constraint_name, k.ordinal_position";

    private static final String TRIGGERS = "SELECT event_object_table AS kind, trigger_name AS name"
            + " FROM information_schema.triggers WHERE event_object_schema = ?"
            + String.format(ONE, "event_object_table")
            + " ORDER BY 1, 2";

    private static final String PARTITIONS = "SELECT DISTINCT table_name AS kind, partition_name AS name,"
            + " partition_ordinal_position AS place FROM information_schema.partitions WHERE table_schema = ?"
            + String.format(ONE, "table_name") + " AND partition_name IS NOT NULL ORDER BY 1, 3";

    private final SqlCatalog catalog;
    private final String database;

    MariadbInspector(Connection connection, String database) {
        this.catalog = new SqlCatalog(connection);
        this.database = database;
    }

    private static final class Table {
        private final Kind.Builder kind;
        private final boolean view;
        private final List<Row> columns = new ArrayList<>();
        private final Map<String, List<Row>> indexes = new LinkedHashMap<>();
        private final Map<String, List<Row>> references = new LinkedHashMap<>();
        private final Set<String> json = new LinkedHashSet<>();
        private final List<Check> checks = new ArrayList<>();

        private Table(String name, boolean view) {
            this.kind = Kind.named(name);
            this.view = view;
        }
    }

    Schema schema(@Nullable String only) throws SQLException {
        if (only != null && only.codePoints().anyMatch(c -> c > Character.MAX_VALUE)) {
            return Schema.EMPTY; // no name has such a character
        }
        Map<String, Table> tables = new LinkedHashMap<>();
        for (Row row : catalog.rows(TABLES, database, only, only)) {
            Table table = new Table(row.text("name"), row.text("sort").equals("VIEW"));
            if (!row.text("sort").equals("BASE TABLE") && !table.view) {
                table.kind.unkept("that it is a " + row.text("sort").toLowerCase(Locale.ROOT) + " table");
            }
            tables.put(row.text("name"), table);
        }
        if (tables.isEmpty()) {
            return Schema.EMPTY;
        }
        each(tables, COLUMNS, only, (table, row) -> table.columns.add(row));
        each(
                tables,
                INDEXES,
                only,
                (table, row) -> table.indexes
                        .computeIfAbsent(row.text("name"), name -> new ArrayList<>())
                        .add(row));
        each(
                tables,
                REFERENCES,
                only,
                (table, row) -> table.references
                        .computeIfAbsent(row.text("name"), name -> new ArrayList<>())
                        .add(row));
        each(tables, TRIGGERS, only, (table, row) -> table.kind.unkept("trigger " + row.text("name")));
        each(tables, PARTITIONS, only, (table, row) -> table.kind.unkept("partition " + row.text("name")));
        each(tables, checks(), only, MariadbInspector::check);
        List<Kind> kinds = new ArrayList<>();
        for (Table table : tables.values()) {
            if (!table.columns.isEmpty()) {
                kinds.add(kind(table));
            }
        }
        return Schema.of(kinds);
    }

    /** MySQL names no table beside a check, and MariaDB's checks have names of their table only. */
    private String checks() throws SQLException {
        boolean mariadb =
                catalog.connection().getMetaData().getDatabaseProductVersion().contains("MariaDB");
        return mariadb
                ? "SELECT table_name AS kind, constraint_name AS name, check_clause AS text"
                        + " FROM information_schema.check_constraints WHERE constraint_schema = ?"
                        + String.format(ONE, "table_name") + " ORDER BY 1, 2"
                : "SELECT t.table_name AS kind, c.constraint_name AS name, c.check_clause AS text"
                        + " FROM information_schema.check_constraints c JOIN information_schema.table_constraints t"
                        + " ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name"
                        + " WHERE c.constraint_schema = ?" + String.format(ONE, "t.table_name") + " ORDER BY 1, 2";
    }

    private interface Reading {
        void read(Table table, Row row);
    }

    private void each(Map<String, Table> tables, String sql, @Nullable String only, Reading reading)
            throws SQLException {
        for (Row row : catalog.rows(sql, database, only, only)) {
            Table table = tables.get(row.text("kind"));
            if (table != null) {
                reading.read(table, row);
            }
        }
    }

    /** A check that a text is JSON is how JSON is declared. */
    private static void check(Table table, Row row) {
        Matcher json = JSON.matcher(row.text("text").replaceAll("^\\((.*)\\)$", "$1"));
        if (json.matches()) {
            table.json.add(json.group(1).replace("``", "`"));
        } else {
            table.checks.add(new Check(row.text("name"), row.text("text"), true));
        }
    }

    private Kind kind(Table table) {
        for (Row column : table.columns) {
            table.kind.field(field(table, column));
            if (column.text("extra").toLowerCase(Locale.ROOT).contains("on update")) {
                table.kind.unkept("on update of field " + column.text("name"));
            }
        }
        table.checks.forEach(table.kind::check);
        List<Index> indexes = new ArrayList<>();
        List<String> id = List.of();
        for (Map.Entry<String, List<Row>> index : table.indexes.entrySet()) {
            if (index.getKey().equals("PRIMARY")) {
                id = index.getValue().stream().map(row -> row.text("field")).toList();
            } else {
                indexes.add(index(table, index.getKey(), index.getValue()));
            }
        }
        if (id.isEmpty()) {
            List<String> required = table.columns.stream()
                    .filter(column -> column.text("optional").equals("NO"))
                    .map(column -> column.text("name"))
                    .toList();
            // without a primary key, a unique index over required fields says which object it is
            id = indexes.stream()
                    .filter(index -> index.unique() && required.containsAll(index.fields()))
                    .findFirst()
                    .map(Index::fields)
                    .orElse(List.of());
        }
        if (!id.isEmpty()) {
            table.kind.id(id.toArray(String[]::new));
            String first = id.getFirst();
            boolean counted = id.size() == 1
                    && table.columns.stream()
                            .anyMatch(column -> column.text("name").equals(first)
                                    && column.text("extra").contains("auto_increment"));
            table.kind.generated(counted ? Generation.IDENTITY : Generation.GIVEN);
        }
        indexes.forEach(table.kind::index);
        table.references.forEach((name, rows) -> reference(table, name, rows));
        return table.view ? table.kind.readOnly().build() : table.kind.build();
    }

    private static Field field(Table table, Row column) {
        String name = column.text("name");
        String type = column.text("type");
        if (type.equals("longtext") && table.json.contains(name)) {
            type = "json";
        }
        String expression = column.textOrNull("expression");
        type = ServerTypes.found(type, column.text("comment"), expression != null && !expression.isBlank());
        Type ours = MariadbTypes.column(type).type();
        String collation = column.textOrNull("collation");
        boolean foreign = ours instanceof Type.Text && collation != null && !isByCodePoint(collation);
        return new Field(name, ours, column.text("optional").equals("NO"), type, foreign ? collation : null);
    }

    /** Whether text is compared by code point, blanks at the end included. */
    private static boolean isByCodePoint(String collation) {
        return collation.endsWith("_nopad_bin") || collation.equals("utf8mb4_0900_bin");
    }

    private static Index index(Table table, String name, List<Row> rows) {
        List<Index.Part> parts = new ArrayList<>();
        for (Row row : rows) {
            String field = row.textOrNull("field");
            parts.add(new Index.Part(field == null ? "(expression)" : field, "D".equals(row.textOrNull("direction"))));
            if (row.textOrNull("part") != null && !row.text("method").equals("SPATIAL")) {
                table.kind.unkept(
                        "that index " + name + " has the first " + row.text("part") + " characters of " + field);
            }
        }
        String method = rows.getFirst().text("method");
        if (!method.equals("BTREE")) {
            table.kind.unkept("that index " + name + " is a " + method.toLowerCase(Locale.ROOT) + " index");
        }
        return new Index(name, parts, rows.getFirst().number("several") == 0, null);
    }

    private void reference(Table table, String name, List<Row> rows) {
        Row first = rows.getFirst();
        Reference.OnDelete onDelete = switch (first.text("deleted")) {
            case "CASCADE" -> Reference.OnDelete.CASCADE;
            case "SET NULL" -> Reference.OnDelete.NULLIFY;
            default -> Reference.OnDelete.REFUSE;
        };
        String target = first.text("schema_name").equals(database)
                ? first.text("target")
                : first.text("schema_name") + "." + first.text("target");
        table.kind.reference(new Reference(
                name,
                rows.stream().map(row -> row.text("field")).toList(),
                target,
                rows.stream().map(row -> row.text("target_field")).toList(),
                onDelete));
        if (first.text("updated").equals("CASCADE") || first.text("updated").equals("SET NULL")) {
            table.kind.unkept("on update of " + name);
        }
    }
}
