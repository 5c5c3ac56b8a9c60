package dev.keepsake.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The way from a State to a value inside it: a field, then the steps into nested values, {@code info.license}. In text
 * a step that is no plain name is put in backticks, {@code `a.b`.c}, with a backtick inside doubled. Immutable.
 *
 * @param steps the names on the way, at least one, none empty
 */
public record Path(List<String> steps) {

    /** Checks that there are steps, and what they are. */
    public Path {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a path has at least one step");
        }
        if (steps.contains("")) {
            throw new IllegalArgumentException("a step of the path is empty");
        }
    }

    /** A path of the given steps, taken as they are. */
    public static Path of(String... steps) {
        return new Path(List.of(steps));
    }

    /** Reads {@code info.license} or {@code `a.b`.c}; a malformed text is an {@link IllegalArgumentException}. */
    public static Path parse(String text) {
        List<String> steps = new ArrayList<>();
        int at = 0;
        while (true) {
            StringBuilder step = new StringBuilder();
            if (at < text.length() && text.charAt(at) == '`') {
                at = quoted(text, at + 1, step);
            } else {
                while (at < text.length() && text.charAt(at) != '.') {
                    step.append(text.charAt(at++));
                }
            }
            if (step.isEmpty()) {
                throw new IllegalArgumentException("a step of the path is empty");
            }
            steps.add(step.toString());
            if (at == text.length()) {
                return new Path(steps);
            }
            if (text.charAt(at) != '.') {
                throw new IllegalArgumentException("expected a dot after the closing backtick");
            }
            at++;
        }
    }

    private static int quoted(String text, int start, StringBuilder step) {
        int at = start;
        while (at < text.length()) {
            if (text.charAt(at) != '`') {
                step.append(text.charAt(at++));
            } else if (at + 1 < text.length() && text.charAt(at + 1) == '`') {
                step.append('`');
                at += 2;
            } else {
                return at + 1;
            }
        }
        throw new IllegalArgumentException("the closing backtick is missing");
    }

    /** The field it starts at. */
    public String field() {
        return steps.getFirst();
    }

    /** The steps behind the field; empty for a path that is a field alone. */
    public List<String> inside() {
        return steps.subList(1, steps.size());
    }

    /** Whether it leads into a nested value. */
    public boolean nested() {
        return steps.size() > 1;
    }

    /** This path, one step further. */
    public Path then(String step) {
        List<String> longer = new ArrayList<>(steps);
        longer.add(step);
        return new Path(longer);
    }

    /** The path as text that {@link #parse} reads. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (String step : steps) {
            text.append(text.isEmpty() ? "" : ".").append(quote(step));
        }
        return text.toString();
    }

    private static String quote(String step) {
        boolean plain = Character.isJavaIdentifierStart(step.charAt(0))
                && step.chars().allMatch(Character::isJavaIdentifierPart)
                && !RESERVED.contains(step.toLowerCase(Locale.ROOT));
        return plain ? step : "`" + step.replace("`", "``") + "`";
    }

    private static final Set<String> RESERVED = Set.of(
            "and",
            "or",
            "not",
            "in",
            "between",
            "like",
            "ilike",
            "is",
            "null",
            "has",
            "true",
            "false",
            "matches",
            "imatches",
            "startswith",
            "istartswith",
            "contains",
            "icontains");
}
