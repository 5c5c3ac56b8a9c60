package dev.keepsake.codec;

import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import dev.keepsake.value.Type;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads classes by reflection: what they keep, under which names. Every mistake is noted, and reading goes on. */
final class ClassReader {
    private static final int MOST_MEMBERS = 250;

    private final List<String> mistakes;
    private final Entities entities;
    private final JavaTypes javaTypes;
    private @Nullable Class<?> hierarchy;
    private final Map<String, Relation> shared = new LinkedHashMap<>();

    ClassReader(List<String> mistakes, Entities entities) {
        this.mistakes = mistakes;
        this.entities = entities;
        this.javaTypes = new JavaTypes(
                raw -> model(raw, snake(raw.getSimpleName()), Place.VALUE, Map.of()), entities.conversions());
    }

    /** Where the members of a class are kept. */
    private enum Place {
        /** As a kind. */
        KIND,
        /** As fields of the kind of another class. */
        FLAT,
        /** Inside one field of another class. */
        VALUE
    }

    /** A class that cannot be a model at all; without a message, where the reasons are noted. */
    static final class Mistaken extends RuntimeException {
        private static final long serialVersionUID = 1;

        Mistaken(@Nullable String message) {
            super(message);
        }
    }

    /** How a class is kept inside another. */
    static JavaType valueOf(Class<?> type, List<String> mistakes) {
        return new ClassReader(mistakes, Entities.NONE).javaTypes.loose(type);
    }

    /** A class that rows are read into. */
    <T> ClassModel<T> projection(Class<T> type) {
        return model(type, snake(type.getSimpleName()), Place.VALUE, Map.of());
    }

    // ---- kinds

    /** A class that is a kind of its own. */
    <T> ClassCodec<T> codecOf(Class<T> type) {
        int before = mistakes.size();
        String name = entities.kindName(type);
        ClassModel<T> model = model(type, name, Place.KIND, overrides(type));
        if (Annotations.isMarked(type)) {
            mistakes.add(type.getName() + ": @DiscriminatorColumn and @DiscriminatorValue say nothing, since no other "
                    + "class of the model is kept with it");
        }
        boolean whole = mistakes.size() == before;
        Kind.Builder kind = Kind.named(name);
        Identity identity = fields(type, model, kind, name, whole);
        if (mistakes.size() > before) {
            throw new Mistaken(null);
        }
        return new ClassCodec<>(model, kind.build(), null, identity.sequence, identity.idClass);
    }

    /** Classes that are kept as one kind, each marked. */
    <T> HierarchyCodec<T> hierarchyOf(Class<T> root, List<Class<? extends T>> variants) {
        int before = mistakes.size();
        hierarchy = root;
        String name = entities.kindName(root);
        List<String> refused = new ArrayList<>(root.isInterface() ? Annotations.refused(root) : List.of());
        Annotations.Hierarchy said = Annotations.hierarchy(root, refused);
        String field = said.column().isEmpty() ? "dtype" : said.column();
        if (variants.isEmpty()) {
            throw new Mistaken(root.getName() + " is abstract, and none of its classes is part of the model");
        }
        Map<String, Field> fields = new LinkedHashMap<>();
        Map<Class<?>, ClassModel<? extends T>> models = new LinkedHashMap<>();
        Map<Class<?>, Identity> identities = new LinkedHashMap<>();
        Kind.Builder kind = Kind.named(name).required(field, Type.TEXT);
        List<Kind> each = new ArrayList<>();
        for (Class<? extends T> variant : variants) {
            ClassModel<? extends T> model = model(variant, name, Place.KIND, overrides(variant));
            Kind.Builder own = Kind.named(name);
            identities.put(variant, fields(variant, model, own, name, mistakes.size() == before));
            models.put(variant, model);
            if (mistakes.size() == before) {
                each.add(own.build());
            }
        }
        refused.forEach(reason -> mistakes.add(root.getName() + reason));
        if (mistakes.size() > before) {
            throw new Mistaken(null);
        }
        for (Kind own : each) {
            for (Field one : own.fields()) {
                Field other = fields.get(one.name());
                if (other != null && !other.type().equals(one.type())) {
                    mistakes.add(
                            root.getName() + " keeps " + one.name() + " as " + other.type() + " and as " + one.type());
                }
                boolean everywhere = each.stream()
                        .allMatch(k -> k.field(one.name()).map(Field::required).orElse(false));
                fields.put(one.name(), new Field(one.name(), one.type(), everywhere, null, null));
            }
            if (!own.id().equals(each.getFirst().id())) {
                mistakes.add(root.getName() + ": its classes are identified by different members");
            }
        }
        if (fields.containsKey(field)) {
            mistakes.add(root.getName() + ": a member is kept as " + field
                    + ", which tells the classes apart; name another by @DiscriminatorColumn");
        }
        fields.values().forEach(kind::field);
        Kind first = each.getFirst();
        kind.id(first.id().toArray(String[]::new)).generated(first.generation());
        first.version().ifPresent(kind::version);
        each.stream().flatMap(own -> own.expiry().stream()).findFirst().ifPresent(kind::expires);
        Annotations.shard(root).ifPresent(kind::shard);
        each.stream().flatMap(own -> own.indexes().stream()).distinct().forEach(kind::index);
        each.stream().flatMap(own -> own.references().stream()).distinct().forEach(kind::reference);
        if (mistakes.size() > before) {
            throw new Mistaken(null);
        }
        Kind whole = kind.build();
        List<ClassCodec<? extends T>> codecs = new ArrayList<>();
        Map<String, Class<?>> marks = new LinkedHashMap<>();
        models.forEach((variant, model) -> {
            List<String> wrong = new ArrayList<>();
            String mark = Annotations.mark(variant, wrong);
            if (variant != root
                    && !Annotations.hierarchy(variant, wrong).column().isEmpty()) {
                wrong.add(": @DiscriminatorColumn is for the first of its classes, " + root.getSimpleName());
            }
            wrong.forEach(reason -> mistakes.add(variant.getName() + reason));
            Class<?> other = marks.put(mark, variant);
            if (other != null) {
                mistakes.add(other.getName() + " and " + variant.getName() + " are both marked " + mark);
            }
            Identity identity = Objects.requireNonNull(identities.get(variant));
            codecs.add(new ClassCodec<>(
                    model, whole, new ClassCodec.Mark(field, mark), identity.sequence, identity.idClass));
        });
        if (mistakes.size() > before) {
            throw new Mistaken(null);
        }
        return new HierarchyCodec<>(root, whole, field, codecs);
    }

    private Map<String, String> overrides(Class<?> type) {
        List<String> refused = new ArrayList<>();
        Map<String, String> names = Annotations.overrides(type, refused);
        refused.forEach(reason -> mistakes.add(type.getName() + ": " + reason));
        return names;
    }

    /**
     * What identifies objects of a class.
     *
     * @param sequence where its numbers come from, or null
     * @param idClass the class that holds the parts of an id, or null
     */
    private record Identity(
            Codec.@Nullable Sequence sequence, @Nullable ClassModel<?> idClass) {}

    private Identity fields(Class<?> type, ClassModel<?> model, Kind.Builder kind, String name, boolean whole) {
        List<String> ids = new ArrayList<>();
        Codec.Sequence sequence = null;
        if (model.values().stream().filter(value -> value.column().version()).count() > 1) {
            mistakes.add(type.getName() + " has more than one @Version");
        }
        if (model.values().stream().filter(value -> value.column().expires()).count() > 1) {
            mistakes.add(type.getName() + " has more than one @Expires");
        }
        Annotations.shard(type).ifPresent(kind::shard);
        for (Member.Value value : model.values()) {
            Annotations.Column column = value.column();
            if (column.id() && column.converter() != null && JavaTypes.isScalar(value.raw())) {
                mistakes.add(type.getName() + "." + value.javaName()
                        + ": an id is converted from a class of its own, not from "
                        + value.raw().getSimpleName() + ", which may be an id already");
            }
            kind.field(new Field(value.name(), value.javaType().type(), value.required() || column.id(), null, null));
            if (column.id()) {
                ids.add(value.name());
                if (column.generated()) {
                    Generation generation = generation(type, value);
                    Annotations.Sequence from = column.sequence();
                    if (from != null && generation == Generation.IDENTITY) {
                        generation = Generation.SEQUENCE;
                        sequence = new Codec.Sequence(
                                from.name().isEmpty() ? name : from.name(), from.first(), from.block());
                    }
                    kind.generated(generation);
                }
            }
            if (column.version()) {
                kind.version(value.name());
            }
            if (column.expires()) {
                kind.expires(value.name());
            }
            if (column.unique()) {
                kind.index(Index.unique(name + "_" + value.name() + "_key", value.name()));
            }
            Relation.ToOne toOne = value.toOne();
            if (toOne != null) {
                entities.idOf(toOne.target())
                        .ifPresent(id -> kind.reference(new Reference(
                                "",
                                List.of(value.name()),
                                entities.kindName(toOne.target()),
                                List.of(id.name()),
                                toOne.onDelete())));
            }
        }
        indexReferences(model, kind, name, Annotations.of(type).indexes());
        if (!ids.isEmpty()) {
            kind.id(ids.toArray(String[]::new));
        } else if (whole) {
            Optional<Member.Value> id = model.values().stream()
                    .filter(value -> value.javaName().equals("id"))
                    .findFirst();
            if (id.isPresent()) {
                kind.id(id.get().name());
            } else {
                mistakes.add(type.getName() + " has no id: name a member id, or annotate one with @Id");
            }
        }
        Annotations.of(type).indexes().forEach(kind::index);
        return new Identity(sequence, idClass(type, model, ids));
    }

    /** What others are found by is indexed, unless an index of the class begins with it. */
    private static void indexReferences(ClassModel<?> model, Kind.Builder kind, String name, List<Index> declared) {
        for (Member.Value value : model.values()) {
            boolean indexed = value.column().unique()
                    || declared.stream()
                            .anyMatch(index -> index.parts().getFirst().field().equals(value.name()));
            if (value.toOne() != null && !indexed) {
                kind.index(Index.of(name + "_" + value.name() + "_idx", value.name()));
            }
        }
    }

    private @Nullable ClassModel<?> idClass(Class<?> type, ClassModel<?> model, List<String> ids) {
        for (Member member : model.members()) {
            if (member instanceof Member.Flat flat
                    && flat.values().getFirst().column().id()) {
                return flat.inner();
            }
        }
        Class<?> said = Annotations.idClass(type);
        if (said == null) {
            return null;
        }
        ClassModel<?> inner = model(said, snake(said.getSimpleName()), Place.VALUE, Map.of());
        List<String> wanted = model.values().stream()
                .filter(value -> ids.contains(value.name()))
                .map(Member.Value::javaName)
                .sorted()
                .toList();
        List<String> had =
                inner.values().stream().map(Member.Value::javaName).sorted().toList();
        if (!wanted.equals(had)) {
            mistakes.add(type.getName() + ": its @IdClass " + said.getSimpleName() + " has the members "
                    + String.join(", ", had) + ", but the @Id members are " + String.join(", ", wanted));
        }
        return inner;
    }

    private Generation generation(Class<?> type, Member.Value member) {
        return switch (member.javaType().type()) {
            case Type.Uuid u -> Generation.UUID;
            case Type.Oid o -> Generation.OBJECT_ID;
            case Type.Int i -> Generation.IDENTITY;
            default -> {
                mistakes.add(type.getName() + "." + member.javaName()
                        + " cannot be generated: generated ids are whole numbers, UUIDs or ObjectIds");
                yield Generation.GIVEN;
            }
        };
    }

    // ---- members

    private <T> ClassModel<T> model(Class<T> type, String name, Place place, Map<String, String> overrides) {
        int before = mistakes.size();
        Annotations.refused(type).forEach(reason -> mistakes.add(type.getName() + reason));
        Rules.elsewhere(type).forEach(reason -> mistakes.add(type.getName() + reason));
        if (type.isInterface()
                || Modifier.isAbstract(type.getModifiers())
                || type.isPrimitive()
                || type.isArray()
                || type.isEnum()) {
            throw new Mistaken(type.getName() + " is no record and no class that objects are made of");
        }
        MethodHandles.Lookup lookup = lookup(type);
        try {
            List<Member> members =
                    type.isRecord() ? components(type, lookup, overrides) : fields(type, lookup, overrides);
            if (members.isEmpty()) {
                throw new Mistaken(mistakes.size() > before ? null : type.getName() + " has nothing to keep");
            }
            if (slots(members) > MOST_MEMBERS) {
                throw new Mistaken(type.getName() + " has more than " + MOST_MEMBERS
                        + " members (in a record, long and double count twice)");
            }
            if (place != Place.KIND) {
                members.forEach(member -> inside(type, member, place));
            }
            overrides.keySet().stream()
                    .filter(path -> members.stream()
                            .noneMatch(member -> member.javaName().equals(path)
                                    || (member instanceof Member.Flat && path.startsWith(member.javaName() + "."))))
                    .forEach(path -> mistakes.add(
                            type.getName() + ": @AttributeOverride names " + path + ", which is no member of it"));
            if (type.isRecord() && mistakes.size() > before) {
                throw new Mistaken(null);
            }
            return new ClassModel<>(type, name, members, maker(type, lookup));
        } catch (IllegalAccessException e) {
            throw new Mistaken(type.getName() + " cannot be read: " + e.getMessage());
        }
    }

    /** What is said of a member that means nothing where its class is kept inside another. */
    private void inside(Class<?> type, Member member, Place place) {
        String at = type.getName() + "." + member.javaName() + ": ";
        if (member instanceof Member.Many || (member instanceof Member.Value value && value.toOne() != null)) {
            mistakes.add(at + "it leads to other objects, which only a class with an id of its own can");
        } else if (member instanceof Member.Value value) {
            Annotations.inside(value.column(), place == Place.FLAT)
                    .forEach(said -> mistakes.add(at + said + " says nothing where the class is kept inside another"));
        }
    }

    /** How many arguments a constructor of all members has, as the Java Virtual Machine counts them. */
    private static int slots(List<Member> members) {
        return members.stream()
                .mapToInt(member ->
                        member.setter() == null && (member.raw() == long.class || member.raw() == double.class) ? 2 : 1)
                .sum();
    }

    private static MethodHandles.Lookup lookup(Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        } catch (IllegalAccessException e) {
            throw new Mistaken(type.getName() + " is closed to Keepsake: write 'opens " + type.getPackageName()
                    + " to dev.keepsake.core' in its module-info");
        }
    }

    private static MethodHandle maker(Class<?> type, MethodHandles.Lookup lookup) throws IllegalAccessException {
        MethodType signature = MethodType.methodType(void.class);
        if (type.isRecord()) {
            Class<?>[] components = Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            signature = MethodType.methodType(void.class, components);
        }
        try {
            return lookup.findConstructor(type, signature);
        } catch (NoSuchMethodException e) {
            boolean inner = type.isMemberClass() && !Modifier.isStatic(type.getModifiers());
            throw new Mistaken(type.getName() + " has no constructor without arguments"
                    + (inner ? ": it is an inner class, make it static" : ""));
        }
    }

    /** A member as it is found in the class. */
    private record Found(
            Class<?> type,
            String name,
            Class<?> raw,
            java.lang.reflect.Type generic,
            AnnotatedElement element,
            Annotations.Column column,
            Map<String, String> overrides,
            MethodHandle getter,
            @Nullable MethodHandle setter) {
        String at() {
            return type.getName() + "." + name;
        }
    }

    private List<Member> components(Class<?> type, MethodHandles.Lookup lookup, Map<String, String> overrides)
            throws IllegalAccessException {
        List<Member> members = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            AnnotatedElement field = fieldOf(type, component.getName());
            Annotations.Column column = named(Annotations.of(field), component.getName(), overrides);
            note(type, component.getName(), column.refused());
            if (column.left()) {
                mistakes.add(type.getName() + "." + component.getName()
                        + " is left out, but a record is made of all its components");
            }
            MethodHandle getter = lookup.unreflect(component.getAccessor());
            add(
                    members,
                    new Found(
                            type,
                            component.getName(),
                            component.getType(),
                            component.getGenericType(),
                            field,
                            column,
                            below(overrides, component.getName(), column),
                            getter,
                            null));
        }
        return members;
    }

    private List<Member> fields(Class<?> type, MethodHandles.Lookup own, Map<String, String> overrides)
            throws IllegalAccessException {
        Deque<Class<?>> line = new ArrayDeque<>();
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
            line.push(at);
        }
        List<Member> members = new ArrayList<>();
        for (Class<?> declaring : line) {
            MethodHandles.Lookup lookup = declaring == type ? own : lookup(declaring);
            for (java.lang.reflect.Field field : declaring.getDeclaredFields()) {
                Annotations.Column column = named(Annotations.of(field), field.getName(), overrides);
                int modifiers = field.getModifiers();
                if (Modifier.isStatic(modifiers)
                        || Modifier.isTransient(modifiers)
                        || field.isSynthetic()
                        || column.left()) {
                    if (!field.isSynthetic()) {
                        note(type, field.getName(), Annotations.refused(field));
                    }
                    continue;
                }
                note(type, field.getName(), column.refused());
                if (Modifier.isFinal(modifiers)) {
                    mistakes.add(type.getName() + "." + field.getName() + " is final, so that it cannot be read back");
                    continue;
                }
                MethodHandle getter =
                        lookup.unreflectGetter(field).asType(MethodType.methodType(field.getType(), type));
                MethodHandle setter =
                        lookup.unreflectSetter(field).asType(MethodType.methodType(void.class, type, field.getType()));
                add(
                        members,
                        new Found(
                                type,
                                field.getName(),
                                field.getType(),
                                field.getGenericType(),
                                field,
                                column,
                                below(overrides, field.getName(), column),
                                getter,
                                setter));
            }
        }
        return members;
    }

    private static Annotations.Column named(Annotations.Column column, String javaName, Map<String, String> overrides) {
        String other = overrides.get(javaName);
        return other == null ? column : column.named(other);
    }

    /** The stored names of what is further in: the outer class's word counts before the member's. */
    private static Map<String, String> below(
            Map<String, String> overrides, String javaName, Annotations.Column column) {
        Map<String, String> below = new LinkedHashMap<>(column.overrides());
        overrides.forEach((path, name) -> {
            if (path.startsWith(javaName + ".")) {
                below.put(path.substring(javaName.length() + 1), name);
            }
        });
        return below;
    }

    private void add(List<Member> members, Found found) {
        try {
            members.add(member(found));
        } catch (IllegalArgumentException | Mistaken e) {
            if (e.getMessage() != null) {
                mistakes.add(found.at() + ": " + e.getMessage());
            }
        }
    }

    private Member member(Found found) {
        Class<?> target = target(found.raw, found.generic);
        Annotations.Related related = found.column.related();
        Annotations.Sort sort = related == null ? Annotations.Sort.NONE : related.sort();
        if (target == null) {
            if (sort != Annotations.Sort.NONE) {
                throw new IllegalArgumentException(
                        "it leads to other objects by its annotation, but " + found.generic.getTypeName()
                                + " is no class of the model: name that class when the model is built");
            }
            return isFlat(found) ? flat(found) : value(found);
        }
        boolean many = Collection.class.isAssignableFrom(found.raw);
        if (many || sort == Annotations.Sort.TO_MANY) {
            return many(found, target, related, many);
        }
        return toOne(found, target, related);
    }

    /** The class of the model that a member leads to, itself, by a reference, or as a list or set. */
    private @Nullable Class<?> target(Class<?> raw, java.lang.reflect.Type generic) {
        if (entities.contains(raw)) {
            return raw;
        }
        boolean leads = raw == Ref.class || raw == List.class || raw == Set.class || raw == Collection.class;
        if (leads
                && generic instanceof ParameterizedType of
                && of.getActualTypeArguments()[0] instanceof Class<?> argument) {
            if (entities.contains(argument)) {
                return argument;
            }
            if (raw == Ref.class) {
                throw new IllegalArgumentException(
                        argument.getName() + " is no class of the model: name it when the model is built");
            }
        }
        if (raw == Ref.class) {
            throw new IllegalArgumentException("say to what, as in Ref<MonsterType>");
        }
        if (generic instanceof ParameterizedType && leadsTo(generic)) {
            throw new IllegalArgumentException(
                    "other objects are referred to by Ref<Other> or Other, which is null where "
                            + "there is none, or by List<Other> or Set<Other>");
        }
        return null;
    }

    /** Whether a class of the model, or a reference, is named somewhere inside. */
    private boolean leadsTo(java.lang.reflect.Type type) {
        return switch (type) {
            case Class<?> raw -> raw == Ref.class || entities.contains(raw);
            case ParameterizedType of ->
                leadsTo(of.getRawType())
                        || Arrays.stream(of.getActualTypeArguments()).anyMatch(this::leadsTo);
            default -> false;
        };
    }

    private Member value(Found found) {
        Annotations.Column column = found.column;
        String name = column.name().isEmpty() ? snake(found.name) : column.name();
        JavaType javaType = column.narrowed(javaTypes.of(found.generic, found.setter == null, column.converter()));
        note(found.type, found.name, column.idle(javaType.type()));
        List<String> refused = new ArrayList<>();
        List<Rules.Rule> rules = Rules.of(found.element, refused);
        note(found.type, found.name, refused);
        boolean required = !javaType.nullable() || column.required();
        return new Member.Value(
                found.name, found.raw, name, javaType, required, column, rules, found.getter, found.setter, null);
    }

    // ---- members kept as fields of their owner

    private static boolean isFlat(Found found) {
        return found.column.flat() || Annotations.embeddable(found.raw);
    }

    private Member flat(Found found) {
        if (found.raw.isPrimitive()
                || found.raw.isInterface()
                || found.raw.getName().startsWith("java.")) {
            throw new IllegalArgumentException("only a class or record with members of its own is embedded"
                    + (found.raw.isSealed() ? "; without @Embedded a sealed type is kept inside one field" : ""));
        }
        note(found.type, found.name, found.column.idleFlat());
        List<String> refused = new ArrayList<>();
        List<Rules.Rule> rules = Rules.of(found.element, refused);
        note(found.type, found.name, refused);
        ClassModel<?> inner = model(found.raw, snake(found.raw.getSimpleName()), Place.FLAT, found.overrides());
        List<Member.Value> values = new ArrayList<>();
        for (Member.Value each : inner.values()) {
            MethodHandle within = MethodHandles.guardWithTest(
                    THERE,
                    each.getter().asType(MethodType.methodType(Object.class, Object.class)),
                    MethodHandles.dropArguments(MethodHandles.constant(Object.class, null), 0, Object.class));
            MethodHandle getter = MethodHandles.filterReturnValue(
                    found.getter.asType(found.getter.type().changeReturnType(Object.class)), within);
            values.add(new Member.Value(
                    found.name + "." + each.javaName(),
                    Object.class,
                    each.name(),
                    each.javaType(),
                    each.required() && found.column.id(),
                    found.column.id() ? each.column().identifying() : each.column(),
                    each.rules(),
                    getter,
                    null,
                    null));
        }
        return new Member.Flat(found.name, found.raw, inner, values, rules, found.getter, found.setter);
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static boolean there(@Nullable Object object) {
        return object != null;
    }

    private static final MethodHandle THERE;

    static {
        try {
            THERE = MethodHandles.lookup()
                    .findStatic(ClassReader.class, "there", MethodType.methodType(boolean.class, Object.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // ---- relations

    private Member toOne(Found found, Class<?> target, Annotations.@Nullable Related related) {
        Entities.IdMember id = entities.idOf(target)
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                target.getSimpleName()
                                        + " is identified by several members or none: keep the parts of its id as members of their own"));
        if (related != null && related.order() != null) {
            throw new IllegalArgumentException("@OrderBy is for lists");
        }
        String referenced = Annotations.referenced(found.element);
        if (!referenced.isEmpty() && !referenced.equals(id.name())) {
            throw new IllegalArgumentException("@JoinColumn(referencedColumnName = \"" + referenced
                    + "\") is not honoured: a reference is kept as the other's id, which is " + id.name());
        }
        Annotations.Column column = found.column;
        String said = related == null ? "" : related.column();
        String name =
                !said.isEmpty() ? said : column.name().isEmpty() ? snake(found.name) + "_" + id.name() : column.name();
        OnDelete onDelete = found.element.getAnnotation(OnDelete.class);
        Owner owner = owner(found);
        Relation.ToOne relation = new Relation.ToOne(
                owner.type,
                found.name,
                target,
                owner.getter,
                owner.setter,
                name,
                found.raw == Ref.class,
                column.required(),
                onDelete != null
                        ? onDelete.value()
                        : entities.removes(found.type, found.name, target)
                                ? Reference.OnDelete.CASCADE
                                : Reference.OnDelete.REFUSE);
        if (shared.putIfAbsent(owner.key(found.name), relation) instanceof Relation.ToOne other
                && other.field().equals(name)) {
            relation = other;
        }
        if (column.required() && relation.onDelete() == Reference.OnDelete.NULLIFY) {
            throw new IllegalArgumentException("it is required, and @OnDelete would make it null");
        }
        JavaType javaType = JavaType.of(id.type(), value -> value);
        List<String> refused = new ArrayList<>();
        List<Rules.Rule> rules = Rules.of(found.element, refused);
        note(found.type, found.name, refused);
        boolean required = column.required()
                || rules.stream().anyMatch(rule -> !rule.holds().test(null));
        return new Member.Value(
                found.name, found.raw, name, javaType, required, column, rules, found.getter, found.setter, relation);
    }

    private Member many(Found found, Class<?> target, Annotations.@Nullable Related related, boolean collection) {
        if (!collection && found.raw != Ref.class) {
            throw new IllegalArgumentException(
                    "the other side keeps this reference, so that it would cost a query for each "
                            + "object: declare it as Ref<" + target.getSimpleName()
                            + ">, which is loaded when it is asked for");
        }
        if (found.element.isAnnotationPresent(OnDelete.class)) {
            throw new IllegalArgumentException("@OnDelete is for the other side, which keeps the reference");
        }
        Owner owner = owner(found);
        Relation.ToMany relation = new Relation.ToMany(
                owner.type,
                found.name,
                target,
                owner.getter,
                owner.setter,
                found.raw,
                related != null && related.orphans(),
                related != null && related.eager());
        if (shared.putIfAbsent(owner.key(found.name), relation) instanceof Relation.ToMany other) {
            relation = other;
        } else {
            entities.later(relation, related);
        }
        return new Member.Many(found.name, found.raw, relation, found.getter, found.setter);
    }

    /**
     * Whose a member is: of a hierarchy, the class or interface that all who have it have it from, so that it is one member.
     *
     * @param getter from that class
     */
    private record Owner(
            Class<?> type, MethodHandle getter, @Nullable MethodHandle setter) {
        String key(String member) {
            return type.getName() + "." + member;
        }
    }

    private Owner owner(Found found) {
        Class<?> root = hierarchy;
        try {
            if (root != null && found.setter != null && found.element instanceof java.lang.reflect.Field field) {
                Class<?> declaring = field.getDeclaringClass();
                Class<?> common = root.isAssignableFrom(declaring)
                        ? declaring
                        : declaring.isAssignableFrom(root) ? root : found.type;
                MethodHandles.Lookup lookup = lookup(declaring);
                return new Owner(
                        common,
                        lookup.unreflectGetter(field).asType(MethodType.methodType(found.raw, common)),
                        lookup.unreflectSetter(field).asType(MethodType.methodType(void.class, common, found.raw)));
            }
            if (root != null && root.isInterface()) {
                Method accessor = root.getMethod(found.name);
                return new Owner(
                        root, lookup(root).unreflect(accessor).asType(MethodType.methodType(found.raw, root)), null);
            }
        } catch (NoSuchMethodException e) {
            // each class has one of its own
        } catch (IllegalAccessException e) {
            throw new Mistaken(found.at() + " cannot be read: " + e.getMessage());
        }
        return new Owner(found.type, found.getter, found.setter);
    }

    private static AnnotatedElement fieldOf(Class<?> type, String javaName) {
        for (java.lang.reflect.Field field : type.getDeclaredFields()) {
            if (field.getName().equals(javaName)) {
                return field;
            }
        }
        throw new IllegalStateException(type + "." + javaName);
    }

    private void note(Class<?> type, String member, List<String> refused) {
        refused.forEach(reason -> mistakes.add(type.getName() + "." + member + ": " + reason));
    }

    /** {@code packageId} as {@code package_id}, {@code HTTPServer2} as {@code http_server2}. */
    static String snake(String javaName) {
        return javaName.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replaceAll("([A-Z]+)([A-Z][a-z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }
}
