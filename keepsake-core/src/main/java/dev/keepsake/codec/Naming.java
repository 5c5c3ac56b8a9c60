package dev.keepsake.codec;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Change;
import dev.keepsake.query.Condition;
import dev.keepsake.schema.Kind;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Paths, conditions and changes in Java names and values, as those in stored ones: the one place that translates. */
final class Naming {
    private final List<? extends ClassCodec<?>> classes;

    private Naming(List<? extends ClassCodec<?>> classes) {
        this.classes = classes;
    }

    static Naming of(ClassCodec<?> codec) {
        return new Naming(List.of(codec));
    }

    static Naming of(List<? extends ClassCodec<?>> variants) {
        return new Naming(variants);
    }

    private static Naming of(Codec<?> codec) {
        return switch (codec) {
            case ClassCodec<?> own -> of(own);
            case HierarchyCodec<?> hierarchy -> of(hierarchy.variants());
            case StateCodec states -> new Naming(List.of());
        };
    }

    /** Where a path leads: the stored steps, and what values there are. */
    private record Place(
            List<String> steps,
            @Nullable JavaType type,
            @Nullable Relation relation) {
        Path path() {
            return new Path(steps);
        }

        /** A constant of Java's as it is kept there. */
        Object constant(Object given) {
            if (relation != null) {
                Object other = given instanceof Ref<?> ref && ref.id().isEmpty()
                        ? ref.loaded().map(Object.class::cast).orElse(given)
                        : given;
                return relation.target().isInstance(other)
                        ? idOf(other, relation)
                        : relation.codec().id(other);
            }
            return type == null ? given : encoded(type, given);
        }

        private static Object idOf(Object other, Relation relation) {
            Object id = relation.codec().idOf(other);
            if (id == null) {
                throw Problem.REQUEST_INVALID
                        .because(
                                "%s is compared with a new %s, which has no id yet",
                                relation, relation.target().getSimpleName())
                        .hint("flush first")
                        .fault();
            }
            return id;
        }

        private static Object encoded(JavaType type, Object given) {
            try {
                return Objects.requireNonNullElse(type.encode().apply(given), given);
            } catch (ClassCastException | IllegalArgumentException e) {
                if (given instanceof Long number && number == number.intValue()) {
                    try {
                        return Objects.requireNonNullElse(type.encode().apply(number.intValue()), given);
                    } catch (ClassCastException | IllegalArgumentException again) {
                        // not of this class either
                    }
                }
                return type.element() == null ? given : encoded(type.element(), given);
            }
        }
    }

    Path path(Path java) {
        return place(java).path();
    }

    private Place place(Path java) {
        return place(java.steps(), java);
    }

    private Place place(List<String> steps, Path whole) {
        String first = steps.getFirst();
        List<String> rest = steps.subList(1, steps.size());
        Member member = member(first, whole);
        return switch (member) {
            case Member.Value value -> value(value, rest, whole);
            case Member.Flat flat -> flat(flat, rest, whole);
            case Member.Many many -> many(many.relation(), rest, whole);
        };
    }

    private Member member(String name, Path whole) {
        for (ClassCodec<?> each : classes) {
            Optional<Member> found = each.model().member(name);
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw unknown(name, whole, classes.stream().map(ClassCodec::model).toList());
    }

    private static RuntimeException unknown(String name, Path whole, List<? extends ClassModel<?>> models) {
        List<String> known = models.stream()
                .flatMap(model -> model.members().stream())
                .map(Member::javaName)
                .distinct()
                .toList();
        String owner = models.isEmpty() ? "it" : models.getFirst().type().getSimpleName();
        return Problem.UNKNOWN_FIELD
                .because("%s has no member %s", owner, Report.quote(name))
                .at(whole)
                .near(name, known)
                .fault();
    }

    private static Place value(Member.Value value, List<String> rest, Path whole) {
        Relation.ToOne toOne = value.toOne();
        if (toOne != null) {
            List<String> here = List.of(value.name());
            if (rest.isEmpty() || isId(toOne, rest)) {
                return new Place(here, null, toOne);
            }
            return behind(here, of(toOne.codec()).place(rest, whole));
        }
        return inside(List.of(value.name()), value.javaType(), rest, whole);
    }

    /** The id of the other object is what is kept here. */
    private static boolean isId(Relation.ToOne toOne, List<String> rest) {
        return rest.size() == 1
                && of(toOne.codec()).classes.stream()
                        .anyMatch(
                                each -> each.model().member(rest.getFirst()).orElse(null) instanceof Member.Value value
                                        && each.kind().id().equals(List.of(value.name())));
    }

    private static Place flat(Member.Flat flat, List<String> rest, Path whole) {
        if (rest.isEmpty()) {
            throw Problem.REQUEST_INVALID
                    .because("%s is kept as fields of its own", flat.javaName())
                    .hint("name one of them, as in " + flat.javaName() + "."
                            + flat.inner().members().getFirst().javaName())
                    .fault();
        }
        ClassModel<?> inner = flat.inner();
        for (int i = 0; i < flat.values().size(); i++) {
            List<String> name = List.of(inner.values().get(i).javaName().split("\\."));
            if (rest.size() >= name.size() && rest.subList(0, name.size()).equals(name)) {
                return value(flat.values().get(i), rest.subList(name.size(), rest.size()), whole);
            }
        }
        if (inner.member(rest.getFirst()).orElse(null) instanceof Member.Flat deeper) {
            return flat(deeper, rest.subList(1, rest.size()), whole);
        }
        throw unknown(rest.getFirst(), whole, List.of(inner));
    }

    /** A path inside a value: members of classes by their Java names, keys of maps as they are. */
    private static Place inside(List<String> steps, JavaType type, List<String> rest, Path whole) {
        if (rest.isEmpty()) {
            return new Place(steps, type, null);
        }
        if (!type.models().isEmpty()) {
            Member member = type.models().stream()
                    .flatMap(model -> model.member(rest.getFirst()).stream())
                    .findFirst()
                    .orElseThrow(() -> unknown(rest.getFirst(), whole, type.models()));
            if (member instanceof Member.Value value) {
                return inside(and(steps, value.name()), value.javaType(), rest.subList(1, rest.size()), whole);
            }
            if (member instanceof Member.Flat flat) {
                return behind(steps, flat(flat, rest.subList(1, rest.size()), whole));
            }
        }
        JavaType element = type.element();
        if (element != null && type.type() instanceof Type.Dictionary) {
            return inside(and(steps, rest.getFirst()), element, rest.subList(1, rest.size()), whole);
        }
        if (element != null) {
            return inside(steps, element, rest, whole);
        }
        List<String> all = new ArrayList<>(steps);
        all.addAll(rest);
        return new Place(all, null, null);
    }

    private static List<String> and(List<String> steps, String step) {
        List<String> all = new ArrayList<>(steps);
        all.add(step);
        return all;
    }

    private static Place behind(List<String> steps, Place place) {
        List<String> all = new ArrayList<>(steps);
        all.addAll(place.steps);
        return new Place(all, place.type, place.relation);
    }

    /** Through the objects that refer here, or through the pairs that join: see {@code Schema.link}. */
    private static Place many(Relation.ToMany relation, List<String> rest, Path whole) {
        List<String> here = steps(relation);
        if (rest.isEmpty()) {
            // the objects themselves: by their id
            Kind other = relation.codec().kind();
            List<String> id = relation.via() instanceof Relation.Via.Through
                    ? here
                    : and(here, other.id().getFirst());
            return new Place(id, null, relation);
        }
        return behind(here, of(relation.codec()).place(rest, whole));
    }

    /** The stored steps that lead through a relation to the objects behind it. */
    static List<String> steps(Relation relation) {
        return switch (relation) {
            case Relation.ToOne one -> List.of(one.field());
            case Relation.ToMany many ->
                switch (many.via()) {
                    case Relation.Via.Inverse inverse ->
                        List.of(step(
                                inverse.back().codec().kind().name(),
                                inverse.back().ownerKind(),
                                inverse.back().field()));
                    case Relation.Via.Through through ->
                        List.of(
                                step(targetOf(through.join(), through.own()), through.join(), through.own()),
                                through.other());
                };
        };
    }

    private static String targetOf(Kind join, String field) {
        return join.references().stream()
                .filter(reference -> reference.fields().equals(List.of(field)))
                .findFirst()
                .orElseThrow()
                .kind();
    }

    /** A kind's name, and the field where it refers in more than one way. */
    private static String step(String referred, Kind referring, String field) {
        long ways = referring.references().stream()
                .filter(reference -> reference.kind().equals(referred))
                .count();
        return ways > 1 ? referring.name() + "." + field : referring.name();
    }

    // ---- conditions

    Condition condition(Condition condition) {
        return switch (condition) {
            case Condition.Constant c -> c;
            case Condition.Compare c -> {
                Place at = place(c.path());
                yield new Condition.Compare(at.path(), c.operator(), at.constant(c.value()));
            }
            case Condition.Between b -> {
                Place at = place(b.path());
                yield new Condition.Between(at.path(), at.constant(b.least()), at.constant(b.greatest()));
            }
            case Condition.In in -> {
                Place at = place(in.path());
                yield new Condition.In(
                        at.path(), in.values().stream().map(at::constant).toList());
            }
            case Condition.Match m -> new Condition.Match(path(m.path()), m.manner(), m.text(), m.ignoringCase());
            case Condition.IsNull n -> new Condition.IsNull(path(n.path()));
            case Condition.Has h -> {
                Place at = place(h.path());
                yield at.relation instanceof Relation.ToMany
                        ? new Condition.Compare(at.path(), Condition.Operator.EQ, at.constant(h.value()))
                        : new Condition.Has(at.path(), at.constant(h.value()));
            }
            case Condition.Related related -> related(related);
            case Condition.And and ->
                new Condition.And(and.all().stream().map(this::condition).toList());
            case Condition.Or or ->
                new Condition.Or(or.any().stream().map(this::condition).toList());
            case Condition.Not not -> new Condition.Not(condition(not.condition()));
        };
    }

    /** Some object behind a member: its steps, and its condition in its own names. */
    private Condition related(Condition.Related related) {
        List<String> steps = new ArrayList<>();
        List<? extends ClassCodec<?>> at = classes;
        Codec<?> target = null;
        for (String step : related.through().steps()) {
            List<Relation> known =
                    at.stream().flatMap(each -> each.relations().stream()).toList();
            Relation relation = known.stream()
                    .filter(each -> each.name().equals(step))
                    .findFirst()
                    .orElseThrow(() -> Problem.UNKNOWN_FIELD
                            .because("there is no member %s that leads to other objects", Report.quote(step))
                            .at(related.through())
                            .near(step, known.stream().map(Relation::name).toList())
                            .fault());
            steps.addAll(steps(relation));
            target = relation.codec();
            at = of(target).classes;
        }
        Condition inner = Objects.requireNonNull(target).stored(related.condition());
        return new Condition.Related(new Path(steps), null, inner);
    }

    Change change(Change change) {
        Place at = place(change.path());
        return switch (change) {
            case Change.Set set -> new Change.Set(at.path(), set.value() == null ? null : at.constant(set.value()));
            case Change.Unset unset -> new Change.Unset(at.path());
            case Change.Increment increment -> new Change.Increment(at.path(), increment.by());
            case Change.Append append -> new Change.Append(at.path(), at.constant(append.value()));
            case Change.RemoveValue remove -> new Change.RemoveValue(at.path(), at.constant(remove.value()));
        };
    }
}
