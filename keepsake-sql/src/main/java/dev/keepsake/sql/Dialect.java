package dev.keepsake.sql;

import dev.keepsake.fault.Report;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Change;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.store.Explanation;
import dev.keepsake.store.Features;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What differs between SQL databases: a questionnaire, answered once for each. */
interface Dialect {
    /** What the server can do. */
    Features features();

    /** What jOOQ calls the database. */
    String jooq();

    /** A name as it stands in SQL: as it is where that is safe, else quoted. */
    String identifier(String name);

    /** Whether a name is made of letters, digits and underscores alone, as names that need no quotes are. */
    static boolean isPlain(String name, boolean capitals) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (capitals && c >= 'A' && c <= 'Z') || c == '_';
            if (!letter && (i == 0 || c < '0' || c > '9')) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** The name of a kind's table as it stands in SQL; that of one in another schema has the schema before it. */
    default String table(String kind) {
        return identifier(kind);
    }

    /** Text as it stands in SQL, in quotes. */
    default String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** A native value as it stands in SQL. */
    String constant(Object nativeValue);

    /** Binds a native value, or null. */
    void bind(PreparedStatement statement, int index, @Nullable Object nativeValue) throws SQLException;

    /** Binds all parameters of a statement. */
    default void bind(PreparedStatement statement, List<?> nativeValues) throws SQLException {
        for (int i = 0; i < nativeValues.size(); i++) {
            bind(statement, i + 1, nativeValues.get(i));
        }
    }

    /** The native value of one that direct SQL is given; a form that becomes what the column is, as far as there is one. */
    Object given(Object value);

    /**
     * What a column of direct SQL's rows holds, as JDBC or Java has it, and by no time zone of this process.
     *
     * @param declared what the driver calls the column's type, in lower case
     */
    default @Nullable Object found(ResultSet rows, int column, String declared) throws SQLException {
        return rows.getObject(column);
    }

    /** Which of the columns that the driver gives as generated keys of an insert has the id; 0 for none. */
    default int generatedId(ResultSetMetaData keys) throws SQLException {
        return 1;
    }

    /** How text is quoted and commented. */
    Quotes quotes();

    /** What quotes text and names, and starts comments, beside what standard SQL has for it. */
    enum Quotes {
        /** Names in brackets. */
        BRACKETS,
        /** Text between dollars, and with backslashes behind an {@code E}. */
        DOLLARS,
        /** Text with backslashes, and comments behind a {@code #}. */
        BACKSLASHES
    }

    /** How a result is read. */
    Results results();

    /** How a result is read while other statements run on its connection. */
    enum Results {
        /** Row by row, beside others. */
        OPEN,
        /** In pages by key, since an open result blocks its connection. */
        PAGED
    }

    /**
     * The column that keeps a field.
     *
     * @throws IllegalArgumentException where the field does not fit its native type
     */
    Column column(Field field);

    /** Writes a condition on one value, so that it is true where it holds; false or null where not. */
    void leaf(SqlWriter out, Condition leaf, Bound bound);

    /** What is selected to read a column, in the place of its name. */
    default String selected(String name, Column column) {
        return identifier(name);
    }

    /** Writes the keys that sort by a path, each with its direction, nulls first or, descending, last. */
    void order(SqlWriter out, Path path, boolean descending, Bound bound);

    /** Writes what a field of a declared type is sorted by. */
    void sortKey(SqlWriter out, Path path, Bound bound);

    /** What is behind a key of an order so that nulls are first, or, descending, last. */
    String nulls(boolean descending);

    /** Writes the key of a group, in the native form of the column of the result. */
    void groupKey(SqlWriter out, Path path, Bound bound);

    /** What a selection ends with so that its rows are locked. */
    String lock(Selection.Lock lock);

    /** Writes a measure, in the native form of the column of the result. */
    void measure(SqlWriter out, Aggregation.Measure measure, Bound bound);

    /** Writes what is at a path, in the native form of {@link #kept}. */
    void value(SqlWriter out, Path path, Bound bound);

    /** The column of what {@link #value} or {@link #groupKey} writes. */
    Column kept(Path path, Type type, Bound bound);

    /** The column of what {@link #measure} writes. */
    Column figure(Aggregation.Measure measure, Type type, Bound bound);

    /** Whether values of two columns are equal natively when they are equal. */
    Equality equality(Column a, Column b);

    /** How values of two columns are compared. */
    enum Equality {
        /** The database's own equality is ours. */
        NATIVE,
        /** Their values are of different types, and never equal. */
        NEVER,
        /** The database would compare them by other rules. */
        UNCLEAR
    }

    /** The column of the elements of an unwound list. */
    Column element(Type element);

    /** What is joined to give a row for each element of a list, under an alias. */
    String unwound(String list, String alias);

    /** The element of such a row, as {@link #element(Type)} keeps it. */
    String element(String list, String alias);

    /** Writes the parameter that replaces a column's value, in the form that the replaced value has. */
    void assign(SqlWriter out, String field, Column column);

    /**
     * Whether the database can make changes itself, one after the other, exactly as they are meant; where not, the objects are
     * read, changed and written.
     */
    boolean changes(List<Change> changes, Column column);

    /** Writes the new value of a column that changes make. */
    void change(SqlWriter out, List<Change> changes, Column column);

    /** Writes that a column still holds a value, byte for byte and null for null; the value is bound apart. */
    void guard(SqlWriter out, String field, Column column);

    /** What a failed statement leaves. */
    Failures failures();

    /** What fails with a statement. */
    enum Failures {
        /** The one row of a batch, and the driver says which; what was before it is written. */
        OF_ROW,
        /** The statement, of a batch any or all of its rows. */
        OF_STATEMENT,
        /** The whole transaction, in which nothing more can be asked. */
        OF_TRANSACTION
    }

    /** What stands before the values of an insert into a kind. */
    default String overriding(Kind kind) {
        return "";
    }

    /** The query that makes the database count on from an id that was given; null where it does so by itself. */
    default SqlWriter.@Nullable Statement advance(Kind kind, long greatest) {
        return null;
    }

    /** What makes an insert of several rows give the ids that it makes, in their order; null where nothing does. */
    default @Nullable String returning(Kind kind) {
        return null;
    }

    /** Whether so many rows are better copied into a table than inserted. */
    default boolean copies(int rows) {
        return false;
    }

    /** Copies rows of native values into a table with its columns, all or none; only where {@link #copies}. */
    default void copy(Connection connection, String into, List<? extends List<? extends @Nullable Object>> rows)
            throws SQLException {
        throw new IllegalStateException("nothing is copied");
    }

    /** What stands behind the table of an insert without any values. */
    default String noValues() {
        return " DEFAULT VALUES";
    }

    /**
     * Whether an insert can replace the object of the same id and only that one; where a database would take one with another
     * unique value for it, objects are updated, and those that are not there inserted.
     */
    boolean upserts(Kind there);

    /** What makes an insert replace the object that is there, before what it then sets. */
    default String replacing(Kind kind) {
        return " ON CONFLICT (" + SqlTables.names(kind.id(), this) + ") DO UPDATE SET ";
    }

    /** The value of a field that such an insert brought. */
    default String proposed(String field) {
        return "excluded." + identifier(field);
    }

    /**
     * The statements that create a kind.
     *
     * @param later the kinds that are created after it; references to them come by {@link #refer} where the database wants to see
     *     them first
     */
    List<String> create(Kind kind, List<String> later);

    /** The statements that add the references which {@link #create} left out. */
    List<String> refer(Kind kind, List<String> later);

    /** The statements that give a kind another name. */
    default List<String> rename(String kind, String newName) {
        return List.of("ALTER TABLE " + table(kind) + " RENAME TO " + identifier(newName));
    }

    /** The statements that add a field to a kind. */
    List<String> addField(String kind, Field field);

    /** The statement that adds an index to a kind. */
    String index(Kind kind, Index index);

    /** The statement that drops an index of a kind. */
    String dropIndex(Kind there, String index);

    /** Whether objects of a kind keep a required field from being added, since the database would fill it by itself. */
    default boolean fillsRequired() {
        return false;
    }

    /** The query for so many new numbers of a generated id, which nobody else is given. */
    default SqlWriter.Statement reserve(Kind kind, int count) {
        throw new IllegalStateException("ids come from the insert");
    }

    /** The query for the time of the database; null where it is that of this process. */
    default @Nullable String now() {
        return null;
    }

    /** Makes ready a connection that somebody else opened. */
    void prepare(Connection connection) throws SQLException;

    /** Leaves a connection that somebody else opened as it was before {@link #prepare}. */
    void leave(Connection connection) throws SQLException;

    /** Runs one statement without parameters. */
    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Begins a transaction. */
    void begin(Connection connection, TransactionOptions options) throws SQLException;

    /** Makes a connection that {@link #begin} made ready for one transaction ready for any, after its end. */
    default void settle(Connection connection, TransactionOptions options) throws SQLException {}

    /** Commits the transaction. */
    void commit(Connection connection) throws SQLException;

    /** Rolls the transaction back. */
    void rollback(Connection connection) throws SQLException;

    /**
     * What is really there.
     *
     * @param kind the one kind that is asked for; null for all
     */
    Schema inspect(Connection connection, @Nullable String kind) throws SQLException;

    /** What stands before a statement whose plan is asked for. */
    default String explaining() {
        return "EXPLAIN ";
    }

    /** The line of a plan in the row that a result is at. */
    String planned(ResultSet row) throws SQLException;

    /** The indexes that a plan names, and whether it sorts. */
    Explanation explanation(List<String> plan);

    /**
     * What a native error means: the one place that knows.
     *
     * @param statement the SQL that failed, if it was one
     * @param kind the kind that it is about, where one is known
     */
    Report report(SQLException e, @Nullable String statement, @Nullable String kind);
}
