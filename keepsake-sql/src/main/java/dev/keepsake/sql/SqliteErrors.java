package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.store.Taken;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** SQLite's errors as ours (SQLite manual, "Result and Error Codes"): the only place that knows them. */
final class SqliteErrors {
    private static final Pattern CONSTRAINT = Pattern.compile("constraint failed: (.*)", Pattern.DOTALL);
    private static final Pattern NO_TABLE = Pattern.compile("no such table: (.*)", Pattern.DOTALL);
    private static final Pattern NO_COLUMN =
            Pattern.compile("(?:no such column: |has no column named )(.*)", Pattern.DOTALL);

    private static final Pattern OURS = Pattern.compile("keepsake ([A-Z_]+): (.*)", Pattern.DOTALL);

    private SqliteErrors() {}

    /** A refusal of our own functions as a message of SQLite, which {@link #report} reads back. */
    static String message(Problem problem, String sentence) {
        return "keepsake " + problem.name() + ": " + sentence;
    }

    static Report report(SQLException e, @Nullable String statement, @Nullable String kind) {
        SQLiteErrorCode code = code(e);
        return switch (code) {
            case SQLITE_BUSY_SNAPSHOT ->
                Problem.TRANSACTION_CONFLICT
                        .because("another transaction wrote after this one had begun to read")
                        .hint("run the transaction again");
            case SQLITE_BUSY, SQLITE_BUSY_RECOVERY, SQLITE_BUSY_TIMEOUT, SQLITE_LOCKED, SQLITE_LOCKED_SHAREDCACHE ->
                Problem.STORE_BUSY
                        .because("the database is locked by another transaction")
                        .hint(
                                "try again, or wait longer; a session that only reads is opened with readingOnly(), and does not wait");
            case SQLITE_FULL ->
                Problem.STORE_FULL
                        .because("the database or its disk is full; nothing of this transaction is kept")
                        .hint("make room, then try again");
            case SQLITE_READONLY,
                    SQLITE_READONLY_CANTINIT,
                    SQLITE_READONLY_CANTLOCK,
                    SQLITE_READONLY_DBMOVED,
                    SQLITE_READONLY_DIRECTORY,
                    SQLITE_READONLY_RECOVERY,
                    SQLITE_READONLY_ROLLBACK ->
                Problem.STORE_READ_ONLY
                        .because("the database is read-only")
                        .hint("open it without mode=ro, and check the rights to the file and its folder");
            case SQLITE_NOTADB,
                    SQLITE_CORRUPT,
                    SQLITE_CORRUPT_VTAB,
                    SQLITE_CORRUPT_INDEX,
                    SQLITE_CORRUPT_SEQUENCE,
                    SQLITE_IOERR_SHORT_READ,
                    SQLITE_FORMAT ->
                Problem.NOT_A_DATABASE
                        .because(
                                code == SQLiteErrorCode.SQLITE_NOTADB
                                        ? "the file is no SQLite database"
                                        : "the SQLite database is damaged")
                        .hint("check the path; SQLite files start with the words SQLite format 3");
            case SQLITE_CANTOPEN,
                    SQLITE_CANTOPEN_FULLPATH,
                    SQLITE_CANTOPEN_ISDIR,
                    SQLITE_CANTOPEN_NOTEMPDIR,
                    SQLITE_PERM,
                    SQLITE_AUTH ->
                Problem.STORE_UNREACHABLE
                        .because("the database file cannot be opened")
                        .hint("check that its folder exists and that you may write there");
            case SQLITE_TOOBIG -> Problem.VALUE_REFUSED.because("a value is larger than SQLite keeps");
            case SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID ->
                taken(e, kind, code != SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE);
            case SQLITE_CONSTRAINT_NOTNULL -> violation(Problem.REQUIRED_VIOLATION, e, kind, "%s must not be null");
            case SQLITE_CONSTRAINT_CHECK -> violation(Problem.CHECK_VIOLATION, e, kind, "the check %s does not hold");
            case SQLITE_CONSTRAINT_FOREIGNKEY ->
                Problem.REFERENCE_VIOLATION.because("a reference names no object, or an object is still referred to");
            case SQLITE_CONSTRAINT_TRIGGER,
                    SQLITE_CONSTRAINT_VTAB,
                    SQLITE_CONSTRAINT_FUNCTION,
                    SQLITE_CONSTRAINT_DATATYPE ->
                Problem.CHECK_VIOLATION
                        .because("the database refuses it: %s", Report.quote(stripped(String.valueOf(e.getMessage()))))
                        .fact("rule", stripped(String.valueOf(e.getMessage())));
            case SQLITE_MISMATCH ->
                Problem.VALUE_REFUSED.because("an id that is SQLite's row number is a whole number");
            default -> other(code, e, statement);
        };
    }

    private static SQLiteErrorCode code(SQLException e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof SQLiteException sqlite) {
                return sqlite.getResultCode();
            }
        }
        SQLiteErrorCode code = SQLiteErrorCode.getErrorCode(e.getErrorCode());
        String message = String.valueOf(e.getMessage());
        if (code == SQLiteErrorCode.UNKNOWN_ERROR || code == SQLiteErrorCode.SQLITE_CONSTRAINT) {
            return constraint(message, code);
        }
        return code;
    }

    /** A batch's exception has the message alone. */
    private static SQLiteErrorCode constraint(String message, SQLiteErrorCode otherwise) {
        return Arrays.stream(SQLiteErrorCode.values())
                .filter(code -> message.contains("[" + code.name() + "]"))
                .findFirst()
                .orElse(
                        message.contains("UNIQUE constraint")
                                ? SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE
                                : message.contains("NOT NULL constraint")
                                        ? SQLiteErrorCode.SQLITE_CONSTRAINT_NOTNULL
                                        : message.contains("CHECK constraint")
                                                ? SQLiteErrorCode.SQLITE_CONSTRAINT_CHECK
                                                : message.contains("FOREIGN KEY constraint")
                                                        ? SQLiteErrorCode.SQLITE_CONSTRAINT_FOREIGNKEY
                                                        : otherwise);
    }

    /** What a constraint is about: a check is named by its name or text, the others by their columns, people.name, people.born. */
    private record Constraint(String kind, String rule) {
        static Constraint of(SQLException e, boolean columns, @Nullable String known) {
            Matcher matcher = CONSTRAINT.matcher(stripped(String.valueOf(e.getMessage())));
            String what = matcher.find() ? matcher.group(1) : "constraint";
            if (!columns || !what.contains(".")) {
                return new Constraint("", what);
            }
            // names may have dots of their own
            String kind = known != null && what.startsWith(known + ".") ? known : what.substring(0, what.indexOf('.'));
            return new Constraint(kind, what.replace(kind + ".", ""));
        }
    }

    private static Report taken(SQLException e, @Nullable String known, boolean id) {
        Constraint constraint = Constraint.of(e, true, known);
        if (constraint.kind.isEmpty()) {
            return Problem.UNIQUE_VIOLATION
                    .because("another object has the same %s", constraint.rule)
                    .fact("rule", constraint.rule);
        }
        return Taken.report(constraint.kind, List.of(constraint.rule.split(", ")), null, id);
    }

    private static Report violation(Problem problem, SQLException e, @Nullable String known, String sentence) {
        Constraint constraint = Constraint.of(e, problem != Problem.CHECK_VIOLATION, known);
        return problem.because(sentence, constraint.rule)
                .fact("kind", constraint.kind.isEmpty() ? null : constraint.kind)
                .fact("rule", constraint.rule);
    }

    private static Report other(SQLiteErrorCode code, SQLException e, @Nullable String statement) {
        String message = stripped(String.valueOf(e.getMessage()));
        Matcher table = NO_TABLE.matcher(message);
        Matcher column = NO_COLUMN.matcher(message);
        Matcher ours = OURS.matcher(message);
        Report report;
        if (ours.find()) {
            report = Problem.valueOf(ours.group(1)).because("%s", ours.group(2));
        } else if (message.contains("no such savepoint")) {
            report = Problem.TRANSACTION_FAILED
                    .because("the database has undone the whole transaction, not only what came after the mark")
                    .hint("roll back, then begin anew");
        } else if (message.contains("integer overflow")) {
            report = Problem.SUM_OVERFLOW
                    .because("a sum is beyond 64 bits")
                    .hint("sum fewer objects, or declare the field as a decimal");
        } else if (table.find()) {
            report = Problem.UNKNOWN_KIND
                    .because("there is no kind %s", table.group(1))
                    .fact("kind", table.group(1));
        } else if (column.find()) {
            report = Problem.UNKNOWN_FIELD.because("there is no field %s", column.group(1));
        } else if (message.contains("malformed JSON")) {
            report = Problem.STATE_UNDECODABLE
                    .because("a column of JSON holds text that is none")
                    .hint("mend the value, or ask without that field");
        } else if (statement != null && statement.endsWith("SET NOT NULL")) {
            report = Problem.REQUIRED_VIOLATION.because("a required field cannot be added where objects lack it");
        } else if (code == SQLiteErrorCode.SQLITE_ERROR) {
            report = Problem.MALFORMED_STATEMENT.because("SQLite refuses the statement: %s", Report.quote(message));
        } else if (message.contains("closed")) {
            report = Problem.CLOSED.because("the connection is closed");
        } else {
            report = Problem.STORE_UNREACHABLE.because("SQLite failed: %s", Report.quote(message));
        }
        return report.fact("statement", statement == null ? null : Report.quote(statement));
    }

    /** The message without the driver's frame: {@code [SQLITE_ERROR] SQL error or missing database (...)}. */
    private static String stripped(String message) {
        int open = message.indexOf(" (");
        return message.startsWith("[") && open > 0 && message.endsWith(")")
                ? message.substring(open + 2, message.length() - 1)
                : message;
    }
}
