package dev.keepsake.codec;

import dev.keepsake.fault.Fault;
import dev.keepsake.query.Order;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The classes of a model while it is read: which are kinds of their own, what identifies them, and how they lead to each
 * other. What only the whole model can say of a relation is completed at the end.
 */
final class Entities {
    static final Entities NONE = new Entities(List.of(), List.of(), Map.of(), new ArrayList<>());

    /** Each class that is a kind, with the class whose name the kind has. */
    private final Map<Class<?>, Class<?>> roots = new LinkedHashMap<>();

    private final Map<Class<?>, Kind> mapped = new LinkedHashMap<>();
    private final Map<Class<?>, Conversion<?, ?>> conversions;
    private final List<String> mistakes;
    private final List<Later> later = new ArrayList<>();

    private record Later(Relation.ToMany relation, Annotations.@Nullable Related said) {}

    /**
     * What alone identifies objects of a class.
     *
     * @param name its stored name
     * @param type of its values
     */
    record IdMember(String name, Type type) {}

    Entities(
            List<Class<?>> types,
            List<Mapping<?>> mappings,
            Map<Class<?>, Conversion<?, ?>> conversions,
            List<String> mistakes) {
        this.conversions = new LinkedHashMap<>(conversions);
        this.mistakes = mistakes;
        for (Class<?> type : types) {
            Class<?> root = root(type);
            roots.put(type, root);
            roots.put(root, root);
            if (root == type && type.isSealed()) {
                permitted(type).forEach(variant -> roots.put(variant, root));
            }
        }
        mappings.forEach(mapping -> mapped.put(mapping.type(), mapping.kind()));
    }

    // ---- hierarchies

    /** The class that a class shares its kind with: the sealed or mapped one above it, or itself. */
    private static Class<?> root(Class<?> type) {
        Class<?> root = type;
        for (Class<?> above = type.getSuperclass();
                above != null && above != Object.class;
                above = above.getSuperclass()) {
            if (above.isSealed() || Annotations.entity(above)) {
                root = above;
            }
        }
        for (Class<?> above : type.getInterfaces()) {
            if (above.isSealed()) {
                return root(above);
            }
        }
        return root;
    }

    /** The classes below a sealed one that objects are made of. */
    static Stream<Class<?>> permitted(Class<?> type) {
        Stream<Class<?>> own = Modifier.isAbstract(type.getModifiers()) ? Stream.of() : Stream.of(type);
        Class<?>[] below = type.getPermittedSubclasses();
        return below == null ? own : Stream.concat(own, Stream.of(below).flatMap(Entities::permitted));
    }

    /** Whether a class shares its kind with others. */
    boolean isHierarchy(Class<?> root) {
        List<String> ignored = new ArrayList<>();
        return root.isSealed()
                || Annotations.hierarchy(root, ignored).root()
                || variants(root).size() > 1;
    }

    /** The classes that objects of a kind are made of. */
    <T> List<Class<? extends T>> variants(Class<T> root) {
        List<Class<? extends T>> variants = new ArrayList<>();
        roots.forEach((type, at) -> {
            if (at == root && !Modifier.isAbstract(type.getModifiers())) {
                variants.add(type.asSubclass(root));
            }
        });
        return variants;
    }

    /** The classes whose names the kinds have. */
    Set<Class<?>> kinds() {
        return new LinkedHashSet<>(roots.values());
    }

    // ---- what is known of a class before it is read

    boolean contains(Class<?> type) {
        return roots.containsKey(type) || mapped.containsKey(type);
    }

    Map<Class<?>, Conversion<?, ?>> conversions() {
        return conversions;
    }

    /** The stored name of the kind that objects of a class are kept as. */
    String kindName(Class<?> type) {
        Kind byHand = mapped.get(type);
        if (byHand != null) {
            return byHand.name();
        }
        Class<?> root = roots.getOrDefault(type, type);
        String name = Annotations.of(root).name();
        return name.isEmpty() ? ClassReader.snake(root.getSimpleName()) : name;
    }

    /** What alone identifies objects of a class; empty where several members do, or another object. */
    Optional<IdMember> idOf(Class<?> type) {
        Kind byHand = mapped.get(type);
        if (byHand != null) {
            return byHand.id().size() == 1
                    ? Optional.of(new IdMember(
                            byHand.id().getFirst(),
                            byHand.typeAt(Path.of(byHand.id().getFirst()))))
                    : Optional.empty();
        }
        Class<?> root = roots.getOrDefault(type, type);
        List<Class<?>> madeOf = new ArrayList<>(variants(root));
        List<Field> fields = fields(madeOf.isEmpty() ? root : madeOf.getFirst());
        List<Field> ids =
                fields.stream().filter(field -> Annotations.of(field).id()).toList();
        if (ids.isEmpty()) {
            ids = fields.stream().filter(field -> field.getName().equals("id")).toList();
        }
        if (ids.size() != 1 || contains(ids.getFirst().getType())) {
            return Optional.empty();
        }
        Field id = ids.getFirst();
        Annotations.Column column = Annotations.of(id);
        if (column.flat() || Annotations.embeddable(id.getType())) {
            return Optional.empty();
        }
        try {
            JavaTypes plain = new JavaTypes(
                    raw -> {
                        throw new ClassReader.Mistaken(null);
                    },
                    conversions);
            JavaType javaType = plain.of(id.getGenericType(), true, column.converter());
            String name = column.name().isEmpty() ? ClassReader.snake(id.getName()) : column.name();
            return Optional.of(new IdMember(name, column.narrowed(javaType).type()));
        } catch (IllegalArgumentException | ClassReader.Mistaken e) {
            return Optional.empty(); // told where that class is read
        }
    }

    private static List<Field> fields(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    fields.add(field);
                }
            }
        }
        return fields;
    }

    /** Whether the other side of a reference says that its referrers are deleted with it. */
    boolean removes(Class<?> referrer, String member, Class<?> target) {
        Class<?> root = roots.getOrDefault(target, target);
        List<Class<?>> all = new ArrayList<>(variants(root));
        all.add(root);
        return all.stream()
                .flatMap(each -> fields(each).stream())
                .filter(field -> field.getGenericType() instanceof ParameterizedType of
                        && of.getActualTypeArguments()[0] instanceof Class<?> element
                        && element.isAssignableFrom(referrer))
                .map(field -> Annotations.of((AnnotatedElement) field).related())
                .anyMatch(said ->
                        said != null && said.removes() && said.mappedBy().equals(member));
    }

    // ---- relations

    /** A relation that is completed when all classes are read. */
    void later(Relation.ToMany relation, Annotations.@Nullable Related said) {
        later.add(new Later(relation, said));
    }

    /** Completes all relations, and gives the kinds that join, which no class stands for. */
    Map<String, Kind> complete(Map<Class<?>, Codec<?>> codecs) {
        for (Codec<?> codec : codecs.values()) {
            if (codec instanceof ClassCodec<?> own) {
                bind(own, codecs);
            } else if (codec instanceof HierarchyCodec<?> hierarchy) {
                hierarchy.variants().forEach(variant -> bind(variant, codecs));
            }
        }
        Map<String, Kind> joins = new LinkedHashMap<>();
        // owners of joins first: the other sides follow them
        for (Later each : later) {
            if (joined(each) && said(each).isEmpty()) {
                note(each, () -> complete(each, joins, codecs));
            }
        }
        for (Later each : later) {
            if (joined(each) && !said(each).isEmpty()) {
                note(each, () -> follow(each));
            } else if (!joined(each)) {
                note(each, () -> inverse(each));
            }
        }
        return joins;
    }

    private static void bind(ClassCodec<?> codec, Map<Class<?>, Codec<?>> codecs) {
        codec.relations().forEach(relation -> {
            Codec<?> target = codecs.get(relation.target());
            if (target != null) {
                relation.bind(target, codec.kind());
            }
        });
    }

    private void note(Later each, Runnable completion) {
        try {
            completion.run();
        } catch (IllegalArgumentException e) {
            mistakes.add(each.relation.owner().getName() + "." + each.relation.name() + ": " + e.getMessage());
        }
    }

    private static boolean joined(Later each) {
        return each.said != null && each.said.sort() == Annotations.Sort.JOINED;
    }

    private static String said(Later each) {
        return each.said == null ? "" : each.said.mappedBy();
    }

    private static void inverse(Later each) {
        Relation.ToMany relation = each.relation;
        List<Relation.ToOne> back = new ArrayList<>();
        for (Relation other : relation.codec().relations()) {
            if (other instanceof Relation.ToOne one && one.target().isAssignableFrom(relation.owner())) {
                back.add(one);
            }
        }
        String wanted = said(each);
        if (!wanted.isEmpty()) {
            back.removeIf(one -> !one.name().equals(wanted));
        }
        String owner = relation.owner().getSimpleName();
        String target = relation.target().getSimpleName();
        if (back.isEmpty()) {
            throw new IllegalArgumentException(
                    wanted.isEmpty()
                            ? target + " has no member that refers to " + owner
                                    + "; give it one, or join both by @ManyToMany"
                            : target + " has no member " + wanted + " that refers to " + owner);
        }
        if (back.size() > 1) {
            boolean apart = back.stream().map(Relation::name).distinct().count() == 1;
            throw new IllegalArgumentException(
                    apart
                            ? "classes of " + target + " each have a "
                                    + back.getFirst().name() + " of their own: declare it in " + target
                            : target + " refers to " + owner + " by "
                                    + String.join(
                                            " and ",
                                            back.stream().map(Relation::name).toList())
                                    + ": say which by @OneToMany(mappedBy = ...)");
        }
        relation.complete(new Relation.Via.Inverse(back.getFirst()), order(each));
    }

    private void complete(Later each, Map<String, Kind> joins, Map<Class<?>, Codec<?>> codecs) {
        Relation.ToMany relation = each.relation;
        Annotations.Related said = Objects.requireNonNull(each.said);
        IdMember mine = single(relation.owner());
        IdMember theirs = single(relation.target());
        String ownName = kindName(relation.owner());
        String otherName = kindName(relation.target());
        String name = said.join().isEmpty() ? ownName + "_" + otherName : said.join();
        String backName = later.stream()
                .filter(other -> joined(other)
                        && said(other).equals(relation.name())
                        && other.relation.owner() == relation.target())
                .findFirst()
                .map(other -> other.relation.name())
                .orElse(ownName);
        String own = said.own().isEmpty() ? ClassReader.snake(backName) + "_" + mine.name() : said.own();
        String other = said.other().isEmpty() ? ClassReader.snake(relation.name()) + "_" + theirs.name() : said.other();
        Kind join = codecs.values().stream()
                .map(Codec::kind)
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElse(null);
        if (join == null) {
            join = Kind.named(name)
                    .required(own, mine.type())
                    .required(other, theirs.type())
                    .id(own, other)
                    .reference(
                            new Reference("", List.of(own), ownName, List.of(mine.name()), Reference.OnDelete.CASCADE))
                    .reference(new Reference(
                            "", List.of(other), otherName, List.of(theirs.name()), Reference.OnDelete.CASCADE))
                    .index(Index.of(name + "_" + own + "_idx", own))
                    .index(Index.of(name + "_" + other + "_idx", other))
                    .build();
            Kind twice = joins.put(name, join);
            if (twice != null && !twice.equals(join)) {
                throw new IllegalArgumentException("another relation is joined by " + name + " too, in another way");
            }
        } else {
            for (String field : List.of(own, other)) {
                if (join.references().stream()
                        .noneMatch(reference -> reference.fields().equals(List.of(field)))) {
                    throw new IllegalArgumentException(
                            "it is joined by " + name + ", whose class has no reference kept as " + field);
                }
            }
        }
        relation.complete(new Relation.Via.Through(join, own, other), order(each));
    }

    private IdMember single(Class<?> type) {
        return idOf(type)
                .orElseThrow(() -> new IllegalArgumentException(
                        type.getSimpleName() + " is identified by several members, and cannot be joined"));
    }

    /** The other side of a join: the same kind, the fields the other way round. */
    private static void follow(Later each) {
        Relation.ToMany relation = each.relation;
        for (Relation other : relation.codec().relations()) {
            if (other instanceof Relation.ToMany many
                    && many.name().equals(said(each))
                    && many.isComplete()
                    && many.via() instanceof Relation.Via.Through through) {
                relation.complete(through.reversed(), order(each));
                return;
            }
        }
        throw new IllegalArgumentException(
                relation.target().getSimpleName() + " has no @ManyToMany member " + said(each));
    }

    /** {@code name DESC, id} in stored names; by id where nothing else is said. */
    private static List<Order> order(Later each) {
        String said = each.said == null ? null : each.said.order();
        if (said == null || said.isBlank()) {
            return List.of();
        }
        List<Order> keys = new ArrayList<>();
        for (String key : said.split(",")) {
            String[] words = key.strip().split("\\s+");
            boolean descending = words.length > 1 && words[1].equalsIgnoreCase("desc");
            if (words.length > 2 || (words.length == 2 && !descending && !words[1].equalsIgnoreCase("asc"))) {
                throw new IllegalArgumentException("@OrderBy is written as in \"name DESC, id\"");
            }
            try {
                keys.add(new Order(each.relation.codec().stored(Path.parse(words[0])), descending));
            } catch (Fault e) {
                throw new IllegalArgumentException("@OrderBy: " + e.sentence(), e);
            }
        }
        return keys;
    }
}
