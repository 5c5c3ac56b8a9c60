package dev.keepsake.mongo;

import com.mongodb.MongoException;
import com.mongodb.MongoNamespace;
import com.mongodb.client.model.CreateCollectionOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.ValidationOptions;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Alteration;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Misnamed;
import dev.keepsake.store.Lacking;
import dev.keepsake.store.Renaming;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/** Changes of schema: of the collections and their indexes, and of the records of kinds. Each happens at once. */
final class MongoAlterations {
    private static final String EXPIRY = "keepsake_expiry";

    private final MongoLink link;
    private final MongoCatalog catalog;
    private final MongoSequences sequences;

    MongoAlterations(MongoStore store) {
        this.link = store.link();
        this.catalog = store.catalog();
        this.sequences = store.sequences();
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
            case Alteration.DropField drop -> dropField(drop);
            case Alteration.RenameField rename -> renameField(rename);
            case Alteration.AddIndex add -> {
                Kind kind = kind(add.kind());
                Kind after = changed(kind, builder -> builder.index(add.index()));
                requireIndexable(after, add.index());
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

    /**
     * The first write of a kind that was never created makes it whole, with its indexes. A collection of others must have those that keep
     * its values unique, since nobody else does.
     */
    void meet(Kind kind) {
        Boolean isCollection = catalog.collections().get(kind.name());
        if (isCollection == null) {
            createOnce(kind);
        } else if (isCollection) {
            requireUniques(kind);
            catalog.met(kind);
        }
    }

    private void createOnce(Kind kind) {
        try {
            create(kind);
        } catch (Fault e) {
            if (!catalog.collections().containsKey(kind.name())) {
                throw e; // else somebody else was first
            }
        }
    }

    private void requireUniques(Kind kind) {
        Set<Set<String>> there = new HashSet<>();
        link.tell(() -> link.collection(kind.name())
                .listIndexes(BsonDocument.class)
                .forEach(index -> {
                    if (index.getBoolean("unique", BsonBoolean.FALSE).getValue()) {
                        there.add(Set.copyOf(index.getDocument("key").keySet()));
                    }
                }));
        MongoKind kept = MongoKind.of(kind, kind, false, link::clock);
        for (Index index : kind.indexes()) {
            Set<String> fields = index.fields().stream()
                    .map(field -> String.join(".", kept.states().steps(field)))
                    .collect(Collectors.toSet());
            if (index.unique() && !there.contains(fields)) {
                throw Problem.KIND_MISMATCH
                        .because(
                                "the collection %s has no unique index over %s, which kind %s declares",
                                kind.name(), String.join(", ", index.fields()), kind.name())
                        .store(link.info())
                        .hint("make it by Alteration.AddIndex or the driver, or declare nothing unique")
                        .fault();
            }
        }
    }

    /** In steps that can be gone on with: noted, its collection, its indexes, and only then there. */
    private void create(Kind kind) {
        if (catalog.find(kind.name()) != null || catalog.collections().containsKey(kind.name())) {
            throw Misnamed.kindTaken(kind.name(), link.info()).fault();
        }
        requireKeepable(kind);
        catalog.making(kind);
        try {
            link.database().createCollection(kind.name(), creation(kind));
        } catch (MongoException e) {
            if (!MongoErrors.isThere(e)) {
                throw link.fault(e);
            }
        }
        createIndexes(kind, kind.indexes());
        catalog.save(kind);
    }

    private CreateCollectionOptions creation(Kind kind) {
        CreateCollectionOptions options = new CreateCollectionOptions();
        return link.isValidating()
                ? options.validationOptions(new ValidationOptions().validator(MongoValidator.of(kind)))
                : options;
    }

    /** A validator that we made follows its kind. */
    private void revalidate(Kind kind) {
        if (isOurs(kind.name())) {
            link.write(
                    () -> link.command(Bson.doc("collMod", kind.name()).append("validator", MongoValidator.of(kind))));
        }
    }

    private boolean isOurs(String collection) {
        return MongoValidator.isOurs(MongoValidator.options(link, collection));
    }

    /** Changes all documents in one way; a validator that we made still asks for what was there before. */
    private void updateAll(String collection, org.bson.conversions.Bson which, org.bson.conversions.Bson change) {
        UpdateOptions options = new UpdateOptions();
        if (isOurs(collection)) {
            options.bypassDocumentValidation(true);
        }
        link.write(() -> link.collection(collection).updateMany(which, change, options));
    }

    private void requireKeepable(Kind kind) {
        MongoKind.requireApart(kind);
        for (Field field : kind.fields()) {
            requireName(kind, field.name());
        }
        kind.indexes().forEach(index -> requireIndexable(kind, index));
    }

    private void requireName(Kind kind, String field) {
        if (!MongoExpressions.isPlain(field)) {
            throw Problem.FEATURE_MISSING
                    .because(
                            "kind %s has a field %s, which the server would take for a path or a place in a list",
                            kind.name(), Report.quote(field))
                    .store(link.info())
                    .hint("give it a name without dots, that is no number and starts with no dollar")
                    .fault();
        }
    }

    /** An index of lists is one of their elements. */
    private void requireIndexable(Kind kind, Index index) {
        long lists = index.fields().stream()
                .filter(field -> kind.typeAt(Path.of(field)) instanceof Type.Sequence)
                .count();
        if (lists > 1 || (lists == 1 && index.unique())) {
            throw Problem.FEATURE_MISSING
                    .because(
                            "the index %s of kind %s is %s, and the server indexes a list by its elements",
                            index.name(), kind.name(), lists > 1 ? "of two lists" : "unique over a list")
                    .store(link.info())
                    .hint("index one list alone, and not uniquely")
                    .fault();
        }
    }

    /** The kind of a name, whoever made it. */
    private Kind kind(String name) {
        requireThere(name);
        Kind recorded = catalog.find(name);
        return recorded == null ? new MongoInference(link, name, true).kind() : recorded;
    }

    private void requireThere(String kind) {
        Map<String, Boolean> there = catalog.collections();
        TreeSet<String> names = new TreeSet<>(there.keySet());
        names.addAll(catalog.recorded().keySet());
        if (!names.contains(kind)) {
            throw Misnamed.noKind(kind, names, link.info()).fault();
        }
        if (!there.getOrDefault(kind, true)) {
            throw Problem.FEATURE_MISSING
                    .because("%s is a view, which is not altered here", Report.quote(kind))
                    .store(link.info())
                    .hint("alter it by the driver: unwrap(MongoDatabase.class)")
                    .fault();
        }
    }

    private static Kind changed(Kind kind, UnaryOperator<Kind.Builder> change) {
        return change.apply(kind.toBuilder()).build();
    }

    /** What has no record is told by its documents, and needs none. */
    private void saved(Kind before, Kind after) {
        if (catalog.find(before.name()) != null) {
            revalidate(after); // first, so that it can be gone on with
            catalog.save(after);
        }
    }

    private void rename(Alteration.RenameKind rename) {
        Kind kind = kind(rename.kind());
        if (catalog.collections().containsKey(rename.newName())) {
            throw Misnamed.kindTaken(rename.newName(), link.info()).fault();
        }
        link.tell(() -> link.collection(rename.kind())
                .renameCollection(new MongoNamespace(link.database().getName(), rename.newName())));
        if (catalog.find(rename.kind()) != null) {
            catalog.save(Renaming.kind(kind, rename.newName()));
            catalog.remove(rename.kind());
            sequences.rename(rename.kind(), rename.newName());
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
        requireName(kind, field.name());
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

    private void dropField(Alteration.DropField drop) {
        Kind kind = requireField(drop.kind(), drop.field());
        Kind after = changed(kind, builder -> builder.replace(drop.field(), null));
        updateAll(drop.kind(), Filters.exists(drop.field()), Updates.unset(drop.field()));
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
        requireName(kind, rename.newName());
        Kind after = Renaming.field(kind, rename.field(), rename.newName());
        if (!kind.id().contains(rename.field())) {
            updateAll(rename.kind(), Filters.exists(rename.field()), Updates.rename(rename.field(), rename.newName()));
            Set<String> old = new LinkedHashSet<>();
            kind.indexes().stream()
                    .filter(index -> index.fields().contains(rename.field()))
                    .forEach(index -> old.add(index.name()));
            kind.expiry().filter(rename.field()::equals).ifPresent(field -> old.add(EXPIRY));
            old.forEach(name -> link.tell(() -> link.collection(rename.kind()).dropIndex(name)));
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
        MongoKind kept = MongoKind.of(kind, kind, true, link::clock);
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
