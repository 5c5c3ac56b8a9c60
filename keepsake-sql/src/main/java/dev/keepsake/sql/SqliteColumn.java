package dev.keepsake.sql;

import dev.keepsake.json.Json;
import dev.keepsake.schema.Field;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Times;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The columns of SQLite. A column that Keepsake made tells its type by its declared type ({@code instant_text(3)}, see
 * {@link #declared}); a foreign one is read by SQLite's affinity rules (SQLite manual, "Datatypes In SQLite", 3.1) and the
 * usual names.
 */
final class SqliteColumn implements Column {
    /** How a value is kept. */
    enum Storage {
        BOOLEAN,
        INTEGER,
        REAL,
        TEXT,
        BLOB,
        /** An unscaled whole number. */
        DECIMAL_INTEGER,
        /** Text of fixed width whose order is that of the numbers. */
        DECIMAL_TEXT,
        /** A sum: text as above, with all the digits that decimals can have before and after the point. */
        DECIMAL_SUM,
        /** A foreign number of any native type. */
        DECIMAL_LOOSE,
        UUID_TEXT,
        OBJECT_ID_TEXT,
        /** Our own text of fixed width. */
        TIME_TEXT,
        /** Foreign ISO text in any form. */
        TIME_LOOSE,
        JSON,
        /** Any native value, as it is. */
        DYNAMIC
    }

    private static final int MOST_DIGITS = 38;
    private static final Pattern DECLARED =
            Pattern.compile("\\s*([^()]*?)\\s*(?:\\(\\s*(\\d+)\\s*(?:,\\s*(\\d+)\\s*)?\\)(.*))?");

    /** Text that SQLite reads as a number. */
    private static final Pattern NUMBER = Pattern.compile("\\s*[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?\\s*");

    private final Type type;
    private final Storage storage;
    private final boolean writable;
    private final String declared;
    private final @Nullable String collation;
    private final boolean numeric;

    private SqliteColumn(Type type, Storage storage, boolean writable, String declared) {
        this(type, storage, writable, declared, null);
    }

    private SqliteColumn(Type type, Storage storage, boolean writable, String declared, @Nullable String collation) {
        this.type = type;
        this.storage = storage;
        this.writable = writable;
        this.declared = declared;
        this.collation = collation;
        this.numeric = isNumeric(declared);
    }

    // ---- which column

    /** The declared type of a column that Keepsake makes. */
    static String declared(Type type) {
        return switch (type) {
            case Type.Bool b -> "boolean";
            case Type.Int i -> i.bits() == 64 ? "integer" : "integer(" + i.bits() + ")";
            case Type.Real r -> "double";
            case Type.Decimal d ->
                (d.precision() <= 18 ? "decimal_integer(" : "decimal_text(") + d.precision() + "," + d.scale() + ")";
            case Type.Text t -> t.length() == 0 ? "text" : "varchar(" + t.length() + ")";
            case Type.Binary b -> "blob";
            case Type.Uuid u -> "uuid_text";
            case Type.Oid o -> "object_id_text";
            case Type.Date d -> "date_text";
            case Type.Time t -> "time_text(" + t.precision() + ")";
            case Type.DateTime t -> "datetime_text(" + t.precision() + ")";
            case Type.Instant i -> "instant_text(" + i.precision() + ")";
            case Type.Sequence s -> "json_text";
            case Type.Dictionary d -> "json_text";
            case Type.Struct s -> "json_text";
            case Type.Any a -> "json_text";
        };
    }

    /** The column of a field: by its declared type where it has one, else as Keepsake would make it. */
    static SqliteColumn of(Field field) {
        String declared = field.nativeType() == null ? declared(field.type()) : field.nativeType();
        SqliteColumn column = of(declared).as(field.type());
        if (column == null) {
            throw new IllegalArgumentException(
                    field.name() + " is " + field.type() + ", the column is declared " + declared);
        }
        return new SqliteColumn(column.type, column.storage, column.writable, column.declared, field.collation());
    }

    /** A sum of decimals: text wide enough for any, whatever digits its column and its class declare, in the numbers' order. */
    static SqliteColumn ofSum() {
        return new SqliteColumn(new Type.Decimal(MOST_DIGITS, MOST_DIGITS / 2), Storage.DECIMAL_SUM, true, "text");
    }

    /** A value of the given type in JSON, as an expression gives it. */
    static SqliteColumn json(Type type) {
        return new SqliteColumn(type, Storage.JSON, true, "json_text");
    }

    /** The column of a declared type, with the type that this alone tells. */
    static SqliteColumn of(String declaredText) {
        boolean generated = declaredText.endsWith(GENERATED);
        String declared =
                generated ? declaredText.substring(0, declaredText.length() - GENERATED.length()) : declaredText;
        Matcher matcher = DECLARED.matcher(declared);
        String name = matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : declared.toLowerCase(Locale.ROOT);
        int first = matcher.matches() && matcher.group(2) != null ? number(matcher.group(2)) : -1;
        int second = matcher.matches() && matcher.group(3) != null ? number(matcher.group(3)) : -1;
        SqliteColumn own = own(name, first, second, declared);
        SqliteColumn column = own == null ? foreign(name, first, second, declared) : own;
        return new SqliteColumn(column.type, column.storage, !generated, declared);
    }

    /** SQLite takes any number there, and means nothing by it. */
    private static int number(String digits) {
        return digits.length() > 9 ? -1 : Integer.parseInt(digits);
    }

    /** What the inspector appends to the declared type of a generated column. */
    static final String GENERATED = " generated";

    private static @Nullable SqliteColumn own(String name, int first, int second, String declared) {
        return switch (name) {
            case "decimal_integer" ->
                first < 1 || first > 18 || second < 0 || second > first
                        ? null
                        : new SqliteColumn(new Type.Decimal(first, second), Storage.DECIMAL_INTEGER, true, declared);
            case "decimal_text" ->
                first < 1 || first > 38 || second < 0 || second > first
                        ? null
                        : new SqliteColumn(new Type.Decimal(first, second), Storage.DECIMAL_TEXT, true, declared);
            case "uuid_text" -> new SqliteColumn(Type.UUID, Storage.UUID_TEXT, true, declared);
            case "object_id_text" -> new SqliteColumn(Type.OBJECT_ID, Storage.OBJECT_ID_TEXT, true, declared);
            case "date_text" -> new SqliteColumn(Type.DATE, Storage.TIME_TEXT, true, declared);
            case "time_text" -> new SqliteColumn(new Type.Time(fraction(first)), Storage.TIME_TEXT, true, declared);
            case "datetime_text" ->
                new SqliteColumn(new Type.DateTime(fraction(first)), Storage.TIME_TEXT, true, declared);
            case "instant_text" ->
                new SqliteColumn(new Type.Instant(fraction(first)), Storage.TIME_TEXT, true, declared);
            case "json_text" -> new SqliteColumn(Type.ANY, Storage.JSON, true, declared);
            default -> null;
        };
    }

    private static int fraction(int declared) {
        return declared < 0 ? 3 : Math.min(declared, 9);
    }

    private static SqliteColumn foreign(String name, int first, int second, String declared) {
        if (name.equals("integer") && (first == 8 || first == 16 || first == 32)) {
            return new SqliteColumn(new Type.Int(first), Storage.INTEGER, true, declared);
        }
        if (name.contains("int")) {
            return new SqliteColumn(Type.INTEGER, Storage.INTEGER, true, declared);
        }
        if (name.startsWith("json")) {
            return new SqliteColumn(Type.ANY, Storage.JSON, true, declared);
        }
        if (name.contains("char") || name.contains("clob") || name.contains("text")) {
            return new SqliteColumn(new Type.Text(Math.max(first, 0)), Storage.TEXT, true, declared);
        }
        if (name.isEmpty() || name.equals("any")) {
            return new SqliteColumn(Type.ANY, Storage.DYNAMIC, true, declared);
        }
        if (name.contains("blob") || name.contains("binary")) {
            return new SqliteColumn(Type.BYTES, Storage.BLOB, true, declared);
        }
        if (name.contains("real") || name.contains("floa") || name.contains("doub")) {
            return new SqliteColumn(Type.DOUBLE, Storage.REAL, true, declared);
        }
        if (name.startsWith("bool")) {
            return new SqliteColumn(Type.BOOLEAN, Storage.BOOLEAN, true, declared);
        }
        if (name.equals("uuid") || name.equals("guid")) {
            return new SqliteColumn(Type.TEXT, Storage.TEXT, true, declared);
        }
        if (name.equals("date")) {
            return new SqliteColumn(Type.DATE, Storage.TIME_LOOSE, true, declared);
        }
        if (name.equals("time")) {
            return new SqliteColumn(new Type.Time(6), Storage.TIME_LOOSE, true, declared);
        }
        if (name.contains("timestamptz") || name.contains("with time zone")) {
            return new SqliteColumn(new Type.Instant(6), Storage.TIME_LOOSE, true, declared);
        }
        if (name.contains("timestamp") || name.contains("datetime")) {
            return new SqliteColumn(new Type.DateTime(6), Storage.TIME_LOOSE, true, declared);
        }
        if (name.startsWith("decimal") || name.startsWith("numeric")) {
            int precision = first < 1 ? 38 : Math.min(first, 38);
            int scale = first < 1 ? 9 : Math.max(0, Math.min(second, precision));
            return new SqliteColumn(new Type.Decimal(precision, scale), Storage.DECIMAL_LOOSE, true, declared);
        }
        return new SqliteColumn(Type.ANY, Storage.DYNAMIC, true, declared);
    }

    /** This column read as another type; null where that does not fit. */
    @Nullable
    SqliteColumn as(Type wanted) {
        if (wanted.equals(type)) {
            return this;
        }
        Storage as = switch (wanted) {
            case Type.Bool b -> storage == Storage.INTEGER ? Storage.BOOLEAN : null;
            case Type.Int i -> storage == Storage.INTEGER ? Storage.INTEGER : null;
            case Type.Real r -> storage == Storage.DECIMAL_LOOSE ? Storage.REAL : null;
            case Type.Decimal d -> decimal(d);
            case Type.Text t -> storage == Storage.TEXT ? Storage.TEXT : null;
            case Type.Uuid u -> storage == Storage.TEXT ? Storage.UUID_TEXT : null;
            case Type.Oid o -> storage == Storage.TEXT ? Storage.OBJECT_ID_TEXT : null;
            case Type.Binary b -> null;
            case Type.Date d -> storage == Storage.TEXT || storage == Storage.TIME_LOOSE ? Storage.TIME_LOOSE : null;
            case Type.Time t -> time(t, type instanceof Type.Time own ? own.precision() : -1, t.precision());
            case Type.DateTime t -> time(t, type instanceof Type.DateTime own ? own.precision() : -1, t.precision());
            case Type.Instant i -> time(i, type instanceof Type.Instant own ? own.precision() : -1, i.precision());
            case Type.Sequence s -> json();
            case Type.Dictionary d -> json();
            case Type.Struct s -> json();
            case Type.Any a -> json();
        };
        if (as == null) {
            return null;
        }
        // a column of ours keeps its own precision: a coarser type cuts only what is set, never what was loaded
        boolean keeps = as == Storage.TIME_TEXT || as == Storage.DECIMAL_INTEGER || as == Storage.DECIMAL_TEXT;
        return new SqliteColumn(keeps ? type : wanted, as, writable, declared);
    }

    private @Nullable Storage decimal(Type.Decimal wanted) {
        if (type instanceof Type.Decimal own && storage != Storage.DECIMAL_LOOSE) {
            return wanted.scale() <= own.scale() && wanted.precision() - wanted.scale() <= own.precision() - own.scale()
                    ? storage
                    : null;
        }
        return storage == Storage.DECIMAL_LOOSE || storage == Storage.REAL || storage == Storage.INTEGER
                ? Storage.DECIMAL_LOOSE
                : null;
    }

    private @Nullable Storage time(Type wanted, int own, int precision) {
        if (storage == Storage.TIME_TEXT) {
            return own >= precision ? Storage.TIME_TEXT : null;
        }
        boolean clock = wanted instanceof Type.Time;
        boolean fits = storage == Storage.TEXT || (storage == Storage.TIME_LOOSE && clock == type instanceof Type.Time);
        return fits && precision <= 6 ? Storage.TIME_LOOSE : null;
    }

    private @Nullable Storage json() {
        return storage == Storage.JSON ? Storage.JSON : null;
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

    /** Whether SQLite turns text that reads like a number into one, on its own account (affinity NUMERIC, 3.1). */
    private static boolean isNumeric(String declared) {
        String name = declared.toLowerCase(Locale.ROOT);
        return !name.isEmpty()
                && Stream.of("int", "char", "clob", "text", "blob", "real", "floa", "doub")
                        .noneMatch(name::contains);
    }

    /** How its values are compared with those of another column. */
    Dialect.Equality equality(SqliteColumn other) {
        if (family() != other.family() && family() != Family.OTHER && other.family() != Family.OTHER) {
            return Dialect.Equality.NEVER;
        }
        boolean numbers = isNumber() && other.isNumber();
        boolean decimal = storage == Storage.DECIMAL_INTEGER || storage == Storage.DECIMAL_TEXT;
        boolean alike = storage == other.storage && (!decimal || type.equals(other.type));
        boolean unclear = storage == Storage.JSON || storage == Storage.TIME_LOOSE || storage == Storage.DYNAMIC;
        return numbers || (alike && !unclear && collation == null && other.collation == null)
                ? Dialect.Equality.NATIVE
                : Dialect.Equality.UNCLEAR;
    }

    private Family family() {
        return switch (type) {
            case Type.Int i -> Family.NUMBER;
            case Type.Real r -> Family.NUMBER;
            case Type.Decimal d -> Family.NUMBER;
            case Type.Text t -> Family.TEXT;
            case Type.Bool b -> Family.BOOLEAN;
            case Type.Binary b -> Family.BYTES;
            case Type.Uuid u -> Family.UUID;
            case Type.Oid o -> Family.OBJECT_ID;
            case Type.Date d -> Family.TIME;
            case Type.Time t -> Family.TIME;
            case Type.DateTime t -> Family.TIME;
            case Type.Instant i -> Family.TIME;
            case Type.Any a -> Family.OTHER;
            case Type.Sequence s -> Family.OTHER;
            case Type.Dictionary d -> Family.OTHER;
            case Type.Struct s -> Family.OTHER;
        };
    }

    private boolean isNumber() {
        return storage == Storage.INTEGER || storage == Storage.REAL;
    }

    @Override
    public boolean writable() {
        return writable;
    }

    @Override
    public boolean exact() {
        return switch (storage) {
            case BOOLEAN, INTEGER, REAL, TEXT, BLOB, DECIMAL_INTEGER, DECIMAL_TEXT, DECIMAL_SUM, TIME_TEXT -> true;
            // elsewhere the same may be written in capitals
            case UUID_TEXT, OBJECT_ID_TEXT -> declared.equals("uuid_text") || declared.equals("object_id_text");
            case DECIMAL_LOOSE, TIME_LOOSE, JSON, DYNAMIC -> false;
        };
    }

    @Override
    public Comparison comparison() {
        return switch (storage) {
            case TIME_LOOSE -> Comparison.LOOSE_TIME;
            case JSON -> Comparison.JSON;
            case DYNAMIC -> Comparison.DYNAMIC;
            default -> Comparison.NATIVE;
        };
    }

    // ---- values

    @Override
    public @Nullable Object read(ResultSet rows, int position) throws SQLException {
        Object found = rows.getObject(position);
        return found instanceof Integer number ? (Object) number.longValue() : found;
    }

    @Override
    public Object given(Object given) {
        return switch (given) {
            case Long number -> number;
            case Double number -> number;
            case String text -> text;
            case byte[] bytes -> bytes;
            case Boolean truth -> truth ? 1L : 0L;
            case Float number -> number.doubleValue();
            case BigInteger number -> number.longValueExact();
            case BigDecimal number -> exact(number);
            case Number number -> number.longValue();
            case Timestamp time -> text(time.toLocalDateTime());
            case Date date -> Times.text(date.toLocalDate());
            case Time time -> Times.text(time.toLocalTime(), 0);
            case LocalDateTime time -> text(time);
            case LocalTime time -> Times.text(time, 9);
            case OffsetDateTime time -> Times.text(time.toInstant(), 9);
            case Instant time -> Times.text(time, 9);
            default -> given.toString();
        };
    }

    private static String text(LocalDateTime time) {
        return Times.text(time, ' ', 9);
    }

    private static Object exact(BigDecimal number) {
        BigDecimal plain = number.stripTrailingZeros();
        if (plain.scale() <= 0 && plain.precision() - plain.scale() <= 18) {
            return plain.longValueExact();
        }
        double real = number.doubleValue();
        if (BigDecimal.valueOf(real).compareTo(plain) != 0) {
            throw new IllegalArgumentException("the decimal is of more digits than the column gives");
        }
        return real;
    }

    @Override
    public Object encode(Object value) {
        return switch (storage) {
            case BOOLEAN -> (Boolean) value ? 1L : 0L;
            case INTEGER, REAL -> value;
            case TEXT -> numeric ? kept((String) value) : value;
            case BLOB -> ((Bytes) value).toArray();
            case DECIMAL_INTEGER -> ((BigDecimal) value).movePointRight(scale()).longValueExact();
            case DECIMAL_TEXT -> SortableDecimal.encode((BigDecimal) value, precision(), scale());
            case DECIMAL_SUM -> SortableDecimal.encode((BigDecimal) value, 2 * MOST_DIGITS, MOST_DIGITS);
            case DECIMAL_LOOSE -> loose((BigDecimal) value);
            case UUID_TEXT, OBJECT_ID_TEXT -> value.toString();
            case TIME_TEXT -> timeText(value, fractionDigits());
            case TIME_LOOSE -> looseTimeText(value);
            case JSON -> Json.text(value, type);
            case DYNAMIC ->
                switch (value) {
                    case Long l -> l;
                    case Double d -> d;
                    case String s -> numeric ? kept(s) : s;
                    case Bytes b -> b.toArray();
                    default ->
                        throw new IllegalArgumentException(
                                "a column without declared type takes numbers, text and bytes, not " + Type.of(value));
                };
        };
    }

    /** Text that stays text in a column that turns what reads like a number into one. */
    private String kept(String text) {
        if (NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "SQLite would turn this text into a number, the column is declared " + declared);
        }
        return text;
    }

    private static Object loose(BigDecimal value) {
        if (value.stripTrailingZeros().scale() <= 0 && value.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
            return value.longValueExact();
        }
        double number = value.doubleValue();
        if (BigDecimal.valueOf(number).compareTo(value) != 0) {
            throw new IllegalArgumentException("the decimal " + value + " would lose digits in this foreign column");
        }
        return number;
    }

    private int scale() {
        return type instanceof Type.Decimal decimal ? decimal.scale() : 0;
    }

    private int precision() {
        return type instanceof Type.Decimal decimal ? decimal.precision() : 38;
    }

    private int fractionDigits() {
        return switch (type) {
            case Type.Time t -> t.precision();
            case Type.DateTime t -> t.precision();
            case Type.Instant i -> i.precision();
            default -> 0;
        };
    }

    private String timeText(Object value, int digits) {
        return switch (value) {
            case LocalDate date -> Times.text(date);
            case LocalTime time -> Times.text(time, digits);
            case LocalDateTime time -> Times.text(time, ' ', digits);
            case Instant instant -> Times.text(instant, digits);
            default -> throw new IllegalArgumentException("not a time: " + value);
        };
    }

    private static String looseTimeText(Object value) {
        return switch (value) {
            case LocalDate date -> Times.text(date);
            case LocalTime time -> Times.text(time, 6);
            case LocalDateTime time -> Times.text(time, ' ', 6);
            case Instant instant -> Times.text(Values.utc(instant), ' ', 6);
            default -> throw new IllegalArgumentException("not a time: " + value);
        };
    }

    @Override
    public @Nullable Object decode(Object found) {
        Object value = switch (storage) {
            case BOOLEAN -> found.equals(1L) ? Boolean.TRUE : found.equals(0L) ? Boolean.FALSE : null;
            case INTEGER -> found instanceof Long ? found : null;
            case REAL -> real(found);
            case TEXT -> found instanceof String s ? text(s) : null;
            case BLOB -> found instanceof byte[] bytes ? Bytes.of(bytes) : null;
            case DECIMAL_INTEGER -> found instanceof Long l ? canonical(BigDecimal.valueOf(l, scale())) : null;
            case DECIMAL_TEXT, DECIMAL_SUM -> found instanceof String s ? canonical(SortableDecimal.decode(s)) : null;
            case DECIMAL_LOOSE -> looseDecimal(found);
            case UUID_TEXT -> found instanceof String s ? UUID.fromString(s) : null;
            case OBJECT_ID_TEXT -> found instanceof String s ? ObjectId.parse(s) : null;
            case TIME_TEXT, TIME_LOOSE -> found instanceof String s ? time(s) : null;
            // a foreign column declared JSON keeps numbers as such
            case JSON -> found instanceof byte[] ? null : Json.parse(found.toString(), type, Path.of("$"));
            case DYNAMIC ->
                switch (found) {
                    case byte[] bytes -> Bytes.of(bytes);
                    case String s -> text(s);
                    case Double d -> real(d);
                    default -> found;
                };
        };
        if (value == null && !(storage == Storage.JSON && found instanceof String)) {
            throw new IllegalArgumentException("expected " + type);
        }
        return value;
    }

    /** Null where it is none, or beyond our values: infinite. */
    private static @Nullable Object real(Object found) {
        return switch (found) {
            case Double d -> Double.isFinite(d) ? (Object) (d + 0.0) : null;
            case Long l -> (double) l;
            default -> null;
        };
    }

    /** Null where it is beyond our values. */
    private static @Nullable Object text(String found) {
        return found.indexOf('\0') < 0 ? found : null;
    }

    private static Object canonical(BigDecimal number) {
        Object canonical = Values.normalise(number, Path.of("value"));
        return canonical == null ? number : canonical;
    }

    private static @Nullable Object looseDecimal(Object found) {
        return switch (found) {
            case Long l -> canonical(BigDecimal.valueOf(l));
            case Double d -> canonical(BigDecimal.valueOf(d));
            case String s -> canonical(new BigDecimal(s));
            default -> null;
        };
    }

    private Object time(String text) {
        return switch (type) {
            case Type.Date d -> text.length() > 10 ? Times.dateTime(text).toLocalDate() : Times.date(text);
            case Type.Time t -> Times.time(text);
            case Type.Instant i -> Times.instant(text);
            default -> Times.dateTime(text);
        };
    }

    // ---- constants of conditions

    @Override
    public Floor floor(Object constant) {
        return switch (storage) {
            case INTEGER -> Floors.whole(Floors.exact(constant));
            case DECIMAL_INTEGER -> Floors.whole(Floors.exact(constant).movePointRight(scale()));
            case REAL -> Floors.real(Floors.exact(constant));
            case DECIMAL_LOOSE -> looseFloor(Floors.exact(constant));
            case DECIMAL_SUM -> SortableDecimal.floor(Floors.exact(constant), 2 * MOST_DIGITS, MOST_DIGITS);
            case DECIMAL_TEXT -> SortableDecimal.floor(Floors.exact(constant), precision(), scale());
            case TIME_TEXT -> {
                String cut = timeText(constant, fractionDigits());
                yield new Floor(cut, timeText(constant, 9).equals(timeText(time(cut), 9)), 0);
            }
            case TIME_LOOSE -> Floor.exactly(SqliteTimes.key(constant));
            case TEXT -> Floor.exactly(constant);
            case BOOLEAN, BLOB, UUID_TEXT, OBJECT_ID_TEXT, JSON, DYNAMIC -> Floor.exactly(encode(constant));
        };
    }

    /** Among whole numbers of 64 bits and doubles, a double standing for the shortest decimal that reads as it. */
    private static Floor looseFloor(BigDecimal number) {
        if (number.stripTrailingZeros().scale() <= 0) {
            Floor whole = Floors.whole(number);
            if (whole.range() == 0) {
                return whole;
            }
        }
        double nearest = number.doubleValue();
        if (Double.isInfinite(nearest)) {
            return new Floor(null, false, nearest > 0 ? 1 : -1);
        }
        int order = BigDecimal.valueOf(nearest).compareTo(number);
        return new Floor(order > 0 ? Math.nextDown(nearest) : nearest, order == 0, 0);
    }
}
