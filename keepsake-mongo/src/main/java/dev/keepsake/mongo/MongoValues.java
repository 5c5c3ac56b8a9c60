package dev.keepsake.mongo;

import dev.keepsake.fault.Problem;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.Id;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Times;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBinarySubType;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonNumber;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.UuidRepresentation;
import org.bson.types.Decimal128;
import org.jspecify.annotations.Nullable;

/**
 * Values as BSON, and back. Each type has the one of BSON that anybody would take: whole numbers {@code int} or {@code long} by the width
 * of the field, decimals {@code decimal}, UUIDs {@code binData} of subtype 4, moments {@code date}; a local date and a local date and time
 * are a {@code date} as if in UTC, a time of day is text in ISO 8601. Where the field's type does not say what a value is, these three are
 * a document of one field, such as <code>{"@localDate": "2018-05-31"}</code>. Stateless.
 */
final class MongoValues {
    private static final String LOCAL_DATE = "@localDate";
    private static final String LOCAL_TIME = "@localTime";
    private static final String LOCAL_DATE_TIME = "@localDateTime";
    /** A map that would be taken for another value. */
    private static final String MAP = "@map";

    private static final List<String> WRAPPERS = List.of(LOCAL_DATE, LOCAL_TIME, LOCAL_DATE_TIME, MAP);

    private MongoValues() {}

    /** A value of a field of that type. */
    static BsonValue encode(@Nullable Object value, Type type) {
        return switch (value) {
            case null -> BsonNull.VALUE;
            case Boolean truth -> BsonBoolean.valueOf(truth);
            case Long number ->
                type instanceof Type.Int kept && kept.bits() <= Integer.SIZE
                        ? new BsonInt32(Math.toIntExact(number))
                        : new BsonInt64(number);
            case Double number -> new BsonDouble(number);
            case BigDecimal number -> decimal(number);
            case String text -> new BsonString(text);
            case Bytes bytes -> new BsonBinary(bytes.toArray());
            case UUID uuid -> new BsonBinary(uuid, UuidRepresentation.STANDARD);
            case ObjectId id -> new BsonObjectId(new org.bson.types.ObjectId(id.toArray()));
            case LocalDate date ->
                type instanceof Type.Date
                        ? new BsonDateTime(
                                date.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli())
                        : wrapped(LOCAL_DATE, Times.text(date));
            case LocalTime time ->
                type instanceof Type.Time kept
                        ? new BsonString(Times.text(time, kept.precision()))
                        : wrapped(LOCAL_TIME, time.toString());
            case LocalDateTime time ->
                type instanceof Type.DateTime
                        ? new BsonDateTime(time.toInstant(ZoneOffset.UTC).toEpochMilli())
                        : wrapped(LOCAL_DATE_TIME, time.toString());
            case Instant moment -> new BsonDateTime(moment.toEpochMilli());
            case List<?> list -> {
                Type element = type instanceof Type.Sequence sequence ? sequence.element() : Type.ANY;
                yield new BsonArray(
                        list.stream().map(each -> encode(each, element)).toList());
            }
            case Map<?, ?> map -> encode(map, type);
            case Id id -> encode(id.parts(), Type.ANY);
            default -> throw new IllegalArgumentException("not a value: " + value.getClass());
        };
    }

    private static BsonDocument encode(Map<?, ?> map, Type type) {
        BsonDocument document = new BsonDocument();
        map.forEach((key, member) -> {
            String name = (String) key;
            document.append(name, encode(member, Type.step(type, name).orElse(Type.ANY)));
        });
        return type instanceof Type.Any && isWrapped(map) ? new BsonDocument(MAP, document) : document;
    }

    /** Whether a map would be taken for another value, and so is within a document of its own. */
    static boolean isWrapped(Map<?, ?> map) {
        return map.size() == 1
                && WRAPPERS.contains(String.valueOf(map.keySet().iterator().next()));
    }

    private static BsonDocument wrapped(String name, String text) {
        return new BsonDocument(name, new BsonString(text));
    }

    /** Within which document a value of no declared type is, and under which name; null for one that is no document. */
    static @Nullable String wrapper(Object value) {
        return switch (value) {
            case LocalDate date -> LOCAL_DATE;
            case LocalTime time -> LOCAL_TIME;
            case LocalDateTime time -> LOCAL_DATE_TIME;
            default -> null;
        };
    }

    /**
     * The value of a field of that type; null where it is null.
     *
     * @throws IllegalArgumentException where it is of another type
     * @throws dev.keepsake.fault.Fault where it does not fit the type
     */
    static @Nullable Object decode(BsonValue value, Type type, Path at) {
        if (value.isNull()) {
            return null;
        }
        return switch (type) {
            case Type.Any any -> natural(value);
            case Type.Bool bool -> value.asBoolean().getValue();
            case Type.Int whole -> whole(value);
            case Type.Real real -> real(value);
            case Type.Decimal decimal -> Values.fit(decimal(value), decimal, at);
            case Type.Text text -> value.asString().getValue();
            case Type.Binary binary -> Bytes.of(value.asBinary().getData());
            case Type.Uuid uuid -> uuid(value.asBinary());
            case Type.Oid oid -> ObjectId.of(value.asObjectId().getValue().toByteArray());
            case Type.Date date -> date(value);
            case Type.Time time -> Times.time(value.asString().getValue());
            case Type.DateTime time -> dateTime(value);
            case Type.Instant instant ->
                value.isString()
                        ? Times.instant(value.asString().getValue())
                        : Instant.ofEpochMilli(value.asDateTime().getValue());
            case Type.Sequence list -> {
                List<@Nullable Object> values = new ArrayList<>();
                for (BsonValue each : value.asArray()) {
                    values.add(decode(each, list.element(), at));
                }
                yield Collections.unmodifiableList(values);
            }
            case Type.Dictionary map -> members(value.asDocument(), type, at);
            case Type.Struct struct -> members(value.asDocument(), type, at);
        };
    }

    private static Map<String, @Nullable Object> members(BsonDocument document, Type type, Path at) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        document.forEach((name, member) ->
                members.put(name, decode(member, Type.step(type, name).orElse(Type.ANY), at)));
        return Collections.unmodifiableMap(members);
    }

    private static Long whole(BsonValue value) {
        if (value.isInt64() || value.isInt32()) {
            return value.asNumber().longValue();
        }
        return decimal(value).longValueExact(); // a shell writes whole numbers as doubles
    }

    private static BigDecimal decimal(BsonValue value) {
        BsonNumber number = value.asNumber();
        if (value.isDecimal128()) {
            Decimal128 decimal = number.decimal128Value();
            return decimal.isNegative() && isZero(decimal) ? BigDecimal.ZERO : decimal.bigDecimalValue();
        }
        return value.isDouble() ? BigDecimal.valueOf(number.doubleValue()) : BigDecimal.valueOf(number.longValue());
    }

    private static BsonDecimal128 decimal(BigDecimal number) {
        try {
            return new BsonDecimal128(new Decimal128(number));
        } catch (NumberFormatException e) {
            throw Problem.VALUE_REFUSED
                    .because("%s has more than the 34 digits of a decimal of MongoDB", number)
                    .cause(e)
                    .fault();
        }
    }

    private static Double real(BsonValue value) {
        if (value.isDouble()) {
            return (Double) real(value.asDouble().getValue());
        }
        BigDecimal number = decimal(value);
        if (new BigDecimal(number.doubleValue()).compareTo(number) != 0) {
            throw new IllegalArgumentException(number + " is no double");
        }
        return number.doubleValue();
    }

    private static boolean isZero(Decimal128 decimal) {
        return decimal.compareTo(Decimal128.NEGATIVE_ZERO) == 0 || decimal.compareTo(Decimal128.POSITIVE_ZERO) == 0;
    }

    private static UUID uuid(BsonBinary binary) {
        return binary.getType() == BsonBinarySubType.UUID_LEGACY.getValue()
                ? binary.asUuid(UuidRepresentation.JAVA_LEGACY)
                : binary.asUuid(UuidRepresentation.STANDARD);
    }

    private static LocalDate date(BsonValue value) {
        return value.isString()
                ? Times.date(value.asString().getValue())
                : dateTime(value).toLocalDate();
    }

    private static LocalDateTime dateTime(BsonValue value) {
        return value.isString()
                ? Times.dateTime(value.asString().getValue())
                : LocalDateTime.ofInstant(
                        Instant.ofEpochMilli(value.asDateTime().getValue()), ZoneOffset.UTC);
    }

    /** A value as it says itself what it is. */
    static @Nullable Object natural(BsonValue value) {
        return switch (value.getBsonType()) {
            case NULL, UNDEFINED -> null;
            case BOOLEAN -> value.asBoolean().getValue();
            case INT32, INT64 -> value.asNumber().longValue();
            case DOUBLE -> real(value.asDouble().getValue());
            case DECIMAL128 -> Values.normalise(decimal(value), Path.of("value"));
            case STRING -> value.asString().getValue();
            case SYMBOL -> value.asSymbol().getSymbol();
            case BINARY -> binary(value.asBinary());
            case OBJECT_ID -> ObjectId.of(value.asObjectId().getValue().toByteArray());
            case DATE_TIME -> Instant.ofEpochMilli(value.asDateTime().getValue());
            case ARRAY -> {
                List<@Nullable Object> values = new ArrayList<>();
                value.asArray().forEach(each -> values.add(natural(each)));
                yield Collections.unmodifiableList(values);
            }
            case DOCUMENT -> natural(value.asDocument());
            case TIMESTAMP,
                    REGULAR_EXPRESSION,
                    DB_POINTER,
                    JAVASCRIPT,
                    JAVASCRIPT_WITH_SCOPE,
                    MIN_KEY,
                    MAX_KEY,
                    END_OF_DOCUMENT ->
                throw new IllegalArgumentException("a value of the type " + value.getBsonType() + " of BSON");
        };
    }

    private static Object real(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            throw new IllegalArgumentException("the number " + number);
        }
        return number == 0 ? (Object) 0.0 : number;
    }

    private static Object binary(BsonBinary binary) {
        boolean isUuid = BsonBinarySubType.isUuid(binary.getType());
        return isUuid ? uuid(binary) : Bytes.of(binary.getData());
    }

    private static Object natural(BsonDocument document) {
        if (document.size() == 1) {
            String name = document.getFirstKey();
            BsonValue only = Objects.requireNonNull(document.get(name));
            if (name.equals(MAP) && only.isDocument()) {
                return map(only.asDocument());
            }
            if (only.isString()) {
                String text = only.asString().getValue();
                switch (name) {
                    case LOCAL_DATE -> {
                        return Times.date(text);
                    }
                    case LOCAL_TIME -> {
                        return Times.time(text);
                    }
                    case LOCAL_DATE_TIME -> {
                        return Times.dateTime(text);
                    }
                    default -> {}
                }
            }
        }
        return map(document);
    }

    private static Map<String, @Nullable Object> map(BsonDocument document) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        document.forEach((name, member) -> map.put(name, natural(member)));
        return Collections.unmodifiableMap(map);
    }
}
