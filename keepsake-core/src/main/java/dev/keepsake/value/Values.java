package dev.keepsake.value;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The value rules: which values can be kept, when they are equal, how they are ordered. There is no value class; a
 * <em>value</em> is one plain immutable Java object of a closed set:
 *
 * <p>{@link Boolean}, {@link Long}, {@link Double}, {@link BigDecimal}, {@link String}, {@link Bytes}, {@link UUID},
 * {@link ObjectId}, {@link LocalDate}, {@link LocalTime}, {@link LocalDateTime}, {@link Instant}, {@link List},
 * {@link Map} with text keys, {@link Id}, or null.
 *
 * <ul>
 *   <li>Refused everywhere, since some store cannot keep it: U+0000 and lone surrogates in text, NaN and infinities,
 *       years outside 1 to 9999, decimals of more than 38 digits, nesting deeper than {@value #MAX_DEPTH}, and a map whose
 *       one key is a wrapper of Extended JSON such as {@code $date}.
 *   <li>-0.0 becomes 0.0; a decimal loses trailing zeros, so that 1.50 is 1.5.
 *   <li>Two equalities. {@link #same} is strict: 1 and 1.0 differ; guards and verification use it. {@link #compare}, used
 *       by conditions, takes numbers as numbers and calls other values of different types incomparable.
 *   <li>Text is ordered by code point, which is also the order of its UTF-8 bytes.
 * </ul>
 *
 * <p>Stateless, safe for use by several threads.
 */
public final class Values {
    /** How deep values may be nested; MongoDB's limit (manual: "MongoDB Limits and Thresholds"), the least of all. */
    public static final int MAX_DEPTH = 100;

    /** The most digits of a decimal; PostgreSQL and MariaDB keep more, our default declares this many. */
    static final int MAX_DIGITS = 38;

    private Values() {}

    // ---- normalising

    /**
     * The value that is kept for a plain Java object: {@code int} becomes {@link Long}, {@code byte[]} becomes
     * {@link Bytes}, an enum its name, a collection an immutable list.
     *
     * @param at where the object is, for the error message
     * @throws dev.keepsake.fault.Invalid {@code value-refused} with the path of what cannot be kept
     */
    public static @Nullable Object normalise(@Nullable Object object, Path at) {
        return normalise(object, at, 0);
    }

    /** Whether an object is of a class that can be kept as it is. */
    public static boolean isPlain(Object object) {
        return switch (object) {
            case Boolean b -> true;
            case Number n ->
                n instanceof Long
                        || n instanceof Integer
                        || n instanceof Short
                        || n instanceof Byte
                        || n instanceof Float
                        || n instanceof Double
                        || n instanceof BigInteger
                        || n instanceof BigDecimal;
            case String s -> true;
            case Character c -> true;
            case Enum<?> e -> true;
            case byte[] bytes -> true;
            case Bytes bytes -> true;
            case UUID uuid -> true;
            case ObjectId id -> true;
            case Id id -> true;
            case LocalDate date -> true;
            case LocalTime time -> true;
            case LocalDateTime time -> true;
            case Instant instant -> true;
            case Optional<?> optional -> optional.map(Values::isPlain).orElse(true);
            case Collection<?> list -> list.stream().allMatch(each -> each == null || isPlain(each));
            case Map<?, ?> map -> map.values().stream().allMatch(each -> each == null || isPlain(each));
            default -> false;
        };
    }

    private static @Nullable Object normalise(@Nullable Object object, Path at, int depth) {
        return switch (object) {
            case null -> null;
            case Boolean b -> b;
            case Long l -> l;
            case Integer i -> i.longValue();
            case Short s -> s.longValue();
            case Byte b -> b.longValue();
            case Float f -> finite(Double.parseDouble(f.toString()), at);
            case Double d -> finite(d, at);
            case BigInteger i -> decimal(new BigDecimal(i), at);
            case BigDecimal d -> decimal(d, at);
            case String s -> text(s, at);
            case Character c -> text(c.toString(), at);
            case Enum<?> e -> e.name();
            case byte[] bytes -> Bytes.of(bytes);
            case Bytes bytes -> bytes;
            case UUID uuid -> uuid;
            case ObjectId id -> id;
            case Id id -> id;
            case LocalDate date -> inRange(date, date.getYear(), at);
            case LocalTime time -> time;
            case LocalDateTime time -> inRange(time, time.getYear(), at);
            case Instant instant -> inRange(instant, year(instant), at);
            case Optional<?> optional -> normalise(optional.orElse(null), at, depth);
            case Collection<?> list -> list(list, at, deeper(depth, at));
            case Map<?, ?> map -> map(map, at, deeper(depth, at));
            default ->
                throw refused(at, "a " + object.getClass().getName() + " cannot be kept as a value")
                        .hint("convert it to text, a number, a time, bytes, a list or a map")
                        .fault();
        };
    }

    private static int deeper(int depth, Path at) {
        if (depth >= MAX_DEPTH) {
            throw refused(Path.of(at.field()), "values are nested deeper than " + MAX_DEPTH + " levels")
                    .fault();
        }
        return depth + 1;
    }

    private static List<@Nullable Object> list(Collection<?> list, Path at, int depth) {
        List<@Nullable Object> values = new ArrayList<>(list.size());
        int index = 0;
        for (Object element : list) {
            boolean plain = element instanceof Long || (element instanceof String s && unfit(s) == null);
            values.add(plain ? element : normalise(element, at.then("[" + index + "]"), depth));
            index++;
        }
        return Collections.unmodifiableList(values);
    }

    private static Map<String, @Nullable Object> map(Map<?, ?> map, Path at, int depth) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            String name = key instanceof Enum<?> e ? e.name() : key instanceof String s ? s : null;
            if (name == null) {
                throw refused(at, "the keys of a map are text, not " + Report.quote(key))
                        .fault();
            }
            if (map.size() == 1 && WRAPPERS.contains(name)) {
                throw refused(at, "a map whose one key is " + name + " would be read back as another value")
                        .fault();
            }
            text(name, at);
            values.put(name, normalise(value, name.isEmpty() ? at : at.then(name), depth));
        });
        return Collections.unmodifiableMap(values);
    }

    /** The keys by which Extended JSON marks a value that JSON lacks. */
    private static final List<String> WRAPPERS = List.of(
            "$date",
            "$oid",
            "$uuid",
            "$numberDecimal",
            "$numberLong",
            "$numberInt",
            "$numberDouble",
            "$binary",
            "$localDate",
            "$localTime",
            "$localDateTime");

    private static Double finite(double number, Path at) {
        if (!Double.isFinite(number)) {
            throw refused(at, number + " cannot be kept")
                    .hint("use null for no number")
                    .fault();
        }
        return number == 0.0 ? 0.0 : number;
    }

    private static BigDecimal decimal(BigDecimal number, Path at) {
        BigDecimal shortest = number.stripTrailingZeros();
        long digits = (long) shortest.precision() - Math.min(shortest.scale(), 0);
        if (digits > MAX_DIGITS || shortest.scale() > MAX_DIGITS) {
            throw refused(at, "the decimal " + Report.quote(number) + " has more than " + MAX_DIGITS + " digits")
                    .fault();
        }
        return shortest.scale() < 0 ? shortest.setScale(0, RoundingMode.UNNECESSARY) : shortest;
    }

    private static String text(String text, Path at) {
        String reason = unfit(text);
        if (reason != null) {
            throw refused(at, "the text holds " + reason).fault();
        }
        return text;
    }

    /** Why a text cannot be kept, or null where it can. */
    private static @Nullable String unfit(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((char) (c - 1) < Character.MIN_SURROGATE - 1) {
                continue; // one comparison for most
            }
            if (c == 0) {
                return "U+0000 at position " + i;
            }
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return "a lone surrogate at position " + i;
                }
                i++;
            }
        }
        return null;
    }

    private static int year(Instant instant) {
        if (instant.getEpochSecond() > 253402300799L || instant.getEpochSecond() < -62135596800L) {
            return 10_000;
        }
        return 1;
    }

    private static <T extends Temporal> T inRange(T time, int year, Path at) {
        if (year < 1 || year > 9999) {
            throw refused(at, "the time " + time + " is outside the years 1 to 9999")
                    .fault();
        }
        return time;
    }

    private static Report refused(Path at, String sentence) {
        return Problem.VALUE_REFUSED.because(sentence).at(at);
    }

    // ---- fitting a type

    /**
     * The value of a field of the given type for a plain Java object: normalised, its precision cut to the type's, a number
     * made one of the type where that loses nothing.
     *
     * @throws dev.keepsake.fault.Invalid {@code type-mismatch} or {@code value-refused}
     */
    public static @Nullable Object fit(@Nullable Object object, Type type, Path at) {
        Object value = switch (type) {
            // what most fields hold, without a look at all that there can be
            case Type.Int integer when object instanceof Long -> object;
            case Type.Text text when object instanceof String s -> text(s, at);
            case Type.Instant instant when object instanceof Instant i -> inRange(i, year(i), at);
            default -> normalise(object, at);
        };
        return value == null ? null : fitted(value, type, at);
    }

    private static Object fitted(Object value, Type type, Path at) {
        Object fitted = switch (type) {
            case Type.Any any -> cutAll(value);
            case Type.Bool b -> value instanceof Boolean ? value : null;
            case Type.Int integer -> integer(value, integer, at);
            case Type.Real real -> real(value);
            case Type.Decimal decimal -> decimal(value, decimal, at);
            case Type.Text text -> value instanceof String s ? limited(s, text, at) : null;
            case Type.Binary b -> value instanceof Bytes ? value : null;
            case Type.Uuid u -> value instanceof UUID ? value : null;
            case Type.Oid o -> value instanceof ObjectId ? value : null;
            case Type.Date d -> value instanceof LocalDate ? value : null;
            case Type.Time time -> value instanceof LocalTime t ? cut(t, time.precision()) : null;
            case Type.DateTime time -> value instanceof LocalDateTime t ? cut(t, time.precision()) : null;
            case Type.Instant instant -> value instanceof Instant i ? cut(i, instant.precision()) : null;
            case Type.Sequence list -> value instanceof List<?> l ? list(l, list, at) : null;
            case Type.Dictionary map -> value instanceof Map<?, ?> m ? dictionary(m, map, at) : null;
            case Type.Struct struct -> value instanceof Map<?, ?> m ? struct(m, struct, at) : null;
        };
        if (fitted == null) {
            throw Problem.TYPE_MISMATCH
                    .because("expected %s, was %s %s", type, Type.of(value), Report.quote(value))
                    .at(at)
                    .fault();
        }
        return fitted;
    }

    private static @Nullable Object integer(Object value, Type.Int type, Path at) {
        Long number = value instanceof Long l
                ? l
                : value instanceof Double || value instanceof BigDecimal ? whole(value) : null;
        if (number != null && (number < type.least() || number > -(type.least() + 1))) {
            throw refused(at, "the number " + number + " does not fit into " + type.bits() + " bits")
                    .fault();
        }
        return number;
    }

    private static @Nullable Long whole(Object number) {
        try {
            return exact(number).longValueExact();
        } catch (ArithmeticException e) {
            return null;
        }
    }

    private static @Nullable Object real(Object value) {
        if (value instanceof Double) {
            return value;
        }
        if (value instanceof Long || value instanceof BigDecimal) {
            double number = ((Number) value).doubleValue();
            boolean kept = value instanceof BigDecimal d
                    ? BigDecimal.valueOf(number).compareTo(d) == 0
                    : exact(value).compareTo(exact(number)) == 0;
            return kept ? number + 0.0 : null;
        }
        return null;
    }

    private static @Nullable Object decimal(Object value, Type.Decimal type, Path at) {
        BigDecimal number = switch (value) {
            case BigDecimal d -> d;
            case Long l -> BigDecimal.valueOf(l);
            case Double d -> decimal(BigDecimal.valueOf(d), at);
            default -> null;
        };
        if (number == null) {
            return null;
        }
        BigDecimal canonical = decimal(number, at);
        if (canonical.scale() > type.scale()
                || canonical.precision() - canonical.scale() > type.precision() - type.scale()) {
            throw refused(at, "the number " + canonical + " does not fit into " + type)
                    .hint("round it, or declare more digits")
                    .fault();
        }
        return canonical;
    }

    private static String limited(String text, Type.Text type, Path at) {
        if (type.length() > 0 && text.length() > type.length()) {
            int length = text.codePointCount(0, text.length());
            if (length > type.length()) {
                throw refused(
                                at,
                                "the text " + Report.quote(text) + " has " + length + " characters, at most "
                                        + type.length() + " fit")
                        .fault();
            }
        }
        return text;
    }

    private static Object list(List<?> list, Type.Sequence type, Path at) {
        List<@Nullable Object> fitted = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            Object element = list.get(i);
            fitted.add(element == null ? null : fitted(element, type.element(), at.then("[" + i + "]")));
        }
        return Collections.unmodifiableList(fitted);
    }

    private static Object dictionary(Map<?, ?> map, Type.Dictionary type, Path at) {
        Map<String, @Nullable Object> fitted = new LinkedHashMap<>();
        map.forEach((key, value) ->
                fitted.put((String) key, value == null ? null : fitted(value, type.value(), below(at, (String) key))));
        return Collections.unmodifiableMap(fitted);
    }

    private static Object struct(Map<?, ?> map, Type.Struct type, Path at) {
        Map<String, @Nullable Object> fitted = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            Type member = type.members().getOrDefault((String) key, Type.ANY);
            fitted.put((String) key, value == null ? null : fitted(value, member, below(at, (String) key)));
        });
        return Collections.unmodifiableMap(fitted);
    }

    private static Path below(Path at, String key) {
        return key.isEmpty() ? at : at.then(key);
    }

    /** Times whose precision no field declares are kept to the millisecond, since every store can. */
    private static Object cutAll(Object value) {
        return switch (value) {
            case Instant i -> cut(i, 3);
            case LocalDateTime t -> cut(t, 3);
            case LocalTime t -> cut(t, 3);
            case List<?> list -> list(list, (Type.Sequence) Type.list(Type.ANY), Path.of("element"));
            case Map<?, ?> map -> dictionary(map, (Type.Dictionary) Type.map(Type.ANY), Path.of("member"));
            default -> value;
        };
    }

    /** The time with no more than the given digits of the second's fraction, cut and not rounded. */
    static <T extends Temporal> T cut(T time, int precision) {
        int nanos = time.get(ChronoField.NANO_OF_SECOND);
        int kept = nanos - nanos % POWERS[9 - precision];
        @SuppressWarnings("unchecked") // a temporal adjusted is one of the same class
        T cut = kept == nanos ? time : (T) time.with(ChronoField.NANO_OF_SECOND, kept);
        return cut;
    }

    private static final int[] POWERS = {
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000
    };

    // ---- comparing

    /** Whether both are the same value, of the same type: 1 and 1.0 are not. Map order does not matter. */
    public static boolean same(@Nullable Object a, @Nullable Object b) {
        return a == b || (a != null && a.equals(b));
    }

    /**
     * Compares as conditions do: numbers as numbers, anything else with its own type alone.
     *
     * @return negative, zero or positive; empty where the two cannot be compared or one is null. Maps are equal or
     *     incomparable, they have no order.
     */
    public static Optional<Integer> compare(@Nullable Object a, @Nullable Object b) {
        if (a == null || b == null || rank(a) != rank(b)) {
            return Optional.empty();
        }
        if (a instanceof Map<?, ?>) {
            return a.equals(b) ? Optional.of(0) : Optional.empty();
        }
        return Optional.of(order(a, b));
    }

    /** Whether a condition would call both equal: comparable, and neither is less. */
    public static boolean equal(@Nullable Object a, @Nullable Object b) {
        if (a instanceof List<?> list && b instanceof List<?> other) {
            return list.size() == other.size() && elementsEqual(list.iterator(), other.iterator());
        }
        return compare(a, b).filter(order -> order == 0).isPresent();
    }

    private static boolean elementsEqual(Iterator<?> a, Iterator<?> b) {
        while (a.hasNext()) {
            Object mine = a.next();
            Object theirs = b.next();
            if (!(mine == null ? theirs == null : equal(mine, theirs))) {
                return false;
            }
        }
        return true;
    }

    /**
     * The order of sorted results, total over all values: nulls first, then booleans, numbers, text, bytes, ids, times,
     * lists, maps; within a type by value.
     */
    public static int order(@Nullable Object a, @Nullable Object b) {
        int ranks = Integer.compare(rank(a), rank(b));
        if (ranks != 0 || a == null || b == null) {
            return ranks;
        }
        return switch (a) {
            case Boolean x -> x.compareTo((Boolean) b);
            case String x -> orderText(x, (String) b);
            case Number x -> orderNumbers(x, (Number) b);
            case UUID x -> orderUuids(x, (UUID) b);
            case Bytes x -> x.compareTo((Bytes) b);
            case ObjectId x -> x.compareTo((ObjectId) b);
            case Id x -> x.compareTo((Id) b);
            case LocalDate x -> x.compareTo((LocalDate) b);
            case LocalTime x -> x.compareTo((LocalTime) b);
            case LocalDateTime x -> x.compareTo((LocalDateTime) b);
            case Instant x -> x.compareTo((Instant) b);
            case List<?> x -> orderLists(x, (List<?>) b);
            case Map<?, ?> x -> orderLists(entries(x), entries((Map<?, ?>) b));
            default -> throw new IllegalArgumentException("not a value: " + a.getClass());
        };
    }

    /** The place of a value's type in the order of all types. */
    private static int rank(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case Boolean b -> 1;
            case Number n -> 2;
            case String s -> 3;
            case Bytes b -> 4;
            case UUID u -> 5;
            case ObjectId o -> 6;
            case LocalDate d -> 7;
            case LocalTime t -> 8;
            case LocalDateTime d -> 9;
            case Instant i -> 10;
            case List<?> l -> 11;
            case Map<?, ?> m -> 12;
            case Id id -> 13;
            default -> throw new IllegalArgumentException("not a value: " + value.getClass());
        };
    }

    /** Compares by code point: as UTF-16, but with surrogates above all other characters. */
    public static int orderText(String a, String b) {
        int shorter = Math.min(a.length(), b.length());
        for (int i = 0; i < shorter; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean high = Character.isSurrogate(x);
                return high == Character.isSurrogate(y) ? Character.compare(x, y) : high ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    private static int orderNumbers(Number a, Number b) {
        if (a instanceof Long x && b instanceof Long y) {
            return Long.compare(x, y);
        }
        if (a instanceof Double x && b instanceof Double y) {
            return Double.compare(x, y);
        }
        return exact(a).compareTo(exact(b));
    }

    private static BigDecimal exact(Object number) {
        return switch (number) {
            case Long l -> BigDecimal.valueOf(l);
            case Double d -> new BigDecimal(d);
            case BigDecimal d -> d;
            default -> throw new IllegalArgumentException("not a number: " + number.getClass());
        };
    }

    /** By their 16 bytes unsigned, which is the order of their text; {@link UUID#compareTo} compares signed halves. */
    private static int orderUuids(UUID a, UUID b) {
        int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
        return high != 0 ? high : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
    }

    private static int orderLists(List<?> a, List<?> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int order = order(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    private static List<?> entries(Map<?, ?> map) {
        List<@Nullable Object> entries = new ArrayList<>();
        map.entrySet().stream()
                .sorted((x, y) -> orderText((String) x.getKey(), (String) y.getKey()))
                .forEach(entry -> {
                    entries.add(entry.getKey());
                    entries.add(entry.getValue());
                });
        return entries;
    }

    /** The letters A to Z as their small ones, all else as it is. */
    public static String foldAscii(String text) {
        StringBuilder folded = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                folded = folded == null ? new StringBuilder(text) : folded;
                folded.setCharAt(i, (char) (c + 32));
            }
        }
        return folded == null ? text : folded.toString();
    }

    // ---- hashing

    /**
     * A digest of a value that is the same in every process and on every store: SHA-256 over the value's tagged bytes, so
     * that 1, 1.0, "1" and [1] all differ, and the order of a map's keys does not matter.
     *
     * @return 32 bytes
     */
    public static Bytes digest(@Nullable Object value) {
        return Digest.of(value);
    }

    /** The UTC date and time of an instant, for stores and texts that have no zone. */
    public static LocalDateTime utc(Instant instant) {
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}
