package dev.keepsake.query;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.json.Json;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the text form of conditions by recursive descent, one character ahead. */
final class ConditionParser {
    private static final int DEEPEST = 200;
    private static final Set<String> WORDS = Set.of(
            "and",
            "or",
            "not",
            "in",
            "between",
            "like",
            "ilike",
            "startswith",
            "istartswith",
            "contains",
            "icontains",
            "matches",
            "imatches",
            "has",
            "is",
            "null",
            "true",
            "false");

    private final String text;
    private final Schema schema;
    private Kind kind;
    private int at;
    private int depth;

    ConditionParser(String text, Kind kind, Schema schema) {
        this.text = text;
        this.kind = kind;
        this.schema = schema;
    }

    Condition whole() {
        Condition condition = or();
        skip();
        if (at < text.length()) {
            throw expected("and, or, or the end");
        }
        return condition;
    }

    private Condition or() {
        List<Condition> any = new ArrayList<>();
        do {
            any.add(and());
        } while (word("or"));
        return any.size() == 1 ? any.getFirst() : new Condition.Or(any);
    }

    private Condition and() {
        List<Condition> all = new ArrayList<>();
        do {
            all.add(not());
        } while (word("and"));
        return all.size() == 1 ? all.getFirst() : new Condition.And(all);
    }

    private Condition not() {
        if (++depth > DEEPEST) {
            throw malformed("conditions are nested deeper than " + DEEPEST + " levels", at);
        }
        try {
            if (word("not")) {
                return not().not();
            }
            if (sign("(")) {
                Condition inner = or();
                require(")");
                return inner;
            }
            if (word("true")) {
                return new Condition.Constant(true);
            }
            if (word("false")) {
                return new Condition.Constant(false);
            }
            Condition any = any();
            return any != null ? any : predicate();
        } finally {
            depth--;
        }
    }

    /** {@code any releases (size > 1000 and major_ver = 1)}; null, and nothing read, where it is no such thing. */
    private @Nullable Condition any() {
        int start = at;
        if (word("any")) {
            skip();
            int from = at;
            boolean name = at < text.length() && (Character.isJavaIdentifierStart(text.charAt(at)) || peek('`'));
            if (name) {
                Path through = path();
                if (!WORDS.contains(text.substring(from, at).toLowerCase(Locale.ROOT)) && sign("(")) {
                    return any(through, start);
                }
            }
        }
        at = start;
        return null;
    }

    private Condition any(Path through, int start) {
        Kind outer = kind;
        try {
            for (String step : through.steps()) {
                Kind from = kind;
                kind = schema.link(kind, step)
                        .orElseThrow(() -> Problem.UNKNOWN_FIELD
                                .because("%s leads from kind %s to no other kind", Report.quote(step), from.name())
                                .near(step, schema.steps(from))
                                .fault())
                        .target();
            }
            Condition inner = or();
            require(")");
            return new Condition.Related(through, null, inner).resolve(outer, schema);
        } catch (Fault fault) {
            throw fault.facts().containsKey("condition") ? fault : placed(fault, start);
        } finally {
            kind = outer;
        }
    }

    private Condition predicate() {
        skip();
        int start = at;
        Path path = path();
        try {
            return predicate(path, Crossing.of(kind, schema, path).type()).resolve(kind, schema);
        } catch (Fault fault) {
            throw fault.facts().containsKey("condition") ? fault : placed(fault, start);
        }
    }

    /** The same fault with the place in the condition. */
    private Fault placed(Fault fault, int start) {
        Report report = fault.problem()
                .because(fault.sentence())
                .fact("condition", shown(start))
                .at("position " + start);
        fault.hint().ifPresent(report::hint);
        return report.fault();
    }

    private Condition predicate(Path path, Type type) {
        Term term = new Term(path);
        if (sign("!=") || sign("<>")) {
            return term.ne(literal(type));
        }
        if (sign("<=")) {
            return term.le(literal(type));
        }
        if (sign(">=")) {
            return term.ge(literal(type));
        }
        if (sign("==") || sign("=")) {
            return term.eq(literal(type));
        }
        if (sign("<")) {
            return term.lt(literal(type));
        }
        if (sign(">")) {
            return term.gt(literal(type));
        }
        if (word("is")) {
            boolean negated = word("not");
            requireWord("null");
            return negated ? term.isNotNull() : term.isNull();
        }
        return word("not") ? worded(term, type).not() : worded(term, type);
    }

    private Condition worded(Term term, Type type) {
        if (word("in")) {
            return in(term, type);
        }
        if (word("between")) {
            Object least = literal(type);
            requireWord("and");
            return term.between(least, literal(type));
        }
        if (word("has")) {
            return term.has(literal(type instanceof Type.Sequence list ? list.element() : Type.ANY));
        }
        for (Condition.Manner manner : Condition.Manner.values()) {
            if (word(manner.word())) {
                return new Condition.Match(term.path(), manner, quoted("a pattern in single quotes"), false);
            }
            if (word("i" + manner.word())) {
                return new Condition.Match(term.path(), manner, quoted("a pattern in single quotes"), true);
            }
        }
        throw expected("a comparison: = != < <= > >= in between like startswith contains matches has is");
    }

    private Condition in(Term term, Type type) {
        require("(");
        List<Object> values = new ArrayList<>();
        if (!sign(")")) {
            do {
                values.add(literal(type));
            } while (sign(","));
            require(")");
        }
        return term.in(values);
    }

    private Object literal(Type type) {
        skip();
        int start = at;
        if (peek('\'')) {
            String quoted = quoted("a constant");
            boolean plain =
                    Type.nested(type) || type instanceof Type.Text || Type.numeric(type) || type instanceof Type.Bool;
            return plain ? quoted : typed(quoted, Type.finest(type), start);
        }
        if (at < text.length() && (Character.isDigit(text.charAt(at)) || peek('-') || peek('+') || peek('.'))) {
            return number(start);
        }
        if (word("true")) {
            return true;
        }
        if (word("false")) {
            return false;
        }
        if (word("null")) {
            throw malformed("nothing is equal to null; write is null", start);
        }
        String name = name();
        if (!name.isEmpty() && peek('\'')) {
            Type named = name.equals("json") ? (Type.nested(type) ? type : Type.ANY) : typeNamed(name, start);
            return typed(quoted("a constant"), Type.finest(named), start);
        }
        at = start;
        throw expected("a constant: a number, 'text', true, false, or instant '...' and the like");
    }

    private Type typeNamed(String name, int start) {
        try {
            return Type.parse(name);
        } catch (IllegalArgumentException e) {
            throw malformed(name + " is no type of constants", start);
        }
    }

    private Object typed(String quoted, Type type, int start) {
        try {
            Object value = constant(quoted, type);
            if (value == null) {
                throw malformed("nothing is equal to null; write is null", start);
            }
            return value;
        } catch (NumberFormatException e) {
            throw malformed(Report.quote(quoted) + " is no decimal", start);
        } catch (Fault fault) {
            throw fault.problem() == Problem.MALFORMED_CONDITION ? fault : malformed(fault.sentence(), start);
        }
    }

    private static @Nullable Object constant(String quoted, Type type) {
        return switch (type) {
            case Type.Any any -> Json.parse(quoted);
            case Type.Decimal decimal -> Values.normalise(new BigDecimal(quoted), Path.of("constant"));
            default -> Json.fromText(quoted, type, Path.of("constant"));
        };
    }

    private Object number(int start) {
        at++;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at))
                        || peek('.')
                        || ((peek('-') || peek('+')) && Character.toLowerCase(text.charAt(at - 1)) == 'e'))) {
            at++;
        }
        String digits = text.substring(start, at);
        try {
            if (digits.matches("[-+]?\\d+")) {
                return Long.valueOf(digits);
            }
            if (digits.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")) {
                Double number = Double.valueOf(digits);
                if (number.isInfinite()) {
                    throw new NumberFormatException();
                }
                return number;
            }
            throw malformed(Report.quote(digits) + " is no number", start);
        } catch (NumberFormatException e) {
            throw malformed(
                    "the number " + Report.quote(digits) + " is beyond 64 bits; write decimal '" + digits + "'", start);
        }
    }

    private String quoted(String what) {
        skip();
        if (!peek('\'')) {
            throw expected(what);
        }
        int start = at++;
        StringBuilder quoted = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c != '\'') {
                quoted.append(c);
            } else if (peek('\'')) {
                quoted.append('\'');
                at++;
            } else {
                return quoted.toString();
            }
        }
        throw malformed("the closing quote is missing", start);
    }

    private Path path() {
        int start = at;
        while (at < text.length()) {
            if (peek('`')) {
                int end = text.indexOf('`', at + 1);
                if (end < 0) {
                    throw malformed("the closing backtick is missing", at);
                }
                at = end + 1;
            } else if (peek('.') || Character.isJavaIdentifierPart(text.charAt(at))) {
                at++;
            } else {
                break;
            }
        }
        String path = text.substring(start, at);
        if (path.isEmpty() || Character.isDigit(path.charAt(0)) || WORDS.contains(path.toLowerCase(Locale.ROOT))) {
            at = start;
            throw expected("a field");
        }
        try {
            return Path.parse(path);
        } catch (IllegalArgumentException e) {
            throw malformed(String.valueOf(e.getMessage()), start);
        }
    }

    // ---- characters

    private void skip() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private boolean peek(char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    private boolean sign(String sign) {
        skip();
        if (text.startsWith(sign, at)) {
            at += sign.length();
            return true;
        }
        return false;
    }

    private void require(String sign) {
        if (!sign(sign)) {
            throw expected("'" + sign + "'");
        }
    }

    private boolean word(String word) {
        skip();
        int end = at + word.length();
        if (end <= text.length()
                && text.substring(at, end).toLowerCase(Locale.ROOT).equals(word)
                && (end == text.length() || !Character.isJavaIdentifierPart(text.charAt(end)))) {
            at = end;
            return true;
        }
        return false;
    }

    private void requireWord(String word) {
        if (!word(word)) {
            throw expected(word);
        }
    }

    private String name() {
        int start = at;
        while (at < text.length() && (Character.isLetter(text.charAt(at)) || peek('_'))) {
            at++;
        }
        String name = text.substring(start, at).toLowerCase(Locale.ROOT);
        skip();
        return name;
    }

    // ---- errors

    private Fault expected(String what) {
        skip();
        String was =
                at >= text.length() ? "the end" : Report.quote(text.substring(at, Math.min(at + 20, text.length())));
        Report report = report("expected " + what + ", was " + was, at);
        return (peek('"') ? report.hint("text is in single quotes, names in backticks") : report).fault();
    }

    private Fault malformed(String sentence, int position) {
        return report(sentence, position).fault();
    }

    private Report report(String sentence, int position) {
        return Problem.MALFORMED_CONDITION
                .because(sentence)
                .fact("condition", shown(position))
                .at("position " + position);
    }

    /** The condition with a mark where it went wrong, on one line. */
    private String shown(int position) {
        int from = Math.max(0, position - 35);
        int to = Math.min(text.length(), position + 35);
        return Report.quote((from > 0 ? "..." : "") + text.substring(from, position) + ">>>"
                + text.substring(position, to) + (to < text.length() ? "..." : ""));
    }
}
