package dev.keepsake.codec;

import dev.keepsake.schema.Index;
import dev.keepsake.value.Type;
import jakarta.persistence.EnumType;
import jakarta.persistence.GenerationType;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The annotations of jakarta.persistence that are honoured; any other of that package is refused with the reason, never
 * overlooked. Where that API is not on the class path its annotations are not there to be read either, and everything goes
 * by the defaults.
 */
final class Annotations {
    private static final String PACKAGE = "jakarta.persistence.";
    private static final List<String> CLASS = List.of("Entity", "Table", "Embeddable");
    private static final List<String> SUPERCLASS = List.of("Entity", "Table", "Embeddable", "MappedSuperclass");
    private static final List<String> MEMBER =
            List.of("Id", "GeneratedValue", "Column", "Basic", "Lob", "Transient", "Enumerated", "Version", "Embedded");

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
     * @param left whether it is not kept
     * @param required whether null is refused
     * @param unique whether no other object has the same
     * @param length most characters, or 0
     * @param precision digits of a decimal, or 0
     * @param scale digits after the point
     * @param fraction digits of a second's fraction, or -1
     * @param refused what is said that cannot be honoured
     */
    record Column(
            String name,
            boolean id,
            boolean generated,
            boolean version,
            boolean left,
            boolean required,
            boolean unique,
            int length,
            int precision,
            int scale,
            int fraction,
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
            if (version && !(type instanceof Type.Int)) {
                idle.add("@Version is for a whole number");
            }
            return idle;
        }

        static final Column SILENT = new Column("", false, false, false, false, false, false, 0, 0, 0, -1, List.of());

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
                    if (jakarta(annotation) && !(type.isRecord() && onField(type, method.getName(), annotation))) {
                        refused.add("." + method.getName() + ": @"
                                + annotation.annotationType().getSimpleName()
                                + " on a method is not honoured: annotate the field");
                    }
                }
            }
        }
        table(type).forEach(reason -> refused.add(": " + reason));
        return refused;
    }

    /** Whether the annotation of an accessor is that of the record's component. */
    private static boolean onField(Class<?> type, String name, Annotation annotation) {
        return Arrays.stream(type.getDeclaredFields())
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
    static List<String> inside(Column column) {
        List<String> said = new ArrayList<>();
        if (column.id) {
            said.add("@Id");
        }
        if (column.version) {
            said.add("@Version");
        }
        if (column.unique) {
            said.add("@Column(unique)");
        }
        if (column.required) {
            said.add("@Column(nullable) or @Basic(optional)");
        }
        return said;
    }

    static Table of(Class<?> type) {
        if (!mentioned(type)) {
            return new Table("", List.of());
        }
        jakarta.persistence.Table table = type.getAnnotation(jakarta.persistence.Table.class);
        jakarta.persistence.Entity entity = type.getAnnotation(jakarta.persistence.Entity.class);
        String name = table != null && !table.name().isEmpty() ? table.name() : entity != null ? entity.name() : "";
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
        if (!mentioned(member)) {
            return Column.SILENT;
        }
        jakarta.persistence.Column column = member.getAnnotation(jakarta.persistence.Column.class);
        jakarta.persistence.Basic basic = member.getAnnotation(jakarta.persistence.Basic.class);
        jakarta.persistence.Enumerated enumerated = member.getAnnotation(jakarta.persistence.Enumerated.class);
        if (enumerated != null && enumerated.value() == EnumType.ORDINAL) {
            refused.add("@Enumerated(ORDINAL) is not honoured: a new constant would change what old numbers mean; "
                    + "use EnumType.STRING");
        }
        jakarta.persistence.GeneratedValue generated = member.getAnnotation(jakarta.persistence.GeneratedValue.class);
        if (generated != null
                && (!generated.generator().isEmpty()
                        || generated.strategy() == GenerationType.TABLE
                        || generated.strategy() == GenerationType.SEQUENCE)) {
            refused.add("@GeneratedValue of a table or a sequence is not honoured: use AUTO");
        }
        if (column != null && !(column.table() + column.columnDefinition() + column.options()).isEmpty()) {
            refused.add("@Column(table, columnDefinition, options) is not honoured here");
        }
        if (column != null && (!column.insertable() || !column.updatable() || column.check().length > 0)) {
            refused.add("@Column(insertable, updatable, check) is not honoured here");
        }
        boolean lob = member.isAnnotationPresent(jakarta.persistence.Lob.class);
        boolean sized = column != null && column.length() != 255 && !lob;
        return new Column(
                column == null ? "" : column.name(),
                member.isAnnotationPresent(jakarta.persistence.Id.class),
                member.isAnnotationPresent(jakarta.persistence.GeneratedValue.class),
                member.isAnnotationPresent(jakarta.persistence.Version.class),
                member.isAnnotationPresent(jakarta.persistence.Transient.class),
                (column != null && !column.nullable()) || (basic != null && !basic.optional()),
                column != null && column.unique(),
                sized ? column.length() : 0,
                column == null ? 0 : column.precision(),
                column == null ? 0 : column.scale(),
                column == null ? -1 : column.secondPrecision(),
                refused);
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
                refused.add("@" + name + " is not honoured here");
            }
        }
        return refused;
    }
}
