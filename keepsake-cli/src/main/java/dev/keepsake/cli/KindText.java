package dev.keepsake.cli;

import dev.keepsake.schema.Check;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A kind told to people and to programs. Stateless. */
final class KindText {
    private KindText() {}

    /** The rules of a kind as text, several of a name: {@code id}, {@code version}, {@code index} and so on. */
    static Map<String, List<String>> rules(Kind kind) {
        Map<String, List<String>> rules = new LinkedHashMap<>();
        String generated = kind.generation() == Generation.GIVEN ? "" : ", generated: " + lower(kind.generation());
        rules.put("key", List.of(kind.isBag() ? "none: a bag of objects" : String.join(", ", kind.id()) + generated));
        rules.put("version", kind.version().stream().toList());
        rules.put("expires by", kind.expiry().stream().toList());
        rules.put("shard", kind.shard().stream().toList());
        rules.put("index", kind.indexes().stream().map(Index::toString).toList());
        rules.put(
                "reference", kind.references().stream().map(Reference::toString).toList());
        rules.put("check", kind.checks().stream().map(Check::toString).toList());
        rules.put("not kept", kind.unkept());
        return rules;
    }

    /** The whole kind as a JSON object. */
    static Map<String, @Nullable Object> json(Kind kind, long count) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("kind", kind.name());
        json.put("count", count);
        json.put("view", !kind.writable());
        json.put("bag", kind.isBag());
        json.put("id", kind.id());
        json.put("generation", lower(kind.generation()));
        json.put("version", kind.version().orElse(null));
        json.put("expiry", kind.expiry().orElse(null));
        json.put("shard", kind.shard().orElse(null));
        json.put("fields", kind.fields().stream().map(KindText::json).toList());
        json.put("indexes", kind.indexes().stream().map(KindText::json).toList());
        json.put("references", kind.references().stream().map(KindText::json).toList());
        json.put("checks", kind.checks().stream().map(KindText::json).toList());
        json.put("unkept", kind.unkept());
        return json;
    }

    private static Map<String, @Nullable Object> json(Field field) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", field.name());
        json.put("type", field.type().toString());
        json.put("native", field.nativeType());
        json.put("required", field.required());
        json.put("collation", field.collation());
        return json;
    }

    private static Map<String, @Nullable Object> json(Index index) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", index.name());
        json.put("fields", index.parts().stream().map(Index.Part::toString).toList());
        json.put("unique", index.unique());
        json.put("where", index.nativeCondition());
        return json;
    }

    private static Map<String, @Nullable Object> json(Reference reference) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", reference.name());
        json.put("fields", reference.fields());
        json.put("kind", reference.kind());
        json.put("targets", reference.targets());
        json.put("on_delete", lower(reference.onDelete()));
        return json;
    }

    private static Map<String, @Nullable Object> json(Check check) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", check.name());
        json.put("condition", check.text());
        json.put("native", check.foreign());
        return json;
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
