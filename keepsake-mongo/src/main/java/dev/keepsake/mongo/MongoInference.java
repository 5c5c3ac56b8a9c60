package dev.keepsake.mongo;

import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.BsonBinarySubType;
import org.bson.BsonDocument;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * A kind that Keepsake did not make, as its documents tell: of each field the type that all of a sample have, and where they differ none;
 * and as the collection's validator tells of what the sample does not.
 * The sample is the first thousand documents, so that the answer is the same each time.
 */
final class MongoInference {
    private static final int SAMPLE = 1_000;

    private final MongoLink link;
    private final String collection;
    private final boolean isWritable;
    private final Map<String, @Nullable Type> types = new LinkedHashMap<>();
    private final Map<String, Integer> filled = new HashMap<>();
    private int sampled;

    /**
     * Of a collection, or of a view.
     *
     * @param isWritable whether it is a collection
     */
    MongoInference(MongoLink link, String collection, boolean isWritable) {
        this.link = link;
        this.collection = collection;
        this.isWritable = isWritable;
    }

    Kind kind() {
        types.put(MongoStates.ID, null);
        link.tell(() -> link.collection(collection).find().limit(SAMPLE).forEach(this::look));
        BsonDocument options = isWritable ? MongoValidator.options(link, collection) : new BsonDocument();
        MongoValidator.types(options).forEach((name, type) -> types.put(name, refined(types.get(name), type)));
        Set<String> required = new HashSet<>(MongoValidator.required(options));
        required.removeIf(name -> filled.getOrDefault(name, 0) < sampled);
        required.add(MongoStates.ID);
        Kind.Builder kind = Kind.named(collection);
        types.keySet().removeIf(name -> !MongoExpressions.isPlain(name)); // they stay further fields
        types.forEach((name, type) -> {
            Type found = type == null ? Type.ANY : type;
            Type kept = name.equals(MongoStates.ID) ? idType(found) : found;
            kind.field(required.contains(name) ? Field.required(name, kept) : Field.of(name, kept));
        });
        kind.id(MongoStates.ID);
        if (!isWritable) {
            return kind.readOnly().build();
        }
        indexes().forEach(index -> {
            if (index.fields().stream().allMatch(types::containsKey)) {
                kind.index(index);
            }
        });
        return kind.build();
    }

    private static Type idType(Type found) {
        return found instanceof Type.Any ? Type.OBJECT_ID : found;
    }

    private void look(BsonDocument document) {
        sampled++;
        document.forEach((name, value) -> {
            if (!value.isNull()) {
                filled.merge(name, 1, Integer::sum);
            }
            Type type = type(value);
            Type before = types.get(name);
            if (before == null) {
                types.put(name, type);
            } else if (type != null) {
                types.put(name, either(before, type));
            }
        });
    }

    /** The type of a value; null where it does not tell. */
    private static @Nullable Type type(BsonValue value) {
        return switch (value.getBsonType()) {
            case NULL, UNDEFINED -> null;
            case BOOLEAN -> Type.BOOLEAN;
            case INT32 -> new Type.Int(Integer.SIZE);
            case INT64 -> Type.INTEGER;
            case DOUBLE -> Type.DOUBLE;
            case DECIMAL128 -> Type.ANY; // of any scale
            case STRING -> Type.TEXT;
            case BINARY -> BsonBinarySubType.isUuid(value.asBinary().getType()) ? Type.UUID : Type.BYTES;
            case OBJECT_ID -> Type.OBJECT_ID;
            case DATE_TIME -> Type.instant(3);
            case ARRAY -> {
                Type element = null;
                boolean isMixed = false;
                for (BsonValue each : value.asArray()) {
                    Type type = type(each);
                    isMixed |= type == null;
                    element = element == null ? type : type == null ? element : either(element, type);
                }
                yield element == null ? null : Type.list(isMixed ? Type.ANY : element);
            }
            case DOCUMENT -> {
                Map<String, Type> members = new LinkedHashMap<>();
                value.asDocument().forEach((name, member) -> {
                    Type type = type(member);
                    members.put(name, type == null ? Type.ANY : type);
                });
                yield members.isEmpty() ? null : new Type.Struct(members);
            }
            default -> Type.ANY;
        };
    }

    /** What documents hold, where they tell, and what the validator says of the rest. */
    private static Type refined(@Nullable Type held, Type said) {
        if (held == null) {
            return said;
        }
        if (said instanceof Type.Any) {
            return held;
        }
        if (held instanceof Type.Sequence list && said instanceof Type.Sequence other) {
            return Type.list(refined(list.element(), other.element()));
        }
        if (held instanceof Type.Struct struct && said instanceof Type.Struct other) {
            Map<String, Type> members = new LinkedHashMap<>(struct.members());
            other.members().forEach((name, type) -> members.put(name, refined(members.get(name), type)));
            return new Type.Struct(members);
        }
        return either(held, said);
    }

    /** The type that has the values of both. */
    static Type either(Type one, Type other) {
        if (one.equals(other)) {
            return one;
        }
        if (one instanceof Type.Int && other instanceof Type.Int) {
            return Type.INTEGER;
        }
        if (Type.numeric(one) && Type.numeric(other)) {
            return Type.ANY; // a double does not hold every long, nor a decimal
        }
        if (one instanceof Type.Sequence list && other instanceof Type.Sequence second) {
            return Type.list(either(list.element(), second.element()));
        }
        if (one instanceof Type.Struct struct && other instanceof Type.Struct second) {
            Map<String, Type> members = new LinkedHashMap<>(struct.members());
            second.members().forEach((name, type) -> members.merge(name, type, MongoInference::either));
            return new Type.Struct(members);
        }
        return Type.ANY;
    }

    /** The indexes of whole fields, each of its own or by direction. */
    private List<Index> indexes() {
        List<Index> indexes = new ArrayList<>();
        link.tell(() -> link.collection(collection)
                .listIndexes(BsonDocument.class)
                .forEach(made -> {
                    BsonDocument keys = made.getDocument("key");
                    boolean isPlain = keys.values().stream().allMatch(BsonValue::isNumber)
                            && keys.keySet().stream().allMatch(MongoExpressions::isPlain)
                            && !made.containsKey("partialFilterExpression")
                            && !(keys.size() == 1 && keys.containsKey(MongoStates.ID));
                    if (isPlain) {
                        List<Index.Part> parts = new ArrayList<>();
                        keys.forEach((name, direction) -> parts.add(
                                new Index.Part(name, direction.asNumber().doubleValue() < 0)));
                        boolean isUnique = made.containsKey("unique")
                                && made.get("unique").getBsonType() == BsonType.BOOLEAN
                                && made.getBoolean("unique").getValue();
                        indexes.add(new Index(made.getString("name").getValue(), parts, isUnique, null));
                    }
                }));
        return indexes;
    }
}
