package dev.keepsake.query;

import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;

/** One change of a schema, the same on every store. Immutable. */
public sealed interface Alteration {

    /** Creates a kind with its id, indexes, references and checks; one that exists is a fault. */
    record CreateKind(Kind kind) implements Alteration {}

    /** Drops a kind with all its objects; one that is missing is a fault. */
    record DropKind(String kind) implements Alteration {}

    /** Gives a kind another name; its objects, indexes and the references to it stay. */
    record RenameKind(String kind, String newName) implements Alteration {}

    /** Adds a field; objects that exist have it null, so that it cannot be required while there are any. */
    record AddField(String kind, Field field) implements Alteration {}

    /** Drops a field with all its values. */
    record DropField(String kind, String field) implements Alteration {}

    /** Gives a field another name. */
    record RenameField(String kind, String field, String newName) implements Alteration {}

    /** Adds an index; a unique one is refused where objects violate it. */
    record AddIndex(String kind, Index index) implements Alteration {}

    /** Drops an index. */
    record DropIndex(String kind, String index) implements Alteration {}
}
