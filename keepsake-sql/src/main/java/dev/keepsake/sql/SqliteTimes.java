package dev.keepsake.sql;

import dev.keepsake.value.Times;
import dev.keepsake.value.Values;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    /**
     * A new text in the form of the one that it replaces: its separator, its zone, and at least as many digits of the second's
     * fraction. Only a date and time has more forms than one.
     *
     * @param text in our own form, without zone, which is UTC
     */
    static String like(String replaced, String text) {
        Matcher form = FORM.matcher(replaced);
        if (text.length() < 19 || !form.matches()) {
            return text;
        }
        String zone = form.group(3);
        LocalDateTime time = Times.dateTime(text);
        if (zone != null && !zone.equals("Z")) {
            try {
                time = time.plusSeconds(ZoneOffset.of(zone).getTotalSeconds());
            } catch (DateTimeException e) {
                return text; // there is no such zone: what is replaced was no time
            }
        }
        int digits = form.group(2) == null ? 0 : Math.min(form.group(2).length(), 9);
        while (digits < 9 && time.toLocalTime().toNanoOfDay() % (long) Math.pow(10, 9 - digits) != 0) {
            digits++;
        }
        return Times.text(time, form.group(1).charAt(0), digits) + (zone == null ? "" : zone);
    }

    private static final Pattern FORM =
            Pattern.compile("[0-9-]{10}([T ])[0-9:]{5,8}(?:\\.([0-9]+))?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?");
}
