package dev.keepsake.keyvalue;

import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Transaction;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Key-value access over States, for every store that has none of its own: each key is an object of the kind {@code _keepsake_values}, made
 * when something is first written. What is done to a key is read, decided and written in one transaction, guarded by the object's
 * version, and done again where another was faster. A list is one value, so that each change of it writes all of it.
 *
 * <p>A key whose time is over is not there; it is removed when it is written again, and all such now and then. Thread-safe.
 */
final class StateKeyValue implements NativeKeyValue {
    static final Kind KIND = Kind.named("_keepsake_values")
            .required("key", new Type.Text(KeyValue.LONGEST_KEY))
            .id("key")
            .field("value", Type.BYTES)
            .field("list", Type.list(Type.BYTES))
            .field("expires", Type.INSTANT)
            .required("version", Type.INTEGER)
            .version("version")
            .index(Index.of("_keepsake_values_by_expires", "expires"))
            .build();

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LONGEST_PAUSE_MILLIS = 50;
    /** So many writes later, what is over is removed again. */
    private static final int SWEEP_EVERY = 500;

    private final Guarded store;
    private final AtomicInteger writes = new AtomicInteger();
    private volatile boolean isThere;

    StateKeyValue(Guarded store) {
        this.store = store;
    }

    /**
     * What a key holds, a value or a list, and until when.
     *
     * @param expires null for ever
     */
    private record Held(
            @Nullable Bytes value,
            @Nullable List<Bytes> list,
            @Nullable Instant expires) {
        Held until(@Nullable Instant end) {
            return new Held(value, list, end);
        }
    }

    /** What becomes of a key, and what its caller is told; nothing is written where it is held as before. */
    private record Step<T>(@Nullable Held after, T result) {}

    // ---- reading

    private @Nullable Held find(String key) {
        if (!isThere()) {
            return null;
        }
        Optional<State> found = store.read(
                transaction -> transaction.find(Selection.byId(KIND, key)).first());
        return live(found.map(StateKeyValue::held).orElse(null));
    }

    /** Whether the kind is there, or need not be: found out by asking for it, not by looking at all that there is. */
    private boolean isThere() {
        if (!isThere) {
            try {
                Selection none = Selection.byId(KIND, "none");
                store.read(transaction -> transaction.find(none).first());
                isThere = true;
            } catch (Fault fault) {
                if (fault.problem() != Problem.UNKNOWN_KIND) {
                    throw fault;
                }
            }
        }
        return isThere;
    }

    private @Nullable Held live(@Nullable Held held) {
        boolean over = held != null && held.expires != null && !held.expires.isAfter(store.now());
        return over ? null : held;
    }

    private static Held held(State state) {
        List<Bytes> list = null;
        if (state.get("list") instanceof List<?> elements) {
            list = elements.stream().map(Bytes.class::cast).toList();
        }
        return new Held((Bytes) state.get("value"), list, (Instant) state.get("expires"));
    }

    private static Bytes value(String key, Held held) {
        if (held.value == null) {
            throw NativeKeyValue.wrongType(key, "a list", "a value").fault();
        }
        return held.value;
    }

    private static List<Bytes> list(String key, @Nullable Held held) {
        if (held == null) {
            return List.of();
        }
        if (held.list == null) {
            throw NativeKeyValue.wrongType(key, "a value", "a list").fault();
        }
        return held.list;
    }

    @Override
    public Optional<byte[]> get(String key) {
        Held held = find(key);
        return held == null ? Optional.empty() : Optional.of(value(key, held).toArray());
    }

    @Override
    public boolean exists(String key) {
        return find(key) != null;
    }

    @Override
    public List<byte[]> range(String key, long from, long to) {
        List<Bytes> list = list(key, find(key));
        long first = Math.max(0, from < 0 ? list.size() + from : from);
        long last = Math.min(list.size() - 1L, to < 0 ? list.size() + to : to);
        return first > last
                ? List.of()
                : list.subList((int) first, (int) last + 1).stream()
                        .map(Bytes::toArray)
                        .toList();
    }

    @Override
    public long length(String key) {
        return list(key, find(key)).size();
    }

    @Override
    public long ttl(String key) {
        Held held = find(key);
        if (held == null) {
            return NOT_THERE;
        }
        return held.expires == null
                ? FOR_EVER
                : Math.max(0, Duration.between(store.now(), held.expires).toMillis());
    }

    @Override
    public List<String> keys(String prefix) {
        if (!isThere()) {
            return List.of();
        }
        Instant now = store.now();
        Condition wanted = prefix.isEmpty() ? Condition.all() : Term.of("key").startsWith(prefix);
        Selection all = Selection.of(KIND).where(wanted).only("key", "expires");
        return store.read(transaction -> {
            try (Stream<State> states = transaction.find(all).stream()) {
                return states.filter(state -> !(state.get("expires") instanceof Instant end) || end.isAfter(now))
                        .map(state -> (String) Objects.requireNonNull(state.get("key")))
                        .toList();
            }
        });
    }

    // ---- writing

    @Override
    public void set(String key, byte[] value, @Nullable Duration life) {
        Instant end = end(life);
        change(key, held -> new Step<>(new Held(Bytes.of(value), null, end), true));
    }

    @Override
    public boolean setIfAbsent(String key, byte[] value, @Nullable Duration life) {
        Instant end = end(life);
        return change(
                key,
                held -> held == null
                        ? new Step<>(new Held(Bytes.of(value), null, end), true)
                        : new Step<>(held, false));
    }

    private @Nullable Instant end(@Nullable Duration life) {
        return life == null ? null : store.now().plus(life);
    }

    @Override
    public boolean delete(String key) {
        return isThere() && change(key, held -> new Step<>(null, held != null));
    }

    @Override
    public long add(String key, long by) {
        return change(key, held -> {
            long before = held == null ? 0 : number(key, value(key, held));
            long after;
            try {
                after = Math.addExact(before, by);
            } catch (ArithmeticException e) {
                throw NativeKeyValue.overflow(key).fault();
            }
            Bytes text = Bytes.of(Long.toString(after).getBytes(StandardCharsets.US_ASCII));
            return new Step<>(new Held(text, null, held == null ? null : held.expires), after);
        });
    }

    /** As Redis reads it: as it is written, without a plus and without zeros before it. */
    private static long number(String key, Bytes value) {
        String text = new String(value.toArray(), StandardCharsets.ISO_8859_1);
        try {
            long number = Long.parseLong(text);
            if (Long.toString(number).equals(text)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw NativeKeyValue.noNumber(key).fault();
    }

    @Override
    public long push(String key, List<byte[]> elements, boolean left) {
        return change(key, held -> {
            List<Bytes> added = new ArrayList<>();
            elements.forEach(each -> added.add(Bytes.of(each)));
            List<Bytes> longer = new ArrayList<>(list(key, held));
            if (left) {
                Collections.reverse(added);
                longer.addAll(0, added);
            } else {
                longer.addAll(added);
            }
            return new Step<>(new Held(null, longer, held == null ? null : held.expires), (long) longer.size());
        });
    }

    @Override
    public Optional<byte[]> pop(String key, boolean left) {
        if (!isThere()) {
            return Optional.empty();
        }
        return change(key, held -> {
            if (held == null) {
                return new Step<>(null, Optional.empty());
            }
            List<Bytes> shorter = new ArrayList<>(list(key, held));
            Bytes taken = left ? shorter.removeFirst() : shorter.removeLast();
            Held after = shorter.isEmpty() ? null : new Held(null, shorter, held.expires);
            return new Step<>(after, Optional.of(taken.toArray()));
        });
    }

    @Override
    public boolean expire(String key, @Nullable Duration life) {
        Instant end = end(life);
        return isThere() && change(key, held -> new Step<>(held == null ? null : held.until(end), held != null));
    }

    /** Does a step to a key, as often as another is faster. */
    private <T> T change(String key, Function<@Nullable Held, Step<T>> work) {
        create();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int attempt = 1; ; attempt++) {
            try {
                T result = store.write(transaction -> changed(transaction, key, work));
                sweep();
                return result;
            } catch (Fault fault) {
                boolean faster = fault instanceof Conflict
                        || fault.problem().retryable()
                        || fault.problem() == Problem.UNIQUE_VIOLATION;
                if (!faster || System.nanoTime() > deadline) {
                    throw fault;
                }
                pause(attempt);
            }
        }
    }

    private void create() {
        if (!isThere()) {
            store.createAll(Schema.of(List.of(KIND)));
            isThere = true;
        }
    }

    private <T> T changed(Transaction transaction, String key, Function<@Nullable Held, Step<T>> work) {
        Selection one = Selection.byId(KIND, key);
        boolean locks = store.features().locks() == Features.Locks.ROWS;
        State state = transaction
                .find(locks ? one.lock(Selection.Lock.UPDATE) : one)
                .first()
                .orElse(null);
        Held before = state == null ? null : held(state);
        Held live = live(before);
        Step<T> step = work.apply(live);
        if (step.after != null && !step.after.equals(live)) {
            transaction.write(Changeset.of(written(key, state, step.after)));
        } else if (step.after == null && state != null) {
            transaction.write(Changeset.of(new Changeset.Delete(KIND, key, guard(state))));
        }
        return step.result;
    }

    private static Changeset.Entry written(String key, @Nullable State state, Held held) {
        // a key that was removed and comes again does not count from where a slow reader saw it
        long version = state == null
                ? ThreadLocalRandom.current().nextLong(1L << 40)
                : (Long) Objects.requireNonNull(state.get("version")) + 1;
        State after = State.of(KIND.shape(), key, held.value, held.list, held.expires, version);
        return state == null
                ? new Changeset.Insert(KIND, after)
                : new Changeset.Update(KIND, after, List.of("value", "list", "expires", "version"), guard(state));
    }

    private static Guard guard(State state) {
        return Guard.version("version", (Long) Objects.requireNonNull(state.get("version")));
    }

    private static void pause(int attempt) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(1, Math.min(LONGEST_PAUSE_MILLIS, 2L * attempt) + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.STORE_BUSY
                    .because("interrupted while others wrote the same key")
                    .cause(e)
                    .fault();
        }
    }

    /** Removes what is over, now and then; somebody else may do so at the same time. */
    private void sweep() {
        if (writes.incrementAndGet() % SWEEP_EVERY == 0) {
            Condition over = Term.of("expires").le(store.now());
            try {
                store.write(transaction -> transaction.write(Changeset.of(new Changeset.DeleteWhere(KIND, over))));
            } catch (Fault fault) {
                // it is done another time
            }
        }
    }
}
