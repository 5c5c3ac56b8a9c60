package dev.keepsake.codec;

import dev.keepsake.schema.Index;
import dev.keepsake.value.Type;
import jakarta.persistence.EnumType;
import jakarta.persistence.GenerationType;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The annotations of jakarta.persistence that are honoured; any other of that package is refused with the reason, never
 * overlooked. Where that API is not on the class path its annotations are not there to be read either, and everything goes
 * by the defaults.
 */
final class Annotations {
    private static final String PACKAGE = "jakarta.persistence.";
    private static final String COLLECTION =
            "a collection is kept inside its owner, in one field; name that by @Column";
    private static final String KEY = "the keys of a kept map are text or constants by name";
    private static final String ONE = "a class is kept as one kind: embed a class, or refer to another";
    private static final String QUERY =
            "queries are written in Java, see Query; native ones go through the store itself";
    private static final String LISTEN =
            "objects are not told when they are read and written: do it where they are made, "
                    + "or listen to the store";
    private static final String CONTEXT = "nothing is injected: open a Keepsake and pass it on";
    /** Why those that are not honoured are not. */
    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("Access", "fields are read, and the components of records"),
            Map.entry("AssociationOverride", "an embedded class has no references; name the column by @JoinColumn"),
            Map.entry("AssociationOverrides", "an embedded class has no references; name the column by @JoinColumn"),
            Map.entry("Cacheable", "nothing is cached beyond a session"),
            Map.entry("CollectionTable", COLLECTION),
            Map.entry("OrderColumn", COLLECTION + ", or order a list of others by @OrderBy"),
            Map.entry("Converts", "one @Convert converts a member or its elements"),
            Map.entry("EntityListeners", LISTEN),
            Map.entry("ExcludeDefaultListeners", LISTEN),
            Map.entry("ExcludeSuperclassListeners", LISTEN),
            Map.entry("PostLoad", LISTEN),
            Map.entry("PostPersist", LISTEN),
            Map.entry("PostRemove", LISTEN),
            Map.entry("PostUpdate", LISTEN),
            Map.entry("PrePersist", LISTEN),
            Map.entry("PreRemove", LISTEN),
            Map.entry("PreUpdate", LISTEN),
            Map.entry("EnumeratedValue", "constants are kept by name; convert them to keep anything else"),
            Map.entry("JoinColumns", "a reference is kept as one field: refer to a class with one @Id"),
            Map.entry("MapKey", KEY),
            Map.entry("MapKeyClass", KEY),
            Map.entry("MapKeyColumn", KEY),
            Map.entry("MapKeyEnumerated", KEY),
            Map.entry("MapKeyJoinColumn", KEY),
            Map.entry("MapKeyJoinColumns", KEY),
            Map.entry("MapKeyTemporal", KEY),
            Map.entry("MapsId", "annotate the reference with @Id too, and leave the other member out"),
            Map.entry("NamedEntityGraph", "say what is loaded by Query.fetch"),
            Map.entry("NamedEntityGraphs", "say what is loaded by Query.fetch"),
            Map.entry("NamedQuery", QUERY),
            Map.entry("NamedQueries", QUERY),
            Map.entry("NamedNativeQuery", QUERY),
            Map.entry("NamedNativeQueries", QUERY),
            Map.entry("NamedStoredProcedureQuery", QUERY),
            Map.entry("NamedStoredProcedureQueries", QUERY),
            Map.entry("SqlResultSetMapping", QUERY),
            Map.entry("SqlResultSetMappings", QUERY),
            Map.entry("PersistenceContext", CONTEXT),
            Map.entry("PersistenceContexts", CONTEXT),
            Map.entry("PersistenceUnit", CONTEXT),
            Map.entry("PersistenceUnits", CONTEXT),
            Map.entry("PrimaryKeyJoinColumn", ONE),
            Map.entry("PrimaryKeyJoinColumns", ONE),
            Map.entry("SecondaryTable", ONE),
            Map.entry("SecondaryTables", ONE),
            Map.entry("SequenceGenerators", "a class has one generated id: use one @SequenceGenerator"),
            Map.entry("TableGenerator", "use a @SequenceGenerator, whose numbers are taken in blocks too"),
            Map.entry("TableGenerators", "use a @SequenceGenerator, whose numbers are taken in blocks too"),
            Map.entry("Temporal", "it is for java.util.Date: use LocalDate, LocalTime or Instant"));

    private static final List<String> CLASS = List.of(
            "Entity",
            "Table",
            "Embeddable",
            "IdClass",
            "SequenceGenerator",
            "Inheritance",
            "DiscriminatorColumn",
            "DiscriminatorValue",
            "AttributeOverride",
            "AttributeOverrides");
    private static final List<String> SUPERCLASS = List.of(
            "Entity",
            "Table",
            "Embeddable",
            "IdClass",
            "SequenceGenerator",
            "MappedSuperclass",
            "Inheritance",
            "DiscriminatorColumn",
            "DiscriminatorValue");
    private static final List<String> MEMBER = List.of(
            "Id",
            "EmbeddedId",
            "GeneratedValue",
            "SequenceGenerator",
            "Column",
            "Basic",
            "Lob",
            "Transient",
            "Enumerated",
            "Version",
            "Embedded",
            "AttributeOverride",
            "AttributeOverrides",
            "ElementCollection",
            "ManyToOne",
            "OneToOne",
            "OneToMany",
            "ManyToMany",
            "JoinColumn",
            "JoinTable",
            "Convert",
            "OrderBy");

    private Annotations() {}

    /**
     * What is said of a class.
     *
     * @param name its stored name, or empty
     * @param indexes its indexes
     */
    record Table(String name, List<Index> indexes) {}

    /**
     * What is said of a member.
     *
     * @param name its stored name, or empty
     * @param id whether it is (part of) the id
     * @param generated whether its value is generated
     * @param version whether it counts the object's changes
     * @param expires whether it holds the instant from which on the object is gone
     * @param left whether it is not kept
     * @param required whether null is refused
     * @param unique whether no other object has the same
     * @param length most characters, or 0
     * @param precision digits of a decimal, or 0
     * @param scale digits after the point
     * @param fraction digits of a second's fraction, or -1
     * @param flat whether the member's own members are kept beside those of its owner
     * @param overrides stored names of the member's own members, by Java name
     * @param converter what converts it, or null
     * @param sequence where its numbers come from, or null
     * @param related how it leads to other objects, or null
     * @param refused what is said that cannot be honoured
     */
    record Column(
            String name,
            boolean id,
            boolean generated,
            boolean version,
            boolean expires,
            boolean left,
            boolean required,
            boolean unique,
            int length,
            int precision,
            int scale,
            int fraction,
            boolean flat,
            Map<String, String> overrides,
            @Nullable Class<?> converter,
            @Nullable Sequence sequence,
            @Nullable Related related,
            List<String> refused) {
        /** What is said that means nothing for a type. */
        List<String> idle(Type type) {
            List<String> idle = new ArrayList<>();
            if (length > 0 && !(type instanceof Type.Text)) {
                idle.add("@Column(length) is for text");
            }
            if ((precision > 0 || scale > 0) && !(type instanceof Type.Decimal)) {
                idle.add("@Column(precision, scale) is for BigDecimal and BigInteger");
            }
            if (fraction >= 0
                    && !(type instanceof Type.Time || type instanceof Type.DateTime || type instanceof Type.Instant)) {
                idle.add("@Column(secondPrecision) is for times");
            }
            if (generated && !id) {
                idle.add("@GeneratedValue is for an @Id");
            }
            if (!overrides.isEmpty() && !flat) {
                idle.add("@AttributeOverride is for an @Embedded member");
            }
            if (related != null && related.sort == Sort.NONE) {
                idle.add(
                        "@JoinColumn, @JoinTable and @OrderBy are for a member that leads to other objects of the model");
            }
            if (expires && !(type instanceof Type.Instant)) {
                idle.add("@Expires is for an Instant");
            }
            if (version && !(type instanceof Type.Int)) {
                idle.add("@Version is for a whole number");
            }
            return idle;
        }

        /** What is said of a member whose own members are kept beside those of its owner, that is to be said of them. */
        List<String> idleFlat() {
            List<String> idle = new ArrayList<>();
            if (!name.isEmpty() || unique || length > 0 || precision > 0 || scale > 0 || fraction >= 0) {
                idle.add("@Column is for the members of what is embedded: name them by @AttributeOverride");
            }
            if (required && !id) {
                idle.add("@Basic(optional) and @Column(nullable) are for the members of what is embedded; "
                        + "say @NotNull of the whole");
            }
            if (expires) {
                idle.add("@Expires is for an Instant");
            }
            if (version || generated || converter != null || sequence != null || related != null) {
                idle.add("@Version, @GeneratedValue, @Convert and @JoinColumn say nothing of what is embedded");
            }
            return idle;
        }

        static final Column EXPIRING = new Column(
                "", false, false, false, true, false, false, false, 0, 0, 0, -1, false, Map.of(), null, null, null,
                List.of());

        static final Column SILENT = new Column(
                "", false, false, false, false, false, false, false, 0, 0, 0, -1, false, Map.of(), null, null, null,
                List.of());

        /** The same under the name that an owner gives it. */
        Column named(String other) {
            return new Column(
                    other, id, generated, version, expires, left, required, unique, length, precision, scale, fraction,
                    flat, overrides, converter, sequence, related, refused);
        }

        /** The same as part of the id. */
        Column identifying() {
            return new Column(
                    name, true, generated, version, expires, left, true, unique, length, precision, scale, fraction,
                    flat, overrides, converter, sequence, related, refused);
        }

        /** The type with what is said of its size. */
        JavaType narrowed(JavaType javaType) {
            return switch (javaType.type()) {
                case Type.Text text when length > 0 -> javaType.as(new Type.Text(length));
                case Type.Decimal decimal when precision > 0 -> javaType.as(new Type.Decimal(precision, scale));
                case Type.Decimal decimal when scale > 0 -> javaType.as(new Type.Decimal(38, scale));
                case Type.Time time when fraction >= 0 -> javaType.as(new Type.Time(fraction));
                case Type.DateTime time when fraction >= 0 -> javaType.as(new Type.DateTime(fraction));
                case Type.Instant instant when fraction >= 0 -> javaType.as(new Type.Instant(fraction));
                default -> javaType;
            };
        }
    }

    /** What a member is to other objects. */
    enum Sort {
        /** Nothing is said. */
        NONE,
        /** It refers to one. */
        TO_ONE,
        /** Those that refer to its owner. */
        TO_MANY,
        /** Those that are joined with its owner. */
        JOINED
    }

    /**
     * How a member leads to other objects.
     *
     * @param sort to which
     * @param mappedBy the other side's member, or empty
     * @param optional whether there may be none
     * @param removes whether the others are deleted with the owner
     * @param orphans whether one that is taken out is deleted
     * @param eager whether the others are loaded with the owner
     * @param column the stored name of a reference, or empty
     * @param join the kind that joins, or empty
     * @param own its field for the owner, or empty
     * @param other its field for the other, or empty
     * @param order the order in Java names; null where nothing is said, empty for by id
     */
    record Related(
            Sort sort,
            String mappedBy,
            boolean optional,
            boolean removes,
            boolean orphans,
            boolean eager,
            String column,
            String join,
            String own,
            String other,
            @Nullable String order) {}

    /**
     * Numbers taken in blocks.
     *
     * @param name of the sequence, or empty
     * @param first the first number
     * @param block how many at once
     */
    record Sequence(String name, long first, int block) {}

    /** What is said of a class, its superclasses and its methods that cannot be honoured. */
    static List<String> refused(Class<?> type) {
        List<String> refused = new ArrayList<>();
        refused(type, CLASS).forEach(reason -> refused.add(": " + reason));
        for (Class<?> at = type.getSuperclass(); at != null && at != Object.class; at = at.getSuperclass()) {
            String name = at.getSimpleName();
            refused(at, SUPERCLASS).forEach(reason -> refused.add(": of its superclass " + name + ", " + reason));
        }
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
            for (Method method : at.getDeclaredMethods()) {
                for (Annotation annotation : method.getAnnotations()) {
                    if (jakarta(annotation) && !onField(type, method.getName(), annotation)) {
                        String name = annotation.annotationType().getSimpleName();
                        refused.add("." + method.getName() + ": @" + name + " on a method is not honoured: "
                                + REASONS.getOrDefault(name, "annotate the field"));
                    }
                }
            }
        }
        table(type).forEach(reason -> refused.add(": " + reason));
        return refused;
    }

    /** Whether the annotation of an accessor is that of the record's component. */
    static boolean onField(Class<?> type, String name, Annotation annotation) {
        return type.isRecord()
                && Arrays.stream(type.getDeclaredFields())
                        .filter(field -> field.getName().equals(name))
                        .anyMatch(field -> Arrays.asList(field.getAnnotations()).contains(annotation));
    }

    private static List<String> table(Class<?> type) {
        List<String> refused = new ArrayList<>();
        if (mentioned(type)) {
            jakarta.persistence.Table table = type.getAnnotation(jakarta.persistence.Table.class);
            if (table != null && !(table.schema() + table.catalog()).isEmpty()) {
                refused.add("@Table(schema, catalog) is not honoured: the store's URL names the database");
            }
            if (table != null && (table.check().length > 0 || !table.options().isEmpty())) {
                refused.add("@Table(check, options) is not honoured here");
            }
        }
        return refused;
    }

    /** What is said of a member that means nothing where its class is kept inside another. */
    static List<String> inside(Column column, boolean flat) {
        List<String> said = new ArrayList<>();
        if (column.id) {
            said.add("@Id");
        }
        if (column.version) {
            said.add("@Version");
        }
        if (column.expires && !flat) {
            said.add("@Expires");
        }
        if (column.unique && !flat) {
            said.add("@Column(unique)");
        }
        return said;
    }

    /** Which part of a store a class is kept in, if that is said. */
    static Optional<String> shard(Class<?> type) {
        return Optional.ofNullable(type.getAnnotation(Shard.class)).map(Shard::value);
    }

    static Table of(Class<?> type) {
        TypeId typeId = type.getAnnotation(TypeId.class);
        String known = typeId == null ? "" : typeId.value();
        if (!mentioned(type)) {
            return new Table(known, List.of());
        }
        jakarta.persistence.Table table = type.getAnnotation(jakarta.persistence.Table.class);
        jakarta.persistence.Entity entity = type.getAnnotation(jakarta.persistence.Entity.class);
        String name = table != null && !table.name().isEmpty() ? table.name() : entity != null ? entity.name() : "";
        name = name.isEmpty() ? known : name;
        List<Index> indexes = new ArrayList<>();
        if (table != null) {
            for (jakarta.persistence.Index index : table.indexes()) {
                String[] fields = Arrays.stream(index.columnList().split(","))
                        .map(String::strip)
                        .map(Annotations::direction)
                        .toArray(String[]::new);
                String indexName = index.name().isEmpty() ? "by_" + String.join("_", fields) : index.name();
                indexes.add(index.unique() ? Index.unique(indexName, fields) : Index.of(indexName, fields));
            }
            for (jakarta.persistence.UniqueConstraint unique : table.uniqueConstraints()) {
                String indexName =
                        unique.name().isEmpty() ? String.join("_", unique.columnNames()) + "_key" : unique.name();
                indexes.add(Index.unique(indexName, unique.columnNames()));
            }
        }
        return new Table(name, indexes);
    }

    /** {@code major_ver DESC} as {@code -major_ver}. */
    private static String direction(String column) {
        String[] words = column.split("\\s+");
        return words.length > 1 && words[1].equalsIgnoreCase("desc") ? "-" + words[0] : words[0];
    }

    static Column of(AnnotatedElement member) {
        List<String> refused = refused(member, MEMBER);
        boolean expires = member.isAnnotationPresent(Expires.class);
        if (!mentioned(member)) {
            return expires ? Column.EXPIRING : Column.SILENT;
        }
        jakarta.persistence.Column column = member.getAnnotation(jakarta.persistence.Column.class);
        jakarta.persistence.Basic basic = member.getAnnotation(jakarta.persistence.Basic.class);
        jakarta.persistence.Enumerated enumerated = member.getAnnotation(jakarta.persistence.Enumerated.class);
        if (enumerated != null && enumerated.value() == EnumType.ORDINAL) {
            refused.add("@Enumerated(ORDINAL) is not honoured: a new constant would change what old numbers mean; "
                    + "use EnumType.STRING");
        }
        if (column != null && !(column.table() + column.columnDefinition() + column.options()).isEmpty()) {
            refused.add("@Column(table, columnDefinition, options) is not honoured here");
        }
        if (column != null && (!column.insertable() || !column.updatable() || column.check().length > 0)) {
            refused.add("@Column(insertable, updatable, check) is not honoured here");
        }
        boolean lob = member.isAnnotationPresent(jakarta.persistence.Lob.class);
        boolean sized = column != null && column.length() != 255 && !lob;
        boolean embeddedId = member.isAnnotationPresent(jakarta.persistence.EmbeddedId.class);
        Related related = related(member, refused);
        return new Column(
                column == null ? "" : column.name(),
                embeddedId || member.isAnnotationPresent(jakarta.persistence.Id.class),
                member.isAnnotationPresent(jakarta.persistence.GeneratedValue.class),
                member.isAnnotationPresent(jakarta.persistence.Version.class),
                expires,
                member.isAnnotationPresent(jakarta.persistence.Transient.class),
                (column != null && !column.nullable())
                        || (basic != null && !basic.optional())
                        || (related != null && !related.optional),
                (column != null && column.unique()) || uniqueJoin(member),
                sized ? column.length() : 0,
                column == null ? 0 : column.precision(),
                column == null ? 0 : column.scale(),
                column == null ? -1 : column.secondPrecision(),
                embeddedId || member.isAnnotationPresent(jakarta.persistence.Embedded.class),
                overrides(member, refused),
                converter(member, refused),
                sequence(member, refused),
                related,
                refused);
    }

    private static boolean uniqueJoin(AnnotatedElement member) {
        jakarta.persistence.JoinColumn join = member.getAnnotation(jakarta.persistence.JoinColumn.class);
        return join != null && join.unique();
    }

    /** Stored names that an owner gives to the members of what is embedded or inherited. */
    static Map<String, String> overrides(AnnotatedElement element, List<String> refused) {
        Map<String, String> names = new LinkedHashMap<>();
        if (!mentioned(element)) {
            return names;
        }
        for (jakarta.persistence.AttributeOverride each :
                element.getAnnotationsByType(jakarta.persistence.AttributeOverride.class)) {
            if (each.column().name().isEmpty()) {
                refused.add("@AttributeOverride(" + each.name() + ") names no column");
            }
            jakarta.persistence.Column said = each.column();
            if (!said.nullable()
                    || said.unique()
                    || said.length() != 255
                    || said.precision() != 0
                    || said.scale() != 0) {
                refused.add("@AttributeOverride(" + each.name() + ") gives another name and nothing else");
            }
            names.put(each.name(), each.column().name());
        }
        return names;
    }

    private static @Nullable Class<?> converter(AnnotatedElement member, List<String> refused) {
        jakarta.persistence.Convert convert = member.getAnnotation(jakarta.persistence.Convert.class);
        if (convert == null) {
            return null;
        }
        if (!convert.attributeName().isEmpty()) {
            refused.add("@Convert(attributeName) is not honoured: convert the member of the embedded class");
        }
        if (convert.disableConversion()) {
            return jakarta.persistence.Convert.class;
        }
        return convert.converter();
    }

    private static @Nullable Sequence sequence(AnnotatedElement member, List<String> refused) {
        jakarta.persistence.GeneratedValue generated = member.getAnnotation(jakarta.persistence.GeneratedValue.class);
        jakarta.persistence.SequenceGenerator generator =
                member.getAnnotation(jakarta.persistence.SequenceGenerator.class);
        if (generator == null && member instanceof java.lang.reflect.Member declared) {
            generator = declared.getDeclaringClass().getAnnotation(jakarta.persistence.SequenceGenerator.class);
        }
        if (generated == null) {
            if (member.isAnnotationPresent(jakarta.persistence.SequenceGenerator.class)) {
                refused.add("@SequenceGenerator is for a member with @GeneratedValue");
            }
            return null;
        }
        if (generator != null && !(generator.schema() + generator.catalog() + generator.options()).isEmpty()) {
            refused.add("@SequenceGenerator(schema, catalog, options) is not honoured: its numbers are kept in "
                    + "_keepsake_sequences");
        }
        boolean number = !(member instanceof Field field)
                || field.getType().isPrimitive()
                || Number.class.isAssignableFrom(field.getType());
        if (generated.strategy() != GenerationType.AUTO && number == (generated.strategy() == GenerationType.UUID)) {
            refused.add("@GeneratedValue(" + generated.strategy() + ") is not for this type: numbers are counted up by "
                    + "IDENTITY or SEQUENCE, a UUID is made by UUID");
        }
        if (generated.strategy() == GenerationType.TABLE) {
            refused.add("@GeneratedValue(TABLE) is not honoured: use SEQUENCE, whose numbers are taken in blocks too");
        }
        if (generated.strategy() != GenerationType.SEQUENCE) {
            if (!generated.generator().isEmpty()) {
                refused.add("@GeneratedValue(generator) is for the strategy SEQUENCE");
            }
            return null;
        }
        if (!generated.generator().isEmpty()
                && (generator == null
                        || !(generator.name().isEmpty() || generator.name().equals(generated.generator())))) {
            refused.add("@GeneratedValue names the generator " + generated.generator()
                    + ", which no @SequenceGenerator of the member or its class describes");
        }
        if (generator == null) {
            return new Sequence("", 1, 50);
        }
        if (generator.allocationSize() < 1) {
            refused.add("@SequenceGenerator(allocationSize) is at least 1");
        }
        String name = generator.sequenceName().isEmpty() ? generator.name() : generator.sequenceName();
        return new Sequence(name, generator.initialValue(), Math.max(1, generator.allocationSize()));
    }

    /** The column that a reference says it refers to; empty where it says none. */
    static String referenced(AnnotatedElement member) {
        if (!mentioned(member)) {
            return "";
        }
        jakarta.persistence.JoinColumn column = member.getAnnotation(jakarta.persistence.JoinColumn.class);
        return column == null ? "" : column.referencedColumnName();
    }

    private static @Nullable Related related(AnnotatedElement member, List<String> refused) {
        jakarta.persistence.JoinColumn column = member.getAnnotation(jakarta.persistence.JoinColumn.class);
        jakarta.persistence.JoinTable table = member.getAnnotation(jakarta.persistence.JoinTable.class);
        jakarta.persistence.OrderBy order = member.getAnnotation(jakarta.persistence.OrderBy.class);
        jakarta.persistence.ManyToOne manyToOne = member.getAnnotation(jakarta.persistence.ManyToOne.class);
        jakarta.persistence.OneToOne oneToOne = member.getAnnotation(jakarta.persistence.OneToOne.class);
        jakarta.persistence.OneToMany oneToMany = member.getAnnotation(jakarta.persistence.OneToMany.class);
        jakarta.persistence.ManyToMany manyToMany = member.getAnnotation(jakarta.persistence.ManyToMany.class);
        if (column != null) {
            if (!column.referencedColumnName().isEmpty() && (oneToMany != null || manyToMany != null)) {
                refused.add("@JoinColumn(referencedColumnName) is for a reference");
            }
            if (column.foreignKey().value() != jakarta.persistence.ConstraintMode.PROVIDER_DEFAULT) {
                refused.add("@JoinColumn(foreignKey) is not honoured: a reference is enforced where the store can");
            }
            if (!(column.columnDefinition() + column.table() + column.options()).isEmpty()
                    || column.check().length > 0
                    || !column.insertable()
                    || !column.updatable()) {
                refused.add(
                        "@JoinColumn(table, columnDefinition, options, check, insertable, updatable) is not honoured here");
            }
        }
        if (table != null
                && (!(table.schema() + table.catalog() + table.options()).isEmpty()
                        || table.uniqueConstraints().length > 0
                        || table.indexes().length > 0
                        || table.check().length > 0)) {
            refused.add("@JoinTable(schema, catalog, options, check, uniqueConstraints, indexes) is not honoured: each "
                    + "pair is kept once, and both sides are indexed");
        }
        jakarta.persistence.ElementCollection elements =
                member.getAnnotation(jakarta.persistence.ElementCollection.class);
        if (elements != null) {
            sameTarget(elements.targetClass(), refused);
            if (member instanceof Field field
                    && !Collection.class.isAssignableFrom(field.getType())
                    && !Map.class.isAssignableFrom(field.getType())) {
                refused.add("@ElementCollection is for a List, Set or Map");
            }
        }
        String columnName = column == null ? "" : column.name();
        boolean nullable = column == null || column.nullable();
        String by = order == null ? null : order.value();
        if (manyToOne != null) {
            sameTarget(manyToOne.targetEntity(), refused);
            removing(manyToOne.cascade(), "@ManyToOne", refused);
            return new Related(
                    Sort.TO_ONE, "", manyToOne.optional() && nullable, false, false, true, columnName, "", "", "", by);
        }
        if (oneToOne != null) {
            sameTarget(oneToOne.targetEntity(), refused);
            boolean inverse = !oneToOne.mappedBy().isEmpty();
            if (!inverse) {
                removing(oneToOne.cascade(), "@OneToOne", refused);
            }
            return new Related(
                    inverse ? Sort.TO_MANY : Sort.TO_ONE,
                    oneToOne.mappedBy(),
                    inverse || (oneToOne.optional() && nullable),
                    inverse && removes(oneToOne.cascade()),
                    oneToOne.orphanRemoval(),
                    false,
                    columnName,
                    "",
                    "",
                    "",
                    by);
        }
        if (oneToMany != null) {
            sameTarget(oneToMany.targetEntity(), refused);
            if (oneToMany.mappedBy().isEmpty() && (table != null || column != null)) {
                refused.add(
                        "@OneToMany is kept by the other side: let the other class refer back, and name that member by "
                                + "mappedBy; or use @ManyToMany with a @JoinTable");
            }
            return new Related(
                    Sort.TO_MANY,
                    oneToMany.mappedBy(),
                    true,
                    removes(oneToMany.cascade()),
                    oneToMany.orphanRemoval(),
                    oneToMany.fetch() == jakarta.persistence.FetchType.EAGER,
                    columnName,
                    "",
                    "",
                    "",
                    by);
        }
        if (manyToMany != null) {
            sameTarget(manyToMany.targetEntity(), refused);
            removing(manyToMany.cascade(), "@ManyToMany", refused);
            return new Related(
                    Sort.JOINED,
                    manyToMany.mappedBy(),
                    true,
                    false,
                    false,
                    manyToMany.fetch() == jakarta.persistence.FetchType.EAGER,
                    columnName,
                    table == null ? "" : table.name(),
                    table == null ? "" : only(table.joinColumns(), refused),
                    table == null ? "" : only(table.inverseJoinColumns(), refused),
                    by);
        }
        if (column == null && table == null && order == null) {
            return null;
        }
        return new Related(
                Sort.NONE,
                "",
                nullable,
                false,
                false,
                false,
                columnName,
                table == null ? "" : table.name(),
                table == null ? "" : only(table.joinColumns(), refused),
                table == null ? "" : only(table.inverseJoinColumns(), refused),
                by);
    }

    private static String only(jakarta.persistence.JoinColumn[] columns, List<String> refused) {
        if (columns.length > 1) {
            refused.add("@JoinTable joins by one column on each side, not by " + columns.length);
        }
        return columns.length == 0 ? "" : columns[0].name();
    }

    private static void sameTarget(Class<?> target, List<String> refused) {
        if (target != void.class) {
            refused.add("targetEntity is not honoured: the member's type says it");
        }
    }

    private static boolean removes(jakarta.persistence.CascadeType[] cascade) {
        List<jakarta.persistence.CascadeType> types = Arrays.asList(cascade);
        return types.contains(jakarta.persistence.CascadeType.REMOVE)
                || types.contains(jakarta.persistence.CascadeType.ALL);
    }

    /** Whoever deletes one of many owners would delete what the others refer to. */
    private static void removing(jakarta.persistence.CascadeType[] cascade, String annotation, List<String> refused) {
        if (removes(cascade)) {
            refused.add(
                    annotation + "(cascade = REMOVE or ALL) is not honoured: it would delete what others may refer to; "
                            + "name PERSIST and MERGE, or delete it yourself");
        }
    }

    /**
     * What is said of a class as one of a hierarchy.
     *
     * @param column the field that tells classes apart, or empty
     * @param value this class's own mark, or empty
     * @param root whether it says that it is the root
     */
    record Hierarchy(String column, String value, boolean root) {}

    static Hierarchy hierarchy(Class<?> type, List<String> refused) {
        if (!mentioned(type)) {
            return new Hierarchy("", "", false);
        }
        jakarta.persistence.Inheritance inheritance = type.getAnnotation(jakarta.persistence.Inheritance.class);
        if (inheritance != null && inheritance.strategy() != jakarta.persistence.InheritanceType.SINGLE_TABLE) {
            refused.add(": @Inheritance(" + inheritance.strategy()
                    + ") is not honoured: a hierarchy is kept in one table; use SINGLE_TABLE");
        }
        jakarta.persistence.DiscriminatorColumn column =
                type.getAnnotation(jakarta.persistence.DiscriminatorColumn.class);
        if (column != null && column.discriminatorType() != jakarta.persistence.DiscriminatorType.STRING) {
            refused.add(": @DiscriminatorColumn is of type STRING here");
        }
        if (column != null && !(column.columnDefinition() + column.options()).isEmpty()) {
            refused.add(": @DiscriminatorColumn(columnDefinition, options) is not honoured here");
        }
        jakarta.persistence.DiscriminatorValue value = type.getAnnotation(jakarta.persistence.DiscriminatorValue.class);
        boolean entity = type.isAnnotationPresent(jakarta.persistence.Entity.class);
        boolean apart = inheritance != null || (entity && Modifier.isAbstract(type.getModifiers()));
        return new Hierarchy(column == null ? "" : column.name(), value == null ? "" : value.value(), apart);
    }

    /** What marks objects of a class among those of the others. */
    static String mark(Class<?> type, List<String> refused) {
        Hierarchy said = hierarchy(type, refused);
        TypeId typeId = type.getAnnotation(TypeId.class);
        if (!said.value().isEmpty() || typeId != null) {
            return !said.value().isEmpty()
                    ? said.value()
                    : Objects.requireNonNull(typeId).value();
        }
        String name = entity(type)
                ? type.getAnnotation(jakarta.persistence.Entity.class).name()
                : "";
        return name.isEmpty() ? type.getSimpleName() : name;
    }

    /** Whether a class says what tells it from others. */
    static boolean isMarked(Class<?> type) {
        Hierarchy said = hierarchy(type, new ArrayList<>());
        return !(said.column() + said.value()).isEmpty();
    }

    /** Refuses what the constants of an enum say of how they are kept. */
    static void ofConstants(Class<?> type) {
        for (Field field : type.getDeclaredFields()) {
            refused(field, List.of()).forEach(reason -> {
                throw new IllegalArgumentException(type.getSimpleName() + "." + field.getName() + ": " + reason);
            });
        }
    }

    /** What a field that is not kept says, and that is honoured nowhere. */
    static List<String> refused(Field field) {
        return refused(field, MEMBER);
    }

    static boolean entity(Class<?> type) {
        return mentioned(type) && type.isAnnotationPresent(jakarta.persistence.Entity.class);
    }

    static boolean embeddable(Class<?> type) {
        return mentioned(type) && type.isAnnotationPresent(jakarta.persistence.Embeddable.class);
    }

    static @Nullable Class<?> idClass(Class<?> type) {
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
            if (mentioned(at) && at.isAnnotationPresent(jakarta.persistence.IdClass.class)) {
                return at.getAnnotation(jakarta.persistence.IdClass.class).value();
            }
        }
        return null;
    }

    /** Whether anything of jakarta.persistence is there, so that its classes can be named. */
    private static boolean mentioned(AnnotatedElement element) {
        return Arrays.stream(element.getAnnotations()).anyMatch(Annotations::jakarta);
    }

    private static boolean jakarta(Annotation annotation) {
        return annotation.annotationType().getName().startsWith(PACKAGE);
    }

    private static List<String> refused(AnnotatedElement element, List<String> honoured) {
        List<String> refused = new ArrayList<>();
        for (Annotation annotation : element.getAnnotations()) {
            String name = annotation.annotationType().getSimpleName();
            if (jakarta(annotation) && !honoured.contains(name)) {
                refused.add(
                        "@" + name + " is not honoured here: " + REASONS.getOrDefault(name, "it says nothing of this"));
            }
        }
        return refused;
    }
}
