package dev.keepsake.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Invalid;
import jakarta.persistence.Column;
import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.Valid;
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
import jakarta.validation.constraints.Null;
import jakarta.validation.constraints.Past;
import jakarta.validation.constraints.PastOrPresent;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The constraints of jakarta.validation, each kept and broken, with the place in Java names. */
final class RulesTest {
    record All(
            long id,
            @NotNull String notNull,
            @Null String none,
            @NotBlank String notBlank,
            @NotEmpty List<String> notEmpty,
            @Size(min = 2, max = 3) String size,

            @Pattern(regexp = "[a-z]+", flags = Pattern.Flag.CASE_INSENSITIVE)
            String pattern,

            @Email String email,
            @Min(3) int min,
            @Max(3) long max,
            @DecimalMin(value = "0.5", inclusive = false) BigDecimal least,
            @DecimalMax("0.5") double most,
            @Positive int positive,
            @PositiveOrZero int notNegative,
            @Negative int negative,
            @NegativeOrZero int notPositive,
            @Digits(integer = 2, fraction = 1) BigDecimal digits,
            @AssertTrue boolean truth,
            @AssertFalse Boolean falsehood,
            @Past LocalDate past,
            @PastOrPresent Instant notFuture,
            @Future Instant future,
            @FutureOrPresent LocalDate notPast) {}

    private static final Codec<All> CODEC = Codecs.codec(All.class);
    private static final Instant LATER = Instant.parse("2999-01-01T00:00:00Z");

    @Test
    void whatKeepsAllRulesHasNoMistake() {
        All kept = new All(
                1,
                "",
                null,
                "x",
                List.of("x"),
                "ab",
                "Ab",
                "a@b",
                3,
                3,
                new BigDecimal("0.6"),
                0.5,
                1,
                0,
                -1,
                0,
                new BigDecimal("12.5"),
                true,
                false,
                LocalDate.EPOCH,
                Instant.EPOCH,
                LATER,
                LocalDate.of(2999, 1, 1));
        assertThat(CODEC.mistakes(kept)).isEmpty();
    }

    @Test
    void whatBreaksThemIsToldRuleByRule() {
        All broken = new All(
                1,
                null,
                "x",
                " ",
                List.of(),
                "a",
                "1",
                "no address",
                2,
                4,
                new BigDecimal("0.5"),
                0.6,
                0,
                -1,
                0,
                1,
                new BigDecimal("123.45"),
                false,
                true,
                LocalDate.of(2999, 1, 1),
                LATER,
                Instant.EPOCH,
                LocalDate.EPOCH);
        assertThat(CODEC.mistakes(broken))
                .containsExactly(
                        "notNull: must not be null, was null",
                        "none: must be null, was x",
                        "notBlank: must not be blank, was  ",
                        "notEmpty: must not be empty, was []",
                        "size: has a size between 2 and 3, was a",
                        "pattern: must match [a-z]+, was 1",
                        "email: must be an e-mail address, was no address",
                        "min: must be at least 3, was 2",
                        "max: must be at most 3, was 4",
                        "least: must be more than 0.5, was 0.5",
                        "most: must be at most 0.5, was 0.6",
                        "positive: must be more than 0, was 0",
                        "notNegative: must be at least 0, was -1",
                        "negative: must be less than 0, was 0",
                        "notPositive: must be at most 0, was 1",
                        "digits: must be a number of at most 2 digits before the point and 1 after, was 123.45",
                        "truth: must be true, was false",
                        "falsehood: must be false, was true",
                        "past: must be in the past, was 2999-01-01",
                        "notFuture: must not be in the future, was 2999-01-01T00:00:00Z",
                        "future: must be in the future, was 1970-01-01T00:00:00Z",
                        "notPast: must not be in the past, was 1970-01-01");
    }

    @Test
    void nullBreaksNoRuleThatDoesNotSaySo() {
        All empty = new All(
                1,
                "",
                null,
                "x",
                List.of("x"),
                null,
                null,
                null,
                3,
                3,
                null,
                0,
                1,
                0,
                -1,
                0,
                null,
                true,
                null,
                null,
                null,
                null,
                null);
        assertThat(CODEC.mistakes(empty)).isEmpty();
    }

    record Comment(
            @NotBlank(message = "say something") @Size(min = 1) @Size(max = 5) @Column(length = 6)
            String text) {}

    record Post(
            long id,
            @Size(max = 2) List<@Valid Comment> comments,
            Map<String, Comment> named,
            Optional<@Email String> email,
            List<List<@Positive Integer>> numbers) {}

    @Test
    void placesLeadIntoListsMapsAndOptionals() {
        Post post = new Post(
                1,
                List.of(new Comment("a"), new Comment("abcdef"), new Comment("")),
                Map.of("k", new Comment("abcdefg")),
                Optional.of("x"),
                List.of(List.of(1), List.of(1, -1)));
        assertThat(Codecs.codec(Post.class).mistakes(post))
                .containsExactly(
                        "comments: has a size between 0 and 2, was [Comment[text=a], Comment[text=abcdef], Comment[text=]]",
                        "comments[1].text: has a size between 0 and 5, was abcdef",
                        "comments[2].text: say something, was ",
                        "comments[2].text: has a size of at least 1, was ",
                        "named.k.text: has a size between 0 and 5, was abcdefg",
                        "email: must be an e-mail address, was x",
                        "numbers[1][1]: must be more than 0, was -1");
    }

    @Constraint(validatedBy = {})
    @Retention(RetentionPolicy.RUNTIME)
    @interface Own {
        String message() default "";

        Class<?>[] groups() default {};

        Class<? extends Payload>[] payload() default {};
    }

    record Unknown(long id, @Own String text) {}

    record Grouped(long id, @NotNull(groups = Own.class) String text) {}

    record Keyed(long id, Map<@NotBlank String, String> map) {}

    @Own
    static final class Elsewhere {
        long id;

        @AssertTrue
        boolean isWhole() {
            return id > 0;
        }
    }

    @Test
    void constraintsThatAreNotCheckedAreRefused() {
        assertThat(mistakes(Unknown.class)).contains("Unknown.text: @Own is a constraint that is not known here");
        assertThat(mistakes(Grouped.class)).contains("Grouped.text: @NotNull(groups) is not honoured");
        assertThat(mistakes(Keyed.class)).contains("Keyed.map: constraints on the keys of a map are not honoured");
        assertThat(mistakes(Elsewhere.class))
                .contains("Elsewhere: @Own on a class is not honoured")
                .contains("Elsewhere.isWhole: @AssertTrue on a method is not honoured");
    }

    private static String mistakes(Class<?> type) {
        Invalid refusal = catchThrowableOfType(Invalid.class, () -> Codecs.of(type));
        return String.valueOf(refusal.facts().get("mistakes")).replace(RulesTest.class.getName() + "$", "");
    }
}
