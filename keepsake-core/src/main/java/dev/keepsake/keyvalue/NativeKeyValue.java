package dev.keepsake.keyvalue;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a store does of key-value access: the narrow side of {@link KeyValue}, which checks what it is given. A store that has it natively
 * gives one by {@link dev.keepsake.store.Store#unwrap}; on all others it is done over States. Each method is atomic. Thread-safe.
 */
public interface NativeKeyValue {
    /** The value of a key, if there is one. */
    Optional<byte[]> get(String key);

    /** Gives a key a value, whatever it held, that lives so long; for ever where that is null. */
    void set(String key, byte[] value, @Nullable Duration life);

    /** As {@link #set}, where the key holds nothing; tells whether it was so. */
    boolean setIfAbsent(String key, byte[] value, @Nullable Duration life);

    /** Removes a key; tells whether it was there. */
    boolean delete(String key);

    /** Whether a key holds something. */
    boolean exists(String key);

    /** Adds to the whole number that a key holds as decimal text, 0 where there is none, and gives the sum. */
    long add(String key, long by);

    /** Adds elements to a list, one after the other, at its left or right end, and gives its length. */
    long push(String key, List<byte[]> elements, boolean left);

    /** Takes the element at an end out of a list; the last one takes the list with it. */
    Optional<byte[]> pop(String key, boolean left);

    /** The elements from one position to another, both included, negative ones from the end. */
    List<byte[]> range(String key, long from, long to);

    /** The length of a list; 0 where there is none. */
    long length(String key);

    /** Lets a key live so long from now on, for ever where that is null; tells whether it is there. */
    boolean expire(String key, @Nullable Duration life);

    /** What {@link #ttl} says of a key that lives for ever. */
    long FOR_EVER = -1;

    /** What {@link #ttl} says of a key that is not there. */
    long NOT_THERE = -2;

    /** For how many milliseconds a key still lives; {@link #FOR_EVER}, or {@link #NOT_THERE}, as the command PTTL of Redis says it. */
    long ttl(String key);

    /** The keys that start with a text, in no order. */
    List<String> keys(String prefix);

    /** The report of a key that holds the other of the two. */
    static Report wrongType(String key, String held, String wanted) {
        return Problem.TYPE_MISMATCH
                .because("key %s holds %s, expected %s", Report.quote(key), held, wanted)
                .hint("use another key, or delete this one first");
    }

    /** The report of a counter that is none. */
    static Report noNumber(String key) {
        return Problem.TYPE_MISMATCH
                .because("the value of key %s is not an integer or out of range", Report.quote(key))
                .hint("a counter is a whole number of 64 bits in decimal digits");
    }

    /** The report of a counter that would be too large or too small. */
    static Report overflow(String key) {
        return Problem.VALUE_REFUSED
                .because("the counter %s would be beyond 64 bits", Report.quote(key))
                .hint("it is left as it was");
    }
}
