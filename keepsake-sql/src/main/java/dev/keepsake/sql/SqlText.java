package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.value.Id;
import dev.keepsake.value.Path;
import dev.keepsake.value.Values;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One statement, its parameters found: {@code ?} by position or {@code :name} by name, never both. What is inside quotes
 * ({@code '..' ".." `..`}, and those of the database, {@link Dialect.Quotes}) or a comment is no parameter, nor is {@code ::}; {@code ??} is a literal
 * {@code ?} and is handed on as it is, since JDBC drivers write it so. Anything else is left to the database. Immutable.
 */
final class SqlText {
    private static final Set<String> CHANGES = Set.of("insert", "update", "delete", "replace", "merge");
    private static final Set<String> HARMLESS = Set.of(
            "select",
            "values",
            "with",
            "table",
            "explain",
            "describe",
            "show",
            "pragma",
            "set",
            "savepoint",
            "release",
            "rollback");
    private static final Set<String> READS =
            Set.of("select", "values", "table", "explain", "describe", "show", "pragma");
    private static final Set<String> ALTERS =
            Set.of("create", "alter", "drop", "truncate", "rename", "grant", "revoke");
    private static final Set<String> BOUNDS = Set.of("begin", "commit", "end", "abort");

    private final String original;
    private final String text;
    private final List<String> names;
    private final int count;
    private final List<String> words;
    private final String verb;
    private final boolean selecting;
    private final boolean returning;

    private SqlText(Parser parser) {
        this.original = parser.sql;
        this.text = parser.out.toString();
        this.names = List.copyOf(parser.names);
        this.count = parser.names.isEmpty() ? parser.positions : parser.names.size();
        this.words = List.copyOf(parser.words);
        this.verb = parser.verb;
        this.selecting = parser.selecting;
        this.returning = parser.returning;
    }

    /**
     * Reads one statement.
     *
     * @param quotes of the database
     * @throws dev.keepsake.fault.Invalid {@code malformed-statement} where there is none, more than one, or both kinds of
     *     parameters
     */
    static SqlText parse(String sql, Dialect.Quotes quotes) {
        return new SqlText(new Parser(sql, quotes).read());
    }

    /** The statement as it was written. */
    String original() {
        return original;
    }

    /** The statement with a {@code ?} for each parameter, and without a semicolon at its end. */
    String text() {
        return text;
    }

    /** The parameters' names in the order of the text, one as often as it occurs; none where they have no names. */
    List<String> names() {
        return names;
    }

    /** How many values are bound. */
    int count() {
        return count;
    }

    /** What the statement does, in lower case: {@code insert}, also where a {@code with} comes first. */
    String verb() {
        return verb;
    }

    /** Whether it inserts, updates or deletes rows. */
    boolean changesRows() {
        return CHANGES.contains(verb);
    }

    /** Whether it adds rows. */
    boolean inserts() {
        return verb.equals("insert") || verb.equals("replace");
    }

    /** Whether it adds rows that it says itself, and does not select, and gives none. */
    boolean insertsValues() {
        return inserts() && !selecting && !returning;
    }

    /** Whether it changes rows and gives them. */
    boolean returns() {
        return changesRows() && returning;
    }

    /** Whether it changes what tables and other things there are, or who may use them. */
    boolean altersSchema() {
        return ALTERS.contains(verb);
    }

    /** Whether it only gives rows. */
    boolean reads() {
        return READS.contains(verb);
    }

    /** Whether it could lose something by a rollback. */
    boolean writes() {
        return !HARMLESS.contains(verb);
    }

    /** Whether it begins or ends a whole transaction. */
    boolean boundsTransaction() {
        return BOUNDS.contains(verb)
                || (verb.equals("rollback") && !words.contains("to"))
                || (words.size() > 1
                        && words.get(0).equals("start")
                        && words.get(1).equals("transaction"));
    }

    // ---- values

    /**
     * The values to bind, normalised, of those given by position.
     *
     * @throws dev.keepsake.fault.Invalid {@code parameter-mismatch}, {@code value-refused}
     */
    List<@Nullable Object> values(Collection<? extends @Nullable Object> given) {
        if (!names.isEmpty()) {
            throw mismatch(
                            given.isEmpty()
                                    ? "there is no value for :" + names.getFirst()
                                    : "the statement names its parameters, and its values are given by position")
                    .hint("give a Map with " + String.join(", ", new LinkedHashSet<>(names)))
                    .fault();
        }
        if (given.size() != count) {
            throw mismatch("the statement has " + number(count, "parameter") + ", and " + number(given.size(), "value")
                            + (given.size() == 1 ? " is given" : " are given"))
                    .fault();
        }
        List<@Nullable Object> values = new ArrayList<>(count);
        for (Object value : given) {
            values.add(bindable(value, Path.of("?" + (values.size() + 1))));
        }
        return values;
    }

    /**
     * The values to bind, normalised, of those given by name.
     *
     * @throws dev.keepsake.fault.Invalid {@code parameter-mismatch}, {@code value-refused}
     */
    List<@Nullable Object> values(Map<?, ? extends @Nullable Object> given) {
        if (names.isEmpty() && count > 0) {
            throw mismatch("the statement has parameters without names, and its values are given by name")
                    .hint("write :name for ?, or give " + number(count, "value") + " by position")
                    .fault();
        }
        Set<String> keys =
                given.keySet().stream().map(String::valueOf).collect(Collectors.toCollection(LinkedHashSet::new));
        for (String name : names) {
            if (!given.containsKey(name)) {
                throw mismatch("there is no value for :" + name)
                        .near(name, keys)
                        .fault();
            }
        }
        for (String key : keys) {
            if (!names.contains(key)) {
                throw mismatch("the statement has no parameter :" + Report.quote(key))
                        .near(key, new LinkedHashSet<>(names))
                        .fault();
            }
        }
        List<@Nullable Object> values = new ArrayList<>(count);
        for (String name : names) {
            values.add(bindable(given.get(name), Path.of(":" + name)));
        }
        return values;
    }

    private static @Nullable Object bindable(@Nullable Object given, Path at) {
        Object value = Values.normalise(given, at);
        if (value instanceof Collection<?> || value instanceof Map<?, ?> || value instanceof Id) {
            throw Problem.VALUE_REFUSED
                    .because("a parameter takes one value, not " + Report.quote(value))
                    .at(at)
                    .hint("write a parameter for each element, or give JSON text")
                    .fault();
        }
        return value;
    }

    private Report mismatch(String sentence) {
        return Problem.PARAMETER_MISMATCH.because(sentence).fact("statement", Report.quote(original));
    }

    private static String number(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    @Override
    public String toString() {
        return original;
    }

    // ---- parsing

    /** Reads the text once, from left to right. */
    private static final class Parser {
        private static final Set<String> VERBS =
                Set.of("select", "insert", "update", "delete", "replace", "merge", "values");
        private static final Set<String> ROUTINES = Set.of("trigger", "procedure", "function", "event");

        final String sql;
        private final Dialect.Quotes quotes;
        final StringBuilder out = new StringBuilder();
        final List<String> names = new ArrayList<>();
        final List<String> words = new ArrayList<>();
        int positions;
        String verb = "";
        private int at;
        private int depth;
        private boolean ended;
        private boolean routine;
        private boolean body;
        private boolean values;
        boolean selecting;
        boolean returning;
        private String last = "";
        private String beforeLast = "";

        Parser(String sql, Dialect.Quotes quotes) {
            this.sql = sql;
            this.quotes = quotes;
        }

        Parser read() {
            while (at < sql.length()) {
                char c = sql.charAt(at);
                if (Character.isWhitespace(c)) {
                    copy(at + 1);
                } else if (sql.startsWith("--", at) || (c == '#' && quotes == Dialect.Quotes.BACKSLASHES)) {
                    copy(behind("\n", at));
                } else if (sql.startsWith("/*", at)) {
                    copy(behind("*/", at + 2));
                } else if (c == ';' && !inBody()) {
                    ended = true;
                    at++;
                } else {
                    token(c);
                }
            }
            if (last.isEmpty()) {
                throw malformed("there is no statement in this text").fault();
            }
            if (positions > 0 && !names.isEmpty()) {
                throw malformed("a statement has ? or :name parameters, not both")
                        .hint("write a name for each ?, beside :" + names.getFirst())
                        .fault();
            }
            return this;
        }

        /** Whether a semicolon here is part of a routine's body; as sqlite3_complete(), it ends behind {@code ; end}. */
        private boolean inBody() {
            return body && !(last.equals("end") && beforeLast.equals(";"));
        }

        private void token(char c) {
            if (ended) {
                throw malformed("there is more than one statement in this text")
                        .hint("give each statement to a call of its own")
                        .fault();
            }
            int end = quoteEnd(c);
            if (end > at) {
                remember("'");
                copy(end);
            } else if (Character.isJavaIdentifierStart(c) || Character.isDigit(c)) {
                word();
            } else if (c == ':') {
                colon();
            } else if (c == '?') {
                question();
            } else {
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                remember(String.valueOf(c));
                copy(at + 1);
            }
        }

        /** Behind the end of the quoted text that starts here; here where none does. */
        private int quoteEnd(char c) {
            return switch (c) {
                case '\'' -> escapes() ? behindEscaped(c) : behind("'", at + 1);
                case '"' -> quotes == Dialect.Quotes.BACKSLASHES ? behindEscaped(c) : behind("\"", at + 1);
                case '`' -> behind("`", at + 1);
                case '[' -> quotes == Dialect.Quotes.BRACKETS ? behind("]", at + 1) : at;
                case '$' -> quotes == Dialect.Quotes.DOLLARS ? dollarEnd() : at;
                default -> at;
            };
        }

        /** MariaDB's {@code 'it\'s'} and PostgreSQL's {@code E'it\'s'}. */
        private boolean escapes() {
            return switch (quotes) {
                case BRACKETS -> false;
                case DOLLARS -> last.equals("e") && Character.toLowerCase(sql.charAt(at - 1)) == 'e';
                case BACKSLASHES -> true;
            };
        }

        private int behindEscaped(char quote) {
            int end = at + 1;
            while (end < sql.length() && sql.charAt(end) != quote) {
                end += sql.charAt(end) == '\\' ? 2 : 1;
            }
            return Math.min(end + 1, sql.length());
        }

        /** PostgreSQL's {@code $tag$ .. $tag$}; what is not closed is none. */
        private int dollarEnd() {
            int end = at + 1;
            while (end < sql.length() && (Character.isLetterOrDigit(sql.charAt(end)) || sql.charAt(end) == '_')) {
                end++;
            }
            if (end == sql.length() || sql.charAt(end) != '$') {
                return at;
            }
            String tag = sql.substring(at, end + 1);
            int close = sql.indexOf(tag, end + 1);
            return close < 0 ? at : close + tag.length();
        }

        private void word() {
            int end = nameEnd(at + 1);
            String word = sql.substring(at, end).toLowerCase(Locale.ROOT);
            remember(word);
            if (words.size() < 6) {
                words.add(word);
                routine |= words.getFirst().equals("create") && ROUTINES.contains(word);
            }
            body |= routine && word.equals("begin");
            if (verb.isEmpty() || (verb.equals("with") && depth == 0 && VERBS.contains(word))) {
                verb = word;
            }
            values |= depth == 0 && word.equals("values");
            selecting |= !values && word.equals("select") && (verb.equals("insert") || verb.equals("replace"));
            returning |= depth == 0 && word.equals("returning");
            copy(end);
        }

        private void colon() {
            int end = nameEnd(at + 1);
            if (sql.startsWith("::", at)) {
                copy(at + 2);
            } else if (end == at + 1) {
                copy(end);
            } else {
                names.add(sql.substring(at + 1, end));
                out.append('?');
                at = end;
            }
            remember(":");
        }

        private void question() {
            if (sql.startsWith("??", at)) {
                copy(at + 2);
            } else if (at + 1 < sql.length() && Character.isDigit(sql.charAt(at + 1))) {
                throw malformed("a numbered parameter such as ?1 is not understood")
                        .hint("write :name for a value that is used more than once")
                        .fault();
            } else {
                positions++;
                copy(at + 1);
            }
            remember("?");
        }

        private int nameEnd(int start) {
            int end = start;
            while (end < sql.length() && Character.isJavaIdentifierPart(sql.charAt(end))) {
                end++;
            }
            return end;
        }

        private int behind(String close, int from) {
            int found = sql.indexOf(close, from);
            return found < 0 ? sql.length() : found + close.length();
        }

        private void copy(int end) {
            out.append(sql, at, end);
            at = end;
        }

        private void remember(String token) {
            beforeLast = last;
            last = token;
        }

        private Report malformed(String sentence) {
            return Problem.MALFORMED_STATEMENT.because(sentence).fact("statement", Report.quote(sql));
        }
    }
}
