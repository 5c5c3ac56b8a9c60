package dev.keepsake.mongo;

import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import org.bson.BsonValue;

/**
 * A constant as the server can hold it: the greatest such value that is not greater.
 *
 * @param value that value
 * @param exact whether it is the constant itself
 */
record Floor(BsonValue value, boolean exact) {
    private static final MathContext DIGITS = new MathContext(34, RoundingMode.FLOOR);

    static Floor of(Object constant, Type type) {
        Object floor = switch (constant) {
            case BigDecimal number -> number.round(DIGITS);
            case Instant moment -> moment.truncatedTo(ChronoUnit.MILLIS);
            case LocalDateTime time when type instanceof Type.DateTime -> time.truncatedTo(ChronoUnit.MILLIS);
            case LocalTime time when type instanceof Type.Time -> time.truncatedTo(ChronoUnit.MILLIS);
            default -> constant;
        };
        boolean isExact = (constant instanceof BigDecimal number && floor instanceof BigDecimal rounded)
                ? number.compareTo(rounded) == 0
                : floor.equals(constant);
        Type kept = type instanceof Type.Int ? Type.INTEGER : type; // a constant may be beyond the field's range
        return new Floor(MongoValues.encode(floor, kept), isExact);
    }
}
