package dev.keepsake.mongo;

import dev.keepsake.store.Explanation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/** What {@code explain} answers, read: the stages of the winning plan, of {@code find} and of pipelines alike. Stateless. */
final class MongoPlans {
    private MongoPlans() {}

    static Explanation read(BsonDocument answer) {
        List<String> lines = new ArrayList<>();
        Set<String> indexes = new LinkedHashSet<>();
        walk(answer, 0, lines, indexes);
        boolean isSorted = lines.stream().anyMatch(line -> line.strip().equals("SORT"));
        return new Explanation(String.join("\n", lines), List.copyOf(indexes), isSorted);
    }

    private static void walk(BsonDocument document, int depth, List<String> lines, Set<String> indexes) {
        int deeper = depth;
        BsonValue stage = document.get("stage");
        if (stage != null && stage.isString()) {
            BsonValue index = document.get("indexName");
            String name = index != null && index.isString() ? index.asString().getValue() : "";
            if (name.isEmpty() && stage.asString().getValue().equals("IDHACK")) {
                name = "_id_";
            }
            lines.add(("  ".repeat(depth) + stage.asString().getValue() + " " + name).stripTrailing());
            if (!name.isEmpty()) {
                indexes.add(name);
            }
            deeper++;
        }
        if (document.containsKey("$sort")) {
            lines.add("  ".repeat(depth) + "SORT");
        }
        for (var member : document.entrySet()) {
            boolean isOther =
                    member.getKey().equals("rejectedPlans") || member.getKey().equals("command");
            if (isOther) {
                continue;
            }
            if (member.getValue().isDocument()) {
                walk(member.getValue().asDocument(), deeper, lines, indexes);
            } else if (member.getValue().isArray()) {
                for (BsonValue each : member.getValue().asArray()) {
                    if (each.isDocument()) {
                        walk(each.asDocument(), deeper, lines, indexes);
                    }
                }
            }
        }
    }
}
