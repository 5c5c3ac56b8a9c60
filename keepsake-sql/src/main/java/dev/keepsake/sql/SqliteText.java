package dev.keepsake.sql;

import dev.keepsake.schema.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What SQLite keeps only as the text of its CREATE statements: checks, collations, the expressions and conditions of
 * indexes. What is in quotes or comments is never taken for code.
 */
final class SqliteText {
    private static final Pattern CHECK = Pattern.compile("(?<![\\w$])CHECK\\s*\\(", Pattern.CASE_INSENSITIVE);
    private static final Pattern CONSTRAINT =
            Pattern.compile("(?<![\\w$])CONSTRAINT\\s+(\\S+)\\s+$", Pattern.CASE_INSENSITIVE);
    private static final Pattern WHERE = Pattern.compile("(?<![\\w$])WHERE(?![\\w$])", Pattern.CASE_INSENSITIVE);
    private static final Pattern COLLATE =
            Pattern.compile("(?<![\\w$])COLLATE\\s+([^\\s,()]+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern DIRECTION =
            Pattern.compile("\\s+(?:ASC|DESC)\\s*$|(?<=\\))(?:ASC|DESC)\\s*$", Pattern.CASE_INSENSITIVE);

    private SqliteText() {}

    /** The checks in the text of a table, each in SQLite's own words. */
    static List<Check> checks(@Nullable String sql) {
        List<Check> checks = new ArrayList<>();
        if (sql != null) {
            String code = blanked(sql);
            Matcher matcher = CHECK.matcher(code);
            int from = 0;
            while (matcher.find(from)) {
                int end = closing(code, matcher.end() - 1);
                Matcher named = CONSTRAINT.matcher(code.substring(0, matcher.start()));
                String name = named.find() ? unquoted(sql.substring(named.start(1), named.end(1))) : "";
                checks.add(new Check(name, sql.substring(matcher.end(), end).strip(), true));
                from = end;
            }
        }
        return checks;
    }

    /** The condition of a partial index: what is behind its WHERE. */
    static String indexCondition(@Nullable String sql) {
        if (sql == null) {
            return "";
        }
        Matcher where = WHERE.matcher(blanked(sql));
        return where.find() ? sql.substring(where.end()).strip() : "";
    }

    /** The parts of an index as they are written, without their direction; none where the text is not understood. */
    static List<String> indexParts(@Nullable String sql) {
        return sql == null
                ? List.of()
                : parts(sql).stream()
                        .map(part -> bare(DIRECTION.matcher(part.strip()).replaceFirst("")))
                        .toList();
    }

    /** Without parentheses around all of it. */
    private static String bare(String expression) {
        boolean enclosed = expression.startsWith("(") && closing(blanked(expression), 0) == expression.length() - 1;
        return enclosed ? bare(expression.substring(1, expression.length() - 1).strip()) : expression;
    }

    /** The collation that a column of a table declares, if it is another than by code point. */
    static @Nullable String collation(@Nullable String sql, String column) {
        if (sql == null) {
            return null;
        }
        for (String part : parts(sql)) {
            String code = blanked(part);
            int start = 0;
            while (start < code.length() && (Character.isWhitespace(code.charAt(start)) || comment(part, start))) {
                start = comment(part, start) ? commentEnd(part, start) : start + 1;
            }
            int end = nameEnd(part, start);
            if (start < end && unquoted(part.substring(start, end)).equalsIgnoreCase(column)) {
                Matcher matcher = COLLATE.matcher(flat(code));
                if (!matcher.find(end)) {
                    return null;
                }
                String name = unquoted(part.substring(matcher.start(1), matcher.end(1)));
                return name.equalsIgnoreCase("BINARY") ? null : name;
            }
        }
        return null;
    }

    // ---- reading

    /** What is between the first parentheses, divided at its own commas. */
    private static List<String> parts(String sql) {
        String code = blanked(sql);
        int open = code.indexOf('(');
        List<String> parts = new ArrayList<>();
        if (open < 0) {
            return parts;
        }
        int close = closing(code, open);
        int from = open + 1;
        int depth = 0;
        for (int i = from; i < close; i++) {
            char c = code.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                parts.add(sql.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(sql.substring(from, close));
        return parts;
    }

    /** Code with everything in parentheses blanked too. */
    private static String flat(String code) {
        StringBuilder flat = new StringBuilder(code);
        int depth = 0;
        for (int i = 0; i < flat.length(); i++) {
            char c = flat.charAt(i);
            depth -= c == ')' ? 1 : 0;
            if (depth > 0) {
                flat.setCharAt(i, '_');
            }
            depth += c == '(' ? 1 : 0;
        }
        return flat.toString();
    }

    private static int closing(String code, int open) {
        int depth = 0;
        for (int i = open; i < code.length(); i++) {
            depth += code.charAt(i) == '(' ? 1 : code.charAt(i) == ')' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        return code.length();
    }

    /** The text with everything in quotes and comments blanked, so that only code is left, at its place. */
    private static String blanked(String sql) {
        StringBuilder code = new StringBuilder(sql);
        int i = 0;
        while (i < sql.length()) {
            boolean comment = comment(sql, i);
            int end = comment ? commentEnd(sql, i) : quoteEnd(sql, i);
            for (int j = i; end > i + 1 && j < end; j++) {
                code.setCharAt(j, comment ? ' ' : '_');
            }
            i = end;
        }
        return code.toString();
    }

    /** Behind the quoted text that starts here; behind the one character where none does. */
    private static int quoteEnd(String sql, int start) {
        char quote = sql.charAt(start);
        return switch (quote) {
            case '\'', '"', '`' -> {
                int end = behind(sql, quote, start);
                // a quote in quotes is doubled
                while (end < sql.length() && sql.charAt(end) == quote) {
                    end = behind(sql, quote, end);
                }
                yield end;
            }
            case '[' -> behind(sql, ']', start);
            default -> start + 1;
        };
    }

    private static int nameEnd(String sql, int start) {
        if (start >= sql.length()) {
            return start;
        }
        int end = quoteEnd(sql, start);
        if (end > start + 1) {
            return end;
        }
        end = start;
        while (end < sql.length()
                && !Character.isWhitespace(sql.charAt(end))
                && "(),\"'`[".indexOf(sql.charAt(end)) < 0
                && !comment(sql, end)) {
            end++;
        }
        return end;
    }

    private static int behind(String sql, char quote, int start) {
        int at = sql.indexOf(quote, start + 1);
        return at < 0 ? sql.length() : at + 1;
    }

    private static boolean comment(String sql, int start) {
        return sql.startsWith("--", start) || sql.startsWith("/*", start);
    }

    private static int commentEnd(String sql, int start) {
        boolean line = sql.startsWith("--", start);
        int at = line ? sql.indexOf('\n', start) : sql.indexOf("*/", start + 2);
        return at < 0 ? sql.length() : line ? at : at + 2;
    }

    private static String unquoted(String name) {
        char first = name.charAt(0);
        return switch (first) {
            case '"', '`', '\'' ->
                name.substring(1, name.length() - 1)
                        .replace(String.valueOf(first).repeat(2), String.valueOf(first));
            case '[' -> name.substring(1, name.length() - 1);
            default -> name;
        };
    }
}
