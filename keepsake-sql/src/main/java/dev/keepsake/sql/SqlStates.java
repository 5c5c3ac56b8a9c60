package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** States as rows, and rows as States: a cursor whose State is a view of the current row. */
final class SqlStates implements Cursor, State {
    private final Shape shape;
    private final Kind kind;
    private final Column[] columns;
    private final ResultSet rows;
    private final SqlConnection connection;
    private final SqlConnection.Lease lease;
    private boolean at;
    private boolean closed;
    private boolean cut;

    SqlStates(
            Shape shape,
            Kind kind,
            List<Column> columns,
            ResultSet rows,
            SqlConnection connection,
            SqlConnection.Lease lease) {
        this.shape = shape;
        this.kind = kind;
        this.columns = columns.toArray(Column[]::new);
        this.rows = rows;
        this.connection = connection;
        this.lease = lease;
    }

    // ---- the cursor

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public boolean next() {
        if (cut) {
            throw Problem.CLOSED
                    .because("the transaction ended before all States were read")
                    .store(connection.info())
                    .fault();
        }
        if (closed) {
            at = false;
            return false;
        }
        try {
            at = rows.next();
        } catch (SQLException e) {
            at = false;
            throw connection.fault(e, lease.sql());
        }
        if (!at) {
            close();
        }
        return at;
    }

    @Override
    public State state() {
        if (!at) {
            throw new NoSuchElementException("the cursor is at no State");
        }
        return this;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            lease.close();
        }
    }

    /** Ends reading because the transaction ends: whoever reads on is told, lest what is left seem to be nothing. */
    void cut() {
        if (!closed) {
            cut = true;
            at = false;
            close();
        }
    }

    boolean isClosed() {
        return closed;
    }

    // ---- the row

    @Override
    public boolean has(int position) {
        return true;
    }

    @Override
    public @Nullable Object at(int position) {
        Object found = nativeAt(position);
        if (found == null) {
            return null;
        }
        try {
            return columns[position].decode(found);
        } catch (Fault fault) {
            throw undecodable(position, found, fault.sentence(), fault);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw undecodable(position, found, "expected " + columns[position].type(), e);
        }
    }

    private @Nullable Object nativeAt(int position) {
        try {
            Object found = rows.getObject(position + 1);
            return found instanceof Integer number ? (Object) number.longValue() : found;
        } catch (SQLException e) {
            throw connection.fault(e, lease.sql());
        }
    }

    @Override
    public boolean isNull(int position) {
        return columns[position].comparison() == Column.Comparison.JSON
                ? at(position) == null
                : nativeAt(position) == null;
    }

    private Fault undecodable(int position, Object found, String why, Exception cause) {
        String was = found instanceof String ? "text" : found instanceof Number ? "the number" : "bytes";
        return Problem.STATE_UNDECODABLE
                .because(
                        "cannot decode %s: %s holds %s %s, %s",
                        kind.name(), shape.name(position), was, Report.quote(found), why)
                .store(connection.info())
                .at(kind.name() + place() + " $." + shape.name(position))
                .cause(cause)
                .hint("mend the value, or declare the field with a type that takes it")
                .fault();
    }

    private String place() {
        StringBuilder place = new StringBuilder();
        for (String part : kind.id()) {
            int position = shape.position(part);
            Object id = position < 0 ? null : nativeAt(position);
            place.append('/').append(Report.quote(id));
        }
        return place.toString();
    }

    // ---- binding

    static void bind(PreparedStatement statement, List<?> binds) throws SQLException {
        for (int i = 0; i < binds.size(); i++) {
            bind(statement, i + 1, binds.get(i));
        }
    }

    static void bind(PreparedStatement statement, int index, @Nullable Object nativeValue) throws SQLException {
        switch (nativeValue) {
            case null -> statement.setObject(index, null);
            case Long number -> statement.setLong(index, number);
            case Double number -> statement.setDouble(index, number);
            case String text -> statement.setString(index, text);
            case byte[] bytes -> statement.setBytes(index, bytes);
            default -> throw new IllegalArgumentException("not a native value: " + nativeValue.getClass());
        }
    }

    /** The native value of a State's field, encoded for its column; null for null. */
    static @Nullable Object encoded(Column column, @Nullable Object value, String kind, String field) {
        if (value == null) {
            return null;
        }
        try {
            return column.encode(value);
        } catch (IllegalArgumentException | ArithmeticException | ClassCastException e) {
            throw Problem.VALUE_REFUSED
                    .because("%s of kind %s cannot keep %s", field, kind, Report.quote(value))
                    .at(kind + " $." + field)
                    .fact("reason", e.getMessage())
                    .cause(e)
                    .fault();
        }
    }
}
