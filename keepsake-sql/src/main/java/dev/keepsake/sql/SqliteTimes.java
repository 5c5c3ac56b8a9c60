package dev.keepsake.sql;

import dev.keepsake.value.Times;
import dev.keepsake.value.Values;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;

/** Foreign dates and times as text of one fixed form, by which they are compared and sorted. */
final class SqliteTimes {
    private SqliteTimes() {}

    /** The key of a constant. */
    static String key(Object time) {
        return switch (time) {
            case LocalDate date -> Times.text(date.atStartOfDay(), ' ', 9);
            case LocalDateTime dateTime -> Times.text(dateTime, ' ', 9);
            case Instant instant -> Times.text(Values.utc(instant), ' ', 9);
            case LocalTime clock -> Times.text(clock, 9);
            default -> throw new IllegalArgumentException("not a date or time: " + time);
        };
    }

    /** The key of a stored text in any ISO form. */
    static String key(String text) {
        boolean clock = text.length() > 2 && text.charAt(2) == ':';
        return clock ? Times.text(Times.time(text), 9) : Times.text(Times.dateTime(text), ' ', 9);
    }
}
