package dev.keepsake.sql;

import dev.keepsake.json.Json;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Times;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A column of a database server, whose own types are nearly ours. Which storage a native type is, its {@link ServerDialect} tells. */
final class ServerColumn implements Column {
    /** How a value is kept. */
    enum Storage {
        BOOLEAN,
        /** Zero or one. */
        BOOLEAN_NUMBER,
        /** What JSON's true and false are as text. */
        BOOLEAN_TEXT,
        INTEGER,
        REAL,
        /** A binary number of 32 bits. */
        SINGLE,
        DECIMAL,
        TEXT,
        /** Text that the database fills up with blanks, or cuts them off. */
        PADDED_TEXT,
        BYTES,
        /** Bytes as hexadecimal digits. */
        HEX,
        UUID,
        UUID_TEXT,
        OBJECT_ID_TEXT,
        DATE,
        TIME,
        /** A date and time without zone. */
        DATE_TIME,
        /** A point in time. */
        MOMENT,
        /** JSON as the text that it was written as. */
        JSON,
        /** JSON that the database has taken apart: its numbers are decimals, its keys in no order. */
        JSON_BINARY,
        /** A native list. */
        ARRAY,
        /** One of few texts. */
        CHOICE,
        /** A native type that Keepsake knows nothing of, as its text. */
        FOREIGN
    }

    private static final Pattern QUOTED = Pattern.compile("'((?:[^']|'')*)'");

    private static final int NONE = Integer.MAX_VALUE;

    private final Type type;
    private final Storage storage;
    private final String declared;
    private final boolean own;
    private final boolean writable;
    private final @Nullable String collation;
    private final @Nullable ServerColumn element;
    /** What the database would cut a value to without a word: characters of a text, or digits behind the point. */
    private final int limit;

    private ServerColumn(
            Type type,
            Storage storage,
            String declared,
            boolean own,
            boolean writable,
            @Nullable String collation,
            @Nullable ServerColumn element,
            int limit) {
        this.type = type;
        this.storage = storage;
        this.declared = declared;
        this.own = own;
        this.writable = writable;
        this.collation = collation;
        this.element = element;
        this.limit = limit;
    }

    /** A column of a native type. */
    static ServerColumn of(Type type, Storage storage, String declared) {
        int length = type instanceof Type.Text text && text.length() > 0 ? text.length() : NONE;
        return new ServerColumn(type, storage, declared, false, true, null, null, length);
    }

    /** The same where the database rounds to so many digits behind the point; negative before it. */
    ServerColumn rounding(int digits) {
        return new ServerColumn(type, storage, declared, own, writable, collation, element, digits);
    }

    /** A native list. */
    static ServerColumn ofArray(ServerColumn element, String declared) {
        return new ServerColumn(Type.list(element.type), Storage.ARRAY, declared, false, true, null, element, NONE);
    }

    /** The same as Keepsake itself makes it, so that its text has one form. */
    ServerColumn own() {
        return new ServerColumn(type, storage, declared, true, writable, collation, element, limit);
    }

    /** The same with what else is known of it. */
    ServerColumn with(boolean canBeWritten, @Nullable String foreignCollation) {
        return new ServerColumn(type, storage, declared, own, canBeWritten, foreignCollation, element, limit);
    }

    /** This column read as another type; null where that does not fit. */
    @Nullable
    ServerColumn as(Type wanted) {
        if (wanted.equals(type)) {
            return this;
        }
        Storage as = switch (wanted) {
            case Type.Bool b -> storage == Storage.INTEGER ? Storage.BOOLEAN_NUMBER : null;
            case Type.Int i -> storage == Storage.INTEGER || storage == Storage.BOOLEAN_NUMBER ? Storage.INTEGER : null;
            case Type.Real r -> storage == Storage.REAL || storage == Storage.SINGLE ? storage : null;
            case Type.Decimal d -> storage == Storage.DECIMAL && fits(d) ? Storage.DECIMAL : null;
            case Type.Text t -> isText() ? storage : null;
            case Type.Uuid u -> storage == Storage.TEXT || storage == Storage.PADDED_TEXT ? Storage.UUID_TEXT : null;
            case Type.Oid o ->
                storage == Storage.TEXT || storage == Storage.PADDED_TEXT ? Storage.OBJECT_ID_TEXT : null;
            case Type.Binary b -> null;
            case Type.Date d -> null;
            case Type.Time t -> storage == Storage.TIME && t.precision() <= fractionDigits() ? storage : null;
            case Type.DateTime t -> isDateTime() && t.precision() <= fractionDigits() ? storage : null;
            case Type.Instant t -> isDateTime() && t.precision() <= fractionDigits() ? storage : null;
            case Type.Sequence s -> list(s);
            case Type.Dictionary d -> isJson() ? storage : null;
            case Type.Struct s -> isJson() ? storage : null;
            case Type.Any a -> isJson() ? storage : null;
        };
        if (as == null) {
            return null;
        }
        // a column keeps its own precision: a coarser type cuts only what is set, never what was loaded
        boolean precise = wanted instanceof Type.Decimal && !declared.equals("numeric");
        Type kept = precise ? type : isDateTime() || storage == Storage.TIME ? asPrecise(wanted) : wanted;
        return new ServerColumn(kept, as, declared, own, writable, collation, element, limit);
    }

    private boolean isText() {
        return switch (storage) {
            case TEXT, PADDED_TEXT, CHOICE, FOREIGN, UUID_TEXT, OBJECT_ID_TEXT -> true;
            default -> false;
        };
    }

    private boolean isDateTime() {
        return storage == Storage.DATE_TIME || storage == Storage.MOMENT;
    }

    private boolean isJson() {
        return storage == Storage.JSON || storage == Storage.JSON_BINARY;
    }

    private @Nullable Storage list(Type.Sequence wanted) {
        ServerColumn each = element;
        boolean array = each != null && each.as(wanted.element()) != null;
        return isJson() || array ? storage : null;
    }

    private Type asPrecise(Type wanted) {
        return switch (wanted) {
            case Type.Time t -> new Type.Time(fractionDigits());
            case Type.DateTime t -> new Type.DateTime(fractionDigits());
            case Type.Instant t -> new Type.Instant(fractionDigits());
            default -> wanted;
        };
    }

    private boolean fits(Type.Decimal wanted) {
        return declared.equals("numeric")
                || (type instanceof Type.Decimal mine
                        && wanted.scale() <= mine.scale()
                        && wanted.precision() - wanted.scale() <= mine.precision() - mine.scale());
    }

    private int fractionDigits() {
        return switch (type) {
            case Type.Time t -> t.precision();
            case Type.DateTime t -> t.precision();
            case Type.Instant t -> t.precision();
            default -> 0;
        };
    }

    @Override
    public Type type() {
        return type;
    }

    Storage storage() {
        return storage;
    }

    String declared() {
        return declared;
    }

    /** How it compares text, where that is not by code point. */
    @Nullable
    String collation() {
        return collation;
    }

    @Override
    public boolean writable() {
        return writable;
    }

    @Override
    public boolean exact() {
        return switch (storage) {
            case BYTES -> !isBits();
            case BOOLEAN, INTEGER, REAL, DECIMAL, UUID, DATE, TIME, DATE_TIME, MOMENT -> true;
            case TEXT -> collation == null;
            // a domain of an enumeration is compared with nothing but itself
            case CHOICE -> collation == null && !declared.contains(" domain of ");
            // elsewhere the same may be written in capitals
            case UUID_TEXT, OBJECT_ID_TEXT -> own;
            case BOOLEAN_NUMBER, BOOLEAN_TEXT, SINGLE, PADDED_TEXT, HEX, JSON, JSON_BINARY, ARRAY, FOREIGN -> false;
        };
    }

    /** Whether its bytes are a number to MariaDB. */
    boolean isBits() {
        return storage == Storage.BYTES && declared.startsWith("bit");
    }

    @Override
    public Comparison comparison() {
        return isJson() || storage == Storage.ARRAY ? Comparison.JSON : Comparison.NATIVE;
    }

    /** How its values are compared with those of another column. */
    Dialect.Equality equality(ServerColumn other) {
        Family mine = family();
        Family theirs = other.family();
        if (mine == Family.OTHER || theirs == Family.OTHER) {
            return Dialect.Equality.UNCLEAR;
        }
        if (mine != theirs) {
            return Dialect.Equality.NEVER;
        }
        boolean alike = storage == other.storage
                || mine == Family.NUMBER
                || (mine == Family.TEXT && collation == null && other.collation == null);
        return alike && storage != Storage.SINGLE && other.storage != Storage.SINGLE
                ? Dialect.Equality.NATIVE
                : Dialect.Equality.UNCLEAR;
    }

    private Family family() {
        return switch (storage) {
            case BOOLEAN, BOOLEAN_NUMBER, BOOLEAN_TEXT -> Family.BOOLEAN;
            case INTEGER, REAL, SINGLE, DECIMAL -> Family.NUMBER;
            case TEXT, PADDED_TEXT -> Family.TEXT;
            case BYTES, HEX -> Family.BYTES;
            case UUID, UUID_TEXT -> Family.UUID;
            case OBJECT_ID_TEXT -> Family.OBJECT_ID;
            case DATE, TIME, DATE_TIME, MOMENT -> Family.TIME;
            case JSON, JSON_BINARY, ARRAY, CHOICE, FOREIGN -> Family.OTHER;
        };
    }

    // ---- values

    @Override
    public @Nullable Object read(ResultSet rows, int position) throws SQLException {
        return switch (storage) {
            case BOOLEAN -> {
                boolean truth = rows.getBoolean(position);
                yield rows.wasNull() ? null : (Object) truth;
            }
            case BOOLEAN_NUMBER, INTEGER -> {
                long number = rows.getLong(position);
                yield number == 0 && rows.wasNull() ? null : (Object) number;
            }
            case REAL -> {
                double number = rows.getDouble(position);
                yield number == 0 && rows.wasNull() ? null : (Object) number;
            }
            case SINGLE -> {
                float number = rows.getFloat(position);
                yield number == 0 && rows.wasNull() ? null : (Object) Double.parseDouble(Float.toString(number));
            }
            case DECIMAL -> decimal(rows, position);
            case BYTES -> rows.getBytes(position);
            case DATE -> time(rows, position, LocalDate.class);
            // MariaDB's driver would take 100 hours for four
            case TIME ->
                declared.endsWith("time zone") ? time(rows, position, LocalTime.class) : rows.getString(position);
            case DATE_TIME -> time(rows, position, LocalDateTime.class);
            case MOMENT -> time(rows, position, OffsetDateTime.class);
            case ARRAY -> array(rows, position);
            default -> rows.getString(position);
        };
    }

    /**
     * A time, or the text of what is none: what some drivers make null (0000-00-00), and what others make the greatest there is
     * (infinity, 24:00).
     */
    private static @Nullable Object time(ResultSet rows, int position, Class<?> type) throws SQLException {
        try {
            Object time = rows.getObject(position, type);
            boolean extreme = LocalTime.MAX.equals(time)
                    || (time instanceof Temporal temporal
                            && temporal.isSupported(ChronoField.YEAR)
                            && !isInRange(temporal.get(ChronoField.YEAR)));
            return time == null || extreme ? rows.getString(position) : time;
        } catch (SQLException e) {
            return rows.getString(position);
        }
    }

    /**
     * The elements of a native list, each as it is read from a column of its own; the text of the whole where the list is deeper or
     * less deep than declared, which PostgreSQL does not mind.
     */
    private @Nullable Object array(ResultSet rows, int position) throws SQLException {
        String text = rows.getString(position);
        ServerColumn each = element;
        if (text == null || each == null) {
            return text;
        }
        int depth = 0;
        for (ServerColumn at = this; at != null; at = at.element) {
            depth += at.storage == Storage.ARRAY ? 1 : 0;
        }
        String literal = text.startsWith("[") ? text.substring(text.indexOf('=') + 1) : text;
        if (literal.equals("{}")) {
            return List.of();
        }
        return literal.indexOf('{', depth) != depth && literal.startsWith("{".repeat(depth))
                ? list(rows.getArray(position), each)
                : text;
    }

    private static Object list(Array array, ServerColumn each) throws SQLException {
        List<@Nullable Object> list = new ArrayList<>();
        try (ResultSet elements = array.getResultSet()) {
            while (elements.next()) {
                list.add(
                        each.storage == Storage.ARRAY && each.element != null
                                ? list(elements.getArray(2), each.element)
                                : each.read(elements, 2));
            }
        }
        return list;
    }

    /** A decimal, or the text of one that is none: NaN. */
    private static @Nullable Object decimal(ResultSet rows, int position) throws SQLException {
        try {
            return rows.getBigDecimal(position);
        } catch (SQLException e) {
            return rows.getString(position);
        }
    }

    private static List<@Nullable Object> list(Object array) {
        List<@Nullable Object> list = new ArrayList<>();
        for (Object each : (Object[]) array) {
            list.add(each instanceof Object[] inner ? list(inner) : each);
        }
        return list;
    }

    @Override
    public Object given(Object foreign) {
        try {
            return foreign instanceof Array array ? list(array.getArray()) : foreign;
        } catch (SQLException e) {
            throw new IllegalArgumentException("expected " + type, e);
        }
    }

    @Override
    public Object encode(Object value) {
        return switch (storage) {
            case BOOLEAN_NUMBER -> (Boolean) value ? 1L : 0L;
            case HEX -> HexFormat.of().withUpperCase().formatHex(((Bytes) value).toArray());
            case BOOLEAN_TEXT -> value.toString();
            case BYTES -> bytes((Bytes) value);
            case SINGLE -> single((Double) value);
            case PADDED_TEXT -> unpadded((String) value);
            case CHOICE -> choice((String) value);
            case UUID, UUID_TEXT, OBJECT_ID_TEXT, FOREIGN -> value.toString();
            case DATE, TIME, DATE_TIME, MOMENT -> timeText(value, fractionDigits());
            case JSON -> Json.text(value, type);
            case JSON_BINARY -> Json.decimalText(value, type);
            case ARRAY -> arrayText((List<?>) value);
            case TEXT -> declared.equals("name") ? named((String) value) : limited((String) value);
            case REAL -> rounded((Double) value);
            case DECIMAL -> unrounded((BigDecimal) value);
            case BOOLEAN, INTEGER -> value;
        };
    }

    /** One of 32 bits, since the database would round any other. */
    private Object single(Double number) {
        if (Double.parseDouble(Float.toString(number.floatValue())) != number) {
            throw new IllegalArgumentException("expected a number of 32 bits");
        }
        return rounded(number);
    }

    /** One of no more digits behind the point than MariaDB rounds to. */
    private Object rounded(Double number) {
        int comma = declared.indexOf(',');
        if (comma > 0) {
            int scale = Integer.parseInt(
                    declared.substring(comma + 1, declared.indexOf(')', comma)).strip());
            if (BigDecimal.valueOf(number).stripTrailingZeros().scale() > scale) {
                throw new IllegalArgumentException(
                        "expected a number of at most " + scale + " digits behind the point");
            }
        }
        return number;
    }

    /** One of the texts of MariaDB's enumeration, or some of a set's, which it would find by their numbers too, or in capitals. */
    private Object choice(String text) {
        if (declared.startsWith("enum(") && !choices().contains(text)) {
            throw new IllegalArgumentException("expected one of " + choices());
        }
        if (declared.startsWith("set(") && !text.isEmpty()) {
            List<String> all = choices();
            int last = -1;
            for (String each : text.split(",", -1)) {
                int at = all.indexOf(each);
                if (at <= last) {
                    throw new IllegalArgumentException("expected some of " + all + ", in that order");
                }
                last = at;
            }
        }
        return text;
    }

    /** The texts that a declaration lists between quotes. */
    private List<String> choices() {
        List<String> all = new ArrayList<>();
        Matcher text = QUOTED.matcher(declared);
        while (text.find()) {
            all.add(text.group(1).replace("''", "'"));
        }
        return all;
    }

    /** Text without blanks at its end, since the database does not tell them from its own. */
    private static Object unpadded(String text) {
        if (text.endsWith(" ")) {
            throw new IllegalArgumentException("the column keeps no blanks at the end of a text");
        }
        return text;
    }

    /** A name of PostgreSQL's, which would be cut without a word. */
    private static Object named(String text) {
        if (text.getBytes(StandardCharsets.UTF_8).length > 63) {
            throw new IllegalArgumentException("expected a name of at most 63 bytes");
        }
        return text;
    }

    /** Bytes as many as the database would fill up to. */
    private Object bytes(Bytes bytes) {
        if (declared.startsWith("binary(") && !declared.equals("binary(" + bytes.length() + ")")) {
            throw new IllegalArgumentException("the column keeps " + declared + " and no fewer bytes");
        }
        return bytes.toArray();
    }

    /** The database would cut blanks that are too many. */
    private String limited(String text) {
        if (text.length() > limit && text.codePointCount(0, text.length()) > limit) {
            throw new IllegalArgumentException("the column takes " + limit + " characters");
        }
        return text;
    }

    private BigDecimal unrounded(BigDecimal number) {
        if (limit != NONE && number.stripTrailingZeros().scale() > limit) {
            throw new IllegalArgumentException(
                    "the column rounds it, declared with " + limit + " digits behind the point");
        }
        return number;
    }

    private String timeText(Object value, int digits) {
        String zone = storage == Storage.MOMENT ? "Z" : "";
        return switch (value) {
            case LocalDate date -> Times.text(date);
            case LocalTime time -> Times.text(time, digits);
            case LocalDateTime time -> Times.text(time, ' ', digits) + zone;
            case Instant instant -> Times.text(Values.utc(instant), ' ', digits) + zone;
            default -> throw new IllegalArgumentException("not a time: " + value);
        };
    }

    /** The text of a list (PostgreSQL manual, "Array Value Input"). */
    private String arrayText(List<?> values) {
        ServerColumn of = element;
        return values.stream()
                .map(each -> each == null
                        ? "null"
                        : each instanceof List<?> inner && of != null ? of.arrayText(inner) : quoted(elementText(each)))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private String elementText(Object value) {
        Object nativeValue = element == null ? value : element.encode(value);
        return nativeText(nativeValue);
    }

    /** A native value as the text that the database reads as it. */
    static String nativeText(Object nativeValue) {
        return switch (nativeValue) {
            case byte[] bytes -> "\\x" + HexFormat.of().formatHex(bytes);
            case BigDecimal number -> number.toPlainString();
            default -> nativeValue.toString();
        };
    }

    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    @Override
    public @Nullable Object decode(Object found) {
        Object value = switch (storage) {
            case BOOLEAN, BOOLEAN_NUMBER, BOOLEAN_TEXT -> truth(found);
            case INTEGER -> found instanceof Number number ? whole(number) : null;
            case REAL, SINGLE -> real(found);
            case DECIMAL -> type instanceof Type.Int ? (Object) decimal(found).longValueExact() : decimal(found);
            case HEX -> Bytes.of(HexFormat.of().parseHex(found.toString()));
            case TEXT, CHOICE, FOREIGN -> text(found.toString());
            case PADDED_TEXT -> text(found.toString().replaceFirst(" +$", ""));
            case BYTES -> found instanceof byte[] bytes ? Bytes.of(bytes) : null;
            case UUID, UUID_TEXT ->
                found instanceof UUID uuid
                        ? uuid
                        : UUID.fromString(found.toString().strip());
            case OBJECT_ID_TEXT -> ObjectId.parse(found.toString().strip());
            case DATE, TIME, DATE_TIME, MOMENT -> time(found);
            case JSON, JSON_BINARY -> Json.parse(found.toString(), type, Path.of("$"));
            case ARRAY -> found instanceof List<?> list ? elements(list) : null;
        };
        if (value == null && !isJson()) {
            throw new IllegalArgumentException("expected " + type);
        }
        return value;
    }

    private List<@Nullable Object> elements(List<?> list) {
        ServerColumn each = element;
        List<@Nullable Object> values = new ArrayList<>(list.size());
        for (Object found : list) {
            values.add(found == null ? null : each == null ? found : each.decode(found));
        }
        return Collections.unmodifiableList(values);
    }

    private static @Nullable Object truth(Object found) {
        return switch (found) {
            case Boolean truth -> truth;
            case String text -> text.equals("true") || text.equals("1");
            case Number number when number.longValue() == 1 -> true;
            case Number number when number.longValue() == 0 -> false;
            default -> null;
        };
    }

    private static @Nullable Object whole(Number found) {
        return switch (found) {
            case Long number -> number;
            case BigInteger number -> number.longValueExact();
            case BigDecimal number -> number.longValueExact();
            default -> found.longValue();
        };
    }

    private static @Nullable Object real(Object found) {
        double number = found instanceof Float single
                ? Double.parseDouble(single.toString())
                : found instanceof Number other ? other.doubleValue() : Double.NaN;
        return Double.isFinite(number) ? (Object) (number + 0.0) : null;
    }

    private static BigDecimal decimal(Object found) {
        BigDecimal number = found instanceof BigDecimal decimal ? decimal : new BigDecimal(found.toString());
        return Values.normalise(number, Path.of("value")) instanceof BigDecimal plain ? plain : number;
    }

    private static @Nullable Object text(String found) {
        return found.indexOf('\0') < 0 ? found : null;
    }

    private Object time(Object found) {
        return switch (type) {
            case Type.Date d -> date(found);
            case Type.Time t ->
                switch (found) {
                    case LocalTime time -> time;
                    case Time time -> time.toLocalTime();
                    default -> Times.time(found.toString());
                };
            case Type.Instant i -> inRange(dateTime(found)).toInstant(ZoneOffset.UTC);
            default -> inRange(dateTime(found));
        };
    }

    private static LocalDate date(Object found) {
        LocalDate date = switch (found) {
            case LocalDate given -> given;
            case Date given -> given.toLocalDate();
            default -> Times.date(found.toString());
        };
        inRange(date.atStartOfDay());
        return date;
    }

    private static LocalDateTime dateTime(Object found) {
        return switch (found) {
            case LocalDateTime time -> time;
            case Timestamp time -> time.toLocalDateTime();
            case OffsetDateTime time ->
                time.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
            case Instant instant -> Values.utc(instant);
            default -> Times.dateTime(found.toString());
        };
    }

    private static LocalDateTime inRange(LocalDateTime time) {
        if (!isInRange(time.getYear())) {
            throw new DateTimeException("a time of the years 1 to 9999");
        }
        return time;
    }

    private static boolean isInRange(int year) {
        return year >= 1 && year <= 9999;
    }

    // ---- constants of conditions

    @Override
    public Floor floor(Object constant) {
        return switch (storage) {
            case INTEGER -> Floors.whole(Floors.exact(constant));
            case REAL -> Floors.real(Floors.exact(constant));
            case SINGLE -> Floors.single(Floors.exact(constant));
            case DECIMAL ->
                type instanceof Type.Decimal d && !declared.equals("numeric")
                        ? Floors.decimal(Floors.exact(constant), d.precision() - d.scale(), d.scale())
                        : Floor.exactly(Floors.exact(constant));
            case DATE, TIME, DATE_TIME, MOMENT -> {
                String cut = timeText(constant, fractionDigits());
                yield new Floor(cut, timeText(constant, 9).equals(extended(cut)), 0);
            }
            case PADDED_TEXT -> {
                String text = ((String) constant).replaceFirst(" +$", "");
                yield new Floor(text, text.equals(constant), 0);
            }
            case CHOICE, TEXT -> Floor.exactly(constant);
            case BYTES -> Floor.exactly(((Bytes) constant).toArray());
            default -> Floor.exactly(encode(constant));
        };
    }

    /** A time cut to the column's digits, with nine of them. */
    private String extended(String cut) {
        String zone = cut.endsWith("Z") ? "Z" : "";
        String time = cut.substring(0, cut.length() - zone.length());
        if (storage == Storage.DATE) {
            return cut;
        }
        int point = time.indexOf('.');
        return (point < 0 ? time + "." : time) + "0".repeat(9 - (point < 0 ? 0 : time.length() - point - 1)) + zone;
    }
}
