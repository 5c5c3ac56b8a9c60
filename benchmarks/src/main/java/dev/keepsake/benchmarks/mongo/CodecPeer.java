package dev.keepsake.benchmarks.mongo;

import dev.keepsake.benchmarks.Row;
import java.time.Instant;
import org.bson.BsonReader;
import org.bson.BsonType;
import org.bson.BsonWriter;
import org.bson.codecs.Codec;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.EncoderContext;
import org.bson.codecs.configuration.CodecProvider;
import org.bson.codecs.configuration.CodecRegistry;

/** The driver with codecs by hand, which read a document's fields by a switch over their names. */
public final class CodecPeer extends CollectionPeer<CodecPeer.Project, Row> {
    /** A project. */
    record Project(String id, String license) {}

    /** Prepares it. */
    public CodecPeer() {
        super(Project.class, Row.class);
    }

    @Override
    public String name() {
        return "driver";
    }

    @Override
    CodecProvider codecs() {
        return new CodecProvider() {
            @Override
            @SuppressWarnings("unchecked")
            public <T> Codec<T> get(Class<T> type, CodecRegistry registry) {
                if (type == Row.class) {
                    return (Codec<T>) new RowCodec();
                }
                return type == Project.class ? (Codec<T>) new ProjectCodec() : null;
            }
        };
    }

    @Override
    Project projectOf(String id) {
        return new Project(id, "MIT");
    }

    @Override
    String idOf(Project parent) {
        return parent.id();
    }

    @Override
    Row releaseOf(Row row) {
        return row;
    }

    @Override
    long weightOf(Row child) {
        return child.weight();
    }

    @Override
    String projectOf(Row child) {
        return child.project();
    }

    private static final class ProjectCodec implements Codec<Project> {
        @Override
        public Class<Project> getEncoderClass() {
            return Project.class;
        }

        @Override
        public void encode(BsonWriter writer, Project value, EncoderContext context) {
            writer.writeStartDocument();
            writer.writeString("_id", value.id());
            writer.writeString("license", value.license());
            writer.writeEndDocument();
        }

        @Override
        public Project decode(BsonReader reader, DecoderContext context) {
            String id = null;
            String license = null;
            reader.readStartDocument();
            while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
                switch (reader.readName()) {
                    case "_id" -> id = reader.readString();
                    case "license" -> license = reader.readString();
                    default -> reader.skipValue();
                }
            }
            reader.readEndDocument();
            return new Project(id, license);
        }
    }

    private static final class RowCodec implements Codec<Row> {
        @Override
        public Class<Row> getEncoderClass() {
            return Row.class;
        }

        @Override
        public void encode(BsonWriter writer, Row value, EncoderContext context) {
            writer.writeStartDocument();
            writer.writeInt64("_id", value.id());
            writer.writeString("project", value.project());
            writer.writeInt32("major", value.major());
            writer.writeInt32("minor", value.minor());
            writer.writeDateTime("created", value.created().toEpochMilli());
            writer.writeInt64("size", value.size());
            writer.writeString("url", value.url());
            writer.writeString("digest", value.digest());
            writer.writeBoolean("yanked", value.yanked());
            writer.writeEndDocument();
        }

        @Override
        public Row decode(BsonReader reader, DecoderContext context) {
            long id = 0;
            String project = null;
            int major = 0;
            int minor = 0;
            Instant created = null;
            long size = 0;
            String url = null;
            String digest = null;
            boolean yanked = false;
            reader.readStartDocument();
            while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
                switch (reader.readName()) {
                    case "_id" -> id = reader.readInt64();
                    case "project" -> project = reader.readString();
                    case "major" -> major = reader.readInt32();
                    case "minor" -> minor = reader.readInt32();
                    case "created" -> created = Instant.ofEpochMilli(reader.readDateTime());
                    case "size" -> size = reader.readInt64();
                    case "url" -> url = reader.readString();
                    case "digest" -> digest = reader.readString();
                    case "yanked" -> yanked = reader.readBoolean();
                    default -> reader.skipValue();
                }
            }
            reader.readEndDocument();
            return new Row(id, project, major, minor, created, size, url, digest, yanked);
        }
    }
}
