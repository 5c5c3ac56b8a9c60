package dev.keepsake.codec;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Change;
import dev.keepsake.query.Condition;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The codec of several classes that are kept as one kind, each marked in a field of its own. */
final class HierarchyCodec<T> implements Codec<T> {
    private final Class<T> type;
    private final Kind kind;
    private final String field;
    private final Map<Class<?>, ClassCodec<? extends T>> byClass = new LinkedHashMap<>();
    private final Map<String, ClassCodec<? extends T>> byMark = new LinkedHashMap<>();
    private final List<Relation> relations = new ArrayList<>();

    HierarchyCodec(Class<T> type, Kind kind, String field, List<ClassCodec<? extends T>> variants) {
        this.type = type;
        this.kind = kind;
        this.field = field;
        for (ClassCodec<? extends T> variant : variants) {
            byClass.put(variant.type(), variant);
            ClassCodec.Mark mark = variant.mark();
            if (mark != null) {
                byMark.put(mark.value(), variant);
            }
            variant.relations().stream()
                    .filter(relation -> !relations.contains(relation))
                    .forEach(relations::add);
        }
    }

    List<ClassCodec<? extends T>> variants() {
        return List.copyOf(byClass.values());
    }

    /** The class that an object is of. */
    private ClassCodec<T> of(Object object) {
        ClassCodec<? extends T> variant = byClass.get(object.getClass());
        if (variant == null) {
            throw ClassCodec.notPart(object.getClass());
        }
        @SuppressWarnings("unchecked") // the codec of the very class of the object
        ClassCodec<T> own = (ClassCodec<T>) variant;
        return own;
    }

    private ClassCodec<? extends T> of(State state) {
        Object mark = state.get(field);
        ClassCodec<? extends T> variant = mark instanceof String text ? byMark.get(text) : null;
        if (variant == null) {
            Object id = kind.idOf(state);
            throw Problem.STATE_UNDECODABLE
                    .because(
                            "cannot decode %s %s: %s holds %s, expected one of %s",
                            kind.name(),
                            Report.quote(id),
                            field,
                            Report.quote(mark),
                            String.join(", ", byMark.keySet()))
                    .at(kind.name() + "/" + Report.quote(id) + " $." + field)
                    .hint("add the class to the model, with @TypeId(\"" + Report.quote(mark) + "\")")
                    .fault();
        }
        return variant;
    }

    @Override
    public Class<T> type() {
        return type;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public Condition own() {
        return Condition.all();
    }

    @Override
    public State encode(T object) {
        return of(object).encode(object);
    }

    @Override
    public T decode(State state, Links links) {
        return of(state).decode(state, links);
    }

    @Override
    public boolean holds(T object, State state) {
        return of(object).holds(object, state);
    }

    @Override
    public List<String> changes(T object, State state) {
        return of(object).changes(object, state);
    }

    @Override
    public boolean fixed(T object) {
        return of(object).fixed(object);
    }

    @Override
    public void fill(T object, State state, Links links) {
        of(object).fill(object, state, links);
    }

    @Override
    public T with(T object, String name, @Nullable Object value) {
        return of(object).with(object, name, value);
    }

    @Override
    public T with(T object, Relation relation, @Nullable Object value) {
        return of(object).with(object, relation, value);
    }

    @Override
    public @Nullable Object idOf(Object object) {
        return of(object).idOf(object);
    }

    @Override
    public Object id(Object given) {
        return byClass.values().iterator().next().id(given);
    }

    @Override
    public List<Relation> relations(T object) {
        return of(object).relations(object);
    }

    @Override
    public List<Relation> relations() {
        return relations;
    }

    @Override
    public List<String> names() {
        return byClass.values().stream()
                .flatMap(variant -> variant.names().stream())
                .distinct()
                .toList();
    }

    @Override
    public List<String> mistakes(T object) {
        return of(object).mistakes(object);
    }

    @Override
    public Optional<Sequence> sequence() {
        return byClass.values().iterator().next().sequence();
    }

    @Override
    public Path stored(Path javaPath) {
        return Naming.of(variants()).path(javaPath);
    }

    @Override
    public Condition stored(Condition condition) {
        return Naming.of(variants()).condition(condition);
    }

    @Override
    public Change stored(Change change) {
        return Naming.of(variants()).change(change);
    }
}
