package dev.keepsake.mongo;

import static dev.keepsake.mongo.Bson.doc;
import static dev.keepsake.mongo.Bson.expr;
import static dev.keepsake.mongo.Bson.text;

import dev.keepsake.query.Condition;
import dev.keepsake.schema.Kind;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonNull;
import org.bson.BsonRegularExpression;
import org.jspecify.annotations.Nullable;

/**
 * Conditions as filters. A field of a declared type is asked by the operators of a filter, which find it by an index; what these mean
 * otherwise than the condition does is asked by an expression: values of no declared type, whole lists and maps, several bounds of one
 * value behind a list. Immutable.
 */
final class MongoConditions {
    private final Kind kind;
    private final Function<Path, List<String>> places;
    private final Function<Condition.Related, BsonDocument> others;

    /**
     * Conditions on what a kind says the fields are.
     *
     * @param places where in a document a path leads
     * @param others what is asked of other objects
     */
    MongoConditions(Kind kind, Function<Path, List<String>> places, Function<Condition.Related, BsonDocument> others) {
        this.kind = kind;
        this.places = places;
        this.others = others;
    }

    BsonDocument filter(Condition condition) {
        return switch (condition) {
            case Condition.Constant c -> c.value() ? new BsonDocument() : Bson.never();
            case Condition.And and -> and(and);
            case Condition.Or or -> Bson.or(or.any().stream().map(this::filter).toList());
            case Condition.Not not -> Bson.not(filter(not.condition()));
            case Condition.Related related -> others.apply(related);
            case Condition.Compare c -> compare(c);
            case Condition.Between b -> between(b);
            case Condition.In in -> in(in);
            case Condition.Match m -> match(m);
            case Condition.IsNull n -> isNull(n.path());
            case Condition.Has h -> has(h);
        };
    }

    private BsonDocument and(Condition.And and) {
        BsonDocument whole = id(and.all());
        List<BsonDocument> all = new ArrayList<>();
        if (whole != null) {
            all.add(whole);
        }
        for (Condition each : and.all()) {
            if (whole == null || !isPartOfId(each)) {
                all.add(filter(each));
            }
        }
        return Bson.and(all);
    }

    /** An id of several parts that are all known is one value, which the server finds by its index of ids. */
    private @Nullable BsonDocument id(List<Condition> all) {
        if (kind.id().size() < 2) {
            return null;
        }
        Map<String, Object> parts = new HashMap<>();
        for (Condition each : all) {
            if (isPartOfId(each)) {
                Condition.Compare compare = (Condition.Compare) each;
                parts.put(compare.path().field(), compare.value());
            }
        }
        long count = all.stream().filter(this::isPartOfId).count();
        if (parts.size() < kind.id().size() || count > parts.size()) {
            return null;
        }
        BsonDocument id = new BsonDocument();
        for (String part : kind.id()) {
            Type type = kind.typeAt(Path.of(part));
            Object value = Objects.requireNonNull(parts.get(part));
            if (!Floor.of(value, type).exact()) {
                return Bson.never();
            }
            id.append(part, MongoValues.encode(value, type));
        }
        return doc(String.join(".", places.apply(Path.of(kind.id().getFirst())).subList(0, 1)), id);
    }

    private boolean isPartOfId(Condition condition) {
        return condition instanceof Condition.Compare c
                && c.operator() == Condition.Operator.EQ
                && !c.path().nested()
                && kind.id().contains(c.path().field());
    }

    private BsonDocument compare(Condition.Compare c) {
        boolean isEquality = c.operator() == Condition.Operator.EQ;
        if (mayCross(c.path())) {
            return isEquality ? equal(c.path(), c.value()) : bound(c.path(), c.operator(), c.value());
        }
        if (isAskedPlainly(c.path(), c.value())) {
            return single(c.path(), isEquality ? equal(c.path(), c.value()) : bound(c.path(), c.operator(), c.value()));
        }
        return general(c.path(), c);
    }

    private BsonDocument between(Condition.Between b) {
        if (!isPlain(b.path()) && !(isAskedPlainly(b.path(), b.least()) && isAskedPlainly(b.path(), b.greatest()))) {
            return general(b.path(), b);
        }
        BsonDocument both = Bson.and(List.of(
                bound(b.path(), Condition.Operator.GE, b.least()),
                bound(b.path(), Condition.Operator.LE, b.greatest())));
        return isPlain(b.path()) ? both : single(b.path(), both);
    }

    private BsonDocument match(Condition.Match m) {
        BsonDocument matches = doc(dotted(m.path()), new BsonRegularExpression(MongoExpressions.regex(m)));
        if (mayCross(m.path())) {
            return matches;
        }
        return isAskedPlainly(m.path(), m.text()) ? single(m.path(), matches) : general(m.path(), m);
    }

    /** What a filter asks of a value or of some element of a list, asked of a value alone. */
    private BsonDocument single(Path path, BsonDocument filter) {
        BsonDocument isList = doc(dotted(path), doc("$type", "array"));
        return Bson.and(List.of(filter, Bson.not(isList)));
    }

    /** Whether a filter compares a value of no declared type with a constant as conditions do, once it is no list. */
    private boolean isAskedPlainly(Path path, Object constant) {
        boolean isOrdinary = constant instanceof Boolean
                || constant instanceof Number
                || constant instanceof String
                || constant instanceof ObjectId
                || constant instanceof Instant;
        return isOrdinary && kind.typeAt(path) instanceof Type.Any && isStraight(path);
    }

    private BsonDocument equal(Path path, Object constant) {
        Floor floor = Floor.of(constant, kind.typeAt(path));
        return floor.exact() ? doc(dotted(path), doc("$eq", floor.value())) : Bson.never();
    }

    private BsonDocument bound(Path path, Condition.Operator operator, Object constant) {
        Floor floor = Floor.of(constant, kind.typeAt(path));
        Condition.Operator exactly = operator;
        if (!floor.exact()) {
            boolean isUpper = operator == Condition.Operator.LT || operator == Condition.Operator.LE;
            exactly = isUpper ? Condition.Operator.LE : Condition.Operator.GT;
        }
        return doc(dotted(path), doc(MongoExpressions.operator(exactly), floor.value()));
    }

    private BsonDocument in(Condition.In in) {
        boolean isUntyped =
                !in.values().isEmpty() && in.values().stream().allMatch(value -> isAskedPlainly(in.path(), value));
        if (!mayCross(in.path()) && !isUntyped) {
            return general(in.path(), in);
        }
        BsonArray values = new BsonArray();
        for (Object constant : in.values()) {
            Floor floor = Floor.of(constant, kind.typeAt(in.path()));
            if (floor.exact()) {
                values.add(floor.value());
            }
        }
        BsonDocument any = doc(dotted(in.path()), doc("$in", values));
        return isUntyped ? single(in.path(), any) : any;
    }

    private BsonDocument isNull(Path path) {
        if (isPlain(path)) {
            return doc(dotted(path), BsonNull.VALUE);
        }
        if (isStraight(path)) {
            // less or equal to null: null, and what is not there; a list that holds a null is greater
            return expr(Bson.op("$lte", text("$" + dotted(path)), BsonNull.VALUE));
        }
        return Bson.not(general(path, null));
    }

    private BsonDocument has(Condition.Has has) {
        Type type = kind.typeAt(has.path());
        if (type instanceof Type.Sequence list && isScalar(list.element()) && isStraight(has.path())) {
            Floor floor = Floor.of(has.value(), list.element());
            return floor.exact() ? doc(dotted(has.path()), doc("$eq", floor.value())) : Bson.never();
        }
        return general(has.path(), has);
    }

    private BsonDocument general(Path path, @Nullable Condition leaf) {
        return expr(MongoExpressions.reaches(places.apply(path), leaf, kind.typeAt(path)));
    }

    private String dotted(Path path) {
        return String.join(".", places.apply(path));
    }

    // ---- what a filter says exactly

    /** A single value of a declared type, with no list on the way. */
    private boolean isPlain(Path path) {
        return isStraight(path) && isScalar(kind.typeAt(path));
    }

    /** As {@link #isPlain}; lists of documents may be on the way, each one of which is asked by itself. */
    private boolean mayCross(Path path) {
        return isNamed(places.apply(path)) && isScalar(kind.typeAt(path)) && crosses(kind, path) != Crossing.UNKNOWN;
    }

    private boolean isStraight(Path path) {
        return isStraight(kind, path, places.apply(path));
    }

    /** Whether a path can be written with dots, and has documents alone on its way. */
    static boolean isStraight(Kind kind, Path path, List<String> steps) {
        return isNamed(steps) && crosses(kind, path) == Crossing.NONE;
    }

    private static boolean isNamed(List<String> steps) {
        return steps.stream().allMatch(MongoExpressions::isPlain);
    }

    private static boolean isScalar(Type type) {
        return !Type.nested(type);
    }

    /** What is on the way of a path. */
    private enum Crossing {
        /** Documents alone. */
        NONE,
        /** Lists of documents too. */
        LISTS,
        /** Lists in lists, or values of no declared type. */
        UNKNOWN
    }

    private static Crossing crosses(Kind kind, Path path) {
        Crossing crossing = Crossing.NONE;
        for (int i = 1; i < path.steps().size(); i++) {
            Type outer = kind.typeAt(new Path(path.steps().subList(0, i)));
            while (outer instanceof Type.Sequence list) {
                if (list.element() instanceof Type.Sequence) {
                    return Crossing.UNKNOWN;
                }
                crossing = Crossing.LISTS;
                outer = list.element();
            }
            if (outer instanceof Type.Any) {
                return Crossing.UNKNOWN;
            }
        }
        return crossing;
    }
}
