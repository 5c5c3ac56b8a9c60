package dev.keepsake.mongo;

import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.value.Type;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonReader;
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
import org.bson.io.BasicOutputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * States straight to and from the bytes of BSON, as {@link MongoStates} has them: plain values without an object between, all others by
 * way of a {@link BsonValue}. A document that is not as the kind says is read again as a whole, and told by that. For one request, and so
 * for one thread.
 */
final class MongoCodec implements Codec<State> {
    private static final BsonValueCodec VALUES = new BsonValueCodec();
    private static final BsonDocumentCodec DOCUMENTS = new BsonDocumentCodec();

    /** What no name is in UTF-8. */
    private static final byte[] NO_NAME = {-1, 0};

    private final MongoStates states;
    private final Shape shape;
    private final boolean isWhole;
    private final Type[] types;
    /** The name in the document of each field of the shape; null for parts of an id. */
    private final @Nullable String[] names;
    /** The same as they are written, each with a zero at its end; of parts of an id what no name is. */
    private final byte[][] written;

    /** One document after the other is read from it. */
    private final BasicOutputBuffer buffer = new BasicOutputBuffer();

    private final int id;
    private final boolean hasParts;

    /** For States of a shape, which is the kind's own or has some of its fields. */
    MongoCodec(MongoStates states, Shape shape) {
        this.states = states;
        this.shape = shape;
        this.isWhole = states.isWhole(shape);
        this.types = new Type[shape.size()];
        this.names = new String[shape.size()];
        this.written = new byte[shape.size()][];
        int single = -1;
        for (int i = 0; i < names.length; i++) {
            List<String> steps = states.steps(shape.name(i));
            types[i] = shape.type(i);
            names[i] = steps.size() == 1 ? steps.getFirst() : null;
            written[i] = names[i] == null ? NO_NAME : (names[i] + "\0").getBytes(StandardCharsets.UTF_8);
            single = MongoStates.ID.equals(names[i]) ? i : single;
        }
        this.id = single;
        this.hasParts = Arrays.asList(names).contains(null);
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
        MongoBytes bytes = MongoBytes.of(reader, buffer);
        State state = null;
        try {
            state = read(bytes);
        } catch (RuntimeException e) {
            // it is read again, and then told
        }
        return state == null ? states.decoded(bytes.document(), shape) : state;
    }

    /** The State, where all is as the kind says; else null. */
    private @Nullable State read(MongoBytes bytes) {
        @Nullable Object[] values = new Object[names.length];
        Arrays.fill(values, State.ABSENT);
        int next = 0; // mostly, fields come in the order of the kind
        while (bytes.next()) {
            int position = next;
            if (next == names.length || !bytes.isNamed(written[next])) {
                String name = bytes.name();
                position = position(name);
                if (position < 0 && !pass(bytes, name, values)) {
                    return null;
                }
            }
            if (position >= 0) {
                values[position] = bytes.value(types[position]);
                next = position + 1;
            }
        }
        return State.of(shape, values);
    }

    /** Passes over what is no field of the shape, but for the parts of an id; false where it must not be passed over. */
    private boolean pass(MongoBytes bytes, String name, @Nullable Object[] values) {
        boolean isId = name.equals(MongoStates.ID);
        MongoBytes parts = isId && hasParts ? bytes.inner() : null;
        if (parts == null) {
            bytes.skip();
            return isId ? !hasParts : !isWhole;
        }
        while (parts.next()) {
            int position = shape.position(parts.name());
            if (position >= 0 && names[position] == null) {
                values[position] = parts.value(types[position]);
            } else {
                parts.skip();
            }
        }
        return true;
    }

    private int position(String name) {
        if (name.equals(MongoStates.ID)) {
            return id;
        }
        int position = shape.position(name);
        return position >= 0 && name.equals(names[position]) ? position : -1;
    }
}
