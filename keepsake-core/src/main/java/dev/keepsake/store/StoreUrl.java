package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A URL of a store: {@code scheme:place?option=value&option=value}. Its text never shows a password.
 *
 * @param scheme what selects the store, in lower case
 * @param place what is between the scheme and the options, as it is written
 * @param options by name, decoded
 */
public record StoreUrl(String scheme, String place, Map<String, String> options) {
    /** Copies the options. */
    public StoreUrl {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /**
     * Reads a URL.
     *
     * @throws dev.keepsake.fault.Invalid {@code malformed-url}
     */
    public static StoreUrl parse(String url) {
        int colon = url.indexOf(':');
        if (colon < 1 || !url.substring(0, colon).matches("[A-Za-z][A-Za-z0-9+.-]*")) {
            throw Problem.MALFORMED_URL
                    .because("a store's URL starts with its scheme and a colon")
                    .hint("for a file of SQLite write sqlite:FILE")
                    .fault();
        }
        int mark = url.indexOf('?', colon);
        if (mark >= 0 && url.startsWith("//", colon + 1) && url.indexOf('@', mark) >= 0) {
            throw Problem.MALFORMED_URL
                    .because("the URL's user and password hold a question mark as it is")
                    .hint("write ? as %3F, @ as %40, / as %2F, : as %3A in a user or password")
                    .fault();
        }
        Map<String, String> options = new LinkedHashMap<>();
        if (mark >= 0) {
            for (String option : url.substring(mark + 1).split("&", -1)) {
                int equals = option.indexOf('=');
                if (equals < 1) {
                    throw Problem.MALFORMED_URL
                            .because("the options of a URL are name=value, joined by &")
                            .fault();
                }
                if (options.put(decoded(option.substring(0, equals)), decoded(option.substring(equals + 1))) != null) {
                    throw Problem.MALFORMED_URL
                            .because("the option %s is given twice", option.substring(0, equals))
                            .fault();
                }
            }
        }
        return new StoreUrl(
                url.substring(0, colon).toLowerCase(java.util.Locale.ROOT),
                url.substring(colon + 1, mark < 0 ? url.length() : mark),
                options);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Problem.MALFORMED_URL
                    .because("an option of the URL holds a malformed %-escape")
                    .cause(e)
                    .fault();
        }
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
                        .because("%s: has no option %s", scheme, option)
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

    /** Scheme and place, with user and password left out. */
    @Override
    public String toString() {
        int at = place.startsWith("//") ? place.lastIndexOf('@') : -1;
        return scheme + ":" + (at < 0 ? place : "//" + place.substring(at + 1));
    }
}
