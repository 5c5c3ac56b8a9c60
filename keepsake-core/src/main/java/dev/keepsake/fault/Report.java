package dev.keepsake.fault;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a problem: one sentence, facts, a hint. A report is built up and turned into its {@link Fault}:
 *
 * <pre>{@code
 * throw Problem.UNKNOWN_KIND.because("there is no kind %s", name).store(info).near(name, kinds).fault();
 * }</pre>
 *
 * <p>Not safe for use by several threads. Facts never hold a password; user data goes through {@link #quote}.
 */
public final class Report {
    private static final int SHORT = 80;

    final Problem problem;
    final String sentence;
    final Map<String, Object> facts = new LinkedHashMap<>();

    @Nullable
    String hint;

    @Nullable
    Throwable cause;

    Report(Problem problem, String sentence) {
        this.problem = problem;
        this.sentence = sentence;
    }

    /** Adds a fact; a null value is left out. */
    public Report fact(String name, @Nullable Object value) {
        if (value != null) {
            facts.put(name, value);
        }
        return this;
    }

    /** Names the store, as its {@code toString} tells it. */
    public Report store(@Nullable Object store) {
        return fact("store", store);
    }

    /** Names the place: {@code person/42 $.born} or {@code line 57}. */
    public Report at(@Nullable Object place) {
        return fact("at", place);
    }

    /** Says what the caller can do. */
    public Report hint(String text) {
        this.hint = text;
        return this;
    }

    /** As {@link #hint}, where that is so. */
    public Report hintIf(boolean so, String text) {
        return so ? hint(text) : this;
    }

    /** Hints at the names most like a wrong one, or, if none is near, at the names that there are. */
    public Report near(String wrong, Collection<String> names) {
        List<String> near = nearest(wrong, names);
        if (!near.isEmpty()) {
            return meant(near);
        }
        if (names.isEmpty()) {
            return hint("there are none");
        }
        List<String> some = names.stream().limit(20).toList();
        return hint("there are " + String.join(", ", some) + (names.size() > some.size() ? ", ..." : ""));
    }

    /** Hints at the names most like a wrong one, if some are near. */
    public Report nearOnly(String wrong, Collection<String> names) {
        List<String> near = nearest(wrong, names);
        return near.isEmpty() ? this : meant(near);
    }

    private Report meant(List<String> near) {
        return hint("did you mean " + String.join(" or ", near) + "?");
    }

    /** Chains the cause. */
    public Report cause(@Nullable Throwable cause) {
        this.cause = cause;
        return this;
    }

    /** The exception of this report. */
    public Fault fault() {
        return switch (problem.remedy) {
            case INVALID -> new Invalid(this);
            case NOT_FOUND -> new NotFound(this);
            case CONFLICT -> new Conflict(this);
            case VIOLATION -> new Violation(this);
            case UNAVAILABLE -> new Unavailable(this);
            case UNSUPPORTED -> new Unsupported(this);
            case CORRUPT -> new Corrupt(this);
            case DETACHED -> new Detached(this);
        };
    }

    String text() {
        StringBuilder text = new StringBuilder(sentence);
        line(text, "problem", problem.id());
        facts.forEach((name, value) -> line(text, name, name.equals("id") ? quote(value) : value));
        if (hint != null) {
            line(text, "hint", hint);
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append("\n  ").append(String.format(Locale.ROOT, "%-9s ", name)).append(value);
    }

    /** User data for an error message: control characters escaped, and no more than 80 characters. */
    public static String quote(@Nullable Object value) {
        String text = String.valueOf(value);
        boolean cut = text.codePointCount(0, Math.min(text.length(), 4 * SHORT)) > SHORT;
        StringBuilder quoted = new StringBuilder();
        (cut ? text.substring(0, text.offsetByCodePoints(0, SHORT)) : text)
                .codePoints()
                .forEach(c -> {
                    if (unprintable(c)) {
                        quoted.append(String.format(Locale.ROOT, "\\u%04x", c));
                    } else {
                        quoted.appendCodePoint(c);
                    }
                });
        return cut ? quoted + "..." : quoted.toString();
    }

    /** Control characters, halves of characters, line breaks of Unicode, and signs that turn the direction of writing. */
    private static boolean unprintable(int c) {
        return Character.isISOControl(c)
                || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
                || (c >= 0x2028 && c <= 0x202e)
                || (c >= 0x2066 && c <= 0x2069);
    }

    /** The at most three names within a third of the wrong name's length by edit distance, nearest first. */
    static List<String> nearest(String wrong, Collection<String> names) {
        int limit = Math.max(1, Math.min(wrong.length(), 40) / 3);
        record Near(String name, int distance) {}
        List<Near> near = new ArrayList<>();
        for (String name : names) {
            if (Math.abs(name.length() - wrong.length()) <= limit) {
                int distance = distance(wrong.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
                if (distance <= limit) {
                    near.add(new Near(name, distance));
                }
            }
        }
        return near.stream()
                .sorted((a, b) -> Integer.compare(a.distance, b.distance))
                .limit(3)
                .map(Near::name)
                .toList();
    }

    /** The Levenshtein distance, by the two-row dynamic programme of Wagner and Fischer (1974). */
    private static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }
}
