package dev.keepsake.value;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Dates and times as ISO 8601 text. What is written has a fixed width for its precision, so that text order is time
 * order; what is read may have {@code T} or a blank between date and time, any number of fraction digits up to nine, and a
 * zone or none (none is UTC). Stateless.
 */
public final class Times {
    private Times() {}

    /** {@code 2018-05-31}. */
    public static String text(LocalDate date) {
        StringBuilder text = new StringBuilder(10);
        date(text, date);
        return text.toString();
    }

    /** {@code 01:44:52.123}, with the given digits of the second's fraction. */
    public static String text(LocalTime time, int precision) {
        StringBuilder text = new StringBuilder(18);
        time(text, time, precision);
        return text.toString();
    }

    /** {@code 2018-05-31T01:44:52.123}, with the given separator and digits of the second's fraction. */
    public static String text(LocalDateTime time, char separator, int precision) {
        StringBuilder text = new StringBuilder(30);
        date(text, time.toLocalDate());
        time(text.append(separator), time.toLocalTime(), precision);
        return text.toString();
    }

    /** {@code 2018-05-31T01:44:52.123Z}, with the given digits of the second's fraction. */
    public static String text(Instant instant, int precision) {
        return text(Values.utc(instant), 'T', precision) + 'Z';
    }

    private static void date(StringBuilder text, LocalDate date) {
        digits(text, date.getYear(), 4);
        digits(text.append('-'), date.getMonthValue(), 2);
        digits(text.append('-'), date.getDayOfMonth(), 2);
    }

    private static void time(StringBuilder text, LocalTime time, int precision) {
        digits(text, time.getHour(), 2);
        digits(text.append(':'), time.getMinute(), 2);
        digits(text.append(':'), time.getSecond(), 2);
        if (precision > 0) {
            String nanos = Integer.toString(1_000_000_000 + time.getNano());
            text.append('.').append(nanos, 1, 1 + precision);
        }
    }

    private static void digits(StringBuilder text, int number, int width) {
        for (int power = (int) Math.pow(10, width - 1); power > 1 && number < power; power /= 10) {
            text.append('0');
        }
        text.append(number);
    }

    /** Reads a date; anything else is a {@link DateTimeException}. */
    public static LocalDate date(String text) {
        return LocalDate.parse(text);
    }

    /** Reads a time of day; anything else is a {@link DateTimeException}. */
    public static LocalTime time(String text) {
        return LocalTime.parse(text);
    }

    /** Reads a date and time, or a date alone as its midnight; a zone is applied and the result is in UTC. */
    public static LocalDateTime dateTime(String text) {
        if (text.length() == 10) {
            return LocalDate.parse(text).atStartOfDay();
        }
        String iso = iso(text);
        return zoned(iso)
                ? OffsetDateTime.parse(iso)
                        .withOffsetSameInstant(ZoneOffset.UTC)
                        .toLocalDateTime()
                : LocalDateTime.parse(iso);
    }

    /** Reads a point in time; without a zone it is UTC. */
    public static Instant instant(String text) {
        return dateTime(text).toInstant(ZoneOffset.UTC);
    }

    private static String iso(String text) {
        String iso =
                text.length() > 10 && text.charAt(10) == ' ' ? text.substring(0, 10) + 'T' + text.substring(11) : text;
        int length = iso.length();
        if (signed(iso, length - 3)) {
            return iso + ":00";
        }
        return signed(iso, length - 5) ? iso.substring(0, length - 2) + ':' + iso.substring(length - 2) : iso;
    }

    /** Whether an offset starts there: {@code +02}, or {@code +0200}. */
    private static boolean signed(String iso, int at) {
        return at > 10 && (iso.charAt(at) == '+' || iso.charAt(at) == '-');
    }

    private static boolean zoned(String iso) {
        return iso.endsWith("Z") || iso.endsWith("z") || iso.indexOf('+', 11) > 0 || iso.indexOf('-', 11) > 0;
    }
}
