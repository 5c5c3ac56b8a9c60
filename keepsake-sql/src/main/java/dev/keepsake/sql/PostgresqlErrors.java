package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.store.Taken;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** PostgreSQL's errors as ours (manual, "PostgreSQL Error Codes"): the only place that knows them. */
final class PostgresqlErrors {
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");
    private static final Pattern COLUMN = Pattern.compile("column (?:reference )?\"?([^\" ]+)\"?");
    private static final Pattern KEY = Pattern.compile("\\((.*?)\\)=\\((.*)\\)", Pattern.DOTALL);

    private PostgresqlErrors() {}

    /** What the server itself said, with the names of what it is about. */
    private static PSQLException told(SQLException e) {
        for (Throwable t = e; t != null; t = next(t)) {
            if (t instanceof PSQLException told) {
                return told;
            }
        }
        return new PSQLException(e.getMessage(), null, e);
    }

    private static @Nullable Throwable next(Throwable t) {
        return t instanceof BatchUpdateException batch && batch.getNextException() != null
                ? batch.getNextException()
                : t.getCause();
    }

    /** Why no connection could be made. */
    static Report connecting(SQLException e) {
        PSQLException told = told(e);
        String state = String.valueOf(told.getSQLState());
        String message = String.valueOf(told.getMessage());
        Report report;
        if (told.getServerErrorMessage() != null) {
            return report(e, null, null);
        } else if (message.contains("no password was provided")) {
            report = Problem.ACCESS_DENIED
                    .because("the server wants a password, and none is given")
                    .hint("give it behind the user: postgresql://user:password@host/database");
        } else if (state.equals("22023") || message.startsWith("Invalid ")) {
            report = ServerErrors.option(message);
        } else if (message.contains("does not support SSL")) {
            report = ServerErrors.unencrypted(message);
        } else {
            report = ServerErrors.unconnected(e, message);
        }
        return report.fact("sqlstate", told.getSQLState());
    }

    static Report report(SQLException e, @Nullable String statement, @Nullable String kind) {
        PSQLException told = told(e);
        ServerErrorMessage server = told.getServerErrorMessage();
        String state = told.getSQLState() == null ? String.valueOf(e.getSQLState()) : told.getSQLState();
        String message = server == null ? String.valueOf(told.getMessage()) : String.valueOf(server.getMessage());
        boolean reads = statement != null && statement.toLowerCase(Locale.ROOT).startsWith("select");
        Report report = switch (state) {
            case "23505" -> taken(server, message, kind);
            case "23502" ->
                Problem.REQUIRED_VIOLATION
                        .because(
                                statement != null && statement.startsWith("ALTER TABLE")
                                        ? "a required field cannot be added where objects lack it"
                                        : "%s must not be null",
                                server == null ? "a field" : String.valueOf(server.getColumn()))
                        .fact("kind", server == null ? kind : server.getTable())
                        .fact("rule", server == null ? null : server.getColumn());
            case "23514" ->
                Problem.CHECK_VIOLATION
                        .because(
                                "the check %s does not hold",
                                server == null ? "" : String.valueOf(server.getConstraint()))
                        .fact("kind", server == null ? kind : server.getTable())
                        .fact("rule", server == null ? null : server.getConstraint());
            case "23503" -> reference(server, message);
            case "23P01" ->
                Problem.CHECK_VIOLATION
                        .because(
                                "the constraint %s excludes it",
                                server == null ? "" : String.valueOf(server.getConstraint()))
                        .fact("rule", server == null ? null : server.getConstraint());
            case "25P02" ->
                Problem.TRANSACTION_FAILED
                        .because("the transaction has failed and is to be rolled back")
                        .hint("roll back, then begin anew");
            case "3B001" ->
                Problem.TRANSACTION_FAILED
                        .because("the database has undone the whole transaction, not only what came after the mark")
                        .hint("roll back, then begin anew");
            case "40001", "40P01" ->
                Problem.TRANSACTION_CONFLICT
                        .because(
                                state.equals("40P01")
                                        ? "two transactions waited for each other, and this one was given up"
                                        : "another transaction wrote what this one has read")
                        .hint("run the transaction again");
            case "55P03" ->
                Problem.STORE_BUSY
                        .because("another transaction holds what this one wants to lock or write")
                        .hint("try again, or wait longer");
            case "57014" ->
                Problem.TIME_LIMIT
                        .because("the statement took longer than it may, or was cancelled")
                        .hint("ask for less, or raise the option statementTimeout");
            case "53100", "53200" ->
                Problem.STORE_FULL
                        .because("the server has no disk or memory left: %s", Report.quote(message))
                        .hint("make room, then try again");
            case "53300" ->
                Problem.STORE_BUSY
                        .because("the server takes no more connections")
                        .hint("open fewer: the option maxConnections says how many a store may");
            case "25006" -> Problem.STORE_READ_ONLY.because("the transaction or the server only reads");
            case "42P01" ->
                Problem.UNKNOWN_KIND
                        .because("there is no kind %s", first(QUOTED, message))
                        .fact("kind", first(QUOTED, message));
            case "42703" -> Problem.UNKNOWN_FIELD.because("there is no field %s", first(COLUMN, message));
            case "42501" ->
                Problem.ACCESS_DENIED
                        .because("the account may not do this: %s", Report.quote(message))
                        .hint("grant it the right, or connect as another user");
            case "22003" ->
                reads
                        ? Problem.SUM_OVERFLOW
                                .because("a figure is beyond what the database can compute: %s", Report.quote(message))
                                .hint("sum fewer objects, or declare the field as a decimal")
                        : Problem.VALUE_REFUSED.because("a number is beyond what its column keeps");
            case "0A000" ->
                message.contains("cached plan")
                        ? Problem.TRANSACTION_CONFLICT
                                .because("the schema was changed by someone else meanwhile")
                                .hint("run the transaction again")
                        : Problem.FEATURE_MISSING.because("PostgreSQL cannot do this: %s", Report.quote(message));
            default -> byClass(state, told, message, reads);
        };
        String position = server != null && server.getPosition() > 0 ? String.valueOf(server.getPosition()) : null;
        return report.fact("sqlstate", state.equals("null") ? null : state)
                .fact("position", position)
                .fact("statement", statement == null ? null : Report.quote(statement));
    }

    private static Report byClass(String state, PSQLException e, String message, boolean reads) {
        return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "08", "57", "58", "XX" -> ServerErrors.gone(e);
            case "22" ->
                reads
                        ? Problem.STATE_UNDECODABLE.because(
                                "a stored value cannot be read as what it is compared with: %s", Report.quote(message))
                        : Problem.VALUE_REFUSED.because("the database refuses a value: %s", Report.quote(message));
            case "54" ->
                Problem.VALUE_REFUSED.because("a value is larger than the database takes: %s", Report.quote(message));
            case "23" -> Problem.CHECK_VIOLATION.because("the database refuses it: %s", Report.quote(message));
            case "28" -> ServerErrors.denied();
            case "3D" ->
                Problem.DATABASE_MISSING
                        .because("there is no database %s on the server", first(QUOTED, message))
                        .hint("create it, or check the name behind the host");
            case "3F" ->
                Problem.DATABASE_MISSING
                        .because("there is no schema %s in the database", first(QUOTED, message))
                        .hint("create it, or check the option schema");
            case "40" ->
                Problem.TRANSACTION_CONFLICT
                        .because("the transaction was undone by the server: %s", Report.quote(message))
                        .hint("run the transaction again");
            case "P0" ->
                Problem.CHECK_VIOLATION
                        .because("the database refuses it: %s", Report.quote(message))
                        .fact("rule", message);
            default ->
                message.contains("has been closed") || message.contains("is closed")
                        ? Problem.CLOSED.because("the connection is closed")
                        : Problem.MALFORMED_STATEMENT.because(
                                "PostgreSQL refuses the statement: %s", Report.quote(message));
        };
    }

    private static Report taken(@Nullable ServerErrorMessage server, String message, @Nullable String kind) {
        if (server == null) {
            return Problem.UNIQUE_VIOLATION.because("another object has the same values: %s", Report.quote(message));
        }
        Matcher key = KEY.matcher(String.valueOf(server.getDetail()));
        boolean known = key.find();
        List<String> fields = known
                ? Arrays.stream(key.group(1).split(", "))
                        .map(PostgresqlErrors::unquoted)
                        .toList()
                : List.of(String.valueOf(server.getConstraint()));
        String table = server.getTable() == null ? kind : server.getTable();
        boolean id = String.valueOf(server.getConstraint()).endsWith("_pkey");
        return Taken.report(String.valueOf(table), fields, known ? key.group(2) : null, id)
                .fact("constraint", server.getConstraint());
    }

    private static Report reference(@Nullable ServerErrorMessage server, String message) {
        String detail = server == null ? message : String.valueOf(server.getDetail());
        Matcher key = KEY.matcher(detail);
        boolean known = key.find();
        Report report;
        if (detail.contains("still referenced")) {
            report = Problem.REFERENCE_VIOLATION
                    .because(
                            "objects of kind %s still refer to %s",
                            first(QUOTED, detail), known ? key.group(2) : "this one")
                    .fact("referring", first(QUOTED, detail))
                    .hint("delete those too, or let them refer elsewhere; a class says what is to happen by @OnDelete");
        } else {
            report = Problem.REFERENCE_VIOLATION
                    .because(
                            "%s of kind %s names no object of kind %s",
                            known ? unquotedAll(key.group(1)) : "a reference",
                            server == null ? "" : String.valueOf(server.getTable()),
                            first(QUOTED, detail))
                    .fact("rule", known ? unquotedAll(key.group(1)) : null)
                    .fact("value", known ? Report.quote(key.group(2)) : null);
        }
        return report.fact("constraint", server == null ? null : server.getConstraint());
    }

    private static String unquotedAll(String names) {
        return String.join(
                ", ",
                Arrays.stream(names.split(", ")).map(PostgresqlErrors::unquoted).toList());
    }

    private static String unquoted(String name) {
        return name.startsWith("\"") && name.endsWith("\"") && name.length() > 1
                ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                : name;
    }

    private static String first(Pattern pattern, String message) {
        Matcher matcher = pattern.matcher(message);
        return matcher.find() ? matcher.group(1) : message;
    }
}
