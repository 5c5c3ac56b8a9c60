package dev.keepsake.sql;

import dev.keepsake.fault.Report;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Change;
import dev.keepsake.query.Condition;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.store.Explanation;
import dev.keepsake.store.Features;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.sql.Connection;
import java.sql.SQLException;
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

    /**
     * The column that keeps a field.
     *
     * @throws IllegalArgumentException where the field does not fit its native type
     */
    Column column(Field field);

    /** Writes a condition on one value, so that it is true where it holds; false or null where not. */
    void leaf(SqlWriter out, Condition leaf, Bound bound);

    /** Writes the keys that sort by a path, each with its direction, nulls first or, descending, last. */
    void order(SqlWriter out, Path path, boolean descending, Bound bound);

    /** Writes the key of a group, in the native form of the column of the result. */
    void groupKey(SqlWriter out, Path path, Bound bound);

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

    /** Writes the new value of a column that changes make, one after the other. */
    void change(SqlWriter out, List<Change> changes, Column column);

    /** Writes that a column still holds a value, byte for byte and null for null; the value is bound apart. */
    void guard(SqlWriter out, String field, Column column);

    /** The whole statement that adds an object, or replaces it. */
    void upsert(SqlWriter out, Kind kind, List<String> fields);

    /** The statements that create a kind. */
    List<String> create(Kind kind);

    /** The statements that add a field to a kind. */
    List<String> addField(String kind, Field field);

    /** The statement that adds an index to a kind. */
    String index(String kind, Index index);

    /** Begins a transaction. */
    void begin(Connection connection, boolean readOnly, long patienceMillis) throws SQLException;

    /** What is really there. */
    Schema inspect(Connection connection) throws SQLException;

    /** How a statement would be run: the plan's lines. */
    List<String> plan(Connection connection, SqlWriter.Statement statement) throws SQLException;

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
