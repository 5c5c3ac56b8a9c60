package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Regex;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.sql.ServerColumn.Storage;
import dev.keepsake.store.Explanation;
import dev.keepsake.store.Features;
import dev.keepsake.store.Isolation;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's answers. Its native types are in {@link PostgresqlTypes}. */
final class PostgresqlDialect extends ServerDialect {
    /** The longest name: a longer one is cut without a word (manual, "Identifiers and Key Words"). */
    private static final int LONGEST_NAME = 63;

    /** From how many rows on a copy is quicker than a batch. */
    private static final int LEAST_COPIED = 100;

    /** How deep lists in lists are looked into, where nobody declared how deep they are. */
    private static final String UNNESTED = "[*]".repeat(8);

    private static final Pattern INDEX =
            Pattern.compile("(?:Index Scan|Index Only Scan)(?: Backward)? (?:using|on) (\\S+)");

    /** Words that are no names (manual, "SQL Key Words", those reserved in PostgreSQL). */
    private static final Set<String> KEYWORDS = Set.of(
            ("all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate"
                            + " collation column concurrently constraint create cross current_catalog current_date"
                            + " current_role current_schema current_time current_timestamp current_user default deferrable"
                            + " desc distinct do else end except false fetch for foreign freeze from full grant group"
                            + " having ilike in initially inner intersect into is isnull join lateral leading left like"
                            + " limit localtime localtimestamp natural not notnull null offset on only or order outer"
                            + " overlaps placing primary references returning right select session_user similar some"
                            + " symmetric system_user table tablesample then to trailing true union unique user using"
                            + " variadic verbose when where window with between bigint bit boolean char character coalesce"
                            + " dec decimal exists extract float greatest grouping inout int integer interval json"
                            + " json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar"
                            + " json_serialize json_table json_value least merge_action national nchar none normalize"
                            + " nullif numeric out overlay position precision real row setof smallint substring time"
                            + " timestamp treat trim values varchar xmlattributes xmlconcat xmlelement xmlexists xmlforest"
                            + " xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable")
                    .split(" "));

    /** Types that we know nothing of, but PostgreSQL has an equality and an order of. */
    private static final Set<String> COMPARABLE = Set.of(
            "money",
            "bit",
            "bit varying",
            "interval",
            "time with time zone",
            "inet",
            "cidr",
            "macaddr",
            "macaddr8",
            "oid",
            "\"char\"",
            "citext",
            "public.citext",
            "int4range",
            "int8range",
            "numrange",
            "tsrange",
            "tstzrange",
            "daterange",
            "tsvector",
            "pg_lsn");

    /** Where kinds are whose names have no schema before them. */
    private final String schema;

    private final boolean alone;
    /** The other schemas that were found. */
    private volatile Set<String> schemas = Set.of();
    /** The indexes of constraints that were found, each behind its kind's name and a blank. */
    private final Set<String> constraints = ConcurrentHashMap.newKeySet();

    /**
     * The dialect of a database.
     *
     * @param schema whose tables are kinds by their names
     * @param alone whether nothing else is looked at
     */
    PostgresqlDialect(String schema, boolean alone) {
        this.schema = schema;
        this.alone = alone;
    }

    @Override
    public Features features() {
        return Features.POSTGRESQL;
    }

    @Override
    public String jooq() {
        return "POSTGRES";
    }

    // ---- names and constants

    @Override
    public String identifier(String name) {
        if (name.length() > LONGEST_NAME / 4 && name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            throw Problem.MODEL_INVALID
                    .because("PostgreSQL would cut the name %s, which is longer than 63 bytes", Report.quote(name))
                    .hint("give it another stored name")
                    .fault();
        }
        return Dialect.isPlain(name, false) && !KEYWORDS.contains(name) ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Kinds of other schemas are named with theirs; a point in a name of its own is told by what {@link #schemas} found. */
    @Override
    public String table(String kind) {
        return isElsewhere(kind) ? identifier(schemaOf(kind)) + "." + identifier(tableOf(kind)) : identifier(kind);
    }

    private boolean isElsewhere(String kind) {
        int point = kind.indexOf('.');
        return point > 0 && schemas.contains(kind.substring(0, point));
    }

    private String schemaOf(String kind) {
        return isElsewhere(kind) ? kind.substring(0, kind.indexOf('.')) : schema;
    }

    private String tableOf(String kind) {
        return isElsewhere(kind) ? kind.substring(kind.indexOf('.') + 1) : kind;
    }

    @Override
    public String constant(Object nativeValue) {
        return switch (nativeValue) {
            case String text -> literal(text);
            case byte[] bytes -> "'\\x" + HexFormat.of().formatHex(bytes) + "'::bytea";
            case Double number -> "'" + number + "'::float8";
            case BigDecimal number -> number.toPlainString();
            default -> nativeValue.toString();
        };
    }

    /** Without a type, so that it becomes whatever the column is. */
    @Override
    void bindText(PreparedStatement statement, int index, String text) throws SQLException {
        statement.setObject(index, text, Types.OTHER);
    }

    /** Times and UUIDs are text, that becomes what the column is; a whole number is of the type of a literal. */
    @Override
    public Object given(Object value) {
        return switch (value) {
            case Boolean truth -> truth;
            case Long number -> number == number.intValue() ? (Object) number.intValue() : number;
            case Double number -> number;
            case BigDecimal number -> number;
            case Bytes bytes -> bytes.toArray();
            default -> SqlValues.text(value);
        };
    }

    @Override
    public @Nullable Object found(ResultSet rows, int column, String declared) throws SQLException {
        return switch (declared) {
            case "timestamptz" -> rows.getObject(column, OffsetDateTime.class);
            case "timestamp" -> rows.getObject(column, LocalDateTime.class);
            case "date" -> rows.getObject(column, LocalDate.class);
            case "time" -> rows.getObject(column, LocalTime.class);
            case "timetz", "money", "xml" -> rows.getString(column);
            default -> rows.getObject(column);
        };
    }

    /** The driver gives the whole row. */
    @Override
    public int generatedId(ResultSetMetaData keys) throws SQLException {
        for (int column = 1; column <= keys.getColumnCount(); column++) {
            if (keys.isAutoIncrement(column)) {
                return column;
            }
        }
        return 0;
    }

    @Override
    public Quotes quotes() {
        return Quotes.DOLLARS;
    }

    @Override
    public Results results() {
        return Results.OPEN;
    }

    // ---- columns

    @Override
    String declared(Type type, boolean keyed) {
        return PostgresqlTypes.declared(type);
    }

    @Override
    String collated(Type type) {
        return type instanceof Type.Text || type instanceof Type.Oid ? " COLLATE \"C\"" : "";
    }

    @Override
    String described(String name, Type type, boolean keyed) {
        return "";
    }

    @Override
    String identity() {
        return " GENERATED BY DEFAULT AS IDENTITY";
    }

    @Override
    ServerColumn nativeColumn(String declared) {
        return PostgresqlTypes.column(declared);
    }

    // ---- conditions

    /** An enumeration is text to us, whatever its own order is; and so is what has no order, or an equality of its own. */
    @Override
    String comparable(String name, ServerColumn column, boolean equality) {
        return switch (column.storage()) {
            case CHOICE -> "(" + name + "::text COLLATE \"C\")";
            case FOREIGN ->
                COMPARABLE.contains(column.declared().replaceFirst("\\(.*", ""))
                        ? name
                        : "(" + name + "::text COLLATE \"C\")";
            default -> name;
        };
    }

    @Override
    String asText(String name, ServerColumn column) {
        return column.storage() == Storage.TEXT ? name : "(" + name + "::text COLLATE \"C\")";
    }

    /** One parameter for all, an array, so that the statement is the same for any number of them. */
    @Override
    void in(SqlWriter out, String value, List<Object> nativeValues) {
        if (nativeValues.isEmpty()) {
            out.sql("1 = 0");
            return;
        }
        // numbers keep their own type, since a constant may be beyond that of the column
        String type = switch (nativeValues.getFirst()) {
            case Long number -> "::bigint[]";
            case Double number -> "::float8[]";
            case BigDecimal number -> "::numeric[]";
            default -> "";
        };
        out.sql(value + " = ANY(")
                .bind(nativeValues.stream()
                        .map(each -> ServerColumn.quoted(ServerColumn.nativeText(each)))
                        .collect(Collectors.joining(",", "{", "}")))
                .sql(type + ")");
    }

    @Override
    void match(SqlWriter out, Condition.Match match, String text, @Nullable String collation) {
        boolean folds = match.ignoringCase();
        String wanted = folds ? Values.foldAscii(match.text()) : match.text();
        String exact = collation == null ? text : text + " COLLATE \"C\"";
        String value = folds ? "lower(" + text + " COLLATE \"C\")" : exact;
        switch (match.manner()) {
            case CONTAINS -> out.sql("strpos(" + value + ", ").bind(wanted).sql(") > 0");
            case STARTS_WITH -> {
                String next = folds || collation != null ? null : SqlComparisons.after(wanted);
                if (next == null) {
                    out.sql("starts_with(" + value + ", ").bind(wanted).sql(")");
                } else {
                    out.sql("(" + value + " >= ")
                            .bind(wanted)
                            .sql(" AND " + value + " < ")
                            .bind(next)
                            .sql(")");
                }
            }
            case LIKE -> out.sql(value + " LIKE ").bind(like(wanted));
            case REGEX ->
                out.sql(text + " COLLATE \"C\" ~ ").bind(Regex.portable(match.text(), "\\Z", match.ignoringCase()));
        }
    }

    // ---- JSON

    @Override
    String json(String name, ServerColumn column) {
        return switch (column.storage()) {
            case JSON_BINARY -> name;
            case ARRAY ->
                column.type().equals(Type.list(Type.BYTES))
                        ? "CASE WHEN " + name
                                + " IS NOT NULL THEN to_jsonb(ARRAY(SELECT encode(e, 'base64') FROM unnest(" + name
                                + ") WITH ORDINALITY AS u(e, o) ORDER BY o)) END"
                        : "to_jsonb(" + name + ")";
            default -> "(" + name + ")::jsonb";
        };
    }

    @Override
    String member(String json, String key) {
        return "(" + json + " -> " + literal(key) + ")";
    }

    @Override
    String item(String json, int index) {
        return "(" + json + " -> " + index + ")";
    }

    @Override
    String length(String json) {
        return "CASE WHEN jsonb_typeof(" + json + ") = 'array' THEN jsonb_array_length(" + json + ") END";
    }

    @Override
    String size(String json) {
        return "(SELECT count(*) FROM jsonb_object_keys(CASE WHEN jsonb_typeof(" + json + ") = 'object' THEN " + json
                + " END))";
    }

    @Override
    String elements(String json, String alias) {
        return "jsonb_array_elements(CASE WHEN jsonb_typeof(" + json + ") = 'array' THEN " + json + " END) AS " + alias
                + "(v)";
    }

    @Override
    String through(String json, List<String> steps, String alias) {
        StringBuilder path = new StringBuilder("lax $");
        for (String step : steps) {
            path.append(UNNESTED).append(".\"").append(escaped(step)).append('"');
        }
        return "jsonb_path_query(" + json + ", " + literal(path.toString()) + ") AS " + alias + "(v)";
    }

    /** A key in a path (manual, "The SQL/JSON Path Language": as in a JavaScript string). */
    private static String escaped(String key) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c == '"' || c == '\\') {
                escaped.append('\\').append(c);
            } else if (c < ' ') {
                escaped.append(String.format("\\u%04x", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    @Override
    String is(String json, Sort sort) {
        return switch (sort) {
            case NULL -> "jsonb_typeof(" + json + ") = 'null'";
            case BOOLEAN -> "jsonb_typeof(" + json + ") = 'boolean'";
            case NUMBER -> "jsonb_typeof(" + json + ") = 'number'";
            case WHOLE -> "(jsonb_typeof(" + json + ") = 'number' AND strpos(" + text(json) + ", '.') = 0)";
            case FRACTION -> "(jsonb_typeof(" + json + ") = 'number' AND strpos(" + text(json) + ", '.') > 0)";
            case TEXT -> "jsonb_typeof(" + json + ") = 'string'";
            case LIST -> "jsonb_typeof(" + json + ") = 'array'";
            case MAP -> "jsonb_typeof(" + json + ") = 'object'";
        };
    }

    @Override
    String text(String json) {
        return "((" + json + " #>> '{}') COLLATE \"C\")";
    }

    @Override
    String truth(boolean value) {
        return String.valueOf(value);
    }

    @Override
    String cast(String text, Type type) {
        return switch (type) {
            case Type.Real r -> text + "::float8";
            case Type.Date d -> text + "::date";
            case Type.Time t -> text + "::time";
            case Type.DateTime t -> text + "::timestamp";
            case Type.Instant i -> text + "::timestamptz";
            default -> text + "::numeric";
        };
    }

    @Override
    String bytes(String text) {
        return "decode(" + text + ", 'base64')";
    }

    @Override
    String hex(String text) {
        return "upper(encode(" + bytes(text) + ", 'hex'))";
    }

    @Override
    Column.Floor decimalFloor(BigDecimal constant) {
        return Column.Floor.exactly(constant);
    }

    @Override
    String withoutNull(String json) {
        return "nullif(" + json + ", 'null'::jsonb)";
    }

    @Override
    @Nullable
    String extreme(String function, String name, ServerColumn column) {
        return switch (column.storage()) {
            case BOOLEAN -> function + "(" + name + "::int)::boolean";
            case UUID -> function + "(" + name + "::text COLLATE \"C\")::uuid";
            case CHOICE -> function + "(" + name + "::text COLLATE \"C\")";
            case BYTES -> "decode(" + function + "(encode(" + name + ", 'hex')), 'hex')";
            default -> null;
        };
    }

    @Override
    String average(String value) {
        return "avg(" + value + ")::float8";
    }

    @Override
    public String nulls(boolean descending) {
        return descending ? " NULLS LAST" : " NULLS FIRST";
    }

    @Override
    public String unwound(String list, String alias) {
        return "LATERAL " + elements(list, alias);
    }

    // ---- writes

    @Override
    public void guard(SqlWriter out, String field, Column column) {
        out.name(field).sql(" IS NOT DISTINCT FROM ?");
    }

    /** What we give is the id, also where the database insists on counting itself. */
    @Override
    public String overriding(Kind kind) {
        return kind.generation() == Generation.IDENTITY ? " OVERRIDING SYSTEM VALUE" : "";
    }

    @Override
    public SqlWriter.Statement advance(Kind kind, long greatest) {
        SqlWriter out =
                new SqlWriter(this).sql("SELECT setval(s, ").bind(greatest).sql(") FROM (");
        return sequence(out, kind)
                .sql(") AS q WHERE coalesce(pg_sequence_last_value(s), 0) < ")
                .bind(greatest)
                .done();
    }

    /** Writes a query for the sequence that counts a kind's ids: the column's own, or that which its default names. */
    private SqlWriter sequence(SqlWriter out, Kind kind) {
        String table = table(kind.name());
        String id = kind.id().getFirst();
        return out.sql("SELECT coalesce(pg_get_serial_sequence(")
                .bind(table)
                .sql(", ")
                .bind(id)
                .sql(")::regclass, (SELECT d.refobjid::regclass FROM pg_attribute a"
                        + " JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum"
                        + " JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid"
                        + " AND d.refclassid = 'pg_class'::regclass"
                        + " JOIN pg_class c ON c.oid = d.refobjid AND c.relkind = 'S' WHERE a.attrelid = ")
                .bind(table)
                .sql("::regclass AND a.attname = ")
                .bind(id)
                .sql(" LIMIT 1)) AS s");
    }

    @Override
    public boolean copies(int rows) {
        return rows >= LEAST_COPIED;
    }

    @Override
    public void copy(Connection connection, String into, List<? extends List<? extends @Nullable Object>> rows)
            throws SQLException {
        PostgresqlCopy.copy(connection, into, rows);
    }

    /** A failed statement fails its transaction. */
    @Override
    public Failures failures() {
        return Failures.OF_TRANSACTION;
    }

    /** It would not take a key that is checked late for the one that is taken. */
    @Override
    public boolean upserts(Kind there) {
        return there.unkept().stream().noneMatch(each -> each.endsWith(PostgresqlInspector.DEFERRED));
    }

    // ---- schema

    @Override
    List<String> indexesInside(Kind kind) {
        return List.of();
    }

    @Override
    String tableOptions() {
        return "";
    }

    @Override
    List<String> afterCreate(Kind kind) {
        List<String> statements = new ArrayList<>();
        kind.indexes().forEach(index -> statements.add(index(kind, index)));
        for (Field field : kind.fields()) {
            statements.addAll(comment(kind.name(), field));
        }
        return statements;
    }

    /** A comment says the type of a column whose native one would tell another. */
    private List<String> comment(String kind, Field field) {
        return PostgresqlTypes.tells(field.type())
                ? List.of()
                : List.of("COMMENT ON COLUMN " + table(kind) + "." + identifier(field.name()) + " IS "
                        + literal(ServerTypes.comment(field.type())));
    }

    @Override
    public List<String> addField(String kind, Field field) {
        List<String> statements = new ArrayList<>(super.addField(kind, field));
        statements.addAll(comment(kind, field));
        return statements;
    }

    @Override
    public String index(Kind kind, Index index) {
        List<String> parts = new ArrayList<>();
        for (Index.Part part : index.parts()) {
            boolean required = kind.field(part.field()).map(Field::required).orElse(false)
                    || kind.id().contains(part.field());
            // in the order of our own sorting, so that it is answered by the index
            parts.add(SqlTables.sorted(part, this)
                    + (part.descending() ? " DESC" : "")
                    + (required ? "" : nulls(part.descending())));
        }
        return SqlTables.index(kind.name(), index, parts, this) + SqlTables.condition(index);
    }

    /** A unique index that a constraint made goes with its constraint. */
    @Override
    public String dropIndex(Kind there, String index) {
        return constraints.contains(there.name() + " " + index)
                ? "ALTER TABLE " + table(there.name()) + " DROP CONSTRAINT " + identifier(index)
                : "DROP INDEX " + identifier(schemaOf(there.name())) + "." + identifier(index);
    }

    @Override
    public List<String> rename(String kind, String newName) {
        List<String> statements = new ArrayList<>();
        String to = schemaOf(newName);
        if (!to.equals(schemaOf(kind))) {
            statements.add("ALTER TABLE " + table(kind) + " SET SCHEMA " + identifier(to));
        }
        if (!tableOf(newName).equals(tableOf(kind))) {
            statements.add("ALTER TABLE " + identifier(to) + "." + identifier(tableOf(kind)) + " RENAME TO "
                    + identifier(tableOf(newName)));
        }
        return statements;
    }

    // ---- the connection

    @Override
    public SqlWriter.Statement reserve(Kind kind, int count) {
        SqlWriter out = new SqlWriter(this).sql("SELECT nextval(s) FROM (");
        return sequence(out, kind)
                .sql(") AS q, generate_series(1, ")
                .bind((long) count)
                .sql(")")
                .done();
    }

    @Override
    public String now() {
        return "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')";
    }

    @Override
    public void prepare(Connection connection) throws SQLException {
        Dialect.run(
                connection,
                "SELECT set_config('keepsake.lock_timeout', current_setting('lock_timeout'), false),"
                        + " set_config('lock_timeout', '" + ServerProduct.LOCK_WAIT_MILLIS + "', false)");
    }

    @Override
    public void leave(Connection connection) throws SQLException {
        Dialect.run(connection, "SELECT set_config('lock_timeout', current_setting('keepsake.lock_timeout'), false)");
    }

    @Override
    public void begin(Connection connection, TransactionOptions options) throws SQLException {
        if (connection.getAutoCommit()) {
            connection.setAutoCommit(false);
        }
        boolean serializable = options.isolation() == Isolation.SERIALIZABLE;
        if (serializable || options.readOnly()) {
            Dialect.run(
                    connection,
                    "SET TRANSACTION ISOLATION LEVEL " + (serializable ? "SERIALIZABLE" : "REPEATABLE READ")
                            + (options.readOnly() ? " READ ONLY" : ""));
        }
        if (!options.patience().equals(TransactionOptions.WRITE.patience())) {
            long millis = Math.clamp(options.patience().toMillis(), 1, Integer.MAX_VALUE);
            Dialect.run(connection, "SET LOCAL lock_timeout = " + millis);
        }
    }

    @Override
    public Schema inspect(Connection connection, @Nullable String kind) throws SQLException {
        PostgresqlInspector inspector = new PostgresqlInspector(connection, schema, alone);
        Schema found = inspector.schema(kind);
        schemas = inspector.otherSchemas();
        constraints.removeIf(
                each -> found.find(each.substring(0, each.lastIndexOf(' '))).isPresent()
                        && !inspector.constraints().contains(each));
        constraints.addAll(inspector.constraints());
        return found;
    }

    @Override
    public String planned(ResultSet row) throws SQLException {
        return row.getString(1);
    }

    @Override
    public Explanation explanation(List<String> plan) {
        List<String> indexes = new ArrayList<>();
        for (String line : plan) {
            Matcher matcher = INDEX.matcher(line);
            if (matcher.find()) {
                indexes.add(matcher.group(1).replace("\"", ""));
            }
        }
        boolean sorts = plan.stream().anyMatch(line -> line.strip().matches("(?:->  )?(?:Incremental )?Sort .*"));
        return new Explanation(String.join("\n", plan), indexes, sorts);
    }

    @Override
    public Report report(SQLException e, @Nullable String statement, @Nullable String kind) {
        return PostgresqlErrors.report(e, statement, kind);
    }
}
