package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a server's database is and who asks for it: what {@code //user:password@host:port/database} in a {@link StoreUrl} says, with
 * nothing escaped any more. Prints itself as {@code host:port/database}, never with user or password. Immutable.
 *
 * @param host a name or an address; that of IPv6 without brackets
 * @param port from 1 to 65535
 * @param database its name
 * @param user the account's name
 * @param password null where there is none; an empty one is none
 * @param defaultPort the port that is left out when this is printed
 */
public record ServerAddress(
        String host,
        int port,
        String database,
        String user,
        @Nullable String password,
        int defaultPort) {
    /** The place of a server's URL; a user has no colon, the last @ ends the password, and neither has a slash. */
    private static final Pattern PLACE = Pattern.compile(
            "//(?:(?<user>[^/:]*)(?::(?<password>[^/]*))?@)?(?<host>[^/@]*)(?:/(?<database>.*))?", Pattern.DOTALL);

    private static final Pattern HOST =
            Pattern.compile("(?<name>\\[[^]]*]|(?!\\[)[^:]*)(?::(?<port>.*))?", Pattern.DOTALL);

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{M}\\p{N}._-]+");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._~-]+)?");

    /** Makes an empty password none. */
    public ServerAddress {
        password = password == null || password.isEmpty() ? null : password;
    }

    /** As {@link #of(StoreUrl, int, List)}, where the user, the host and the database must be given. */
    static ServerAddress of(StoreUrl url, int defaultPort) {
        return of(url, defaultPort, List.of("user", "host", "database"));
    }

    /** The address that a URL says; no error quotes anything of it but the scheme, since what is wrong may be the password. */
    static ServerAddress of(StoreUrl url, int defaultPort, List<String> needed) {
        Matcher place = PLACE.matcher(url.place());
        if (!place.matches()) {
            throw malformed(url, "the server stands behind two slashes").fault();
        }
        String database = written(place, "database");
        if (database.indexOf('@') >= 0) {
            throw malformed(url, "the user or password holds a slash as it is, or the database an @")
                    .hint(StoreUrl.ESCAPES)
                    .fault();
        }
        complete(url, place, needed);
        if (database.indexOf('/') >= 0) {
            throw malformed(url, "behind the host is one name, that of the database, and no more slashes")
                    .fault();
        }
        String at = written(place, "host");
        Matcher host = HOST.matcher(at);
        if (!at.startsWith("[") && at.indexOf(':') != at.lastIndexOf(':')) {
            throw malformed(url, "an address of IPv6 stands in brackets")
                    .hint("write [::1]:5432")
                    .fault();
        }
        if (!host.matches()) {
            throw malformed(url, "the host's brackets are closed, with a colon and the port behind them, or nothing")
                    .fault();
        }
        String port = host.group("port");
        if (port != null && !isPort(port)) {
            throw malformed(url, "the port is a whole number from 1 to 65535").fault();
        }
        return new ServerAddress(
                host(url, written(host, "name")),
                port == null ? defaultPort : Integer.parseInt(port),
                plain(url, place, "database"),
                plain(url, place, "user"),
                plain(url, place, "password"),
                defaultPort);
    }

    private static void complete(StoreUrl url, Matcher place, List<String> needed) {
        List<String> missing = new ArrayList<>();
        for (String part : needed) {
            String written = written(place, part);
            boolean portAlone = part.equals("host") && written.lastIndexOf(':') == 0;
            if (written.isEmpty() || portAlone) {
                missing.add("no " + part);
            }
        }
        if (!missing.isEmpty()) {
            throw malformed(url, "the URL has " + String.join(" and ", missing)).fault();
        }
    }

    private static String host(StoreUrl url, String written) {
        boolean brackets = written.startsWith("[") && written.endsWith("]");
        String host = brackets ? Escapes.plain(written.substring(1, written.length() - 1)) : written;
        if (host == null || !isHost(host) || brackets != host.indexOf(':') >= 0) {
            throw malformed(url, "the host is no name and no address")
                    .hint("a name has letters, digits, - _ and . only; an address of IPv6 stands in brackets")
                    .fault();
        }
        return host;
    }

    private static String plain(StoreUrl url, Matcher place, String part) {
        String plain = Escapes.plain(written(place, part));
        if (plain == null) {
            throw malformed(url, "the " + part + " holds a malformed %-escape")
                    .hint("write % as %25")
                    .fault();
        }
        return plain;
    }

    private static String written(Matcher place, String part) {
        String written = place.group(part);
        return written == null ? "" : written;
    }

    private static Report malformed(StoreUrl url, String sentence) {
        return Problem.MALFORMED_URL
                .because("%s: %s", url.scheme(), sentence)
                .hint("write " + url.scheme() + "://user:password@host:port/database");
    }

    /** Whether a name or address, that of IPv6 without brackets, can be that of a host. */
    static boolean isHost(String host) {
        int colon = host.indexOf(':');
        return colon < 0
                ? NAME.matcher(host).matches()
                : host.indexOf(':', colon + 1) > 0 && IPV6.matcher(host).matches();
    }

    static boolean isPort(String port) {
        return port.matches("[1-9][0-9]{0,4}") && Integer.parseInt(port) <= 65_535;
    }

    /** The place of a URL of these parts, which hold no halves of characters. */
    static String place(String host, @Nullable String port, String database, String user, String password) {
        String at = bracketed(host.replace("%", "%25")) + (port == null ? "" : ":" + port);
        return place(at, database, user, password);
    }

    private static String place(String at, String database, String user, String password) {
        return "//" + Escapes.escaped(user)
                + (password.isEmpty() ? "" : ":" + Escapes.escaped(password))
                + "@" + at
                + "/" + Escapes.escaped(database);
    }

    /** The place of a URL; that of a server, escaped in one way only, so that the same parts have the same place. */
    static String canonical(String written) {
        Matcher place = PLACE.matcher(written);
        if (!place.matches() || written(place, "user").isEmpty()) {
            return written;
        }
        String user = Escapes.plain(written(place, "user"));
        String password = Escapes.plain(written(place, "password"));
        String name = written(place, "database");
        String database =
                name.isEmpty() || name.indexOf('/') >= 0 || name.indexOf('@') >= 0 ? null : Escapes.plain(name);
        return user == null || password == null || database == null
                ? written
                : place(written(place, "host"), database, user, password);
    }

    private static String bracketed(String host) {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    /** Host and port as a URL has them, and the database. */
    @Override
    public String toString() {
        return bracketed(host) + (port == defaultPort ? "" : ":" + port) + "/" + Report.quote(database);
    }
}
