package dev.keepsake.query;

import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Link;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which objects? A small closed algebra, that every store renders natively and {@link #test} evaluates in memory. A
 * condition is true or false of a State, never unknown. It prints itself as text that {@link #parse} reads. Conditions
 * are made by {@link Term}. Immutable.
 */
public sealed interface Condition {

    /** How two values are compared. */
    enum Operator {
        /** Equal. */
        EQ("="),
        /** Less. */
        LT("<"),
        /** Less or equal. */
        LE("<="),
        /** Greater. */
        GT(">"),
        /** Greater or equal. */
        GE(">=");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        /** The sign in text. */
        public String symbol() {
            return symbol;
        }

        boolean holds(int order) {
            return switch (this) {
                case EQ -> order == 0;
                case LT -> order < 0;
                case LE -> order <= 0;
                case GT -> order > 0;
                case GE -> order >= 0;
            };
        }
    }

    /** How a text is matched. */
    enum Manner {
        /** A pattern of % and _. */
        LIKE("like"),
        /** A prefix. */
        STARTS_WITH("startswith"),
        /** A part. */
        CONTAINS("contains"),
        /** A {@link Regex}. */
        REGEX("matches");

        private final String word;

        Manner(String word) {
            this.word = word;
        }

        /** The word in text; with an i in front, letters of either case match. */
        public String word() {
            return word;
        }
    }

    /** Always true, or always false. */
    record Constant(boolean value) implements Condition {
        @Override
        public String toString() {
            return Printed.whole(this);
        }
    }

    /** A comparison with a constant. */
    record Compare(Path path, Operator operator, Object value) implements Condition {
        @Override
        public String toString() {
            return Printed.whole(this);
        }
    }

    /** Between two constants, both included. */
    record Between(Path path, Object least, Object greatest) implements Condition {
        @Override
        public String toString() {
            return Printed.whole(this);
        }
    }

    /** Equal to one of several constants. */
    record In(Path path, List<Object> values) implements Condition {
        /** Copies the values. */
        public In {
            values = List.copyOf(values);
        }

        @Override
        public String toString() {
            return Printed.whole(this);
        }
    }

    /** A text that matches. */
    record Match(Path path, Manner manner, String text, boolean ignoringCase) implements Condition {
        /** Checks the text, and a regular expression, at once. */
        public Match {
            Values.normalise(text, path);
            if (manner == Manner.REGEX) {
                Regex.check(text);
            }
        }

        @Override
        public String toString() {
            return Printed.whole(this);
        }
    }

    /** Null or absent. */
    record IsNull(Path path) implements Condition {
        @Override
        public String toString() {
            return Printed.whole(this);
        }
    }

    /** A list with an equal element. */
    record Has(Path path, Object value) implements Condition {
        @Override
        public String toString() {
            return Printed.whole(this);
        }
    }

    /**
     * Some object that this one leads to, or that refers to this one, satisfies a condition of its own.
     *
     * @param through the step that leads there, see {@link Schema#link}
     * @param link where it leads; null until it is resolved
     * @param condition what must hold of one of the others
     */
    record Related(Path through, @Nullable Link link, Condition condition) implements Condition {
        /** Where it leads. */
        Link to() {
            return Objects.requireNonNull(link, "resolved");
        }

        @Override
        public String toString() {
            return Printed.whole(this);
        }
    }

    /** All of several; of none, true. */
    record And(List<Condition> all) implements Condition {
        /** Copies the list. */
        public And {
            all = List.copyOf(all);
        }

        @Override
        public String toString() {
            return Printed.whole(this);
        }
    }

    /** At least one of several; of none, false. */
    record Or(List<Condition> any) implements Condition {
        /** Copies the list. */
        public Or {
            any = List.copyOf(any);
        }

        @Override
        public String toString() {
            return Printed.whole(this);
        }
    }

    /** The exact complement. */
    record Not(Condition condition) implements Condition {
        @Override
        public String toString() {
            return Printed.whole(this);
        }
    }

    /** True of everything. */
    static Condition all() {
        return new Constant(true);
    }

    /** All of the given conditions. */
    static Condition and(Condition... conditions) {
        return new And(Arrays.asList(conditions));
    }

    /** At least one of the given conditions. */
    static Condition or(Condition... conditions) {
        return new Or(Arrays.asList(conditions));
    }

    /** Both this and the other. */
    default Condition and(Condition other) {
        if (this instanceof Constant constant) {
            return constant.value ? other : this;
        }
        return other instanceof Constant constant && constant.value ? this : new And(List.of(this, other));
    }

    /** This or the other. */
    default Condition or(Condition other) {
        return new Or(List.of(this, other));
    }

    /** The exact complement: true where this is false. */
    default Condition not() {
        return this instanceof Not not ? not.condition : new Not(this);
    }

    /**
     * Reads a condition: {@code package_id = 'boto' and not (size > 1000 or info.license is null)}. The words are
     * {@code = != < <= > >= in between like startswith contains matches has is null and or not}, an i before a word of
     * matching ignores case; text is in single quotes; a path that is no plain name is in backticks; a constant of a type
     * that text lacks is written {@code instant '2018-05-31T01:44:52Z'}.
     *
     * @throws dev.keepsake.fault.Invalid {@code malformed-condition} with position and expectation, {@code unknown-field}
     *     with near names, {@code type-mismatch}
     */
    static Condition parse(String text, Kind kind) {
        return parse(text, kind, Schema.EMPTY);
    }

    /**
     * As {@link #parse(String, Kind)}, with paths to the other kinds of a schema: {@code package_id.license = 'MIT'} through a
     * reference, {@code releases.size > 1000} for some object that refers here, {@code any releases (size > 1000 and
     * major_ver = 1)} for one that satisfies all.
     */
    static Condition parse(String text, Kind kind, Schema schema) {
        return new ConditionParser(text, kind, schema).whole();
    }

    /** This condition made ready to be tested of many States, faster than one by one. */
    default Predicate<State> ready() {
        return Evaluation.ready(this);
    }

    /** Whether it holds for a State; its constants must fit the State's types, see {@link #resolve}. */
    default boolean test(State state) {
        return Evaluation.test(this, state);
    }

    /**
     * This condition, checked against a kind: each path exists, each constant is of a type that can be compared there and
     * is made one of it.
     *
     * @throws dev.keepsake.fault.Invalid {@code unknown-field} or {@code type-mismatch}
     */
    default Condition resolve(Kind kind) {
        return resolve(kind, Schema.EMPTY);
    }

    /** As {@link #resolve(Kind)}, with paths that lead to other kinds of a schema. */
    default Condition resolve(Kind kind, Schema schema) {
        Condition crossed = Crossing.of(this, kind, schema);
        if (crossed != null) {
            return crossed;
        }
        return switch (this) {
            case Constant c -> c;
            case Related related -> related;
            case Compare c
            when c.operator == Operator.EQ ->
                new Compare(c.path, c.operator, Literals.fit(c.value, kind.typeAt(c.path), c.path));
            case Compare c -> new Compare(c.path, c.operator, Literals.ordered(c.value, kind.typeAt(c.path), c.path));
            case Between b ->
                new Between(
                        b.path,
                        Literals.ordered(b.least, kind.typeAt(b.path), b.path),
                        Literals.ordered(b.greatest, kind.typeAt(b.path), b.path));
            case In in -> {
                Type type = kind.typeAt(in.path);
                List<Object> fitted = new ArrayList<>();
                in.values.forEach(value -> fitted.add(Literals.fit(value, type, in.path)));
                yield new In(in.path, fitted);
            }
            case Match m -> {
                Type type = kind.typeAt(m.path);
                if (!(type instanceof Type.Text || type instanceof Type.Any)) {
                    throw Literals.mismatch(m.path, type, m.manner.word + " is for text");
                }
                yield m;
            }
            case IsNull n -> {
                kind.typeAt(n.path);
                yield n;
            }
            case Has h ->
                switch (kind.typeAt(h.path)) {
                    case Type.Sequence list -> new Has(h.path, Literals.fit(h.value, list.element(), h.path));
                    case Type.Any any -> new Has(h.path, Literals.fit(h.value, any, h.path));
                    case Type type -> throw Literals.mismatch(h.path, type, "has is for lists");
                };
            case And and ->
                new And(and.all.stream().map(each -> each.resolve(kind, schema)).toList());
            case Or or ->
                new Or(or.any.stream().map(each -> each.resolve(kind, schema)).toList());
            case Not not -> new Not(not.condition.resolve(kind, schema));
        };
    }

    /** The same condition with something else in the place of each that asks other objects. */
    default Condition reduced(Function<Related, Condition> instead) {
        return switch (this) {
            case Related related -> instead.apply(related);
            case And and ->
                new And(and.all.stream().map(each -> each.reduced(instead)).toList());
            case Or or ->
                new Or(or.any.stream().map(each -> each.reduced(instead)).toList());
            case Not not -> new Not(not.condition.reduced(instead));
            case Constant c -> c;
            case Compare c -> c;
            case Between b -> b;
            case In in -> in;
            case Match m -> m;
            case IsNull n -> n;
            case Has h -> h;
        };
    }

    /** The names of the other kinds that are asked, all the way. */
    default Set<String> others() {
        return switch (this) {
            case Related related -> {
                Set<String> others = new LinkedHashSet<>(related.condition.others());
                others.add(related.to().target().name());
                yield others;
            }
            case And and -> union(and.all);
            case Or or -> union(or.any);
            case Not not -> not.condition.others();
            case Constant c -> Set.of();
            case Compare c -> Set.of();
            case Between b -> Set.of();
            case In in -> Set.of();
            case Match m -> Set.of();
            case IsNull n -> Set.of();
            case Has h -> Set.of();
        };
    }

    private static Set<String> union(List<Condition> conditions) {
        Set<String> others = new LinkedHashSet<>();
        conditions.forEach(each -> others.addAll(each.others()));
        return others;
    }

    /** The same condition about other paths; what is asked of other objects stays. */
    default Condition moved(UnaryOperator<Path> move) {
        return switch (this) {
            case Constant c -> c;
            case Compare c -> new Compare(move.apply(c.path), c.operator, c.value);
            case Between b -> new Between(move.apply(b.path), b.least, b.greatest);
            case In in -> new In(move.apply(in.path), in.values);
            case Match m -> new Match(move.apply(m.path), m.manner, m.text, m.ignoringCase);
            case IsNull n -> new IsNull(move.apply(n.path));
            case Has h -> new Has(move.apply(h.path), h.value);
            case Related r -> new Related(move.apply(r.through), r.link, r.condition);
            case And and ->
                new And(and.all.stream().map(each -> each.moved(move)).toList());
            case Or or -> new Or(or.any.stream().map(each -> each.moved(move)).toList());
            case Not not -> new Not(not.condition.moved(move));
        };
    }

    /** The paths that it reads, in order of occurrence. */
    default List<Path> paths() {
        return switch (this) {
            case Constant c -> List.of();
            case Compare c -> List.of(c.path);
            case Between b -> List.of(b.path);
            case In in -> List.of(in.path);
            case Match m -> List.of(m.path);
            case IsNull n -> List.of(n.path);
            case Has h -> List.of(h.path);
            case Related r ->
                r.link == null
                        ? List.of(r.through)
                        : r.link.fields().stream().map(Path::of).toList();
            case And and ->
                and.all.stream().flatMap(each -> each.paths().stream()).toList();
            case Or or -> or.any.stream().flatMap(each -> each.paths().stream()).toList();
            case Not not -> not.condition.paths();
        };
    }
}
