package dev.keepsake.schema;

import dev.keepsake.fault.Problem;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A kind as plain values, to be kept in a store that does not describe itself: what {@link #of} makes, {@link #read} reads. What is
 * not there in an older record is as its absence says. Stateless.
 */
public final class KindRecord {
    private KindRecord() {}

    /** The kind as a map of texts, numbers, truths, lists and maps. */
    public static Map<String, @Nullable Object> of(Kind kind) {
        Map<String, @Nullable Object> record = new LinkedHashMap<>();
        record.put("name", kind.name());
        record.put(
                "fields",
                kind.fields().stream()
                        .map(field -> Map.<String, Object>of(
                                "name", field.name(),
                                "type", field.type().toString(),
                                "required", field.required()))
                        .toList());
        record.put("id", kind.id());
        record.put("generation", word(kind.generation()));
        kind.version().ifPresent(field -> record.put("version", field));
        kind.expiry().ifPresent(field -> record.put("expiry", field));
        kind.shard().ifPresent(part -> record.put("shard", part));
        record.put(
                "indexes",
                kind.indexes().stream()
                        .map(index -> Map.<String, Object>of(
                                "name", index.name(),
                                "parts",
                                        index.parts().stream()
                                                .map(Index.Part::toString)
                                                .toList(),
                                "unique", index.unique()))
                        .toList());
        record.put(
                "references",
                kind.references().stream()
                        .map(reference -> Map.<String, Object>of(
                                "name", reference.name(),
                                "fields", reference.fields(),
                                "kind", reference.kind(),
                                "targets", reference.targets(),
                                "on_delete", word(reference.onDelete())))
                        .toList());
        record.put(
                "checks",
                kind.checks().stream()
                        .filter(check -> !check.foreign())
                        .map(check -> Map.<String, Object>of("name", check.name(), "text", check.text()))
                        .toList());
        return record;
    }

    private static String word(Enum<?> answer) {
        return answer.name().toLowerCase(Locale.ROOT);
    }

    /**
     * The kind that a record holds.
     *
     * @throws dev.keepsake.fault.Corrupt {@code state-undecodable} where it is none
     */
    public static Kind read(Map<?, ?> record) {
        try {
            Kind.Builder kind = Kind.named(text(record, "name"));
            for (Map<?, ?> field : maps(record, "fields")) {
                Type type = Type.parse(text(field, "type"));
                boolean required = Boolean.TRUE.equals(field.get("required"));
                kind.field(new Field(text(field, "name"), type, required, null, null));
            }
            kind.id(texts(record, "id").toArray(String[]::new));
            kind.generated(Generation.valueOf(text(record, "generation").toUpperCase(Locale.ROOT)));
            if (record.get("version") instanceof String field) {
                kind.version(field);
            }
            if (record.get("expiry") instanceof String field) {
                kind.expires(field);
            }
            if (record.get("shard") instanceof String part) {
                kind.shard(part);
            }
            for (Map<?, ?> index : maps(record, "indexes")) {
                String[] parts = texts(index, "parts").toArray(String[]::new);
                String name = text(index, "name");
                kind.index(
                        Boolean.TRUE.equals(index.get("unique")) ? Index.unique(name, parts) : Index.of(name, parts));
            }
            for (Map<?, ?> reference : maps(record, "references")) {
                kind.reference(new Reference(
                        text(reference, "name"),
                        texts(reference, "fields"),
                        text(reference, "kind"),
                        texts(reference, "targets"),
                        Reference.OnDelete.valueOf(text(reference, "on_delete").toUpperCase(Locale.ROOT))));
            }
            for (Map<?, ?> check : maps(record, "checks")) {
                kind.check(text(check, "name"), text(check, "text"));
            }
            return kind.build();
        } catch (IllegalArgumentException | ClassCastException e) {
            throw Problem.STATE_UNDECODABLE
                    .because("the record of kind " + record.get("name") + " is no kind: " + e.getMessage())
                    .cause(e)
                    .fault();
        }
    }

    private static String text(Map<?, ?> record, String name) {
        if (record.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(name + " is no text");
    }

    private static List<String> texts(Map<?, ?> record, String name) {
        return list(record, name).stream().map(String.class::cast).toList();
    }

    private static List<Map<?, ?>> maps(Map<?, ?> record, String name) {
        List<Map<?, ?>> maps = new ArrayList<>();
        for (Object each : list(record, name)) {
            if (!(each instanceof Map<?, ?> map)) {
                throw new IllegalArgumentException(name + " holds what is no map");
            }
            maps.add(map);
        }
        return maps;
    }

    private static List<?> list(Map<?, ?> record, String name) {
        return record.get(name) instanceof List<?> list ? list : List.of();
    }
}
