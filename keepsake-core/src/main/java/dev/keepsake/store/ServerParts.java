package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the URL of a server while they are put together, each as it is, without escapes:
 *
 * <pre>{@code
 * StoreUrl url = StoreUrl.of("postgresql")
 *         .host("localhost")
 *         .port(5432)
 *         .database("app")
 *         .user("ann")
 *         .password("p@ss:w/rd")
 *         .option("sslmode", "require")
 *         .build();
 * }</pre>
 *
 * <p>A part that is given again replaces the one before. Nothing is checked before {@link #build}. Prints the names of its parts alone. Not safe for
 * use by several threads.
 */
public final class ServerParts {
    private final Map<String, String> parts = new LinkedHashMap<>();
    private final Map<String, String> options = new LinkedHashMap<>();

    /**
     * How an error speaks of parts.
     *
     * @param problem that is reported
     * @param names of the parts, where they were read
     * @param at where that was
     * @param needed the parts that must be given; the password among them may be empty
     */
    record Wording(
            Problem problem,
            UnaryOperator<String> names,
            @Nullable Object at,
            List<String> needed) {
        Report because(String sentence) {
            return problem.because(sentence).at(at);
        }
    }

    ServerParts() {}

    /** The host's name or address; that of IPv6 with or without brackets. */
    public ServerParts host(String host) {
        return part("host", host);
    }

    /** The port; without one, the default of the scheme. */
    public ServerParts port(int port) {
        return part("port", String.valueOf(port));
    }

    /** The name of the database. */
    public ServerParts database(String database) {
        return part("database", database);
    }

    /** The account's name. */
    public ServerParts user(String user) {
        return part("user", user);
    }

    /** The password; without one, or with an empty one, none is sent. */
    public ServerParts password(String password) {
        return part("password", password);
    }

    /** An option of the store. */
    public ServerParts option(String name, String value) {
        options.put(name, value);
        return this;
    }

    ServerParts part(String name, String value) {
        parts.put(name, value);
        return this;
    }

    /**
     * The URL.
     *
     * @throws dev.keepsake.fault.Invalid {@code malformed-url}, which names all of host, database and user that are missing, or the part
     *     that is wrong, and quotes none
     */
    public StoreUrl build() {
        return build(
                new Wording(Problem.MALFORMED_URL, name -> name, null, List.of("scheme", "host", "database", "user")));
    }

    StoreUrl build(Wording wording) {
        complete(wording);
        String host = parts("host").replaceFirst("^\\[(.*:.*)]$", "$1");
        String port = parts.get("port");
        check(wording, "scheme", StoreUrl.isScheme(parts("scheme")), "is not letters, digits, + - and .");
        check(wording, "host", ServerAddress.isHost(host), "is no name and no address of a host, without port");
        check(wording, "port", port == null || ServerAddress.isPort(port), "is no whole number from 1 to 65535");
        for (String part : List.of("database", "user", "password")) {
            check(wording, part, Escapes.escaped(parts(part)) != null, "holds half a character");
        }
        for (String option : options.keySet()) {
            StoreUrl.refuseSecret(option, wording.at);
            check(wording, "option", !option.isEmpty(), "has no name");
        }
        return new StoreUrl(
                parts("scheme").toLowerCase(Locale.ROOT),
                ServerAddress.place(host, port, parts("database"), parts("user"), parts("password")),
                options);
    }

    private String parts(String name) {
        return parts.getOrDefault(name, "");
    }

    private void complete(Wording wording) {
        List<String> missing = wording.needed.stream()
                .filter(part -> part.equals("password")
                        ? !parts.containsKey(part)
                        : parts(part).isEmpty())
                .map(wording.names)
                .toList();
        if (!missing.isEmpty()) {
            throw wording.because(String.join(" and ", missing) + (missing.size() == 1 ? " is" : " are") + " missing")
                    .hintIf(
                            wording.needed.contains("password") && !parts.containsKey("password"),
                            "where there is no password, set " + wording.names.apply("password") + " to nothing")
                    .fault();
        }
    }

    private static void check(Wording wording, String part, boolean right, String wrong) {
        if (!right) {
            throw wording.because(wording.names.apply(part) + " " + wrong).fault();
        }
    }

    /** Which parts are given, by their names alone. */
    @Override
    public String toString() {
        return "parts of a URL: " + String.join(", ", parts.keySet());
    }
}
