package dev.keepsake.mongo;

import static dev.keepsake.mongo.Bson.array;
import static dev.keepsake.mongo.Bson.doc;
import static dev.keepsake.mongo.Bson.expr;
import static dev.keepsake.mongo.Bson.number;
import static dev.keepsake.mongo.Bson.op;
import static dev.keepsake.mongo.Bson.text;

import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Order;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Source;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Link;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * Selections, rows and figures as pipelines. What is asked of other objects is looked up before the stage that asks; fields that are
 * made on the way begin with an {@code @}. One for each request, for one thread.
 */
final class MongoQueries {
    private final Function<Kind, MongoKind> kinds;
    private final List<BsonDocument> stages = new ArrayList<>();
    private final List<String> made = new ArrayList<>();

    MongoQueries(Function<Kind, MongoKind> kinds) {
        this.kinds = kinds;
    }

    // ---- objects

    /** Whether a selection is a plain find: its order is one of fields, and it asks nobody else. */
    static boolean isFind(Selection selection) {
        return !selection.crosses()
                && selection.order().stream()
                        .noneMatch(
                                key -> selection.kind().typeAt(key.path()) instanceof Type.Any || isBehindUnnamed(key));
    }

    private static boolean isBehindUnnamed(Order key) {
        return !key.path().steps().stream().allMatch(MongoExpressions::isPlain);
    }

    /** The filter of a selection, or another condition, that asks nobody else. */
    static BsonDocument filter(MongoKind kind, Condition condition) {
        return kind.filter(condition, related -> {
            throw new IllegalStateException("asks other objects: " + related);
        });
    }

    static BsonDocument sort(MongoKind kind, List<Order> order) {
        BsonDocument sort = new BsonDocument();
        order.forEach(key ->
                sort.putIfAbsent(String.join(".", kind.states().steps(key.path())), number(key.descending() ? -1 : 1)));
        return sort;
    }

    /** The fields that are read; null for all. */
    static @Nullable BsonDocument projection(MongoKind kind, Selection selection) {
        if (selection.shape().equals(selection.kind().shape())) {
            return null;
        }
        BsonDocument projection = new BsonDocument();
        selection.shape().slots().forEach(slot -> {
            String field = kind.states().steps(slot.name()).getFirst();
            projection.append(field, number(1));
        });
        if (!projection.containsKey(MongoStates.ID)) {
            projection.append(MongoStates.ID, number(0));
        }
        return projection;
    }

    List<BsonDocument> selection(Selection selection) {
        MongoKind kind = kinds.apply(selection.kind());
        match(kind, selection.condition());
        sort(selection.order(), key -> orderOf(kind, selection, key));
        cut(selection.offset(), selection.limit());
        BsonDocument projection = projection(kind, selection);
        if (projection != null) {
            stages.add(doc("$project", projection));
        } else if (!made.isEmpty()) {
            stages.add(doc("$unset", array(made.stream().map(Bson::text).toList())));
        }
        return stages;
    }

    private void match(MongoKind kind, Condition condition) {
        BsonDocument filter = kind.filter(condition, related -> asked(kind, related));
        if (!filter.isEmpty()) {
            stages.add(doc("$match", filter));
        }
    }

    /** Whether one of those behind a link satisfies a condition: they are looked up, and the filter asks whether there is any. */
    private BsonDocument asked(MongoKind kind, Condition.Related related) {
        Link link = Objects.requireNonNull(related.link());
        MongoKind target = kinds.apply(link.target());
        MongoQueries inner = new MongoQueries(kinds);
        inner.match(target, related.condition());
        List<BsonDocument> pipeline = new ArrayList<>(inner.stages);
        pipeline.add(doc("$limit", number(1)));
        pipeline.add(doc("$project", doc(MongoStates.ID, number(1))));
        String name = lookup(field -> path(kind.states().steps(field)), link, target, pipeline);
        return doc(name, doc("$ne", array()));
    }

    private static BsonValue path(List<String> steps) {
        return text("$" + String.join(".", steps));
    }

    /** Looks up what a link leads to, under a made name. */
    private String lookup(Function<String, BsonValue> here, Link link, MongoKind target, List<BsonDocument> pipeline) {
        String name = "@" + made.size();
        made.add(name);
        stages.add(lookup(here, link, target, pipeline, name));
        return name;
    }

    private static BsonDocument lookup(
            Function<String, BsonValue> here, Link link, MongoKind target, List<BsonDocument> pipeline, String name) {
        BsonDocument variables = new BsonDocument();
        List<BsonValue> same = new ArrayList<>();
        for (int i = 0; i < link.fields().size(); i++) {
            variables.append("k" + i, here.apply(link.fields().get(i)));
            BsonValue there = path(target.states().steps(link.targets().get(i)));
            same.add(op("$gt", text("$$k" + i), BsonNull.VALUE));
            same.add(op("$eq", there, text("$$k" + i)));
        }
        List<BsonDocument> all = new ArrayList<>();
        all.add(doc("$match", expr(doc("$and", array(same)))));
        all.addAll(pipeline);
        return doc(
                "$lookup",
                new BsonDocument("from", text(target.collection()))
                        .append("let", variables)
                        .append("pipeline", array(all))
                        .append("as", text(name)));
    }

    /** Sorts by what each key is, which is computed where it is no field. */
    private void sort(List<Order> order, Function<Order, Key> keyOf) {
        if (order.isEmpty()) {
            return;
        }
        BsonDocument added = new BsonDocument();
        BsonDocument sort = new BsonDocument();
        for (Order key : order) {
            BsonValue direction = number(key.descending() ? -1 : 1);
            Key by = keyOf.apply(key);
            if (by.field() != null) {
                sort.putIfAbsent(by.field(), direction);
                continue;
            }
            BsonValue value = Objects.requireNonNull(by.value());
            if (by.isAny()) {
                sort.append(add(added, MongoExpressions.rank(value)), direction);
            }
            // within a document, so that a list is compared as a whole
            sort.append(add(added, by.isAny() ? doc("v", value) : value), direction);
        }
        if (!added.isEmpty()) {
            stages.add(doc("$addFields", added));
        }
        stages.add(doc("$sort", sort));
    }

    private String add(BsonDocument added, BsonValue value) {
        String name = "@" + made.size();
        made.add(name);
        added.append(name, value);
        return name;
    }

    /**
     * By what is sorted.
     *
     * @param field a field, where it is one
     * @param value else the value
     * @param isAny whether it is of no declared type
     */
    private record Key(@Nullable String field, @Nullable BsonValue value, boolean isAny) {}

    private Key orderOf(MongoKind kind, Selection selection, Order key) {
        List<Link> links = selection.links(key);
        if (links.isEmpty()) {
            return keyOf(selection.kind(), key.path(), kind.states().steps(key.path()));
        }
        List<BsonDocument> pipeline = List.of(doc("$limit", number(1)));
        MongoKind at = kind;
        String name = "";
        for (Link link : links) {
            MongoKind from = at;
            String before = name;
            at = kinds.apply(link.target());
            name = lookup(
                    field -> before.isEmpty()
                            ? path(from.states().steps(field))
                            : first(before, from.states().steps(field)),
                    link,
                    at,
                    pipeline);
        }
        String last = key.path().steps().getLast();
        return new Key(null, first(name, at.states().steps(last)), false);
    }

    private static Key keyOf(Kind kind, Path path, List<String> steps) {
        boolean isAny = kind.typeAt(path) instanceof Type.Any;
        return !isAny && MongoConditions.isStraight(kind, path, steps)
                ? new Key(String.join(".", steps), null, false)
                : new Key(null, MongoExpressions.valueAt(kind, path, steps), isAny);
    }

    /** What the first of looked-up documents holds. */
    private static BsonValue first(String looked, List<String> steps) {
        return doc(
                "$let",
                new BsonDocument("vars", doc("d", op("$arrayElemAt", text("$" + looked), number(0))))
                        .append("in", text("$$d." + String.join(".", steps))));
    }

    private void cut(long offset, long limit) {
        if (offset > 0) {
            stages.add(doc("$skip", new BsonInt64(offset)));
        }
        if (limit > 0) {
            stages.add(doc("$limit", new BsonInt64(limit)));
        } else if (limit == 0) {
            stages.add(doc("$match", Bson.never()));
        }
    }

    // ---- rows

    /** Where the fields of a row are, after the steps that make it. */
    private final Map<String, MongoKind> joined = new LinkedHashMap<>();

    private List<String> placeIn(MongoKind root, Path path) {
        MongoKind of = joined.get(path.field());
        if (of == null) {
            return root.states().steps(path);
        }
        List<String> steps = new ArrayList<>(List.of(path.field()));
        if (path.nested()) {
            steps.addAll(of.states().steps(new Path(path.inside())));
        }
        return steps;
    }

    private MongoKind source(Source source) {
        MongoKind root = kinds.apply(source.root());
        match(root, source.where());
        for (Source.Step step : source.steps()) {
            switch (step) {
                case Source.Join join -> {
                    MongoKind target = kinds.apply(join.link().target());
                    MongoKind from = join.from().isEmpty() ? root : Objects.requireNonNull(joined.get(join.from()));
                    List<BsonDocument> living = target.living() == null
                            ? List.of()
                            : List.of(doc("$match", Objects.requireNonNull(target.living())));
                    Function<String, BsonValue> here = field -> {
                        List<String> steps = new ArrayList<>();
                        if (!join.from().isEmpty()) {
                            steps.add(join.from());
                        }
                        steps.addAll(from.states().steps(field));
                        return path(steps);
                    };
                    stages.add(lookup(here, join.link(), target, living, join.name()));
                    stages.add(doc(
                            "$unwind",
                            new BsonDocument("path", text("$" + join.name()))
                                    .append("preserveNullAndEmptyArrays", join.outer() ? Bson.TRUE : Bson.FALSE)));
                    joined.put(join.name(), target);
                }
                case Source.Unwind unwind -> {
                    List<String> steps = placeIn(root, unwind.path());
                    stages.add(doc("$match", expr(doc("$isArray", array(path(steps))))));
                    stages.add(doc("$unwind", path(steps)));
                }
            }
        }
        BsonDocument filter = new MongoConditions(source.kind(), path -> placeIn(root, path), related -> {
                    throw new IllegalStateException("rows ask nobody else");
                })
                .filter(source.filter());
        if (!filter.isEmpty()) {
            stages.add(doc("$match", filter));
        }
        return root;
    }

    private BsonValue valueIn(MongoKind root, Kind rows, Path path) {
        return op("$ifNull", MongoExpressions.valueAt(rows, path, placeIn(root, path)), BsonNull.VALUE);
    }

    /** Rows; the columns are c0, c1 and so on. */
    List<BsonDocument> rows(Rows rows) {
        MongoKind root = source(rows.source());
        BsonDocument columns = new BsonDocument();
        for (int i = 0; i < rows.columns().size(); i++) {
            columns.append(
                    "c" + i,
                    valueIn(root, rows.source().kind(), rows.columns().get(i).path()));
        }
        if (!rows.distinct()) {
            sort(rows.total(), key -> keyOf(rows.source().kind(), key.path(), placeIn(root, key.path())));
            cut(rows.offset(), rows.limit());
            stages.add(doc("$project", columns.append(MongoStates.ID, number(0))));
            return stages;
        }
        stages.add(doc("$group", doc(MongoStates.ID, columns)));
        Map<Path, String> names = new HashMap<>();
        for (int i = 0; i < rows.columns().size(); i++) {
            names.put(rows.columns().get(i).path(), "c" + i);
        }
        stages.add(doc("$replaceRoot", doc("newRoot", text("$" + MongoStates.ID))));
        sort(
                rows.total(),
                key -> keyOf(rows.source().kind(), key.path(), List.of(Objects.requireNonNull(names.get(key.path())))));
        cut(rows.offset(), rows.limit());
        return stages;
    }

    // ---- figures

    /** Groups; the fields of the result are f0, f1 and so on. */
    List<BsonDocument> aggregation(Aggregation aggregation) {
        MongoKind root = source(aggregation.source());
        Kind result = aggregation.result();
        BsonDocument keys = new BsonDocument();
        BsonDocument projected = new BsonDocument(MongoStates.ID, number(0));
        int field = 0;
        for (Path key : aggregation.groupBy()) {
            keys.append("k" + field, valueIn(root, aggregation.kind(), key));
            projected.append("f" + field, text("$" + MongoStates.ID + ".k" + field));
            field++;
        }
        BsonDocument group = new BsonDocument(MongoStates.ID, keys.isEmpty() ? BsonNull.VALUE : keys);
        for (Aggregation.Measure measure : aggregation.measures()) {
            measure(root, aggregation.kind(), measure, field++, group, projected);
        }
        stages.add(doc("$group", group));
        stages.add(doc("$project", projected));
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < result.fields().size(); i++) {
            names.put(result.fields().get(i).name(), "f" + i);
        }
        Function<Path, List<String>> places = path -> {
            List<String> steps = new ArrayList<>(List.of(Objects.requireNonNull(names.get(path.field()))));
            steps.addAll(path.inside());
            return steps;
        };
        BsonDocument having = new MongoConditions(result, places, related -> {
                    throw new IllegalStateException("groups ask nobody else");
                })
                .filter(aggregation.having());
        if (!having.isEmpty()) {
            stages.add(doc("$match", having));
        }
        sort(aggregation.total(), key -> keyOf(result, key.path(), places.apply(key.path())));
        cut(aggregation.offset(), aggregation.limit());
        return stages;
    }

    private void measure(
            MongoKind root,
            Kind rows,
            Aggregation.Measure measure,
            int number,
            BsonDocument group,
            BsonDocument projected) {
        String figure = "f" + number;
        if (measure.path() == null) {
            group.append(figure, doc("$sum", number(1)));
            projected.append(figure, number(1));
            return;
        }
        BsonValue value = valueIn(root, rows, measure.path());
        BsonValue counted = doc("$sum", op("$cond", op("$gt", value, BsonNull.VALUE), number(1), number(0)));
        boolean isReal = rows.typeAt(measure.path()) instanceof Type.Real;
        BsonValue exact = isReal ? value : doc("$toDecimal", value); // a sum of longs would become a double
        switch (measure.function()) {
            case COUNT -> group.append(figure, counted);
            case MIN -> group.append(figure, doc("$min", value));
            case MAX -> group.append(figure, doc("$max", value));
            case AVG -> group.append(figure, doc("$avg", exact));
            case SUM -> {
                group.append(figure, doc("$sum", exact));
                group.append("n" + number, counted);
            }
        }
        BsonValue of = text("$" + figure);
        projected.append(
                figure,
                switch (measure.function()) {
                    case SUM -> op("$cond", op("$eq", text("$n" + number), number(0)), BsonNull.VALUE, of);
                    case AVG -> doc("$toDouble", of);
                    case COUNT, MIN, MAX -> number(1);
                });
    }
}
