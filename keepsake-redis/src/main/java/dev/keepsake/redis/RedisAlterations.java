package dev.keepsake.redis;

import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Misnamed;
import dev.keepsake.state.State;
import dev.keepsake.store.Lacking;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes of schema. Each happens at once: the record of the kind is changed, and what follows from that for its objects is done batch
 * by batch, beside those who write. An index answers nothing before it has all objects.
 */
final class RedisAlterations {
    private static final int BATCH = 200;

    private final RedisStore store;
    private final RedisCatalog catalog;

    RedisAlterations(RedisStore store) {
        this.store = store;
        this.catalog = store.catalog();
    }

    void apply(Alteration step) {
        switch (step) {
            case Alteration.CreateKind create -> create(create.kind());
            case Alteration.DropKind drop -> drop(drop.kind());
            case Alteration.AddField add -> addField(add.kind(), add.field());
            case Alteration.DropField drop -> dropField(drop.kind(), drop.field());
            case Alteration.AddIndex add -> addIndex(add.kind(), add.index());
            case Alteration.DropIndex drop -> dropIndex(drop.kind(), drop.index());
            case Alteration.RenameKind rename -> throw denied(rename);
            case Alteration.RenameField rename -> throw denied(rename);
        }
    }

    private static IllegalStateException denied(Alteration rename) {
        return new IllegalStateException("Features deny it: " + rename);
    }

    private void create(Kind kind) {
        boolean isNew = !catalog.load().containsKey(kind.name())
                && catalog.replace(null, RedisKind.of(kind, "", Set.of(), catalog.keys()));
        if (!isNew) {
            throw Misnamed.kindTaken(kind.name(), store.info()).fault();
        }
    }

    /**
     * First nobody may write to it any more, then its objects go, at last the record and all books at once. What is interrupted is gone
     * on with when it is done again.
     */
    private void drop(String name) {
        RedisKind known = known(name);
        if (!known.isGoing()) {
            replace(known, known.going());
        }
        RedisKind kind = known(name);
        RedisKeys keys = catalog.keys();
        eachKey(kind, objects -> store.link().delete(objects));
        List<String> books = new ArrayList<>(List.of(
                keys.ids(kind.kind()),
                keys.entries(kind.kind()),
                keys.expiry(kind.kind()),
                keys.sequence(kind.kind())));
        kind.kind().indexes().forEach(index -> books.add(keys.index(kind.kind(), index.name())));
        replace(kind, null, books.toArray(String[]::new));
    }

    /**
     * What objects have as a further field of that name becomes the field. Most values are kept alike in both; texts that look like JSON
     * are written anew.
     */
    private void addField(String name, Field field) {
        RedisKind kind = known(name);
        if (field.required() && size(kind.kind()) > 0) {
            throw Lacking.valueOfSome(kind.kind(), field).store(store.info()).fault();
        }
        Kind after = kind.kind().toBuilder().field(field).build();
        eachKey(
                kind,
                objects -> objects.forEach(object ->
                        store.link().field(object, field.name()).ifPresent(text -> convert(object, field, text))));
        replace(kind, RedisKind.of(after, "", kind.building(), catalog.keys()));
    }

    private void convert(String object, Field field, String text) {
        Object value = text.equals("\0") ? null : RedisStates.ofFurther(text);
        if (value == null) {
            return;
        }
        Object fitted = Values.fit(value, field.type(), Path.of(field.name()));
        if (field.type() instanceof Type.Text && !text.equals(fitted)) {
            store.link().setField(object, field.name(), String.valueOf(fitted));
        }
    }

    private void dropField(String name, String field) {
        RedisKind kind = known(name);
        requireField(kind.kind(), field);
        Kind after = kind.kind().toBuilder().replace(field, null).build();
        replace(kind, RedisKind.of(after, "", kind.building(), catalog.keys()));
        eachKey(kind, objects -> objects.forEach(object -> store.link().removeField(object, field)));
    }

    /** One that was begun and interrupted is gone on with. */
    private void addIndex(String name, Index index) {
        RedisKind before = known(name);
        Kind kind = before.kind();
        boolean isBegun =
                before.building().contains(index.name()) && kind.indexes().contains(index);
        if (kind.isBag() && size(kind) > 0) {
            throw Problem.REQUEST_INVALID
                    .because("kind %s has no id and has objects already, which an index cannot be built of", name)
                    .store(store.info())
                    .hint("make the index with the kind, or export, drop and import it")
                    .fault();
        }
        if (!isBegun) {
            kind = kind.toBuilder().index(index).build();
            Set<String> building = new HashSet<>(before.building());
            building.add(index.name());
            replace(before, RedisKind.of(kind, "", building, catalog.keys()));
        }
        try {
            build(kind, index);
        } catch (RuntimeException e) {
            giveUp(name, index, e);
            throw e;
        }
        complete(known(name), Set.of(index.name()));
    }

    private void giveUp(String name, Index index, RuntimeException reason) {
        try {
            dropIndex(name, index.name());
        } catch (RuntimeException e) {
            reason.addSuppressed(e); // it stays as begun: adding it again, or repair, goes on with it
        }
    }

    /** Indexes that have all objects now. */
    void complete(RedisKind kind, Set<String> indexes) {
        Set<String> others = new HashSet<>(kind.building());
        others.removeAll(indexes);
        replace(kind, RedisKind.of(kind.kind(), "", others, catalog.keys()));
    }

    /** Gives the index the objects that were there before it; those that change meanwhile are read anew. */
    private void build(Kind kind, Index index) {
        Set<String> fields = new LinkedHashSet<>(index.fields());
        inBatches(kind, states -> {
            List<State> left = states;
            while (!left.isEmpty()) {
                try {
                    RedisCommit.reindex(store, kind, left, fields);
                    return;
                } catch (Conflict e) {
                    left = again(kind, left);
                }
            }
        });
    }

    private List<State> again(Kind kind, List<State> states) {
        List<Object> ids = states.stream().<Object>map(kind::requireIdOf).toList();
        return new RedisTransaction(store).find(Selection.byIds(kind, ids)).list();
    }

    private void dropIndex(String name, String index) {
        RedisKind before = known(name);
        Kind.Builder builder = before.kind().toBuilder();
        if (!builder.removeIndex(index)) {
            throw Misnamed.noIndex(before.kind(), index, store.info()).fault();
        }
        Set<String> building = new HashSet<>(before.building());
        building.remove(index);
        RedisKind after = RedisKind.of(builder.build(), "", building, catalog.keys());
        replace(before, after, catalog.keys().index(before.kind(), index));
    }

    // ---- the record

    private RedisKind known(String name) {
        Map<String, RedisKind> kinds = catalog.load();
        RedisKind kind = kinds.get(name);
        if (kind == null) {
            throw Misnamed.noKind(name, kinds.keySet(), store.info()).fault();
        }
        return kind;
    }

    private void requireField(Kind kind, String field) {
        if (kind.field(field).isEmpty()) {
            throw Misnamed.noField(kind, field, store.info()).fault();
        }
    }

    private void replace(RedisKind before, @Nullable RedisKind after, String... books) {
        if (!catalog.replace(before, after, books)) {
            throw RedisErrors.changedSchema(before.kind().name());
        }
    }

    // ---- objects

    private long size(Kind kind) {
        Long size = store.with(kind, known -> new RedisReading(store, Selection.of(kind), known).count());
        return size == null ? 0 : size;
    }

    /** Does something with the keys of all objects, some at a time. */
    private void eachKey(RedisKind kind, Consumer<List<String>> work) {
        store.link()
                .scan(
                        kind.tag(),
                        RedisKeys.startingWith(catalog.keys().objects(kind.kind())),
                        found -> work.accept(found.stream().map(RedisKeys::text).toList()));
    }

    /** Does something with all objects, some at a time, in the order of their ids. */
    private void inBatches(Kind kind, Consumer<List<State>> work) {
        State last = null;
        while (true) {
            List<State> batch =
                    new RedisTransaction(store).find(page(kind, last)).list();
            if (batch.isEmpty()) {
                return;
            }
            work.accept(batch);
            last = batch.getLast();
        }
    }

    private static Selection page(Kind kind, @Nullable State last) {
        Selection all = Selection.of(kind)
                .orderBy(kind.id().stream()
                        .map(part -> new Order(Path.of(part), false))
                        .toList())
                .limit(BATCH);
        return last == null ? all : all.after(last);
    }
}
