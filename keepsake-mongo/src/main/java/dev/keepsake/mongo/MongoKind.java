package dev.keepsake.mongo;

import dev.keepsake.fault.Problem;
import dev.keepsake.query.Condition;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.store.Fitting;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Type;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * A kind as it is kept, and what it is asked by.
 *
 * @param kind as the caller knows it
 * @param kept as it is kept; of what Keepsake did not make, as the caller knows it
 * @param isRecorded whether Keepsake made it, so that its values are written as we write them
 * @param states how its objects are kept
 * @param now the time by the server's clock, in milliseconds
 */
record MongoKind(Kind kind, Kind kept, boolean isRecorded, MongoStates states, LongSupplier now) {
    /** The types of BSON that values have. */
    private static final List<String> ANY_BUT_NULL =
            List.of("bool", "number", "string", "binData", "objectId", "date", "array", "object");

    static MongoKind of(Kind kind, Kind kept, boolean isRecorded, LongSupplier now) {
        requireApart(kind);
        return new MongoKind(kind, kept, isRecorded, new MongoStates(kind, kept), now);
    }

    /** The name of the id in documents is no field's beside it. */
    static void requireApart(Kind kind) {
        if (kind.field(MongoStates.ID).isPresent() && !kind.id().equals(List.of(MongoStates.ID))) {
            throw Problem.KIND_MISMATCH
                    .because(
                            "kind %s has a field %s beside its id, which has that name in documents",
                            kind.name(), MongoStates.ID)
                    .hint("make it the id, or name it otherwise")
                    .fault();
        }
    }

    /** The collection of its objects. */
    String collection() {
        return kind.name();
    }

    /** What a condition is as a filter, besides which nothing that is over is found. */
    BsonDocument filter(Condition condition, Function<Condition.Related, BsonDocument> others) {
        BsonDocument filter = new MongoConditions(kind, states::steps, others).filter(condition);
        BsonDocument living = living();
        return living == null ? filter : filter.isEmpty() ? living : Bson.and(List.of(filter, living));
    }

    /** What is true of objects whose time is not over; null where they never are. */
    @Nullable
    BsonDocument living() {
        return kept.expiry()
                .map(field -> Bson.or(List.of(
                        Bson.doc(field, BsonNull.VALUE),
                        Bson.doc(field, Bson.doc("$gt", new BsonDateTime(now.getAsLong()))))))
                .orElse(null);
    }

    /**
     * A kind as somebody knows it, which must fit what is kept, see {@link Fitting}.
     *
     * @throws dev.keepsake.fault.Invalid {@code kind-mismatch}
     */
    static MongoKind fitting(Kind wanted, Kind kept, LongSupplier now) {
        if (wanted.equals(kept)) {
            return of(wanted, wanted, true, now);
        }
        Fitting.require(
                kept, Fitting.misfits(wanted, kept, (there, field) -> Fitting.isAlike(there.type(), field.type())));
        return of(wanted, kept, true, now);
    }

    // ---- indexes

    /** An index as the server is told to make it. Nulls are never equal, so that a unique one leaves out objects with a null. */
    BsonDocument index(Index index) {
        BsonDocument keys = new BsonDocument();
        index.parts()
                .forEach(part -> keys.append(
                        String.join(".", states.steps(part.field())), new BsonInt32(part.descending() ? -1 : 1)));
        if (!index.unique()) {
            // the id last, as every order has it, so that the index has the whole order
            kind.id().forEach(part -> keys.putIfAbsent(String.join(".", states.steps(part)), new BsonInt32(1)));
        }
        BsonDocument made = new BsonDocument("key", keys).append("name", new BsonString(index.name()));
        if (index.unique()) {
            made.append("unique", Bson.TRUE);
            BsonDocument filled = new BsonDocument();
            for (String field : index.fields()) {
                kind.field(field)
                        .filter(each -> !each.required() && !kind.id().contains(field))
                        .ifPresent(each -> filled.append(field, filled(each.type())));
            }
            if (!filled.isEmpty()) {
                made.append("partialFilterExpression", filled);
            }
        }
        return made;
    }

    /** What is true of every value of a type but null, in words that an index can have and that follow from an equality. */
    private static BsonDocument filled(Type type) {
        BsonValue least = switch (type) {
            case Type.Bool b -> Bson.FALSE;
            case Type.Int i -> new BsonDouble(Double.NEGATIVE_INFINITY);
            case Type.Real r -> new BsonDouble(Double.NEGATIVE_INFINITY);
            case Type.Decimal d -> new BsonDouble(Double.NEGATIVE_INFINITY);
            case Type.Text t -> new BsonString("");
            case Type.Time t -> new BsonString("");
            case Type.Binary b -> MongoValues.encode(Bytes.of(), type);
            case Type.Uuid u -> MongoValues.encode(Bytes.of(), Type.BYTES);
            case Type.Oid o -> MongoValues.encode(ObjectId.of(new byte[12]), type);
            case Type.Date d -> new BsonDateTime(Long.MIN_VALUE);
            case Type.DateTime d -> new BsonDateTime(Long.MIN_VALUE);
            case Type.Instant i -> new BsonDateTime(Long.MIN_VALUE);
            case Type.Sequence s -> new BsonArray();
            case Type.Dictionary d -> new BsonDocument();
            case Type.Struct s -> new BsonDocument();
            case Type.Any a -> Bson.array(ANY_BUT_NULL.stream().map(Bson::text).toList());
        };
        return Bson.doc(type instanceof Type.Any ? "$type" : "$gte", least);
    }
}
