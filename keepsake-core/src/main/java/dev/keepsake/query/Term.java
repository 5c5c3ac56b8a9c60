package dev.keepsake.query;

import dev.keepsake.fault.Problem;
import dev.keepsake.value.Path;
import dev.keepsake.value.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A field, or something inside one, from which conditions are made: {@code Term.of("info.license").eq("MIT")}.
 *
 * <p>Every condition is true or false, never unknown: a comparison with a null or absent field is false, and {@link #ne} is
 * the exact complement of {@link #eq}, so it finds nulls. A path through a list means that some element satisfies the
 * condition. Immutable.
 *
 * @param path where the value is
 */
public record Term(Path path) implements Selectable {

    /** The term of a path as {@link Path#parse} reads it. */
    public static Term of(String path) {
        return new Term(Path.parse(path));
    }

    /** The field is equal to the value, numbers compared as numbers. Null is refused, {@link #isNull} is for that. */
    public Condition eq(Object value) {
        return compare(Condition.Operator.EQ, value);
    }

    /** The complement of {@link #eq}. */
    public Condition ne(Object value) {
        return eq(value).not();
    }

    /** The field is less than the value. */
    public Condition lt(Object value) {
        return compare(Condition.Operator.LT, value);
    }

    /** The field is less than the value or equal to it. */
    public Condition le(Object value) {
        return compare(Condition.Operator.LE, value);
    }

    /** The field is greater than the value. */
    public Condition gt(Object value) {
        return compare(Condition.Operator.GT, value);
    }

    /** The field is greater than the value or equal to it. */
    public Condition ge(Object value) {
        return compare(Condition.Operator.GE, value);
    }

    /** The field is not less than the first and not greater than the second. */
    public Condition between(Object least, Object greatest) {
        return new Condition.Between(path, constant(least), constant(greatest));
    }

    /** The field is equal to one of the values; of none, it is false. */
    public Condition in(Object... values) {
        return in(Arrays.asList(values));
    }

    /** As {@link #in(Object...)}. */
    public Condition in(Collection<?> values) {
        List<Object> constants = new ArrayList<>(values.size());
        values.forEach(value -> constants.add(constant(value)));
        return new Condition.In(path, constants);
    }

    /** The text fits a pattern of {@code %} (any characters) and {@code _} (one); a backslash takes the next as it is. */
    public Condition like(String pattern) {
        return new Condition.Match(path, Condition.Manner.LIKE, pattern, false);
    }

    /** As {@link #like}, the letters A to Z as their small ones. */
    public Condition likeIgnoreCase(String pattern) {
        return new Condition.Match(path, Condition.Manner.LIKE, pattern, true);
    }

    /** The text starts with the given one. */
    public Condition startsWith(String text) {
        return new Condition.Match(path, Condition.Manner.STARTS_WITH, text, false);
    }

    /** As {@link #startsWith}, the letters A to Z as their small ones. */
    public Condition startsWithIgnoreCase(String text) {
        return new Condition.Match(path, Condition.Manner.STARTS_WITH, text, true);
    }

    /** The text contains the given one. */
    public Condition contains(String text) {
        return new Condition.Match(path, Condition.Manner.CONTAINS, text, false);
    }

    /** As {@link #contains}, the letters A to Z as their small ones. */
    public Condition containsIgnoreCase(String text) {
        return new Condition.Match(path, Condition.Manner.CONTAINS, text, true);
    }

    /** Some part of the text matches the regular expression, see {@link Regex}. */
    public Condition matches(String regex) {
        return new Condition.Match(path, Condition.Manner.REGEX, regex, false);
    }

    /** As {@link #matches}, the letters A to Z as their small ones. */
    public Condition matchesIgnoreCase(String regex) {
        return new Condition.Match(path, Condition.Manner.REGEX, regex, true);
    }

    /** The field is null or absent. */
    public Condition isNull() {
        return new Condition.IsNull(path);
    }

    /** The complement of {@link #isNull}. */
    public Condition isNotNull() {
        return isNull().not();
    }

    /** The field is a list and one of its elements is equal to the value. */
    public Condition has(Object value) {
        return new Condition.Has(path, constant(value));
    }

    /**
     * Some object behind the path, which leads to other objects, satisfies all of a condition on its own fields:
     * {@code field("releases").any(field("size").gt(1000).and(field("major").eq(1)))}.
     */
    public Condition any(Condition condition) {
        return new Condition.Related(path, null, condition);
    }

    /** The term of what is inside, or behind a reference. */
    public Term then(String step) {
        List<String> steps = new ArrayList<>(path.steps());
        steps.addAll(Path.parse(step).steps());
        return new Term(new Path(steps));
    }

    /** As {@link #then(String)}, by its accessor. */
    public <T, V extends @Nullable Object> Term then(Property<T, V> step) {
        return then(step.name());
    }

    /** Under another name, where it is a column of a row. */
    public Rows.Column as(String name) {
        return new Rows.Column(name, path);
    }

    /** Sets the field, null included. */
    public Change set(@Nullable Object value) {
        return new Change.Set(path, value);
    }

    /** Makes the field absent, or null where a store cannot tell the two apart. */
    public Change unset() {
        return new Change.Unset(path);
    }

    /** Adds a number to the field, which may be negative. */
    public Change increment(Number by) {
        return new Change.Increment(path, by);
    }

    /** Adds an element at the end of a list. */
    public Change append(Object value) {
        return new Change.Append(path, value);
    }

    /** Removes all elements of a list that are equal to the value. */
    public Change removeValue(Object value) {
        return new Change.RemoveValue(path, value);
    }

    /** Sorts from the least to the greatest, nulls first. */
    public Order asc() {
        return new Order(path, false);
    }

    /** Sorts from the greatest to the least, nulls last. */
    public Order desc() {
        return new Order(path, true);
    }

    private Condition compare(Condition.Operator operator, Object value) {
        return new Condition.Compare(path, operator, constant(value));
    }

    /** A value as conditions compare it; what has to be converted first stays as it is until the condition is resolved. */
    private Object constant(@Nullable Object value) {
        if (value == null || (value instanceof Optional<?> optional && optional.isEmpty())) {
            throw Problem.REQUEST_INVALID
                    .because("%s is compared with null, which nothing is equal to", path)
                    .hint("use isNull()")
                    .fault();
        }
        if (value instanceof Enum<?> || !Values.isPlain(value)) {
            return value;
        }
        return Objects.requireNonNull(Values.normalise(value, path));
    }
}
