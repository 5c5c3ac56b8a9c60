package dev.keepsake.value;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which values a field takes. A type prints itself as text that {@link #parse} reads: {@code integer(32)},
 * {@code decimal(38,9)}, {@code list(text)}, {@code struct(name text, born instant(3))}. All types are immutable.
 */
public sealed interface Type {
    /** True or false. */
    Type BOOLEAN = new Bool();
    /** A whole number of 64 bits. */
    Type INTEGER = new Int(64);
    /** A binary floating-point number of 64 bits, finite. */
    Type DOUBLE = new Real();
    /** Text of any length. */
    Type TEXT = new Text(0);
    /** A sequence of bytes. */
    Type BYTES = new Binary();
    /** A UUID. */
    Type UUID = new Uuid();
    /** A 12-byte object id. */
    Type OBJECT_ID = new Oid();
    /** A date of the ISO calendar, years 1 to 9999. */
    Type DATE = new Date();
    /** A decimal number of at most 38 digits, 9 of them after the point. */
    Type DECIMAL = new Decimal(38, 9);
    /** A time of day to the millisecond. */
    Type TIME = new Time(3);
    /** A date and time without zone, to the millisecond. */
    Type DATE_TIME = new DateTime(3);
    /** A point in time, to the millisecond. */
    Type INSTANT = new Instant(3);
    /** Any value at all, of any type: JSON. */
    Type ANY = new Any();

    /** {@link #BOOLEAN}. */
    record Bool() implements Type {
        @Override
        public String toString() {
            return "boolean";
        }
    }

    /**
     * A whole number.
     *
     * @param bits its range: 8, 16, 32 or 64 bits, signed
     */
    record Int(int bits) implements Type {
        /** Checks the range. */
        public Int {
            require(bits == 8 || bits == 16 || bits == 32 || bits == 64, "integers have 8, 16, 32 or 64 bits");
        }

        long least() {
            return -1L << (bits - 1);
        }

        @Override
        public String toString() {
            return bits == 64 ? "integer" : "integer(" + bits + ")";
        }
    }

    /** {@link #DOUBLE}. */
    record Real() implements Type {
        @Override
        public String toString() {
            return "double";
        }
    }

    /**
     * An exact decimal number.
     *
     * @param precision digits in all, 1 to 38
     * @param scale digits after the point, 0 to precision
     */
    record Decimal(int precision, int scale) implements Type {
        /** Checks both numbers. */
        public Decimal {
            require(precision >= 1 && precision <= 38, "decimals have 1 to 38 digits");
            require(scale >= 0 && scale <= precision, "a decimal's scale is 0 to its precision");
        }

        @Override
        public String toString() {
            return "decimal(" + precision + "," + scale + ")";
        }
    }

    /**
     * Text.
     *
     * @param length the most code points it may have, or 0 where there is no limit
     */
    record Text(int length) implements Type {
        /** Checks the length. */
        public Text {
            require(length >= 0, "a text's length is not negative");
        }

        @Override
        public String toString() {
            return length == 0 ? "text" : "text(" + length + ")";
        }
    }

    /** {@link #BYTES}. */
    record Binary() implements Type {
        @Override
        public String toString() {
            return "bytes";
        }
    }

    /** {@link #UUID}. */
    record Uuid() implements Type {
        @Override
        public String toString() {
            return "uuid";
        }
    }

    /** {@link #OBJECT_ID}. */
    record Oid() implements Type {
        @Override
        public String toString() {
            return "object_id";
        }
    }

    /** {@link #DATE}. */
    record Date() implements Type {
        @Override
        public String toString() {
            return "date";
        }
    }

    /**
     * A time of day.
     *
     * @param precision digits of the second's fraction, 0 to 9
     */
    record Time(int precision) implements Type {
        /** Checks the precision. */
        public Time {
            requireFraction(precision);
        }

        @Override
        public String toString() {
            return "time(" + precision + ")";
        }
    }

    /**
     * A date and time without zone.
     *
     * @param precision digits of the second's fraction, 0 to 9
     */
    record DateTime(int precision) implements Type {
        /** Checks the precision. */
        public DateTime {
            requireFraction(precision);
        }

        @Override
        public String toString() {
            return "datetime(" + precision + ")";
        }
    }

    /**
     * A point in time.
     *
     * @param precision digits of the second's fraction, 0 to 9
     */
    record Instant(int precision) implements Type {
        /** Checks the precision. */
        public Instant {
            requireFraction(precision);
        }

        @Override
        public String toString() {
            return "instant(" + precision + ")";
        }
    }

    /**
     * A list; its elements may be null.
     *
     * @param element the type of each element
     */
    record Sequence(Type element) implements Type {
        @Override
        public String toString() {
            return "list(" + element + ")";
        }
    }

    /**
     * A map from text to values of one type.
     *
     * @param value the type of each value
     */
    record Dictionary(Type value) implements Type {
        @Override
        public String toString() {
            return "map(" + value + ")";
        }
    }

    /**
     * A nested value with named members; each may be absent or null, and others than these are kept as they are.
     *
     * @param members name and type of each member, in order
     */
    record Struct(Map<String, Type> members) implements Type {
        /** Copies the members. */
        public Struct {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
            require(!members.containsKey(""), "the name of a struct's member is not empty");
        }

        @Override
        public String toString() {
            return members.entrySet().stream()
                    .map(member -> Path.of(member.getKey()) + " " + member.getValue())
                    .collect(Collectors.joining(", ", "struct(", ")"));
        }
    }

    /** {@link #ANY}. */
    record Any() implements Type {
        @Override
        public String toString() {
            return "any";
        }
    }

    /** A list of the given element type. */
    static Type list(Type element) {
        return new Sequence(element);
    }

    /** A map from text to the given type. */
    static Type map(Type value) {
        return new Dictionary(value);
    }

    /** A date and time without zone, with the given digits of the second's fraction. */
    static Type dateTime(int precision) {
        return new DateTime(precision);
    }

    /** A point in time with the given digits of the second's fraction. */
    static Type instant(int precision) {
        return new Instant(precision);
    }

    /** A decimal number. */
    static Type decimal(int precision, int scale) {
        return new Decimal(precision, scale);
    }

    // No default methods: with them, making any type would initialise this interface, and its constants make types, so
    // that
    // two threads could wait for each other (Java Language Specification, 12.4.1).

    /** Whether the type's values are numbers, which compare with each other whatever their type. */
    static boolean numeric(Type type) {
        return type instanceof Int || type instanceof Real || type instanceof Decimal;
    }

    /** Whether the type's values have others inside: lists, maps, structs, and anything. */
    static boolean nested(Type type) {
        return type instanceof Sequence || type instanceof Dictionary || type instanceof Struct || type instanceof Any;
    }

    /**
     * The type of what a step leads to, seen from a value of the given type. A step through a list goes to its elements'
     * members.
     *
     * @return empty where there is no such step
     */
    static Optional<Type> step(Type from, String name) {
        return switch (from) {
            case Any any -> Optional.of(any);
            case Dictionary map -> Optional.of(map.value);
            case Struct struct -> Optional.ofNullable(struct.members.get(name));
            case Sequence list -> step(list.element, name);
            case Bool b -> Optional.empty();
            case Int i -> Optional.empty();
            case Real r -> Optional.empty();
            case Decimal d -> Optional.empty();
            case Text t -> Optional.empty();
            case Binary b -> Optional.empty();
            case Uuid u -> Optional.empty();
            case Oid o -> Optional.empty();
            case Date d -> Optional.empty();
            case Time t -> Optional.empty();
            case DateTime d -> Optional.empty();
            case Instant i -> Optional.empty();
        };
    }

    /** The narrowest type that takes the given normalised value; null is of no type, and so {@link #ANY}. */
    static Type of(@Nullable Object value) {
        return switch (value) {
            case Boolean b -> BOOLEAN;
            case Long l -> INTEGER;
            case Double d -> DOUBLE;
            case BigDecimal d -> DECIMAL;
            case String s -> TEXT;
            case Bytes b -> BYTES;
            case UUID u -> UUID;
            case ObjectId o -> OBJECT_ID;
            case LocalDate d -> DATE;
            case LocalTime t -> new Time(9);
            case LocalDateTime d -> new DateTime(9);
            case java.time.Instant i -> new Instant(9);
            case List<?> list -> list(ANY);
            case Map<?, ?> map -> map(ANY);
            case null, default -> ANY;
        };
    }

    /** The same type with all the fraction of a second that there is, for times; any other as it is. */
    static Type finest(Type type) {
        return switch (type) {
            case Time time -> new Time(9);
            case DateTime time -> new DateTime(9);
            case Instant instant -> new Instant(9);
            default -> type;
        };
    }

    /** Reads the text form; a malformed one is an {@link IllegalArgumentException} that says where. */
    static Type parse(String text) {
        return new TypeParser(text).whole();
    }

    /** The names of a struct's members, in order; of any other type, none. */
    static List<String> names(Type type) {
        return type instanceof Struct struct ? new ArrayList<>(struct.members.keySet()) : List.of();
    }

    private static void requireFraction(int precision) {
        require(precision >= 0 && precision <= 9, "a second's fraction has 0 to 9 digits");
    }

    private static void require(boolean held, String rule) {
        if (!held) {
            throw new IllegalArgumentException(rule);
        }
    }
}
