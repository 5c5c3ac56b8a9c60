package dev.keepsake.store;

import dev.keepsake.query.Condition;
import dev.keepsake.schema.Check;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import dev.keepsake.value.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Kinds as they are after a rename, for stores that keep them as records. Stateless. */
public final class Renaming {
    private Renaming() {}

    /** The kind under another name, its references to itself too. */
    public static Kind kind(Kind kind, String newName) {
        return referring(kind.toBuilder().name(newName).build(), kind.name(), newName);
    }

    /** A kind that refers to one which has another name now. */
    public static Kind referring(Kind kind, String target, String newName) {
        return rewritten(
                kind,
                UnaryOperator.identity(),
                reference -> reference.kind().equals(target)
                        ? changed(reference, reference.fields(), newName, reference.targets())
                        : reference);
    }

    /** The kind with another name of a field, in its id, indexes, checks and references too. */
    public static Kind field(Kind kind, String field, String newName) {
        UnaryOperator<String> renamed = renamed(field, newName);
        Kind own = rewritten(
                kind,
                renamed,
                reference ->
                        changed(reference, names(reference.fields(), renamed), reference.kind(), reference.targets()));
        return referringField(own, kind.name(), field, newName);
    }

    /** A kind that refers to a field of one which has another name now. */
    public static Kind referringField(Kind kind, String target, String field, String newName) {
        return rewritten(
                kind,
                UnaryOperator.identity(),
                reference -> reference.kind().equals(target)
                        ? changed(
                                reference,
                                reference.fields(),
                                target,
                                names(reference.targets(), renamed(field, newName)))
                        : reference);
    }

    private static UnaryOperator<String> renamed(String field, String newName) {
        return name -> name.equals(field) ? newName : name;
    }

    private static List<String> names(List<String> names, UnaryOperator<String> renamed) {
        return names.stream().map(renamed).toList();
    }

    private static Reference changed(Reference reference, List<String> fields, String kind, List<String> targets) {
        return new Reference(reference.name(), fields, kind, targets, reference.onDelete());
    }

    private static Kind rewritten(Kind kind, UnaryOperator<String> names, UnaryOperator<Reference> references) {
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
        kind.references().forEach(reference -> builder.reference(references.apply(reference)));
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
}
