package dev.keepsake.redis;

import dev.keepsake.fault.Problem;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Rows;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.WriteResult;
import io.lettuce.core.api.StatefulConnection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Requests to Redis, where nothing is open between them: each read is of what is committed then, and the one write is the commit. */
final class RedisTransaction implements Transaction {
    private final RedisStore store;

    RedisTransaction(RedisStore store) {
        this.store = store;
    }

    @Override
    public Cursor find(Selection selection) {
        Cursor found = store.with(selection.kind(), kind -> new RedisReading(store, selection, kind).cursor());
        return found == null ? Cursor.of(selection.shape(), List.of()) : found;
    }

    @Override
    public Cursor rows(Rows rows) {
        Selection all = Selection.of(rows.source().root()).where(rows.source().where());
        return Cursor.of(rows.result().shape(), rows.over(find(all).stream()));
    }

    /** Only counts of all objects, as Features say. */
    @Override
    public Cursor aggregate(Aggregation aggregation) {
        Kind root = aggregation.source().root();
        Selection counted = Selection.of(root).where(aggregation.source().where());
        Long count = store.with(root, kind -> new RedisReading(store, counted, kind).count());
        Kind result = aggregation.result();
        @Nullable Object[] figures = new Object[result.fields().size()];
        Arrays.fill(figures, count == null ? 0L : count);
        Stream<State> groups = Stream.of(State.of(result.shape(), figures))
                .filter(aggregation.having()::test)
                .skip(aggregation.offset());
        long most = aggregation.limit() < 0 ? 1 : aggregation.limit();
        return Cursor.of(result.shape(), groups.limit(most).toList());
    }

    @Override
    public Cursor decode(Kind kind, Object nativeRows) {
        RedisStates states = new RedisStates(kind);
        List<State> decoded = new ArrayList<>();
        Iterable<?> rows = nativeRows instanceof Iterable<?> many ? many : List.of(nativeRows);
        for (Object row : rows) {
            if (!(row instanceof Map<?, ?> hash)) {
                throw Problem.REQUEST_INVALID
                        .because("a %s is no object of Redis", row.getClass().getName())
                        .store(store.info())
                        .hint("pass the map that HGETALL gives, or several")
                        .fault();
            }
            if (!hash.isEmpty()) {
                decoded.add(states.ofForeignHash(hash));
            }
        }
        return Cursor.of(kind.shape(), decoded);
    }

    @Override
    public Schema inspect() {
        return store.catalog().schema();
    }

    @Override
    public WriteResult write(Changeset changes) {
        return new RedisCommit(store, changes.entries()).write();
    }

    @Override
    public void alter(List<Alteration> steps) {
        RedisAlterations alterations = new RedisAlterations(store);
        steps.forEach(alterations::apply);
    }

    @Override
    public void commit() {
        // the one write was it
    }

    @Override
    public void rollback() {
        // nothing was written
    }

    @Override
    public <T> T unwrap(Class<T> nativeType) {
        return nativeType == Object.class
                ? nativeType.cast(store.unwrap(StatefulConnection.class))
                : store.unwrap(nativeType);
    }

    @Override
    public void close() {
        // nothing is open
    }
}
