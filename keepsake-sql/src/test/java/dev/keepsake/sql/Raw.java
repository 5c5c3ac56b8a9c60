package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A SQLite file as any other program uses it, by JDBC alone, beside the store that is tested on it. */
record Raw(Path file) {
    static Raw in(Path folder) {
        return new Raw(folder.resolve("other.db"));
    }

    String url() {
        return "sqlite:" + file;
    }

    Guarded open() {
        return Stores.open(url());
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    Raw run(String... statements) {
        run(this::connect, statements);
        return this;
    }

    /** A database as JDBC opens it. */
    interface Connecting {
        Connection connect() throws SQLException;
    }

    static void run(Connecting database, String... statements) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Each row as its values with bars between. */
    List<String> rows(String sql) {
        return rows(this::connect, sql, ResultSet::getObject);
    }

    /** How a value of a row is read. */
    interface Reading {
        Object value(ResultSet rows, int column) throws SQLException;
    }

    static List<String> rows(Connecting database, String sql, Reading reading) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.add(String.valueOf(reading.value(rows, i)));
                }
                all.add(String.join("|", row));
            }
            return all;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All that the file declares. */
    List<String> schema() {
        return rows("select type, name, tbl_name, sql from sqlite_master order by type, name");
    }

    // ---- the store

    static Kind kind(Guarded store, String name) {
        return store.inspect().kind(name);
    }

    static List<State> all(Guarded store, Kind kind) {
        return store.read(transaction -> transaction.find(Selection.of(kind)).list());
    }

    static List<Object> values(Guarded store, Kind kind, String field, Condition where, String... order) {
        List<Order> keys = new ArrayList<>();
        for (String key : order) {
            keys.add(Order.parse(key));
        }
        List<Object> values = new ArrayList<>();
        store.read(transaction -> transaction
                        .find(Selection.of(kind).where(where).orderBy(keys))
                        .list())
                .forEach(state -> values.add(state.get(field)));
        return values;
    }

    static List<Object> insert(Guarded store, Kind kind, State... states) {
        return store.write(transaction ->
                transaction.write(Changeset.inserts(kind, List.of(states))).ids());
    }

    static void alter(Guarded store, Alteration... steps) {
        store.write(transaction -> {
            transaction.alter(List.of(steps));
            return List.of();
        });
    }

    static State state(Kind kind, Object... namesAndValues) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return kind.state(values);
    }

    static Fault refused(Problem problem, ThrowingCallable what) {
        Fault fault = catchThrowableOfType(Fault.class, what);
        assertThat(fault).as("a refusal: %s", problem.id()).isNotNull();
        assertThat(fault.problem()).as(fault.getMessage()).isEqualTo(problem);
        return fault;
    }
}
