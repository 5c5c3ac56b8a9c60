package dev.keepsake.cli;

import dev.keepsake.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Texts as people read them in a terminal. Stateless. */
final class Texts {
    private Texts() {}

    /** {@code 1 row}, {@code 5400 rows}. */
    static String counted(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    /** {@code 0.8 s}. */
    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    /** A value in a cell: text as it is, null as {@code null}, lists and maps as JSON. */
    static String cell(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case String text -> text;
            case List<?> list -> Json.plain(list);
            case Map<?, ?> map -> Json.plain(map);
            default -> {
                String json = Json.plain(value);
                yield json.startsWith("\"") ? json.substring(1, json.length() - 1) : json;
            }
        };
    }

    /** Text without what would move the cursor or change colours: control characters are escaped. */
    static String clean(String text) {
        if (text.chars().noneMatch(Texts::isControl)) {
            return text;
        }
        StringBuilder clean = new StringBuilder();
        text.chars().forEach(c -> {
            switch (c) {
                case '\n' -> clean.append("\\n");
                case '\t' -> clean.append("\\t");
                case '\r' -> clean.append("\\r");
                default -> {
                    if (isControl(c)) {
                        clean.append(String.format(Locale.ROOT, "\\u%04x", c));
                    } else {
                        clean.append((char) c);
                    }
                }
            }
        });
        return clean.toString();
    }

    /** Control characters, and those that turn the direction of writing. */
    private static boolean isControl(int c) {
        return Character.isISOControl(c) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    }

    /** How many columns of a terminal a text takes. */
    static int width(String text) {
        return text.codePoints().map(Texts::width).sum();
    }

    /** The text if it takes no more than so many columns, else as much of it as does with an ellipsis. */
    static String cut(String text, int columns) {
        if (text.length() <= columns && width(text) <= columns) {
            return text;
        }
        StringBuilder cut = new StringBuilder();
        int used = 0;
        int at = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            int next = at + Character.charCount(c);
            int room = columns - (next < text.length() ? 1 : 0);
            if (used + width(c) > room) {
                return cut.append('\u2026').toString();
            }
            cut.appendCodePoint(c);
            used += width(c);
            at = next;
        }
        return cut.toString();
    }

    /** None for marks that join the character before, two for the wide ones of East Asia and emoji, else one. */
    private static int width(int c) {
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = (c >= 0x1100 && c <= 0x115f)
                || (c >= 0x2e80 && c <= 0xa4cf)
                || (c >= 0xac00 && c <= 0xd7a3)
                || (c >= 0xf900 && c <= 0xfaff)
                || (c >= 0xfe30 && c <= 0xfe6f)
                || (c >= 0xff00 && c <= 0xff60)
                || (c >= 0xffe0 && c <= 0xffe6)
                || (c >= 0x1f300 && c <= 0x1faff)
                || (c >= 0x20000 && c <= 0x3fffd);
        return wide ? 2 : 1;
    }
}
