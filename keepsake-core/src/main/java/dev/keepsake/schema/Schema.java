package dev.keepsake.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All kinds of a store, by stored name. Immutable. */
public final class Schema {
    /** No kinds at all: nothing leads anywhere. */
    public static final Schema EMPTY = new Schema(Map.of());

    private final Map<String, Kind> kinds;

    private Schema(Map<String, Kind> kinds) {
        this.kinds = kinds;
    }

    /** A schema of the given kinds; two of one name are an {@link IllegalArgumentException}. */
    public static Schema of(Collection<Kind> kinds) {
        Map<String, Kind> byName = new LinkedHashMap<>();
        for (Kind kind : kinds) {
            if (byName.putIfAbsent(kind.name(), kind) != null) {
                throw new IllegalArgumentException("two kinds are named " + kind.name());
            }
        }
        return new Schema(Collections.unmodifiableMap(byName));
    }

    /** The kinds, in order. */
    public Collection<Kind> kinds() {
        return kinds.values();
    }

    /** The stored names of the kinds, in order. */
    public Set<String> names() {
        return kinds.keySet();
    }

    /** The kind with that name, if there is one. */
    public Optional<Kind> find(String name) {
        return Optional.ofNullable(kinds.get(name));
    }

    /**
     * The kind with that name.
     *
     * @throws dev.keepsake.fault.Invalid {@code unknown-kind} with near names
     */
    public Kind kind(String name) {
        return find(name).orElseThrow(() -> Misnamed.noKind(name, names(), null).fault());
    }

    /**
     * Where a step from a kind leads. A field that is a reference leads to the object it names; the name of a kind that refers
     * here in one way leads to those objects, and {@code kind.field} where it refers in several. A field always means itself
     * before it means a kind.
     */
    public Optional<Link> link(Kind from, String step) {
        for (Reference reference : from.references()) {
            boolean named = reference.fields().equals(List.of(step))
                    || (reference.fields().size() > 1 && reference.name().equals(step));
            if (named) {
                return find(reference.kind())
                        .map(target -> new Link(target, reference.fields(), reference.targets(), false));
            }
        }
        if (from.field(step).isPresent()) {
            return Optional.empty();
        }
        for (Kind kind : kinds.values()) {
            List<Reference> back = kind.references().stream()
                    .filter(reference -> reference.kind().equals(from.name()))
                    .toList();
            for (Reference reference : back) {
                boolean named = (back.size() == 1 && kind.name().equals(step))
                        || (kind.name() + "." + reference.fields().getFirst()).equals(step);
                if (named) {
                    return Optional.of(new Link(kind, reference.targets(), reference.fields(), true));
                }
            }
        }
        return Optional.empty();
    }

    /** The steps from a kind that lead to others, for messages. */
    public List<String> steps(Kind from) {
        List<String> steps = new ArrayList<>();
        for (Kind kind : kinds.values()) {
            List<Reference> back = kind.references().stream()
                    .filter(reference -> reference.kind().equals(from.name()))
                    .toList();
            back.forEach(reference -> steps.add(
                    back.size() == 1
                            ? kind.name()
                            : kind.name() + "." + reference.fields().getFirst()));
        }
        return steps;
    }

    /** The kinds so that each comes after those it refers to; where kinds refer to each other in a ring, one has to be first. */
    public List<Kind> inReferenceOrder() {
        Set<Kind> ordered = new LinkedHashSet<>();
        Set<String> visiting = new LinkedHashSet<>();
        kinds.values().forEach(kind -> visit(kind, visiting, ordered));
        return new ArrayList<>(ordered);
    }

    private void visit(Kind kind, Set<String> visiting, Set<Kind> ordered) {
        if (visiting.add(kind.name())) {
            for (Reference reference : kind.references()) {
                find(reference.kind()).ifPresent(target -> visit(target, visiting, ordered));
            }
            ordered.add(kind);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Schema schema && kinds.equals(schema.kinds);
    }

    @Override
    public int hashCode() {
        return kinds.hashCode();
    }

    @Override
    public String toString() {
        return kinds.keySet().toString();
    }
}
