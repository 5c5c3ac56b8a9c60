package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Condition;
import dev.keepsake.schema.Check;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Misnamed;
import dev.keepsake.schema.Reference;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import java.util.ArrayList;
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
        tables.put(
                rename.newName(),
                MemoryTable.copy(
                        before, before.kind().toBuilder().name(rename.newName()).build()));
        referringTo(
                rename.kind(),
                reference -> new Reference(
                        reference.name(),
                        reference.fields(),
                        rename.newName(),
                        reference.targets(),
                        reference.onDelete()));
    }

    private void referringTo(String kind, UnaryOperator<Reference> change) {
        for (MemoryTable table : List.copyOf(tables.values())) {
            List<Reference> references = table.kind().references();
            if (references.stream().anyMatch(reference -> reference.kind().equals(kind))) {
                List<Reference> changed = references.stream()
                        .map(reference -> reference.kind().equals(kind) ? change.apply(reference) : reference)
                        .toList();
                tables.put(table.kind().name(), MemoryTable.copy(table, rewritten(table.kind(), n -> n, changed)));
            }
        }
    }

    private void renameField(Alteration.RenameField rename) {
        MemoryTable before = table(rename.kind());
        requireField(rename.kind(), rename.field());
        UnaryOperator<String> renamed = name -> name.equals(rename.field()) ? rename.newName() : name;
        List<Reference> references = before.kind().references().stream()
                .map(reference -> new Reference(
                        reference.name(),
                        reference.fields().stream().map(renamed).toList(),
                        reference.kind(),
                        reference.targets(),
                        reference.onDelete()))
                .toList();
        Kind kind = rewritten(before.kind(), renamed, references);
        MemoryTable after = new MemoryTable(kind, features);
        for (Object id : before.ids()) {
            State state = Objects.requireNonNull(before.get(id));
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            state.toMap().forEach((name, value) -> values.put(renamed.apply(name), value));
            State moved = kind.state(values);
            Object newId = kind.isBag() ? id : kind.idOf(moved);
            after.place(newId == null ? id : newId, moved);
        }
        tables.put(rename.kind(), after);
        referringTo(
                rename.kind(),
                reference -> new Reference(
                        reference.name(),
                        reference.fields(),
                        reference.kind(),
                        reference.targets().stream().map(renamed).toList(),
                        reference.onDelete()));
    }

    private static Kind rewritten(Kind kind, UnaryOperator<String> names, List<Reference> references) {
        Kind.Builder builder = Kind.named(kind.name());
        kind.fields()
                .forEach(field -> builder.field(new Field(
                        names.apply(field.name()),
                        field.type(),
                        field.required(),
                        field.nativeType(),
                        field.collation())));
        builder.id(kind.id().stream().map(names).toArray(String[]::new)).generated(kind.generation());
        kind.version().ifPresent(version -> builder.version(names.apply(version)));
        kind.expiry().ifPresent(expiry -> builder.expires(names.apply(expiry)));
        kind.shard().ifPresent(builder::shard);
        for (Index index : kind.indexes()) {
            List<Index.Part> parts = new ArrayList<>();
            index.parts().forEach(part -> parts.add(new Index.Part(names.apply(part.field()), part.descending())));
            builder.index(new Index(index.name(), parts, index.unique(), index.nativeCondition()));
        }
        references.forEach(builder::reference);
        kind.checks().forEach(check -> builder.check(renamed(check, kind, names)));
        return builder.build();
    }

    private static Check renamed(Check check, Kind kind, UnaryOperator<String> names) {
        if (check.foreign()) {
            return check;
        }
        Condition moved = Condition.parse(check.text(), kind).moved(path -> {
            List<String> steps = new ArrayList<>(path.steps());
            steps.set(0, names.apply(path.field()));
            return new Path(steps);
        });
        return new Check(check.name(), moved.toString(), false);
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
