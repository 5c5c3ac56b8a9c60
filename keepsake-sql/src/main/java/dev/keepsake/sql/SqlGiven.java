package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows that a user's own SQL gave, as States: columns by their names, values as the driver or jOOQ read them. */
final class SqlGiven {
    private final Bound bound;
    private final SqlConnection connection;

    SqlGiven(Bound bound, SqlConnection connection) {
        this.bound = bound;
        this.connection = connection;
    }

    /**
     * The rows that are left of a result, or those of jOOQ.
     *
     * @throws dev.keepsake.fault.Invalid {@code request-invalid} for anything else, and for rows that lack fields of the kind
     */
    List<State> states(Object nativeRows) {
        if (nativeRows instanceof ResultSet rows) {
            return of(rows);
        }
        try {
            List<SqlJooq.Given> records = SqlJooq.records(nativeRows);
            if (records != null) {
                return records.stream()
                        .map(record -> state(columns(record.names()), record.values()))
                        .toList();
            }
        } catch (NoClassDefFoundError e) {
            // without jOOQ these are none of its records
        }
        throw Problem.REQUEST_INVALID
                .because("a %s is no row of this store", nativeRows.getClass().getName())
                .store(connection.info())
                .hint("pass a java.sql.ResultSet, or a Record or Result of jOOQ")
                .fault();
    }

    private List<State> of(ResultSet rows) {
        try {
            ResultSetMetaData about = rows.getMetaData();
            List<String> names = new ArrayList<>();
            for (int i = 1; i <= about.getColumnCount(); i++) {
                names.add(about.getColumnLabel(i));
            }
            int[] columns = columns(names);
            List<State> states = new ArrayList<>();
            while (rows.next()) {
                @Nullable Object[] values = new Object[columns.length];
                for (int i = 0; i < columns.length; i++) {
                    String field = bound.kind().shape().name(i);
                    Column column = bound.column(field);
                    Object found = column.read(rows, columns[i] + 1);
                    values[i] = found == null ? null : decoded(column, field, found);
                }
                states.add(State.of(bound.kind().shape(), values));
            }
            return states;
        } catch (SQLException e) {
            throw connection.fault(e, "a result that was given");
        }
    }

    /** Which column each field of the kind is in. */
    private int[] columns(List<String> names) {
        Map<String, Integer> exactly = new LinkedHashMap<>();
        Map<String, Integer> nearly = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            if (exactly.putIfAbsent(names.get(i), i) != null
                    && bound.kind().field(names.get(i)).isPresent()) {
                throw Problem.AMBIGUOUS_NAME
                        .because("the rows have two columns %s", names.get(i))
                        .store(connection.info())
                        .hint("give the other one another name, by AS")
                        .fault();
            }
            nearly.putIfAbsent(names.get(i).toLowerCase(Locale.ROOT), i);
        }
        Kind kind = bound.kind();
        int[] columns = new int[kind.shape().size()];
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < columns.length; i++) {
            String name = kind.shape().name(i);
            Integer at = exactly.getOrDefault(name, nearly.get(name.toLowerCase(Locale.ROOT)));
            if (at == null) {
                missing.add(name);
            } else {
                columns[i] = at;
            }
        }
        if (!missing.isEmpty()) {
            throw Problem.REQUEST_INVALID
                    .because("the rows lack %s of kind %s", String.join(", ", missing), kind.name())
                    .store(connection.info())
                    .hint(
                            "select all of its columns: an object that is made of some would seem to hold nothing in the others")
                    .fault();
        }
        return columns;
    }

    private State state(int[] columns, List<? extends @Nullable Object> row) {
        Kind kind = bound.kind();
        @Nullable Object[] values = new Object[columns.length];
        for (int i = 0; i < columns.length; i++) {
            Object given = row.get(columns[i]);
            values[i] = given == null ? null : given(kind.shape().name(i), given);
        }
        return State.of(kind.shape(), values);
    }

    private @Nullable Object given(String field, Object given) {
        Column column = bound.column(field);
        return decoded(column, field, column.given(given));
    }

    private @Nullable Object decoded(Column column, String field, Object given) {
        try {
            return column.decode(given);
        } catch (Fault | IllegalArgumentException | DateTimeException e) {
            throw Problem.STATE_UNDECODABLE
                    .because(
                            "cannot decode %s: %s holds %s, expected %s",
                            bound.kind().name(), field, Report.quote(given), column.type())
                    .store(connection.info())
                    .at(bound.kind().name() + " $." + field)
                    .cause(e)
                    .hint("select the column as it is; what jOOQ has converted may be read by fetchResultSet() instead")
                    .fault();
        }
    }
}
