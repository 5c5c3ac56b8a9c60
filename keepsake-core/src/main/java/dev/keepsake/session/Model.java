package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.Relation;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The classes of a session by their kinds: who refers to whom, and in which order kinds are written. */
final class Model {
    private final Map<String, Codec<?>> byKind = new LinkedHashMap<>();
    private final Map<String, List<Relation.ToOne>> incoming = new HashMap<>();
    private final Map<String, List<Relation.Via.Through>> joins = new HashMap<>();
    private final Map<String, Integer> places = new HashMap<>();
    private final Map<String, Set<String>> following = new ConcurrentHashMap<>();

    Model(Codecs codecs) {
        for (Codec<?> codec : codecs.all()) {
            byKind.merge(codec.kind().name(), codec, (a, b) -> a.type().isAssignableFrom(b.type()) ? a : b);
            for (Relation relation : codec.relations()) {
                switch (relation) {
                    case Relation.ToOne one -> note(incoming, one.codec().kind(), one);
                    case Relation.ToMany many -> {
                        if (many.via() instanceof Relation.Via.Through through) {
                            note(joins, many.ownerKind(), through);
                            note(joins, many.codec().kind(), through.reversed());
                        }
                    }
                }
            }
        }
        int place = 0;
        for (Kind kind : codecs.schema().inReferenceOrder()) {
            places.put(kind.name(), place++);
        }
    }

    private static <T> void note(Map<String, List<T>> all, Kind kind, T one) {
        List<T> known = all.computeIfAbsent(kind.name(), name -> new ArrayList<>());
        if (!known.contains(one)) {
            known.add(one);
        }
    }

    /** The codec of all objects of a kind. */
    Codec<?> codec(Kind kind) {
        return Objects.requireNonNull(byKind.get(kind.name()), kind.name());
    }

    /** The references that lead to objects of a kind. */
    List<Relation.ToOne> incoming(Kind kind) {
        return incoming.getOrDefault(kind.name(), List.of());
    }

    /** The kinds of pairs that objects of a kind are part of, by the field that names them. */
    List<Relation.Via.Through> joins(Kind kind) {
        return joins.getOrDefault(kind.name(), List.of());
    }

    /** The kinds whose objects are changed or deleted when objects of a kind are deleted, by their delete rules. */
    Set<String> following(Kind kind) {
        return following.computeIfAbsent(kind.name(), name -> {
            Set<String> reached = new HashSet<>();
            Deque<String> queue = new ArrayDeque<>(List.of(name));
            Set<String> seen = new HashSet<>();
            while (!queue.isEmpty()) {
                String at = queue.poll();
                if (!seen.add(at)) {
                    continue;
                }
                joins.getOrDefault(at, List.of())
                        .forEach(through -> reached.add(through.join().name()));
                for (Relation.ToOne one : incoming.getOrDefault(at, List.of())) {
                    if (one.onDelete() != Reference.OnDelete.REFUSE) {
                        reached.add(one.ownerKind().name());
                    }
                    if (one.onDelete() == Reference.OnDelete.CASCADE) {
                        queue.add(one.ownerKind().name());
                    }
                }
            }
            return reached;
        });
    }

    /** The kinds whose objects refer to those of some kinds, directly or through others. */
    Set<String> leadingTo(Collection<String> kinds) {
        Set<String> leading = new HashSet<>();
        Deque<String> queue = new ArrayDeque<>(kinds);
        while (!queue.isEmpty()) {
            for (Relation.ToOne one : incoming.getOrDefault(queue.poll(), List.of())) {
                if (leading.add(one.ownerKind().name())) {
                    queue.add(one.ownerKind().name());
                }
            }
        }
        return leading;
    }

    /** Where a kind is in the order in which kinds are written. */
    int place(Kind kind) {
        return places.getOrDefault(kind.name(), Integer.MAX_VALUE);
    }
}
