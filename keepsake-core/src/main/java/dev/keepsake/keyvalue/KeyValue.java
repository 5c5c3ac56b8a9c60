package dev.keepsake.keyvalue;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.fault.Unsupported;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import dev.keepsake.value.Path;
import dev.keepsake.value.Values;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Values, counters and lists by key, that can go when their time is over: Redis' habits on whatever store there is. On Redis they are
 * Redis' own keys and commands, so that other programs see them too; on every other store they are objects of the kind
 * {@code _keepsake_values}. One contract holds on all.
 *
 * <pre>{@code
 * KeyValue<String> words = keepsake.keyValue().text();
 * words.set("greeting", "hello", Duration.ofMinutes(10));
 * long visits = words.increment("visits");
 * String page = words.getOrLoad("page:1", Duration.ofHours(1), () -> render(1));
 * }</pre>
 *
 * <p>Each call on one key is atomic but {@link #getOrLoad}, and commits by itself: it takes part in no session. On Redis, a write whose answer
 * was lost is {@code commit-outcome-unknown}. A key is text of 1 to {@value #LONGEST_KEY} characters. Where a
 * key holds a value, lists are refused, and the other way round, with {@code type-mismatch}. It does not order or search values.
 *
 * <p>Thread-safe.
 *
 * @param <V> what values are given and taken as: {@code byte[]} or text
 */
public final class KeyValue<V> implements AutoCloseable {
    /** The most characters of a key: as many as MariaDB's indexes take of any text. */
    public static final int LONGEST_KEY = 700;

    private final NativeKeyValue entries;
    private final Function<V, byte[]> toBytes;
    private final Function<byte[], V> fromBytes;
    private final Map<String, Loading> loading;
    private final @Nullable Guarded owned;

    private KeyValue(
            NativeKeyValue entries,
            Function<V, byte[]> toBytes,
            Function<byte[], V> fromBytes,
            Map<String, Loading> loading,
            @Nullable Guarded owned) {
        this.entries = entries;
        this.toBytes = toBytes;
        this.fromBytes = fromBytes;
        this.loading = loading;
        this.owned = owned;
    }

    /** Those of a store that is open, as bytes; closing this leaves it open. */
    public static KeyValue<byte[]> on(Guarded store) {
        return of(entries(store), null);
    }

    /**
     * Opens a store for this alone: {@code KeyValue.open("redis://localhost")}. Closing this closes it.
     *
     * @throws dev.keepsake.fault.Fault as {@link Stores#open(String)} does
     */
    public static KeyValue<byte[]> open(String url) {
        Guarded store = Stores.open(url);
        return of(entries(store), store);
    }

    private static KeyValue<byte[]> of(NativeKeyValue entries, @Nullable Guarded owned) {
        return new KeyValue<>(entries, byte[]::clone, bytes -> bytes, new ConcurrentHashMap<>(), owned);
    }

    private static NativeKeyValue entries(Guarded store) {
        try {
            return store.unwrap(NativeKeyValue.class);
        } catch (Unsupported e) {
            return new StateKeyValue(store);
        }
    }

    // ---- views

    /** The same with values as text, kept in UTF-8. */
    public KeyValue<String> text() {
        return text(StandardCharsets.UTF_8);
    }

    /**
     * The same with values as text, kept in a charset. Text that it lacks, and bytes that are none of its text, are refused as
     * {@code value-refused}.
     */
    public KeyValue<String> text(Charset charset) {
        return new KeyValue<>(
                entries, text -> encoded(text, charset), bytes -> decoded(bytes, charset), loading, owned);
    }

    private static byte[] encoded(String text, Charset charset) {
        try {
            ByteBuffer bytes = charset.newEncoder().encode(CharBuffer.wrap(text));
            byte[] encoded = new byte[bytes.remaining()];
            bytes.get(encoded);
            return encoded;
        } catch (CharacterCodingException e) {
            throw Problem.VALUE_REFUSED
                    .because("the text %s cannot be written in %s", Report.quote(text), charset)
                    .fault();
        }
    }

    private static String decoded(byte[] bytes, Charset charset) {
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw Problem.VALUE_REFUSED
                    .because("the value is no text in %s", charset)
                    .hint("read it as bytes, or as text in its own charset")
                    .fault();
        }
    }

    // ---- values

    /** The value of a key; empty where it holds nothing. */
    public Optional<V> get(String key) {
        return entries.get(checked(key)).map(fromBytes);
    }

    /** Gives a key a value for ever, whatever it held. */
    public void set(String key, V value) {
        entries.set(checked(key), toBytes.apply(value), null);
    }

    /**
     * Gives a key a value, whatever it held, that lives so long.
     *
     * @throws dev.keepsake.fault.Invalid {@code request-invalid} where that is no time
     */
    public void set(String key, V value, Duration life) {
        entries.set(checked(key), toBytes.apply(value), checked(life));
    }

    /** Gives a key that holds nothing a value for ever; tells whether it held nothing. */
    public boolean setIfAbsent(String key, V value) {
        return entries.setIfAbsent(checked(key), toBytes.apply(value), null);
    }

    /** As {@link #setIfAbsent(String, Object)}, for so long. */
    public boolean setIfAbsent(String key, V value, Duration life) {
        return entries.setIfAbsent(checked(key), toBytes.apply(value), checked(life));
    }

    /**
     * The value of a key; where it holds nothing the one that is loaded, which it then holds for so long. Threads of this program that ask
     * for the same key at the same time wait for one of them to load; other programs load for themselves. What the loader throws
     * passes through, and the next who waits loads.
     */
    public V getOrLoad(String key, Duration life, Supplier<? extends V> loader) {
        Duration lives = checked(life);
        while (true) {
            Optional<byte[]> held = entries.get(checked(key));
            if (held.isPresent()) {
                return fromBytes.apply(held.get());
            }
            Loading mine = new Loading(Thread.currentThread(), new CompletableFuture<>());
            Loading others = loading.putIfAbsent(key, mine);
            if (others == null) {
                return load(key, lives, loader, mine);
            }
            Optional<byte[]> loaded = awaited(key, others);
            if (loaded.isPresent()) {
                return fromBytes.apply(loaded.get());
            }
        }
    }

    /** Who loads, and what comes of it: empty where the loader throws. */
    private record Loading(Thread loader, CompletableFuture<Optional<byte[]>> result) {}

    private V load(String key, Duration life, Supplier<? extends V> loader, Loading mine) {
        Optional<byte[]> loaded = Optional.empty();
        try {
            Optional<byte[]> held = entries.get(key); // one may have been loaded before this one's turn
            loaded = held.isPresent() ? held : Optional.of(toBytes.apply(loaded(key, loader)));
            if (held.isEmpty()) {
                entries.set(key, loaded.get(), life);
            }
            return fromBytes.apply(loaded.get().clone());
        } finally {
            loading.remove(key, mine);
            mine.result.complete(loaded);
        }
    }

    private static <V> V loaded(String key, Supplier<? extends V> loader) {
        V loaded = loader.get();
        if (loaded == null) {
            throw Problem.REQUEST_INVALID
                    .because("the loader of key %s gave null", Report.quote(key))
                    .fault();
        }
        return loaded;
    }

    private static Optional<byte[]> awaited(String key, Loading others) {
        if (others.loader == Thread.currentThread()) {
            throw Problem.REQUEST_INVALID
                    .because("the loader of key %s asks for that key itself", Report.quote(key))
                    .fault();
        }
        try {
            return others.result.get().map(byte[]::clone);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.STORE_BUSY
                    .because("interrupted while another thread loads key %s", Report.quote(key))
                    .cause(e)
                    .fault();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- counters

    /** Adds one to a counter, which starts at 0, and gives what it then is. */
    public long increment(String key) {
        return increment(key, 1);
    }

    /**
     * Adds to a counter, which starts at 0, and gives what it then is. Its value is decimal text, and its life stays as it is.
     *
     * @throws dev.keepsake.fault.Invalid {@code type-mismatch} where it holds no whole number, {@code value-refused} beyond 64 bits
     */
    public long increment(String key, long by) {
        return entries.add(checked(key), by);
    }

    // ---- lists

    /** Adds an element at the left end of a list, which starts empty; gives its length. */
    public long pushLeft(String key, V element) {
        return pushLeft(key, List.of(element));
    }

    /** Adds elements at the left end of a list, one after the other, so that the last is the first of all; gives its length. */
    public long pushLeft(String key, List<? extends V> elements) {
        return entries.push(checked(key), bytes(elements), true);
    }

    /** Adds an element at the right end of a list, which starts empty; gives its length. */
    public long pushRight(String key, V element) {
        return pushRight(key, List.of(element));
    }

    /** Adds elements at the right end of a list, one after the other; gives its length. */
    public long pushRight(String key, List<? extends V> elements) {
        return entries.push(checked(key), bytes(elements), false);
    }

    private List<byte[]> bytes(List<? extends V> elements) {
        if (elements.isEmpty()) {
            throw Problem.REQUEST_INVALID.because("no elements are pushed").fault();
        }
        List<byte[]> bytes = new ArrayList<>();
        elements.forEach(element -> bytes.add(toBytes.apply(element)));
        return bytes;
    }

    /** Takes the element at the left end out of a list; a list without elements is not there. */
    public Optional<V> popLeft(String key) {
        return entries.pop(checked(key), true).map(fromBytes);
    }

    /** Takes the element at the right end out of a list; a list without elements is not there. */
    public Optional<V> popRight(String key) {
        return entries.pop(checked(key), false).map(fromBytes);
    }

    /**
     * The elements from one position to another, both included: 0 is the first, -1 the last. Of what goes beyond the ends, that which is
     * there.
     */
    public List<V> range(String key, long from, long to) {
        return entries.range(checked(key), from, to).stream().map(fromBytes).toList();
    }

    /** The element at a position, 0 for the first and -1 for the last; empty where there is none. */
    public Optional<V> index(String key, long position) {
        return range(key, position, position).stream().findFirst();
    }

    /** The length of a list; 0 where there is none. */
    public long length(String key) {
        return entries.length(checked(key));
    }

    // ---- keys

    /** Whether a key holds something. */
    public boolean exists(String key) {
        return entries.exists(checked(key));
    }

    /** Removes a key with what it holds; tells whether it was there. */
    public boolean delete(String key) {
        return entries.delete(checked(key));
    }

    /** Lets a key live so long from now on; tells whether it is there. */
    public boolean expire(String key, Duration life) {
        return entries.expire(checked(key), checked(life));
    }

    /** Lets a key live for ever; tells whether it is there. */
    public boolean persist(String key) {
        return entries.expire(checked(key), null);
    }

    /**
     * How long a key still lives; empty where it does for ever.
     *
     * @throws dev.keepsake.fault.NotFound {@code key-missing} where it is not there
     */
    public Optional<Duration> ttl(String key) {
        long millis = entries.ttl(checked(key));
        if (millis == NativeKeyValue.NOT_THERE) {
            throw Problem.KEY_MISSING
                    .because("there is no key %s", Report.quote(key))
                    .hint("exists() tells beforehand")
                    .fault();
        }
        return millis == NativeKeyValue.FOR_EVER ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
    }

    /** All keys, sorted as text is, by code point. It reads them all. */
    public List<String> keys() {
        return keys("*");
    }

    /**
     * The keys that match a pattern, sorted: {@code *} is any text, {@code ?} one character, {@code [a-c]} one of several, {@code \} takes
     * the next as it is. It reads all keys.
     */
    public List<String> keys(String pattern) {
        KeyPattern wanted = KeyPattern.of(pattern);
        return entries.keys(wanted.prefix()).stream()
                .filter(wanted::matches)
                .sorted(Values::orderText)
                .toList();
    }

    /** Closes the store, if {@link #open} opened it. */
    @Override
    public void close() {
        if (owned != null) {
            owned.close();
        }
    }

    // ---- what is refused everywhere

    private static String checked(String key) {
        Values.normalise(key, Path.of("key"));
        int length = key.codePointCount(0, key.length());
        if (length < 1 || length > LONGEST_KEY) {
            throw Problem.REQUEST_INVALID
                    .because("a key has 1 to %d characters, and %s has %d", LONGEST_KEY, Report.quote(key), length)
                    .fault();
        }
        return key;
    }

    /** In whole milliseconds, so that it lives no shorter than it should. */
    private static Duration checked(Duration life) {
        if (life.isNegative() || life.isZero() || life.compareTo(Duration.ofDays(366L * 1000)) > 0) {
            throw Problem.REQUEST_INVALID
                    .because("a key lives for more than no time, and less than a thousand years, not %s", life)
                    .hint("delete() removes a key at once")
                    .fault();
        }
        return Duration.ofMillis(life.plusNanos(999_999).toMillis());
    }
}
