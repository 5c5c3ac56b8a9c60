package dev.keepsake.keyvalue;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A pattern of keys, as the command KEYS of Redis has it (Redis manual, "KEYS"): {@code *} for any text, {@code ?} for one character,
 * {@code [a-c]} and {@code [^a]} for one of several, {@code \} for the next as it is. Immutable.
 */
final class KeyPattern {
    private final Pattern pattern;
    private final String prefix;

    private KeyPattern(Pattern pattern, String prefix) {
        this.pattern = pattern;
        this.prefix = prefix;
    }

    static KeyPattern of(String text) {
        StringBuilder regex = new StringBuilder();
        int[] all = text.codePoints().toArray();
        int at = 0;
        while (at < all.length) {
            int c = all[at++];
            if (c == '[') {
                at = set(text, all, at, regex);
            } else if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else {
                regex.append(literal(c == '\\' && at < all.length ? all[at++] : c));
            }
        }
        return new KeyPattern(Pattern.compile(regex.toString(), Pattern.DOTALL), text.split("[*?\\[\\\\]", 2)[0]);
    }

    /** The characters between brackets; gives where the pattern goes on. */
    private static int set(String text, int[] all, int from, StringBuilder regex) {
        int at = from;
        boolean isNot = at < all.length && all[at] == '^';
        StringBuilder members = new StringBuilder();
        at += isNot ? 1 : 0;
        while (at < all.length && all[at] != ']') {
            int least = all[at] == '\\' && at + 1 < all.length ? all[++at] : all[at];
            int greatest = least;
            if (at + 2 < all.length && all[at + 1] == '-' && all[at + 2] != ']') {
                greatest = all[at + 2];
                at += 2;
            }
            members.append(literal(Math.min(least, greatest))).append('-').append(literal(Math.max(least, greatest)));
            at++;
        }
        if (at >= all.length) {
            throw Problem.REQUEST_INVALID
                    .because("%s is no pattern of keys: a bracket is not closed", Report.quote(text))
                    .hint("* is any text, ? one character, [a-c] one of several, \\ takes the next as it is")
                    .fault();
        }
        if (members.isEmpty()) {
            regex.append(isNot ? "." : "(?!)");
        } else {
            regex.append(isNot ? "[^" : "[").append(members).append(']');
        }
        return at + 1;
    }

    private static String literal(int character) {
        return String.format(Locale.ROOT, "\\x{%x}", character);
    }

    /** What all keys that match start with. */
    String prefix() {
        return prefix;
    }

    boolean matches(String key) {
        return pattern.matcher(key).matches();
    }
}
