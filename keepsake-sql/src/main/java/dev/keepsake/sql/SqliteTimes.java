package dev.keepsake.sql;

import dev.keepsake.value.Times;
import dev.keepsake.value.Values;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;

/** Foreign times as text of one fixed form, by which they are compared and sorted. */
final class SqliteTimes {
    private SqliteTimes() {}

    /** The key of a constant. */
    static String key(Object time) {
        return switch (time) {
            case LocalDate date -> Times.text(date.atStartOfDay(), ' ', 9);
            case LocalDateTime dateTime -> Times.text(dateTime, ' ', 9);
            case Instant instant -> Times.text(Values.utc(instant), ' ', 9);
            default -> throw new IllegalArgumentException("not a date or time: " + time);
        };
    }

    /** The key of a stored text in any ISO form. */
    static String key(String text) {
        return Times.text(Times.dateTime(text), ' ', 9);
    }
}
