package dev.keepsake.mongo;

import static dev.keepsake.mongo.Bson.array;
import static dev.keepsake.mongo.Bson.doc;
import static dev.keepsake.mongo.Bson.literal;
import static dev.keepsake.mongo.Bson.number;
import static dev.keepsake.mongo.Bson.op;
import static dev.keepsake.mongo.Bson.text;

import dev.keepsake.query.Condition;
import dev.keepsake.query.Regex;
import dev.keepsake.schema.Kind;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.Id;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.bson.BsonBinary;
import org.bson.BsonBinarySubType;
import org.bson.BsonDocument;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * Conditions and values as expressions of the aggregation framework, for what filters cannot say: values of no declared type, whole lists
 * and maps, paths through lists in lists, names with dots. An expression means exactly what the condition does. Stateless.
 */
final class MongoExpressions {
    /** How deep in each other lists are looked into on the way of a path. */
    private static final int LISTS = 3;

    private MongoExpressions() {}

    // ---- paths

    /** What lies at a path of a document; through a list, nothing. */
    static BsonValue valueAt(Kind kind, Path path, List<String> steps) {
        if (MongoConditions.isStraight(kind, path, steps)) {
            return text("$" + String.join(".", steps));
        }
        BsonValue value = field(steps.getFirst());
        for (String step : steps.subList(1, steps.size())) {
            value = op("$cond", isType(value, "object"), member(value, step), BsonNull.VALUE);
        }
        return value;
    }

    /** A field of the document itself. */
    static BsonValue field(String name) {
        return isPlain(name) ? text("$" + name) : member(text("$$ROOT"), name);
    }

    /** A step that a path in text can hold, and that is no place in a list. */
    static boolean isPlain(String step) {
        return !step.isEmpty()
                && step.indexOf('.') < 0
                && step.charAt(0) != '$'
                && !step.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static BsonDocument member(BsonValue value, String name) {
        return doc("$getField", doc("field", literal(text(name)), "input", value));
    }

    static BsonDocument isType(BsonValue value, String type) {
        return op("$eq", doc("$type", value), text(type));
    }

    /** Whether some value that is not null lies behind the steps, through every list on the way, and has what is asked. */
    static BsonValue reaches(List<String> steps, @Nullable Condition leaf, Type type) {
        BsonValue values = array(field(steps.getFirst()));
        for (String step : steps.subList(1, steps.size())) {
            BsonValue objects = doc(
                    "$filter",
                    new BsonDocument("input", flat(values)).append("cond", isType(text("$$this"), "object")));
            values = doc("$map", doc("input", objects, "in", member(text("$$this"), step)));
        }
        BsonValue there = op("$gt", text("$$v"), BsonNull.VALUE);
        BsonValue holds = leaf == null ? there : op("$and", there, holds(text("$$v"), leaf, type));
        return op(
                "$anyElementTrue",
                doc(
                        "$map",
                        new BsonDocument("input", values)
                                .append("as", text("v"))
                                .append("in", holds)));
    }

    /** A list with the elements of the lists in it in their place. */
    private static BsonValue flat(BsonValue values) {
        BsonValue flat = values;
        for (int i = 0; i < LISTS; i++) {
            BsonValue each = op("$cond", isType(text("$$this"), "array"), text("$$this"), array(text("$$this")));
            flat = doc(
                    "$reduce",
                    new BsonDocument("input", flat)
                            .append("initialValue", array())
                            .append("in", op("$concatArrays", text("$$value"), each)));
        }
        return flat;
    }

    // ---- conditions on one value

    private static BsonValue holds(BsonValue value, Condition leaf, Type type) {
        return switch (leaf) {
            case Condition.Compare c when c.operator() == Condition.Operator.EQ -> equal(value, c.value(), type);
            case Condition.Compare c -> compared(value, c.operator(), c.value(), type);
            case Condition.Between b ->
                op(
                        "$and",
                        compared(value, Condition.Operator.GE, b.least(), type),
                        compared(value, Condition.Operator.LE, b.greatest(), type));
            case Condition.In in ->
                any(in.values().stream().map(each -> equal(value, each, type)).toList());
            case Condition.Match m -> matched(value, m);
            case Condition.Has h -> {
                Type element = type instanceof Type.Sequence list ? list.element() : Type.ANY;
                yield op("$cond", isType(value, "array"), has(value, h.value(), element), Bson.FALSE);
            }
            default -> throw new IllegalArgumentException("not a condition on one value: " + leaf);
        };
    }

    private static BsonValue any(List<? extends BsonValue> any) {
        return any.isEmpty() ? Bson.FALSE : doc("$or", array(any));
    }

    private static BsonValue all(List<? extends BsonValue> all) {
        return all.isEmpty() ? Bson.TRUE : doc("$and", array(all));
    }

    private static BsonValue has(BsonValue list, Object wanted, Type element) {
        BsonValue mapped = doc(
                "$map",
                new BsonDocument("input", list)
                        .append("as", text("e"))
                        .append("in", equal(text("$$e"), wanted, element)));
        return op("$anyElementTrue", mapped);
    }

    /** Equal as conditions are: numbers as numbers. */
    static BsonValue equal(BsonValue value, Object constant, Type type) {
        return switch (constant) {
            case List<?> list -> elements(value, list, type, false);
            case Map<?, ?> map -> same(value, map, type);
            default -> {
                Floor floor = Floor.of(constant, type);
                yield floor.exact() ? op("$eq", value, literal(floor.value())) : Bson.FALSE;
            }
        };
    }

    /** A list element by element. */
    private static BsonValue elements(BsonValue value, List<?> list, Type type, boolean isStrict) {
        Type element = type instanceof Type.Sequence sequence ? sequence.element() : Type.ANY;
        return once(op("$cond", isType(value, "array"), value, BsonNull.VALUE), there -> {
            List<BsonValue> all = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                Object wanted = list.get(i);
                BsonValue each = op("$arrayElemAt", there, number(i));
                boolean isAlike = isStrict || wanted == null;
                all.add(isAlike ? same(each, wanted, element) : equal(each, wanted, element));
            }
            BsonValue isSoLong = op("$eq", doc("$size", there), number(list.size()));
            return op("$cond", isType(there, "array"), op("$cond", isSoLong, all(all), Bson.FALSE), Bson.FALSE);
        });
    }

    /** An expression about a value, which is computed once. */
    private static BsonValue once(BsonValue value, UnaryOperator<BsonValue> about) {
        return doc("$let", doc("vars", doc("it", value), "in", about.apply(text("$$it"))));
    }

    /** Equal with their types, as what is inside maps is. */
    private static BsonValue same(BsonValue value, @Nullable Object constant, Type type) {
        return switch (constant) {
            case null -> isType(value, "null");
            case Map<?, ?> map
            when !MongoValues.isWrapped(map) ->
                once(value, there -> {
                    List<BsonValue> all = new ArrayList<>();
                    map.forEach((key, member) -> {
                        String name = (String) key;
                        all.add(same(
                                member(there, name),
                                member,
                                Type.step(type, name).orElse(Type.ANY)));
                    });
                    BsonValue isSoLarge = op("$eq", doc("$size", doc("$objectToArray", there)), number(map.size()));
                    return op(
                            "$cond", isType(there, "object"), op("$cond", isSoLarge, all(all), Bson.FALSE), Bson.FALSE);
                });
            case Map<?, ?> map -> op("$eq", value, literal(MongoValues.encode(map, type)));
            case List<?> list -> elements(value, list, type, true);
            case Long l -> typed(value, l, type, "int", "long");
            case Double d -> typed(value, d, type, "double");
            case BigDecimal d -> typed(value, d, type, "decimal");
            default -> equal(value, constant, type);
        };
    }

    private static BsonValue typed(BsonValue value, Object constant, Type type, String... types) {
        List<BsonString> names = new ArrayList<>();
        for (String each : types) {
            names.add(text(each));
        }
        return op("$and", op("$in", doc("$type", value), array(names)), equal(value, constant, type));
    }

    private static BsonValue compared(BsonValue value, Condition.Operator operator, Object constant, Type type) {
        Condition.Operator exactly = operator;
        Floor floor = Floor.of(constant, type);
        if (!floor.exact()) {
            exactly = switch (operator) {
                case LT, LE -> Condition.Operator.LE;
                case GT, GE -> Condition.Operator.GT;
                case EQ -> throw new IllegalArgumentException("no order");
            };
        }
        String wrapper = type instanceof Type.Any ? MongoValues.wrapper(constant) : null;
        BsonValue inside = value;
        BsonValue bound = floor.value();
        if (wrapper != null) {
            inside = op("$cond", isType(value, "object"), member(value, wrapper), BsonNull.VALUE);
            bound = Objects.requireNonNull(bound.asDocument().get(wrapper));
        }
        BsonValue holds = op(operator(exactly), inside, literal(bound));
        return op("$and", isLike(inside, wrapper == null ? constant : ""), holds);
    }

    static String operator(Condition.Operator operator) {
        return switch (operator) {
            case EQ -> "$eq";
            case LT -> "$lt";
            case LE -> "$lte";
            case GT -> "$gt";
            case GE -> "$gte";
        };
    }

    /** Whether a value is of the type of another, so that the two have an order. */
    private static BsonValue isLike(BsonValue value, Object other) {
        return switch (other) {
            case Number n -> doc("$isNumber", value);
            case String s -> isType(value, "string");
            case Boolean b -> isType(value, "bool");
            case Instant i -> isType(value, "date");
            case ObjectId o -> isType(value, "objectId");
            case UUID u -> op("$and", isType(value, "binData"), between(value, uuid((byte) 0), uuid((byte) 0xFF)));
            case Bytes b ->
                op("$and", isType(value, "binData"), doc("$not", array(between(value, uuid((byte) 0), uuid((byte)
                        0xFF)))));
            case Id id -> isType(value, "object");
            case List<?> l -> isType(value, "array");
            default -> isType(value, "date");
        };
    }

    private static BsonValue between(BsonValue value, BsonValue least, BsonValue greatest) {
        return op("$and", op("$gte", value, literal(least)), op("$lte", value, literal(greatest)));
    }

    private static BsonBinary uuid(byte each) {
        byte[] bytes = new byte[16];
        java.util.Arrays.fill(bytes, each);
        return new BsonBinary(BsonBinarySubType.UUID_STANDARD, bytes);
    }

    private static BsonValue matched(BsonValue value, Condition.Match match) {
        BsonValue matches = doc("$regexMatch", doc("input", value, "regex", literal(text(regex(match)))));
        return op("$cond", isType(value, "string"), matches, Bson.FALSE);
    }

    /** What a text must match, as PCRE has it. */
    static String regex(Condition.Match match) {
        return switch (match.manner()) {
            case LIKE -> Regex.portableLike(match.text(), "\\z", match.ignoringCase());
            case STARTS_WITH -> Regex.portablePart(match.text(), true, match.ignoringCase());
            case CONTAINS -> Regex.portablePart(match.text(), false, match.ignoringCase());
            case REGEX -> Regex.portable(match.text(), "\\z", match.ignoringCase());
        };
    }

    // ---- order

    /** The place of a value's type in the order of all types; the value is the second key. */
    static BsonValue rank(BsonValue value) {
        List<BsonValue> branches = new ArrayList<>();
        branch(branches, op("$lte", value, BsonNull.VALUE), 0);
        branch(branches, isType(value, "bool"), 1);
        branch(branches, doc("$isNumber", value), 2);
        branch(branches, isType(value, "string"), 3);
        branch(branches, op("$and", isType(value, "binData"), between(value, uuid((byte) 0), uuid((byte) 0xFF))), 5);
        branch(branches, isType(value, "binData"), 4);
        branch(branches, isType(value, "objectId"), 6);
        branch(branches, isType(value, "date"), 10);
        branch(branches, isType(value, "array"), 11);
        BsonValue object = op("$cond", isType(value, "object"), value, new BsonDocument());
        branch(branches, isType(member(object, "@localDate"), "string"), 7);
        branch(branches, isType(member(object, "@localTime"), "string"), 8);
        branch(branches, isType(member(object, "@localDateTime"), "string"), 9);
        return doc("$switch", doc("branches", array(branches), "default", number(12)));
    }

    private static void branch(List<BsonValue> branches, BsonValue when, int rank) {
        branches.add(doc("case", when, "then", number(rank)));
    }
}
