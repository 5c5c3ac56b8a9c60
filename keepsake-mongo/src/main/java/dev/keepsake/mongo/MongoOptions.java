package dev.keepsake.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoException;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.store.StoreUrl;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a URL {@code mongodb://user:password@host:port,host:port/database?option=value} says, or {@code mongodb+srv://} with a name whose
 * hosts and options are in DNS. All options of the driver are taken, under its names.
 *
 * @param scheme of the URL
 * @param given as the driver reads it; null where somebody else has a client
 * @param partial what a commit of several objects on a single server does
 * @param isValidating whether collections are made with a validator
 * @param shown the driver's options that are given, but for one that may hold secrets
 */
record MongoOptions(
        String scheme,
        @Nullable ConnectionString given,
        Partial partial,
        boolean isValidating,
        Map<String, String> shown) {
    static final MongoOptions NONE = new MongoOptions("mongodb", null, Partial.REFUSE, false, Map.of());

    /** What a commit of several objects does on a server without transactions. */
    enum Partial {
        /** It is refused before anything is sent. */
        REFUSE,
        /** It is done one by one, until one is refused. */
        ALLOW,
        /** It is done one by one, whichever are refused. */
        CONTINUE
    }

    private static final String PARTIAL = "partialCommits";
    private static final String VALIDATORS = "validators";
    private static final String SECRETS = "authMechanismProperties";
    private static final List<String> OURS = List.of(PARTIAL, VALIDATORS);
    private static final String FORM =
            "write mongodb://user:password@host:port/database, several hosts with commas between them";

    /** Those of the driver's manual, "Connection Options". */
    private static final List<String> DRIVER = List.of(
            "appName",
            "authMechanism",
            SECRETS,
            "authSource",
            "compressors",
            "connectTimeoutMS",
            "directConnection",
            "heartbeatFrequencyMS",
            "journal",
            "loadBalanced",
            "localThresholdMS",
            "maxConnecting",
            "maxIdleTimeMS",
            "maxLifeTimeMS",
            "maxPoolSize",
            "maxStalenessSeconds",
            "minPoolSize",
            "readConcernLevel",
            "readPreference",
            "readPreferenceTags",
            "replicaSet",
            "retryReads",
            "retryWrites",
            "serverMonitoringMode",
            "serverSelectionTimeoutMS",
            "socketTimeoutMS",
            "srvMaxHosts",
            "srvServiceName",
            "ssl",
            "sslInvalidHostNameAllowed",
            "timeoutMS",
            "tls",
            "tlsAllowInvalidHostnames",
            "tlsInsecure",
            "uuidRepresentation",
            "w",
            "waitQueueTimeoutMS",
            "wTimeoutMS",
            "zlibCompressionLevel");

    /**
     * Reads a URL.
     *
     * @throws dev.keepsake.fault.Invalid {@code malformed-url}
     */
    static MongoOptions of(StoreUrl url) {
        requireKnown(url.options());
        if (!url.place().startsWith("//")) {
            throw malformed("the URL names no host").hint(FORM).fault();
        }
        int path = url.place().indexOf('/', 2);
        if (path >= 0 && url.place().indexOf('@', path) >= 0) {
            throw malformed("the user or the password holds a / as it is")
                    .hint("escape it: %2F")
                    .fault();
        }
        Map<String, String> theirs = new LinkedHashMap<>(url.options());
        theirs.keySet().removeAll(OURS);
        StringBuilder text = new StringBuilder(url.scheme()).append(':').append(url.place());
        char before = '?';
        for (Map.Entry<String, String> option : theirs.entrySet()) {
            text.append(before).append(option.getKey()).append('=').append(escaped(option.getValue()));
            before = '&';
        }
        ConnectionString given;
        try {
            given = new ConnectionString(text.toString());
        } catch (IllegalArgumentException e) {
            throw malformed(String.valueOf(e.getMessage())).hint(FORM).fault();
        } catch (MongoException e) {
            throw Problem.STORE_UNREACHABLE
                    .because("the hosts of the name cannot be found in DNS")
                    .fact("reason", Report.quote(e.getMessage()))
                    .hint("check the name behind mongodb+srv://, and that this machine can ask DNS")
                    .cause(e)
                    .fault();
        }
        if (given.getDatabase() == null) {
            throw malformed("the URL names no database")
                    .hint("write it behind the hosts: mongodb://localhost/app")
                    .fault();
        }
        if (given.getCollection() != null) {
            throw malformed("a database has no dot in its name").fault();
        }
        Partial partial = switch (oneOf(url, PARTIAL, List.of("refuse", "allow", "continue"))) {
            case "allow" -> Partial.ALLOW;
            case "continue" -> Partial.CONTINUE;
            default -> Partial.REFUSE;
        };
        boolean isValidating = oneOf(url, VALIDATORS, List.of("none", "create")).equals("create");
        theirs.keySet().removeIf(SECRETS::equalsIgnoreCase);
        return new MongoOptions(url.scheme(), given, partial, isValidating, theirs);
    }

    private static String escaped(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The value of an option of ours, which is the first one where it is not given. */
    private static String oneOf(StoreUrl url, String option, List<String> values) {
        String given = url.option(option).orElse(values.getFirst());
        if (!values.contains(given)) {
            throw malformed(option + " is one of " + String.join(", ", values))
                    .near(given, values)
                    .fault();
        }
        return given;
    }

    /** The driver takes options that it does not know with a warning in its log. */
    private static void requireKnown(Map<String, String> options) {
        for (String name : options.keySet()) {
            boolean isKnown = OURS.contains(name) || DRIVER.stream().anyMatch(each -> each.equalsIgnoreCase(name));
            if (!isKnown) {
                List<String> names = new ArrayList<>(DRIVER);
                names.addAll(OURS);
                throw malformed("there is no option " + Report.quote(name))
                        .near(name, names)
                        .fault();
            }
        }
    }

    private static Report malformed(String sentence) {
        return Problem.MALFORMED_URL.because(sentence);
    }

    ConnectionString connection() {
        if (given == null) {
            throw new IllegalStateException("there is no URL");
        }
        return given;
    }

    String database() {
        return String.valueOf(connection().getDatabase());
    }

    /** Without the password, which the driver's own text has. */
    @Override
    public String toString() {
        return given == null ? scheme : scheme + "  " + place();
    }

    /** The hosts and the database. */
    String place() {
        ConnectionString at = connection();
        return String.join(",", at.getHosts()).toLowerCase(Locale.ROOT) + "/" + at.getDatabase();
    }
}
