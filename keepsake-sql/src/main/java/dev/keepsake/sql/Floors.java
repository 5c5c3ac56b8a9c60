package dev.keepsake.sql;

import dev.keepsake.sql.Column.Floor;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numeric constants among the numbers that a column can hold, exactly, whatever the types of both. */
final class Floors {
    private Floors() {}

    /** The number, a double with all the digits that it has. */
    static BigDecimal exact(Object number) {
        return switch (number) {
            case Long l -> BigDecimal.valueOf(l);
            case Double d -> new BigDecimal(d);
            case BigDecimal d -> d;
            default -> throw new IllegalArgumentException("not a number: " + number);
        };
    }

    /** Among whole numbers of 64 bits. */
    static Floor whole(BigDecimal number) {
        BigDecimal floor = number.setScale(0, RoundingMode.FLOOR);
        if (floor.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            return new Floor(null, false, 1);
        }
        if (floor.compareTo(BigDecimal.valueOf(Long.MIN_VALUE)) < 0) {
            return new Floor(null, false, -1);
        }
        return new Floor(floor.longValueExact(), floor.compareTo(number) == 0, 0);
    }

    /** Among doubles. */
    static Floor real(BigDecimal number) {
        double nearest = number.doubleValue();
        if (Double.isInfinite(nearest)) {
            return new Floor(null, false, nearest > 0 ? 1 : -1);
        }
        int order = new BigDecimal(nearest).compareTo(number);
        return new Floor(order > 0 ? Math.nextDown(nearest) : nearest, order == 0, 0);
    }

    /** Among numbers of 32 bits, each of which is the shortest decimal that is nearest to it; the floor is a double all the same. */
    static Floor single(BigDecimal number) {
        float nearest = number.floatValue();
        if (Float.isInfinite(nearest)) {
            return new Floor(null, false, nearest > 0 ? 1 : -1);
        }
        // what a double can say of the constant, as a value of such a column is a double to us
        int order = new BigDecimal(Double.parseDouble(Float.toString(nearest))).compareTo(number);
        return new Floor((double) (order > 0 ? Math.nextDown(nearest) : nearest), order == 0, 0);
    }

    /** Among decimals of so many digits before the point and behind it. */
    static Floor decimal(BigDecimal number, int whole, int scale) {
        BigDecimal floor = number.setScale(scale, RoundingMode.FLOOR);
        if (floor.signum() != 0 && floor.precision() - floor.scale() > whole) {
            return new Floor(null, false, floor.signum());
        }
        return new Floor(floor, floor.compareTo(number) == 0, 0);
    }
}
