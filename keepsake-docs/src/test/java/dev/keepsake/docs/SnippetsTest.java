package dev.keepsake.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.codec.Codecs;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java of docs/: all of one document is the inside of one class, and compiles; models are built. See also ReadmeTest. */
class SnippetsTest {
    private static final Pattern SNIPPET = Pattern.compile("^```java\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final String HEAD = """
            import static dev.keepsake.Keepsake.*;

            import dev.keepsake.Keepsake;
            import dev.keepsake.codec.*;
            import dev.keepsake.schema.Reference;
            import jakarta.persistence.*;
            import jakarta.validation.constraints.*;
            import java.net.URI;
            import java.time.*;
            import java.util.*;

            """;

    private final Path root = Path.of(System.getProperty("keepsake.root", ".."));

    @TempDir
    Path folder;

    private List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("docs"))) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    /** The class of a document's snippets; null where it has none. */
    private String source(Path document, String name) throws IOException {
        StringBuilder inside = new StringBuilder();
        Matcher snippet = SNIPPET.matcher(Files.readString(document));
        while (snippet.find()) {
            inside.append(snippet.group(1)).append('\n');
        }
        return inside.isEmpty() ? null : HEAD + "class " + name + " {\n" + inside + "}\n";
    }

    private void compile(List<Path> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter told = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-proc:none", "-parameters", "-cp", System.getProperty("java.class.path"), "-d", folder.toString());
            boolean compiled = compiler.getTask(
                            told, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(compiled).as("the snippets of docs/ compile:%n%s", told).isTrue();
        }
    }

    @Test
    void theSnippetsOfTheDocumentsCompileAndTheirModelsAreBuilt() throws Exception {
        List<String> names = new ArrayList<>();
        List<Path> sources = new ArrayList<>();
        for (Path document : documents()) {
            String name = document.getFileName().toString().replaceAll("\\W", "_");
            String source = source(document, name);
            if (source != null) {
                names.add(name);
                sources.add(Files.writeString(folder.resolve(name + ".java"), source));
            }
        }
        assertThat(names).contains("model_md");
        compile(sources);

        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            for (String name : names) {
                for (Method method : loader.loadClass(name).getDeclaredMethods()) {
                    if (method.getReturnType() == Codecs.class) {
                        method.setAccessible(true);
                        assertThat(((Codecs) method.invoke(null)).all())
                                .as(name + "." + method.getName())
                                .isNotEmpty();
                    }
                }
            }
            assertThat(Codecs.of(inside(loader, "Author", "Book", "Subject", "Post", "Pet", "Seat", "Ticket"))
                            .schema()
                            .names())
                    .contains("author", "book", "subject", "book_subject", "post", "pet", "seat", "ticket");
        }
    }

    private static Class<?>[] inside(ClassLoader loader, String... names) throws ClassNotFoundException {
        List<Class<?>> classes = new ArrayList<>();
        for (String name : names) {
            classes.add(loader.loadClass("model_md$" + name));
        }
        return classes.toArray(Class<?>[]::new);
    }
}
