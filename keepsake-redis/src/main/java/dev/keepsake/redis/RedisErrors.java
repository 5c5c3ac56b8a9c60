package dev.keepsake.redis;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisLoadingException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What Redis and its driver throw, as Keepsake's problems: the only place that knows both. An error reply of Redis begins with a word in
 * capitals, as the section "Simple errors" of Redis' protocol specification says.
 */
final class RedisErrors {
    private static final Pattern IN_SCRIPT = Pattern.compile("running script.*: -([A-Z]+) ");

    /** What a server says while another takes its place. */
    private static final Set<String> WAITED_OUT = Set.of("READONLY", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN");

    private RedisErrors() {}

    /** What was thrown, then its cause, the cause of that, and so on. */
    static List<Throwable> causes(Throwable thrown) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            causes.add(at);
        }
        return causes;
    }

    /** The problem that an exception stands for. */
    static Fault of(Throwable thrown, @Nullable Object store) {
        for (Throwable at : causes(thrown)) {
            if (at instanceof Fault fault) {
                return fault;
            }
            if (at instanceof RedisCommandExecutionException refused) {
                return refused(refused, store).cause(thrown).fault();
            }
        }
        return unreachable(thrown).store(store).cause(thrown).fault();
    }

    private static Report refused(RedisCommandExecutionException refused, @Nullable Object store) {
        String message = String.valueOf(refused.getMessage());
        String word = word(message);
        Report report = switch (word) {
            case "NOAUTH" ->
                Problem.ACCESS_DENIED
                        .because("the server asks for a password, and none was given")
                        .hint("write redis://:PASSWORD@host, or redis://USER:PASSWORD@host; where a sentinel asks, add"
                                + " sentinelLogin=same");
            case "WRONGPASS" ->
                Problem.ACCESS_DENIED
                        .because("the server does not know this user and password")
                        .hint("check both; an escape such as %40 stands for an @ in a URL");
            case "NOPERM" -> refusedByRules(message);
            case "OOM" ->
                Problem.STORE_FULL
                        .because("the server has no memory left, and takes no more writes")
                        .hint("raise its maxmemory, or delete what is not needed");
            case "MISCONF" ->
                Problem.STORE_FULL
                        .because("the server cannot write to its disk, and takes no more writes")
                        .fact("server", Report.quote(message))
                        .hint("look into the server's log: mostly its disk is full");
            case "READONLY" ->
                Problem.STORE_READ_ONLY
                        .because("the server is a replica, which takes no writes")
                        .hint("name its primary, or a sentinel, which knows it");
            case "WRONGTYPE" ->
                Problem.REQUEST_INVALID
                        .because("a key holds another sort of value than is expected of it")
                        .hint("another program wrote to a key of ours, or ours has its prefix: ?prefix=NAME");
            case "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS" ->
                Problem.STORE_BUSY
                        .because("the server cannot answer now: %s", Report.quote(message))
                        .hint("try again in a moment");
            default -> other(message);
        };
        return report.store(store);
    }

    /** The word that says what is wrong; of a command in a script it stands further on, with a minus in older servers. */
    private static String word(String message) {
        Matcher inScript = IN_SCRIPT.matcher(message);
        return inScript.find() ? inScript.group(1) : message.split("\\s", 2)[0].toUpperCase(Locale.ROOT);
    }

    private static Report refusedByRules(String message) {
        return Problem.ACCESS_DENIED
                .because("the user may not do this: %s", Report.quote(message))
                .hint("this is enough for the prefix keepsake: ACL SETUSER name on >password ~{keepsake*"
                        + " +@read +@write +@scripting +@connection +select +info +time");
    }

    private static Report other(String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("invalid password") || lower.contains("without any password configured")) {
            return Problem.ACCESS_DENIED
                    .because("the server does not know this user and password")
                    .hint("check both; where the server has no password, give none");
        }
        if (lower.contains("executing the script can't") || lower.contains("acl failure in script")) {
            return refusedByRules(message);
        }
        if (lower.contains("db index is out of range")) {
            return Problem.DATABASE_MISSING
                    .because("the server has no database of that number")
                    .hint("its configuration says how many there are: databases, mostly 16, counted from 0");
        }
        return Problem.REQUEST_INVALID.because(
                "the server refused the request: %s",
                Report.quote(message.replaceFirst("^ERR Error running script \\(call to f_[0-9a-f]+\\): ", "")));
    }

    private static Report unreachable(Throwable thrown) {
        for (Throwable at : causes(thrown)) {
            if (at instanceof InterruptedException) {
                return Problem.STORE_BUSY.because("the thread was interrupted while it waited for the server");
            }
            if (at instanceof UnknownHostException) {
                return Problem.STORE_UNREACHABLE
                        .because("there is no such host")
                        .hint("check its name");
            }
            if (at instanceof SSLException) {
                return Problem.STORE_UNREACHABLE
                        .because("the server's certificate is not accepted here, or the client's there")
                        .fact("reason", Report.quote(rootMessage(thrown)))
                        .hint(
                                "trust the server's by ca=FILE, or in the Java that runs this; verify=ca checks all but the host's"
                                        + " name; where the server asks for a certificate, give one by certificate=FILE and key=FILE");
            }
            if (at instanceof TimeoutException || at instanceof RedisCommandTimeoutException) {
                return Problem.TIME_LIMIT
                        .because("the server did not answer in time")
                        .hint("try again, or give it longer by the option timeout, in milliseconds");
            }
        }
        String reason = rootMessage(thrown);
        boolean closedPort = reason.contains("Connection refused");
        return Problem.STORE_UNREACHABLE
                .because(closedPort ? "nobody listens there" : "the server cannot be reached, or has gone")
                .fact("reason", Report.quote(reason))
                .hint(closedPort ? "check the port, and that the server runs" : "try again when it is back");
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = causes(thrown).getLast();
        return root instanceof ClosedChannelException ? "the connection was closed" : String.valueOf(root.getMessage());
    }

    /**
     * Whether what failed was not done at all, so that it can be sent again whatever it is.
     *
     * @param failsOver whether another server may take the place of this one
     */
    static boolean isUnsent(Throwable thrown, boolean failsOver) {
        for (Throwable at : causes(thrown)) {
            if (failsOver
                    && at instanceof RedisCommandExecutionException refused
                    && WAITED_OUT.contains(word(String.valueOf(refused.getMessage())))) {
                return true;
            }
            if (at instanceof RedisLoadingException || at instanceof RedisBusyException) {
                return true;
            }
            String message = String.valueOf(at.getMessage());
            if (at instanceof RedisException && message.contains("not connected")) {
                return true;
            }
            if (at instanceof RedisConnectionException && message.startsWith("Unable to connect")) {
                return true;
            }
        }
        return false;
    }

    /** Whether a server closed a new connection without a word. */
    static boolean isHangUp(Throwable thrown) {
        return causes(thrown).stream()
                .map(at -> String.valueOf(at.getMessage()))
                // the second where it went before the driver had begun to greet it
                .anyMatch(message -> message.contains("closed prematurely")
                        || message.contains("RedisHandshakeHandler not registered"));
    }

    /** Whether the connection went away, so that nobody knows what became of what was sent. */
    static boolean isLost(Throwable thrown) {
        return causes(thrown).stream().noneMatch(RedisCommandExecutionException.class::isInstance);
    }

    /** Nobody knows whether a commit was done. */
    static Fault unknownOutcome(@Nullable Object store, Throwable cause) {
        return Problem.COMMIT_OUTCOME_UNKNOWN
                .because("the connection was lost before the server said whether the commit was done")
                .store(store)
                .cause(cause)
                .hint("look whether it was done, before doing it again")
                .fault();
    }

    /** A kind was altered by others just now. */
    static Fault changedSchema(String kind) {
        return Problem.STORE_BUSY
                .because("kind %s was altered by others meanwhile", kind)
                .hint("try again")
                .fault();
    }

    /** The record of a kind changes all the time. */
    static Fault busySchema(String kind) {
        return Problem.STORE_BUSY
                .because("the record of kind %s is changed by others all the time", kind)
                .hint("try again in a moment")
                .fault();
    }
}
