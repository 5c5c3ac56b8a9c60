package dev.keepsake.cli;

import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Guesses the type of a CSV column, and rather text than a type that would lose something: a whole number has no leading
 * zeros or plus sign and fits 64 bits; a double is exact to its last digit, and 3.10 stays text unless every number of the
 * column has as many decimals; a boolean is written out. Empty cells and nulls say nothing; a column of them alone is text.
 * Not safe for use by several threads.
 */
final class CellGuess implements Guess {
    private static final Pattern WHOLE = Pattern.compile("0|-?[1-9]\\d{0,18}");
    private static final Pattern REAL = Pattern.compile("-?(0|[1-9]\\d*)\\.(\\d+)([eE][-+]?\\d+)?");
    private static final Pattern TRUTH = Pattern.compile("true|false|TRUE|FALSE|True|False");

    private long present;
    private long wholes;
    private long reals;
    private long truths;
    private boolean exactAsDouble = true;
    private boolean trailingZero;
    private int leastDecimals = Integer.MAX_VALUE;
    private int mostDecimals;

    /** Takes a cell into account; null is null. */
    void see(@Nullable String cell) {
        if (cell == null || cell.isEmpty()) {
            return;
        }
        present++;
        if (WHOLE.matcher(cell).matches()) {
            whole(cell);
        } else if (REAL.matcher(cell).matches()) {
            real(cell);
        } else if (TRUTH.matcher(cell).matches()) {
            truths++;
        }
    }

    private void whole(String cell) {
        try {
            long number = Long.parseLong(cell);
            wholes++;
            exactAsDouble &= Math.abs(number) <= 1L << 53;
            leastDecimals = 0;
        } catch (NumberFormatException e) {
            // Beyond 64 bits: text.
        }
    }

    private void real(String cell) {
        BigDecimal exact = new BigDecimal(cell);
        double number = exact.doubleValue();
        boolean negativeZero = cell.startsWith("-") && exact.signum() == 0;
        if (!negativeZero
                && Double.isFinite(number)
                && BigDecimal.valueOf(number).compareTo(exact) == 0) {
            reals++;
            trailingZero |= exact.scale() > 1 && exact.stripTrailingZeros().scale() < exact.scale();
            leastDecimals = Math.min(leastDecimals, exact.scale());
            mostDecimals = Math.max(mostDecimals, exact.scale());
        }
    }

    @Override
    public Type type() {
        if (present == 0) {
            return Type.TEXT;
        }
        if (wholes == present) {
            return Type.INTEGER;
        }
        boolean lossless = exactAsDouble && (!trailingZero || leastDecimals == mostDecimals);
        if (wholes + reals == present && lossless) {
            return Type.DOUBLE;
        }
        return truths == present ? Type.BOOLEAN : Type.TEXT;
    }

    @Override
    public long present() {
        return present;
    }
}
