package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.store.Taken;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The errors of MariaDB and MySQL as ours (Knowledge Base, "MariaDB Error Code Reference"): the only place that knows them. */
final class MariadbErrors {
    private static final Pattern QUOTED = Pattern.compile("['`]([^'`]*)['`]");
    private static final Pattern MISSING =
            Pattern.compile("(?:Column|Field) '(.*)' (?:cannot|doesn't)", Pattern.DOTALL);
    private static final Pattern TAKEN = Pattern.compile("Duplicate entry '(.*)' for key '(.*)'", Pattern.DOTALL);
    private static final Pattern CONSTRAINT = Pattern.compile("CONSTRAINT `([^`]*)`");
    private static final Pattern REFERENCE = Pattern.compile(
            "`([^`]*)`(?:, |\\.`([^`]*)`, )?.*FOREIGN KEY \\(([^)]*)\\) REFERENCES `([^`]*)`", Pattern.DOTALL);

    private MariadbErrors() {}

    /** What the server said of a statement, not what the driver says of its batch. */
    private static SQLException told(SQLException e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof SQLException told && !(t instanceof BatchUpdateException)) {
                return told;
            }
        }
        return e;
    }

    /** Why no connection could be made. */
    static Report connecting(SQLException e) {
        SQLException told = told(e);
        String message = message(told);
        Report report;
        if (told.getErrorCode() > 0) {
            return report(e, null, null);
        } else if (message.contains("parsing url")) {
            report = ServerErrors.option(message.replaceFirst("^error parsing url ?: ?", ""));
        } else if (message.toLowerCase(Locale.ROOT).contains("ssl not enabled")) {
            report = ServerErrors.unencrypted(message);
        } else {
            report = ServerErrors.unconnected(e, message.replaceFirst("^Could not connect to \\S+ ?: ", ""));
        }
        return report.fact("sqlstate", told.getSQLState());
    }

    static Report report(SQLException e, @Nullable String statement, @Nullable String kind) {
        SQLException told = told(e);
        String message = message(told);
        boolean reads = statement != null && statement.toLowerCase(Locale.ROOT).startsWith("select");
        Report report = switch (told.getErrorCode()) {
            case 1062, 1586 -> taken(message, kind);
            case 1048, 1364 -> required(message, kind);
            case 4025, 3819 ->
                Problem.CHECK_VIOLATION
                        .because("the check %s does not hold", check(message))
                        .fact("kind", kind)
                        .fact("rule", check(message));
            case 1451, 1452, 1216, 1217 -> reference(told.getErrorCode(), message, kind);
            case 1644, 1690, 1264, 1406, 1292, 1366, 1265, 1367, 1411, 1118, 1153, 1301, 3140, 3156 ->
                refused(told.getErrorCode(), message, reads);
            case 1213 ->
                Problem.TRANSACTION_CONFLICT
                        .because("two transactions waited for each other, and this one was given up")
                        .hint("run the transaction again");
            case 1020 ->
                Problem.TRANSACTION_CONFLICT
                        .because("another transaction wrote what this one has read")
                        .hint("run the transaction again");
            case 1205 ->
                Problem.STORE_BUSY
                        .because("another transaction holds what this one wants to lock or write")
                        .hint("try again, or wait longer");
            case 1969, 3024, 1317 ->
                Problem.TIME_LIMIT
                        .because("the statement took longer than it may, or was cancelled")
                        .hint("ask for less, or raise the option statementTimeout");
            case 1021, 1114, 1041, 1037 ->
                Problem.STORE_FULL
                        .because("the server has no disk or memory left: %s", Report.quote(message))
                        .hint("make room, then try again");
            case 1040, 1203, 1226 ->
                Problem.STORE_BUSY
                        .because("the server takes no more connections")
                        .hint("open fewer: the option maxConnections says how many a store may");
            case 1290, 1792, 1836 -> Problem.STORE_READ_ONLY.because("the transaction or the server only reads");
            case 1146, 1051, 1109 ->
                Problem.UNKNOWN_KIND
                        .because("there is no kind %s", table(message))
                        .fact("kind", table(message));
            case 1054 -> Problem.UNKNOWN_FIELD.because("there is no field %s", first(QUOTED, message));
            case 1059, 1102, 1103, 1166, 1280, 1300 ->
                told.getErrorCode() == 1300 && !declares(statement)
                        ? Problem.VALUE_REFUSED.because("the database refuses a value: %s", Report.quote(message))
                        : Problem.MODEL_INVALID
                                .because("MariaDB does not take the name: %s", Report.quote(message))
                                .hint(
                                        "give it another stored name: of at most 64 characters, with no blank at its end");
            case 1044, 1142, 1143, 1227, 1370 ->
                Problem.ACCESS_DENIED
                        .because("the account may not do this: %s", Report.quote(message))
                        .hint("grant it the right, or connect as another user");
            case 1045, 1698, 1251, 1862 -> ServerErrors.denied();
            case 1049 ->
                Problem.DATABASE_MISSING
                        .because("there is no database %s on the server", first(QUOTED, message))
                        .hint("create it, or check the name behind the host");
            case 1305 ->
                message.contains("SAVEPOINT")
                        ? Problem.TRANSACTION_FAILED
                                .because(
                                        "the database has undone the whole transaction, not only what came after the mark")
                                .hint("roll back, then begin anew")
                        : Problem.MALFORMED_STATEMENT.because(
                                "MariaDB refuses the statement: %s", Report.quote(message));
            case 4037, 4038, 3141, 3143 ->
                Problem.STATE_UNDECODABLE
                        .because("a column of JSON holds text that is none")
                        .hint("mend the value, or ask without that field");
            default -> byState(told, message);
        };
        return report.fact("sqlstate", told.getSQLState())
                .fact("code", told.getErrorCode() > 0 ? told.getErrorCode() : null)
                .fact("statement", statement == null ? null : Report.quote(statement));
    }

    private static boolean declares(@Nullable String statement) {
        return statement != null && statement.matches("(?s)(?:CREATE|ALTER|DROP|RENAME) .*");
    }

    /** The message without the driver's frame: {@code (conn=7) ...}. */
    private static String message(SQLException e) {
        return String.valueOf(e.getMessage()).replaceFirst("^\\(conn=\\d+\\) ", "");
    }

    private static Report byState(SQLException e, String message) {
        String state = String.valueOf(e.getSQLState());
        if (state.startsWith("08")
                || state.startsWith("70100")
                || e.getErrorCode() == 1053
                || e.getErrorCode() == 1927) {
            return ServerErrors.gone(e);
        }
        if (state.startsWith("28")) {
            return ServerErrors.denied();
        }
        if (message.contains("closed")) {
            return Problem.CLOSED.because("the connection is closed");
        }
        return switch (state.substring(0, Math.min(2, state.length()))) {
            case "23" -> Problem.CHECK_VIOLATION.because("the database refuses it: %s", Report.quote(message));
            case "22" -> Problem.VALUE_REFUSED.because("the database refuses a value: %s", Report.quote(message));
            case "40" ->
                Problem.TRANSACTION_CONFLICT
                        .because("the transaction was undone by the server: %s", Report.quote(message))
                        .hint("run the transaction again");
            default -> Problem.MALFORMED_STATEMENT.because("MariaDB refuses the statement: %s", Report.quote(message));
        };
    }

    private static Report refused(int code, String message, boolean reads) {
        if (code == 1644) {
            return Problem.CHECK_VIOLATION
                    .because("the database refuses it: %s", Report.quote(message))
                    .fact("rule", message);
        }
        if (reads && code == 1690) {
            return Problem.SUM_OVERFLOW
                    .because("a figure is beyond what the database can compute")
                    .hint("sum fewer objects, or declare the field as a decimal");
        }
        return Problem.VALUE_REFUSED.because("the database refuses a value: %s", Report.quote(message));
    }

    /** MySQL writes the table before the key; the key says which fields only where the kind is known. */
    private static Report taken(String message, @Nullable String kind) {
        Matcher matcher = TAKEN.matcher(message);
        boolean known = matcher.find();
        String table = kind + ".";
        String key = !known
                ? "a unique key"
                : matcher.group(2).startsWith(table)
                        ? matcher.group(2).substring(table.length())
                        : kind == null ? matcher.group(2).replaceFirst("^.*\\.", "") : matcher.group(2);
        boolean id = key.equals("PRIMARY");
        return Taken.report(String.valueOf(kind), List.of(id ? "id" : key), known ? matcher.group(1) : null, id)
                .fact("constraint", key);
    }

    private static Report required(String message, @Nullable String kind) {
        String field = first(MISSING, message);
        return Problem.REQUIRED_VIOLATION
                .because("%s must not be null", field)
                .fact("kind", kind)
                .fact("rule", field);
    }

    private static String check(String message) {
        Matcher matcher =
                Pattern.compile("(?:CONSTRAINT `|constraint ')([^`']*)").matcher(message);
        return matcher.find() ? matcher.group(1) : message;
    }

    private static Report reference(int code, String message, @Nullable String kind) {
        Matcher matcher = REFERENCE.matcher(message);
        Matcher constraint = CONSTRAINT.matcher(message);
        boolean known = matcher.find();
        String table = known && matcher.group(2) != null ? matcher.group(2) : String.valueOf(kind);
        String fields = known ? matcher.group(3).replace("`", "") : "a reference";
        String target = known ? matcher.group(4) : "another kind";
        boolean deletes = code == 1451 || code == 1217;
        Report report = deletes
                ? Problem.REFERENCE_VIOLATION
                        .because("%s of kind %s still refers to an object of kind %s", fields, table, target)
                        .hint(
                                "delete those too, or let them refer elsewhere; a class says what is to happen by @OnDelete")
                : Problem.REFERENCE_VIOLATION.because(
                        "%s of kind %s names no object of kind %s", fields, table, target);
        return report.fact("rule", deletes ? fields + " of kind " + table : fields)
                .fact("constraint", constraint.find() ? constraint.group(1) : null);
    }

    private static String table(String message) {
        return first(QUOTED, message).replaceFirst("^.*\\.", "");
    }

    private static String first(Pattern pattern, String message) {
        Matcher matcher = pattern.matcher(message);
        return matcher.find() ? matcher.group(1) : message;
    }
}
