package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.value.Type;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a statement gave: the rows of a select, read as they are asked for, or how many rows a write changed.
 *
 * <pre>{@code
 * SqlResult people = sql.execute("select name, count from people order by name");
 * Optional<SqlRow> first = people.one();
 * List<SqlRow> next = people.some(10);
 * List<SqlRow> rest = people.all();
 * }</pre>
 *
 * <p>Each row is given once; whatever asks next goes on behind it, a second {@code for} loop too. The result closes itself
 * when its last row is given; one that is left earlier is to be closed, and is closed at the latest with its transaction
 * ({@link Sql#commit}, {@link Sql#rollback}, {@link Sql#close}). A result that was closed before its end refuses to be read,
 * with {@code closed}; one that was read to its end goes on to say that there is nothing left. Several can be open at once.
 *
 * <p>One row is read ahead, so that a result of one row leaves nothing open. Rows written by the same connection while a
 * result is open may or may not be seen in it. Rows are read from a server as they are asked for; on MariaDB another statement makes
 * the rest of an open result be read into memory. It cannot be scrolled back. Belongs to one thread.
 */
public final class SqlResult implements Iterable<SqlRow>, AutoCloseable {
    private final Sql sql;
    private final String text;
    private final SqlRow.Columns columns;
    private final List<Long> counts;
    private final @Nullable Long generatedId;
    /** What the database calls the types of the columns, as its dialect reads them. */
    private final List<String> declared;

    private @Nullable PreparedStatement statement;
    private @Nullable ResultSet rows;
    private @Nullable SqlRow ahead;
    private @Nullable String closedBy;

    /** The counts of a write. */
    SqlResult(Sql sql, String text, List<Long> counts, @Nullable Long generatedId) {
        this.sql = sql;
        this.text = text;
        this.columns = new SqlRow.Columns(List.of(), List.of());
        this.counts = List.copyOf(counts);
        this.generatedId = generatedId;
        this.declared = List.of();
    }

    /** The rows that an executed statement gives; takes over the statement. */
    SqlResult(Sql sql, String text, PreparedStatement statement, boolean converting) throws SQLException {
        this.sql = sql;
        this.text = text;
        this.counts = List.of();
        this.generatedId = null;
        this.statement = statement;
        this.rows = statement.getResultSet();
        ResultSetMetaData found = rows.getMetaData();
        this.declared = declared(found);
        this.columns = columns(found, converting);
        this.ahead = fetch();
    }

    /** The columns' names, in order; none for a write. */
    public List<String> columns() {
        return columns.names;
    }

    /**
     * How many rows were inserted, updated or deleted, in all; 0 for a statement such as {@code create table}. -1 where the
     * statement gave rows, as a select or an insert with {@code returning}, or the driver does not say: in a store's transaction on a
     * server it counts the rows of {@link Sql#executeMany} together.
     */
    public long count() {
        return isRows() || counts.contains(-1L)
                ? -1
                : counts.stream().mapToLong(Long::longValue).sum();
    }

    private boolean isRows() {
        return !columns.names.isEmpty();
    }

    /** How many rows each row of {@link Sql#executeMany} changed, -1 where the driver does not say; none for a select. */
    public List<Long> counts() {
        return counts;
    }

    /**
     * The id that the database gave to the one row that an insert with {@code values} added: on SQLite its rowid, also where the
     * statement set it; of a table {@code without rowid} it means nothing; on PostgreSQL the value of the identity or serial column, of
     * which it reads the row back, so that the account needs the right to do so. Empty for anything else, for {@link Sql#executeMany},
     * and where the id is no whole number.
     */
    public Optional<Long> generatedId() {
        return Optional.ofNullable(generatedId);
    }

    /**
     * The next row, or empty when there is none left.
     *
     * @throws dev.keepsake.fault.Invalid {@code closed} where this was closed before its end
     * @throws dev.keepsake.fault.Fault what the database says while it reads on
     */
    public Optional<SqlRow> one() {
        return more() ? Optional.of(take()) : Optional.empty();
    }

    /** The next row in a list, or an empty list when there is none left; as {@link #one}. */
    public List<SqlRow> some() {
        return some(1);
    }

    /**
     * The next rows, as many as are asked for or are left.
     *
     * @throws dev.keepsake.fault.Invalid {@code request-invalid} for less than 0 rows; else as {@link #one}
     */
    public List<SqlRow> some(int most) {
        if (most < 0) {
            throw Problem.REQUEST_INVALID.because("there are not %d rows", most).fault();
        }
        List<SqlRow> some = new ArrayList<>();
        while (some.size() < most && more()) {
            some.add(take());
        }
        return Collections.unmodifiableList(some);
    }

    /** All rows that are left, an empty list when there are none; else as {@link #one}. It holds them all in memory. */
    public List<SqlRow> all() {
        return some(Integer.MAX_VALUE);
    }

    /** The rows that are left, each read when it is asked for; as {@link #one}. */
    @Override
    public Iterator<SqlRow> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return more();
            }

            @Override
            public SqlRow next() {
                if (!more()) {
                    throw new NoSuchElementException();
                }
                return take();
            }
        };
    }

    /** The rows that are left, each read when it is asked for; as {@link #one}. Closing the stream closes this. */
    public Stream<SqlRow> stream() {
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED | Spliterator.NONNULL),
                        false)
                .onClose(this::close);
    }

    /** Ends reading. Columns and counts stay readable. A second close does nothing. */
    @Override
    public void close() {
        close("the result is closed");
    }

    /** Closes with the sentence that a later reader gets, unless all rows were read. */
    void close(String reason) {
        if (statement != null) {
            ahead = null;
            closedBy = reason;
            try {
                end();
            } catch (SQLException e) {
                throw sql.translated(e, text);
            }
        } else if (ahead != null) {
            ahead = null;
            closedBy = reason;
        }
    }

    /** Whether a statement is open behind this. */
    boolean isOpen() {
        return statement != null;
    }

    // ---- reading

    private boolean more() {
        if (closedBy != null) {
            throw Problem.CLOSED
                    .because(closedBy)
                    .fact("statement", Report.quote(text))
                    .fault();
        }
        return ahead != null;
    }

    private SqlRow take() {
        SqlRow row = ahead;
        if (row == null) {
            throw new NoSuchElementException();
        }
        try {
            ahead = fetch();
        } catch (SQLException e) {
            close("reading failed before");
            throw sql.translated(e, text);
        }
        return row;
    }

    private @Nullable SqlRow fetch() throws SQLException {
        if (rows == null || !rows.next()) {
            end();
            return null;
        }
        List<@Nullable Object> values = new ArrayList<>(columns.names.size());
        for (int column = 1; column <= columns.names.size(); column++) {
            values.add(SqlValues.of(sql.dialect().found(rows, column, declared.get(column - 1))));
        }
        return new SqlRow(columns, values);
    }

    private void end() throws SQLException {
        PreparedStatement ending = statement;
        statement = null;
        rows = null;
        sql.ended(this);
        if (ending != null) {
            ending.close();
        }
    }

    // ---- columns

    private static List<String> declared(ResultSetMetaData found) throws SQLException {
        List<String> declared = new ArrayList<>();
        for (int column = 1; column <= found.getColumnCount(); column++) {
            String name = found.getColumnTypeName(column);
            declared.add(name == null ? "" : name.toLowerCase(Locale.ROOT));
        }
        return declared;
    }

    private static SqlRow.Columns columns(ResultSetMetaData found, boolean converting) throws SQLException {
        List<String> names = new ArrayList<>();
        List<@Nullable Type> types = new ArrayList<>();
        for (int column = 1; column <= found.getColumnCount(); column++) {
            String label = found.getColumnLabel(column);
            int bracket = converting && label.endsWith("]") ? label.lastIndexOf('[') : -1;
            names.add(bracket < 0 ? label : label.substring(0, bracket).stripTrailing());
            if (!converting) {
                types.add(null);
            } else if (bracket < 0) {
                types.add(declared(found.getColumnTypeName(column)));
            } else {
                types.add(asked(label.substring(bracket + 1, label.length() - 1).strip()));
            }
        }
        return new SqlRow.Columns(names, types);
    }

    /** The type to convert a column to by its declared type, of which the first word counts; null for none. */
    private static @Nullable Type declared(@Nullable String name) {
        String first = name == null ? "" : name.strip().toLowerCase(Locale.ROOT).split("[ (]", 2)[0];
        return switch (first) {
            case "date", "date_text" -> Type.DATE;
            case "timestamp", "datetime", "datetime_text" -> Type.dateTime(9);
            case "instant_text" -> Type.instant(9);
            case "time_text" -> new Type.Time(9);
            case "uuid_text" -> Type.UUID;
            default -> null;
        };
    }

    /** The type that a column's name asks for: one of {@link #declared}, or of Keepsake's own; null for none. */
    private static @Nullable Type asked(String name) {
        Type declared = declared(name);
        if (declared != null) {
            return declared;
        }
        try {
            return Type.parse(name);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
