package dev.keepsake.sql;

import dev.keepsake.schema.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What SQLite keeps only as the text of its CREATE statements: checks, collations, the conditions of indexes. */
final class SqliteText {
    private static final Pattern CHECK = Pattern.compile(
            "(?:CONSTRAINT\\s+(\"(?:[^\"]|\"\")*\"|`[^`]*`|\\[[^\\]]*\\]|\\w+)\\s+)?CHECK\\s*\\(",
            Pattern.CASE_INSENSITIVE);

    private SqliteText() {}

    /** The checks in the text of a table, each in SQLite's own words. */
    static List<Check> checks(@Nullable String sql) {
        List<Check> checks = new ArrayList<>();
        if (sql != null) {
            String code = blanked(sql);
            Matcher matcher = CHECK.matcher(sql);
            int from = 0;
            while (matcher.find(from)) {
                from = matcher.end();
                if (code.charAt(matcher.end() - 1) == '(') {
                    int end = closing(code, matcher.end() - 1);
                    String name = matcher.group(1) == null ? "" : unquoted(matcher.group(1));
                    checks.add(new Check(name, sql.substring(matcher.end(), end).strip(), true));
                    from = end;
                }
            }
        }
        return checks;
    }

    /** The condition of a partial index: what is behind its WHERE. */
    static String indexCondition(@Nullable String sql) {
        if (sql == null) {
            return "";
        }
        String code = blanked(sql).toUpperCase(Locale.ROOT);
        int where = code.lastIndexOf(" WHERE ");
        return where < 0 ? "" : sql.substring(where + 7).strip();
    }

    /** The collation that a column declares, if it is another than by code point. */
    static @Nullable String collation(@Nullable String sql, String column) {
        if (sql == null) {
            return null;
        }
        String name = Pattern.quote(column);
        String escaped = Pattern.quote(column.replace("\"", "\"\""));
        Pattern declared = Pattern.compile(
                "[(,]\\s*(?:\"" + escaped + "\"|`" + name + "`|\\[" + name + "\\]|" + name
                        + ")\\s[^,]*?\\bCOLLATE\\s+\"?(\\w+)",
                Pattern.CASE_INSENSITIVE);
        Matcher matcher = declared.matcher(sql);
        return matcher.find() && !matcher.group(1).equalsIgnoreCase("BINARY") ? matcher.group(1) : null;
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
            char c = sql.charAt(i);
            int end = switch (c) {
                case '\'', '"', '`' -> behind(sql, c, i);
                case '[' -> behind(sql, ']', i);
                case '-' -> sql.startsWith("--", i) ? lineEnd(sql, i) : i + 1;
                case '/' -> sql.startsWith("/*", i) ? commentEnd(sql, i) : i + 1;
                default -> i + 1;
            };
            if (end > i + 1) {
                for (int j = i; j < end; j++) {
                    code.setCharAt(j, '_');
                }
            }
            i = end;
        }
        return code.toString();
    }

    private static int behind(String sql, char quote, int start) {
        int at = sql.indexOf(quote, start + 1);
        return at < 0 ? sql.length() : at + 1;
    }

    private static int lineEnd(String sql, int start) {
        int at = sql.indexOf('\n', start);
        return at < 0 ? sql.length() : at;
    }

    private static int commentEnd(String sql, int start) {
        int at = sql.indexOf("*/", start + 2);
        return at < 0 ? sql.length() : at + 2;
    }

    private static String unquoted(String name) {
        char first = name.charAt(0);
        return first == '"' || first == '`' || first == '['
                ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                : name;
    }
}
