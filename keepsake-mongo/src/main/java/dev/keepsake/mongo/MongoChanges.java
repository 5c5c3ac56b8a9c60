package dev.keepsake.mongo;

import com.mongodb.client.model.UpdateManyModel;
import com.mongodb.client.model.WriteModel;
import dev.keepsake.query.Change;
import dev.keepsake.schema.Field;
import dev.keepsake.value.Type;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonNull;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * The changes of an update by condition as the server's operators: {@code $set}, {@code $unset}, {@code $inc}, {@code $push},
 * {@code $pullAll}. Where an operator would be refused for a null, objects that have one are written by a second update, which no object
 * is in that the first has changed. For one update, for one thread.
 */
final class MongoChanges {
    private final MongoKind kind;
    private final BsonDocument operators = new BsonDocument();
    private final Set<String> changed = new HashSet<>();
    /** The field whose nulls are written by themselves. */
    private @Nullable String nullable;
    /** What is set there; the null itself where it stays. */
    private BsonValue instead = BsonNull.VALUE;

    private MongoChanges(MongoKind kind) {
        this.kind = kind;
    }

    /** The updates that make the changes to what a filter finds; none where the operators mean something else. */
    static List<WriteModel<BsonDocument>> of(MongoKind kind, BsonDocument filter, List<Change> changes) {
        MongoChanges made = new MongoChanges(kind);
        return changes.stream().allMatch(made::add) ? made.updates(filter) : List.of();
    }

    private List<WriteModel<BsonDocument>> updates(BsonDocument filter) {
        if (nullable == null) {
            return List.of(new UpdateManyModel<>(filter, operators));
        }
        BsonDocument rest = operators.clone();
        rest.values()
                .removeIf(fields -> fields.asDocument().remove(nullable) != null
                        && fields.asDocument().isEmpty());
        add(rest, "$set", nullable, instead);
        // by its type alone, a list that holds a null is one
        BsonDocument isList = Bson.doc(nullable, Bson.doc("$type", "array"));
        BsonDocument isNull = Bson.and(List.of(Bson.doc(nullable, Bson.doc("$type", "null")), Bson.not(isList)));
        return List.of(
                new UpdateManyModel<>(Bson.and(List.of(filter, Bson.not(isNull))), operators),
                new UpdateManyModel<>(Bson.and(List.of(filter, isNull)), rest));
    }

    private static void add(BsonDocument operators, String operator, String field, BsonValue value) {
        operators
                .computeIfAbsent(operator, missing -> new BsonDocument())
                .asDocument()
                .append(field, value);
    }

    /** Whether a change is one of the server's; of one object's field once, since it takes no second change of the same one. */
    private boolean add(Change change) {
        String field = change.path().field();
        if (change.path().nested() || !MongoExpressions.isPlain(field) || !changed.add(field)) {
            return false;
        }
        return switch (change) {
            case Change.Set set -> put("$set", field, set.value(), kind.states().encoded(field, set.value()));
            case Change.Unset unset -> put("$unset", field, null, Bson.text(""));
            case Change.Increment increment -> increment(field, increment);
            case Change.Append append -> append(field, append);
            case Change.RemoveValue remove -> remove(field, remove);
        };
    }

    private boolean put(String operator, String field, @Nullable Object value, BsonValue operand) {
        kind.states().requireSet(field, value);
        add(operators, operator, field, operand);
        return true;
    }

    /** Of whole numbers that we wrote alone: sums of others may have more digits than the field, or be doubles. */
    private boolean increment(String field, Change.Increment increment) {
        Type type = kind.kind().typeAt(increment.path());
        BsonValue by = MongoValues.encode(increment.by(), type);
        boolean isLong = type instanceof Type.Int whole && whole.bits() == Long.SIZE;
        return isLong && kind.isRecorded() && add("$inc", field, by, by);
    }

    private boolean append(String field, Change.Append append) {
        if (!(kind.kind().typeAt(append.path()) instanceof Type.Sequence list)) {
            return false;
        }
        BsonValue value = MongoValues.encode(append.value(), list.element());
        return add("$push", field, value, Bson.array(value));
    }

    /** A document is only equal to one with its fields in the same order, and what others wrote may be the same value otherwise. */
    private boolean remove(String field, Change.RemoveValue remove) {
        if (!(kind.kind().typeAt(remove.path()) instanceof Type.Sequence list)
                || Type.nested(list.element())
                || !kind.isRecorded()) {
            return false;
        }
        BsonValue value = MongoValues.encode(remove.value(), list.element());
        return add("$pullAll", field, Bson.array(value), BsonNull.VALUE);
    }

    /** Whether it can be done with one field at most that may be null. */
    private boolean add(String operator, String field, BsonValue operand, BsonValue ofNull) {
        add(operators, operator, field, operand);
        boolean isThere = kind.kept().field(field).map(Field::required).orElse(false);
        if (isThere && kind.isRecorded()) {
            return true;
        }
        boolean isFirst = nullable == null;
        nullable = field;
        instead = ofNull;
        return isFirst;
    }
}
