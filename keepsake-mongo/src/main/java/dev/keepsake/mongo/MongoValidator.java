package dev.keepsake.mongo;

import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * A kind as a validator of its collection, so that the server refuses of everybody what is no object of it, and the way back: what a
 * validator says of the fields. The words are those of {@code $jsonSchema} in MongoDB's manual. Stateless.
 */
final class MongoValidator {
    static final String SCHEMA = "$jsonSchema";

    /** By this title one is known for ours, and follows its kind. */
    private static final String OURS = "keepsake";

    private static final String TYPE = "bsonType";
    private static final String PROPERTIES = "properties";
    private static final String REQUIRED = "required";
    private static final String ITEMS = "items";
    private static final BsonString STRICT = new BsonString("strict");
    private static final BsonString ERROR = new BsonString("error");

    private MongoValidator() {}

    // ---- of a kind

    /** The validator of a kind: fields are of their types, or null where that is allowed; others may be there. */
    static BsonDocument of(Kind kind) {
        Map<String, Type> fields = new LinkedHashMap<>();
        BsonDocument properties = new BsonDocument();
        BsonArray required = new BsonArray();
        for (Field field : kind.fields()) {
            boolean isPart = kind.id().contains(field.name());
            if (isPart && kind.id().size() > 1) {
                fields.put(field.name(), field.type());
                continue;
            }
            String name = isPart ? MongoStates.ID : field.name();
            properties.append(name, schema(field.type(), !field.required()));
            if (field.required() && !isPart) {
                required.add(Bson.text(name));
            }
        }
        if (!fields.isEmpty()) {
            BsonDocument parts = new BsonDocument();
            fields.forEach((name, type) -> parts.append(name, schema(type, false)));
            properties.append(
                    MongoStates.ID,
                    typed(List.of("object"))
                            .append(
                                    REQUIRED,
                                    Bson.array(fields.keySet().stream()
                                            .map(Bson::text)
                                            .toList()))
                            .append(PROPERTIES, parts));
        }
        BsonDocument schema = Bson.doc("title", OURS).append(TYPE, Bson.text("object"));
        if (!required.isEmpty()) {
            schema.append(REQUIRED, required);
        }
        return Bson.doc(SCHEMA, schema.append(PROPERTIES, properties));
    }

    /** Whether the options of a collection have a validator that we made. */
    static boolean isOurs(BsonDocument options) {
        BsonValue title = schemaIn(options).get("title");
        return title != null && title.isString() && title.asString().getValue().equals(OURS);
    }

    private static BsonDocument schema(Type type, boolean mayBeNull) {
        List<String> names = new ArrayList<>(names(type));
        if (names.isEmpty()) {
            return mayBeNull ? new BsonDocument() : Bson.doc("not", typed(List.of("null")));
        }
        if (mayBeNull) {
            names.add("null");
        }
        BsonDocument schema = typed(names);
        switch (type) {
            case Type.Text text when text.length() > 0 -> schema.append("maxLength", new BsonInt32(text.length()));
            case Type.Int whole
            when whole.bits() < Long.SIZE -> {
                long most = (1L << (whole.bits() - 1)) - 1;
                schema.append("minimum", new BsonInt64(-most - 1)).append("maximum", new BsonInt64(most));
            }
            case Type.Sequence list -> schema.append(ITEMS, schema(list.element(), true));
            case Type.Dictionary map -> schema.append("additionalProperties", schema(map.value(), true));
            case Type.Struct struct -> {
                BsonDocument members = new BsonDocument();
                struct.members().forEach((name, member) -> members.append(name, schema(member, true)));
                schema.append(PROPERTIES, members);
            }
            default -> {}
        }
        return schema;
    }

    private static BsonDocument typed(List<String> names) {
        return Bson.doc(
                TYPE,
                names.size() == 1
                        ? Bson.text(names.getFirst())
                        : Bson.array(names.stream().map(Bson::text).toList()));
    }

    /** What values of a type may be; nothing where that is anything. */
    private static List<String> names(Type type) {
        return switch (type) {
            case Type.Bool bool -> List.of("bool");
            case Type.Int whole -> List.of("int", "long");
            case Type.Real real -> List.of("double", "int", "long");
            case Type.Decimal decimal -> List.of("number");
            case Type.Text text -> List.of("string");
            case Type.Time time -> List.of("string");
            case Type.Binary binary -> List.of("binData");
            case Type.Uuid uuid -> List.of("binData");
            case Type.Oid oid -> List.of("objectId");
            case Type.Date date -> List.of("date");
            case Type.DateTime time -> List.of("date");
            case Type.Instant instant -> List.of("date");
            case Type.Sequence list -> List.of("array");
            case Type.Dictionary map -> List.of("object");
            case Type.Struct struct -> List.of("object");
            case Type.Any any -> List.of();
        };
    }

    // ---- of a collection

    /** What the validator in the options of a collection says of its fields, by name; nothing where none is enforced. */
    static Map<String, Type> types(BsonDocument options) {
        return isEnforced(options) ? members(schemaIn(options)) : Map.of();
    }

    /** The names of the fields that every document must have. */
    static List<String> required(BsonDocument options) {
        return isEnforced(options)
                ? schemaIn(options).getArray(REQUIRED, new BsonArray()).stream()
                        .map(each -> each.asString().getValue())
                        .toList()
                : List.of();
    }

    /** Whether nothing is written that is not as a validator says; what was there before it may be otherwise. */
    private static boolean isEnforced(BsonDocument options) {
        return options.getString("validationLevel", STRICT).equals(STRICT)
                && options.getString("validationAction", ERROR).getValue().startsWith("error"); // errorAndLog since 8.1
    }

    private static BsonDocument schemaIn(BsonDocument options) {
        return options.getDocument("validator", new BsonDocument()).getDocument(SCHEMA, new BsonDocument());
    }

    private static Map<String, Type> members(BsonDocument schema) {
        Map<String, Type> types = new LinkedHashMap<>();
        schema.getDocument(PROPERTIES, new BsonDocument()).forEach((name, member) -> {
            if (member.isDocument()) {
                types.put(name, type(member.asDocument()));
            }
        });
        return types;
    }

    private static Type type(BsonDocument schema) {
        List<String> names = new ArrayList<>();
        BsonValue said = schema.containsKey(TYPE) ? schema.get(TYPE) : schema.get("type");
        if (said != null && said.isArray()) {
            said.asArray().forEach(each -> names.add(each.asString().getValue()));
        } else if (said != null) {
            names.add(said.asString().getValue());
        }
        names.remove("null");
        Type type = names.isEmpty() ? Type.ANY : type(names.getFirst(), schema);
        for (String name : names) {
            type = MongoInference.either(type, type(name, schema));
        }
        return type;
    }

    private static Type type(String name, BsonDocument schema) {
        return switch (name) {
            case "bool", "boolean" -> Type.BOOLEAN;
            case "string" -> Type.TEXT;
            case "int" -> new Type.Int(Integer.SIZE);
            case "long" -> Type.INTEGER;
            case "double" -> Type.DOUBLE;
            case "objectId" -> Type.OBJECT_ID;
            case "date" -> Type.instant(3);
            case "array" -> {
                BsonValue items = schema.get(ITEMS);
                yield Type.list(items != null && items.isDocument() ? type(items.asDocument()) : Type.ANY);
            }
            case "object" -> {
                Map<String, Type> members = members(schema);
                yield members.isEmpty() ? Type.ANY : new Type.Struct(members);
            }
            default -> Type.ANY; // numbers of any scale, and bytes, which may be UUIDs
        };
    }

    /** The options of a collection; none where there is no such collection. */
    static BsonDocument options(MongoLink link, String collection) {
        @Nullable
        BsonDocument found = link.ask(() -> link.database()
                .listCollections(BsonDocument.class)
                .filter(Bson.doc("name", collection))
                .first());
        return found == null ? new BsonDocument() : found.getDocument("options", new BsonDocument());
    }
}
