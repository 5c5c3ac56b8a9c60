package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** States as rows, and rows as States: a cursor whose State is a view of the current row. */
final class SqlStates implements Cursor, State, SqlTransaction.Reading {
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
    @Override
    public void cut() {
        if (!closed) {
            cut = true;
            at = false;
            close();
        }
    }

    @Override
    public boolean isClosed() {
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
        } catch (ArithmeticException e) {
            throw Problem.SUM_OVERFLOW
                    .because("%s of kind %s is beyond 64 bits", shape.name(position), kind.name())
                    .store(connection.info())
                    .hint("sum fewer objects, or declare the field as a decimal")
                    .fault();
        }
    }

    private @Nullable Object nativeAt(int position) {
        try {
            return columns[position].read(rows, position + 1);
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
        String was = found instanceof String
                ? "text"
                : found instanceof Number ? "the number" : found instanceof byte[] ? "bytes" : "the value";
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

    // ---- encoding

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
