package dev.keepsake.mongo;

import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.BsonReader;
import org.bson.BsonSerializationException;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.DecoderContext;
import org.bson.io.BasicOutputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one document, read from front to back as bsonspec.org, version 1.1, says: for each element its type, its name, its value.
 * What has a plain value is read without an object between; all else as the driver reads it. For one thread.
 */
final class MongoBytes {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final BsonDocumentCodec DOCUMENTS = new BsonDocumentCodec();
    private static final DecoderContext CONTEXT = DecoderContext.builder().build();
    private static final int LENGTH = 4;
    private static final int OBJECT_ID_LENGTH = 12;

    private final byte[] bytes;
    private final int start;
    /** Behind the last element, where a zero stands. */
    private final int end;

    private int at;
    private BsonType type = BsonType.END_OF_DOCUMENT;

    private MongoBytes(byte[] bytes, int start, int size) {
        this.bytes = bytes;
        this.start = start;
        this.end = start + size - 1;
        this.at = start + LENGTH;
    }

    /** The document that a reader is at, which is behind it then; its bytes are in the buffer, as long as that has no others. */
    static MongoBytes of(BsonReader reader, BasicOutputBuffer buffer) {
        buffer.truncateToPosition(0);
        try (BsonBinaryWriter writer = new BsonBinaryWriter(buffer)) {
            writer.pipe(reader);
        }
        return new MongoBytes(buffer.getInternalBuffer(), 0, buffer.getPosition());
    }

    /** All of it, as the driver reads it. */
    BsonDocument document() {
        return DOCUMENTS.decode(new BsonBinaryReader(ByteBuffer.wrap(bytes, start, end + 1 - start)), CONTEXT);
    }

    // ---- elements

    /** Goes on to the next element, and is before its name; false where there is none. */
    boolean next() {
        if (at == end) {
            return false;
        }
        if (at > end) {
            throw new BsonSerializationException("a value is longer than its document");
        }
        type = BsonType.findByValue(bytes[at++]);
        return true;
    }

    /** Whether the name is this one, which ends with a zero; then the value comes next. */
    boolean isNamed(byte[] name) {
        if (name.length > end - at) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (bytes[at + i] != name[i]) {
                return false;
            }
        }
        at += name.length;
        return true;
    }

    /** The name; the value comes next. */
    String name() {
        int from = at;
        at += texts(1);
        return new String(bytes, from, at - from - 1, StandardCharsets.UTF_8);
    }

    /** The value, where it is a document; null where it is none. */
    @Nullable
    MongoBytes inner() {
        if (type != BsonType.DOCUMENT) {
            return null;
        }
        int size = length();
        at += size;
        return new MongoBytes(bytes, at - size, size);
    }

    /** Passes over the value. */
    void skip() {
        at += length();
    }

    /** The value, of a field of that type; null where it is null. */
    @Nullable
    Object value(Type field) {
        int from = at;
        switch (type) {
            case NULL -> {
                return null;
            }
            case STRING -> {
                if (field instanceof Type.Text) {
                    int length = integer(from);
                    at = from + LENGTH + length;
                    return new String(bytes, from + LENGTH, length - 1, StandardCharsets.UTF_8);
                }
            }
            case INT64 -> {
                if (field instanceof Type.Int) {
                    at = from + Long.BYTES;
                    return (long) LONGS.get(bytes, from);
                }
            }
            case INT32 -> {
                if (field instanceof Type.Int) {
                    at = from + Integer.BYTES;
                    return (long) integer(from);
                }
            }
            case BOOLEAN -> {
                if (field instanceof Type.Bool) {
                    at = from + 1;
                    return bytes[from] == 1;
                }
            }
            case DATE_TIME -> {
                if (field instanceof Type.Instant) {
                    at = from + Long.BYTES;
                    return Instant.ofEpochMilli((long) LONGS.get(bytes, from));
                }
            }
            case OBJECT_ID -> {
                if (field instanceof Type.Oid) {
                    at = from + OBJECT_ID_LENGTH;
                    return ObjectId.of(Arrays.copyOfRange(bytes, from, at));
                }
            }
            default -> {}
        }
        at = from + length();
        return MongoValues.decode(other(from), field, Path.of("value"));
    }

    private int integer(int position) {
        return (int) INTS.get(bytes, position);
    }

    /** The value that began there, as the driver reads it: of a document that has it alone. */
    private BsonValue other(int from) {
        int length = at - from;
        ByteBuffer alone = ByteBuffer.allocate(LENGTH + 2 + length + 1).order(ByteOrder.LITTLE_ENDIAN);
        alone.putInt(alone.capacity())
                .put((byte) type.getValue())
                .put((byte) 0) // a name without letters
                .put(bytes, from, length)
                .put((byte) 0)
                .flip();
        return DOCUMENTS
                .decode(new BsonBinaryReader(alone), CONTEXT)
                .values()
                .iterator()
                .next();
    }

    /** How many bytes the value has. */
    private int length() {
        return switch (type) {
            case NULL, UNDEFINED, MIN_KEY, MAX_KEY -> 0;
            case BOOLEAN -> 1;
            case INT32 -> Integer.BYTES;
            case INT64, DOUBLE, DATE_TIME, TIMESTAMP -> Long.BYTES;
            case DECIMAL128 -> 2 * Long.BYTES;
            case OBJECT_ID -> OBJECT_ID_LENGTH;
            case STRING, SYMBOL, JAVASCRIPT -> LENGTH + integer(at);
            case DB_POINTER -> LENGTH + integer(at) + OBJECT_ID_LENGTH;
            case BINARY -> LENGTH + 1 + integer(at);
            case DOCUMENT, ARRAY, JAVASCRIPT_WITH_SCOPE -> integer(at);
            case REGULAR_EXPRESSION -> texts(2);
            case END_OF_DOCUMENT -> throw new BsonSerializationException("a document ends before its end");
        };
    }

    /** The length of so many texts that end with a zero. */
    private int texts(int count) {
        int position = at;
        for (int i = 0; i < count; i++) {
            while (bytes[position++] != 0) {
                // goes on
            }
        }
        return position - at;
    }
}
