package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Misnamed;
import dev.keepsake.state.State;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Changes of schema in memory: tables in, tables out. */
final class MemoryAlterations {
    private final Map<String, MemoryTable> tables;
    private final Features features;

    private MemoryAlterations(Map<String, MemoryTable> tables, Features features) {
        this.tables = tables;
        this.features = features;
    }

    static Map<String, MemoryTable> applied(
            Map<String, MemoryTable> before, List<Alteration> steps, Features features) {
        MemoryAlterations alterations = new MemoryAlterations(new LinkedHashMap<>(before), features);
        steps.forEach(alterations::apply);
        return alterations.tables;
    }

    private void apply(Alteration step) {
        switch (step) {
            case Alteration.CreateKind create -> create(create.kind());
            case Alteration.DropKind drop -> drop(drop.kind());
            case Alteration.RenameKind rename -> renameKind(rename);
            case Alteration.AddField add -> rebuild(add.kind(), kind -> kind.field(add.field()));
            case Alteration.DropField drop -> {
                requireField(drop.kind(), drop.field());
                rebuild(drop.kind(), kind -> kind.replace(drop.field(), null));
                forget(drop.kind(), drop.field());
            }
            case Alteration.RenameField rename -> renameField(rename);
            case Alteration.AddIndex add -> rebuild(add.kind(), kind -> kind.index(add.index()));
            case Alteration.DropIndex drop -> dropIndex(drop);
        }
    }

    private void create(Kind kind) {
        if (tables.containsKey(kind.name())) {
            throw Misnamed.kindTaken(kind.name(), null).fault();
        }
        tables.put(kind.name(), new MemoryTable(kind, features));
    }

    private void drop(String kind) {
        table(kind);
        boolean enforced = features.references() == Features.Enforcement.ENFORCED;
        for (MemoryTable other : tables.values()) {
            boolean refers =
                    other.kind().references().stream().anyMatch(r -> r.kind().equals(kind));
            if (enforced
                    && refers
                    && !other.kind().name().equals(kind)
                    && !other.states().isEmpty()) {
                throw Problem.REFERENCE_VIOLATION
                        .because(
                                "kind %s cannot be dropped, kind %s refers to it",
                                kind, other.kind().name())
                        .fact("kind", kind)
                        .fault();
            }
        }
        tables.remove(kind);
    }

    private MemoryTable table(String kind) {
        MemoryTable table = tables.get(kind);
        if (table == null) {
            throw Misnamed.noKind(kind, tables.keySet(), null).fault();
        }
        return table;
    }

    private void requireField(String kind, String field) {
        Kind known = table(kind).kind();
        if (known.field(field).isEmpty()) {
            throw Misnamed.noField(known, field, null).fault();
        }
    }

    private void rebuild(String kind, UnaryOperator<Kind.Builder> change) {
        MemoryTable before = table(kind);
        tables.put(
                kind,
                MemoryTable.copy(before, change.apply(before.kind().toBuilder()).build()));
    }

    /** A dropped field does not live on as an extra one. */
    private void forget(String kind, String field) {
        MemoryTable table = table(kind);
        for (Object id : List.copyOf(table.ids())) {
            table.place(id, Objects.requireNonNull(table.get(id)).with(field, State.ABSENT));
        }
    }

    private void renameKind(Alteration.RenameKind rename) {
        MemoryTable before = table(rename.kind());
        if (tables.containsKey(rename.newName())) {
            throw Misnamed.kindTaken(rename.newName(), null).fault();
        }
        tables.remove(rename.kind());
        tables.put(rename.newName(), MemoryTable.copy(before, Renaming.kind(before.kind(), rename.newName())));
        referringTo(rename.kind(), other -> Renaming.referring(other, rename.kind(), rename.newName()));
    }

    private void referringTo(String kind, UnaryOperator<Kind> change) {
        for (MemoryTable table : List.copyOf(tables.values())) {
            boolean refers = table.kind().references().stream()
                    .anyMatch(reference -> reference.kind().equals(kind));
            if (refers) {
                tables.put(table.kind().name(), MemoryTable.copy(table, change.apply(table.kind())));
            }
        }
    }

    private void renameField(Alteration.RenameField rename) {
        MemoryTable before = table(rename.kind());
        requireField(rename.kind(), rename.field());
        Kind kind = Renaming.field(before.kind(), rename.field(), rename.newName());
        MemoryTable after = new MemoryTable(kind, features);
        for (Object id : before.ids()) {
            State state = Objects.requireNonNull(before.get(id));
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            state.toMap()
                    .forEach((name, value) -> values.put(name.equals(rename.field()) ? rename.newName() : name, value));
            State moved = kind.state(values);
            Object newId = kind.isBag() ? id : kind.idOf(moved);
            after.place(newId == null ? id : newId, moved);
        }
        tables.put(rename.kind(), after);
        referringTo(
                rename.kind(),
                other -> Renaming.referringField(other, rename.kind(), rename.field(), rename.newName()));
    }

    private void dropIndex(Alteration.DropIndex drop) {
        Kind known = table(drop.kind()).kind();
        Kind.Builder builder = known.toBuilder();
        if (!builder.removeIndex(drop.index())) {
            throw Misnamed.noIndex(known, drop.index(), null).fault();
        }
        tables.put(drop.kind(), MemoryTable.copy(table(drop.kind()), builder.build()));
    }
}
