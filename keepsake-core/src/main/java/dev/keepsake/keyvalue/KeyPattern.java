package dev.keepsake.keyvalue;

import dev.keepsake.fault.Problem;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

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
        int i = 0;
        while (i < text.length()) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            int end = c == '[' ? text.indexOf(']', i) : -1;
            if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else if (end > i) {
                String set = text.substring(i, end);
                regex.append('[')
                        .append(set.replace("[", "\\[").replace("&&", "&\\&"))
                        .append(']');
                i = end + 1;
            } else {
                if (c == '\\' && i < text.length()) {
                    c = text.codePointAt(i);
                    i += Character.charCount(c);
                }
                regex.append(Pattern.quote(Character.toString(c)));
            }
        }
        try {
            return new KeyPattern(Pattern.compile(regex.toString(), Pattern.DOTALL), text.split("[*?\\[\\\\]", 2)[0]);
        } catch (PatternSyntaxException e) {
            throw Problem.REQUEST_INVALID
                    .because("%s is no pattern of keys", text)
                    .hint("* is any text, ? one character, [a-c] one of several, \\ takes the next as it is")
                    .fault();
        }
    }

    /** What all keys that match start with. */
    String prefix() {
        return prefix;
    }

    boolean matches(String key) {
        return pattern.matcher(key).matches();
    }
}
