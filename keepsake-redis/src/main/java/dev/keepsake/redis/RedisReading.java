package dev.keepsake.redis;

import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.redis.RedisPlan.ByIds;
import dev.keepsake.redis.RedisPlan.InIndex;
import dev.keepsake.redis.RedisPlan.Lookup;
import dev.keepsake.redis.RedisPlan.Match;
import dev.keepsake.redis.RedisPlan.Range;
import dev.keepsake.schema.Index;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.ScanRefusal;
import dev.keepsake.value.Values;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * One selection as it is read: batch by batch, each as it is at one moment, and no further than is wanted. What is found in the wanted
 * order is passed on as it comes; of what is found in the order of the first keys alone, so much is sorted as is equal in them; all else is
 * read, then sorted.
 */
final class RedisReading {
    private static final int BATCH = 500;
    /** How many places are asked at a time. */
    private static final int TOGETHER = 32;

    private final RedisStore store;
    private final Selection selection;
    private final RedisKind kind;
    /** How many objects were read. */
    private long read;

    RedisReading(RedisStore store, Selection selection, RedisKind kind) {
        this.store = store;
        this.selection = selection;
        this.kind = kind;
    }

    /** What is selected. */
    Cursor cursor() {
        Optional<RedisPlan> indexed = new RedisQueries(kind).plan(selection);
        if (indexed.isPresent()) {
            return cursor(indexed.get());
        }
        return Cursor.scanning(cursor(scan()), () -> read);
    }

    private Cursor cursor(RedisPlan plan) {
        Match match = plan.match(selection.order());
        boolean cuts = selection.limit() >= 0;
        if (match.isWhole()) {
            return Cursor.of(selection.shape(), shown(states(plan, match.isBackwards()), cuts));
        }
        List<State> all = cuts && !match.keys().isEmpty()
                ? first(states(plan, match.isBackwards()), match.keys(), wanted())
                : states(plan, false).toList();
        return Cursor.of(selection.shape(), shown(all.stream().sorted(selection::compare), cuts));
    }

    private Stream<State> shown(Stream<State> ordered, boolean cuts) {
        Stream<State> rest = selection.offset() > 0 ? ordered.skip(selection.offset()) : ordered;
        Stream<State> cut = cuts ? rest.limit(selection.limit()) : rest;
        boolean isAlike = kind.kind().shape().equals(selection.kind().shape());
        return cut.map(
                state -> selection.project(isAlike ? state : selection.kind().shaped(state)));
    }

    /** How many must be found, with those that are left out. */
    private long wanted() {
        long wanted = selection.offset() + selection.limit();
        return wanted < 0 ? Long.MAX_VALUE - 1 : wanted;
    }

    /** So many, and those that are equal to the last in the keys that they are sorted by so far. */
    private static List<State> first(Stream<State> states, List<Order> keys, long wanted) {
        List<State> first = new ArrayList<>();
        Iterator<State> each = states.iterator();
        while (each.hasNext()) {
            State next = each.next();
            if (first.size() >= wanted && (wanted == 0 || !isEqual(first.getLast(), next, keys))) {
                break;
            }
            first.add(next);
        }
        return first;
    }

    private static boolean isEqual(State one, State other, List<Order> keys) {
        return keys.stream()
                .allMatch(key -> Values.order(
                                one.get(key.path().field()),
                                other.get(key.path().field()))
                        == 0);
    }

    /** All that satisfies the condition, unsorted, in an index's order where it is found by one. */
    private Stream<State> states(RedisPlan plan, boolean backwards) {
        Predicate<State> condition =
                plan.isExact() ? state -> true : selection.condition().ready();
        List<Lookup> lookups = backwards ? plan.lookups().reversed() : plan.lookups();
        Set<Object> seen = new HashSet<>();
        Found found = new Found(lookups, backwards);
        found.fill(); // the first batch now, so that what is wrong is told at once
        Stream<State> states = StreamSupport.stream(((Iterable<State>) () -> found).spliterator(), false);
        return states.filter(condition)
                .filter(state -> !plan.overlaps()
                        || seen.add(kind.states().idText(kind.kind().requireIdOf(state))));
    }

    /** How many there are, counted in the store where that can be. */
    long count() {
        RedisPlan plan = plan();
        if (!plan.isExact() || plan.overlaps() || plan.lookups().stream().anyMatch(ByIds.class::isInstance)) {
            return states(plan, false).count();
        }
        long count = 0;
        for (Lookup lookup : plan.lookups()) {
            InIndex in = (InIndex) lookup;
            count += count(in);
        }
        return count;
    }

    private long count(InIndex in) {
        while (true) {
            List<?> answer = store.answer(new RedisCall(RedisScript.COUNT)
                    .kind(kind)
                    .with(in.range().least())
                    .with(in.range().end())
                    .key(key(in.index())));
            if (!RedisStore.word(answer).equals("again")) {
                return (Long) answer.get(1);
            }
        }
    }

    private String key(Optional<Index> index) {
        return index.map(each -> kind.keys().index(kind.kind(), each.name()))
                .orElseGet(() -> kind.keys().ids(kind.kind()));
    }

    // ---- where to look

    private RedisPlan plan() {
        return new RedisQueries(kind).plan(selection).orElseGet(this::scan);
    }

    private RedisPlan scan() {
        if (selection.scanLimit() < 0) {
            throw ScanRefusal.unasked(selection, store.info())
                    .hint("the index that its class declares is not there, or not complete: add it, or allow a scan")
                    .fault();
        }
        long size = count(new InIndex(Optional.empty(), Range.ALL));
        if (size > selection.scanLimit()) {
            throw ScanRefusal.tooMany(selection, size, store.info())
                    .hint("declare an index on what the condition compares, or raise the limit")
                    .fault();
        }
        RedisPlan all = new RedisQueries(kind).everything(selection.order());
        return new RedisPlan(all.lookups(), false, all.path());
    }

    // ---- batch by batch

    /** A place that was asked already. */
    private record Started(InIndex lookup, Supplier<List<?>> answer) {}

    /** What lies in one place after the other. */
    private final class Found implements Iterator<State> {
        private final Deque<Lookup> lookups;
        private final boolean backwards;
        private final Deque<State> batch = new ArrayDeque<>();
        private @Nullable Lookup current;
        private final Deque<Started> started = new ArrayDeque<>();
        /** The answer that is on its way, while what was read before it is passed on. */
        private @Nullable Supplier<List<?>> ahead;

        private boolean isBegun;

        Found(List<Lookup> lookups, boolean backwards) {
            this.lookups = new ArrayDeque<>(lookups);
            this.backwards = backwards;
        }

        /** Reads on, where all that was read is passed on. */
        void fill() {
            while (batch.isEmpty() && (current != null || !started.isEmpty() || !lookups.isEmpty())) {
                Lookup now = current == null ? next(started.poll()) : current;
                startOthers();
                current = switch (now) {
                    case ByIds byIds -> read(byIds);
                    case InIndex in -> read(in);
                };
            }
        }

        private Lookup next(@Nullable Started next) {
            if (next == null) {
                return lookups.remove();
            }
            ahead = next.answer;
            return next.lookup;
        }

        /** Where all is wanted, places are asked together, and answered one after the other. */
        private void startOthers() {
            while (selection.limit() < 0 && started.size() < TOGETHER && lookups.peek() instanceof InIndex in) {
                lookups.remove();
                started.add(new Started(in, store.ahead(call(in))));
            }
        }

        @Override
        public boolean hasNext() {
            try {
                fill();
            } catch (RedisOutdated e) {
                store.catalog().forget();
                throw RedisErrors.changedSchema(kind.kind().name());
            }
            return !batch.isEmpty();
        }

        @Override
        public State next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return batch.remove();
        }

        /** Reads some, and gives what is left; null where nothing is. */
        private @Nullable Lookup read(ByIds byIds) {
            List<Object> now =
                    byIds.ids().subList(0, Math.min(BATCH, byIds.ids().size()));
            if (now.isEmpty()) {
                return null;
            }
            if (now.size() == 1) {
                one(now.getFirst());
                return null;
            }
            RedisCall call = call().with("keys").with(now.size());
            now.forEach(id -> call.key(kind.object(id)));
            take(store.answer(call));
            return new ByIds(byIds.ids().subList(now.size(), byIds.ids().size()));
        }

        /** One object is of one moment without a script too. */
        private void one(Object id) {
            Map<byte[], byte[]> hash = store.link().whole(kind.object(id), kind);
            if (!hash.isEmpty()) {
                batch.add(kind.states().ofHash(hash));
                read++;
            }
        }

        private @Nullable Lookup read(InIndex in) {
            Range range = in.range();
            List<?> answer = ahead == null ? store.answer(call(in)) : ahead.get();
            ahead = null;
            byte[] last = (byte[]) answer.get(1);
            InIndex rest = null;
            if (last.length > 0) {
                Range left = backwards ? new Range(range.from(), last) : new Range(behind(last), range.to());
                rest = new InIndex(in.index(), left);
                if (selection.limit() < 0) {
                    ahead = store.ahead(call(rest)); // the server reads on while this batch is decoded
                }
            }
            take(answer);
            return rest;
        }

        private RedisCall call(InIndex in) {
            return call().key(key(in.index()))
                    .with("range")
                    .with(in.range().least())
                    .with(in.range().end())
                    .with(backwards)
                    .with(batchSize());
        }

        private RedisCall call() {
            return new RedisCall(RedisScript.READ)
                    .kind(kind)
                    .with(List.of(kind.states().names()));
        }

        /** At first no more than is wanted, which is enough where all that is found is. */
        private int batchSize() {
            boolean isFirst = !isBegun;
            isBegun = true;
            return isFirst && selection.limit() >= 0 ? (int) Math.min(wanted() + 1, BATCH) : BATCH;
        }

        private void take(List<?> answer) {
            long gone = (Long) answer.get(2);
            List<?> objects = Unpacked.list((byte[]) answer.get(3));
            for (int i = 0; i < objects.size(); i += 2) {
                batch.add(kind.states().decoded((List<?>) objects.get(i), (List<?>) objects.get(i + 1)));
                read++;
            }
            if (gone > 0 && kind.kind().expiry().isPresent()) {
                store.sweep(kind);
            }
        }
    }

    /** The least bytes after these. */
    private static byte[] behind(byte[] last) {
        return RedisStates.joined(List.of(last, new byte[] {0}));
    }
}
