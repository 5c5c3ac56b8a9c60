package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL of a store: {@code scheme:place?option=value&option=value}; of a server
 * {@code scheme://user:password@host:port/database?option=value}. It is read from text, from its parts, or from settings:
 *
 * <pre>{@code
 * StoreUrl.parse("postgresql://ann:p%40ss@localhost/app?sslmode=require")
 * StoreUrl.of("postgresql").host("localhost").database("app").user("ann").password("p@ss").build()
 * StoreUrl.fromEnvironment("postgresql", "DB_")
 * StoreUrl.fromProperties(Path.of("keepsake.properties"), "db.")
 * }</pre>
 *
 * <p>Two URLs of a server are equal if their parts are, however they are escaped. Neither its text nor an error shows a password.
 * Immutable. It does not look whether there is such a store, or such an option: opening does.
 *
 * @param scheme what selects the store, in lower case
 * @param place what is between the scheme and the options, as it is written: of a server it holds the password
 * @param options by name, decoded
 */
public record StoreUrl(String scheme, String place, Map<String, String> options) {
    /** How to write what would be misread. */
    static final String ESCAPES = "write % as %25, / as %2F, ? as %3F, @ as %40, and : in a user as %3A";

    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*");
    private static final Set<String> SECRETS = Set.of("password", "passwd", "pass", "pwd");

    /** A host and what is no port behind it, but may be a password without host. */
    private static final Pattern NO_PORT = Pattern.compile("(//[^/:\\[]*:)(?![0-9]{1,5}(?:/|$)).*", Pattern.DOTALL);

    /** Copies the options. */
    public StoreUrl {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /**
     * Reads a URL. Of the part before the host, the first colon ends the user and the last @ the password; {@code % / ?} are escaped in
     * them.
     *
     * @throws dev.keepsake.fault.Invalid {@code malformed-url}, which does not quote the URL
     */
    public static StoreUrl parse(String url) {
        return parse(url, null);
    }

    /** As {@link #parse(String)}, where an error says at which place the URL is written. */
    static StoreUrl parse(String url, @Nullable Object at) {
        int colon = url.indexOf(':');
        if (colon < 1 || !isScheme(url.substring(0, colon))) {
            throw malformed("a store's URL starts with its scheme and a colon", at)
                    .hint("for a file of SQLite write sqlite:FILE")
                    .fault();
        }
        int mark = url.indexOf('?', colon);
        if (mark >= 0 && url.startsWith("//", colon + 1) && url.indexOf('@', mark) >= 0) {
            throw malformed("the URL's user or password holds a question mark as it is, or an option an @", at)
                    .hint(ESCAPES)
                    .fault();
        }
        return new StoreUrl(
                url.substring(0, colon).toLowerCase(Locale.ROOT),
                url.substring(colon + 1, mark < 0 ? url.length() : mark),
                mark < 0 ? Map.of() : options(url.substring(mark + 1), at));
    }

    private static Map<String, String> options(String text, @Nullable Object at) {
        Map<String, String> options = new LinkedHashMap<>();
        String twice = null;
        for (String option : text.split("&", -1)) {
            int equals = option.indexOf('=');
            String name = Escapes.plain(equals < 0 ? option : option.substring(0, equals));
            String value = Escapes.plain(option.substring(equals + 1));
            if (name == null || value == null) {
                throw malformed("an option of the URL holds a malformed %-escape", at)
                        .hint("write % as %25")
                        .fault();
            }
            refuseSecret(name, at);
            if (equals < 1) {
                throw malformed("the options of a URL are name=value, joined by &", at)
                        .fault();
            }
            twice = options.put(name, value) == null ? twice : name;
        }
        if (twice != null) {
            throw malformed("the option " + Report.quote(twice) + " is given twice", at)
                    .fault();
        }
        return options;
    }

    static void refuseSecret(String option, @Nullable Object at) {
        if (SECRETS.contains(option.toLowerCase(Locale.ROOT))) {
            throw malformed("a password is no option of a URL, where it would be shown", at)
                    .hint("write it before the host: scheme://user:password@host/database")
                    .fault();
        }
    }

    static boolean isScheme(String text) {
        return SCHEME.matcher(text).matches();
    }

    private static Report malformed(String sentence, @Nullable Object at) {
        return Problem.MALFORMED_URL.because(sentence).at(at);
    }

    /** Starts the URL of a server of that scheme from its parts, which are given as they are, without escapes. */
    public static ServerParts of(String scheme) {
        return new ServerParts().part("scheme", scheme);
    }

    /**
     * The URL of a server from the environment: with the prefix {@code DB_} the variables {@code DB_HOST}, {@code DB_PORT},
     * {@code DB_NAME} (the database), {@code DB_USER} and {@code DB_PASSWORD}, as they are, without escapes. Only the port may be left
     * out; a password that is set to nothing is none. Other variables are not looked at. For a whole URL in one variable, parse that.
     *
     * @throws dev.keepsake.fault.Invalid {@code settings-invalid}, which names all variables that are missing, or the one that is wrong;
     *     their values are not quoted
     */
    public static StoreUrl fromEnvironment(String scheme, String prefix) {
        return fromEnvironment(scheme, prefix, System.getenv());
    }

    /** As {@link #fromEnvironment(String, String)}, of variables that someone else has read. */
    public static StoreUrl fromEnvironment(String scheme, String prefix, Map<String, String> variables) {
        return Settings.ofEnvironment(scheme, prefix, variables);
    }

    /**
     * The URL that a properties file in UTF-8 says. With the prefix {@code db.} it has {@code db.url} alone, or {@code db.scheme},
     * {@code db.host}, {@code db.port}, {@code db.database}, {@code db.user}, {@code db.password} and any {@code db.option.NAME}, as they
     * are, without escapes other than those of properties files. Only port and options may be left out; a password that is empty is none.
     * Keys without the prefix are left to others.
     *
     * @throws dev.keepsake.fault.NotFound {@code file-missing}
     * @throws dev.keepsake.fault.Invalid {@code settings-invalid}, which names all keys that are missing, or one that is unknown, given
     *     twice or wrong, or says what the file is instead; {@code malformed-url}; no value is quoted
     */
    public static StoreUrl fromProperties(Path file, String prefix) {
        return Settings.ofFile(file, prefix);
    }

    /**
     * The address of the server that this URL names, with nothing escaped any more.
     *
     * @param defaultPort where the URL has no port
     * @throws dev.keepsake.fault.Invalid {@code malformed-url} where it is none of a server, or has no user, host or database, or a port
     *     that is none; nothing of the URL is quoted but its scheme
     */
    public ServerAddress server(int defaultPort) {
        return ServerAddress.of(this, defaultPort);
    }

    /**
     * As {@link #server(int)}, where only some parts must be given; one that is left out is empty.
     *
     * @param needed of user, host and database those that must be given
     */
    public ServerAddress server(int defaultPort, List<String> needed) {
        return ServerAddress.of(this, defaultPort, needed);
    }

    /**
     * The same with an option more, or another value of one; neither is escaped.
     *
     * @throws dev.keepsake.fault.Invalid {@code malformed-url} for a password
     */
    public StoreUrl with(String option, String value) {
        refuseSecret(option, null);
        Map<String, String> more = new LinkedHashMap<>(options);
        more.put(option, value);
        return new StoreUrl(scheme, place, more);
    }

    /** The value of an option, if it is given. */
    public Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    /**
     * Checks that there are no options but these.
     *
     * @throws dev.keepsake.fault.Invalid {@code malformed-url} with near names
     */
    public StoreUrl allowing(Collection<String> names) {
        for (String option : options.keySet()) {
            if (!names.contains(option)) {
                throw Problem.MALFORMED_URL
                        .because("%s: has no option %s", scheme, Report.quote(option))
                        .near(option, names)
                        .fault();
            }
        }
        return this;
    }

    /**
     * The option as a whole number, or a default.
     *
     * @throws dev.keepsake.fault.Invalid {@code malformed-url} where it is none, or not between the two
     */
    public int number(String name, int otherwise, int least, int most) {
        String text = options.get(name);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < least || Integer.parseInt(text) > most) {
            throw Problem.MALFORMED_URL
                    .because("the option %s is a whole number from %d to %d", name, least, most)
                    .fault();
        }
        return Integer.parseInt(text);
    }

    /** Whether they open the same: as records are, where places of servers count by their parts. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StoreUrl url
                && scheme.equals(url.scheme)
                && options.equals(url.options)
                && ServerAddress.canonical(place).equals(ServerAddress.canonical(url.place));
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheme, options, ServerAddress.canonical(place));
    }

    /** Scheme and place, with user and password left out; what may be a password in a malformed one is left out too. */
    @Override
    public String toString() {
        return scheme + ":" + shown();
    }

    private String shown() {
        int at = place.lastIndexOf('@');
        int colon = place.indexOf(':');
        if (at > 2 && place.startsWith("//") && place.charAt(2) != '/') {
            return "//" + place.substring(at + 1);
        }
        if (colon >= 0 && colon < at) {
            return place.substring(0, colon + 1) + "..." + place.substring(at);
        }
        Matcher odd = NO_PORT.matcher(place);
        return odd.matches() ? odd.group(1) + "..." : place;
    }
}
