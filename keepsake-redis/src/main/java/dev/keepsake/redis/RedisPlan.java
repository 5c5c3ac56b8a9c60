package dev.keepsake.redis;

import dev.keepsake.query.Order;
import dev.keepsake.schema.Index;
import dev.keepsake.value.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the objects of a selection are looked for, and whether everything that is found there is wanted.
 *
 * @param lookups the places; what is found in several is wanted once
 * @param isExact whether the condition holds for all that is found
 * @param path in which order the objects of one index are found; null for objects of several indexes, or found by their ids
 */
record RedisPlan(
        List<Lookup> lookups, boolean isExact, @Nullable Route path) {
    /** One place. */
    sealed interface Lookup {}

    /** Objects by their ids. */
    record ByIds(List<Object> ids) implements Lookup {}

    /**
     * A part of a sorted set.
     *
     * @param index the index; none for that of the ids
     * @param range from where to where
     */
    record InIndex(Optional<Index> index, Range range) implements Lookup {}

    /** From some bytes, included, to others, that are not; to none for all that follow. */
    static final class Range {
        static final Range ALL = new Range(new byte[0], null);

        private final byte[] from;
        private final byte @Nullable [] to;

        Range(byte[] from, byte @Nullable [] to) {
            this.from = from;
            this.to = to;
        }

        byte[] from() {
            return from;
        }

        byte @Nullable [] to() {
            return to;
        }

        /** All that start with the given bytes. */
        static Range startingWith(byte[] start) {
            return start.length == 0 ? ALL : new Range(start, SortKey.behind(start));
        }

        /** As Redis writes it. */
        byte[] least() {
            return from.length == 0 ? new byte[] {'-'} : RedisStates.joined(List.of(new byte[] {'['}, from));
        }

        /** As Redis writes it. */
        byte[] end() {
            return to == null ? new byte[] {'+'} : RedisStates.joined(List.of(new byte[] {'('}, to));
        }
    }

    /**
     * The order in which the objects of an index are found.
     *
     * @param keys the fields, in order, those that are equal in all that is found left out
     * @param fixed the fields that are equal in all that is found
     */
    record Route(List<Order> keys, Set<String> fixed) {
        /** How the keys of an order, without the fixed ones, begin as these do, in this direction or against it. */
        Match match(List<Order> order) {
            List<Order> wanted = new ArrayList<>();
            for (Order key : order) {
                if (!fixed.contains(key.path().toString())) {
                    wanted.add(key);
                }
            }
            int matched = 0;
            boolean backwards = false;
            while (matched < wanted.size() && matched < keys.size()) {
                Path path = wanted.get(matched).path();
                boolean against =
                        wanted.get(matched).descending() != keys.get(matched).descending();
                if (!path.equals(keys.get(matched).path()) || (matched > 0 && against != backwards)) {
                    break;
                }
                backwards = against;
                matched++;
            }
            return new Match(wanted.subList(0, matched), backwards, matched == wanted.size());
        }
    }

    /**
     * How far objects are found in a wanted order.
     *
     * @param keys the keys in whose order they are found
     * @param isBackwards whether they are when they are read from the end
     * @param isWhole whether that is all of the order
     */
    record Match(List<Order> keys, boolean isBackwards, boolean isWhole) {
        static final Match NONE = new Match(List.of(), false, false);
    }

    /** How far the objects are found in an order. */
    Match match(List<Order> order) {
        if (order.isEmpty()) {
            return new Match(List.of(), false, true);
        }
        return path == null ? Match.NONE : path.match(order);
    }

    /** Whether an object can be found twice. */
    boolean overlaps() {
        return path == null && lookups.size() > 1;
    }
}
