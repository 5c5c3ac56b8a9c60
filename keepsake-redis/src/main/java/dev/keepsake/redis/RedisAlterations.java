package dev.keepsake.redis;

import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.fault.Violation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import dev.keepsake.value.Values;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
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
            throw Problem.REQUEST_INVALID
                    .because("kind %s is already there", kind.name())
                    .store(store.info())
                    .fault();
        }
    }

    /** Objects first, so that what is interrupted can be done again. */
    private void drop(String name) {
        RedisKind kind = known(name);
        inBatches(kind.kind(), states -> {
            List<Changeset.Entry> entries = new ArrayList<>();
            for (State state : states) {
                entries.add(new Changeset.DeleteWhere(
                        kind.kind(), Selection.identity(kind.kind(), kind.kind().requireIdOf(state))));
            }
            new RedisCommit(store, new Changeset(entries)).write();
        });
        if (!catalog.replace(kind, null)) {
            throw RedisErrors.busySchema(name);
        }
        RedisKeys keys = catalog.keys();
        List<String> books = new ArrayList<>(List.of(
                keys.ids(kind.kind()),
                keys.entries(kind.kind()),
                keys.expiry(kind.kind()),
                keys.sequence(kind.kind())));
        kind.kind().indexes().forEach(index -> books.add(keys.index(kind.kind(), index.name())));
        store.link().delete(books);
        // what was added in between by those who did not know yet
        store.link().scan(kind.tag(), RedisKeys.startingWith(keys.objects(kind.kind())), left -> {
            if (!left.isEmpty() && !catalog.load().containsKey(name)) {
                store.link().delete(left.stream().map(RedisKeys::text).toList());
            }
        });
    }

    private void addField(String name, Field field) {
        Kind before = known(name).kind();
        if (field.required() && size(before) > 0) {
            throw Problem.REQUIRED_VIOLATION
                    .because("%s of kind %s must not be null, and there are objects without it", field.name(), name)
                    .store(store.info())
                    .fact("kind", name)
                    .fact("rule", field.name())
                    .fault();
        }
        change(name, kind -> kind.toBuilder().field(field).build());
        // objects that had it as a further field keep it in the text of its type
        inBatches(before, states -> {
            List<Changeset.Entry> entries = new ArrayList<>();
            for (State state : states) {
                if (state.extra().containsKey(field.name())) {
                    Object value = Values.fit(state.extra().get(field.name()), field.type(), Path.of(field.name()));
                    State whole = state.with(field.name(), value);
                    entries.add(new Changeset.Update(before, whole, List.of(field.name()), Guard.EXISTS));
                }
            }
            new RedisCommit(store, new Changeset(entries)).write();
        });
    }

    private void dropField(String name, String field) {
        requireField(known(name).kind(), field);
        Kind before = change(name, kind -> kind.toBuilder().replace(field, null).build());
        inBatches(before, states -> {
            List<Changeset.Entry> entries = new ArrayList<>();
            for (State state : states) {
                State without = state.with(field, State.ABSENT);
                entries.add(new Changeset.Update(before, without, List.of(field), Guard.EXISTS));
            }
            new RedisCommit(store, new Changeset(entries)).write();
        });
    }

    private void addIndex(String name, Index index) {
        RedisKind before = known(name);
        Kind after = before.kind().toBuilder().index(index).build();
        replace(before, after, with(before.building(), index.name()));
        try {
            build(after, index);
        } catch (Violation e) {
            dropIndex(name, index.name());
            throw e;
        }
        RedisKind built = known(name);
        Set<String> others = new HashSet<>(built.building());
        others.remove(index.name());
        replace(built, built.kind(), others);
    }

    private static Set<String> with(Set<String> names, String name) {
        Set<String> more = new HashSet<>(names);
        more.add(name);
        return more;
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
        Kind known = known(name).kind();
        if (known.indexes().stream().noneMatch(each -> each.name().equals(index))) {
            throw Problem.REQUEST_INVALID
                    .because("kind %s has no index %s", name, index)
                    .store(store.info())
                    .near(index, known.indexes().stream().map(Index::name).toList())
                    .fault();
        }
        change(name, kind -> {
            Kind.Builder builder = kind.toBuilder();
            builder.removeIndex(index);
            return builder.build();
        });
        store.link().delete(List.of(catalog.keys().index(known, index)));
    }

    // ---- the record

    private RedisKind known(String name) {
        RedisKind kind = catalog.load().get(name);
        if (kind == null) {
            throw Problem.UNKNOWN_KIND
                    .because("there is no kind %s", Report.quote(name))
                    .store(store.info())
                    .near(name, catalog.load().keySet())
                    .fault();
        }
        return kind;
    }

    private void requireField(Kind kind, String field) {
        if (kind.field(field).isEmpty()) {
            throw Problem.UNKNOWN_FIELD
                    .because("kind %s has no field %s", kind.name(), field)
                    .store(store.info())
                    .near(field, kind.fields().stream().map(Field::name).toList())
                    .fault();
        }
    }

    /** Changes the record, and gives the kind as it was before. */
    private Kind change(String name, UnaryOperator<Kind> change) {
        RedisKind before = known(name);
        replace(before, change.apply(before.kind()), before.building());
        return before.kind();
    }

    private void replace(RedisKind before, Kind after, Set<String> building) {
        if (!catalog.replace(before, RedisKind.of(after, "", building, catalog.keys()))) {
            throw RedisErrors.busySchema(after.name());
        }
    }

    // ---- objects

    private long size(Kind kind) {
        Long size = store.with(kind, known -> new RedisReading(store, Selection.of(kind), known).count());
        return size == null ? 0 : size;
    }

    /** Does something with all objects, some at a time, in the order of their ids; a bag's are left as they are. */
    private void inBatches(Kind kind, Consumer<List<State>> work) {
        if (kind.isBag()) {
            return;
        }
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
