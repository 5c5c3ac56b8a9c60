package dev.keepsake.query;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import java.util.regex.Pattern;

/**
 * The regular expressions that mean the same on every store: literals, {@code .} (any character but a line break), classes
 * {@code [a-z]} and {@code [^a-z]}, {@code \d \w \s} (ASCII), anchors {@code ^ $} (of the whole text), groups
 * {@code ( )}, alternatives {@code |}, greedy counts {@code * + ? {n} {n,} {n,m}} up to 255. A backslash takes a sign as it
 * is. Everything else is refused, since stores differ on it. Stateless.
 */
public final class Regex {
    private static final int MOST = 255;
    private static final int DEEPEST = 100;

    private final String text;
    private final StringBuilder java = new StringBuilder();
    private int at;
    private int depth;

    private Regex(String text) {
        this.text = text;
    }

    /** @throws dev.keepsake.fault.Invalid {@code malformed-condition} with the position */
    static void check(String text) {
        new Regex(text).translated();
    }

    /** The equivalent pattern of {@link Pattern}, to be used with {@link java.util.regex.Matcher#find()}. */
    public static Pattern compile(String text, boolean ignoringCase) {
        return Pattern.compile(new Regex(text).translated(), ignoringCase ? Pattern.CASE_INSENSITIVE : 0);
    }

    /**
     * Whether some part of a text matches a compiled expression.
     *
     * @throws dev.keepsake.fault.Invalid {@code request-invalid} where the text is too long for a repeated group, that Java's
     *     matcher follows by recursion
     */
    public static boolean find(Pattern pattern, String text) {
        try {
            return pattern.matcher(text).find();
        } catch (StackOverflowError e) {
            throw Problem.REQUEST_INVALID
                    .because(
                            "the regular expression repeats a group too often in a text of %d characters",
                            text.length())
                    .hint("write a class instead of alternatives: [ab]* instead of (a|b)*")
                    .fault();
        }
    }

    private String translated() {
        alternatives();
        if (at < text.length()) {
            throw wrong("an opening parenthesis is missing");
        }
        return java.toString();
    }

    private void alternatives() {
        sequence();
        while (peek('|')) {
            java.append(text.charAt(at++));
            sequence();
        }
    }

    private void sequence() {
        while (at < text.length() && !peek('|') && !peek(')')) {
            boolean countable = atom();
            if (countable) {
                count();
            }
        }
    }

    /** One atom; tells whether a count may follow. */
    private boolean atom() {
        int c = text.codePointAt(at);
        switch (c) {
            case '^' -> java.append("\\A");
            case '$' -> java.append("\\z");
            case '.' -> java.append("[^\\n\\r]");
            case '(' -> group();
            case '[' -> charClass();
            case '\\' -> java.append(escape(false));
            case '*', '+', '?', '{' -> throw wrong("nothing is before the count");
            default -> java.append(Pattern.quote(Character.toString(c)));
        }
        at += Character.charCount(text.codePointAt(at));
        return c != '^' && c != '$';
    }

    private void group() {
        at++;
        if (peek('?')) {
            throw wrong("groups that start with (? are not portable");
        }
        if (++depth > DEEPEST) {
            throw wrong("groups are nested deeper than " + DEEPEST + " levels");
        }
        java.append("(?:");
        alternatives();
        depth--;
        if (!peek(')')) {
            throw wrong("a closing parenthesis is missing");
        }
        java.append(')');
    }

    private String escape(boolean inside) {
        if (++at >= text.length()) {
            throw wrong("nothing is behind the backslash");
        }
        int c = text.codePointAt(at);
        return switch (c) {
            case 'd' -> signs("0-9", inside);
            case 'w' -> signs("A-Za-z0-9_", inside);
            case 's' -> signs(" \\t\\n\\x0B\\f\\r", inside);
            case 't' -> "\\t";
            case 'n' -> "\\n";
            case 'r' -> "\\r";
            default -> {
                if (c > 127 || Character.isLetterOrDigit(c)) {
                    throw wrong("\\" + Report.quote(Character.toString(c)) + " is not portable");
                }
                yield "\\" + (char) c;
            }
        };
    }

    /** Signs to choose from; inside a class without brackets, which a leading ^ would not reach into. */
    private static String signs(String signs, boolean inside) {
        return inside ? signs : "[" + signs + "]";
    }

    private void charClass() {
        java.append('[');
        at++;
        if (peek('^')) {
            java.append('^');
            at++;
        }
        int start = at;
        while (!peek(']') || at == start) {
            boolean first = at == start;
            int least = sign(first);
            boolean range = peek('-') && at + 1 < text.length() && text.charAt(at + 1) != ']';
            if (range) {
                at++;
                java.append('-');
                int greatest = sign(false);
                if (least < 0 || greatest < least) {
                    throw wrong("a range in a class goes from one sign up to another");
                }
                if (peek('-') && at + 1 < text.length() && text.charAt(at + 1) != ']') {
                    throw wrong("put a backslash before - in a class, or put it at the end");
                }
            }
        }
        java.append(']');
    }

    /** One sign of a class; returns it, or -1 for several, as \\d are. */
    private int sign(boolean first) {
        if (at >= text.length()) {
            throw wrong("a closing bracket is missing");
        }
        if (peek(']') || peek('[') || peek('&') || (peek('-') && !first && !text.startsWith("-]", at))) {
            throw wrong("put a backslash before " + text.charAt(at) + " in a class");
        }
        int c = text.codePointAt(at);
        if (c == '\\') {
            java.append(escape(true));
            c = text.codePointAt(at);
            boolean several = c == 'd' || c == 'w' || c == 's';
            c = several ? -1 : c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
            at++;
            return c;
        }
        java.append(Character.isLetterOrDigit(c) ? Character.toString(c) : String.format("\\x{%x}", c));
        at += Character.charCount(c);
        return c;
    }

    private void count() {
        if (peek('*') || peek('+') || peek('?')) {
            java.append(text.charAt(at++));
        } else if (peek('{')) {
            int end = text.indexOf('}', at);
            String counts = end < 0 ? "" : text.substring(at + 1, end);
            if (!counts.matches("\\d{1,3}(,(\\d{1,3})?)?")) {
                throw wrong("a count is {n}, {n,} or {n,m}");
            }
            int least = Integer.parseInt(counts.split(",", 2)[0]);
            String upper = counts.contains(",") ? counts.substring(counts.indexOf(',') + 1) : "";
            if (least > MOST
                    || (!upper.isEmpty() && (Integer.parseInt(upper) > MOST || Integer.parseInt(upper) < least))) {
                throw wrong("counts rise and are at most " + MOST);
            }
            java.append(text, at, end + 1);
            at = end + 1;
        }
        if (peek('*') || peek('+') || peek('?') || peek('{')) {
            throw wrong("lazy, possessive and repeated counts are not portable");
        }
    }

    private boolean peek(char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    private RuntimeException wrong(String why) {
        return Problem.MALFORMED_CONDITION
                .because("the regular expression %s is refused: %s", Report.quote(text), why)
                .at("position " + Math.min(at, text.length()))
                .fault();
    }
}
