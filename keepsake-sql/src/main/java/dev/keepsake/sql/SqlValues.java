package dev.keepsake.sql;

import dev.keepsake.value.Bytes;
import dev.keepsake.value.Times;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The values of direct SQL: what a database is given for them, and what they are made of. */
final class SqlValues {
    private SqlValues() {}

    // ---- given

    /** A value as the text that standard SQL reads; a time with as few digits as it needs: none of these, or 3, 6 or 9. */
    static String text(Object value) {
        return switch (value) {
            case BigDecimal decimal -> decimal.toPlainString();
            case LocalTime time -> Times.text(time, digits(time, 6));
            case LocalDateTime time -> Times.text(time, ' ', digits(time, 6));
            case Instant instant -> Times.text(instant, digits(instant, 3));
            default -> value.toString();
        };
    }

    /** The digits that a second's fraction needs: the least given, or 6, or 9. */
    private static int digits(TemporalAccessor time, int least) {
        int nanos = time.get(ChronoField.NANO_OF_SECOND);
        if (least == 3 && nanos % 1_000_000 == 0) {
            return 3;
        }
        return nanos % 1_000 == 0 ? 6 : 9;
    }

    // ---- found

    /** The value of Keepsake's for one of JDBC's. */
    static @Nullable Object of(@Nullable Object found) throws SQLException {
        return switch (found) {
            case null -> null;
            case Long l -> l;
            case Integer i -> i.longValue();
            case Short s -> s.longValue();
            case Byte b -> b.longValue();
            case Double d -> d + 0.0;
            case Float f -> Double.parseDouble(f.toString()) + 0.0;
            case BigDecimal d -> decimal(d);
            case BigInteger i -> decimal(new BigDecimal(i));
            case byte[] bytes -> Bytes.of(bytes);
            case Blob blob -> Bytes.of(blob.getBytes(1, Math.toIntExact(blob.length())));
            case Clob clob -> clob.getSubString(1, Math.toIntExact(clob.length()));
            case Timestamp time -> time.toLocalDateTime();
            case Date date -> date.toLocalDate();
            case Time time -> time.toLocalTime();
            case OffsetDateTime time -> time.toInstant();
            case Array array -> list(array);
            case Boolean b -> b;
            case UUID uuid -> uuid;
            case LocalDate date -> date;
            case LocalTime time -> time;
            case LocalDateTime time -> time;
            case Instant instant -> instant;
            default -> found.toString();
        };
    }

    private static BigDecimal decimal(BigDecimal number) {
        BigDecimal shortest = number.stripTrailingZeros();
        return shortest.scale() < 0 ? shortest.setScale(0, RoundingMode.UNNECESSARY) : shortest;
    }

    private static List<@Nullable Object> list(Array array) throws SQLException {
        List<@Nullable Object> values = new ArrayList<>();
        boolean moments = "timestamptz".equals(array.getBaseTypeName());
        if (array.getArray() instanceof Object[] elements) {
            for (Object element : elements) {
                values.add(moments && element instanceof Timestamp moment ? moment.toInstant() : of(element));
            }
        }
        return Collections.unmodifiableList(values);
    }
}
