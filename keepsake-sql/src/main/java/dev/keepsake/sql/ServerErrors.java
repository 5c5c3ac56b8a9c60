package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.sql.SQLException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a database server cannot be talked to: what all drivers hide in the causes of their exceptions. */
final class ServerErrors {
    private ServerErrors() {}

    /** The report for a connection that is lost. */
    static Report gone(SQLException e) {
        Report known = known(e);
        return known != null
                ? known
                : Problem.STORE_UNREACHABLE
                        .because("the connection to the server is lost")
                        .hint("what was not committed is undone; try again when the server is there");
    }

    /** The report for a connection that could not be made; the driver says why, where nobody else does. */
    static Report unconnected(SQLException e, String message) {
        Report known = known(e);
        return known != null
                ? known
                : Problem.STORE_UNREACHABLE
                        .because("no connection could be made: %s", Report.quote(message))
                        .hint("check that a server of that kind is at that host and port, and the options in the URL");
    }

    private static @Nullable Report known(SQLException e) {
        if (caused(e, UnknownHostException.class) || caused(e, UnresolvedAddressException.class)) {
            return Problem.STORE_UNREACHABLE
                    .because("there is no host of that name")
                    .hint("check the host in the URL");
        }
        if (caused(e, SocketTimeoutException.class)
                || caused(e, NoRouteToHostException.class)
                || String.valueOf(e.getMessage()).contains("timed out")) {
            return Problem.STORE_UNREACHABLE
                    .because("the server did not answer in time")
                    .hint(
                            "check host and port, and what stands between; the options connectTimeout and socketTimeout say how"
                                    + " long is waited");
        }
        if (caused(e, SSLException.class)) {
            return unencrypted(message(e, SSLException.class));
        }
        if (caused(e, ConnectException.class)) {
            return Problem.STORE_UNREACHABLE
                    .because("nobody listens at that host and port")
                    .hint("check that the server runs, and the port in the URL");
        }
        return null;
    }

    static Report unencrypted(String message) {
        return Problem.STORE_UNREACHABLE
                .because("no encrypted connection could be made: %s", message)
                .hint("check the driver's options about TLS in the URL, and the server's certificate");
    }

    /** A value of one of the driver's own options that it does not take. */
    static Report option(String message) {
        return Problem.MALFORMED_URL
                .because("the driver does not take an option of the URL: %s", Report.quote(message))
                .hint("see the driver's manual for what it takes");
    }

    static Report denied() {
        return Problem.ACCESS_DENIED
                .because("the server refuses the user, or the password")
                .hint("check both; write %40 for @, %3A for :, %2F for /, %3F for ? in a URL");
    }

    private static boolean caused(Throwable e, Class<? extends Exception> type) {
        return cause(e, type) != null;
    }

    private static @Nullable Throwable cause(Throwable e, Class<? extends Exception> type) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return t;
            }
        }
        return null;
    }

    private static String message(Throwable e, Class<? extends Exception> type) {
        Throwable cause = cause(e, type);
        return Report.quote(cause == null ? "" : cause.getMessage());
    }
}
