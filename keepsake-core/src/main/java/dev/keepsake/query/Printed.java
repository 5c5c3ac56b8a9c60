package dev.keepsake.query;

import dev.keepsake.fault.Report;
import dev.keepsake.value.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Conditions as text: whole, as {@link Condition#parse} reads it, or for people, with what is long of their values cut. */
final class Printed {
    /** How many of many constants people are shown. */
    private static final int SHOWN = 10;

    private final Function<Object, String> literals;
    private final int most;

    private Printed(Function<Object, String> literals, int most) {
        this.literals = literals;
        this.most = most;
    }

    static String whole(Condition condition) {
        return new Printed(Literals::text, Integer.MAX_VALUE).text(condition);
    }

    static String brief(Condition condition) {
        return new Printed(value -> Report.quote(Literals.text(value)), SHOWN).text(condition);
    }

    /** Adds a condition for people; nothing for one that is always true. */
    static void where(StringBuilder text, Condition condition) {
        clause(text, " where ", condition);
    }

    static void clause(StringBuilder text, String word, Condition condition) {
        if (!(condition instanceof Condition.Constant constant && constant.value())) {
            text.append(word).append(brief(condition));
        }
    }

    /** Values for people. */
    static String values(List<? extends @Nullable Object> values) {
        return values.stream().map(Report::quote).collect(Collectors.joining(", ", "(", ")"));
    }

    private String text(Condition condition) {
        return switch (condition) {
            case Condition.Constant c -> Boolean.toString(c.value());
            case Condition.Compare c -> c.path() + " " + c.operator().symbol() + " " + literals.apply(c.value());
            case Condition.Between b ->
                b.path() + " between " + literals.apply(b.least()) + " and " + literals.apply(b.greatest());
            case Condition.In in -> in.path() + " in " + constants(in.values());
            case Condition.Match m ->
                m.path() + " " + (m.ignoringCase() ? "i" : "") + m.manner().word() + " " + literals.apply(m.text());
            case Condition.IsNull n -> n.path() + " is null";
            case Condition.Has h -> h.path() + " has " + literals.apply(h.value());
            case Condition.Related r -> related(r);
            case Condition.And and -> joined(and.all(), " and ", "true");
            case Condition.Or or -> joined(or.any(), " or ", "false");
            case Condition.Not not -> "not (" + text(not.condition()) + ")";
        };
    }

    private String constants(List<Object> values) {
        String more = values.size() > most ? ", and " + (values.size() - most) + " more)" : ")";
        return values.stream().limit(most).map(literals).collect(Collectors.joining(", ", "(", more));
    }

    private String related(Condition.Related related) {
        Condition condition = related.condition();
        boolean compound = condition instanceof Condition.And
                || condition instanceof Condition.Or
                || condition instanceof Condition.Not
                || condition instanceof Condition.Constant;
        return compound
                ? "any " + related.through() + " (" + text(condition) + ")"
                : text(condition.moved(path -> behind(related.through(), path)));
    }

    private static Path behind(Path through, Path path) {
        List<String> steps = new ArrayList<>(through.steps());
        steps.addAll(path.steps());
        return new Path(steps);
    }

    private String joined(List<Condition> conditions, String word, String ofNone) {
        return conditions.isEmpty()
                ? ofNone
                : conditions.stream()
                        .map(each -> each instanceof Condition.And || each instanceof Condition.Or
                                ? "(" + text(each) + ")"
                                : text(each))
                        .collect(Collectors.joining(word));
    }
}
