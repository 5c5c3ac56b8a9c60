package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.store.Features;
import dev.keepsake.store.StoreUrl;
import dev.keepsake.store.Transaction;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Direct SQL, without objects: statements with {@code ?} or {@code :name} parameters on one connection, and their rows.
 *
 * <pre>{@code
 * try (Sql sql = Sql.open("sqlite:people.db")) {
 *     sql.execute("create table people (id integer primary key, name text, count integer)");
 *     sql.execute("insert into people (name, count) values (?, ?)", "Jill", 15);
 *     sql.execute("update people set count = :count where name = :name", Map.of("name", "Jill", "count", 16));
 *     sql.commit();
 *     for (SqlRow row : sql.execute("select name, count from people")) {
 *         System.out.println(row.value("name") + " " + row.value("count"));
 *     }
 * }
 * }</pre>
 *
 * <h2>Transactions</h2>
 *
 * <p>There is no auto-commit (Python's PEP 249 has the same rule). The first statement, also a select, begins a transaction
 * that others see nothing of until {@link #commit}; {@link #close} without it rolls back, and says so as a warning. On SQLite
 * it is a <em>deferred</em> one, which takes locks as it needs them; while it is open it goes on seeing what it saw first, as on
 * MariaDB; on PostgreSQL each statement sees what is committed when it begins. Statements that a database refuses in a transaction
 * ({@code vacuum}) cannot be run here, nor {@code begin}, {@code commit} and {@code rollback} as text; {@code savepoint} can.
 *
 * <p>On PostgreSQL a failed statement fails its transaction, elsewhere only itself: any other is refused, with
 * {@code transaction-failed} and what failed first, until {@link #rollback} or {@code rollback to} a savepoint. On MariaDB and MySQL
 * a {@code transaction-conflict} has undone the whole transaction, and the next statement begins another; and
 * {@code create}, {@code alter} and {@code drop} commit what was written before them, and themselves.
 *
 * <h2>Parameters</h2>
 *
 * <p>The same statement runs everywhere, if the database knows its words: only {@code ?} and {@code :name} are parameters. A value is
 * bound and never becomes part of the text. It is what {@link dev.keepsake.value.Values#normalise} takes, but for lists and maps.
 *
 * <p>Where the database has no such type a value is given as text: a UUID, an object id, a date as {@code 2018-05-31}, a
 * {@link LocalDateTime} as {@code 2018-05-31 01:44:52.123000}, an {@link Instant} as {@code 2018-05-31T01:44:52.123Z} with 3, 6 or 9
 * digits, or on MariaDB and MySQL as the date and time in UTC; on SQLite also a decimal, and a boolean as 0 or 1. Where a column keeps
 * another form, give that form as text. On PostgreSQL text becomes what its place in the statement wants; where that is not clear, write
 * a cast: {@code ?::date}.
 *
 * <h2>Errors</h2>
 *
 * <p>{@link dev.keepsake.fault.Invalid} with {@code parameter-mismatch} where values do not fit the parameters,
 * {@code malformed-statement} for what is no single statement, {@code closed} after {@link #close}; what the database says
 * is translated, as anywhere in Keepsake: {@link dev.keepsake.fault.Violation}, {@link dev.keepsake.fault.Unavailable} ...
 * with the facts that it gives, {@code sqlstate} and {@code position} among them.
 *
 * <p>It does not map rows to objects, does not run scripts, and does not translate SQL: what {@code like} means is up to the
 * database: on SQLite it ignores ASCII case, on MariaDB it follows the collation, on PostgreSQL it ignores nothing. Belongs to one thread.
 */
public final class Sql implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Sql.class.getName());
    private static final int BATCH = 500;

    private final SqlDatabase database;
    private final @Nullable Connection own;
    private final @Nullable Transaction owner;
    private final Set<SqlResult> results = new LinkedHashSet<>();
    private boolean converting;
    private boolean closed;
    /** What the last statement failed by: where the database takes no more of them, that is what made the transaction fail. */
    private @Nullable Fault failure;

    private int unsaved;
    private int savepoints;

    private Sql(SqlDatabase database, @Nullable Connection own, @Nullable Transaction owner) {
        this.database = database;
        this.own = own;
        this.owner = owner;
    }

    /**
     * Opens the database of a URL such as {@code sqlite:people.db} or {@code postgresql://ann:p%40ss@localhost/app}, with one
     * connection and a transaction of its own. Two opens of {@code sqlite::memory:} are two databases.
     *
     * @throws dev.keepsake.fault.Invalid {@code malformed-url}, {@code unknown-scheme}
     * @throws dev.keepsake.fault.NotFound {@code database-missing}, {@code file-missing}
     * @throws dev.keepsake.fault.Unsupported {@code access-denied}
     * @throws dev.keepsake.fault.Unavailable where it cannot be reached
     */
    public static Sql open(String url) {
        return open(StoreUrl.parse(url));
    }

    /** As {@link #open(String)}, of a URL that is read already or made of parts. */
    public static Sql open(StoreUrl url) {
        Set<String> schemes = new SqlProvider().schemes();
        if (!schemes.contains(url.scheme())) {
            throw Problem.UNKNOWN_SCHEME
                    .because("no SQL store has the scheme %s", url.scheme())
                    .near(url.scheme(), new TreeSet<>(schemes))
                    .fault();
        }
        SqlDatabase database = SqlProvider.database(url);
        try {
            Connection connection = database.connect();
            connection.setAutoCommit(false);
            return new Sql(database, connection, null);
        } catch (SQLException e) {
            Fault fault = database.translate(e, null);
            database.close();
            throw fault;
        } catch (Fault e) {
            database.close();
            throw e;
        }
    }

    /**
     * Direct SQL inside a transaction of a SQL store, which sees what that wrote and the other way round. Only the owner of
     * the transaction ends it: {@link #commit} and {@link #rollback} are refused here, {@link #close} ends open results and
     * nothing else. It is to be closed before the transaction is ended. Objects that a session already holds do not learn
     * what is written here.
     *
     * @throws dev.keepsake.fault.Unsupported {@code feature-missing} where the store is not a SQL store
     * @throws dev.keepsake.fault.Invalid where the transaction has ended
     */
    public static Sql in(Transaction transaction) {
        transaction.unwrap(Connection.class);
        return new Sql(transaction.unwrap(SqlSource.class), null, transaction);
    }

    /**
     * Switches on or off, for the statements from now on, that values are converted when they are asked for: of a column
     * declared {@code date} to a date, of one declared {@code timestamp} or {@code datetime} to a date and time, and of a
     * column named {@code "born [date]"} to the type in the brackets, which are then not part of its name (as Python's
     * {@code PARSE_DECLTYPES} and {@code PARSE_COLNAMES}). In brackets any {@link dev.keepsake.value.Type} can be named. A
     * type of another name leaves the value as it is. It is off at first.
     *
     * @return this
     */
    public Sql converting(boolean on) {
        converting = on;
        return this;
    }

    // ---- statements

    /**
     * Runs a statement, its {@code ?} parameters given by position.
     *
     * @throws dev.keepsake.fault.Invalid {@code parameter-mismatch} with both numbers, {@code malformed-statement},
     *     {@code value-refused}, {@code closed}
     * @throws Fault what the database says
     */
    public SqlResult execute(String sql, @Nullable Object... arguments) {
        requireOpen();
        SqlText text = SqlText.parse(sql, dialect().quotes());
        return run(text, text.values(Arrays.asList(arguments)));
    }

    /**
     * Runs a statement, its {@code :name} parameters given by name, without the colon.
     *
     * @throws dev.keepsake.fault.Invalid {@code parameter-mismatch} with the name that is missing or too much,
     *     {@code malformed-statement}, {@code value-refused}, {@code closed}
     * @throws Fault what the database says
     */
    public SqlResult execute(String sql, Map<String, ? extends @Nullable Object> arguments) {
        requireOpen();
        SqlText text = SqlText.parse(sql, dialect().quotes());
        return run(text, text.values(arguments));
    }

    /**
     * Runs a write once for each row of values, all or nothing: when one fails, the others are undone too, and what was
     * written before this call stays.
     *
     * @param rows each an {@code Object[]} or a {@link Collection} for {@code ?}, or a {@link Map} for {@code :name}
     * @return the count of each row; none of the ids that were generated
     * @throws dev.keepsake.fault.Invalid as {@link #execute}, {@code malformed-statement} for what gives rows
     * @throws Fault what the database says; as any error of a row with the fact {@code row}, its number from 1
     */
    public SqlResult executeMany(String sql, Iterable<?> rows) {
        requireOpen();
        SqlText text = SqlText.parse(sql, dialect().quotes());
        requireInTransaction(text);
        if (text.reads() || text.returns()) {
            throw givesRows(text);
        }
        try {
            Connection connection = connection();
            List<Long> counts = allOrNothing(connection, () -> runAll(connection, text, rows));
            SqlResult result = new SqlResult(this, sql, text.changesRows() ? counts : List.of(), null);
            wrote(text, result.count());
            return result;
        } catch (SQLException e) {
            throw failed(translated(e, sql));
        }
    }

    /** The tables of the database, or of the current schema of it, sorted; views and the database's own tables left out. */
    public List<String> tableNames() {
        try {
            return tableNames(connection());
        } catch (SQLException e) {
            throw translated(e, null);
        }
    }

    private static List<String> tableNames(Connection connection) throws SQLException {
        Set<String> names = new TreeSet<>();
        DatabaseMetaData meta = connection.getMetaData();
        String schema = connection.getSchema();
        String pattern = schema == null ? null : schema.replaceAll("[_%]", "\\\\$0");
        String[] types = {"TABLE", "BASE TABLE", "PARTITIONED TABLE"};
        try (ResultSet tables = meta.getTables(connection.getCatalog(), pattern, "%", types)) {
            while (tables.next()) {
                names.add(tables.getString("TABLE_NAME"));
            }
        }
        return List.copyOf(names);
    }

    // ---- the transaction

    /**
     * Makes lasting, and visible to others, what was written since the last time. Results that are still open are closed.
     *
     * @throws dev.keepsake.fault.Invalid {@code closed}; {@code request-invalid} in a transaction of someone else's
     * @throws Fault what the database says; the transaction then stays open
     */
    public void commit() {
        Connection connection = ownConnection("commit");
        closeResults("the transaction of the result was committed");
        try {
            connection.commit();
        } catch (SQLException e) {
            throw translated(e, null);
        }
        unsaved = 0;
        failure = null;
    }

    /**
     * Undoes what was written since the last commit. Results that are still open are closed.
     *
     * @throws dev.keepsake.fault.Invalid {@code closed}; {@code request-invalid} in a transaction of someone else's
     */
    public void rollback() {
        Connection connection = ownConnection("roll back");
        closeResults("the transaction of the result was rolled back");
        try {
            connection.rollback();
        } catch (SQLException e) {
            throw translated(e, null);
        }
        unsaved = 0;
        failure = null;
    }

    /**
     * Closes open results and the connection, and rolls back what was written since the last commit, with a warning in the
     * log that says how many statements are lost. In a transaction of someone else's it closes open results. A second close
     * does nothing.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            closeResults("the result was closed with its Sql");
        } finally {
            if (own != null) {
                closeOwn(own);
            }
        }
    }

    private void closeOwn(Connection connection) {
        if (unsaved > 0) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "{0}: closed without commit, {1} lost",
                    database.info(),
                    statements(unsaved) + (unsaved == 1 ? " is" : " are"));
        }
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw translated(e, null);
        } finally {
            try {
                database.release(connection);
            } finally {
                database.close();
            }
        }
    }

    /** Whether statements can be run: this is not closed, nor is the transaction it is in. */
    public boolean isOpen() {
        try {
            connection();
            return true;
        } catch (Fault e) {
            return false;
        }
    }

    /** Which database it is, without a password, and whether it is open: {@code sqlite  people.db  open, 2 statements not committed}. */
    @Override
    public String toString() {
        String text = database.info() + (isOpen() ? "  open" : "  closed");
        return isOpen() && unsaved > 0 ? text + ", " + statements(unsaved) + " not committed" : text;
    }

    private static String statements(int count) {
        return count == 1 ? "1 statement" : count + " statements";
    }

    private void closeResults(String reason) {
        for (SqlResult result : List.copyOf(results)) {
            result.close(reason);
        }
    }

    private Connection ownConnection(String what) {
        requireOpen();
        if (own == null) {
            throw Problem.REQUEST_INVALID
                    .because("this is in a transaction of someone else's, and cannot " + what)
                    .store(database.info())
                    .hint("the transaction's owner ends it")
                    .fault();
        }
        return own;
    }

    /** The own connection, or that of the owner's transaction, which refuses when it has ended. */
    private Connection connection() {
        requireOpen();
        if (own != null) {
            return own;
        }
        if (owner != null) {
            return owner.unwrap(Connection.class);
        }
        throw new IllegalStateException("neither a connection nor a transaction");
    }

    private void requireOpen() {
        if (closed) {
            throw Problem.CLOSED
                    .because("the Sql is closed")
                    .store(database.info())
                    .fault();
        }
    }

    private void requireInTransaction(SqlText text) {
        if (text.boundsTransaction()) {
            throw Problem.MALFORMED_STATEMENT
                    .because("a transaction is not begun or ended by text")
                    .fact("statement", Report.quote(text.original()))
                    .store(database.info())
                    .hint("the first statement begins one; call commit() or rollback(), or write savepoint")
                    .fault();
        }
    }

    // ---- for results

    Dialect dialect() {
        return database.dialect();
    }

    Fault translated(SQLException exception, @Nullable String statement) {
        return database.translate(exception, statement);
    }

    void ended(SqlResult result) {
        results.remove(result);
    }

    /** How many statements are open behind results; for tests. */
    int openResults() {
        return results.size();
    }

    // ---- running

    private SqlResult run(SqlText text, List<@Nullable Object> values) {
        requireInTransaction(text);
        try {
            PreparedStatement statement = prepare(text);
            try {
                bind(statement, values);
                SqlResult result = statement.execute() ? rows(text, statement) : counts(text, statement);
                wrote(text, result.count());
                failure = null;
                return result;
            } catch (SQLException | RuntimeException e) {
                statement.close();
                throw e;
            }
        } catch (SQLException e) {
            throw failed(withNearNames(translated(e, text.original())));
        }
    }

    /** The error of a statement; that of one behind a failed one tells what failed first. */
    private Fault failed(Fault fault) {
        if (fault.problem() == Problem.TRANSACTION_FAILED && failure != null) {
            return fault.report()
                    .fact("first", failure.sentence())
                    .cause(failure)
                    .fault();
        }
        failure = fault.problem() == Problem.TRANSACTION_FAILED ? null : fault;
        return fault;
    }

    /** An error about a missing table, with the names that are most like it. */
    private Fault withNearNames(Fault fault) {
        if (fault.problem() != Problem.UNKNOWN_KIND || !(fault.facts().get("kind") instanceof String missing)) {
            return fault;
        }
        try {
            return fault.report()
                    .cause(fault.getCause())
                    .near(missing, tablesNow())
                    .fault();
        } catch (SQLException | Fault unnamed) {
            return fault; // what is wrong matters more than what would be right
        }
    }

    /** The tables, from another connection where the first error has ended the transaction of this one. */
    private List<String> tablesNow() throws SQLException {
        if (dialect().failures() != Dialect.Failures.OF_TRANSACTION) {
            return tableNames();
        }
        Connection other = database.connect();
        try {
            return tableNames(other);
        } finally {
            database.release(other);
        }
    }

    private PreparedStatement prepare(SqlText text) throws SQLException {
        Connection connection = connection();
        if (text.insertsValues()) {
            return connection.prepareStatement(text.text(), Statement.RETURN_GENERATED_KEYS);
        }
        PreparedStatement statement = connection.prepareStatement(text.text());
        statement.setFetchSize(BATCH);
        return statement;
    }

    private SqlResult rows(SqlText text, PreparedStatement statement) throws SQLException {
        SqlResult result = new SqlResult(this, text.original(), statement, converting);
        if (result.isOpen()) {
            results.add(result);
        }
        return result;
    }

    private SqlResult counts(SqlText text, PreparedStatement statement) throws SQLException {
        // drivers repeat the last count for a statement that has none
        long count = text.changesRows() ? statement.getLargeUpdateCount() : 0;
        Long id = text.insertsValues() && count == 1 ? generatedId(statement) : null;
        statement.close();
        return new SqlResult(this, text.original(), List.of(count), id);
    }

    private @Nullable Long generatedId(PreparedStatement statement) throws SQLException {
        try (ResultSet keys = statement.getGeneratedKeys()) {
            int column = dialect().generatedId(keys.getMetaData());
            return column > 0
                            && keys.next()
                            && keys.getObject(column) instanceof Number number
                            && !(number instanceof BigDecimal)
                    ? (Long) number.longValue()
                    : null;
        }
    }

    private void wrote(SqlText text, long count) {
        if (text.writes() && !(text.changesRows() && count == 0)) {
            unsaved++;
        }
        if (text.altersSchema() && dialect().features().alterations() == Features.AlterationScope.IMPLICIT_COMMIT) {
            unsaved = 0;
        }
    }

    // ---- many rows

    private interface Work<T> {
        T run() throws SQLException;
    }

    /**
     * Does the work between savepoints; when it fails it is undone. They are written as text, since the owner of a
     * transaction may have begun it so, and JDBC knows nothing of it.
     */
    private <T> T allOrNothing(Connection connection, Work<T> work) throws SQLException {
        String savepoint = "keepsake_sql_" + ++savepoints;
        try (Statement statement = connection.createStatement()) {
            statement.execute("savepoint " + savepoint);
            try {
                T done = work.run();
                statement.execute("release savepoint " + savepoint);
                return done;
            } catch (SQLException | RuntimeException e) {
                undo(statement, savepoint, e);
                throw e;
            }
        }
    }

    private static void undo(Statement statement, String savepoint, Exception failure) {
        try {
            statement.execute("rollback to savepoint " + savepoint);
            statement.execute("release savepoint " + savepoint);
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    private List<Long> runAll(Connection connection, SqlText text, Iterable<?> rows) throws SQLException {
        List<Long> counts = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(text.text())) {
            Iterator<?> rest = rows.iterator();
            while (rest.hasNext()) {
                runBatch(connection, statement, text, rest, counts);
            }
        }
        return counts;
    }

    private void runBatch(
            Connection connection, PreparedStatement statement, SqlText text, Iterator<?> rest, List<Long> counts)
            throws SQLException {
        int first = counts.size() + 1;
        List<List<@Nullable Object>> batch = new ArrayList<>();
        while (batch.size() < BATCH && rest.hasNext()) {
            batch.add(rowValues(text, rest.next(), first + batch.size()));
        }
        try {
            long[] changed = allOrNothing(connection, () -> runAtOnce(statement, batch));
            Arrays.stream(changed).forEach(count -> counts.add(Math.max(count, -1)));
        } catch (SQLException e) {
            runSingly(statement, text, batch, first);
            throw e;
        }
    }

    private long[] runAtOnce(PreparedStatement statement, List<List<@Nullable Object>> batch) throws SQLException {
        for (List<@Nullable Object> values : batch) {
            bind(statement, values);
            statement.addBatch();
        }
        return statement.executeLargeBatch();
    }

    /** Runs a failed batch again, to fail with the number of the row: few drivers say it. */
    private void runSingly(PreparedStatement statement, SqlText text, List<List<@Nullable Object>> batch, int first)
            throws SQLException {
        statement.clearBatch();
        for (int row = 0; row < batch.size(); row++) {
            try {
                bind(statement, batch.get(row));
                if (statement.execute()) {
                    throw givesRows(text);
                }
            } catch (SQLException e) {
                throw inRow(first + row, translated(e, text.original()));
            }
        }
    }

    private Fault givesRows(SqlText text) {
        return Problem.MALFORMED_STATEMENT
                .because("executeMany is for writes, and this statement gives rows")
                .fact("statement", Report.quote(text.original()))
                .store(database.info())
                .hint("call execute for each row")
                .fault();
    }

    private static List<@Nullable Object> rowValues(SqlText text, @Nullable Object row, int number) {
        try {
            return switch (row) {
                case Object[] array -> text.values(Arrays.asList(array));
                case Collection<?> list -> text.values(list);
                case Map<?, ?> map -> text.values(map);
                case null, default ->
                    throw Problem.PARAMETER_MISMATCH
                            .because("a row is an array, a collection or a map, not " + Report.quote(row))
                            .fault();
            };
        } catch (Fault e) {
            throw inRow(number, e);
        }
    }

    private static Fault inRow(int number, Fault fault) {
        return fault.report("row " + number + ": " + fault.sentence())
                .fact("row", number)
                .cause(fault.getCause())
                .fault();
    }

    // ---- binding

    private void bind(PreparedStatement statement, List<@Nullable Object> values) throws SQLException {
        for (int index = 0; index < values.size(); index++) {
            Object value = values.get(index);
            dialect()
                    .bind(statement, index + 1, value == null ? null : dialect().given(value));
        }
    }
}
