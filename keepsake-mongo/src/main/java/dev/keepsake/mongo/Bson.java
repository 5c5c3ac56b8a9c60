package dev.keepsake.mongo;

import java.util.Arrays;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;

/** Documents of filters and pipelines, written short. Stateless. */
final class Bson {
    static final BsonBoolean TRUE = BsonBoolean.TRUE;
    static final BsonBoolean FALSE = BsonBoolean.FALSE;

    private Bson() {}

    static BsonDocument doc(String name, BsonValue value) {
        return new BsonDocument(name, value);
    }

    static BsonDocument doc(String name, String text) {
        return new BsonDocument(name, new BsonString(text));
    }

    static BsonDocument doc(String name, int number) {
        return new BsonDocument(name, new BsonInt32(number));
    }

    static BsonDocument doc(String name, BsonValue value, String other, BsonValue otherValue) {
        return new BsonDocument(name, value).append(other, otherValue);
    }

    static BsonArray array(BsonValue... values) {
        return new BsonArray(Arrays.asList(values));
    }

    static BsonArray array(List<? extends BsonValue> values) {
        return new BsonArray(values);
    }

    static BsonString text(String text) {
        return new BsonString(text);
    }

    static BsonInt32 number(int number) {
        return new BsonInt32(number);
    }

    /** An operator with several operands. */
    static BsonDocument op(String operator, BsonValue... operands) {
        return doc(operator, array(operands));
    }

    /** A constant within an expression, where text may look like a field's path. */
    static BsonDocument literal(BsonValue value) {
        return doc("$literal", value);
    }

    /** A document that is a field under another name holds: {@code $expr}. */
    static BsonDocument expr(BsonValue expression) {
        return doc("$expr", expression);
    }

    /** What is true of nothing. */
    static BsonDocument never() {
        return expr(FALSE);
    }

    static BsonDocument and(List<BsonDocument> all) {
        return all.size() == 1 ? all.getFirst() : all.isEmpty() ? new BsonDocument() : doc("$and", array(all));
    }

    static BsonDocument or(List<BsonDocument> any) {
        return any.size() == 1 ? any.getFirst() : any.isEmpty() ? never() : doc("$or", array(any));
    }

    static BsonDocument not(BsonDocument filter) {
        return doc("$nor", array(filter));
    }
}
