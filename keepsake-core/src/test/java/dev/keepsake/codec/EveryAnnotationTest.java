package dev.keepsake.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Invalid;
import java.io.File;
import java.lang.annotation.Annotation;
import java.lang.annotation.ElementType;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each annotation of jakarta.persistence, wherever it can stand: honoured, or refused with the reason. None is overlooked. */
final class EveryAnnotationTest {
    /** The list of docs/model.md. */
    private static final Set<String> HONOURED = Set.of(
            "AttributeOverride",
            "AttributeOverrides",
            "Basic",
            "Column",
            "Convert",
            "Converter",
            "DiscriminatorColumn",
            "DiscriminatorValue",
            "ElementCollection",
            "Embeddable",
            "Embedded",
            "EmbeddedId",
            "Entity",
            "Enumerated",
            "GeneratedValue",
            "Id",
            "IdClass",
            "Inheritance",
            "JoinColumn",
            "JoinTable",
            "Lob",
            "ManyToMany",
            "ManyToOne",
            "MappedSuperclass",
            "OneToMany",
            "OneToOne",
            "OrderBy",
            "SequenceGenerator",
            "Table",
            "Transient",
            "Version");

    /** Those that stand inside others alone, and are honoured or refused with them. */
    private static final Set<String> INNER = Set.of(
            "CheckConstraint",
            "ColumnResult",
            "ConstructorResult",
            "EntityResult",
            "FieldResult",
            "ForeignKey",
            "Index",
            "NamedAttributeNode",
            "NamedSubgraph",
            "PersistenceProperty",
            "QueryHint",
            "StoredProcedureParameter",
            "UniqueConstraint");

    @TempDir
    private Path folder;

    private static List<Class<? extends Annotation>> all() throws Exception {
        URI jar = jakarta.persistence.Entity.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        List<Class<? extends Annotation>> all = new ArrayList<>();
        try (var files = FileSystems.newFileSystem(Path.of(jar));
                Stream<Path> classes = Files.list(files.getPath("jakarta/persistence"))) {
            for (Path path : classes.sorted().toList()) {
                String name = path.getFileName().toString();
                if (name.endsWith(".class")) {
                    Class<?> type = Class.forName("jakarta.persistence." + name.replace(".class", ""));
                    if (type.isAnnotation()) {
                        all.add(type.asSubclass(Annotation.class));
                    }
                }
            }
        }
        return all;
    }

    /** The annotation as it is written, with the least that has to be said. */
    private static String written(Class<?> annotation) {
        StringBuilder text = new StringBuilder("@" + annotation.getName());
        List<String> attributes = new ArrayList<>();
        for (Method attribute : annotation.getDeclaredMethods()) {
            if (attribute.getDefaultValue() == null) {
                attributes.add(attribute.getName() + " = " + constant(attribute.getReturnType()));
            }
        }
        return text.append("(")
                .append(String.join(", ", attributes))
                .append(")")
                .toString();
    }

    private static String constant(Class<?> type) {
        if (type.isAnnotation()) {
            return written(type);
        }
        if (type.isEnum()) {
            return type.getName() + "." + type.getEnumConstants()[0];
        }
        return type.isArray() ? "{}" : type == Class.class ? "Object.class" : "\"x\"";
    }

    private static Set<ElementType> places(Class<?> annotation) {
        return Set.of(annotation.getAnnotation(Target.class).value());
    }

    /** A class for each annotation and place that is not honoured there. */
    private static Map<String, String> sources() throws Exception {
        Map<String, String> sources = new TreeMap<>();
        for (Class<?> each : all()) {
            String name = each.getSimpleName();
            for (ElementType place : places(each)) {
                boolean honoured = HONOURED.contains(name) && place != ElementType.METHOD;
                if (place != ElementType.PACKAGE && !honoured) {
                    String at = written(each);
                    sources.put(
                            name + "On" + place,
                            (place == ElementType.TYPE ? at : "") + " public class " + name + "On" + place
                                    + " { long id; " + (place == ElementType.FIELD ? at : "") + " String member; "
                                    + (place == ElementType.METHOD ? at : "") + " String member() { return null; } }");
                }
            }
        }
        return sources;
    }

    private URLClassLoader compiled(Map<String, String> sources) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "-proc:none",
                "-nowarn",
                "-cp",
                System.getProperty("java.class.path").replace("/", File.separator),
                "-d",
                folder.toString()));
        for (Map.Entry<String, String> each : sources.entrySet()) {
            Path source = folder.resolve(each.getKey() + ".java");
            Files.writeString(source, each.getValue());
            arguments.add(source.toString());
        }
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(result).isZero();
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
    }

    @Test
    void whatIsNotHonouredIsRefusedWithItsReason() throws Exception {
        Map<String, String> sources = sources();
        assertThat(sources).hasSizeGreaterThan(100);
        try (URLClassLoader loader = compiled(sources)) {
            for (String name : sources.keySet()) {
                Class<?> type = loader.loadClass(name);
                Invalid refusal = catchThrowableOfType(Invalid.class, () -> Codecs.of(type));
                String annotation = name.substring(0, name.lastIndexOf("On"));
                assertThat(refusal).as(name).isNotNull();
                assertThat(String.valueOf(refusal.facts().get("mistakes")))
                        .contains(
                                "@" + annotation + (name.endsWith("METHOD") ? " on a method" : "") + " is not honoured")
                        .containsPattern("is not honoured[a-z ]*: .{15}")
                        .doesNotContain("it says nothing of this");
            }
        }
    }

    @Test
    void whatStandsNowhereByItselfIsKnown() throws Exception {
        Set<String> inner = new TreeSet<>();
        Set<String> names = new TreeSet<>();
        for (Class<?> each : all()) {
            names.add(each.getSimpleName());
            if (places(each).isEmpty()) {
                inner.add(each.getSimpleName());
            }
        }
        assertThat(inner).containsExactlyInAnyOrderElementsOf(INNER);
        assertThat(names)
                .containsAll(HONOURED)
                .hasSize(Arrays.asList(all().toArray()).size());
    }
}
