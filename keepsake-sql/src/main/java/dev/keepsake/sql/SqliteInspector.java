package dev.keepsake.sql;

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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/** What is really in a SQLite database, read by its table-valued pragmas (manual, "PRAGMA functions"). */
final class SqliteInspector {
    private final SqlCatalog catalog;

    SqliteInspector(Connection connection) {
        this.catalog = new SqlCatalog(connection);
    }

    Schema schema(@Nullable String only) throws SQLException {
        List<Kind> kinds = new ArrayList<>();
        for (Row table : catalog.rows(
                "SELECT l.name AS name, l.type AS type, l.wr AS wr, m.sql AS sql FROM pragma_table_list AS l"
                        + " LEFT JOIN sqlite_master AS m ON m.name = l.name AND m.type IN ('table', 'view')"
                        + " WHERE l.schema = 'main' AND l.type <> 'shadow' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                        + " ORDER BY l.name")) {
            if ((only == null || table.text("name").equals(only)) && readable(table)) {
                kinds.add(kind(table));
            }
        }
        return Schema.of(kinds);
    }

    /** False for a view on what is no longer there, and for a virtual table of a module that is not: they have no fields. */
    private boolean readable(Row table) throws SQLException {
        if (table.text("type").equals("table")) {
            return true;
        }
        try {
            return !catalog.rows("SELECT cid FROM pragma_table_xinfo(?) WHERE hidden <> 1", table.text("name"))
                    .isEmpty();
        } catch (SQLException e) {
            if (e.getErrorCode() == SQLiteErrorCode.SQLITE_ERROR.code) {
                return false;
            }
            throw e;
        }
    }

    private Kind kind(Row table) throws SQLException {
        String name = table.text("name");
        boolean view = table.text("type").equals("view");
        String sql = table.textOrNull("sql");
        List<Index> indexes = new ArrayList<>();
        List<Index> uniques = new ArrayList<>();
        for (Row index : catalog.rows("SELECT * FROM pragma_index_list(?) ORDER BY seq DESC", name)) {
            Index read = index(index);
            if (index.text("origin").equals("c")) {
                indexes.add(read);
            } else if (index.text("origin").equals("u")) {
                uniques.add(read);
            }
        }
        Kind.Builder kind = Kind.named(name);
        List<Row> columns = catalog.rows("SELECT * FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid", name);
        for (Row column : columns) {
            kind.field(field(name, column, sql, view));
        }
        List<String> id = columns.stream()
                .filter(column -> column.number("pk") > 0)
                .sorted(Comparator.comparingLong(column -> column.number("pk")))
                .map(column -> column.text("name"))
                .toList();
        identify(kind, id, columns, uniques, table);
        uniques.forEach(kind::index);
        indexes.forEach(kind::index);
        references(name).forEach(kind::reference);
        SqliteText.checks(sql).forEach(kind::check);
        return view ? kind.readOnly().build() : kind.build();
    }

    private Field field(String table, Row column, @Nullable String sql, boolean view) throws SQLException {
        String name = column.text("name");
        boolean generated = column.number("hidden") >= 2;
        String declared = column.text("type").replaceFirst(" ?GENERATED ALWAYS$", "");
        Type type = SqliteColumn.of(declared).type();
        String nativeType = declared;
        if (!view
                && (type instanceof Type.DateTime
                        || type instanceof Type.Date
                        || type instanceof Type.Instant
                        || type instanceof Type.Time)) {
            String found = storedAs(table, name);
            if (found.equals("integer") || found.equals("real")) {
                // declared as a time, kept as a number: nobody but its program knows what it counts
                nativeType = found;
                type = SqliteColumn.of(found).type();
            }
        }
        boolean required = column.number("notnull") == 1 || column.number("pk") > 0;
        String collation = type instanceof Type.Text && !view ? SqliteText.collation(sql, name) : null;
        return new Field(name, type, required, nativeType + (generated ? SqliteColumn.GENERATED : ""), collation);
    }

    private String storedAs(String table, String column) throws SQLException {
        Dialect dialect = new SqliteDialect();
        String name = dialect.identifier(column);
        List<Row> found = catalog.rows("SELECT typeof(" + name + ") AS found FROM " + dialect.identifier(table)
                + " WHERE " + name + " IS NOT NULL LIMIT 1");
        return found.isEmpty() ? "text" : found.getFirst().text("found");
    }

    /** The id: the primary key; else the first unique index over required fields; else none. */
    private static void identify(
            Kind.Builder kind, List<String> id, List<Row> columns, List<Index> uniques, Row table) {
        if (!id.isEmpty()) {
            kind.id(id.toArray(String[]::new));
            boolean rowid = id.size() == 1
                    && table.number("wr") == 0
                    && columns.stream()
                            .anyMatch(column -> column.number("pk") > 0
                                    && column.text("type").equalsIgnoreCase("INTEGER"));
            kind.generated(rowid ? Generation.IDENTITY : Generation.GIVEN);
            return;
        }
        List<String> required = columns.stream()
                .filter(column -> column.number("notnull") == 1)
                .map(column -> column.text("name"))
                .toList();
        uniques.stream()
                .filter(index -> index.nativeCondition() == null && required.containsAll(index.fields()))
                .findFirst()
                .ifPresent(index -> kind.id(index.fields().toArray(String[]::new)));
    }

    private Index index(Row index) throws SQLException {
        String name = index.text("name");
        List<Index.Part> parts = new ArrayList<>();
        String sql = catalog.rows("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = ?", name).stream()
                .findFirst()
                .map(row -> row.textOrNull("sql"))
                .orElse(null);
        List<String> written = SqliteText.indexParts(sql);
        for (Row part : catalog.rows("SELECT * FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno", name)) {
            String field = part.textOrNull("name");
            int at = (int) part.number("seqno");
            String expression = "(" + (at < written.size() ? written.get(at) : "expression") + ")";
            parts.add(new Index.Part(field == null ? expression : field, part.number("desc") == 1));
        }
        String condition = index.number("partial") == 1 ? SqliteText.indexCondition(sql) : null;
        return new Index(name, parts, index.number("unique") == 1, condition);
    }

    private List<Reference> references(String table) throws SQLException {
        Map<Long, List<Row>> byId = new LinkedHashMap<>();
        for (Row row : catalog.rows("SELECT * FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq", table)) {
            byId.computeIfAbsent(row.number("id"), id -> new ArrayList<>()).add(row);
        }
        List<Reference> references = new ArrayList<>();
        for (List<Row> rows : byId.values()) {
            String target = asNamed(rows.getFirst().text("table"));
            List<String> targets = new ArrayList<>();
            for (Row row : rows) {
                String to = row.textOrNull("to");
                targets.add(
                        to == null
                                ? Objects.requireNonNullElse(key(target, (int) row.number("seq")), "rowid")
                                : asNamed(target, to));
            }
            Reference.OnDelete onDelete = switch (rows.getFirst().text("on_delete")) {
                case "CASCADE" -> Reference.OnDelete.CASCADE;
                case "SET NULL" -> Reference.OnDelete.NULLIFY;
                default -> Reference.OnDelete.REFUSE;
            };
            List<String> fields = rows.stream().map(row -> row.text("from")).toList();
            references.add(new Reference("", fields, target, targets, onDelete));
        }
        return references;
    }

    /** A table's name as the table has it: those who refer to it may write it in another case. */
    private String asNamed(String table) throws SQLException {
        return catalog
                .rows("SELECT name FROM pragma_table_list WHERE schema = 'main' AND name = ? COLLATE NOCASE", table)
                .stream()
                .findFirst()
                .map(row -> row.text("name"))
                .orElse(table);
    }

    private String asNamed(String table, String column) throws SQLException {
        return catalog
                .rows("SELECT name FROM pragma_table_xinfo(?) WHERE name = ? COLLATE NOCASE", table, column)
                .stream()
                .findFirst()
                .map(row -> row.text("name"))
                .orElse(column);
    }

    private @Nullable String key(String table, int position) throws SQLException {
        List<Row> keys = catalog.rows("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", table);
        return position < keys.size() ? keys.get(position).text("name") : null;
    }
}
