package dev.keepsake.mongo;

import com.mongodb.client.MongoCursor;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Lacking;
import dev.keepsake.store.StoreInfo;
import dev.keepsake.value.Id;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bson.BsonDocument;
import org.bson.BsonInvalidOperationException;
import org.bson.BsonObjectId;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * States of a kind as documents. A field of the document is a field of the State under its stored name; the id is {@code _id}, whatever it
 * is called, and one of several parts a document of them. Fields that the kind does not know are kept as they are. Immutable.
 */
final class MongoStates {
    static final String ID = "_id";

    private final Kind kind;
    private final Kind kept;
    private final Shape shape;
    private final List<Path> paths;
    private final List<Field> required;

    /**
     * States as somebody knows them.
     *
     * @param kind as they are known
     * @param kept as they are kept, which tells of fields that the other does not know
     */
    MongoStates(Kind kind, Kind kept) {
        this.kind = kind;
        this.kept = kept;
        this.shape = kind.shape();
        this.required = kind.fields().stream().filter(Field::required).toList();
        this.paths = kind.fields().stream().map(field -> Path.of(field.name())).toList();
    }

    // ---- names

    /** Where a field is, step by step. */
    List<String> steps(String field) {
        if (!kind.id().contains(field)) {
            return List.of(field);
        }
        return kind.id().size() == 1 ? List.of(ID) : List.of(ID, field);
    }

    /** Where what a path leads to is, step by step. */
    List<String> steps(Path path) {
        List<String> steps = new ArrayList<>(steps(path.field()));
        steps.addAll(path.inside());
        return steps;
    }

    // ---- to documents

    /** The id of a document. */
    BsonValue id(Object id) {
        Object fitted = kind.fitId(id);
        if (fitted instanceof Id tuple) {
            BsonDocument parts = new BsonDocument();
            kind.id().forEach(part -> parts.append(part, MongoValues.encode(tuple.part(part), type(part))));
            return parts;
        }
        return MongoValues.encode(fitted, type(kind.id().getFirst()));
    }

    private Type type(String field) {
        return shape.type(shape.position(field));
    }

    /** Whether a shape is the kind's own, so that what is beyond it is kept. */
    boolean isWhole(Shape wanted) {
        return wanted.equals(shape);
    }

    /** The whole document of an object that is not just its fields: of a bag, with an id of several parts, or with further fields; else null. */
    @Nullable
    BsonDocument frame(State state) {
        boolean isPlain = kind.id().size() == 1
                && state.shape().equals(shape)
                && state.extra().isEmpty();
        return isPlain ? null : document(state);
    }

    /** All fields that must be there are. */
    void requireSet(State state) {
        required.forEach(field -> requireSet(field, state.get(field.name())));
    }

    /** The whole document of an object; one of a bag gets an id that nobody sees. */
    BsonDocument document(State given) {
        State state = given.shape().equals(shape) ? given : kind.state(given.toMap());
        BsonDocument document = new BsonDocument();
        document.append(ID, kind.isBag() ? new BsonObjectId() : id(kind.requireIdOf(state)));
        for (int i = 0; i < shape.size(); i++) {
            Field field = kind.fields().get(i);
            Object value = state.at(i);
            if (state.has(i) && !kind.id().contains(field.name())) {
                document.append(field.name(), MongoValues.encode(value, shape.type(i)));
            }
        }
        state.extra().forEach((name, value) -> document.append(name, encoded(name, value)));
        return document;
    }

    /** Fields that must be there are. */
    void requireSet(String name, @Nullable Object value) {
        kind.field(name).ifPresent(field -> requireSet(field, value));
    }

    private void requireSet(Field field, @Nullable Object value) {
        if (field.required() && value == null) {
            throw Lacking.value(kind, field.name()).fault();
        }
    }

    /** What the value of a field is kept as. */
    BsonValue encoded(String field, @Nullable Object value) {
        return MongoValues.encode(value, typeOf(field));
    }

    private Type typeOf(String field) {
        int position = shape.position(field);
        return position >= 0
                ? shape.type(position)
                : kept.field(field).map(Field::type).orElse(Type.ANY);
    }

    // ---- from documents

    /** The State of a document, with the fields of that shape alone; of the kind's own, and all others beside. */
    State decoded(BsonDocument document, Shape wanted) {
        @Nullable Object[] values = new Object[wanted.size()];
        for (int i = 0; i < values.length; i++) {
            String name = wanted.name(i);
            BsonValue value = at(document, name);
            values[i] = value == null ? State.ABSENT : decoded(document, value, name);
        }
        if (!wanted.equals(shape)) {
            return State.of(wanted, values);
        }
        Map<String, @Nullable Object> extra = null;
        for (Map.Entry<String, BsonValue> member : document.entrySet()) {
            String name = member.getKey();
            if (kind.id().contains(name) && !name.equals(ID)) {
                throw undecodable(document, member.getValue(), name, "nothing beside _id, which is the " + name, null);
            }
            if (!name.equals(ID) && shape.position(name) < 0) {
                extra = extra == null ? new LinkedHashMap<>() : extra;
                extra.put(name, further(document, name, member.getValue()));
            }
        }
        return extra == null ? State.of(wanted, values) : State.of(wanted, values, extra);
    }

    State decoded(BsonDocument document) {
        return decoded(document, shape);
    }

    /** The id of a document, as objects have it. */
    Object idOf(BsonDocument document) {
        Map<String, Object> parts = new LinkedHashMap<>();
        for (String part : kind.id()) {
            BsonValue value = at(document, part);
            parts.put(part, Objects.requireNonNull(value == null ? null : decoded(document, value, part), part));
        }
        return parts.size() == 1 ? parts.values().iterator().next() : Id.of(parts);
    }

    private @Nullable BsonValue at(BsonDocument document, String field) {
        if (!kind.id().contains(field)) {
            return document.get(field);
        }
        BsonValue id = document.get(ID);
        return kind.id().size() == 1 || id == null || !id.isDocument()
                ? id
                : id.asDocument().get(field);
    }

    private @Nullable Object decoded(BsonDocument document, BsonValue value, String field) {
        int position = shape.position(field);
        Type type = shape.type(position);
        return decoded(document, value, type, paths.get(position), type.toString());
    }

    private @Nullable Object further(BsonDocument document, String field, BsonValue value) {
        return decoded(document, value, typeOf(field), Path.of(field), "a value that every store keeps");
    }

    private @Nullable Object decoded(BsonDocument document, BsonValue value, Type type, Path field, String expected) {
        try {
            return MongoValues.decode(value, type, field);
        } catch (Fault
                | IllegalArgumentException
                | BsonInvalidOperationException
                | ArithmeticException
                | DateTimeException e) {
            throw undecodable(document, value, field.field(), expected, e);
        }
    }

    private RuntimeException undecodable(
            BsonDocument document, BsonValue value, String field, String expected, @Nullable RuntimeException cause) {
        BsonValue nativeId = document.get(ID);
        String id = nativeId == null ? "?" : shown(nativeId);
        return Problem.STATE_UNDECODABLE
                .because(
                        "cannot decode %s %s: %s holds %s, expected %s",
                        kind.name(), id, field, Report.quote(shown(value)), expected)
                .at(kind.name() + "/" + id)
                .hint(
                        "mend the document, declare the field with a type that takes it, or read the kind by its name, as States")
                .cause(cause)
                .fault();
    }

    private static String shown(BsonValue value) {
        return switch (value.getBsonType()) {
            case STRING -> value.asString().getValue();
            case INT32, INT64 -> String.valueOf(value.asNumber().longValue());
            case OBJECT_ID -> value.asObjectId().getValue().toHexString();
            case DOCUMENT, ARRAY -> new BsonDocument("it", value).toJson();
            default -> value.toString();
        };
    }

    /** The State of a document that someone else has read, which must have all fields that objects must have. */
    State ofForeign(BsonDocument document, StoreInfo store) {
        for (Field field : kind.fields()) {
            if (field.required() && at(document, field.name()) == null) {
                throw Problem.REQUEST_INVALID
                        .because("the rows lack %s of kind %s", field.name(), kind.name())
                        .store(store)
                        .hint("read the whole document, or project what the kind must have")
                        .fault();
            }
        }
        return decoded(document);
    }

    /** States as the documents come that hold them. */
    static final class Found<T> implements Cursor {
        private final MongoLink link;
        private final MongoCursor<T> documents;
        private final Shape shape;
        private final Function<T, State> decode;
        private @Nullable State at;

        Found(MongoLink link, MongoCursor<T> documents, Shape shape, Function<T, State> decode) {
            this.link = link;
            this.documents = documents;
            this.shape = shape;
            this.decode = decode;
        }

        @Override
        public Shape shape() {
            return shape;
        }

        @Override
        public boolean next() {
            boolean isThere = link.ask(documents::hasNext);
            at = isThere ? decode.apply(link.ask(documents::next)) : null;
            return isThere;
        }

        @Override
        public State state() {
            return Objects.requireNonNull(at, "next");
        }

        @Override
        public void close() {
            documents.close();
        }
    }
}
