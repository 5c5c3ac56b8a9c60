package dev.keepsake.mongo;

import com.mongodb.MongoException;
import com.mongodb.MongoNamespace;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import dev.keepsake.query.Alteration;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Misnamed;
import dev.keepsake.store.Lacking;
import dev.keepsake.store.Renaming;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/** Changes of schema: of the collections and their indexes, and of the records of kinds. Each happens at once. */
final class MongoAlterations {
    private static final String EXPIRY = "keepsake_expiry";

    private final MongoLink link;
    private final MongoCatalog catalog;

    MongoAlterations(MongoLink link, MongoCatalog catalog) {
        this.link = link;
        this.catalog = catalog;
    }

    void apply(Alteration step) {
        switch (step) {
            case Alteration.CreateKind create -> create(create.kind());
            case Alteration.DropKind drop -> {
                requireThere(drop.kind());
                link.tell(() -> link.collection(drop.kind()).drop());
                catalog.remove(drop.kind());
            }
            case Alteration.RenameKind rename -> rename(rename);
            case Alteration.AddField add -> addField(add.kind(), add.field());
            case Alteration.DropField drop -> {
                Kind kind = requireField(drop.kind(), drop.field());
                Kind after = changed(kind, builder -> builder.replace(drop.field(), null));
                link.tell(() -> {
                    var result = link.collection(drop.kind())
                            .updateMany(Filters.exists(drop.field()), Updates.unset(drop.field()));
                    result.wasAcknowledged();
                });
                saved(kind, after);
            }
            case Alteration.RenameField rename -> renameField(rename);
            case Alteration.AddIndex add -> {
                Kind kind = kind(add.kind());
                Kind after = changed(kind, builder -> builder.index(add.index()));
                createIndexes(after, List.of(add.index()));
                saved(kind, after);
            }
            case Alteration.DropIndex drop -> {
                Kind kind = kind(drop.kind());
                Kind after = changed(kind, builder -> {
                    if (!builder.removeIndex(drop.index())) {
                        throw Misnamed.noIndex(kind, drop.index(), link.info()).fault();
                    }
                    return builder;
                });
                link.tell(() -> link.collection(drop.kind()).dropIndex(drop.index()));
                saved(kind, after);
            }
        }
    }

    // ---- kinds

    private void create(Kind kind) {
        if (catalog.find(kind.name()) != null || catalog.collections().contains(kind.name())) {
            throw Misnamed.kindTaken(kind.name(), link.info()).fault();
        }
        try {
            link.database().createCollection(kind.name());
        } catch (MongoException e) {
            if (MongoErrors.isThere(e)) {
                throw Misnamed.kindTaken(kind.name(), link.info()).fault();
            }
            throw link.fault(e);
        }
        createIndexes(kind, kind.indexes());
        catalog.save(kind);
    }

    /** The kind of a name, whoever made it. */
    private Kind kind(String name) {
        requireThere(name);
        Kind recorded = catalog.find(name);
        return recorded == null ? new MongoInference(link, name).kind() : recorded;
    }

    private void requireThere(String kind) {
        TreeSet<String> names = new TreeSet<>(catalog.collections());
        names.addAll(catalog.recorded().keySet());
        if (!names.contains(kind)) {
            throw Misnamed.noKind(kind, names, link.info()).fault();
        }
    }

    private static Kind changed(Kind kind, UnaryOperator<Kind.Builder> change) {
        return change.apply(kind.toBuilder()).build();
    }

    /** What has no record is told by its documents, and needs none. */
    private void saved(Kind before, Kind after) {
        if (catalog.find(before.name()) != null) {
            catalog.save(after);
        }
    }

    private void rename(Alteration.RenameKind rename) {
        Kind kind = kind(rename.kind());
        if (catalog.collections().contains(rename.newName())) {
            throw Misnamed.kindTaken(rename.newName(), link.info()).fault();
        }
        link.tell(() -> link.collection(rename.kind())
                .renameCollection(new MongoNamespace(link.database().getName(), rename.newName())));
        if (catalog.find(rename.kind()) != null) {
            catalog.remove(rename.kind());
            catalog.save(Renaming.kind(kind, rename.newName()));
        }
        referring(rename.kind(), other -> Renaming.referring(other, rename.kind(), rename.newName()));
    }

    private void referring(String kind, UnaryOperator<Kind> change) {
        for (Map.Entry<String, Kind> other : Map.copyOf(catalog.recorded()).entrySet()) {
            boolean refers = other.getValue().references().stream()
                    .anyMatch(reference -> reference.kind().equals(kind));
            if (refers) {
                catalog.save(change.apply(other.getValue()));
            }
        }
    }

    // ---- fields

    private void addField(String name, Field field) {
        Kind kind = kind(name);
        Kind after = changed(kind, builder -> builder.field(field));
        boolean isLacking = field.required()
                && link.ask(() -> link.collection(name)
                                .find(Filters.eq(field.name(), null))
                                .first())
                        != null;
        if (isLacking) {
            throw Lacking.valueOfSome(kind, field).store(link.info()).fault();
        }
        saved(kind, after);
    }

    private Kind requireField(String name, String field) {
        Kind kind = kind(name);
        if (kind.field(field).isEmpty()) {
            throw Misnamed.noField(kind, field, link.info()).fault();
        }
        return kind;
    }

    private void renameField(Alteration.RenameField rename) {
        Kind kind = requireField(rename.kind(), rename.field());
        Kind after = Renaming.field(kind, rename.field(), rename.newName());
        if (!kind.id().contains(rename.field())) {
            link.tell(() -> {
                var result = link.collection(rename.kind())
                        .updateMany(Filters.exists(rename.field()), Updates.rename(rename.field(), rename.newName()));
                result.wasAcknowledged();
            });
            for (Index index : kind.indexes()) {
                if (index.fields().contains(rename.field())) {
                    link.tell(() -> link.collection(rename.kind()).dropIndex(index.name()));
                }
            }
            createIndexes(after, after.indexes());
        }
        saved(kind, after);
        referring(
                rename.kind(),
                other -> Renaming.referringField(other, rename.kind(), rename.field(), rename.newName()));
    }

    // ---- indexes

    private void createIndexes(Kind kind, List<Index> indexes) {
        BsonArray made = new BsonArray();
        MongoKind kept = MongoKind.of(kind, kind, link::clock);
        indexes.forEach(index -> made.add(kept.index(index)));
        BsonDocument expiry = expiry(kind);
        if (expiry != null) {
            made.add(expiry);
        }
        if (made.isEmpty()) {
            return;
        }
        try {
            link.command(new BsonDocument("createIndexes", new BsonString(kind.name())).append("indexes", made));
        } catch (MongoException e) {
            throw MongoErrors.duplicate(e) == null ? link.fault(e) : MongoWrites.taken(kind, e, null, link.info());
        }
    }

    /** The server removes what is over about once a minute; until then no request finds it. */
    private static @Nullable BsonDocument expiry(Kind kind) {
        return kind.expiry()
                .map(field -> new BsonDocument("key", new BsonDocument(field, new BsonInt32(1)))
                        .append("name", new BsonString(EXPIRY))
                        .append("expireAfterSeconds", new BsonInt32(0)))
                .orElse(null);
    }
}
