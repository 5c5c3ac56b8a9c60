package dev.keepsake.mongo;

import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.time.Instant;
import java.util.Arrays;
import org.bson.BsonDocument;
import org.bson.BsonReader;
import org.bson.BsonReaderMark;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.BsonWriter;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.BsonValueCodec;
import org.bson.codecs.Codec;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.EncoderContext;
import org.bson.codecs.configuration.CodecProvider;
import org.bson.codecs.configuration.CodecRegistries;
import org.bson.codecs.configuration.CodecRegistry;
import org.jspecify.annotations.Nullable;

/**
 * States straight to and from the bytes of BSON, as {@link MongoStates} has them: plain values without an object between, all others by
 * way of a {@link BsonValue}. A document that is not as the kind says is read again as a whole, and told by that. Immutable.
 */
final class MongoCodec implements Codec<State> {
    private static final BsonValueCodec VALUES = new BsonValueCodec();
    private static final BsonDocumentCodec DOCUMENTS = new BsonDocumentCodec();

    private final MongoStates states;
    private final Shape shape;
    /** The name in the document of each field of the shape; null for parts of an id. */
    private final @Nullable String[] names;

    private final int id;

    /** For States of a shape, which is the kind's own or has some of its fields. */
    MongoCodec(MongoStates states, Shape shape) {
        this.states = states;
        this.shape = shape;
        this.names = new String[shape.size()];
        int single = -1;
        for (int i = 0; i < names.length; i++) {
            var steps = states.steps(shape.name(i));
            names[i] = steps.size() == 1 ? steps.getFirst() : null;
            single = MongoStates.ID.equals(names[i]) ? i : single;
        }
        this.id = single;
    }

    /** What the driver asks it by. */
    CodecRegistry registry(CodecRegistry others) {
        return CodecRegistries.fromRegistries(
                CodecRegistries.fromProviders(new CodecProvider() {
                    @Override
                    @SuppressWarnings("unchecked") // it is asked for this class
                    public <T> @Nullable Codec<T> get(Class<T> type, CodecRegistry registry) {
                        return type == State.class ? (Codec<T>) MongoCodec.this : null;
                    }
                }),
                others);
    }

    @Override
    public Class<State> getEncoderClass() {
        return State.class;
    }

    // ---- to documents

    @Override
    public void encode(BsonWriter writer, State state, EncoderContext context) {
        BsonDocument document = states.frame(state);
        if (document != null) {
            DOCUMENTS.encode(writer, document, context);
            return;
        }
        writer.writeStartDocument();
        if (id >= 0) {
            writer.writeName(MongoStates.ID);
            write(writer, state.at(id), shape.type(id), context);
        }
        for (int i = 0; i < names.length; i++) {
            if (i != id && state.has(i)) {
                writer.writeName(names[i]);
                write(writer, state.at(i), shape.type(i), context);
            }
        }
        writer.writeEndDocument();
    }

    private static void write(BsonWriter writer, @Nullable Object value, Type type, EncoderContext context) {
        switch (value) {
            case null -> writer.writeNull();
            case String text -> writer.writeString(text);
            case Long number
            when !(type instanceof Type.Int kept && kept.bits() <= Integer.SIZE) -> writer.writeInt64(number);
            case Long number -> writer.writeInt32(Math.toIntExact(number));
            case Double number -> writer.writeDouble(number);
            case Boolean truth -> writer.writeBoolean(truth);
            case Instant moment -> writer.writeDateTime(moment.toEpochMilli());
            default -> VALUES.encode(writer, MongoValues.encode(value, type), context);
        }
    }

    // ---- from documents

    @Override
    public State decode(BsonReader reader, DecoderContext context) {
        BsonReaderMark start = reader.getMark();
        try {
            State state = read(reader, context);
            if (state != null) {
                return state;
            }
        } catch (RuntimeException e) {
            // it is read again, and then told
        }
        start.reset();
        return states.decoded(DOCUMENTS.decode(reader, context), shape);
    }

    /** The State, where all is as the kind says; else null. */
    private @Nullable State read(BsonReader reader, DecoderContext context) {
        boolean isWhole = states.isWhole(shape);
        @Nullable Object[] values = new Object[names.length];
        Arrays.fill(values, State.ABSENT);
        reader.readStartDocument();
        int next = 0;
        while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
            String name = reader.readName();
            int position = position(name, next);
            if (position < 0) {
                if (isWhole || name.equals(MongoStates.ID)) {
                    return null; // a field that the kind does not know, or an id of several parts
                }
                reader.skipValue();
                continue;
            }
            values[position] = value(reader, shape.type(position), context);
            next = position + 1;
        }
        reader.readEndDocument();
        return State.of(shape, values);
    }

    /** Mostly, fields come in the order of the kind. */
    private int position(String name, int next) {
        if (next < names.length && name.equals(names[next])) {
            return next;
        }
        if (name.equals(MongoStates.ID)) {
            return id;
        }
        int position = shape.position(name);
        return position >= 0 && name.equals(names[position]) ? position : -1;
    }

    private static @Nullable Object value(BsonReader reader, Type type, DecoderContext context) {
        BsonType found = reader.getCurrentBsonType();
        switch (found) {
            case NULL -> {
                reader.readNull();
                return null;
            }
            case STRING -> {
                if (type instanceof Type.Text) {
                    return reader.readString();
                }
            }
            case INT64 -> {
                if (type instanceof Type.Int) {
                    return reader.readInt64();
                }
            }
            case INT32 -> {
                if (type instanceof Type.Int) {
                    return (long) reader.readInt32();
                }
            }
            case BOOLEAN -> {
                if (type instanceof Type.Bool) {
                    return reader.readBoolean();
                }
            }
            case DATE_TIME -> {
                if (type instanceof Type.Instant) {
                    return Instant.ofEpochMilli(reader.readDateTime());
                }
            }
            case OBJECT_ID -> {
                if (type instanceof Type.Oid) {
                    return ObjectId.of(reader.readObjectId().toByteArray());
                }
            }
            default -> {}
        }
        BsonValue value = VALUES.decode(reader, context);
        return MongoValues.decode(value, type, Path.of("value"));
    }
}
