package dev.keepsake.cli;

import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Guesses the type of a field from its values. Values of several types make it {@link Type#ANY}, but for whole numbers
 * among doubles where each of them is exact as a double. Not safe for use by several threads.
 */
final class ValueGuess implements Guess {
    private static final int DIGITS = 38;
    private static final int SCALE = 9;

    private final Set<Class<?>> sorts = new HashSet<>();
    private long present;
    private boolean exactAsDouble = true;
    private int scale = SCALE;
    private int whole;
    private int fraction = 3;

    void see(@Nullable Object value) {
        if (value == null) {
            return;
        }
        present++;
        switch (value) {
            case Long l -> exactAsDouble &= (long) (double) l == l && l != Long.MAX_VALUE;
            case BigDecimal d -> {
                scale = Math.max(scale, d.scale());
                whole = Math.max(whole, d.precision() - d.scale());
            }
            case LocalTime t -> time(t);
            case LocalDateTime t -> time(t);
            case Instant t -> time(t);
            default -> {}
        }
        sorts.add(value instanceof List ? List.class : value instanceof Map ? Map.class : value.getClass());
        example = value;
    }

    private @Nullable Object example;

    private void time(TemporalAccessor time) {
        int nanos = time.get(ChronoField.NANO_OF_SECOND);
        while (fraction < 9 && nanos % (int) Math.pow(10, 9 - fraction) != 0) {
            fraction++;
        }
    }

    @Override
    public Type type() {
        if (sorts.size() == 1) {
            return single(Type.of(example));
        }
        boolean numbers = sorts.equals(Set.of(Long.class, Double.class));
        return numbers && exactAsDouble ? Type.DOUBLE : Type.ANY;
    }

    private Type single(Type type) {
        return switch (type) {
            case Type.Decimal decimal -> scale + whole > DIGITS ? Type.ANY : Type.decimal(DIGITS, scale);
            case Type.Time time -> new Type.Time(fraction);
            case Type.DateTime time -> new Type.DateTime(fraction);
            case Type.Instant instant -> Type.instant(fraction);
            default -> type;
        };
    }

    @Override
    public long present() {
        return present;
    }
}
