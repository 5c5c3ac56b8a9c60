package dev.keepsake.sql;

import dev.keepsake.fault.Report;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Regex;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Field;
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
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** MariaDB's answers. Its native types are in {@link MariadbTypes}; what MySQL says otherwise is in {@link MysqlDialect}. */
class MariadbDialect extends ServerDialect {
    /**
     * What each connection is told: to refuse what does not fit, to keep an id of 0, to read one state of the database in a
     * transaction, to speak in UTC and in English, and to give up waiting for a lock after as long as a transaction waits unless it says otherwise.
     */
    static String session(String isolation) {
        return "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION', " + isolation
                + " = 'REPEATABLE-READ', time_zone = '+00:00', lc_messages = 'en_US', innodb_lock_wait_timeout = "
                + TransactionOptions.WRITE.patience().toSeconds() + ", lock_wait_timeout = "
                + TransactionOptions.WRITE.patience().toSeconds();
    }

    /** The name of the variable for the isolation of a session. */
    static final String ISOLATION = "tx_isolation";

    /** How many digits decimals inside JSON are compared with: before the point and behind it. */
    private static final int WHOLE = 35;

    private static final int SCALE = 30;

    /** How many characters of a long text its index knows. */
    private static final int INDEXED = 191;

    /** Words that are no names (Knowledge Base, "Reserved Words"; MySQL manual, "Keywords and Reserved Words"). */
    private static final Set<String> KEYWORDS = Set.of(
            ("accessible add all alter analyze and as asc asensitive before between bigint binary blob both by call"
                            + " cascade case change char character check collate column condition constraint continue"
                            + " convert create cross cube cume_dist current_date current_role current_time"
                            + " current_timestamp current_user cursor database databases day_hour day_microsecond"
                            + " day_minute day_second dec decimal declare default delayed delete delete_domain_id dense_rank"
                            + " desc describe deterministic distinct distinctrow div do_domain_ids double drop dual each"
                            + " else elseif empty enclosed escaped except exists exit explain false fetch first_value float"
                            + " float4 float8 for force foreign from fulltext function general generated get grant group"
                            + " grouping groups having high_priority hour_microsecond hour_minute hour_second if ignore"
                            + " ignore_domain_ids ignore_server_ids in index infile inner inout insensitive insert int int1"
                            + " int2 int3 int4 int8 integer intersect interval into io_after_gtids io_before_gtids is"
                            + " iterate join json_table key keys kill lag last_value lateral lead leading leave left like"
                            + " limit linear lines load localtime localtimestamp lock long longblob longtext loop"
                            + " low_priority manual master_bind master_heartbeat_period master_ssl_verify_server_cert match"
                            + " maxvalue mediumblob mediumint mediumtext middleint minute_microsecond minute_second mod"
                            + " modifies natural not no_write_to_binlog nth_value ntile null numeric of offset on optimize"
                            + " optimizer_costs option optionally or order out outer outfile over page_checksum parallel"
                            + " parse_vcol_expr partition percent_rank position precision primary procedure purge qualify"
                            + " range rank read reads read_write real recursive references ref_system_id regexp release"
                            + " rename repeat replace require resignal restrict return returning revoke right rlike row_number"
                            + " rownum row rows schema schemas second_microsecond select sensitive separator set show signal"
                            + " slow smallint spatial specific sql sqlexception sqlstate sqlwarning sql_big_result"
                            + " sql_calc_found_rows sql_small_result ssl starting stats_auto_recalc stats_persistent"
                            + " stats_sample_pages stored straight_join system table tablesample terminated then tinyblob"
                            + " tinyint tinytext to trailing trigger true undo union unique unlock unsigned update usage"
                            + " use using utc_date utc_time utc_timestamp values varbinary varchar varcharacter varying"
                            + " vector virtual when where while window with write xor year_month zerofill")
                    .split(" "));

    private final String database;

    MariadbDialect(String database) {
        this.database = database;
    }

    @Override
    public Features features() {
        return Features.MARIADB;
    }

    @Override
    public String jooq() {
        return "MARIADB";
    }

    String database() {
        return database;
    }

    /** What the server calls the isolation of a session. */
    String isolation() {
        return ISOLATION;
    }

    /** How text of ours is compared: by code point, blanks at its end included. */
    String collation() {
        return "utf8mb4_nopad_bin";
    }

    // ---- names and constants

    @Override
    public String identifier(String name) {
        return Dialect.isPlain(name, true) && !KEYWORDS.contains(name.toLowerCase(Locale.ROOT))
                ? name
                : '`' + name.replace("`", "``") + '`';
    }

    @Override
    public String literal(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    @Override
    public String constant(Object nativeValue) {
        return switch (nativeValue) {
            case String text -> literal(text);
            case byte[] bytes -> "x'" + HexFormat.of().formatHex(bytes) + "'";
            case BigDecimal number -> number.toPlainString();
            default -> nativeValue.toString();
        };
    }

    @Override
    void bindText(PreparedStatement statement, int index, String text) throws SQLException {
        statement.setString(index, text);
    }

    /** Instants are written as all times are, in the zone of the session, which is UTC. */
    @Override
    public Object given(Object value) {
        return switch (value) {
            case Boolean truth -> truth;
            case Long number -> number;
            case Double number -> number;
            case BigDecimal number -> number;
            case Bytes bytes -> bytes.toArray();
            case Instant instant -> SqlValues.text(Values.utc(instant));
            default -> SqlValues.text(value);
        };
    }

    @Override
    public @Nullable Object found(ResultSet rows, int column, String declared) throws SQLException {
        return switch (declared) {
            case "datetime" -> rows.getObject(column, LocalDateTime.class);
            case "timestamp" -> moment(rows.getObject(column, LocalDateTime.class));
            case "date" -> rows.getObject(column, LocalDate.class);
            case "time" -> time(rows.getString(column));
            case "year" -> rows.getObject(column, Integer.class);
            default -> rows.getObject(column);
        };
    }

    private static @Nullable Instant moment(@Nullable LocalDateTime utc) {
        return utc == null ? null : utc.toInstant(ZoneOffset.UTC);
    }

    /** A time of the day, or what is longer than a day as its text. */
    private static @Nullable Object time(@Nullable String text) {
        try {
            return text == null ? null : LocalTime.parse(text);
        } catch (DateTimeParseException e) {
            return text;
        }
    }

    @Override
    public Quotes quotes() {
        return Quotes.BACKSLASHES;
    }

    @Override
    public Results results() {
        return Results.PAGED;
    }

    // ---- columns

    @Override
    String declared(Type type, boolean keyed) {
        return MariadbTypes.declared(type, keyed, true);
    }

    @Override
    String collated(Type type) {
        return "";
    }

    /** A comment says the type of a column whose native one would tell another. */
    @Override
    String described(String name, Type type, boolean keyed) {
        boolean tells =
                Type.nested(type) || nativeColumn(declared(type, keyed)).type().equals(type);
        return tells ? "" : " COMMENT " + literal(ServerTypes.comment(type));
    }

    @Override
    String identity() {
        return " AUTO_INCREMENT";
    }

    @Override
    ServerColumn nativeColumn(String declared) {
        return MariadbTypes.column(declared);
    }

    // ---- conditions

    /** A number of 32 bits is sent with six digits. */
    @Override
    public String selected(String name, Column column) {
        String identifier = identifier(name);
        return ((ServerColumn) column).storage() == Storage.SINGLE ? "CAST(" + identifier + " AS DOUBLE)" : identifier;
    }

    /** The database's own order of UUIDs is that of their times, not of their text; that of an enumeration is not its text's. */
    @Override
    String comparable(String name, ServerColumn column, boolean equality) {
        return switch (column.storage()) {
            case CHOICE -> equality ? name : "CONCAT(" + name + ")";
            case BYTES -> column.isBits() ? "CAST(" + name + " AS BINARY)" : name;
            case UUID -> equality ? name : "CAST(" + name + " AS CHAR(36))";
            default -> name;
        };
    }

    @Override
    String asText(String name, ServerColumn column) {
        return column.storage() == Storage.TEXT && column.collation() == null
                ? name
                : "CONVERT(" + name + " USING utf8mb4) COLLATE " + collation();
    }

    @Override
    void in(SqlWriter out, String value, List<Object> nativeValues) {
        if (nativeValues.isEmpty()) {
            out.sql("1 = 0");
        } else {
            out.sql(value + " IN (").each(nativeValues, ", ", out::bind).sql(")");
        }
    }

    @Override
    void match(SqlWriter out, Condition.Match match, String text, @Nullable String collation) {
        boolean folds = match.ignoringCase();
        switch (match.manner()) {
            case CONTAINS -> {
                if (folds) {
                    regex(out, text, Regex.portablePart(match.text(), false, true));
                } else {
                    out.sql("LOCATE(").bind(match.text()).sql(", " + text + ") > 0");
                }
            }
            case STARTS_WITH -> {
                String next = folds || collation != null ? null : SqlComparisons.after(match.text());
                if (folds) {
                    regex(out, text, Regex.portablePart(match.text(), true, true));
                } else if (next == null) {
                    int length = match.text().codePointCount(0, match.text().length());
                    out.sql("LEFT(" + text + ", " + length + ") = ").bind(match.text());
                } else {
                    out.sql("(" + text + " >= ")
                            .bind(match.text())
                            .sql(" AND " + text + " < ")
                            .bind(next)
                            .sql(")");
                }
            }
            case LIKE -> {
                if (folds) {
                    regex(out, text, Regex.portableLike(match.text(), "\\z", true));
                } else {
                    out.sql(text + " LIKE ").bind(like(match.text()));
                }
            }
            case REGEX -> regex(out, text, Regex.portable(match.text(), "\\z", folds));
        }
    }

    /** Writes that a part of a text matches; letters of both cases are told apart. */
    void regex(SqlWriter out, String text, String regex) {
        out.sql(text + " REGEXP ").bind(regex);
    }

    // ---- JSON

    @Override
    String json(String name, ServerColumn column) {
        return name;
    }

    @Override
    String member(String json, String key) {
        return "JSON_EXTRACT(" + json + ", " + literal("$." + step(key)) + ")";
    }

    /** A key as it is written in JSON: MariaDB compares it so, character by character. */
    private static String step(String key) {
        StringBuilder step = new StringBuilder("\"");
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c == '"' || c == '\\') {
                step.append('\\').append(c);
            } else if (c < ' ') {
                int escape = "\b\t\n\f\r".indexOf(c);
                step.append(escape < 0 ? String.format("\\u%04X", (int) c) : "\\" + "btnfr".charAt(escape));
            } else {
                step.append(c);
            }
        }
        return step.append('"').toString();
    }

    @Override
    String item(String json, int index) {
        return "JSON_EXTRACT(" + json + ", '$[" + index + "]')";
    }

    @Override
    String length(String json) {
        return "JSON_LENGTH(" + json + ")";
    }

    @Override
    String size(String json) {
        return "JSON_LENGTH(" + json + ")";
    }

    @Override
    String elements(String json, String alias) {
        return rows("CASE WHEN JSON_TYPE(" + json + ") = 'ARRAY' THEN " + json + " END", alias);
    }

    private static String rows(String json, String alias) {
        return "JSON_TABLE(" + json + ", '$[*]' COLUMNS (v JSON PATH '$')) AS " + alias;
    }

    /** All paths that there may be, since a path does not look into lists by itself: into lists in lists, three deep or less. */
    @Override
    String through(String json, List<String> steps, String alias) {
        int deepest = steps.size() > 3 ? 1 : steps.size() > 2 ? 2 : 3;
        List<String> paths = List.of("$");
        for (String step : steps) {
            List<String> longer = new ArrayList<>();
            for (String path : paths) {
                for (int depth = 0; depth <= deepest; depth++) {
                    longer.add(path + "[*]".repeat(depth) + "." + step(step));
                }
            }
            paths = longer;
        }
        StringBuilder all = new StringBuilder("JSON_EXTRACT(").append(json);
        paths.forEach(path -> all.append(", ").append(literal(path)));
        return rows(all.append(")").toString(), alias);
    }

    @Override
    String is(String json, Sort sort) {
        String type = "JSON_TYPE(" + json + ")";
        return switch (sort) {
            case NULL -> type + " = 'NULL'";
            case BOOLEAN -> type + " = 'BOOLEAN'";
            case NUMBER -> type + " IN ('INTEGER', 'DOUBLE')";
            case WHOLE -> type + " = 'INTEGER'";
            case FRACTION -> type + " = 'DOUBLE'";
            case TEXT -> type + " = 'STRING'";
            case LIST -> type + " = 'ARRAY'";
            case MAP -> type + " = 'OBJECT'";
        };
    }

    /** Its JSON_UNQUOTE loses characters beyond the basic plane. */
    @Override
    String text(String json) {
        return "CONVERT(JSON_VALUE(" + json + ", '$') USING utf8mb4) COLLATE " + collation();
    }

    @Override
    String truth(boolean value) {
        return value ? "1" : "0";
    }

    @Override
    String cast(String text, Type type) {
        return switch (type) {
            case Type.Real r -> "CAST(" + text + " AS DOUBLE)";
            case Type.Date d -> "CAST(" + text + " AS DATE)";
            case Type.Time t -> "CAST(" + text + " AS TIME(6))";
            case Type.DateTime t -> "CAST(" + text + " AS DATETIME(6))";
            case Type.Instant i -> "CAST(REPLACE(" + text + ", 'Z', '') AS DATETIME(6))";
            default -> "CAST(" + text + " AS DECIMAL(" + (WHOLE + SCALE) + "," + SCALE + "))";
        };
    }

    @Override
    String bytes(String text) {
        return "FROM_BASE64(" + text + ")";
    }

    @Override
    String hex(String text) {
        return "HEX(" + bytes(text) + ")";
    }

    @Override
    Column.Floor decimalFloor(BigDecimal constant) {
        return Floors.decimal(constant, WHOLE, SCALE);
    }

    @Override
    String withoutNull(String json) {
        return "nullif(" + json + ", 'null')";
    }

    @Override
    @Nullable
    String extreme(String function, String name, ServerColumn column) {
        return switch (column.storage()) {
            case UUID -> function + "(CAST(" + name + " AS CHAR(36)))";
            case SINGLE -> function + "(CAST(" + name + " AS DOUBLE))";
            case CHOICE -> function + "(CONCAT(" + name + "))";
            default -> null;
        };
    }

    /** Its own average of whole numbers has four digits after the point. */
    @Override
    String average(String value) {
        return "CAST(sum(" + value + ") AS DOUBLE) / count(" + value + ")";
    }

    /** Nulls are the least anyway. */
    @Override
    public String nulls(boolean descending) {
        return "";
    }

    @Override
    public String unwound(String list, String alias) {
        return elements(list, alias);
    }

    @Override
    public String lock(Selection.Lock lock) {
        return lock == Selection.Lock.SHARE ? " LOCK IN SHARE MODE" : super.lock(lock);
    }

    // ---- writes

    @Override
    public void guard(SqlWriter out, String field, Column column) {
        out.name(field).sql(" <=> ?");
    }

    @Override
    public @Nullable String returning(Kind kind) {
        return " RETURNING " + identifier(kind.id().getFirst());
    }

    @Override
    public Failures failures() {
        return Failures.OF_STATEMENT;
    }

    @Override
    public String noValues() {
        return " () VALUES ()";
    }

    /** It would take an object with another unique value for the one to be replaced. */
    @Override
    public boolean upserts(Kind there) {
        return there.indexes().stream().noneMatch(Index::unique);
    }

    @Override
    public String replacing(Kind kind) {
        return " ON DUPLICATE KEY UPDATE ";
    }

    @Override
    public String proposed(String field) {
        return "VALUES(" + identifier(field) + ")";
    }

    // ---- schema

    @Override
    List<String> indexesInside(Kind kind) {
        return kind.indexes().stream().map(index -> indexPart(kind, index)).toList();
    }

    private String indexPart(Kind kind, Index index) {
        return (index.unique() ? "UNIQUE " : "") + "INDEX " + identifier(index.name()) + " ("
                + String.join(", ", parts(kind, index)) + ")";
    }

    private List<String> parts(Kind kind, Index index) {
        List<String> parts = new ArrayList<>();
        for (Index.Part part : index.parts()) {
            String prefix = !index.unique() && isLong(kind, part.field()) ? "(" + INDEXED + ")" : "";
            parts.add(SqlTables.sorted(part, this) + prefix + (part.descending() ? " DESC" : ""));
        }
        return parts;
    }

    /** Whether a field is kept in a column that is too long for an index. */
    private boolean isLong(Kind kind, String name) {
        Field field = kind.field(name).orElse(null);
        if (field == null) {
            return false;
        }
        String declared = field.nativeType() == null ? declared(field.type(), false) : field.nativeType();
        return declared.startsWith("longtext")
                || declared.startsWith("longblob")
                || declared.startsWith("mediumtext")
                || declared.startsWith("text")
                || declared.startsWith("blob")
                || declared.startsWith("mediumblob");
    }

    @Override
    String tableOptions() {
        return " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=" + collation();
    }

    @Override
    List<String> afterCreate(Kind kind) {
        return List.of();
    }

    @Override
    public String index(Kind kind, Index index) {
        return SqlTables.index(kind.name(), index, parts(kind, index), this);
    }

    @Override
    public String dropIndex(Kind there, String index) {
        return "DROP INDEX " + identifier(index) + " ON " + table(there.name());
    }

    @Override
    public boolean fillsRequired() {
        return true;
    }

    // ---- the connection

    @Override
    public String now() {
        return "SELECT CAST(UTC_TIMESTAMP(6) AS CHAR)";
    }

    @Override
    public void prepare(Connection connection) throws SQLException {
        Dialect.run(
                connection,
                "SET @keepsake_isolation = @@" + isolation()
                        + ", @keepsake_mode = @@sql_mode, @keepsake_zone = @@time_zone, @keepsake_messages = @@lc_messages,"
                        + " @keepsake_wait = @@innodb_lock_wait_timeout, @keepsake_locks = @@lock_wait_timeout");
        Dialect.run(connection, session(isolation()));
    }

    @Override
    public void leave(Connection connection) throws SQLException {
        Dialect.run(
                connection,
                "SET SESSION " + isolation()
                        + " = @keepsake_isolation, sql_mode = @keepsake_mode, time_zone = @keepsake_zone, lc_messages = @keepsake_messages,"
                        + " innodb_lock_wait_timeout = @keepsake_wait, lock_wait_timeout = @keepsake_locks");
    }

    @Override
    public void begin(Connection connection, TransactionOptions options) throws SQLException {
        if (connection.getAutoCommit()) {
            connection.setAutoCommit(false);
        }
        if (!options.patience().equals(TransactionOptions.WRITE.patience())) {
            Dialect.run(connection, patience(options));
        }
        boolean serializable = options.isolation() == Isolation.SERIALIZABLE;
        if (serializable) {
            // of the next transaction, so before it begins
            Dialect.run(connection, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
        }
        if (options.readOnly()) {
            Dialect.run(
                    connection,
                    "START TRANSACTION " + (serializable ? "" : "WITH CONSISTENT SNAPSHOT, ") + "READ ONLY");
        }
    }

    @Override
    public void settle(Connection connection, TransactionOptions options) throws SQLException {
        if (!options.patience().equals(TransactionOptions.WRITE.patience())) {
            Dialect.run(connection, patience(TransactionOptions.WRITE));
        }
    }

    /** How long to wait for locks: of rows, and of tables that others alter. */
    private static String patience(TransactionOptions options) {
        return "SET SESSION innodb_lock_wait_timeout = " + seconds(options) + ", lock_wait_timeout = "
                + seconds(options);
    }

    /** To the nearest second, which may be none at all. */
    private static long seconds(TransactionOptions options) {
        return Math.clamp((options.patience().toMillis() + 500) / 1000, 0, 1_000_000);
    }

    @Override
    public Schema inspect(Connection connection, @Nullable String kind) throws SQLException {
        MariadbInspector inspector = new MariadbInspector(connection, database);
        return inspector.schema(kind);
    }

    @Override
    public String planned(ResultSet row) throws SQLException {
        return row.getString("select_type") + "  table " + row.getString("table") + "  type " + row.getString("type")
                + "  key " + row.getString("key") + "  rows " + row.getString("rows") + "  " + row.getString("Extra");
    }

    @Override
    public Explanation explanation(List<String> plan) {
        List<String> indexes = new ArrayList<>();
        for (String line : plan) {
            String key = line.replaceFirst(".*  key (.*?)  rows .*", "$1");
            if (!key.equals("null") && !key.equals("PRIMARY")) {
                indexes.add(key);
            }
        }
        boolean sorts = plan.stream().anyMatch(line -> line.contains("Using filesort"));
        return new Explanation(String.join("\n", plan), indexes, sorts);
    }

    @Override
    public Report report(SQLException e, @Nullable String statement, @Nullable String kind) {
        return MariadbErrors.report(e, statement, kind);
    }
}
