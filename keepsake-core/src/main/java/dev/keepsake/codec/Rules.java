package dev.keepsake.codec;

import dev.keepsake.fault.Report;
import jakarta.validation.constraints.AssertFalse;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Future;
import jakarta.validation.constraints.FutureOrPresent;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Negative;
import jakarta.validation.constraints.NegativeOrZero;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Past;
import jakarta.validation.constraints.PastOrPresent;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The constraints of jakarta.validation on one member, checked before an object is written. All of that package's own
 * constraints are honoured, with the meaning that Jakarta Validation 3.1, chapter 8 gives them: null satisfies every one
 * but those that say otherwise. Where that API is not on the class path there is nothing to be read.
 */
final class Rules {
    private static final String PACKAGE = "jakarta.validation.";
    private static final java.util.regex.Pattern ADDRESS = java.util.regex.Pattern.compile(
            "[^\\s@\"(),:;<>\\[\\]]{1,64}@[\\p{L}\\p{N}]([\\p{L}\\p{N}.-]{0,252}[\\p{L}\\p{N}])?");

    /**
     * One constraint, or those of the elements.
     *
     * @param holds of the member's value, that may be null
     * @param message what must be so
     * @param each what holds for each element of the value
     */
    record Rule(Predicate<@Nullable Object> holds, String message, List<Rule> each) {
        /** Notes what a value breaks, with its place. */
        void check(@Nullable Object value, String at, List<String> broken) {
            if (!kept(value)) {
                broken.add(at + ": " + message + ", was " + (value == null ? "null" : Report.quote(value)));
            }
            if (each.isEmpty()) {
                return;
            }
            switch (value) {
                case Optional<?> optional -> optional.ifPresent(inner -> checkEach(inner, at, broken));
                case Collection<?> all -> {
                    int index = 0;
                    for (Object inner : all) {
                        checkEach(inner, at + "[" + index++ + "]", broken);
                    }
                }
                case Map<?, ?> map -> map.forEach((key, inner) -> checkEach(inner, at + "." + key, broken));
                case null, default -> {}
            }
        }

        private void checkEach(@Nullable Object inner, String at, List<String> broken) {
            each.forEach(rule -> rule.check(inner, at, broken));
        }

        private boolean kept(@Nullable Object value) {
            try {
                return holds.test(value);
            } catch (RuntimeException e) {
                return false; // a text that is no number is not at least 3
            }
        }
    }

    private Rules() {}

    /** The constraints of a member; what cannot be honoured is noted. */
    static List<Rule> of(AnnotatedElement member, List<String> refused) {
        List<Rule> rules = said(member, refused);
        if (member instanceof Field field) {
            inside(field.getAnnotatedType(), rules, refused);
        }
        return rules;
    }

    private static List<Rule> said(AnnotatedElement element, List<String> refused) {
        List<Rule> rules = new ArrayList<>();
        for (Annotation annotation : element.getAnnotations()) {
            if (isConstraint(annotation)) {
                for (Annotation each : unpacked(annotation)) {
                    groups(each, refused);
                    add(rules, each, refused);
                }
            }
        }
        return rules;
    }

    /** The constraints of the elements, as in {@code List<@NotBlank String>}. */
    private static void inside(AnnotatedType type, List<Rule> rules, List<String> refused) {
        if (type instanceof AnnotatedParameterizedType of) {
            AnnotatedType[] arguments = of.getAnnotatedActualTypeArguments();
            AnnotatedType element = arguments[arguments.length - 1];
            List<Rule> each = said(element, refused);
            inside(element, each, refused);
            if (!each.isEmpty()) {
                rules.add(new Rule(value -> true, "", List.copyOf(each)));
            }
            if (arguments.length > 1 && !said(arguments[0], refused).isEmpty()) {
                refused.add("constraints on the keys of a map are not honoured: check them in the constructor");
            }
        }
    }

    /** What is said of a class or its methods, where no constraint is looked for. */
    static List<String> elsewhere(Class<?> type) {
        List<String> refused = new ArrayList<>();
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
            for (Annotation annotation : at.getAnnotations()) {
                if (isConstraint(annotation)) {
                    refused.add(": " + named(annotation) + " on a class is not honoured: check it in the constructor");
                }
            }
            for (Method method : at.getDeclaredMethods()) {
                for (Annotation annotation : method.getAnnotations()) {
                    if (isConstraint(annotation) && !Annotations.onField(at, method.getName(), annotation)) {
                        refused.add("." + method.getName() + ": " + named(annotation)
                                + " on a method is not honoured: annotate the field, or check it in the constructor");
                    }
                }
            }
        }
        return refused;
    }

    /** Those of the package, and those of anyone else, which are marked as such. */
    private static boolean isConstraint(Annotation annotation) {
        String name = annotation.annotationType().getName();
        return (name.startsWith(PACKAGE) && !name.equals(PACKAGE + "Valid"))
                || Arrays.stream(annotation.annotationType().getAnnotations())
                        .anyMatch(mark -> mark.annotationType().getName().equals(PACKAGE + "Constraint"));
    }

    private static String named(Annotation annotation) {
        return "@" + annotation.annotationType().getSimpleName();
    }

    /** An annotation that stands for several of one kind, as these. */
    private static List<Annotation> unpacked(Annotation annotation) {
        boolean several = annotation.annotationType().getSimpleName().equals("List");
        return several && attribute(annotation, "value") instanceof Annotation[] all
                ? List.of(all)
                : List.of(annotation);
    }

    private static void groups(Annotation annotation, List<String> refused) {
        if (attribute(annotation, "groups") instanceof Class<?>[] groups
                && groups.length > 0
                && Arrays.stream(groups).noneMatch(each -> each.getName().equals(PACKAGE + "groups.Default"))) {
            refused.add(named(annotation) + "(groups) is not honoured: what is written is checked whole");
        }
    }

    private static @Nullable Object attribute(Annotation annotation, String name) {
        try {
            Method method = annotation.annotationType().getDeclaredMethod(name);
            method.setAccessible(true);
            return method.invoke(annotation);
        } catch (ReflectiveOperationException e) {
            return null; // it has no such attribute
        }
    }

    private static void add(List<Rule> rules, Annotation annotation, List<String> refused) {
        switch (annotation) {
            case NotNull a -> rule(rules, a.message(), "must not be null", v -> v != null);
            case jakarta.validation.constraints.Null a -> rule(rules, a.message(), "must be null", v -> v == null);
            case NotBlank a ->
                rule(
                        rules,
                        a.message(),
                        "must not be blank",
                        v -> v instanceof CharSequence c && !c.toString().isBlank());
            case NotEmpty a -> rule(rules, a.message(), "must not be empty", v -> v != null && size(v) > 0);
            case Size a ->
                rule(
                        rules,
                        a.message(),
                        a.max() == Integer.MAX_VALUE
                                ? "has a size of at least " + a.min()
                                : "has a size between " + a.min() + " and " + a.max(),
                        v -> v == null || (size(v) >= a.min() && size(v) <= a.max()));
            case Pattern a -> {
                java.util.regex.Pattern pattern = java.util.regex.Pattern.compile(
                        a.regexp(),
                        Arrays.stream(a.flags())
                                .mapToInt(Pattern.Flag::getValue)
                                .reduce(0, (x, y) -> x | y));
                rule(
                        rules,
                        a.message(),
                        "must match " + a.regexp(),
                        v -> v == null || pattern.matcher(v.toString()).matches());
            }
            case Email a -> {
                java.util.regex.Pattern pattern = java.util.regex.Pattern.compile(
                        a.regexp(),
                        Arrays.stream(a.flags())
                                .mapToInt(Pattern.Flag::getValue)
                                .reduce(0, (x, y) -> x | y));
                rule(
                        rules,
                        a.message(),
                        "must be an e-mail address",
                        v -> v == null
                                || v.toString().isEmpty()
                                || (ADDRESS.matcher(v.toString()).matches()
                                        && pattern.matcher(v.toString()).matches()));
            }
            case Min a ->
                number(
                        rules,
                        a.message(),
                        "at least " + a.value(),
                        n -> n.compareTo(BigDecimal.valueOf(a.value())) >= 0);
            case Max a ->
                number(
                        rules,
                        a.message(),
                        "at most " + a.value(),
                        n -> n.compareTo(BigDecimal.valueOf(a.value())) <= 0);
            case DecimalMin a -> {
                BigDecimal least = new BigDecimal(a.value());
                int limit = a.inclusive() ? 0 : 1;
                number(
                        rules,
                        a.message(),
                        (a.inclusive() ? "at least " : "more than ") + least,
                        n -> n.compareTo(least) >= limit);
            }
            case DecimalMax a -> {
                BigDecimal most = new BigDecimal(a.value());
                int limit = a.inclusive() ? 0 : -1;
                number(
                        rules,
                        a.message(),
                        (a.inclusive() ? "at most " : "less than ") + most,
                        n -> n.compareTo(most) <= limit);
            }
            case Positive a -> number(rules, a.message(), "more than 0", n -> n.signum() > 0);
            case PositiveOrZero a -> number(rules, a.message(), "at least 0", n -> n.signum() >= 0);
            case Negative a -> number(rules, a.message(), "less than 0", n -> n.signum() < 0);
            case NegativeOrZero a -> number(rules, a.message(), "at most 0", n -> n.signum() <= 0);
            case Digits a ->
                number(
                        rules,
                        a.message(),
                        "a number of at most " + a.integer() + " digits before the point and " + a.fraction()
                                + " after",
                        n -> n.stripTrailingZeros().scale() <= a.fraction()
                                && n.precision() - n.scale() <= a.integer());
            case AssertTrue a -> rule(rules, a.message(), "must be true", v -> !Boolean.FALSE.equals(v));
            case AssertFalse a -> rule(rules, a.message(), "must be false", v -> !Boolean.TRUE.equals(v));
            case Past a -> time(rules, a.message(), "must be in the past", order -> order < 0);
            case PastOrPresent a -> time(rules, a.message(), "must not be in the future", order -> order <= 0);
            case Future a -> time(rules, a.message(), "must be in the future", order -> order > 0);
            case FutureOrPresent a -> time(rules, a.message(), "must not be in the past", order -> order >= 0);
            default ->
                refused.add(named(annotation) + " is a constraint that is not known here: check it in the constructor");
        }
    }

    /** A message of the user's own, or ours for one that is only a key. */
    private static void rule(List<Rule> rules, String message, String ours, Predicate<@Nullable Object> holds) {
        Predicate<@Nullable Object> inside =
                value -> holds.test(value instanceof Optional<?> o ? o.orElse(null) : value);
        rules.add(new Rule(inside, message.startsWith("{") ? ours : message, List.of()));
    }

    private static void number(List<Rule> rules, String message, String ours, Predicate<BigDecimal> holds) {
        rule(rules, message, "must be " + ours, value -> {
            BigDecimal number = decimal(value);
            return number == null || holds.test(number);
        });
    }

    private static @Nullable BigDecimal decimal(@Nullable Object value) {
        return switch (value) {
            case BigDecimal decimal -> decimal;
            case BigInteger whole -> new BigDecimal(whole);
            case Double real -> Double.isFinite(real) ? BigDecimal.valueOf(real) : null;
            case Float real -> Float.isFinite(real) ? new BigDecimal(real.toString()) : null;
            case Number whole -> BigDecimal.valueOf(whole.longValue());
            case CharSequence text -> new BigDecimal(text.toString());
            case null, default -> null;
        };
    }

    private static void time(List<Rule> rules, String message, String ours, Predicate<Integer> holds) {
        rule(rules, message, ours, value -> {
            Integer order = fromNow(value);
            return order == null || holds.test(order);
        });
    }

    private static @Nullable Integer fromNow(@Nullable Object value) {
        Instant now = Instant.now();
        LocalDateTime local = LocalDateTime.ofInstant(now, ZoneOffset.UTC);
        return switch (value) {
            case Instant time -> time.compareTo(now);
            case LocalDateTime time -> time.compareTo(local);
            case LocalDate date -> date.compareTo(local.toLocalDate());
            case LocalTime time -> time.compareTo(local.toLocalTime());
            case null, default -> null;
        };
    }

    private static int size(Object value) {
        return switch (value) {
            case CharSequence text -> text.length();
            case Collection<?> all -> all.size();
            case Map<?, ?> map -> map.size();
            case byte[] bytes -> bytes.length;
            default -> throw new IllegalArgumentException("no size: " + Report.quote(value));
        };
    }
}
