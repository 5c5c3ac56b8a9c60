package dev.keepsake.codec;

import dev.keepsake.query.Change;
import dev.keepsake.query.Condition;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import dev.keepsake.value.Values;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The codec of a kind that no class stands for: its objects are the States themselves, its names the stored ones. */
final class StateCodec implements Codec<State> {
    private final Kind kind;

    StateCodec(Kind kind) {
        this.kind = kind;
    }

    @Override
    public Class<State> type() {
        return State.class;
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
    public State encode(State object) {
        return kind.shaped(object);
    }

    @Override
    public State decode(State state, Links links) {
        return state.keep();
    }

    @Override
    public boolean holds(State object, State state) {
        return object == state || object.equals(state);
    }

    @Override
    public List<String> changes(State object, State state) {
        Map<String, @Nullable Object> now = object.toMap();
        Map<String, @Nullable Object> before = state.toMap();
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(now.keySet());
        names.removeIf(name ->
                now.containsKey(name) == before.containsKey(name) && Values.same(now.get(name), before.get(name)));
        return List.copyOf(names);
    }

    @Override
    public boolean fixed(State object) {
        return true;
    }

    @Override
    public void fill(State object, State state, Links links) {
        throw new IllegalStateException("a State is not changed");
    }

    @Override
    public State with(State object, String field, @Nullable Object value) {
        return object.with(field, value);
    }

    @Override
    public State with(State object, Relation relation, @Nullable Object value) {
        throw new IllegalStateException("a State has no relations");
    }

    @Override
    public @Nullable Object idOf(Object object) {
        return kind.idOf((State) object);
    }

    @Override
    public Object id(Object given) {
        return kind.fitId(given);
    }

    @Override
    public List<Relation> relations(State object) {
        return List.of();
    }

    @Override
    public List<Relation> relations() {
        return List.of();
    }

    @Override
    public List<String> names() {
        return kind.fields().stream()
                .map(field -> Path.of(field.name()).toString())
                .toList();
    }

    @Override
    public List<String> mistakes(State object) {
        return List.of();
    }

    @Override
    public Optional<Sequence> sequence() {
        return Optional.empty();
    }

    @Override
    public Path stored(Path path) {
        return path;
    }

    @Override
    public Condition stored(Condition condition) {
        return condition;
    }

    @Override
    public Change stored(Change change) {
        return change;
    }
}
