package dev.keepsake.value;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times as ISO 8601 text. What is written has a fixed width for its precision, so that text order is time
 * order; what is read may have {@code T} or a blank between date and time, any number of fraction digits up to nine, and a
 * zone or none (none is UTC). Stateless.
 */
public final class Times {
    private static final int[] POWERS = {
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000
    };

    private Times() {}

    /** {@code 2018-05-31}. */
    public static String text(LocalDate date) {
        char[] text = new char[10];
        date(text, date);
        return new String(text);
    }

    /** {@code 01:44:52.123}, with the given digits of the second's fraction. */
    public static String text(LocalTime time, int precision) {
        char[] text = new char[timeLength(precision)];
        time(text, 0, time, precision);
        return new String(text);
    }

    /** {@code 2018-05-31T01:44:52.123}, with the given separator and digits of the second's fraction. */
    public static String text(LocalDateTime time, char separator, int precision) {
        char[] text = new char[11 + timeLength(precision)];
        dateTime(text, time, separator, precision);
        return new String(text);
    }

    /** {@code 2018-05-31T01:44:52.123Z}, with the given digits of the second's fraction. */
    public static String text(Instant instant, int precision) {
        char[] text = new char[12 + timeLength(precision)];
        dateTime(text, Values.utc(instant), 'T', precision);
        text[text.length - 1] = 'Z';
        return new String(text);
    }

    private static int timeLength(int precision) {
        return precision > 0 ? 9 + precision : 8;
    }

    private static void dateTime(char[] text, LocalDateTime time, char separator, int precision) {
        date(text, time.toLocalDate());
        text[10] = separator;
        time(text, 11, time.toLocalTime(), precision);
    }

    private static void date(char[] text, LocalDate date) {
        digits(text, 0, 4, date.getYear());
        text[4] = '-';
        digits(text, 5, 2, date.getMonthValue());
        text[7] = '-';
        digits(text, 8, 2, date.getDayOfMonth());
    }

    private static void time(char[] text, int at, LocalTime time, int precision) {
        digits(text, at, 2, time.getHour());
        text[at + 2] = ':';
        digits(text, at + 3, 2, time.getMinute());
        text[at + 5] = ':';
        digits(text, at + 6, 2, time.getSecond());
        if (precision > 0) {
            text[at + 8] = '.';
            digits(text, at + 9, precision, time.getNano() / POWERS[9 - precision]);
        }
    }

    private static void digits(char[] text, int at, int width, int number) {
        int left = number;
        for (int i = at + width - 1; i >= at; i--) {
            text[i] = (char) ('0' + left % 10);
            left /= 10;
        }
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
        LocalDateTime usual = usual(text);
        if (usual != null) {
            return usual;
        }
        String iso = iso(text);
        return zoned(iso)
                ? OffsetDateTime.parse(iso)
                        .withOffsetSameInstant(ZoneOffset.UTC)
                        .toLocalDateTime()
                : LocalDateTime.parse(iso);
    }

    /** Reads the form that is written here, a fraction of any length, without the parser for all forms; null for another form. */
    private static @Nullable LocalDateTime usual(String text) {
        int end = text.endsWith("Z") ? text.length() - 1 : text.length();
        if (end < 19 || end == 20 || end > 29 || !separated(text)) {
            return null;
        }
        int year = number(text, 0, 4);
        int month = number(text, 5, 2);
        int day = number(text, 8, 2);
        int hour = number(text, 11, 2);
        int minute = number(text, 14, 2);
        int second = number(text, 17, 2);
        int fraction = end == 19 ? 0 : number(text, 20, end - 20);
        if ((year | month | day | hour | minute | second | fraction) < 0 || (end > 19 && text.charAt(19) != '.')) {
            return null;
        }
        int nanos = end == 19 ? 0 : fraction * POWERS[29 - end];
        return LocalDateTime.of(year, month, day, hour, minute, second, nanos);
    }

    private static boolean separated(String text) {
        char between = text.charAt(10);
        return (between == 'T' || between == ' ')
                && text.charAt(4) == '-'
                && text.charAt(7) == '-'
                && text.charAt(13) == ':'
                && text.charAt(16) == ':';
    }

    /** The number that the digits there are; negative where one is no digit. */
    private static int number(String text, int at, int width) {
        int number = 0;
        int wrong = 0;
        for (int i = at; i < at + width; i++) {
            int digit = text.charAt(i) - '0';
            wrong |= digit | 9 - digit;
            number = 10 * number + digit;
        }
        return wrong < 0 ? -1 : number;
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
