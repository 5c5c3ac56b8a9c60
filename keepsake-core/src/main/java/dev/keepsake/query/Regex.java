package dev.keepsake.query;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The regular expressions that mean the same on every store: literals, {@code .} (any character but a line break), classes
 * {@code [a-z]} and {@code [^a-z]}, {@code \d \w \s} (ASCII), anchors {@code ^ $} (of the whole text), groups
 * {@code ( )}, alternatives {@code |}, greedy counts {@code * + ? {n} {n,} {n,m}} up to 255. A backslash takes a sign as it
 * is. Everything else is refused, since stores differ on it. Stateless.
 */
public final class Regex {
    private static final int MOST = 255;
    private static final int DEEPEST = 100;
    private static final String ANY_SIGN = "[\\s\\S]";

    private final String text;
    private final String end;
    private final boolean folding;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int depth;

    private Regex(String text, String end, boolean folding) {
        this.text = text;
        this.end = end;
        this.folding = folding;
    }

    /** @throws dev.keepsake.fault.Invalid {@code malformed-condition} with the position */
    static void check(String text) {
        new Regex(text, "", false).translated();
    }

    /**
     * The equivalent expression for the engine of a store: of groups, classes, counts and {@code \A} alone, which Java, PCRE, ICU
     * and PostgreSQL's own read alike where they tell the case of letters apart.
     *
     * @param end how the engine says the end of the whole text: {@code \z}, or {@code \Z} in PostgreSQL
     * @param ignoringCase whether the ASCII letters of the expression stand for both cases
     */
    public static String portable(String text, String end, boolean ignoringCase) {
        return new Regex(text, end, ignoringCase).translated();
    }

    /** A pattern of % and _ as such an expression, over the whole text. */
    public static String portableLike(String pattern, String end, boolean ignoringCase) {
        Regex regex = new Regex(pattern, end, ignoringCase);
        regex.out.append("\\A");
        while (regex.at < pattern.length()) {
            int c = regex.next();
            boolean wildcard = c == '%' || c == '_';
            if (c == '\\' && regex.at < pattern.length()) {
                c = regex.next();
                wildcard = false;
            }
            if (wildcard) {
                regex.out.append(c == '%' ? ANY_SIGN + "*" : ANY_SIGN);
            } else {
                regex.literal(c);
            }
        }
        return regex.out.append(end).toString();
    }

    /** The same for a part of a text, or for its beginning. */
    public static String portablePart(String part, boolean atStart, boolean ignoringCase) {
        Regex regex = new Regex(part, "", ignoringCase);
        regex.out.append(atStart ? "\\A" : "");
        while (regex.at < part.length()) {
            regex.literal(regex.next());
        }
        return regex.out.toString();
    }

    private int next() {
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        return c;
    }

    /** The equivalent pattern of {@link Pattern}, to be used with {@link java.util.regex.Matcher#find()}. */
    public static Pattern compile(String text, boolean ignoringCase) {
        return Pattern.compile(portable(text, "\\z", ignoringCase));
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
        return out.toString();
    }

    private void alternatives() {
        sequence();
        while (peek('|')) {
            out.append(text.charAt(at++));
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
        int c = next();
        switch (c) {
            case '^' -> out.append("\\A");
            case '$' -> out.append(end);
            case '.' -> out.append("[^\n\r]");
            case '(' -> group();
            case '[' -> charClass();
            case '\\' -> {
                String several = severalSigns();
                if (several != null) {
                    out.append('[').append(several).append(']');
                } else {
                    literal(escaped());
                }
            }
            case '*', '+', '?', '{' -> {
                at--;
                throw wrong("nothing is before the count");
            }
            default -> literal(c);
        }
        return c != '^' && c != '$';
    }

    /** One sign as itself; where the case of letters does not matter, as both. */
    private void literal(int c) {
        boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter && folding) {
            out.append('[')
                    .append((char) Character.toLowerCase(c))
                    .append((char) Character.toUpperCase(c))
                    .append(']');
        } else {
            plain(c);
        }
    }

    private void plain(int c) {
        boolean sign = c > ' ' && c < 127 && !Character.isLetterOrDigit(c);
        if (sign) {
            out.append('\\');
        }
        out.appendCodePoint(c);
    }

    private void group() {
        if (peek('?')) {
            throw wrong("groups that start with (? are not portable");
        }
        if (++depth > DEEPEST) {
            throw wrong("groups are nested deeper than " + DEEPEST + " levels");
        }
        out.append("(?:");
        alternatives();
        depth--;
        if (!peek(')')) {
            throw wrong("a closing parenthesis is missing");
        }
        at++;
        out.append(')');
    }

    /** What is behind a backslash, where it stands for several signs: to be put in brackets; null for one sign. */
    private @Nullable String severalSigns() {
        String several = peek('d') ? "0-9" : peek('w') ? "A-Za-z0-9_" : peek('s') ? " \t\n\u000B\f\r" : null;
        at += several == null ? 0 : 1;
        return several;
    }

    /** The one sign behind a backslash. */
    private int escaped() {
        if (at >= text.length()) {
            throw wrong("nothing is behind the backslash");
        }
        int c = text.codePointAt(at);
        boolean known = c == 't' || c == 'n' || c == 'r';
        if (!known && (c > 127 || Character.isLetterOrDigit(c))) {
            throw wrong("\\" + Report.quote(Character.toString(c)) + " is not portable");
        }
        at++;
        return c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
    }

    private void charClass() {
        out.append('[');
        if (peek('^')) {
            out.append('^');
            at++;
        }
        int start = at;
        while (!peek(']') || at == start) {
            int least = sign(at == start);
            boolean range = peek('-') && at + 1 < text.length() && text.charAt(at + 1) != ']';
            if (range) {
                at++;
                int greatest = sign(false);
                if (least < 0 || greatest < least) {
                    throw wrong("a range in a class goes from one sign up to another");
                }
                if (peek('-') && at + 1 < text.length() && text.charAt(at + 1) != ']') {
                    throw wrong("put a backslash before - in a class, or put it at the end");
                }
                signs(least, greatest);
            } else if (least >= 0) {
                signs(least, least);
            }
        }
        at++;
        out.append(']');
    }

    /** The signs from one to another, and where the case of letters does not matter those of the other case. */
    private void signs(int least, int greatest) {
        range(least, greatest);
        if (folding) {
            range(Math.max(least, 'a') - 32, Math.min(greatest, 'z') - 32);
            range(Math.max(least, 'A') + 32, Math.min(greatest, 'Z') + 32);
        }
    }

    private void range(int least, int greatest) {
        if (least > greatest) {
            return;
        }
        plain(least);
        if (least < greatest) {
            out.append('-');
            plain(greatest);
        }
    }

    /** One sign of a class; returns it, or -1 for several, as \\d are, which it writes. */
    private int sign(boolean first) {
        if (at >= text.length()) {
            throw wrong("a closing bracket is missing");
        }
        if (peek(']') || peek('[') || peek('&') || (peek('-') && !first && !text.startsWith("-]", at))) {
            throw wrong("put a backslash before " + text.charAt(at) + " in a class");
        }
        int c = next();
        if (c == '\\') {
            String several = severalSigns();
            if (several == null) {
                return escaped();
            }
            out.append(several);
            return -1;
        }
        return c;
    }

    private void count() {
        if (peek('*') || peek('+') || peek('?')) {
            out.append(text.charAt(at++));
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
            out.append(text, at, end + 1);
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
