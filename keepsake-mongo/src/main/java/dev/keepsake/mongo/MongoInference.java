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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
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
    private static final String NULL = "null";

    private final MongoLink link;
    private final String collection;
    private final boolean isWritable;
    private final Map<String, @Nullable Type> types = new LinkedHashMap<>();
    /** How many of the sample have a field, by its name and the name of its type. */
    private final Map<String, Map<String, Integer>> held = new HashMap<>();
    /** The names in ids that are documents, in each order that there is. */
    private final Set<List<String>> idParts = new HashSet<>();

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
        required.removeIf(name -> sampled > filled(name));
        Kind.Builder kind = Kind.named(collection);
        types.keySet().removeIf(name -> !MongoExpressions.isPlain(name)); // they stay further fields
        boolean isSingle = id(kind);
        types.forEach((name, type) -> {
            Type kept = type == null ? Type.ANY : type;
            kind.field(required.contains(name) ? Field.required(name, kept) : Field.of(name, kept));
            shares(name).ifPresent(kind::unkept);
        });
        if (!isWritable) {
            return kind.readOnly().build();
        }
        indexes().forEach(index -> {
            if (index.fields().stream()
                    .allMatch(field -> types.containsKey(field) || (isSingle && field.equals(MongoStates.ID)))) {
                kind.index(index);
            }
        });
        return kind.build();
    }

    /** The id, and whether it is one value: a document that has the same parts everywhere is one of several parts. */
    private boolean id(Kind.Builder kind) {
        Type type = types.remove(MongoStates.ID);
        Map<String, Type> parts = type instanceof Type.Struct struct ? struct.members() : Map.of();
        boolean isOfParts = parts.size() > 1
                && parts.keySet().stream().allMatch(this::isPart)
                && parts.values().stream().noneMatch(Type::nested);
        if (isOfParts) {
            parts.forEach(kind::required);
            kind.id(parts.keySet().toArray(String[]::new));
            return false;
        }
        Type kept = type == null ? Type.OBJECT_ID : type;
        kind.required(MongoStates.ID, kept).id(MongoStates.ID);
        shares(MongoStates.ID).ifPresent(kind::unkept);
        return true;
    }

    private int filled(String name) {
        Map<String, Integer> types = held.getOrDefault(name, Map.of());
        return types.values().stream().mapToInt(each -> each).sum() - types.getOrDefault(NULL, 0);
    }

    /** Which types a field has in which share of the sample, where not all have it, and of one type. */
    private Optional<String> shares(String name) {
        Map<String, Integer> types = held.getOrDefault(name, Map.of());
        return types.isEmpty() || types.containsValue(sampled)
                ? Optional.empty()
                : Optional.of("types of " + name + ": "
                        + types.entrySet().stream()
                                .sorted(Map.Entry.<String, Integer>comparingByValue()
                                        .reversed())
                                .map(each -> each.getKey() + " in " + share(each.getValue()))
                                .collect(Collectors.joining(", ")));
    }

    private String share(int count) {
        int percent = 100 * count / sampled;
        return percent == 0 ? "under 1 %" : percent + " %";
    }

    /** The name of a type in filters and validators, as MongoDB's manual has it. */
    private static String name(BsonType type) {
        return switch (type) {
            case INT32 -> "int";
            case INT64 -> "long";
            case DECIMAL128 -> "decimal";
            case BOOLEAN -> "bool";
            case DATE_TIME -> "date";
            case BINARY -> "binData";
            case OBJECT_ID -> "objectId";
            case DOCUMENT -> "object";
            case REGULAR_EXPRESSION -> "regex";
            default -> type.name().toLowerCase(Locale.ROOT);
        };
    }

    /** Whether what is named in ids is in all of them, at the same place, and nowhere beside them. */
    private boolean isPart(String name) {
        return MongoExpressions.isPlain(name)
                && !types.containsKey(name)
                && !name.equals(MongoStates.ID)
                && idParts.size() == 1;
    }

    private void look(BsonDocument document) {
        sampled++;
        BsonValue id = document.get(MongoStates.ID);
        if (id != null && id.isDocument()) {
            idParts.add(List.copyOf(id.asDocument().keySet()));
        }
        document.forEach((name, value) -> {
            held.computeIfAbsent(name, first -> new TreeMap<>()).merge(name(value.getBsonType()), 1, Integer::sum);
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
